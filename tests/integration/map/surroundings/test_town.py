"""The page of a municipality: everything about it, as the reader may see it."""

import csv
import io

import pytest

from portal.catalog.service.version import bump_version
from portal.core.clock import today
from portal.core.kept import forget
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.grants.types import Kind
from portal.map.access.service import find_access
from portal.map.access.types import Question
from portal.map.layers.registry import LAYERS
from portal.returns.types import Period
from portal.territory import service as territory
from portal.territory.calc.schematic import schematic_territory
from portal.territory.service import list_units
from portal.territory.types import Level, PlaceRow, SeatRow
from portal.web.languages import say
from tests.factories.accounts import login, make_user
from tests.factories.catalog import make_service, secret_places_unchecked
from tests.factories.grants import store_support
from tests.factories.releases import closed_quarter, published
from tests.factories.residences import store_residents
from tests.factories.territory import SMALL_REGION, store_small_territory
from tests.integration.map.access.conftest import OLOMOUC, SUMPERK, rows_of, texts, tree_of


@pytest.fixture
def world(app):
    store_small_territory()
    home = make_service(name="Domov Lípa", forms={"residential": {"beds": 30}}, facilities=[SUMPERK])
    make_service(name="Domov Řeka", forms={"residential": {"beds": 60}}, facilities=[OLOMOUC])
    make_service(name="Poradna kraje", facilities=[], region_wide=True, type_code="37")
    store_support(home.id, "523704", 2025, {Kind.RUNNING: 350_000})
    return home


def test_everything_public_stands_on_the_page(client, world):
    tree = tree_of(client.get("/mapa/obec/523704"))
    assert [row[0] for row in rows_of(tree, "inside-table")[1:]] == ["Domov Lípa"]
    assert [row[0] for row in rows_of(tree, "declared-table")[1:]] == ["Poradna kraje"]
    beside = [row[0] for row in rows_of(tree, "neighbours-table")[1:]]
    assert beside[0] == "Šumperk"
    assert "Bludov" in beside
    assert beside[1:] == sorted(beside[1:])
    assert rows_of(tree, "support-table")[1:] == [["2025", "350 000", "100,00"]]
    (line,) = [row for row in rows_of(tree, "reach-table")[1:] if "§ 49" in row[0]]
    table = {row.name: row for row in find_access(today(), Question()).rows}
    assert line[2] == f"{table['Šumperk'].access.number:.2f}".replace(".", ",")
    assert line[4:] == ["0", "Domov Lípa"]


def test_the_list_of_parts_leads_to_all_of_them(client, world):
    tree = tree_of(client.get("/mapa/obec/523704"))
    parts = [heading.get("id") for heading in tree.iterfind(".//main//h2") if heading.get("id") != "contents-title"]
    links = [link.get("href") for link in tree.iterfind(".//nav[@aria-labelledby='contents-title']/ul[1]/li/a")]
    assert links == [f"#{part}" for part in parts]
    assert len(links) == 8


def test_a_layer_that_nobody_told_anything_of_is_named(client, app):
    store_small_territory()
    make_service(facilities=[SUMPERK])
    with app.test_request_context():
        support = say(LAYERS["podpora-obci"].label)
    said = [texts(text) for text in tree_of(client.get("/mapa/obec/523704")).iterfind(".//main//p")]
    (nothing,) = [text for text in said if text.startswith("Zatím nejsou data")]
    assert nothing == f"Zatím nejsou data: {support}."


def test_a_municipality_without_a_service_says_so(client, world):
    tree = tree_of(client.get("/mapa/obec/501646"))
    assert texts(tree.find(".//h2[@id='inside']")) == "Žádná služba tu nemá místo"


def test_figures_of_persons_are_hidden_from_the_public_and_told_to_the_kraj(client, world):
    rows = rows_of(tree_of(client.get("/mapa/obec/523704")), "figures-table")[1:]
    assert len(rows) == len(LAYERS)
    hidden = {row[0] for row in rows if row[2] == "skryto"}
    assert len(hidden) == sum(not layer.source.is_public for layer in LAYERS.values())
    login(client, make_user(role="planner"))
    rows = rows_of(tree_of(client.get("/mapa/obec/523704")), "figures-table")[1:]
    assert not [row for row in rows if row[2] == "skryto"]


