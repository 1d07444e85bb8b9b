"""Access as a layer of the map: the figures of its own page."""

from datetime import date

import pytest

from portal.catalog.service.version import bump_version
from portal.catalog.types import Form
from portal.core.errors import Invalid
from portal.core.permissions import OPERATOR, PUBLIC_ACTOR
from portal.core.transaction import transaction
from portal.map.access.service import find_access, roll_back_import
from portal.map.access.types import AccessRule, Question, Way
from portal.map.commands import map_group
from portal.map.layers import service
from portal.map.layers.types import Ask
from portal.returns.types import Period
from portal.territory.types import Level
from portal.waitlists.vacancies.types import Upkeep
from tests.factories.catalog import make_service
from tests.factories.layers import cells
from tests.integration.map.access.conftest import DAY, MATRIX, OLOMOUC, SUMPERK, put_in_force, texts, tree_of


def read(**asked):
    return service.read_layer(PUBLIC_ACTOR, Ask("dostupnost", **asked), day=DAY, upkeep=Upkeep())


@pytest.mark.parametrize("level", [Level.ORP, Level.MUNICIPALITY])
def test_the_layer_tells_what_the_page_tells(homes, level):
    frame = read(type_code="49", level=level)
    page = {row.name: float(row.access.number) for row in find_access(DAY, Question(), level).rows}
    assert cells(frame) == pytest.approx(page)
    assert max(page.values()) > 0
    assert (str(frame.ask.unit), str(frame.ask.population)) == ("beds", "age_65_plus")


def test_all_services_together_are_related_to_all_people(homes):
    frame = read()
    assert str(frame.ask.population) == "all"
    assert sum(cells(frame)[area.name] * area.population / 1000 for area in frame.areas) == pytest.approx(90, abs=0.1)


def test_earlier_quarters_know_the_services_of_their_time(territory):
    make_service(forms={"residential": {"beds": 12}}, facilities=[OLOMOUC], ended_on=date(2025, 6, 30))
    make_service(forms={"residential": {"beds": 12}}, facilities=[SUMPERK], started_on=date(2026, 8, 1))
    assert cells(read(type_code="49", period=Period(2025, 2))) == {"Olomouc": 10, "Šumperk": 0}
    assert cells(read(type_code="49")) == {"Olomouc": 0, "Šumperk": 12}


def test_without_a_catalogue_nothing_is_known(territory):
    assert set(cells(read(type_code="49")).values()) == {"not_supplied"}


@pytest.mark.parametrize("level", [Level.ORP, Level.MUNICIPALITY])
def test_by_travel_times_the_layer_tells_what_the_page_tells_by_them(homes, level):
    put_in_force(MATRIX)
    frame = read(type_code="49", level=level, way=Way.TIMES)
    question = Question(rule=AccessRule(Way.TIMES, 40.0))
    page = {row.name: float(row.access.number) for row in find_access(DAY, question, level).rows}
    assert cells(frame) == pytest.approx(page)
    if level is Level.MUNICIPALITY:
        assert cells(frame) != pytest.approx(cells(read(type_code="49", level=level)))
    assert (frame.rule.way, frame.ask.way) == (Way.TIMES, Way.TIMES)


def test_other_travel_times_are_another_layer(homes):
    put_in_force(MATRIX)
    asked = {"type_code": "49", "level": Level.MUNICIPALITY, "way": Way.TIMES}
    before = cells(read(**asked))
    other = put_in_force([*MATRIX, ("501646", "500496", 15)])
    assert before["Dolany"] == 0 < cells(read(**asked))["Dolany"]
    with transaction():
        roll_back_import(OPERATOR, other.id)
    assert cells(read(**asked)) == before


def test_without_travel_times_they_are_not_offered_and_cannot_be_asked(homes, client):
    with pytest.raises(Invalid) as caught:
        read(way=Way.TIMES)
    assert set(caught.value.fields) == {"cesta"}
    assert client.get("/mapa/vrstvy?vrstva=dostupnost&cesta=doby").status_code == 400
    assert tree_of(client.get("/mapa/vrstvy?vrstva=dostupnost")).find(".//select[@name='cesta']") is None


def test_the_way_stands_in_the_form_the_title_and_the_notes_and_the_unit_stays_a_unit(homes, client, app):
    put_in_force(MATRIX)
    address = "/mapa/vrstvy{}?vrstva=dostupnost&druh=49&uzemi=obec&cesta={}"
    tree = tree_of(client.get(address.format("", "doby")))
    chosen = tree.findall(".//select[@name='cesta']/option[@selected]")
    assert [option.get("value") for option in chosen] == ["doby"]
    assert "cesta=doby" in tree.find(".//a[@id='layers-link']").get("href")
    unit = "lůžka na 1\N{NO-BREAK SPACE}000 osob ve věku 65 a více let"
    said = {
        "doby": ("nahrané doby jízdy", "Dosah: 40 minut podle nahraných dob jízdy"),
        "cara": ("vzdušná čára krát koeficient oklik", "Dosah: 30 km po silnici, počítáno jako vzdušná čára krát 1,3"),
    }
    for way, (name, rule) in said.items():
        page = tree_of(client.get(address.format("", way)))
        assert name in texts(page.find(".//table[@id='figures']/caption"))
        assert rule in texts(page.find(".//main"))
        drawn = client.get(address.format("/hodnoty.json", way)).json
        assert name in drawn["title"]
        assert any(note.startswith(rule) for note in drawn["notes"])
        assert drawn["unit"] == unit
        heading = client.get(address.format("/soubor.csv", way)).text.splitlines()[0]
        assert heading.endswith(f"({unit})")
        features = client.get(address.format("/soubor.geojson", way)).get_json(force=True)["features"]
        assert {one["properties"]["unit"] for one in features} == {unit}
    written = app.test_cli_runner().invoke(
        map_group, ["layer", "dostupnost", "--type", "49", "--level", "obec", "--way", "doby"]
    )
    assert "Dolany,7107,400,0,zero" in written.stdout


@pytest.mark.parametrize("asked", [{"type_code": "39"}, {"form": Form.OUTREACH}])
def test_outreach_services_have_no_access_to_places_and_the_notes_say_why(homes, client, app, asked):
    make_service(forms={"outreach": {"clients": 50}}, facilities=[SUMPERK], type_code="39")
    bump_version()
    frame = read(**asked)
    assert set(cells(frame).values()) == {"not_applicable"}
    assert str(frame.ask.unit) == "clients"
    query = "&".join(f"{'druh' if name == 'type_code' else 'forma'}={value}" for name, value in asked.items())
    drawn = client.get(f"/mapa/vrstvy/hodnoty.json?vrstva=dostupnost&{query}").json
    assert any("Terénní služba nemá pevné místo" in note for note in drawn["notes"])
    options = [f"--{'type' if name == 'type_code' else 'form'}={value}" for name, value in asked.items()]
    written = app.test_cli_runner().invoke(map_group, ["layer", "dostupnost", *options])
    assert written.stdout.count("not_applicable") == 2
    assert "Terénní služba nemá pevné místo" in written.stderr
