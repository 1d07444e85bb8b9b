"""The kraj's overview of completeness and timeliness, whom to call, and who looks after whom."""

import csv
import io
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from portal.core.clock import frozen_at
from portal.core.db import db
from portal.returns.models import KeyWorkerAssignment
from tests.factories.accounts import OWN_ICO, login, make_user
from tests.factories.catalog import make_provider
from tests.factories.returns import make_exception, make_period, make_reporting_service, make_return
from tests.factories.returns_pages import Q2, words

LATE = datetime(2026, 7, 30, 8, 0, tzinfo=UTC)


@pytest.fixture
def quarter(app):
    """Charita: 46 accepted on time, 40 submitted late. Úsměv: 46 draft, 46 returned, 40 not begun. Prodloužení: 40
    submitted late, within more time."""
    make_period(Q2)
    charita, usmev, longer = make_provider("Charita Háj", ico=OWN_ICO), make_provider("Úsměv"), make_provider("Čas")
    make_return(make_reporting_service(charita, type_code="46"), Q2, state="accepted")
    make_return(make_reporting_service(usmev, type_code="46"), Q2, state="draft")
    make_return(make_reporting_service(usmev, type_code="46"), Q2, state="returned")
    make_reporting_service(usmev, type_code="40")
    make_exception(Q2, longer)
    with frozen_at(LATE):
        make_return(make_reporting_service(charita, type_code="40"), Q2, state="submitted")
        make_return(make_reporting_service(longer, type_code="40"), Q2, state="submitted")
    return {"charita": charita, "usmev": usmev, "longer": longer}


@pytest.fixture
def kraj(app):
    return login(app.test_client(), make_user(role="key_worker", name="Karel Krajský"))


@pytest.fixture
def administrator(app):
    return login(app.test_client(), make_user(role="administrator", name="Simona Správcová"))


def table(client, address):
    """The CSV as rows by name: services, six states, on time, late, missing, share."""
    text = client.get(address).text.lstrip("\ufeff")
    return {row[1]: row[2:13] for row in csv.reader(io.StringIO(text), delimiter=";")}


def test_counts_by_provider_and_their_sum(kraj, quarter):
    rows = table(kraj, "/vykazy/prehled/stazeni/csv?podle=poskytovatel")
    assert list(rows) == ["Název", "Čas", "Charita Háj", "Úsměv", "Celkem"]
    assert rows["Čas"] == ["1", "0", "0", "1", "0", "0", "0", "1", "0", "0", "1,0"]
    assert rows["Charita Háj"] == ["2", "0", "0", "1", "0", "1", "0", "1", "1", "0", "1,0"]
    assert rows["Úsměv"] == ["3", "1", "1", "0", "1", "0", "0", "0", "0", "3", "0,0"]
    assert rows["Celkem"] == ["6", "1", "1", "2", "1", "1", "0", "2", "1", "3", "0,5"]


def test_counts_by_type_filtered_and_sorted(kraj, quarter):
    page = words(kraj.get("/vykazy/prehled"))
    assert page.index("§ 40 3") < page.index("§ 46 3")
    page = words(kraj.get("/vykazy/prehled?razeni=-vraceno&obdobi=2026Q2"))
    assert page.index("§ 46 3") < page.index("§ 40 3")
    assert 'aria-sort="descending"' in kraj.get("/vykazy/prehled?razeni=-vraceno").text
    rows = table(kraj, "/vykazy/prehled/stazeni/csv?podle=poskytovatel&druh=46")
    assert rows["Celkem"][0] == "3"
    with kraj.get("/vykazy/prehled/stazeni/xlsx") as workbook:
        assert workbook.data[:2] == b"PK"


