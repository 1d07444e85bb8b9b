"""Scenarios of capacity: nothing is stored, everything is in the address."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from portal.core.cells import Cell, CellState
from portal.core.errors import Forbidden, Invalid
from portal.core.permissions import Actor, Grant, Role
from portal.map.access import drawn, words
from portal.map.access.service import find_access, open_scenario, read_effect
from portal.map.access.types import AccessRule, Change, EffectRow, Question
from portal.territory.service import list_units
from portal.territory.types import Level
from tests.factories.accounts import login, make_user
from tests.integration.map.access.conftest import DAY, rows_of, texts, tree_of

PLANNER = Actor(user_id=1, name="Plánovač", grants=frozenset({Grant(Role.PLANNER)}))
EDITOR = Actor(user_id=2, name="Editor", grants=frozenset({Grant(Role.PROVIDER_EDITOR, "00000019")}))
WIDE = Question(rule=AccessRule(radius=100.0))


def effect_of(*changes, question=WIDE):
    scenario = open_scenario(PLANNER, DAY, question)
    return read_effect(scenario, changes, [f"zmena-{n}" for n in range(1, len(changes) + 1)])


def test_only_the_kraj_may_ask(homes):
    with pytest.raises(Forbidden):
        open_scenario(EDITOR, DAY, WIDE)


def test_added_places_reach_the_people_around_and_add_up(homes):
    effect = effect_of(Change(f"sluzba:{homes[0].register_id}", 20))
    assert (effect.capacity_before, effect.capacity_after) == (90, 110)
    gained = sum(float(row.difference * row.people.number) / 1000 for row in effect.rows)
    assert gained == pytest.approx(20, abs=0.03)
    before = {row.code: row.access for row in find_access(DAY, WIDE).rows}
    assert all(row.before == before[row.code] and row.difference > 0 for row in effect.rows)
    assert effect.rows[0].name == "Šumperk"


def test_a_municipality_without_a_service_can_get_one(homes):
    near = Question(rule=AccessRule(radius=5.0))
    effect = effect_of(Change("obec:501646", 12), question=near)
    assert [(row.name, row.before.number, float(row.after.number)) for row in effect.rows] == [("Dolany", 0, 150.0)]


def test_taking_everything_from_a_municipality_leaves_zeros_around(homes):
    near = Question(rule=AccessRule(radius=5.0))
    effect = effect_of(Change("obec:523704", -30), question=near)
    assert {row.name: row.after.number for row in effect.rows}["Šumperk"] == 0
    assert effect.capacity_after == 60


def test_changes_follow_one_another(homes):
    home = f"sluzba:{homes[0].register_id}"
    assert effect_of(Change(home, 20), Change(home, -20)).rows == ()
    with pytest.raises(Invalid) as caught:
        effect_of(Change(home, -20), Change(home, -20))
    assert set(caught.value.fields) == {"zmena-2"}


def test_too_many_changes_are_refused(homes):
    with pytest.raises(Invalid, match="at most"):
        effect_of(*[Change(f"sluzba:{homes[0].register_id}", 1)] * 11)


@pytest.fixture
def planner(client):
    return login(client, make_user(role="planner"))


def test_the_address_holds_the_whole_scenario(planner, homes):
    first = planner.get("/mapa/co-kdyz?druh=49&dosah=100&misto-1=domov lípa&zmena-1=%2B20&misto-3=Olomouc&zmena-3=-10")
    assert first.status_code == 200
    tree = tree_of(first)
    links = {texts(link): link.get("href") for link in tree.iterfind(".//main//a")}
    again = planner.get(links["Odkaz na tento scénář"])
    assert rows_of(tree_of(again)) == rows_of(tree)
    assert "nyní 90, po změně 100" in texts(tree.find(".//main"))
    file = planner.get(links["Stáhnout tabulku jako CSV"]).text
    assert [line.split(";")[1] for line in file.splitlines()[1:]] == [row[0] for row in rows_of(tree)[1:]]


def test_faults_stand_at_their_fields_and_nothing_typed_is_lost(planner, homes):
    answer = planner.get(
        "/mapa/co-kdyz?misto-1=Nikde&zmena-1=hodně&misto-2=Šumperk&zmena-3=5&misto-4=Olomouc&zmena-4=-61&dosah=20"
    )
    assert answer.status_code == 400
    tree = tree_of(answer)
    faults = {node.get("id"): texts(node) for node in tree.iterfind(".//p[@class='govuk-error-message']")}
    assert set(faults) == {"misto-1-error", "zmena-1-error", "zmena-2-error", "misto-3-error"}
    assert [tree.find(f".//input[@id='{name}']").get("value") for name in ("misto-1", "zmena-1", "zmena-4")] == [
        "Nikde",
        "hodně",
        "-61",
    ]
    answer = planner.get("/mapa/co-kdyz?misto-4=Olomouc&zmena-4=-61")
    assert "Na tomto místě lze ubrat nejvýš 60." in texts(tree_of(answer).find(".//p[@id='zmena-4-error']"))


def test_a_place_without_capacity_says_that_there_is_none_to_take(planner, homes):
    address = "/mapa/co-kdyz?misto-1=obec:500801&zmena-1=-1"
    for language, sentence in (
        ("cs", "Na tomto místě není žádná kapacita, kterou by šlo ubrat."),
        ("en", "There is no capacity at this place that could be taken away."),
    ):
        planner.set_cookie("lang", language)
        answer = planner.get(address)
        assert answer.status_code == 400
        assert sentence in texts(tree_of(answer).find(".//p[@id='zmena-1-error']"))


def test_a_form_without_changes_only_asks(planner, homes):
    tree = tree_of(planner.get("/mapa/co-kdyz"))
    assert tree.find(".//table") is None
    options = [option.get("value") for option in tree.iterfind(".//datalist/option")]
    assert options[0].startswith("Domov Lípa (služba ")
    assert "Blatec (obec 500801)" in options


def test_another_row_can_be_asked_for(planner, homes):
    assert tree_of(planner.get("/mapa/co-kdyz?radku=4")).find(".//input[@id='misto-4']") is not None
    assert tree_of(planner.get("/mapa/co-kdyz?radku=99")).find(".//input[@id='misto-11']") is None


def test_a_scenario_takes_a_fixed_number_of_queries(planner, homes, queries):
    queries.statements.clear()
    planner.get(f"/mapa/co-kdyz?misto-1=sluzba:{homes[0].register_id}&zmena-1=5&misto-2=obec:500801&zmena-2=5")
    assert queries.count <= 14


def test_an_outreach_service_has_no_places_to_add(planner, homes):
    with pytest.raises(Invalid, match="no fixed place") as caught:
        open_scenario(PLANNER, DAY, Question("39"))
    assert set(caught.value.fields) == {"druh"}
    answer = planner.get("/mapa/co-kdyz?druh=39&misto-1=Olomouc&zmena-1=20")
    assert answer.status_code == 400
    assert "Terénní služba nemá pevné místo" in texts(tree_of(answer).find(".//p[@id='druh-error']"))
    assert planner.get("/mapa/co-kdyz/soubor.csv?druh=39&misto-1=Olomouc&zmena-1=20").status_code == 400
    assert "/mapa/co-kdyz" not in texts_of_links(planner.get("/mapa/dostupnost?druh=39"))
    assert "/mapa/co-kdyz" in texts_of_links(planner.get("/mapa/dostupnost?druh=49"))


def texts_of_links(answer):
    return " ".join(link.get("href", "") for link in tree_of(answer).iterfind(".//main//a"))


def test_the_map_has_a_state_for_every_municipality(homes):
    """Gains and losses by their size, no change as white, no figure as what it is."""
    near = Question(rule=AccessRule(radius=5.0))
    codes = [unit.code for unit in list_units(Level.MUNICIPALITY)]
    effect = effect_of(Change("obec:501646", 12), Change("obec:523704", -30), question=near)
    drawing = drawn.drawing(near, effect, codes)
    states = dict(zip(codes, drawing["states"], strict=True))
    changed = {row.code: float(row.difference) for row in effect.rows}
    assert {code for code, state in states.items() if state == "v"} == set(changed)
    assert drawing["values"] == [changed[code] for code in codes if code in changed]
    assert changed["501646"] > 0 > changed["523704"]
    assert states["500496"] == "0"
    assert len(drawing["colours"]) == len(drawing["bands"]) == len(drawing["upper"]) + 1


def test_a_municipality_without_known_people_is_not_drawn_as_unchanged(homes):
    scenario = open_scenario(PLANNER, DAY, WIDE)
    codes = [unit.code for unit in scenario.ground.units]
    people = np.where(np.array(codes) == "500801", np.nan, scenario.ground.people)
    scenario = replace(scenario, ground=replace(scenario.ground, people=people))
    effect = read_effect(scenario, [Change(f"sluzba:{homes[0].register_id}", 20)], ["zmena-1"])
    assert effect.untold == {"500801": CellState.NOT_SUPPLIED}
    assert drawn.drawing(WIDE, effect, ["500801", "523704"])["states"] == "mv"


def test_what_changes_is_told_in_sentences(planner, homes):
    said = texts(tree_of(planner.get("/mapa/co-kdyz?dosah=5&misto-1=obec:501646&zmena-1=12")).find(".//main"))
    assert "Dostupnost se zlepší v 1 obci, nejvíc v obci Dolany (+150,00)." in said
    said = texts(tree_of(planner.get("/mapa/co-kdyz?dosah=5&misto-1=Šumperk&zmena-1=-30")).find(".//main"))
    assert "Dostupnost se zhorší v" in said
    assert "zlepší" not in said


def row(before: str, after: str) -> EffectRow:
    told = [Cell.of(Decimal(figure)) for figure in (before, after)]
    return EffectRow("500496", "Olomouc", "Olomouc", Cell.of(1000), *told, Decimal(after) - Decimal(before))


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("15.99", "16.53", "+0,54"),
        ("16.53", "15.99", "−0,54"),
        ("0", "5", "+5,00"),
        ("0.0041", "0.0052", "+0,0011"),
        ("5", "0", "−5,00"),
    ],
)
def test_a_difference_has_its_sign_and_the_places_of_the_finer_figure(app, before, after, text):
    with app.test_request_context():
        assert words.difference_text(row(before, after)) == text


def test_a_change_of_capacity_has_its_sign(app):
    with app.test_request_context():
        assert words.change_text(Decimal(1200)) == "+1\u00a0200"
        assert words.change_text(Decimal(-1)) == "−1"
