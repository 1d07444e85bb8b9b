"""What a worker of a municipality sees on the map: its own territory as the rules allow, all else as everybody.

The attacks play the worker: layers of needs and of who waits at both levels, by quarter, type and situation, as page,
values and every file; pages of municipalities; its page of need; and what the public reads of the same quarter.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from collections import defaultdict
from contextlib import closing
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from portal.core.kept import forget
from portal.core.permissions import OPERATOR, PUBLIC_ACTOR
from portal.disclosure import Audience, CountThresholds, FigureState, safe_count
from portal.map.layers import service
from portal.map.layers.registry import LAYERS
from portal.map.layers.types import Ask, Source, Withheld
from portal.needs import queries as needs_queries
from portal.releases.readings import published_need
from portal.returns.types import Period
from portal.territory.types import Level
from portal.waitlists.need import service as need
from portal.waitlists.need.service.local import LOCAL_MEASURES
from portal.waitlists.need.types import Measure
from portal.waitlists.vacancies.types import Upkeep
from tests.factories.accounts import login, make_user
from tests.factories.accounts import municipality_actor as worker
from tests.factories.attacks import persons_behind
from tests.factories.catalog import make_code_list
from tests.factories.layers import cells_by_code as cells
from tests.factories.need import store_counted_world
from tests.factories.needs import make_need
from tests.factories.releases import closed_quarter, published
from tests.factories.territory import store_small_territory

DAY = date(2026, 8, 3)
CLOSED = Period(2026, 2)
APPLICATIONS = 150
OLOMOUC, BLATEC, DOLANY, SUMPERK, BLUDOV = "500496", "500801", "501646", "523704", "569178"
TYPES = (None, "40", "49", "50")
OUTPUTS = ("", *(f"/soubor.{kind}" for kind in ("csv", "xlsx", "geojson", "gpkg")))
NARROWED = ("&obdobi=2026Q1", "&druh=49", "&situace=housing", "&druh=49&situace=housing", "")


def read(name, actor, **asked):
    return service.read_layer(actor, Ask(name, **asked), day=DAY, upkeep=Upkeep(30, 60), nearest=True)


@pytest.fixture
def needs(app):
    store_small_territory()
    make_need(DOLANY, 3, period=CLOSED)
    make_need(DOLANY, 2, period=CLOSED, situation="housing", type_code="37")
    make_need(OLOMOUC, 11, period=CLOSED)
    make_need(SUMPERK, 20, period=CLOSED)


@pytest.fixture
def waiting(app):
    """Random applications of a closed quarter, none of it published."""
    store_counted_world(CLOSED, APPLICATIONS)


@pytest.fixture
def released(waiting):
    closed_quarter(CLOSED)
    published(CLOSED)


def test_a_municipality_sees_its_own_needs_exactly_and_nobody_elses(needs):
    frame = read("potreby", worker(DOLANY), level=Level.MUNICIPALITY)
    assert cells(frame) == dict.fromkeys((OLOMOUC, BLATEC, SUMPERK, BLUDOV), "hidden") | {DOLANY: 5}
    assert (frame.own, frame.time, frame.withheld) == ({DOLANY}, "2026Q2", Withheld.NO_RELEASE)
    assert frame.figures.audience is Audience.MUNICIPALITY
    assert cells(read("potreby-na-1000", worker(DOLANY), level=Level.MUNICIPALITY))[DOLANY] == 12.5
    housing = read("potreby", worker(DOLANY), level=Level.MUNICIPALITY, situation="housing", type_code="37")
    assert cells(housing)[DOLANY] == 2


def test_only_who_gathers_an_orp_sees_its_sum(needs):
    """A municipality that knows its own part would read the others' part out of the sum."""
    assert cells(read("potreby", worker(DOLANY))) == {"7107": "hidden", "7111": "hidden"}
    seat = read("potreby", worker(OLOMOUC))
    assert (cells(seat), seat.own) == ({"7107": 16, "7111": "hidden"}, {"7107"})
    gathered = read("potreby", worker(OLOMOUC), level=Level.MUNICIPALITY)
    assert cells(gathered) == {OLOMOUC: 11, DOLANY: 5, BLATEC: "not_supplied", SUMPERK: "hidden", BLUDOV: "hidden"}


