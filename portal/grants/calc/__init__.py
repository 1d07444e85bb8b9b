"""Sums of municipal support and comparison of its two sides. Pure; amounts in CZK, exact."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from portal.core.cells import NOT_SUPPLIED, Cell, CellState, added
from portal.grants.types import Agreement, Kind, Reply, SupportRow

K = TypeVar("K", bound=Hashable)


@dataclass
class Summed:
    """Support added up: cells by kind, municipalities that gave more than nothing, services that got it."""

    cells: dict[Kind, list[Cell]] = field(default_factory=dict)
    municipalities: set[str] = field(default_factory=set)
    services: set[int] = field(default_factory=set)
    first: SupportRow | None = None

    def take(self, row: SupportRow) -> None:
        self.cells.setdefault(row.kind, []).append(row.amount)
        self.services.add(row.service_id)
        if row.amount.number:
            self.municipalities.add(row.municipality_code)
        self.first = self.first or row

    @property
    def amounts(self) -> dict[Kind, Cell]:
        return {kind: added(self.cells.get(kind, ())) for kind in Kind}

    @property
    def total(self) -> Cell:
        return added(self.amounts.values())


def summed_by(rows: Iterable[SupportRow], key: Callable[[SupportRow], K | None]) -> dict[K, Summed]:
    """Support by what ``key`` says of a row; rows that it says None of are left out."""
    found: dict[K, Summed] = {}
    for row in rows:
        place = key(row)
        if place is not None:
            found.setdefault(place, Summed()).take(row)
    return found


def per_inhabitant(total: Cell, people: int | None) -> Decimal | None:
    """CZK for one inhabitant, to hellers; None without a number or without inhabitants."""
    if total.number is None or not people:
        return None
    return (total.number / people).quantize(Decimal("0.01"), ROUND_HALF_UP)


def people_of(codes: Collection[str], population: Mapping[str, int | None]) -> int | None:
    """Inhabitants of the municipalities together; None when there are none or some are not known."""
    counts = [population.get(code) for code in codes]
    known = [count for count in counts if count is not None]
    return sum(known) if known and len(known) == len(counts) else None


def agreement(gave: Cell, received: Cell, replies: Sequence[Reply | None]) -> Agreement:
    """How the two sides stand: ``gave`` of the municipality, ``received`` of the provider, replies to either.

    Two numbers decide alone; a single one is disputed or confirmed by the other side. Amounts are contracts, so any
    heller is a difference.
    """
    numbers = [cell.number for cell in (gave, received) if cell.number is not None]
    if not numbers:
        return Agreement.NONE
    if len(numbers) == 2:
        return Agreement.AGREES if numbers[0] == numbers[1] else Agreement.DIFFERS
    if Reply.DISPUTED in replies:
        return Agreement.DIFFERS
    if CellState.NOT_APPLICABLE in (gave.state, received.state):
        return Agreement.DIFFERS if numbers[0] else Agreement.AGREES
    return Agreement.AGREES if Reply.CONFIRMED in replies else Agreement.ONE_SIDED


def year_sum(quarters: Mapping[int, Cell], expected: Collection[int]) -> Cell:
    """A figure of a year from the quarters of accepted returns.

    Not supplied while any of the ``expected`` quarters (those in which the service worked) is missing, never a silent
    smaller number; not applicable when no quarter concerns the service.
    """
    supplied = {quarter for quarter, cell in quarters.items() if cell.state is not CellState.NOT_SUPPLIED}
    if not supplied or set(expected) - supplied:
        return NOT_SUPPLIED
    return added([cell for quarter, cell in quarters.items() if quarter in supplied])


def share_of_costs(total: Cell, costs: Cell) -> Decimal | None:
    """Support as a share of the costs of the service (0.1 is 10 %); None without both numbers, or with no costs."""
    return None if total.number is None or not costs.number else total.number / costs.number
