from decimal import Decimal

import pytest

from portal.core.cells import NOT_SUPPLIED, Cell, CellState


def test_zero_is_a_state_of_its_own():
    assert Cell.of(0).state is CellState.ZERO
    assert Cell.of("0.00").state is CellState.ZERO
    assert Cell.of("6.75") == Cell(CellState.VALUE, Decimal("6.75"))


def test_nothing_entered_is_not_zero():
    assert Cell.of(None) is NOT_SUPPLIED


@pytest.mark.parametrize(
    ("state", "number"),
    [
        (CellState.VALUE, None),
        (CellState.VALUE, Decimal(0)),
        (CellState.ZERO, Decimal(1)),
        (CellState.NOT_APPLICABLE, Decimal(1)),
        (CellState.HIDDEN, Decimal(3)),
    ],
)
def test_a_state_and_a_number_that_contradict_each_other_are_refused(state, number):
    with pytest.raises(ValueError, match="does not go with"):
        Cell(state, number)