def test_my_providers_are_those_the_administrator_gave_me(app, kraj, administrator, quarter):
    mine = db.session.scalar(select(KeyWorkerAssignment.id))
    assert mine is None
    page = administrator.get("/sprava/klicovi-pracovnici")
    worker = page.text.split(">Karel Krajský</option>")[0].rsplit('value="', 1)[1].split('"')[0]
    usmev = quarter["usmev"].ico
    refused = administrator.post("/sprava/klicovi-pracovnici", data={"icos": [usmev], "worker": ""})
    assert refused.status_code == 422
    assert f'value="{usmev}" checked' in refused.text
    answer = administrator.post("/sprava/klicovi-pracovnici", data={"icos": [usmev], "worker": worker})
    assert answer.status_code == 303
    rows = table(kraj, "/vykazy/prehled/stazeni/csv?podle=poskytovatel&pracovnik=ja")
    assert list(rows)[1:] == ["Úsměv", "Celkem"]
    rows = table(kraj, "/vykazy/prehled/stazeni/csv?podle=pracovnik")
    assert (rows["Karel Krajský"][0], rows["bez klíčového pracovníka"][0]) == ("3", "3")
    assert "Úsměv" not in words(kraj.get("/vykazy/prehled?podle=poskytovatel&pracovnik=nikdo"))
    administrator.post("/sprava/klicovi-pracovnici", data={"icos": [usmev], "worker": "nikdo"})
    history = words(administrator.get(f"/sprava/klicovi-pracovnici/{usmev}"))
    assert "Karel Krajský : od 10. 7. 2026 10:00 (Simona Správcová), do 10. 7. 2026 10:00 (Simona Správcová)" in history
    assert "Úsměv" in words(kraj.get("/vykazy/prehled?podle=poskytovatel&pracovnik=nikdo"))


def test_only_an_active_key_worker_can_look_after_a_provider(administrator, quarter):
    planner = make_user(role="planner")
    data = {"icos": [OWN_ICO], "worker": str(planner.id)}
    answer = administrator.post("/sprava/klicovi-pracovnici", data=data)
    assert answer.status_code == 422
    assert "není činný klíčový pracovník" in words(answer)
    assert db.session.scalar(select(KeyWorkerAssignment.id)) is None


def test_whom_to_call_with_contacts_and_notes(kraj, quarter):
    usmev = quarter["usmev"]
    usmev.phone, usmev.email = "588 123 456", "usmev@sluzby.example"
    make_user(role="provider_editor", provider=usmev.ico, name="Eva Editorová", email="eva@sluzby.example")
    db.session.flush()
    assert 'href="tel:+420588123456"' in kraj.get("/vykazy/obvolani").text
    page = words(kraj.get("/vykazy/obvolani"))
    assert "1 poskytovatel neodevzdal všechno" in page
    assert "3 z 3 588 123 456 usmev@sluzby.example Eva Editorová eva@sluzby.example" in page
    assert "Charita Háj" not in page
    address = f"/vykazy/obvolani/{Q2}/poskytovatel/{usmev.ico}"
    refused = kraj.post(address, data={"called_on": "11. 7. 2026", "result": "Pošlou"})
    assert refused.status_code == 422
    assert "Tento den teprve přijde." in words(refused)
    assert "Pošlou" in refused.text
    assert kraj.post(address, data={"called_on": "9. 7. 2026", "result": "Pošlou v pátek"}).status_code == 303
    assert "9. 7. 2026 Pošlou v pátek" in words(kraj.get("/vykazy/obvolani"))
    assert "Pošlou v pátek" in kraj.get("/vykazy/obvolani/stazeni/csv").text


def test_lists_of_nothing_say_so(app, kraj):
    assert "K vykazování zatím není otevřené žádné čtvrtletí." in words(kraj.get("/vykazy/prehled"))
    make_period(Q2)
    assert "neodpovídá žádná služba" in words(kraj.get("/vykazy/prehled"))
    assert "Všichni odevzdali všechno." in words(kraj.get("/vykazy/obvolani"))


@pytest.mark.parametrize("query", ["podle=x", "razeni=x", "druh=999", "pracovnik=x", "strana=x", "obdobi=2026"])
def test_an_overview_that_cannot_be_is_answered_by_a_sentence(kraj, quarter, query):
    assert kraj.get(f"/vykazy/prehled?{query}").status_code == 400


def test_the_number_of_queries_does_not_grow(kraj, quarter, queries):
    def count(address):
        queries.statements.clear()
        assert kraj.get(address).status_code == 200
        return queries.count

    addresses = ("/vykazy/prehled?podle=poskytovatel", "/vykazy/prehled?podle=pracovnik", "/vykazy/obvolani")
    few = [count(address) for address in addresses]
    for _ in range(30):
        make_return(make_reporting_service(), Q2, state="draft")
    assert [count(address) for address in addresses] == few