def test_files_hold_the_tables(client, world):
    services = client.get("/mapa/obec/523704/sluzby.csv").text.splitlines()
    assert [line.split(";")[2] for line in services[1:]] == ["Domov Lípa", "Poradna kraje"]
    assert len(client.get("/mapa/obec/523704/udaje.csv").text.splitlines()) == len(LAYERS) + 1
    assert client.get("/mapa/obec/523704/dostupnost.csv").text.count("§ 49") == 1
    for address in ("udaje.pdf", "nic.csv"):
        assert client.get(f"/mapa/obec/523704/{address}").status_code == 404


def test_each_figure_says_of_when_it_is(client, app):
    store_small_territory()
    for _provider in range(12):
        store_residents(make_service(facilities=[SUMPERK]), [("500496", None, "housing", 4)])
    closed_quarter(Period(2026, 2))
    published(Period(2026, 2))
    rows = {row[0]: row for row in rows_of(tree_of(client.get("/mapa/obec/500496")), "figures-table")[1:]}
    assert rows["Uživatelé podle bydlištěuživatelé"][1:] == ["Olomouc: není;ORP: 2. čtvrtletí 2026", "skryto", "50"]
    times = next(row[1] for name, row in rows.items() if name.startswith("Registrovaná kapacita"))
    assert times == say(Period.of(today()).label)  # once where both are of the same time
    lines = list(csv.DictReader(io.StringIO(client.get("/mapa/obec/500496/udaje.csv").text[1:]), delimiter=";"))
    (line,) = [line for line in lines if line["Údaj"] == "Uživatelé podle bydliště"]
    assert (line["Období"], line["Období ORP"], line["ORP"]) == ("", "2026Q2", "50")


def test_a_municipality_is_chosen_from_the_list(client, world):
    tree = tree_of(client.get("/mapa/obec"))
    assert len(tree.findall(".//select[@id='kod']/option")) == 5
    answer = client.get("/mapa/obec?kod=569178")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/mapa/obec/569178")
    assert client.get("/mapa/obec/999999").status_code == 404


def test_a_secret_place_leaves_no_trace(client, world):
    with secret_places_unchecked():
        make_service(name="Azyl tajný", facilities=[{**SUMPERK, "secret": True, "street": "Kanárkova"}])
        text = client.get("/mapa/obec/523704").text
        assert "Azyl tajný" not in text
        assert "Kanárkova" not in text


def test_an_empty_portal_has_pages_that_say_so(client, app):
    assert client.get("/mapa/obec").status_code == 200
    store_small_territory()
    text = client.get("/mapa/obec/523704").text
    assert "Žádná služba z registru tu nemá otevřené zařízení" in text
    assert "U této obce nikdo žádnou podporu neuvedl" in text


def test_queries_grow_with_nothing(client, world, queries):
    counts = []
    for _ in range(3):
        forget()  # else it depends on the clock what is read again
        queries.statements.clear()
        client.get("/mapa/obec/523704")
        counts.append(queries.count)
        for _more in range(3):
            make_service(facilities=[OLOMOUC], type_code="57")
        bump_version()
    assert counts[1] == counts[2] <= 90


def test_each_of_four_hundred_and_two_municipalities_has_its_page(client, app):
    towns = [
        PlaceRow(str(500_000 + n), f"Ves {n}", 16.8 + (n % 20) * 0.05, 49.4 + (n // 20) * 0.03, 100 + n, 15, 20, 5)
        for n in range(402)
    ]
    seats = (
        SeatRow("7107", "Olomouc", 17.25, 49.59, "40789", 60_000, 9_000, 12_000, 3_000, tuple(towns[:200])),
        SeatRow("7111", "Šumperk", 16.97, 49.97, "40819", 40_000, 5_000, 10_000, 2_000, tuple(towns[200:])),
    )
    with transaction():
        territory.store_territory(OPERATOR, parsed=schematic_territory(SMALL_REGION, seats))
    make_service(forms={"residential": {"beds": 30}}, facilities=[{**SUMPERK, "municipality_code": "500001"}])
    bump_version()
    units = list_units(Level.MUNICIPALITY)
    assert len(units) == 402
    for unit in units[::25]:
        answer = client.get(f"/mapa/obec/{unit.code}")
        assert answer.status_code == 200
        assert unit.name in answer.text