def test_records_of_others_are_not_even_read(needs, monkeypatch):
    found = []
    row_of = needs_queries.row_of
    monkeypatch.setattr(needs_queries, "row_of", lambda row: found.append(row.municipality_code) or row_of(row))
    read("potreby", worker(DOLANY), level=Level.MUNICIPALITY)
    assert set(found) == {DOLANY}
    found.clear()
    read("potreby", worker(DOLANY))
    assert found == []
    read("potreby", OPERATOR)
    assert set(found) == {DOLANY, OLOMOUC, SUMPERK}


def test_quarters_of_which_only_others_told_are_not_even_listed(needs):
    assert read("potreby", worker(BLUDOV), level=Level.MUNICIPALITY).times == ()
    assert read("potreby", worker(DOLANY), level=Level.MUNICIPALITY).times == ("2026Q2",)


def test_who_waits_is_told_as_the_page_of_need_tells_it(waiting):
    actor = worker(OLOMOUC)
    page = {
        area: need.read_local_need(actor, area, published=published_need).figures.rows() for area in (OLOMOUC, "7107")
    }
    told = 0
    for level, area in ((Level.MUNICIPALITY, OLOMOUC), (Level.ORP, "7107")):
        for row in page[area]:
            if row["figure"] != "unmet":
                continue
            frame = read("neuspokojeni", actor, level=level, type_code=row["type_code"])
            assert (frame.own, frame.time) == ({area}, "2026Q2")
            assert cells(frame)[area] == ("hidden" if row["value"] is None else row["value"])
            told += row["value"] is not None
            rate = read("neuspokojeni-na-1000", actor, level=level, type_code=row["type_code"])
            assert (cells(rate)[area] == "hidden") == (row["value"] is None)
        together = sum(row["value"] or 0 for row in page[area] if row["figure"] == "unmet")
        assert cells(read("neuspokojeni", actor, level=level))[area] == (together or "hidden")
    assert told


def test_an_open_quarter_and_finer_parts_are_not_told(waiting):
    frame = read("neuspokojeni", worker(OLOMOUC), period=Period(2026, 3), level=Level.MUNICIPALITY)
    assert frame.times == ("2026Q2",), "the quarter that lasts is counted anew each night"
    make_code_list("target_groups", {"33": "senioři"})
    for asked in ({"situation": "housing"}, {"group": "33"}):
        frame = read("neuspokojeni", worker(OLOMOUC), **asked)
        assert (set(cells(frame).values()), frame.own) == ({"hidden"}, set())


def test_an_orp_that_a_release_tells_is_told_by_the_release_alone(released):
    for type_code in TYPES:
        mine, everybodys = (read("neuspokojeni", who, type_code=type_code) for who in (worker(OLOMOUC), PUBLIC_ACTOR))
        assert cells(mine) == cells(everybodys)
        assert (mine.own, mine.time) == (set(), "2026Q2")
        assert read("neuspokojeni-na-1000", worker(OLOMOUC), type_code=type_code).own == set()
    assert read("neuspokojeni", worker(OLOMOUC), level=Level.MUNICIPALITY).own == {OLOMOUC}


def test_somebody_with_two_municipalities_of_an_orp_is_not_told_their_sum(waiting):
    actor = worker(OLOMOUC, BLATEC)
    assert read("neuspokojeni", actor, level=Level.MUNICIPALITY).own == {OLOMOUC, BLATEC}
    assert read("neuspokojeni", actor).own == set()


@pytest.mark.parametrize("code", [OLOMOUC, DOLANY, SUMPERK])
@pytest.mark.parametrize("level", [Level.ORP, Level.MUNICIPALITY])
def test_of_all_others_a_worker_sees_what_the_public_sees(released, needs_beside, code, level):
    looked_at = 0
    for name, layer in LAYERS.items():
        for type_code in TYPES:
            mine = read(name, worker(code), level=level, type_code=type_code)
            asked = {"period": Period.parse(mine.time)} if mine.time and layer.source is not Source.GRANTS else {}
            everybodys = cells(read(name, PUBLIC_ACTOR, level=level, type_code=type_code, **asked))
            assert {at: cell for at, cell in cells(mine).items() if at not in mine.own} == {
                at: cell for at, cell in everybodys.items() if at not in mine.own
            }
            looked_at += len(mine.own)
    assert bool(looked_at) != (code == DOLANY and level is Level.ORP), "it gathers no ORP, and its ORP was released"


