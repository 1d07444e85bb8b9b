"""Sums of municipal support and comparison of its two sides."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell, added
from portal.grants.calc import agreement, people_of, per_inhabitant, share_of_costs, year_sum
from portal.grants.types import Agreement, Reply

CELLS = st.one_of(st.integers(0, 10**6).map(Cell.of), st.sampled_from([NOT_APPLICABLE, NOT_SUPPLIED]))


@given(st.lists(CELLS, max_size=6))
def test_the_sum_holds_numbers_alone(cells):
    numbers = [int(cell.number) for cell in cells if cell.number is not None]
    assert added(cells).number == (sum(numbers) if numbers else None)


def test_without_numbers_the_state_says_why():
    assert added([]) == NOT_SUPPLIED
    assert added([NOT_APPLICABLE, NOT_APPLICABLE]) == NOT_APPLICABLE
    assert added([NOT_APPLICABLE, NOT_SUPPLIED]) == NOT_SUPPLIED
    assert added([NOT_SUPPLIED, Cell.of(0)]) == Cell.of(0)


@pytest.mark.parametrize(
    ("gave", "received", "replies", "expected"),
    [
        (None, None, (None, None), Agreement.NONE),
        (5, 5, (Reply.DISPUTED, None), Agreement.AGREES),
        (5, "5.01", (Reply.CONFIRMED, None), Agreement.DIFFERS),
        (5, None, (None, None), Agreement.ONE_SIDED),
        (5, None, (Reply.CONFIRMED, None), Agreement.AGREES),
        (None, 0, (None, Reply.DISPUTED), Agreement.DIFFERS),
    ],
)
def test_the_two_sides(gave, received, replies, expected):
    assert agreement(Cell.of(gave), Cell.of(received), replies) is expected


def test_a_side_that_the_support_does_not_concern():
    assert agreement(Cell.of(5), NOT_APPLICABLE, ()) is Agreement.DIFFERS
    assert agreement(NOT_APPLICABLE, Cell.of(0), ()) is Agreement.AGREES


def test_a_year_needs_all_quarters_in_which_the_service_worked():
    quarters = {quarter: Cell.of(10) for quarter in (1, 2, 3)}
    assert year_sum(quarters, {1, 2, 3}).number == 30
    assert year_sum(quarters, {1, 2, 3, 4}) == NOT_SUPPLIED
    assert year_sum({**quarters, 4: NOT_SUPPLIED}, {1, 2, 3, 4}) == NOT_SUPPLIED
    assert year_sum({}, ()) == NOT_SUPPLIED


def test_per_inhabitant_and_share_of_costs():
    assert per_inhabitant(Cell.of(100), 3) == Decimal("33.33")
    assert per_inhabitant(Cell.of(100), 0) is None
    assert per_inhabitant(NOT_SUPPLIED, 3) is None
    assert people_of(["a", "b"], {"a": 1, "b": None}) is None
    assert people_of([], {}) is None
    assert share_of_costs(Cell.of(1), Cell.of(4)) == Decimal("0.25")
    assert share_of_costs(Cell.of(1), Cell.of(0)) is None
