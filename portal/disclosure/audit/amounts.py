"""Tables of amounts by two dimensions with their totals: what is hidden, and whether it can be worked out.

A cell is sensitive where the p % rule fails for what the providers (or holdings) put into it. Sensitive cells are
hidden first. Others follow until the interval of each hidden cell reaches at least p % of its largest contributor
beyond the true amount on each side: over all totals, and as well for each provider, who knows its own part of every
cell and asks about the largest of the others (the second largest of a cell is the one to be afraid of; who fills
another hidden cell alone knows that one). Which ones follow, a linear programme decides: it looks for the cheapest way
to move the cell that far while all totals stay. Cells that it moves are hidden. At the end each of them is told again
if that does no harm.

Sources: ESSnet handbook on statistical disclosure control, chapter 4 (p % rule, protection levels, a network heuristic
after Kelly, Golden and Assad with its clean-up).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from portal.disclosure.audit.rings import moves_along_a_path, ring_rooms
from portal.disclosure.audit.system import TINY, Flags, Floats, Goal, Impossible, Programme, System, intervals
from portal.disclosure.rules import passes_p_percent

PART_COLUMNS = ("holder", "row", "column", "amount")
TOTAL_WEIGHT = 4.0  # hiding a total loses as much as hiding so many cells
LEAST_NEED = 1e-9
PASSES = 8


@dataclass(frozen=True)
class AmountTable:
    """Amounts by rows and columns. ``parts``: PART_COLUMNS, amounts of providers or holdings, none below zero.

    A cell without a line has no contributor: everybody knows that it is zero. The last row and the last column of all
    arrays below are the totals.
    """

    name: str
    rows: Sequence[str]
    columns: Sequence[str]
    parts: pd.DataFrame

    @cached_property
    def holders(self) -> list[str]:
        """Who has a part, sorted; numbers of holders are places in it."""
        return sorted(set(self.parts["holder"]))

    @cached_property
    def own(self) -> Floats:
        """Amounts by holder, row and column, totals included. Raises ValueError for amounts below zero."""
        amounts = self.parts["amount"].to_numpy(dtype=np.float64)
        if not np.isfinite(amounts).all() or (amounts < 0).any():
            raise ValueError(f"amounts of {self.name} are not below zero")
        found = np.zeros((len(self.holders), len(self.rows) + 1, len(self.columns) + 1))
        names = ((self.holders, "holder"), (list(self.rows), "row"), (list(self.columns), "column"))
        places = [
            np.array([place[code] for code in self.parts[column]], dtype=np.int64)
            for codes, column in names
            for place in [{code: number for number, code in enumerate(codes)}]
        ]
        np.add.at(found, tuple(places), amounts)
        found[:, -1, :] = found[:, :-1, :].sum(axis=1)
        found[:, :, -1] = found[:, :, :-1].sum(axis=2)
        return found

    @cached_property
    def amounts(self) -> Floats:
        """Amounts by row and column, totals included."""
        return np.asarray(self.own.sum(axis=0), dtype=np.float64)

    @cached_property
    def largest(self) -> Floats:
        """The largest part of each cell."""
        return np.asarray(self.own.max(axis=0, initial=0.0), dtype=np.float64)

    def sensitive(self, p_percent: int) -> Flags:
        """Cells that fail the p % rule; a cell without contributors is none of them."""
        shape = self.amounts.shape
        found = np.zeros(shape, dtype=bool)
        for row, column in zip(*np.nonzero(self.amounts > 0), strict=True):
            found[row, column] = not passes_p_percent(self.own[:, row, column], p_percent)
        return found


@dataclass(frozen=True)
class Attacker:
    """What somebody knows of hidden cells: they are at least ``floor``; ``fixed`` cells are known exactly.

    ``need``: how far the interval of each cell has to reach beyond its amount.
    """

    number: int  # of the holder; -1: everybody
    floor: Floats
    fixed: Flags
    need: Floats


def attacker_of(table: AmountTable, number: int, p_percent: int) -> Attacker:
    """Everybody (-1), or a holder: its own part is a floor, and it knows the cells that it fills alone.

    What has to stay uncertain for it is p % of the largest part of others.
    """
    if number < 0:
        return Attacker(number, np.zeros(table.amounts.shape), table.amounts <= 0, table.largest * p_percent / 100)
    own = table.own[number]
    others = np.delete(table.own, number, axis=0).max(axis=0, initial=0.0)
    return Attacker(number, own, table.amounts - own <= TINY, others * p_percent / 100)


@dataclass(frozen=True)
class OpenCell:
    """A hidden cell that an attacker (number of a holder, -1: everybody) knows too closely: its least and greatest."""

    row: int
    column: int
    attacker: int
    lower: float
    upper: float


def hide(table: AmountTable, p_percent: int) -> Flags:
    """Which cells (totals included) are hidden.

    The result is not trusted: the audit asks ``open_cells`` again.
    """
    sensitive = table.sensitive(p_percent)
    hidden = sensitive.copy()
    for _ in range(PASSES):
        found = sorted(open_cells(table, hidden, p_percent), key=lambda each: -table.largest[each.row, each.column])
        if not found:
            break
        for each in found:
            hidden |= _protecting(table, hidden, each, p_percent)
    return _cleaned(table, hidden, sensitive, p_percent)


def _protecting(table: AmountTable, hidden: Flags, cell: OpenCell, p_percent: int) -> Flags:
    """What has to be hidden so that a cell can move far enough, up and down, for one attacker."""
    attacker = attacker_of(table, cell.attacker, p_percent)
    more = hidden.copy()
    at = (cell.row, cell.column)
    for by in (attacker.need[at], -attacker.need[at]):
        moved = _cheapest_move(table, more, at, attacker, by)
        if moved is None:  # not even with everything hidden: the audit will say so
            return np.asarray(table.amounts > 0, dtype=np.bool_)
        more |= moved
    return more


def _cheapest_move(
    table: AmountTable, hidden: Flags, cell: tuple[int, int], attacker: Attacker, by: float
) -> Flags | None:
    """Cells that move when one is moved by so much at the least loss of cells; None where it cannot be."""
    amounts = table.amounts
    loose = (amounts > 0) & ~attacker.fixed
    places = np.flatnonzero(loose)
    size = len(places)
    room = (amounts - attacker.floor).ravel()[places]
    cost = np.full(amounts.shape, 1.0)
    cost[-1, :] = cost[:, -1] = TOTAL_WEIGHT
    cost = np.where(hidden, 1e-4, cost + 1e-3 * amounts / max(float(amounts.max()), 1.0)).ravel()[places]
    sums = additive(amounts.shape).part_of(places)
    lower = np.zeros(2 * size)
    upper = np.concatenate([np.full(size, abs(by) * 4), np.minimum(room, abs(by) * 4)])
    at = int(np.searchsorted(places, cell[0] * amounts.shape[1] + cell[1]))
    here, there = (at, at + size) if by > 0 else (at + size, at)
    if upper[here] < abs(by) - TINY:
        return None
    lower[here] = upper[here] = abs(by)
    upper[there] = 0.0
    entries = (np.concatenate([sums.row, sums.row]), np.concatenate([sums.cell, sums.cell + size]))
    weights = np.concatenate([sums.weight, -sums.weight])
    nothing = np.zeros(sums.count)
    try:
        programme = Programme(System(lower, upper, *entries, weights, nothing, nothing))
        found = programme.solve(np.concatenate([cost, cost]))
    except Impossible:
        return None
    moved = np.zeros(amounts.size, dtype=bool)
    moved[places[(found[:size] > TINY) | (found[size:] > TINY)]] = True
    return moved.reshape(amounts.shape)


def _cleaned(table: AmountTable, hidden: Flags, sensitive: Flags, p_percent: int) -> Flags:
    """Without the cells that nobody needs to be hidden, the dearest first."""
    weight = np.ones(hidden.shape)
    weight[-1, :] = weight[:, -1] = TOTAL_WEIGHT
    extra = [(int(row), int(column)) for row, column in zip(*np.nonzero(hidden & ~sensitive), strict=True)]
    for cell in sorted(extra, key=lambda each: (-weight[each], -table.amounts[each])):
        tried = hidden.copy()
        tried[cell] = False
        if next(open_cells(table, tried, p_percent), None) is None:
            hidden = tried
    return hidden


def open_cells(table: AmountTable, hidden: Flags, p_percent: int) -> Iterator[OpenCell]:
    """Hidden cells whose interval is too narrow for somebody: everybody (first), or any holder with its own parts.

    A ring of four hidden cells, or a longer closed path, that can turn far enough proves a cell; where there is none,
    linear programmes decide.
    """
    for number in (-1, *_with_parts(table, hidden)):
        attacker = attacker_of(table, number, p_percent)
        loose = hidden & ~attacker.fixed
        up, down = ring_rooms(table.amounts - attacker.floor, loose)
        doubtful = loose & (np.minimum(up, down) < attacker.need - TINY)
        for row, column in zip(*np.nonzero(doubtful), strict=True):
            doubtful[row, column] = not _moves(table.amounts - attacker.floor, loose, (row, column), attacker.need)
        if doubtful.any():
            yield from _solved_cells(table, attacker, loose, doubtful)


def _moves(room: Floats, loose: Flags, cell: tuple[int, int], need: Floats) -> bool:
    return all(moves_along_a_path(room, loose, cell, float(need[cell]), up=up) for up in (True, False))


def _with_parts(table: AmountTable, hidden: Flags) -> list[int]:
    """The holders who have a part of a hidden cell."""
    return [int(number) for number in np.flatnonzero((table.own * hidden > 0).any(axis=(1, 2)))]


def _solved_cells(table: AmountTable, attacker: Attacker, loose: Flags, doubtful: Flags) -> Iterator[OpenCell]:
    amounts = table.amounts
    sums = additive(amounts.shape)
    ceiling = 4 * max(float(amounts.max()), 1.0)
    system = System(
        np.where(loose, attacker.floor, amounts).ravel(),
        np.where(loose, ceiling, amounts).ravel(),
        *(sums.row, sums.cell, sums.weight, np.zeros(sums.count), np.zeros(sums.count)),
    )
    far = np.maximum(attacker.need, LEAST_NEED)
    goal = Goal((amounts - far).ravel(), (amounts + far).ravel())
    found = intervals(system, doubtful.ravel(), amounts.ravel(), goal=goal)
    lower, upper = found.lower.reshape(amounts.shape), found.upper.reshape(amounts.shape)
    tolerance = TINY * max(1.0, float(amounts.max()))
    short = np.minimum(upper - amounts, amounts - lower) < far - tolerance
    for row, column in zip(*np.nonzero(doubtful & short), strict=True):
        ends = float(lower[row, column]), float(upper[row, column])
        yield OpenCell(int(row), int(column), attacker.number, *ends)


@dataclass(frozen=True)
class Sums:
    """Entries of the rows that say: cells of a line less its total are nothing."""

    row: np.ndarray
    cell: np.ndarray
    weight: Floats
    count: int

    def part_of(self, places: np.ndarray) -> Sums:
        """With some of the cells, numbered anew, and all rows."""
        number = np.full(int(self.cell.max()) + 1, -1)
        number[places] = np.arange(len(places))
        kept = number[self.cell] >= 0
        return Sums(self.row[kept], number[self.cell[kept]], self.weight[kept], self.count)


def additive(shape: tuple[int, ...]) -> Sums:
    """The sums of a table whose last row and column are totals."""
    cells = np.arange(shape[0] * shape[1]).reshape(shape)
    weights = np.ones(shape)
    across, down = weights.copy(), weights.copy()
    across[:, -1] = -1.0
    down[-1, :] = -1.0
    rows = np.repeat(np.arange(shape[0]), shape[1])
    columns = shape[0] + np.tile(np.arange(shape[1]), shape[0])
    return Sums(
        np.concatenate([rows, columns]),
        np.concatenate([cells.ravel(), cells.ravel()]),
        np.concatenate([across.ravel(), down.ravel()]),
        shape[0] + shape[1],
    )
