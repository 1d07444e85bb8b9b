"""On how many municipalities the layer of support stands: nothing given is told only where all of them have told."""

import csv
import io
import json
import sqlite3
from datetime import date

import html5lib
import pytest

from portal.cli import cli
from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED
from portal.core.kept import forget
from portal.core.permissions import OPERATOR, PUBLIC_ACTOR
from portal.grants.service import report
from portal.grants.types import By, Kind
from portal.map.layers import service, words
from portal.map.layers.types import Ask, Gathered
from portal.territory.types import Level
from portal.waitlists.vacancies.types import Upkeep
from tests.factories.accounts import login, make_user
from tests.factories.catalog import make_service
from tests.factories.grants import store_support
from tests.factories.layers import cells
from tests.factories.needs import hand_over_needs, make_need
from tests.factories.territory import store_small_territory

DAY = date(2026, 8, 3)
YEAR = 2025
OLOMOUC, BLATEC, DOLANY, SUMPERK, BLUDOV = "500496", "500801", "501646", "523704", "569178"


@pytest.fixture
def home(app):
    store_small_territory()
    return make_service()


def give(home, code, amount, year=YEAR):
    # Support does not concern a municipality that says so of every kind.
    kinds = list(Kind) if amount is NOT_APPLICABLE else [Kind.RUNNING]
    store_support(home.id, code, year, dict.fromkeys(kinds, amount))
    forget()  # the mark of a year is read once a second


def read(actor=PUBLIC_ACTOR, **asked):
    return service.read_layer(actor, Ask("podpora-obci", **asked), day=DAY, upkeep=Upkeep(30, 60))


def reported():
    """What the report of support says of each ORP in total."""
    lines = report(PUBLIC_ACTOR, YEAR, By.ORP).lines
    return {line.name: str(line.total.state) if line.total.number is None else line.total.number for line in lines}


@pytest.mark.parametrize(
    ("blatec", "orp"),
    [
        (None, "not_supplied"),
        (NOT_SUPPLIED, "not_supplied"),  # a record that says nothing is no telling
        (NOT_APPLICABLE, 0),
        (0, 0),
    ],
)
def test_an_orp_has_given_nothing_only_when_all_its_municipalities_have_told(home, blatec, orp):
    give(home, OLOMOUC, 0)
    give(home, DOLANY, NOT_APPLICABLE)
    give(home, SUMPERK, 0)
    if blatec is not None:
        give(home, BLATEC, blatec)
    assert cells(read()) == {"Olomouc": orp, "Šumperk": "not_supplied"}
    assert reported() == {"Olomouc": orp, "Šumperk": "not_supplied"}


def test_what_some_have_given_is_a_value(home):
    give(home, OLOMOUC, 12_000)
    frame = read()
    assert cells(frame) == {"Olomouc": 2, "Šumperk": "not_supplied"}
    assert frame.gathered == {"7107": Gathered(1, 0, 3), "7111": Gathered(0, 0, 2)}


def test_support_does_not_concern_an_orp_only_when_it_concerns_none_of_its_municipalities(home):
    give(home, OLOMOUC, 6_000)  # of a year without any number there is no layer
    give(home, SUMPERK, NOT_APPLICABLE)
    assert cells(read()) == {"Olomouc": 1, "Šumperk": "not_supplied"}
    give(home, BLUDOV, NOT_APPLICABLE)
    assert cells(read())["Šumperk"] == "not_applicable"
    assert reported() == {"Olomouc": 6_000, "Šumperk": "not_applicable"}
    assert cells(read(level=Level.MUNICIPALITY)) == {
        "Olomouc": 1.2,
        "Blatec": "not_supplied",
        "Dolany": "not_supplied",
        "Šumperk": "not_applicable",
        "Bludov": "not_applicable",
    }


