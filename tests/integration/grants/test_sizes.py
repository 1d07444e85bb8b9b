"""Municipalities beside those of their size: page, files and command tell the same."""

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.cli import cli
from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell
from portal.core.db import db
from portal.core.permissions import OPERATOR, PUBLIC_ACTOR
from portal.core.transaction import transaction
from portal.grants import service
from portal.grants.models import GrantFigure
from portal.grants.service.figures import write
from portal.grants.types import By, Given, Key, Kind, Side, Source, Told
from portal.territory import service as territory_service
from portal.territory.calc.schematic import schematic_territory
from portal.territory.types import PlaceRow
from tests.factories.grants import store_support
from tests.factories.returns import make_reporting_service
from tests.factories.territory import SMALL_REGION, SMALL_SEATS

VILLAGES = tuple(f"59000{number}" for number in range(6))  # 250 inhabitants each, of the size of Dolany
MORE = tuple(
    PlaceRow(code, f"Ves {number}", 17.1 + number / 50, 49.7, 250, 40, 50, 10) for number, code in enumerate(VILLAGES)
)
SEATS = (replace(SMALL_SEATS[0], municipalities=(*SMALL_SEATS[0].municipalities, *MORE)), *SMALL_SEATS[1:])


@pytest.fixture
def stored(app):
    """Four numbers (one a zero, two equal), one that support does not concern, one that told nothing."""
    with transaction():
        territory_service.store_territory(OPERATOR, parsed=schematic_territory(SMALL_REGION, SEATS))
    made = make_reporting_service(type_code="49", forms=["residential"])
    for code, amount in zip(VILLAGES, (0, 500, 500, 1_500), strict=False):
        store_support(made.id, code, 2025, {Kind.RUNNING: amount})
    store_support(made.id, VILLAGES[4], 2025, dict.fromkeys(Kind, NOT_APPLICABLE))
    store_support(made.id, VILLAGES[5], 2024, {Kind.GIFT: 250})
    return made


def printed(app, *arguments):
    found = app.test_cli_runner().invoke(cli, ["grants", *arguments])
    assert found.exit_code == 0, found.exception or found.output
    return list(csv.DictReader(io.StringIO(found.stdout)))


def test_the_page_of_a_municipality_and_the_report_say_the_same(stored, queries):
    service.report(PUBLIC_ACTOR, 2025, By.MUNICIPALITY)
    queries.statements.clear()
    lines = service.report(PUBLIC_ACTOR, 2025, By.MUNICIPALITY, earlier_years=[2024]).lines
    assert queries.count <= 4
    beside = {line.key: line.similar for line in lines}
    assert [beside[code].place for code in VILLAGES] == [4, 2, 2, 1, None, None]
    assert beside[VILLAGES[0]].difference == -2
    size = beside[VILLAGES[5]].size
    assert (size.all, size.told, size.zeros, size.foreign, size.silent) == (7, 4, 1, 1, 2)
    assert (size.lower, size.median, size.upper) == (Decimal("1.50"), 2, 3)
    for code in VILLAGES:
        assert service.municipality_page(code, 2025).similar == beside[code]
    assert service.size_classes(2025)[1] == size
    earlier = service.municipality_page(VILLAGES[0], 2024).similar.size
    assert (earlier.told, earlier.median) == (1, 1), "of the year asked for, not the latest"
    assert service.size_classes(2024)[1] == earlier


def test_a_type_of_service_is_compared_by_itself(stored):
    other = make_reporting_service(type_code="40")
    store_support(other.id, VILLAGES[0], 2025, {Kind.RUNNING: 2_500})
    assert service.size_classes(2025)[1].median == Decimal("4.00")
    of_type = service.size_classes(2025, "40")[1]
    assert (of_type.told, of_type.median, of_type.silent) == (1, 10, 6)
    found = service.report(PUBLIC_ACTOR, 2025, By.MUNICIPALITY, type_code="40")
    assert {line.similar.size for line in found.lines if line.key in VILLAGES} == {of_type}
    assert (len(found.lines), found.told) == (11, Told(all=11, numbers=1, zeros=0, foreign=0))
    assert service.size_classes(2025, "49")[1].median == 2


