"""Columns of figures: rounded as single figures are, states kept apart."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell, CellState
from portal.disclosure import FigureState
from portal.disclosure.rounding import rounded_all
from portal.map.calc import rate_cell, rounded
from portal.map.layers.calc import numbers
from portal.map.layers.calc.numbers import counted, figures, per_people, summed

hundredths = st.integers(0, 10**7).map(lambda number: number / 1000)


@given(st.lists(hundredths, max_size=30))
def test_a_column_is_rounded_as_its_figures_one_by_one(values):
    assert rounded_all(np.array(values, dtype=float)).tolist() == [float(rounded(value)) for value in values]


def test_a_little_is_not_nothing():
    assert rounded_all(np.array([0.0, 0.00004, 0.125, 2.345])).tolist() == [0, 0.00004, 0.13, 2.35]


def test_a_number_a_zero_and_nothing_are_three_states():
    found = figures(np.array([1.5, 0.0, np.nan]), numbers.HIDDEN)
    assert found.state_names().tolist() == [FigureState.VALUE, FigureState.ZERO, FigureState.HIDDEN]


CELLS = {
    numbers.NOT_APPLICABLE: NOT_APPLICABLE,
    numbers.NOT_SUPPLIED: NOT_SUPPLIED,
}


@given(
    st.lists(
        st.tuples(
            st.one_of(st.integers(0, 500).map(float), st.sampled_from(list(CELLS))),
            st.booleans(),
            st.one_of(st.none(), st.integers(0, 20_000)),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_rates_follow_the_rules_of_single_cells(rows):
    """A whole number stands for a count, a code of a state (an int) for a cell without one."""
    counts = np.array([value if isinstance(value, float) else np.nan for value, _, _ in rows])
    states = np.array([numbers.NOT_SUPPLIED if isinstance(value, float) else value for value, _, _ in rows])
    people = np.array([np.nan if count is None else float(count) for _, _, count in rows])
    found = per_people(figures(counts, states), people)
    for place, (value, _, count) in enumerate(rows):
        cell = rate_cell(Cell.of(int(value)) if isinstance(value, float) else CELLS[value], count)
        assert found.state_names()[place] == cell.state
        if cell.state.has_number:
            assert found.numbers[place] == float(cell.number)


def test_what_lies_outside_of_all_areas_is_not_counted():
    assert summed(np.array([0, -1, 2, 0]), np.array([1.0, 5.0, 2.0, 3.0]), 3).tolist() == [4, 0, 2]
    assert counted(np.array([], dtype=np.int64), 2).tolist() == [0, 0]


def test_states_of_figures_are_those_of_disclosure():
    assert {str(state) for state in CellState} <= {str(state) for state in FigureState}
