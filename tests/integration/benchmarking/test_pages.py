"""Pages, files and the command of the comparison."""

import csv
import io
import json
import re
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from portal.benchmarking.commands import benchmark
from portal.catalog.models import Provider
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.permissions import Grant, Role
from portal.returns.types import Period
from tests.factories.accounts import OWN_ICO, login, make_user
from tests.factories.benchmarking import make_reported_service
from tests.factories.returns import make_period, make_reporting_service, make_return

Q2 = Period(2026, 2)


@pytest.fixture
def planner(client):
    return login(client, make_user(role="planner"))


@pytest.fixture
def editor(client):
    db.session.add(Provider(ico=OWN_ICO, name="Charita Háj"))
    db.session.flush()
    return login(client, make_user(role="provider_editor"))


def own_provider():
    return db.session.query(Provider).filter_by(ico=OWN_ICO).one()


def text_of(response):
    assert response.status_code == 200, response.status
    return response.get_data(as_text=True).replace("\xa0", " ")


def test_the_region_sees_all_services_of_a_type(planner):
    make_reported_service(Q2, 0.5, name="Stacionář Šumperk")
    make_reported_service(Q2, 0.72, name="Stacionář Jeseník")
    make_reporting_service(name="Stacionář Hranice")
    page = text_of(planner.get("/srovnani"))
    assert "Denní stacionáře: Využití kapacity přímé práce: celá služba" in page
    for words in ("Stacionář Šumperk", "50,0 %", "Stacionář Jeseník", "72,0 %", "Stacionář Hranice", "nedodáno"):
        assert words in page
    assert "Normu plní 1 z 2 služeb s hodnotou." in page
    assert "Stacionář Šumperk: hodnota 50,0 %, norma 60 %, medián 61,0 %" in page


def test_the_data_of_the_chart_are_those_of_the_table(planner):
    make_reported_service(Q2, 0.5, name="<b>Stacionář</b> & spol.</script>")
    make_reported_service(Q2, 0.72)
    page = text_of(planner.get("/srovnani"))
    figure, names = (json.loads(_script(page, f"comparison-{part}")) for part in ("data", "names"))
    assert [trace["y"] for trace in figure["data"]] == [[72.0], [50.0]]
    (place,) = figure["data"][1]["customdata"]
    assert names[place][0] == "<b>Stacionář</b> & spol.</script>"
    (strip,) = json.loads(_script(page, "strip-data"))["data"]
    assert (strip["x"], strip["y"]) == ([72.0, 50.0], [8, 3])
    assert strip["customdata"] == [1 - place, place]


def _script(page: str, identifier: str) -> str:
    return page.split(f'id="{identifier}"')[1].split(">", 1)[1].split("</script>")[0]


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("hodnota", ["Čtvrtá", "Cizí", "Druhá", "Bez výkazu"]),
        ("-hodnota", ["Druhá", "Cizí", "Čtvrtá", "Bez výkazu"]),
        ("sluzba", ["Bez výkazu", "Cizí", "Čtvrtá", "Druhá"]),
        ("-norma", ["Druhá", "Cizí", "Čtvrtá", "Bez výkazu"]),
    ],
)
def test_the_table_is_sorted_by_plain_links(planner, order, names):
    for name, share in (("Cizí", 0.5), ("Druhá", 0.7), ("Čtvrtá", 0.4)):
        make_reported_service(Q2, share, name=name)
    make_reporting_service(name="Bez výkazu")
    page = text_of(planner.get(f"/srovnani?razeni={order}"))
    table = page[page.index("<tbody") :]
    assert sorted(names, key=table.index) == names


def test_lines_of_a_type_are_links(planner):
    make_reported_service(Q2, 0.5, type_code="44")
    page = text_of(planner.get("/srovnani?druh=44&obdobi=2026Q2"))
    assert "ukazatel=occupancy&amp;forma=residential" in page
    beds = text_of(planner.get("/srovnani?druh=44&obdobi=2026Q2&ukazatel=occupancy"))
    assert "nepůsobila v této formě žádná služba" in beds


@pytest.mark.parametrize(
    "arguments",
    [
        "obdobi=2026Q5",
        "druh=99",
        "druh=46&ukazatel=mood",
        "druh=46&ukazatel=occupancy",
        "druh=46&ukazatel=direct_work&forma=x",
        "razeni=barva",
    ],
)
def test_an_address_that_cannot_be_meant_gets_a_sentence(planner, arguments):
    make_reported_service(Q2, 0.5)
    response = planner.get(f"/srovnani?{arguments}")
    assert response.status_code == 400
    assert "Traceback" not in response.get_data(as_text=True)


def test_another_type_takes_the_choices_as_its_own_line_has_them(planner):
    make_reported_service(Q2, 0.5)
    of_46 = "pro_druh=46&ukazatel=direct_work_utilisation&forma=all&obdobi=2026Q2&skupina=form:outpatient"
    page = text_of(planner.get(f"/srovnani?druh=49&{of_46}"))
    assert "Domovy pro seniory: Obložnost" in page
    page = text_of(planner.get("/srovnani?druh=39&pro_druh=49&ukazatel=cost_per_user&forma=residential&obdobi=2026Q2"))
    assert "Osobní asistence: Náklady na uživatele: celá služba" in page


def test_before_the_first_accepted_return_the_page_says_so(planner):
    assert "Zatím nebyl přijat žádný výkaz" in text_of(planner.get("/srovnani"))
    assert planner.get("/srovnani/stahnout/csv").status_code == 400