def test_the_pages_tell_states_apart(client, stored):
    page = client.get("/dotace?rok=2025&podle=obce").text
    rows = {code: page.split(f"/dotace/obec/{code}?", 1)[1].split("</tr>", 1)[0] for code in (*VILLAGES, "500801")}
    assert "−2,00" in rows[VILLAGES[0]]
    assert "4. z 4" in rows[VILLAGES[0]]
    assert "uvedlo 4 z 7" in rows[VILLAGES[0]]
    assert "netýká se" in rows[VILLAGES[4]]
    assert "neuvedeno" not in rows[VILLAGES[4]].split("Medián", 1)[0]
    for code in (VILLAGES[5], "500801"):
        assert "neuvedeno" in rows[code].split("Medián", 1)[0]
    assert "Částku uvedlo 4 z 11 obcí (nulu 1); podpora se netýká 1, nic není uvedeno u 6." in page
    sizes = client.get("/dotace/velikosti?rok=2025").text
    assert "200 až 499" in sizes
    assert "1,50<" in sizes
    assert "nikdo neuvedl" in sizes, "the class of Blatec has no number"
    assert "100\u00a0000 a více" not in sizes, "the region has no such municipality"
    assert "500 až 999" in sizes
    own = client.get(f"/dotace/obec/{VILLAGES[3]}").text
    assert "o 4,00\u00a0Kč více" in own or "o 4,00 Kč více" in own
    assert "Je na 1. místě z 4" in own
    assert "neuvedla, proto mezi nimi nemá pořadí" in client.get(f"/dotace/obec/{VILLAGES[5]}?rok=2025").text
    assert client.get("/dotace?sloupce=nic").status_code == 400
    assert client.get("/dotace/velikosti?druh=nic").status_code == 400
    assert client.get("/dotace/velikosti/soubor.pdf").status_code == 404


def test_what_a_page_shows_is_chosen_and_its_file_holds_all(client, stored):
    summary, kinds = (client.get(f"/dotace?rok=2025&sloupce={name}").text for name in ("souhrn", "druhy"))
    assert 'data-label="Celkem 2024"' in summary
    assert 'data-label="Investiční dotace"' not in summary
    assert 'data-label="Investiční dotace"' in kinds
    assert 'data-label="Celkem 2024"' not in kinds
    file = client.get("/dotace/soubor.csv?rok=2025&podle=obce").get_data(as_text=True).lstrip("\ufeff")
    rows = {row["Kód"]: row for row in csv.DictReader(io.StringIO(file), delimiter=";")}
    assert list(rows[VILLAGES[0]])[-8:] == [
        *("Velikost (obyvatel)", "Obcí ve skupině", "Z toho uvedlo podporu", "Medián skupiny na obyvatele (Kč)"),
        *("Rozdíl proti mediánu (Kč)", "Pořadí ve skupině", "Celkem v předchozím roce (Kč)"),
        "Celkem předminulý rok (Kč)",
    ]
    told = [list(rows[code].values())[-8:] for code in (VILLAGES[0], VILLAGES[4], VILLAGES[5])]
    assert told == [
        ["200 až 499", "7", "4", "2,00", "-2,00", "4", "neuvedeno", "neuvedeno"],
        ["200 až 499", "7", "4", "2,00", "", "", "neuvedeno", "neuvedeno"],
        ["200 až 499", "7", "4", "2,00", "", "", "250,00", "neuvedeno"],
    ]
    assert [rows[code]["Celkem (Kč)"] for code in VILLAGES[3:]] == ["1500,00", "netýká se", "neuvedeno"]
    sizes = client.get("/dotace/velikosti/soubor.csv?rok=2025").get_data(as_text=True).splitlines()
    assert sizes[2] == "2025;200 až 499;7;4;1;1;2;1,50;2,00;3,00;2500,00"