@pytest.fixture
def needs_beside(released):
    make_need(DOLANY, 3, period=CLOSED)
    make_need(SUMPERK, 20, period=CLOSED)


def test_no_worker_learns_of_the_rest_of_its_orp_before_a_release(waiting):
    assert play_the_worker() == len(OWN) * len(TYPES[1:]) * len(LOCAL_MEASURES)


def test_no_worker_learns_of_the_rest_of_its_orp_beside_a_release(released):
    assert play_the_worker() == len(OWN) * len(TYPES[1:]) * len(LOCAL_MEASURES)


OWN = ((OLOMOUC, "7107"), (BLATEC, "7107"), (SUMPERK, "7111"))
MOST = set(range(APPLICATIONS + 1))


def play_the_worker():
    """Of every type and measure at least five numbers stay possible for the rest of the ORP; how often it tried."""
    played = 0
    for code, orp in OWN:
        tellings = tellings_to(worker(code), code, orp)
        for type_code in TYPES[1:]:
            pairs = {
                each: pairs_possible(tellings[type_code, each, code], tellings[type_code, each, orp])
                for each in LOCAL_MEASURES
            }
            for each in LOCAL_MEASURES:
                rests = {rest for own, rest in pairs[each] if agrees(each, own, rest, pairs)}
                assert len(rests) >= 5
                played += 1
    return played


def pairs_possible(of_part, of_whole):
    """Persons of the municipality and of the rest of its ORP that agree with everything told of both."""
    parts, wholes = (
        set.intersection(MOST, *(set(persons_behind(told)) for told in each)) for each in (of_part, of_whole)
    )
    return [(part, whole - part) for whole in wholes for part in parts if whole >= part]


def agrees(measure, own, rest, pairs):
    """Who confirmed or is unmet is among those who wait, in the municipality and in the rest."""
    if measure != Measure.PERSONS:
        return any(own <= part and rest <= others for part, others in pairs[Measure.PERSONS])
    inner = (Measure.CONFIRMED, Measure.UNMET)
    return all(any(part <= own and others <= rest for part, others in pairs[each]) for each in inner)


def tellings_to(actor, code, orp):
    """What the worker reads of its municipality and of its ORP, by type, measure and area: page, map, release."""
    told = defaultdict(list)
    for area in (code, orp):
        for row in need.read_local_need(actor, area, published=published_need).figures.rows():
            told[row["type_code"], row["figure"], area].append(said(row))
    for type_code in TYPES[1:]:
        for level, area in ((Level.MUNICIPALITY, code), (Level.ORP, orp)):
            for who in (actor, PUBLIC_ACTOR):
                frame = read("neuspokojeni", who, level=level, type_code=type_code)
                told[type_code, Measure.UNMET, area].append(cells(frame)[area])
    for measure in LOCAL_MEASURES:
        table = published_need(measure, CLOSED)
        for row in [] if table is None else table.rows():
            told[row["row"], measure, row["orp"]].append(said(row))
    return told


def said(row):
    """A rough cell: its number, "below" where it says less than 8, "hidden" where it says no word on its size."""
    return ("hidden" if row["below"] is None else "below") if row["value"] is None else row["value"]


def test_the_attack_opens_a_rounded_sum_beside_an_exact_part():
    """Why a municipality that does not gather its ORP is not told the sum of needs: its own number is exact."""
    assert {whole - 12 for whole in persons_behind(safe_count(12, CountThresholds())) if whole >= 12} == {0}


def everything(client):
    """All that a signed-in worker can fetch of needs and of who waits, by address."""
    forget()
    views = [
        f"?vrstva={name}&uzemi={level}"
        for name, layer in LAYERS.items()
        if layer.source in (Source.NEEDS, Source.APPLICATIONS)
        for level in ("orp", "obec")
    ]
    addresses = [f"/mapa/vrstvy/hodnoty.json{view}{narrowed}" for view in views for narrowed in NARROWED]
    addresses += [f"/mapa/vrstvy{output}{view}" for view in views for output in OUTPUTS]
    addresses += [f"/mapa/obec/{code}{file}" for code in (OLOMOUC, DOLANY, SUMPERK) for file in ("", "/udaje.csv")]
    addresses += [
        f"/zadatele/potreba{file}?uzemi={area}"
        for area in (DOLANY, "7107")
        for file in ("", "/uzemi.csv", "/uzemi.xlsx")
    ]
    return {address: content_of(client.get(address), address) for address in addresses}


