"""Figures of access stand under each other with as many places as tell something, and no more."""

from decimal import Decimal

import pytest

from portal.core.cells import Cell
from portal.map.access import words


def cell(text: str) -> Cell:
    return Cell.of(Decimal(text))


@pytest.mark.parametrize(
    ("figure", "places"), [("0.0169594", 5), ("1", 5), ("0.00001", 5), ("0.0000016", 7), ("0", None)]
)
def test_the_index_has_five_places_unless_they_say_nothing(figure, places):
    assert words.index_decimals(cell(figure)) == places


@pytest.mark.parametrize(("figure", "places"), [("16.0", 1), ("8.9", 1), ("0.0", None)])
def test_distances_have_one_place_and_a_place_at_the_seat_is_a_plain_zero(figure, places):
    assert words.distance_decimals(cell(figure)) == places