def test_the_command_appends_its_columns(app, stored):
    rows = printed(app, "report", "--by", "municipality", "--year", "2025", "--csv")
    assert list(rows[0]) == [
        *("municipality_code", "municipality_name", "orp", "inhabitants", "count", "total_for_service"),
        *("total_investment", "total_rent", "total_gifts", "founder_contribution", "total", "per_inhabitant"),
        *("state", "size_class", "class_municipalities", "class_told", "class_median_per_inhabitant"),
        *("difference_from_median", "place_in_class"),
    ]
    assert len(rows) == 11, "every municipality in force has a row"
    nobody_told = {row["municipality_code"]: list(row.values())[4:] for row in rows if row["state"] == "not_supplied"}
    assert len(nobody_told) == 6
    assert nobody_told["501646"] == [*[""] * 8, "not_supplied", "200-499", "7", "4", "2", "", ""]
    assert nobody_told["500801"] == [*[""] * 8, "not_supplied", "500-999", "2", "0", "", "", ""]
    by_code = {row["municipality_code"]: row for row in rows}
    assert [by_code[code]["count"] for code in VILLAGES] == ["0", "1", "1", "1", "0", ""]
    assert [list(by_code[code].values())[-9:] for code in VILLAGES[:5]] == [
        ["0", "0", "zero", "200-499", "7", "4", "2", "-2", "4"],
        ["500", "2", "value", "200-499", "7", "4", "2", "0", "2"],
        ["500", "2", "value", "200-499", "7", "4", "2", "0", "2"],
        ["1500", "6", "value", "200-499", "7", "4", "2", "4", "1"],
        ["", "", "not_applicable", "200-499", "7", "4", "2", "", ""],
    ]
    earlier = printed(app, "report", "--by", "municipality", "--year", "2025", "--earlier")
    assert list(earlier[0])[-2:] == ["total_previous_year", "total_two_years_before"]
    last = next(row for row in earlier if row["municipality_code"] == VILLAGES[5])
    assert (last["state"], last["total_previous_year"]) == ("not_supplied", "250")
    assert [list(row.values())[:-2] for row in earlier] == [list(row.values()) for row in rows]
    sizes = printed(app, "sizes", "--year", "2025", "--csv")
    assert [list(row.values()) for row in sizes[1:2]] == [
        ["200-499", "7", "4", "1", "1", "2", "1.50", "2", "3", "2500"]
    ]
    assert sizes[-1]["size_class"] == "100000+"


def test_a_year_of_which_nobody_told_anything_has_a_row_for_each_municipality(app, client, stored):
    lines = service.report(PUBLIC_ACTOR, 2019, By.MUNICIPALITY).lines
    assert len(lines) == 11
    assert {line.total for line in lines} == {NOT_SUPPLIED}
    assert {line.similar.size.told for line in lines} == {0}
    assert "Částku uvedlo 0 z 11 obcí (nulu 0); podpora se netýká 0, nic není uvedeno u 11." in (
        client.get("/dotace?rok=2019&podle=obce").text
    )
    assert not service.report(PUBLIC_ACTOR, 2019, By.SERVICE).lines
    alone = service.report(PUBLIC_ACTOR, 2026, By.SERVICE, earlier_years=[2025]).lines
    assert [(line.total, line.municipalities) for line in alone] == [(NOT_SUPPLIED, 0)], "it got nothing of anybody"
    orps = printed(app, "report", "--by", "orp", "--year", "2019")
    assert [list(row.values())[3:] for row in orps] == [[""] * 6] * 2
    assert "neuvedeno" in client.get("/dotace?rok=2019&podle=orp").text


def test_a_municipality_is_opened_from_the_report_by_its_name(client, stored):
    page = client.get("/dotace?rok=2025&podle=obce").text
    assert f'<option value="{VILLAGES[5]}">Ves 5</option>' in page
    answer = client.get(f"/dotace?rok=2025&obec={VILLAGES[5]}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/dotace/obec/{VILLAGES[5]}?rok=2025")
    assert client.get("/dotace?rok=2025&podle=obce&obec=//jinam").status_code == 200
    assert 'name="obec"' not in client.get("/dotace?rok=2025").text


