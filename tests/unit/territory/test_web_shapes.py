"""Shapes for the web stay a coverage: neighbours share identical edges after simplifying and rounding."""

from itertools import pairwise

import numpy as np
import pytest
import shapely

from portal.core.errors import ImportRejected
from portal.territory.calc.web import DIGITS, dissolved, is_sound, web_coverage
from portal.territory.ingest.read import TerritoryFiles, read_territory
from portal.territory.types import Level
from tests.factories.paths import shared_data
from tests.factories.territory_files import X0, Y0, block


def wavy(amplitude, count=400):
    """Two neighbours with a wavy edge of ``count`` points in between."""
    y = np.linspace(0, 20_000, count)
    edge = np.column_stack([X0 + 10_000 + amplitude * np.sin(y / 300), Y0 + y])
    left = shapely.Polygon([*edge, (X0, Y0 + 20_000), (X0, Y0)])
    right = shapely.Polygon([*edge, (X0 + 20_000, Y0 + 20_000), (X0 + 20_000, Y0)])
    return np.array([left, right], dtype=object)


def edges(shape):
    points = [tuple(point) for point in shapely.get_coordinates(shape)]
    return {frozenset(pair) for pair in pairwise(points)}


def test_a_shared_edge_is_identical_on_both_sides():
    left, right = web_coverage(wavy(200))
    shared = shapely.intersection(left, right)
    assert shared.length > 0.1
    assert edges(left) & edges(right)
    assert shapely.coverage_is_valid(np.array([left, right], dtype=object))


def test_simplifying_leaves_fewer_points_but_the_same_ground():
    shapes = wavy(20)
    simple = web_coverage(shapes)
    assert shapely.get_num_coordinates(simple).sum() < shapely.get_num_coordinates(shapes).sum() / 4


def test_coordinates_are_rounded():
    coordinates = shapely.get_coordinates(web_coverage(wavy(200)))
    assert (coordinates == np.round(coordinates, DIGITS)).all()


def test_where_rounding_would_spoil_a_shape_more_places_are_kept():
    tiny = np.array([shapely.box(X0, Y0, X0 + 0.4, Y0 + 0.4), block(1, 1, 2, 2)], dtype=object)
    result = web_coverage(tiny, tolerance_m=0.0)
    assert is_sound(result)
    coordinates = shapely.get_coordinates(result)
    assert (coordinates == np.round(coordinates, DIGITS + 1)).all()
    assert not (coordinates == np.round(coordinates, DIGITS)).all()


def test_what_no_rounding_keeps_valid_is_refused():
    speck = np.array([shapely.box(X0, Y0, X0 + 1e-4, Y0 + 1e-4)], dtype=object)
    with pytest.raises(ImportRejected, match="cannot be simplified for the web"):
        web_coverage(speck, tolerance_m=0.0)


def test_rounding_leaves_no_repeated_points():
    bumpy = shapely.Polygon([(X0, Y0), (X0 + 900, Y0), (X0 + 900, Y0 + 900), (X0 + 899.9, Y0 + 900.1), (X0, Y0 + 900)])
    coordinates = shapely.get_coordinates(web_coverage(np.array([bumpy], dtype=object), tolerance_m=0.0))
    assert len(coordinates) == 5


def test_dissolving_keeps_outer_edges_and_loses_inner_ones():
    shapes = np.array([block(0, 0, 1, 1), block(1, 0, 2, 1), block(2, 0, 3, 1)], dtype=object)
    joined = dissolved(shapes, ["x", "x", "y"])
    assert joined["x"].equals(block(0, 0, 2, 1))
    assert list(joined) == ["x", "y"]
    assert shapely.coverage_is_valid(np.array(list(joined.values()), dtype=object))


@pytest.fixture(scope="module")
def olomoucky():
    layers = shared_data("olomoucky", "boundaries_sjtsk")
    people = shared_data("olomoucky", "municipalities.csv")
    return read_territory(TerritoryFiles("CZ071", layers / "ORP_P.shp", layers / "OBCE_P.shp", people))


def web(parsed, level):
    return np.array(
        [shapely.from_geojson(item.web_geojson) for item in parsed.units if item.unit.level is level], dtype=object
    )


@pytest.mark.parametrize("level", list(Level))
def test_the_real_region_is_a_valid_coverage_on_every_level(olomoucky, level):
    assert is_sound(web(olomoucky, level))


def test_the_real_region_has_its_units_and_people(olomoucky):
    counts = {level: sum(item.unit.level is level for item in olomoucky.units) for level in Level}
    assert counts == {Level.REGION: 1, Level.DISTRICT: 5, Level.ORP: 13, Level.MUNICIPALITY: 402}
    for level in Level:
        members = [item.unit for item in olomoucky.units if item.unit.level is level]
        assert sum(unit.population for unit in members) == 630_522
        assert sum(unit.population_65_plus for unit in members) == 132_715


def test_districts_and_orp_of_the_real_region_share_their_edges(olomoucky):
    districts = {item.unit.code: item for item in olomoucky.units if item.unit.level is Level.DISTRICT}
    for code, district in districts.items():
        members = np.array(
            [
                shapely.from_geojson(item.web_geojson)
                for item in olomoucky.units
                if item.unit.level is Level.ORP and item.unit.district_code == code
            ],
            dtype=object,
        )
        assert shapely.coverage_union_all(members).equals(shapely.from_geojson(district.web_geojson)), code


def test_what_the_generalised_municipalities_differ_by_is_told_for_each_orp(olomoucky):
    lines = [str(finding.message) for finding in olomoucky.findings]
    assert sum("generalised differently" in line for line in lines) == 13
    assert "The seat of Grymov lies 52 m outside its shape." in lines
    assert len(lines) == 15
