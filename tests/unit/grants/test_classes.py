"""A municipality beside those of its size: one rule for all of them at once, with a plain loop as its oracle."""

from decimal import ROUND_HALF_UP, Decimal
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell, CellState
from portal.grants.calc import per_inhabitant
from portal.grants.calc.classes import MIN_QUARTILES, SIZE_BOUNDS, bounds_of, class_numbers, quantile, size_classes
from portal.grants.calc.columns import KINDS, OUT, columns_of, sums

AMOUNTS = st.one_of(
    st.decimals(0, 10**7, places=2).map(Cell.of),
    st.sampled_from([Cell.of(0), Cell.of(1_000), NOT_APPLICABLE, NOT_SUPPLIED]),
)
PEOPLE = st.sampled_from([None, 0, 1, 150, 199, 200, 210, 400, 499, 500, 120_000])


def classes(told):
    """Size classes of municipalities given as inhabitants and support."""
    cells = [cell for _people, cell in told]
    return size_classes(
        np.array([int((cell.number or 0) * 100) for cell in cells], dtype=np.int64),
        np.array([cell.state.has_number for cell in cells], dtype=bool),
        np.array([cell.state is CellState.NOT_APPLICABLE for cell in cells], dtype=bool),
        np.array([-1 if people is None else people for people, _cell in told], dtype=np.int64),
    )


def plainly(told, index):
    """Told, all, median, place and difference of one municipality, row by row."""
    own = told[index][0]
    if not own:
        return None
    low, high = next(bounds_of(number) for number in range(10) if own <= (bounds_of(number)[1] or 10**9))
    same = [(people, cell) for people, cell in told if people and low <= people and (high is None or people <= high)]
    values = [value for people, cell in same if (value := per_inhabitant(cell, people)) is not None]
    if not values:
        return 0, len(same), None, None, None
    middle = Decimal(median(values)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    mine = per_inhabitant(told[index][1], own)
    if mine is None:
        return len(values), len(same), middle, None, None
    return len(values), len(same), middle, 1 + sum(value > mine for value in values), mine - middle


@given(st.lists(st.tuples(PEOPLE, AMOUNTS), min_size=1, max_size=40))
def test_every_municipality_stands_where_the_plain_loop_puts_it(told):
    found = classes(told)
    for index in range(len(told)):
        similar, expected = found.similar(index), plainly(told, index)
        if similar is None:
            assert expected is None
            continue
        size = similar.size
        assert (size.told, size.all, size.median, similar.place, similar.difference) == expected
    for size in found.sizes:
        assert size.all == size.told + size.foreign + size.silent
        assert size.zeros <= size.told
        assert (size.lower is None) == (size.told < MIN_QUARTILES)
        if size.lower is not None:
            assert size.lower <= size.median <= size.upper


def test_the_four_states_stay_apart_and_numbers_alone_enter_the_median():
    told = [(250, Cell.of(0)), (300, Cell.of(600)), (200, Cell.of(800)), (400, NOT_APPLICABLE), (499, NOT_SUPPLIED)]
    found = classes([*told, (500, Cell.of(10**6)), (None, Cell.of(5)), (0, Cell.of(5))])
    size = found.sizes[1]
    assert (size.bounds, size.all, size.told, size.zeros, size.foreign, size.silent) == ((200, 499), 5, 3, 1, 1, 1)
    assert size.median == 2, "0, 2 and 4 CZK per inhabitant: the zero is a number"
    assert size.total == 1_400
    assert (size.lower, size.upper) == (None, None), "three numbers have no quartiles"
    places = [None if (one := found.similar(index)) is None else one.place for index in range(8)]
    assert places == [3, 2, 1, None, None, 1, None, None]
    assert found.similar(3).difference is None
    assert [found.similar(index).difference for index in range(3)] == [-2, 0, 2]


def test_equal_amounts_share_a_place_and_the_next_one_is_behind_all_of_them():
    found = classes([(300, Cell.of(300)), (200, Cell.of(200)), (250, Cell.of(750)), (400, Cell.of(0))])
    assert [found.similar(index).place for index in range(4)] == [2, 2, 1, 4]
    assert [found.similar(index).difference for index in range(4)] == [0, 0, 2, -1]
    size = found.sizes[1]
    assert (size.lower, size.median, size.upper) == (Decimal("0.75"), 1, Decimal("1.50")), "four have them"


def test_a_class_of_which_nobody_told_has_no_median():
    found = classes([(300, NOT_SUPPLIED), (310, NOT_APPLICABLE)])
    size = found.similar(0).size
    assert (size.median, size.lower, size.total, size.told, size.all) == (None, None, None, 0, 2)


@pytest.mark.parametrize(
    ("ordered", "quarters", "expected"),
    [([7], 2, 7), ([1, 2], 2, 2), ([1, 4], 2, 3), ([10, 20, 30, 40], 1, 18), ([10, 20, 30, 40], 3, 33), ([5, 5], 1, 5)],
)
def test_quantiles_lie_between_neighbours_and_round_a_half_upwards(ordered, quarters, expected):
    assert quantile(np.array(ordered, dtype=np.int64), quarters) == expected


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=30), st.sampled_from([1, 2, 3]))
def test_quantiles_are_the_usual_ones(values, quarters):
    ordered = np.sort(np.array(values, dtype=np.int64))
    assert abs(quantile(ordered, quarters) - np.quantile(ordered, quarters / 4)) <= 0.5 + 1e-6


@pytest.mark.parametrize(
    ("people", "bounds"),
    [(1, (1, 199)), (199, (1, 199)), (200, (200, 499)), (99_999, (50_000, 99_999)), (100_000, (100_000, None))],
)
def test_size_classes_are_those_of_the_statistical_office(people, bounds):
    assert bounds_of(int(class_numbers(np.array([people]))[0])) == bounds


def test_who_has_no_inhabitants_or_unknown_ones_has_no_class():
    assert class_numbers(np.array([-1, 0, 1])).tolist() == [OUT, OUT, 0]
    assert len(SIZE_BOUNDS) == len(classes([(None, Cell.of(1))]).sizes)


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(KINDS), AMOUNTS),
        unique_by=lambda row: row[:2],
        max_size=15,
    )
)
def test_totals_of_all_labels_at_once_are_those_of_each(rows):
    plain = [
        (1, code, str(kind), str(cell.state), None if cell.number is None else int(cell.number * 100))
        for code, kind, cell in rows
    ]
    columns = columns_of(plain)
    count = len(columns.codes)
    found = sums(columns, columns.municipality, count, np.ones(count, dtype=np.int64))
    hellers, has_number, is_foreign = found.together
    for label in range(count):
        total = found.total(label)
        assert bool(has_number[label]) == total.state.has_number
        assert bool(is_foreign[label]) == (total.state is CellState.NOT_APPLICABLE)
        assert Decimal(int(hellers[label])) == (total.number or 0) * 100