def test_the_file_holds_the_same_rows_and_says_why_a_number_is_missing(planner):
    make_reported_service(Q2, 0.725, name="=SUM(A1)")
    make_reporting_service(name="Mlčící")
    body = text_of(planner.get("/srovnani/stahnout/csv?druh=46&obdobi=2026Q2"))
    rows = list(csv.DictReader(io.StringIO(body.removeprefix("\ufeff")), delimiter=";"))
    assert [(row["Služba"], row["Hodnota (%)"], row["Norma (%)"]) for row in rows] == [
        ("'=SUM(A1)", "72,5", "60,0"),
        ("Mlčící", "nedodáno", "60,0"),
    ]


def test_the_workbook_has_numbers_as_numbers(planner):
    make_reported_service(Q2, 0.725, name="Stacionář")
    with planner.get("/srovnani/stahnout/xlsx?druh=46&obdobi=2026Q2") as response:
        book = CalamineWorkbook.from_filelike(io.BytesIO(response.data))
    sheet = book.get_sheet_by_index(0).to_python()
    row = dict(zip(sheet[0], sheet[1], strict=True))
    assert (row["Hodnota (%)"], row["Norma (%)"], row["Rozdíl proti normě (procentní body)"]) == (72.5, 60, 12.5)


def test_a_provider_is_led_to_its_own_services(editor):
    make_reported_service(Q2, 0.725, provider=own_provider(), name="Náš stacionář")
    response = editor.get("/srovnani")
    assert response.status_code == 302
    page = text_of(editor.get(response.location))
    assert "Náš stacionář" in page


def test_someone_of_two_providers_chooses(client):
    icos = [make_reported_service(Q2, 0.5).provider.ico for _ in range(2)]
    person = make_user(grants=frozenset(Grant(Role.PROVIDER_EDITOR, ico) for ico in icos))
    page = text_of(login(client, person).get("/srovnani"))
    assert all(f"/srovnani/poskytovatel/{ico}" in page for ico in icos)


def run(app, *arguments):
    return app.test_cli_runner().invoke(benchmark, arguments)


def test_the_command_prints_the_group_as_json(app):
    make_reported_service(Q2, 0.5, name="Stacionář Šumperk")
    make_reported_service(Q2, 0.72)
    make_reporting_service()
    result = run(app, "--period", "2026Q2", "--type", "46", "--json")
    (group,) = json.loads(result.stdout)["groups"]
    assert (group["metric"], group["n"], group["missing"]) == ("direct_work_utilisation", 2, 1)
    assert (group["norm"], group["median"], group["median_2015"]) == (0.6, pytest.approx(0.61), 0.72)
    assert [(row["value"], row["state"]) for row in group["services"]] == [
        (pytest.approx(0.5), "value"),
        (pytest.approx(0.72), "value"),
        (None, "not_supplied"),
    ]


def test_the_command_prints_a_table_for_people(app):
    make_reported_service(Q2, 0.5, name="Stacionář Šumperk")
    make_reporting_service(name="Mlčící")
    output = run(app, "--period", "2026Q2", "--type", "46").stdout.replace("\xa0", " ")
    assert "norma 60 %, medián 50,0 %, služeb 1, chybí 1" in output
    assert "50,0 %  Stacionář Šumperk" in output
    assert "nedodáno  Mlčící" in output


def test_the_command_prints_every_line_with_a_norm_or_one_measure(app):
    document = json.loads(run(app, "--period", "2026Q2", "--type", "57", "--json").stdout)
    assert [(group["measure"], group["median"]) for group in document["groups"]] == [
        ("direct_work", None),
        ("occupancy", None),
    ]
    one = json.loads(run(app, "--period", "2026Q2", "--type", "57", "--measure", "occupancy", "--json").stdout)
    assert [group["norm"] for group in one["groups"]] == [0.9]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--period", "2026", "--type", "46"], "is not a quarter"),
        (["--period", "2026Q2", "--type", "99"], "is not a type of social service"),
    ],
)
def test_the_command_explains_what_it_cannot_do(app, arguments, words):
    result = run(app, *arguments, "--json")
    assert isinstance(result.exception, Invalid)
    assert words in str(result.exception)
    assert result.stdout == ""


@pytest.mark.parametrize("closes_on", [date(2026, 8, 1), date(2999, 1, 1)], ids=["to read", "to fill in"])
def test_a_return_says_what_its_figures_come_to(editor, closes_on):
    make_period(Q2, on_time_until=date(2026, 8, 1), closes_on=closes_on)
    service = make_reporting_service(provider=own_provider(), type_code="57", forms=("residential",))
    make_return(
        service,
        Q2,
        {"direct_hours": 244, "direct_care_fte": 1, "beds": 10, "bed_days_used": None},
        state="draft",
    )
    page = text_of(editor.get(f"/vykazy/{service.register_id}/2026Q2"))
    table = page[page.index('id="outcome"') :].split("</table>")[0]
    rows = [re.sub(r"<[^>]*>", " ", "<tr" + row).split() for row in table.split("<tr")[2:]]
    assert [" ".join(row) for row in rows] == [
        "Využití kapacity přímé práce: celá služba 50,0 % 45 %",
        "Obložnost: pobytová neuvedeno 90 %",
    ]


def test_a_return_not_begun_has_nothing_to_come_to(editor):
    make_period(Q2, on_time_until=date(2026, 8, 1), closes_on=date(2999, 1, 1))
    service = make_reporting_service(provider=own_provider(), type_code="46")
    page = text_of(editor.get(f"/vykazy/{service.register_id}/2026Q2"))
    assert "neuvedeno" in page[page.index('id="outcome"') :].split("</table>")[0]
