"""The states of a cell: value, true zero, not applicable, not supplied - and hidden on output.

They are five different things everywhere: an empty cell is not zero, a zero is not a gap, and a figure
withheld to protect somebody is neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class CellState(StrEnum):
    VALUE = "value"
    ZERO = "zero"
    NOT_APPLICABLE = "not_applicable"
    NOT_SUPPLIED = "not_supplied"
    HIDDEN = "hidden"

    @property
    def has_number(self) -> bool:
        return self in (CellState.VALUE, CellState.ZERO)


STORED_STATES = (CellState.VALUE, CellState.ZERO, CellState.NOT_APPLICABLE, CellState.NOT_SUPPLIED)


@dataclass(frozen=True)
class Cell:
    """One cell. ``number`` is set exactly when the state has a number; ZERO means the number 0."""

    state: CellState
    number: Decimal | None = None

    def __post_init__(self) -> None:
        if self.state.has_number != (self.number is not None):
            raise ValueError(f"state {self.state} does not go with number {self.number!r}")
        if self.number is not None and (self.number == 0) != (self.state is CellState.ZERO):
            raise ValueError(f"state {self.state} does not go with number {self.number!r}")

    @classmethod
    def of(cls, number: Decimal | int | str | None) -> Cell:
        """VALUE or ZERO for a number, NOT_SUPPLIED for None."""
        if number is None:
            return NOT_SUPPLIED
        exact = Decimal(number)
        return cls(CellState.ZERO if exact == 0 else CellState.VALUE, exact)


NOT_SUPPLIED = Cell(CellState.NOT_SUPPLIED)
NOT_APPLICABLE = Cell(CellState.NOT_APPLICABLE)
HIDDEN = Cell(CellState.HIDDEN)


def added(cells: Iterable[Cell]) -> Cell:
    """The sum of those that have a number; a true zero stays one.

    Without any number: not applicable when all cells are so, otherwise not supplied (also without any cell). What
    nobody told is not there to be added, so a sum is what is known.
    """
    given = list(cells)
    numbers = [cell.number for cell in given if cell.number is not None]
    if numbers:
        return Cell.of(sum(numbers, Decimal(0)))
    foreign = bool(given) and all(cell.state is CellState.NOT_APPLICABLE for cell in given)
    return NOT_APPLICABLE if foreign else NOT_SUPPLIED