def test_the_view_says_to_everybody_how_many_have_told(home):
    give(home, OLOMOUC, 12_000)
    give(home, SUMPERK, 0)
    give(home, BLUDOV, NOT_APPLICABLE)
    for actor in (PUBLIC_ACTOR, OPERATOR):
        frame = read(actor)
        assert words.gathered_sentence(frame) == "Svou podporu uvedly 3 z 5 obcí; počítá se i uvedená nula."
        assert words.gathered_sentence(frame) in words.summary(frame)
        assert words.gathered_sentence(frame) in words.notes_of(frame)
    of_type = words.gathered_sentence(read(orp="7111", type_code="60a"))
    assert of_type == "Podporu tohoto druhu služby uvedlo 0 z 2 obcí; počítá se i uvedená nula."


def test_the_table_has_a_column_of_it_in_page_file_and_drawing(home, client):
    give(home, OLOMOUC, 12_000)
    tree = html5lib.parse(client.get("/mapa/vrstvy?vrstva=podpora-obci").text, namespaceHTMLElements=False)
    rows = [
        [" ".join("".join(cell.itertext()).split()) for cell in row]
        for row in tree.iterfind(".//table[@id='figures']//tr")
    ]
    assert [row[3] for row in rows] == ["Kolik obcí uvedlo", "1 z 3", "0 z 2"]
    text = client.get("/mapa/vrstvy/soubor.csv?vrstva=podpora-obci").text.removeprefix("\ufeff")
    assert [row["Kolik obcí uvedlo"] for row in csv.DictReader(io.StringIO(text), delimiter=";")] == ["1 z 3", "0 z 2"]
    drawn = client.get("/mapa/vrstvy/hodnoty.json?vrstva=podpora-obci").json
    assert drawn["states"] == "vm", "of Šumperk nothing was supplied, which is hatched"
    assert (drawn["gatheredLabel"], drawn["gathered"]) == ("Kolik obcí uvedlo", [[1, "1 z 3"], [0, "0 z 2"]])


def gathered_in(properties):
    return [(one["municipalities_told"], one["municipalities"]) for one in properties]


def test_files_for_programs_have_both_counts_at_the_end(home, client, app, tmp_path):
    give(home, OLOMOUC, 12_000)
    shown = client.get("/mapa/vrstvy/soubor.geojson?vrstva=podpora-obci").json["features"]
    offered = client.get("/ogc/collections/podpora-obci-orp/items").json["features"]
    for features in (shown, offered):
        assert gathered_in(one["properties"] for one in features) == [(1, 3), (0, 2)]
    file = tmp_path / "layer.gpkg"
    file.write_bytes(client.get("/mapa/vrstvy/soubor.gpkg?vrstva=podpora-obci").data)
    with sqlite3.connect(file) as stored:
        told = 'SELECT municipalities_told, municipalities FROM "podpora-obci" ORDER BY code'
        assert stored.execute(told).fetchall() == [(1, 3), (0, 2)]
    stored.close()
    answer = app.test_cli_runner().invoke(cli, ["map", "layer", "podpora-obci", "--level", "obec"])
    rows = list(csv.DictReader(io.StringIO(answer.stdout)))
    assert list(rows[0])[-3:] == ["audience", "municipalities_told", "municipalities"]
    assert {row["name"]: gathered_in([row])[0] for row in rows}["Olomouc"] == ("1", "1")
    assert {row["name"]: gathered_in([row])[0] for row in rows}["Blatec"] == ("0", "1")


def test_columns_depend_on_the_layer_and_not_on_the_reader(app, client):
    store_small_territory()
    make_need(OLOMOUC, 4)
    hand_over_needs(OLOMOUC)
    address = "/mapa/vrstvy/soubor.geojson?vrstva="
    public = client.get(f"{address}potreby").json["features"]
    assert gathered_in(one["properties"] for one in public) == [(None, None), (None, None)]
    file = client.get("/mapa/vrstvy/soubor.gpkg?vrstva=potreby").data
    assert b"municipalities_told" in file
    assert "municipalities" not in client.get(f"{address}kapacita").json["features"][0]["properties"]
    login(client, make_user(role="planner"))
    region = client.get(f"{address}potreby").json["features"]
    assert gathered_in(one["properties"] for one in region) == [(1, 3), (0, 2)]
    assert json.dumps(list(region[0]["properties"])) == json.dumps(list(public[0]["properties"]))