def test_a_municipality_that_never_told_anything_still_sees_those_of_its_size(stored):
    page = service.municipality_page("501646")
    assert (page.year, page.years) == (2025, ())
    assert (page.similar.size.told, page.similar.place) == (4, None)


def test_municipalities_that_are_no_more_keep_their_figures_and_have_no_class(app, client, stored):
    store_support(stored.id, "599999", 2025, {Kind.RUNNING: 70})
    by_code = {line.key: line for line in service.report(PUBLIC_ACTOR, 2025, By.MUNICIPALITY).lines}
    assert (by_code["599999"].total.number, by_code["599999"].people, by_code["599999"].similar) == (70, None, None)
    assert service.size_classes(2025)[1].told == 4
    assert service.report(PUBLIC_ACTOR, 2025, By.MUNICIPALITY).told.all == 12
    assert service.report(PUBLIC_ACTOR, 2025, By.MUNICIPALITY, type_code="40").told.all == 11, "as many as lines"
    found = service.report(PUBLIC_ACTOR, 2025, By.ORP)
    assert sum(line.total.number or 0 for line in found.lines) == found.total.total.number == 2_570
    assert "Obce, které už nejsou" in client.get("/dotace?rok=2025&podle=orp").text
    assert [row["orp_code"] for row in printed(app, "report", "--by", "orp", "--year", "2025")] == ["7107", "7111", ""]


def test_a_report_follows_each_change_of_a_figure_and_each_new_service(stored):
    def told():
        lines = service.report(PUBLIC_ACTOR, 2025, By.MUNICIPALITY).lines
        return next(line.total.number for line in lines if line.key == VILLAGES[5]), service.size_classes(2025)[1].told

    assert told() == (None, 4)
    store_support(stored.id, VILLAGES[5], 2025, {Kind.RUNNING: 10})
    assert told() == (10, 5)
    figure = db.session.scalars(
        select(GrantFigure).where(GrantFigure.municipality_code == VILLAGES[5], GrantFigure.year == 2025)
    ).one()
    key = Key(stored.id, VILLAGES[5], 2025, Kind.RUNNING)
    write(OPERATOR, key, Side.MUNICIPALITY, Given(Cell.of(12)), source=Source.REGION, step="written", figure=figure)
    db.session.flush()
    assert told() == (12, 5)
    other = make_reporting_service(type_code="49", forms=["residential"])
    store_support(other.id, VILLAGES[5], 2025, {Kind.GIFT: 8})
    assert told() == (20, 5)
    by_service = service.report(PUBLIC_ACTOR, 2025, By.SERVICE).lines
    assert {line.key for line in by_service} == {str(stored.register_id), str(other.register_id)}
    db.session.delete(figure)
    db.session.flush()
    assert told() == (8, 5)


def test_a_new_territory_moves_municipalities_to_their_new_class(stored):
    assert service.size_classes(2025)[1].all == 7
    grown = tuple(replace(one, population=600) for one in MORE[:2])
    seats = (
        replace(SEATS[0], municipalities=(*SMALL_SEATS[0].municipalities, *grown, *MORE[2:])),
        *SMALL_SEATS[1:],
    )
    with transaction():
        territory_service.store_territory(OPERATOR, parsed=schematic_territory(SMALL_REGION, seats))
    sizes = service.size_classes(2025)
    assert [(size.all, size.told) for size in sizes[1:3]] == [(5, 2), (4, 2)]


def test_other_reports_keep_their_columns(app, stored):
    for by in ("service", "type", "provider", "orp"):
        row = printed(app, "report", "--by", by, "--year", "2025")[0]
        assert list(row)[-1] == "founder_contribution"
        assert "place_in_class" not in row
