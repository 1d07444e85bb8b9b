"""Access to services: from the stored catalogue and territory to pages, files and the command."""

import csv
import io
import math
from datetime import date

import pytest

from portal.cli import cli
from portal.core.cells import CellState
from portal.map.access.commands import COLUMNS
from portal.map.access.service import find_access
from portal.map.access.types import AccessRule, Decay, Question
from portal.map.types import Rest
from portal.territory.service import list_units
from portal.territory.types import Level
from tests.factories.access import plain_access
from tests.factories.catalog import make_service, secret_places_unchecked
from tests.factories.territory import store_small_territory
from tests.integration.map.access.conftest import DAY, OLOMOUC, SUMPERK, rows_of, texts, tree_of

WIDE = Question(rule=AccessRule(radius=100.0))


def by_name(table):
    return {row.name: row for row in table.rows}


def test_figures_are_those_of_plain_loops(homes):
    table = find_access(DAY, WIDE)
    units = list_units(Level.MUNICIPALITY)
    plain = plain_access(
        [(unit.seat_lon, unit.seat_lat) for unit in units],
        [unit.population_65_plus for unit in units],
        [(16.97, 49.97), (17.25, 49.59)],
        [30, 60],
        100.0,
        1.3,
        Decay.GAUSSIAN,
    )
    assert [float(row.access.number) for row in table.rows] == pytest.approx(
        [1000 * figure for figure in plain.per_person], abs=0.006
    )
    assert [float(row.balanced.number) for row in table.rows] == pytest.approx(plain.balanced, rel=1e-5)
    assert [float(row.nearest.number) for row in table.rows] == pytest.approx(plain.nearest, abs=0.06)
    total = sum(float(row.access.number * row.people.number) / 1000 for row in table.rows)
    assert total == pytest.approx(90, abs=0.02)
    assert (table.capacity, table.unreached, table.services) == (90, 0, 2)


def test_an_orp_is_the_mean_over_its_people(homes):
    towns, orps = find_access(DAY, WIDE), by_name(find_access(DAY, WIDE, Level.ORP))
    for name, orp in orps.items():
        own = [row for row in towns.rows if row.orp_name == name]
        people = sum(row.people.number for row in own)
        mean = sum(row.access.number * row.people.number for row in own) / people
        assert (orp.people.number, float(orp.access.number)) == (people, pytest.approx(float(mean), abs=0.01))
        assert orp.places == 2


def test_nothing_within_reach_is_a_zero_and_no_catalogue_is_not_supplied(territory):
    assert {row.access.state for row in find_access(DAY, Question()).rows} == {CellState.NOT_SUPPLIED}
    make_service(forms={"residential": {"beds": 30}}, facilities=[SUMPERK])
    rows = by_name(find_access(DAY, Question()))
    assert rows["Olomouc"].access.state is CellState.ZERO
    assert rows["Olomouc"].nearest.state is CellState.NOT_APPLICABLE
    assert rows["Šumperk"].access.number > 0


def test_outreach_and_places_that_are_not_known_are_left_out_and_told(territory):
    make_service(forms={"outreach": {"clients": 50}}, facilities=[SUMPERK], type_code="40")
    make_service(forms={"outpatient": {"clients": 9}}, facilities=[SUMPERK, {"secret": True}], type_code="40")
    make_service(forms={"outpatient": {"clients": 7}}, facilities=[], region_wide=True, type_code="40")
    make_service(forms={"outpatient": {"clients": None}}, facilities=[SUMPERK], type_code="40")
    table = find_access(DAY, Question("40"))
    assert (float(table.capacity), table.unstated) == (4.5, 1)
    assert table.unplaced == {Rest.SECRET: 1, Rest.WHOLE_REGION: 1}


def test_a_secret_place_leaves_no_trace(client, territory):
    with secret_places_unchecked():
        make_service(
            forms={"residential": {"beds": 30}},
            facilities=[{**SUMPERK, "secret": True, "name": "Kanárek", "point_is_exact": True}],
        )
        for address in ("/mapa/dostupnost", "/mapa/dostupnost/soubor.csv"):
            text = client.get(address).text
            assert "Kanárek" not in text
            assert "16,97" not in text
    assert text.count(";0;0;netýká se;0") == 5


def test_a_page_takes_a_fixed_number_of_queries(client, homes, queries):
    counts = []
    for _ in range(2):
        queries.statements.clear()
        assert client.get("/mapa/dostupnost").status_code == 200
        counts.append(queries.count)
        for index in range(5):
            make_service(forms={"residential": {"beds": 10 + index}}, facilities=[OLOMOUC])
    assert counts[0] == counts[1] <= 9


def test_the_page_shows_what_the_file_holds(client, homes):
    tree = tree_of(client.get("/mapa/dostupnost?dosah=100"))
    rows = rows_of(tree)
    assert rows[0][0] == "Obec"
    lines = list(csv.reader(io.StringIO(client.get("/mapa/dostupnost/soubor.csv?dosah=100").text[1:]), delimiter=";"))
    assert [row[0] for row in rows[1:]] == [line[1] for line in lines[1:]]
    figures = [f"{float(line[4].replace(',', '.')):.2f}".replace(".", ",") for line in lines[1:]]
    assert [row[3] for row in rows[1:]] == figures
    assert "Dosah: 100 km po silnici, počítáno jako vzdušná čára krát 1,3" in texts(tree.find(".//main"))


