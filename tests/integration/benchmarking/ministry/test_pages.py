"""Pages of the ministry's reporting: from the file to the answer."""

import io

import pytest

from portal.benchmarking.ministry import service
from portal.benchmarking.ministry.types import Decision
from portal.core.permissions import OPERATOR
from tests.factories.accounts import FOREIGN_ICO, OWN_ICO, login, make_user
from tests.factories.catalog import find_or_make_provider
from tests.factories.ministry import csv_file, store_year, take_over, xlsx_file
from tests.factories.returns import make_reporting_service


@pytest.fixture
def own(app):
    stored = make_reporting_service(find_or_make_provider(OWN_ICO))
    store_year(stored, 2015, {"costs_total": 2_000_000}, quarters=(1, 2, 3, 4))
    return stored


@pytest.fixture
def planner(client):
    return login(client, make_user(role="planner"))


def post(client, address, form=None, page="/srovnani/mpsv"):
    token = client.get(page).text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    return client.post(address, data={"csrf_token": token, **(form or {})})


def upload(client, path, **form):
    given = {"source": "Export", "year": "", **form}
    return post(client, "/srovnani/mpsv", {**given, "file": (io.BytesIO(path.read_bytes()), path.name)})


def test_a_file_is_read_looked_at_taken_over_and_taken_back(planner, own, tmp_path):
    answer = upload(planner, xlsx_file(tmp_path / "mpsv.xlsx", [(own.register_id, 2015, 1_000_000, 5)]))
    assert answer.status_code == 303
    preview = planner.get(answer.location).text
    assert "připraveno k převzetí" in preview
    assert "1\u00a0000\u00a0000" in preview
    assert post(planner, f"{answer.location}/prevzit").status_code == 303
    year = planner.get("/srovnani/mpsv/2015").text
    assert own.name in year
    assert "+1\u00a0000\u00a0000" in year
    assert "+100,0\u00a0%" in year
    assert post(planner, f"{answer.location}/vzit-zpet").status_code == 422
    assert post(planner, f"{answer.location}/vzit-zpet", {"confirm_back": "1"}).status_code == 303
    assert "MPSV nedodalo" in planner.get("/srovnani/mpsv/2015").text


def test_faults_of_a_file_are_shown_by_row_and_cell(planner, own, tmp_path):
    answer = upload(planner, xlsx_file(tmp_path / "mpsv.xlsx", [(own.register_id, 2015, "1,2,3", 5)]))
    page = planner.get(answer.location).text
    assert "C2 Náklady celkem" in page
    assert "„1,2,3“ není částka" in page
    assert post(planner, f"{answer.location}/prevzit").status_code == 403


def test_columns_are_chosen_in_the_browser_and_what_was_chosen_stays(planner, own, tmp_path):
    path = csv_file(tmp_path / "a.csv", [(own.register_id, 2015, 7, 8)], headings=("A", "B", "C", "D"))
    answer = upload(planner, path)
    assert "čeká na určení sloupců" in planner.get(answer.location).text
    wrong = post(planner, f"{answer.location}/sloupce", {"costs_total": "C"})
    assert wrong.status_code == 422
    assert '<option value="C" selected>' in wrong.text
    right = {"costs_total": "C", "register_id": "A", "year": "B"}
    assert post(planner, f"{answer.location}/sloupce", right).status_code == 303
    assert "připraveno k převzetí" in planner.get(answer.location).text


@pytest.mark.parametrize(
    ("form", "sentence"),
    [({"year": "letos"}, "není rok"), ({"source": ""}, "název zdroje"), ({"year": "1990"}, "rok od 2015")],
)
def test_wrong_input_is_said_at_its_field(planner, own, tmp_path, form, sentence):
    answer = upload(planner, csv_file(tmp_path / "a.csv", [(own.register_id, 2015, 7, 8)]), **form)
    assert (answer.status_code, sentence in answer.text) == (422, True)


def test_a_file_that_is_none_and_no_file_at_all(planner, tmp_path):
    path = tmp_path / "a.xml"
    path.write_text('<!DOCTYPE v [<!ENTITY a SYSTEM "file:///etc/passwd">]><v>&a;</v>')
    answer = upload(planner, path)
    assert (answer.status_code, "takové XML portál nečte" in answer.text) == (422, True)
    assert "Vyberte soubor" in post(planner, "/srovnani/mpsv", {"source": "S"}).text