def content_of(answer, address):
    """What an answer says, without what differs between any two of them."""
    assert answer.status_code == 200
    data = answer.get_data()
    answer.close()
    if ".xlsx" in address:
        return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    if ".gpkg" in address:
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(data)
            [(table,)] = database.execute("SELECT table_name FROM gpkg_contents")
            return database.execute(f'SELECT * FROM "{table}"').fetchall()
    return re.sub(r'nonce="[^"]*"|name="csrf_token" value="[^"]*"', "", data.decode())


def test_nothing_that_others_say_changes_anything_that_a_worker_sees(client, waiting):
    make_need(DOLANY, 3, period=CLOSED)
    make_need(DOLANY, 2, period=CLOSED, situation="housing", type_code="49")
    make_need(DOLANY, 4, period=CLOSED.previous)
    make_need(SUMPERK, 20, period=CLOSED)
    login(client, make_user(role="municipality_worker", municipality=DOLANY))
    before = everything(client)
    assert sum("vlastní území" in str(content).lower() for content in before.values()) > 20
    make_need(BLATEC, 900, period=CLOSED, type_code="49")
    make_need(OLOMOUC, 900, period=CLOSED.previous, situation="housing")
    make_need(BLUDOV, 900, period=CLOSED)
    make_need(BLUDOV, 900, period=CLOSED.shifted(-2))
    assert everything(client) == before


def test_the_page_the_table_and_the_files_say_which_territory_is_ones_own(client, needs):
    login(client, make_user(role="municipality_worker", municipality=DOLANY))
    query = "vrstva=potreby&uzemi=obec"
    text = client.get(f"/mapa/vrstvy?{query}").text
    assert "Vaše vlastní území (Dolany)" in text
    assert text.count("ano, neveřejné") == 1
    drawn = json.loads(client.get(f"/mapa/vrstvy/hodnoty.json?{query}").text)
    assert (drawn["states"], drawn["values"], drawn["own"]) == ("hhvhh", [5], [2])
    assert "Vaše vlastní území (Dolany)" in drawn["summary"]
    rows = list(csv.reader(io.StringIO(client.get(f"/mapa/vrstvy/soubor.csv?{query}").text), delimiter=";"))
    assert rows[0][-1] == "Vlastní území"
    assert [row[-2:] for row in rows if row[0] in (DOLANY, SUMPERK)] == [["5", "ano, neveřejné"], ["skryto", ""]]
    features = json.loads(client.get(f"/mapa/vrstvy/soubor.geojson?{query}").text)["features"]
    told = {one["id"]: (one["properties"]["value"], one["properties"]["audience"]) for one in features}
    assert (told[DOLANY], told[SUMPERK]) == ((5, "municipality"), (None, "public"))
    assert json.loads(client.get(f"/mapa/vrstvy/hodnoty.json?{query}&verejne=1").text)["own"] == []
    assert "Vaše vlastní území" not in client.get(f"/mapa/vlozit?{query}").text


def test_the_page_of_ones_own_municipality_marks_what_is_not_public(client, needs):
    address = f"/mapa/obec/{DOLANY}"
    assert "neveřejné" not in client.get(address).text
    login(client, make_user(role="municipality_worker", municipality=DOLANY))
    assert client.get(address).text.count("vlastní území, neveřejné") == 2  # needs, and needs per 1 000 people
    lines = list(csv.reader(io.StringIO(client.get(f"{address}/udaje.csv").text), delimiter=";"))
    marked = [line[3:] for line in lines if line[-1] == "Dolany"]
    assert marked == [["5", "", "skryto", "Dolany"], ["12,5", "", "skryto", "Dolany"]]
    assert "neveřejné" not in client.get(f"/mapa/obec/{SUMPERK}").text


def test_states_stay_apart_in_ones_own_territory(needs):
    frame = read("potreby", worker(OLOMOUC), level=Level.MUNICIPALITY)
    states = dict(
        zip((area.code for area in frame.areas), (s for (s,) in frame.figures.columns_of("state")), strict=True)
    )
    assert states[BLATEC] == FigureState.NOT_SUPPLIED
    assert states[SUMPERK] == FigureState.HIDDEN
