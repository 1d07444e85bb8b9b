"""Shapes are repaired where that is safe, and refused where it would be guessing."""

import numpy as np
import pytest
import shapely
from shapely.affinity import translate

from portal.core.errors import ImportRejected
from portal.territory.calc.mending import closed_coverage, gaps, mended, overlaps
from tests.factories.territory_files import KM, X0, Y0, block

NAMES = ["A", "B", "C"]


def row(*shapes):
    return np.array(shapes, dtype=object)


def told(findings):
    return [str(finding.message) for finding in findings]


def test_sound_shapes_stay_as_they_are():
    shapes = row(block(0, 0, 1, 1), block(1, 0, 2, 1))
    result, findings = mended(shapes, NAMES, "L")
    assert shapely.equals_identical(result, shapes).all()
    assert findings == ()


def test_a_bow_tie_is_repaired_and_told_with_its_place():
    bow = shapely.Polygon([(X0, Y0), (X0 + KM, Y0 + KM), (X0 + KM, Y0), (X0, Y0 + KM)])
    result, findings = mended(row(bow), NAMES, "L")
    assert result[0].is_valid
    assert result[0].area == pytest.approx(KM * KM / 2)
    assert told(findings) == ["L: the shape of A was repaired (x -559500, y -1099500)."]


def test_a_hair_that_sticks_out_of_a_ring_is_dropped():
    spike = shapely.Polygon(
        [(X0, Y0), (X0 + KM, Y0), (X0 + KM, Y0 + KM), (X0 + 5 * KM, Y0 + KM), (X0 + KM, Y0 + KM), (X0, Y0 + KM)]
    )
    result, _findings = mended(row(spike), NAMES, "L")
    assert result[0].equals(block(0, 0, 1, 1))


def test_slivers_are_left_out_and_told_while_a_small_exclave_stays():
    sliver = shapely.box(X0 + 3 * KM, Y0, X0 + 3 * KM + 0.2, Y0 + KM)
    exclave = shapely.box(X0 + 5 * KM, Y0, X0 + 5 * KM + 15, Y0 + 15)
    result, findings = mended(row(shapely.MultiPolygon([block(0, 0, 1, 1), sliver, exclave])), NAMES, "L")
    assert result[0].area == pytest.approx(KM * KM + 225)
    assert told(findings) == ["L: 1 sliver of A left out (200 m²)."]
    assert findings[0].area_m2 == pytest.approx(200)


def test_parts_that_are_no_area_are_dropped():
    mixed = shapely.GeometryCollection([block(0, 0, 1, 1), shapely.LineString([(X0, Y0), (X0, Y0 + 9)])])
    result, _findings = mended(row(mixed), NAMES, "L")
    assert result[0].geom_type == "Polygon"


@pytest.mark.parametrize("shape", [shapely.LineString([(0, 0), (1, 1)]), shapely.box(0, 0, 1_000, 0.1)])
def test_a_unit_of_which_nothing_remains_is_refused_by_name(shape):
    with pytest.raises(ImportRejected) as caught:
        mended(row(block(0, 0, 1, 1), shape), NAMES, "L")
    assert [str(error.message) for error in caught.value.rows] == ["B is no area."]


def test_a_coverage_without_fault_is_left_alone():
    shapes = row(block(0, 0, 1, 1), block(1, 0, 2, 1))
    assert closed_coverage(shapes, NAMES, "L") == (pytest.approx(shapes), ())


def test_a_small_overlap_is_closed_and_told_with_its_size():
    shapes = row(block(0, 0, 1, 1), translate(block(1, 0, 2, 1), -2.0), block(2, 0, 3, 1))
    clean, findings = closed_coverage(shapes, NAMES, "L")
    assert shapely.coverage_is_valid(clean)
    assert told(findings) == ["L: 1 overlap closed, 2000 m²; largest 2000 m² (A, B)."]


def test_small_gaps_are_closed_and_told_with_their_sizes():
    holed = block(0, 0, 2, 1).difference(shapely.box(X0 + 100, Y0 + 100, X0 + 150, Y0 + 120))
    holed = holed.difference(shapely.box(X0 + 900, Y0 + 100, X0 + 910, Y0 + 120))
    clean, findings = closed_coverage(row(holed, block(2, 0, 3, 1)), NAMES, "L")
    assert clean[0].equals(block(0, 0, 2, 1))
    assert told(findings) == ["L: 2 gaps closed, 1200 m² together; largest 1000 m² (A)."]


def test_rounding_is_closed_without_a_word():
    shapes = row(block(0, 0, 1, 1), translate(block(1, 0, 2, 1), -0.0004))
    clean, findings = closed_coverage(shapes, NAMES, "L")
    assert shapely.coverage_is_valid(clean)
    assert findings == ()


@pytest.mark.parametrize(("metres", "refused"), [(9.9, False), (10.1, True)])
def test_an_overlap_is_refused_above_one_hectare(metres, refused):
    shapes = row(block(0, 0, 1, 1), translate(block(1, 0, 2, 1), -metres))
    if refused:
        with pytest.raises(ImportRejected) as caught:
            closed_coverage(shapes, NAMES, "L")
        assert [str(error.message) for error in caught.value.rows] == ["A and B overlap by 10100 m²."]
    else:
        assert shapely.coverage_is_valid(closed_coverage(shapes, NAMES, "L")[0])


@pytest.mark.parametrize(("side", "refused"), [(99, False), (101, True)])
def test_a_gap_is_refused_above_one_hectare(side, refused):
    hole = shapely.box(X0 + 400, Y0 + 400, X0 + 400 + side, Y0 + 400 + side)
    shapes = row(block(0, 0, 1, 1).difference(hole), block(1, 0, 2, 1))
    if refused:
        with pytest.raises(ImportRejected) as caught:
            closed_coverage(shapes, NAMES, "L")
        assert [str(error.message) for error in caught.value.rows] == ["A gap of 10201 m² lies among A."]
    else:
        assert gaps(closed_coverage(shapes, NAMES, "L")[0]) == []


def test_a_hole_that_belongs_to_another_region_is_no_gap():
    ring = block(0, 0, 9, 9).difference(block(3, 3, 6, 6))
    shapes = row(ring, block(9, 0, 10, 9))
    assert gaps(shapes, inside=ring) == []
    assert [fault.area_m2 for fault in gaps(shapes, inside=block(0, 0, 9, 9))] == [pytest.approx(9 * KM * KM)]


def test_overlaps_and_gaps_come_largest_first_with_who_they_concern():
    shapes = row(block(0, 0, 3, 3), block(2, 0, 5, 3), block(4.5, 0, 8, 3))
    assert [(fault.units, round(fault.area_m2 / 1e6, 1)) for fault in overlaps(shapes)] == [
        ((0, 1), 3.0),
        ((1, 2), 1.5),
    ]


def test_edges_that_cannot_be_joined_are_refused(monkeypatch):
    monkeypatch.setattr("shapely.coverage_clean", lambda shapes, **_: shapes)
    with pytest.raises(ImportRejected, match="L: edges of neighbouring units do not meet"):
        closed_coverage(row(block(0, 0, 1, 1), translate(block(1, 0, 2, 1), -2.0)), NAMES, "L")