def test_the_table_is_filtered_and_downloaded(planner, own, tmp_path):
    other = make_reporting_service(type_code="49")
    take_over(csv_file(tmp_path / "a.csv", [(own.register_id, 2015, 1_000_000, 5), (other.register_id, 2015, 1, 1)]))
    only = planner.get("/srovnani/mpsv/2015?druh=46&stav=differs").text
    assert own.name in only
    assert other.name not in only
    assert own.name not in planner.get("/srovnani/mpsv/2015?stav=differs&procent=150").text
    assert "Součty služeb" in planner.get("/srovnani/mpsv/2015?pohled=druhy").text
    assert own.provider.name in planner.get("/srovnani/mpsv/2015?pohled=poskytovatele").text
    lines = planner.get("/srovnani/mpsv/2015/csv?druh=46&stav=differs").text.splitlines()
    assert len(lines) == 2
    assert ";1000000,00;2000000,00;;1000000,00;100,00;" in lines[1]
    with planner.get("/srovnani/mpsv/2015/xlsx") as workbook:
        assert workbook.data[:2] == b"PK"
    for wrong in ("pohled=nic", "stav=nic", "procent=mnoho", "korun=-1", "strana=x", "druh=999"):
        assert planner.get(f"/srovnani/mpsv/2015?{wrong}").status_code in (400, 422), wrong


def test_a_question_goes_to_the_provider_and_its_answer_back(app, client, own, tmp_path):
    stranger = make_reporting_service(find_or_make_provider(FOREIGN_ICO))
    take_over(csv_file(tmp_path / "a.csv", [(s.register_id, 2015, 1_000_000, 5) for s in (own, stranger)]))
    address = f"/srovnani/mpsv/2015/{own.register_id}/costs_total"
    key_worker = login(app.test_client(), make_user(role="key_worker"))
    form = {"state": "to_correct", "comment": "Vnitřní věc", "question": "Proč polovina?", "seen": "0"}
    assert post(key_worker, address, {**form, "state": "nic"}, address).status_code == 422
    assert post(key_worker, address, form, address).status_code == 303
    again = post(key_worker, address, form, address)
    assert (again.status_code, "Proč polovina?" in again.text) == (409, True)

    provider = login(client, make_user(role="provider_editor"))
    assert "Dotazy kraje (1)" in provider.get("/srovnani/dotazy").text
    question = f"/srovnani/dotazy/2015/{own.register_id}/costs_total"
    page = provider.get(question).text
    assert "Proč polovina?" in page
    assert "Vnitřní věc" not in page
    assert provider.get(f"/srovnani/dotazy/2015/{stranger.register_id}/costs_total").status_code == 404
    assert post(provider, question, {"answer": "", "seen": "1"}, question).status_code == 422
    assert post(provider, question, {"answer": "Chybí mzdy.", "seen": "1"}, question).status_code == 303
    listed = provider.get("/srovnani/dotazy").text
    assert "Dotazy kraje (1)" not in listed
    assert ("zodpovězeno" in listed, "k opravě" in listed) == (True, False)
    assert "Zodpovězeno. Kraj zatím nerozhodl." in provider.get(question).text

    assert "Výkaznictví MPSV (1)" in key_worker.get("/srovnani/mpsv").text
    assert "Chybí mzdy." in key_worker.get(address).text
    decided = {"state": "to_correct", "comment": "Opraví výkaz", "question": "", "seen": "2"}
    assert post(key_worker, address, decided, address).status_code == 303
    listed = provider.get("/srovnani/dotazy").text
    assert ("zodpovězeno" in listed, "k opravě" in listed) == (False, True)


def test_the_administrator_imports_and_sees_no_figures(app, own, tmp_path):
    administrator = login(app.test_client(), make_user(role="administrator"))
    answer = upload(administrator, csv_file(tmp_path / "a.csv", [(own.register_id, 2015, 1_234_567, 5)]))
    page = administrator.get(answer.location).text
    assert "1\u00a0234\u00a0567" not in page
    assert "Vaše role vidí, kolik údajů je" in page
    assert administrator.get("/srovnani/mpsv/2015").status_code == 403


def test_the_table_takes_the_same_number_of_queries_for_any_number_of_services(planner, queries, own, tmp_path):
    def count():
        queries.statements.clear()
        planner.get("/srovnani/mpsv/2015")
        return queries.count

    take_over(csv_file(tmp_path / "a.csv", [(own.register_id, 2015, 1, 1)]))
    count()  # the first page after a change reads the reader anew
    few = count()
    services = [make_reporting_service() for _ in range(12)]
    take_over(csv_file(tmp_path / "b.csv", [(s.register_id, 2015, 1, 1) for s in services]))
    service.decide(
        OPERATOR,
        register_id=services[0].register_id,
        year=2015,
        item="costs_total",
        state=Decision.ACCEPTED,
        comment="Ano",
        seen=0,
    )
    count()
    assert count() == few
