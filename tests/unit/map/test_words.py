"""Figures of one column have as many places as each other, so that they can be compared at a glance."""

from decimal import Decimal

import pytest

from portal.core.cells import NOT_SUPPLIED, Cell
from portal.map.words import column_decimals, column_places


def cells(*figures: str) -> list[Cell]:
    return [Cell.of(Decimal(figure)) for figure in figures]


@pytest.mark.parametrize(
    ("column", "places"),
    [
        (cells("60", "30", "0"), None),
        (cells("60", "131.75"), 2),
        ([NOT_SUPPLIED, *cells("60")], None),
        ([NOT_SUPPLIED], None),
        ([], None),
    ],
)
def test_one_figure_with_a_fraction_gives_places_to_all(column: list[Cell], places: int | None) -> None:
    assert column_places(column) == places


@pytest.mark.parametrize(
    ("figure", "places", "written"), [("4.8", 2, 2), ("60", 2, 2), ("0", 2, None), ("0.0041", 2, 4), ("60", None, None)]
)
def test_a_zero_is_plain_and_a_little_is_not_written_as_zero(figure: str, places: int | None, written: int) -> None:
    assert column_decimals(Cell.of(Decimal(figure)), places) == written