def test_bad_input_stands_at_its_field_and_nothing_typed_is_lost(client, homes):
    answer = client.get("/mapa/dostupnost?druh=49&dosah=daleko&okliky=9&uzemi=orp")
    assert answer.status_code == 400
    tree = tree_of(answer)
    assert tree.find(".//input[@id='dosah']").get("value") == "daleko"
    assert tree.find(".//input[@id='okliky']").get("value") == "9"
    assert "Napište číslo od 1 do 3." in texts(tree.find(".//p[@id='okliky-error']"))
    assert tree.find(".//table") is None


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("/mapa/dostupnost/soubor.csv?druh=999", "999"),
        ("/mapa/vrstvy?vrstva=kapacita&druh=999", "999"),
        ("/mapa/vrstvy?vrstva=kapacita&skupina=xyz", "xyz"),
    ],
)
def test_where_there_is_no_field_the_page_of_the_error_names_the_fault(client, homes, address, word):
    answer = client.get(address)
    assert answer.status_code == 400
    assert f"„{word}“" in answer.text


def test_the_same_page_is_not_sent_twice(client, homes):
    tag = client.get("/mapa/dostupnost").headers["ETag"]
    assert client.get("/mapa/dostupnost", headers={"If-None-Match": tag}).status_code == 304


def test_without_a_territory_the_page_says_so(client, app):
    assert "území kraje nebylo nahráno" in client.get("/mapa/dostupnost").text


def test_the_command_writes_csv_with_points(app, homes):
    answer = app.test_cli_runner().invoke(
        cli, prog_name="portal", args=["map", "access", "--type", "49", "--radius", "100", "--csv"]
    )
    assert answer.exit_code == 0, answer.output
    rows = list(csv.DictReader(io.StringIO(answer.stdout)))
    assert tuple(rows[0]) == COLUMNS
    assert [row["name"] for row in rows] == [row.name for row in find_access(DAY, WIDE).rows]
    total = sum(float(row["access_per_1000"]) * float(row["people"]) for row in rows) / 1000
    assert math.isclose(total, 90, abs_tol=0.02)


def test_the_command_refuses_what_it_does_not_know(app, territory):
    answer = app.test_cli_runner().invoke(cli, ["map", "access", "--type", "999"], prog_name="portal")
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert "Mapa nezná druh služby „999“" in answer.stderr
    answer = app.test_cli_runner().invoke(
        cli, ["map", "access", "--type", "49", "--unit", "postele"], prog_name="portal"
    )
    assert "„postele“" in answer.stderr


def test_the_day_decides_which_services_stand(territory):
    make_service(forms={"residential": {"beds": 30}}, facilities=[SUMPERK], ended_on=date(2026, 1, 31))
    assert find_access(date(2026, 1, 31), Question()).capacity == 30
    assert find_access(date(2026, 2, 1), Question()).capacity == 0


def test_municipalities_come_in_czech_order(homes):
    assert [row.name for row in find_access(DAY, Question()).rows] == [
        "Blatec", "Bludov", "Dolany", "Olomouc", "Šumperk"
    ]  # fmt: skip


def test_a_stored_territory_is_needed_only_once(app):
    store_small_territory()
    assert len(find_access(DAY, Question()).rows) == 5


@pytest.mark.parametrize("with_service", [False, True])
def test_an_outreach_service_has_no_fixed_place_and_that_is_no_zero(client, app, territory, with_service):
    if with_service:
        make_service(forms={"outreach": {"clients": 50}}, facilities=[SUMPERK], type_code="39")
    for level in (Level.MUNICIPALITY, Level.ORP):
        table = find_access(DAY, Question("39"), level)
        cells = [cell for row in table.rows for cell in (row.access, row.balanced, row.nearest)]
        assert {cell.state for cell in (*cells, table.mean)} == {CellState.NOT_APPLICABLE}
        assert str(table.question.unit) == "clients"
    page = client.get("/mapa/dostupnost?druh=39")
    main = texts(tree_of(page).find(".//main"))
    assert "Terénní služba nemá pevné místo" in main
    assert "Kapacita v dosahu" not in main
    assert {row[3] for row in rows_of(tree_of(page))[1:]} == {"netýká se"}
    answer = app.test_cli_runner().invoke(cli, ["map", "access", "--type", "39", "--csv"], prog_name="portal")
    assert {row["access_per_1000"] for row in csv.DictReader(io.StringIO(answer.stdout))} == {""}
    assert "Terénní služba nemá pevné místo" in answer.stderr


def test_a_type_with_a_fixed_form_or_a_fixed_place_in_the_register_counts_as_ever(territory):
    make_service(forms={"outreach": {"clients": 50}}, facilities=[SUMPERK], type_code="40")
    table = find_access(DAY, Question("40"))
    assert (table.has_places, table.mean.state, str(table.question.unit)) == (True, CellState.ZERO, "clients")
    make_service(forms={"outpatient": {"clients": 8}}, facilities=[SUMPERK], type_code="39")
    assert find_access(DAY, Question("39")).capacity == 8
