"""The ministry's figure beside the sum of a year's returns. Pure; amounts in CZK, exact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.benchmarking.ministry.types import Comparison, Tolerance
from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell, CellState


@dataclass(frozen=True)
class YearSum:
    """Figure B of a year: the sum of its quarters, and the quarters that are missing for it (1 to 4).

    With a quarter missing there is no sum: the cell is not supplied, never a silent smaller number.
    """

    cell: Cell
    missing: tuple[int, ...]
    supplied: tuple[int, ...]


def year_sum(quarters: Mapping[int, Cell], expected: Iterable[int]) -> YearSum:
    """The sum of the quarters of a year.

    ``quarters``: cells of accepted returns by quarter; ``expected``: quarters in which the service worked on at least
    one day. A quarter that does not concern the service adds nothing; when none of them does, the sum does not apply.
    """
    supplied = tuple(sorted(q for q, cell in quarters.items() if cell.state is not CellState.NOT_SUPPLIED))
    missing = tuple(sorted(set(expected) - set(supplied)))
    if missing or not supplied:
        return YearSum(NOT_SUPPLIED, missing, supplied)
    numbers = [cell.number for q, cell in quarters.items() if q in supplied and cell.number is not None]
    return YearSum(Cell.of(sum(numbers, Decimal(0))) if numbers else NOT_APPLICABLE, (), supplied)


def difference(m: Cell, b: Cell) -> Decimal | None:
    """B - M in CZK: by how much the returns exceed the ministry's figure. None without two numbers."""
    return None if m.number is None or b.number is None else b.number - m.number


def share_of(amount: Decimal | None, m: Cell) -> Decimal | None:
    """The difference as a share of the ministry's figure (0.01 is 1 %); None when that is zero or missing."""
    return None if amount is None or not m.number else amount / m.number


def compared(m: Cell, b: YearSum, tolerance: Tolerance) -> Comparison:
    """How the two stand to each other. A difference counts when it exceeds both parts of the tolerance."""
    if m.state is CellState.NOT_APPLICABLE and b.cell.state is CellState.NOT_APPLICABLE:
        return Comparison.NOT_APPLICABLE
    if not m.state.has_number:
        return Comparison.M_MISSING
    if b.cell.number is None:
        return Comparison.B_INCOMPLETE if b.supplied else Comparison.B_MISSING
    amount = abs(b.cell.number - (m.number or Decimal(0)))
    over = amount > tolerance.czk and amount * 100 > tolerance.percent * abs(m.number or Decimal(0))
    return Comparison.DIFFERS if over else Comparison.AGREES


_RANK = {kind: rank for rank, kind in enumerate(Comparison)}


def worst_first(kind: Comparison, amount: Decimal | None) -> tuple[int, Decimal]:
    """Key to sort by: differences from the largest, then what cannot be compared, then what agrees."""
    return _RANK[kind], -abs(amount or Decimal(0))


@dataclass(frozen=True)
class Totals:
    """Sums over the services of a type or provider that have both figures, and how many have not."""

    m: Decimal
    b: Decimal
    compared: int
    differing: int
    not_compared: int

    @property
    def difference(self) -> Decimal:
        return self.b - self.m

    @property
    def share(self) -> Decimal | None:
        return self.difference / self.m if self.m else None


def totals(rows: Sequence[tuple[Comparison, Decimal | None, Decimal | None]]) -> Totals:
    """Totals of ``(comparison, M, B)``; a row without both numbers is counted and added to neither sum."""
    both = [(kind, m, b) for kind, m, b in rows if m is not None and b is not None]
    return Totals(
        m=sum((m for _kind, m, _b in both), Decimal(0)),
        b=sum((b for _kind, _m, b in both), Decimal(0)),
        compared=len(both),
        differing=sum(kind is Comparison.DIFFERS for kind, _m, _b in both),
        not_compared=sum(kind is not Comparison.NOT_APPLICABLE for kind, _m, _b in rows) - len(both),
    )
