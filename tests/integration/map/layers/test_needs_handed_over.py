"""How many municipalities the layer of needs stands on: told where it is seen exactly; silence is never a zero."""

import csv
import io
from datetime import date

import html5lib
import pytest

from portal.core.permissions import OPERATOR, PUBLIC_ACTOR
from portal.map.layers import service, words
from portal.map.layers.types import Ask, Gathered
from portal.returns.types import Period
from portal.territory.types import Level
from portal.waitlists.vacancies.types import Upkeep
from tests.factories.accounts import login, make_user, municipality_actor
from tests.factories.layers import cells
from tests.factories.needs import hand_over_needs, make_need
from tests.factories.territory import store_small_territory

DAY = date(2026, 8, 3)
QUARTER = Period(2026, 2)
OLOMOUC, BLATEC, DOLANY, SUMPERK, BLUDOV = "500496", "500801", "501646", "523704", "569178"
SENTENCE = "3 z 5 obcí předaly své údaje za období. Další 1 je rozepsala; co zatím uvedla, je v údajích započteno."


@pytest.fixture
def told(app):
    """Olomouc, Šumperk and Bludov have handed over, Dolany has begun, Blatec says nothing."""
    store_small_territory()
    make_need(OLOMOUC, 4, period=QUARTER)
    make_need(DOLANY, 0, period=QUARTER)
    make_need(DOLANY, 3, period=QUARTER, situation="housing", type_code="37")
    make_need(SUMPERK, 0, period=QUARTER)
    make_need(BLUDOV, 0, period=QUARTER)
    hand_over_needs(OLOMOUC, SUMPERK, BLUDOV, period=QUARTER)


def read(actor=OPERATOR, name="potreby", **asked):
    return service.read_layer(actor, Ask(name, **asked), day=DAY, upkeep=Upkeep(30, 60))


def test_only_who_handed_over_has_a_true_zero(told):
    debts = cells(read(level=Level.MUNICIPALITY, situation="debts"))
    assert debts == {
        "Olomouc": 4,
        "Blatec": "not_supplied",
        "Dolany": "not_supplied",  # begun: what it says may still change
        "Šumperk": 0,
        "Bludov": 0,
    }
    of_type = cells(read(level=Level.MUNICIPALITY, type_code="40"))
    assert of_type == {
        "Olomouc": 0,
        "Blatec": "not_supplied",
        "Dolany": "not_supplied",
        "Šumperk": 0,
        "Bludov": 0,
    }
    assert cells(read(level=Level.MUNICIPALITY))["Dolany"] == 3, "what it has told is shown"


def test_an_orp_is_zero_only_when_all_its_municipalities_have_handed_over(told):
    assert cells(read(type_code="40")) == {"Olomouc": "not_supplied", "Šumperk": 0}
    assert cells(read(name="potreby-na-1000", type_code="40")) == {"Olomouc": "not_supplied", "Šumperk": 0}
    hand_over_needs(DOLANY, period=QUARTER)
    make_need(BLATEC, 0, period=QUARTER)
    hand_over_needs(BLATEC, period=QUARTER)
    assert cells(read(type_code="40")) == {"Olomouc": 0, "Šumperk": 0}


def test_the_view_says_how_many_have_handed_over(told, app):
    frame = read()
    assert frame.gathered == {"7107": Gathered(1, 1, 3), "7111": Gathered(2, 0, 2)}
    assert words.gathered_sentence(frame) == SENTENCE.replace("\xa0", " ")
    assert SENTENCE in words.summary(frame)
    assert SENTENCE in words.notes_of(frame)
    assert words.gathered_sentence(read(orp="7111")) == "2 z 2 obcí předaly své údaje za období."
    assert words.gathered_sentence(read(level=Level.MUNICIPALITY)) == SENTENCE


@pytest.mark.parametrize(
    ("actor", "level", "gathered"),
    [
        (PUBLIC_ACTOR, Level.ORP, {}),
        (municipality_actor(DOLANY), Level.ORP, {}),
        (municipality_actor(DOLANY), Level.MUNICIPALITY, {DOLANY: Gathered(0, 1, 1)}),
        (municipality_actor(OLOMOUC), Level.ORP, {"7107": Gathered(1, 1, 3)}),  # it gathers them
    ],
)
def test_others_are_told_of_their_own_areas_alone(told, actor, level, gathered):
    assert read(actor, level=level).gathered == gathered


def test_the_table_has_a_column_of_it_in_page_file_and_drawing(told, client, app):
    login(client, make_user(role="planner"))
    tree = html5lib.parse(client.get("/mapa/vrstvy?vrstva=potreby").text, namespaceHTMLElements=False)
    rows = [
        [" ".join("".join(cell.itertext()).split()) for cell in row]
        for row in tree.iterfind(".//table[@id='figures']//tr")
    ]
    assert rows[0][3] == "Obce, které předaly"
    assert [(row[0], row[3]) for row in rows[1:3]] == [("Olomouc", "1 z 3"), ("Šumperk", "2 z 2")]
    text = client.get("/mapa/vrstvy/soubor.csv?vrstva=potreby").text.removeprefix("\ufeff")
    found = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert [row["Obce, které předaly"] for row in found] == ["1 z 3", "2 z 2"]
    drawn = client.get("/mapa/vrstvy/hodnoty.json?vrstva=potreby").json
    assert drawn["gathered"] == [[1, "1 z 3"], [2, "2 z 2"]]
    assert "gathered" not in client.get("/mapa/vrstvy/hodnoty.json?vrstva=potreby&uzemi=obec").json
