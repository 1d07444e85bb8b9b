"""A region without official layers: boundaries computed from the seats alone."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.demo.places import load_places
from portal.territory.calc.schematic import schematic_territory
from portal.territory.types import Level, PlaceRow, SeatRow
from tests.factories.territory import SMALL_REGION, SMALL_SEATS, small_territory


def units_of(parsed, level):
    return [item for item in parsed.units if item.unit.level is level]


def web_shapes_of(items):
    return np.array([shapely.from_geojson(item.web_geojson) for item in items], dtype=object)


def surveyed_of(items):
    return np.array([shapely.from_wkb(item.surveyed_wkb) for item in items], dtype=object)


def seat(code, lon, lat):
    return SeatRow(code, f"ORP {code}", lon, lat, "40789", 100, 10, 20, 5)


@pytest.fixture(scope="module")
def olomoucky():
    return schematic_territory(*load_places())


def test_the_demonstration_region_has_its_thirteen_orp_and_five_districts(olomoucky):
    assert {level: len(units_of(olomoucky, level)) for level in Level} == {
        Level.REGION: 1, Level.DISTRICT: 5, Level.ORP: 13, Level.MUNICIPALITY: 66,
    }  # fmt: skip
    assert olomoucky.schematic
    assert "schematic" in str(olomoucky.findings[0].message)


@pytest.mark.parametrize("level", list(Level))
def test_units_of_a_level_tile_the_region_surveyed_and_on_the_web(olomoucky, level):
    items, region = units_of(olomoucky, level), units_of(olomoucky, Level.REGION)
    for shapes, whole in ((surveyed_of(items), surveyed_of(region)), (web_shapes_of(items), web_shapes_of(region))):
        assert shapely.coverage_is_valid(shapes)
        assert shapely.is_valid(shapes).all()
        assert shapely.coverage_union_all(shapes).equals(whole[0])


def test_the_region_is_about_as_large_as_the_real_one(olomoucky):
    area = shapely.area(surveyed_of(units_of(olomoucky, Level.REGION)))[0] / 1e6
    assert 4_800 < area < 5_800  # the real one: 5 272 km2


@pytest.mark.parametrize("level", [Level.ORP, Level.MUNICIPALITY])
def test_every_seat_lies_in_its_own_unit(olomoucky, level):
    for item in units_of(olomoucky, level):
        shape = shapely.from_geojson(item.web_geojson)
        assert shape.contains(shapely.Point(item.unit.seat_lon, item.unit.seat_lat)), item.unit.name


def test_a_municipality_lies_in_its_orp(olomoucky):
    orp = {item.unit.code: shapely.from_geojson(item.web_geojson) for item in units_of(olomoucky, Level.ORP)}
    for item in units_of(olomoucky, Level.MUNICIPALITY):
        assert orp[item.unit.parent_code].covers(shapely.from_geojson(item.web_geojson)), item.unit.name


def test_boundaries_bend_instead_of_running_straight(olomoucky):
    edges = shapely.get_num_coordinates(surveyed_of(units_of(olomoucky, Level.ORP)))
    assert edges.min() > 20


def test_people_of_region_and_districts_are_those_of_their_orp():
    parsed = small_territory()
    figures = {item.unit.code: item.unit for item in parsed.units if item.unit.level is not Level.MUNICIPALITY}
    assert figures["3123"].population == 10_000
    assert figures["3123"].population_0_14 == 1_400
    assert figures["3123"].population_65_plus == 2_200
    assert figures["3123"].population_80_plus == 500
    assert figures["40819"].population == 4_000


def test_codes_of_the_register_are_filled_where_the_register_has_them():
    codes = {(item.unit.level, item.unit.code): item.unit.mpsv_code for item in small_territory().units}
    assert codes[Level.REGION, "3123"] == "Kraj/124"
    assert codes[Level.DISTRICT, "40789"] == "Okres/3805"
    assert codes[Level.MUNICIPALITY, "500496"] == "Obec/500496"
    assert codes[Level.ORP, "7107"] is None


def test_seats_alone_give_orp_without_municipalities():
    parsed = schematic_territory(SMALL_REGION, [replace(row, municipalities=()) for row in SMALL_SEATS])
    assert [item.unit.name for item in units_of(parsed, Level.ORP)] == ["Olomouc", "Šumperk"]
    assert units_of(parsed, Level.MUNICIPALITY) == []


def test_the_same_seats_give_the_same_shapes():
    assert small_territory() == small_territory()


def test_a_district_without_seats_is_left_out():
    parsed = schematic_territory(SMALL_REGION, SMALL_SEATS[:1])
    assert [item.unit.name for item in units_of(parsed, Level.DISTRICT)] == ["Olomouc"]


@pytest.mark.parametrize(
    ("seats", "sentence"),
    [
        ([], "at least one seat"),
        ([replace(seat("1", 17.2, 49.6), district_code="99999")], "unknown district 99999"),
        ([seat("1", 17.2, 49.6), seat("2", 17.2, 49.6)], "two places lie at one point"),
        ([seat("1", 17.2, 49.6), seat("2", 17.2, 49.6000000001), seat("3", 17.3, 49.6)], "too close"),
    ],
)
def test_seats_that_cannot_be_meant_are_refused(seats, sentence):
    with pytest.raises(ValueError, match=sentence):
        schematic_territory(SMALL_REGION, seats)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1650, 1790), st.integers(4935, 5040)), min_size=2, max_size=25, unique=True
    )
)  # fmt: skip
def test_places_anywhere_get_units_that_tile_and_hold_them(hundredths):
    seats = [seat(str(number), lon / 100, lat / 100) for number, (lon, lat) in enumerate(hundredths)]
    items = units_of(schematic_territory(SMALL_REGION, seats), Level.ORP)
    shapes = web_shapes_of(items)
    assert shapely.coverage_is_valid(shapes)
    assert all(
        shape.intersects(shapely.Point(item.unit.seat_lon, item.unit.seat_lat).buffer(1e-3))
        for item, shape in zip(items, shapes, strict=True)
    )


def test_places_keep_their_own_figures():
    place = PlaceRow("500801", "Blatec", 17.24, 49.52, 600, 90, 120, 30)
    parsed = schematic_territory(SMALL_REGION, [replace(SMALL_SEATS[0], municipalities=(place,))])
    unit = units_of(parsed, Level.MUNICIPALITY)[0].unit
    assert (unit.population, unit.population_0_14, unit.population_65_plus, unit.population_80_plus) == (
        600, 90, 120, 30,
    )  # fmt: skip
