"""Municipalities tile their ORP, but for what generalisation explains."""

import numpy as np
import pytest
import shapely

from portal.core.errors import ImportRejected
from portal.territory.calc.tiling import Units, check_seats, check_tiling
from tests.factories.territory_files import KM, X0, Y0, block


def units(**shapes):
    return Units("L", list(shapes), list(shapes), np.array(list(shapes.values()), dtype=object))


def told(findings):
    return [str(finding.message) for finding in findings]


def refused(*arguments):
    with pytest.raises(ImportRejected) as caught:
        check_tiling(*arguments)
    return [str(error.message) for error in caught.value.rows]


ORP = units(P=block(0, 0, 10, 10), Q=block(10, 0, 20, 10))


def test_an_exact_tiling_has_nothing_to_tell():
    inside = units(a=block(0, 0, 10, 4), b=block(0, 4, 10, 10), c=block(10, 0, 20, 10))
    assert check_tiling(ORP, inside, ["P", "P", "Q"]) == ()


def test_a_generalised_boundary_is_told_in_hectares_and_metres():
    inside = units(a=block(0, 0, 10.3, 10), c=block(10.3, 0, 20, 10))
    assert told(check_tiling(ORP, inside, ["P", "Q"])) == [
        "ORP P: its municipalities reach 300 ha beyond it and leave 0 ha uncovered, nowhere wider than 300 m; "
        "the layers are generalised differently.",
        "ORP Q: its municipalities reach 0 ha beyond it and leave 300 ha uncovered, nowhere wider than 300 m; "
        "the layers are generalised differently.",
    ]


def test_less_than_a_hectare_is_not_worth_a_line():
    inside = units(a=block(0, 0, 10.0005, 10), c=block(10.0005, 0, 20, 10))
    assert check_tiling(ORP, inside, ["P", "Q"]) == ()


@pytest.mark.parametrize(("width_km", "fails"), [(0.98, False), (1.05, True)])
def test_a_difference_that_holds_a_circle_of_500_m_is_refused(width_km, fails):
    inside = units(a=block(0, 0, 10 + width_km, 10), c=block(10 + width_km, 0, 20, 10))
    if fails:
        sentences = refused(ORP, inside, ["P", "Q"])
        assert sentences[0] == "ORP P: its municipalities reach 1050 ha beyond it, most of all a."
        assert sentences[1].startswith("ORP Q: its municipalities leave 1050 ha of it uncovered, most around x -549")
    else:
        assert len(check_tiling(ORP, inside, ["P", "Q"])) == 2


def test_the_widest_part_counts_even_when_it_is_not_the_largest():
    strip, patch = block(-0.2, 0, 0, 60), block(10, 4, 11.5, 5.5)
    tall = units(P=block(0, 0, 10, 60))
    inside = units(a=shapely.union_all([tall.shapes[0], strip]), b=patch)
    assert refused(tall, units(a=inside.shapes[0].union(patch)), ["P"]) == [
        "ORP P: its municipalities reach 1425 ha beyond it, most of all a."
    ]


def test_a_municipality_of_another_orp_is_told_where_it_lies():
    inside = units(a=block(0, 0, 10, 10), c=block(10, 0, 20, 10))
    assert refused(ORP, inside, ["P", "P"]) == [
        "c lies in the ORP Q (100 % of its area), but the list gives it to P.",
    ]


def test_a_municipality_outside_all_orp_is_told():
    inside = units(a=block(0, 0, 10, 10), c=block(30, 0, 40, 10))
    assert refused(ORP, inside, ["P", "Q"]) == ["c lies outside the ORP Q, which the list gives it."]


def test_an_orp_without_any_municipality_is_bare():
    assert refused(ORP, units(a=block(0, 0, 10, 10)), ["P"])[0].startswith("ORP Q: its municipalities leave 10000 ha")


def seat(x_km, y_km):
    return shapely.Point(X0 + x_km * KM, Y0 + y_km * KM)


def test_seats_inside_have_nothing_to_tell():
    inside = units(a=block(0, 0, 10, 10))
    assert check_seats(inside, np.array([seat(5, 5)], dtype=object)) == ()


def test_a_seat_just_outside_is_told_in_metres():
    found = check_seats(units(a=block(0, 0, 10, 10)), np.array([seat(10.052, 5)], dtype=object))
    assert told(found) == ["The seat of a lies 52 m outside its shape."]


def test_a_seat_far_outside_is_refused_and_its_host_named():
    inside = units(a=block(0, 0, 10, 10), b=block(10, 0, 20, 10))
    with pytest.raises(ImportRejected) as caught:
        check_seats(inside, np.array([seat(11, 5), seat(25, 5)], dtype=object))
    assert [str(error.message) for error in caught.value.rows] == [
        "The seat of a lies 1000 m outside its shape, in b.",
        "The seat of b lies 5000 m outside its shape.",
    ]
