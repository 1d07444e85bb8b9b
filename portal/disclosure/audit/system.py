"""What follows of cells that nobody told, from bounds and sums that everybody knows.

A system is a box (lower and upper bound of each cell) and rows of weighted sums with bounds of their own. The interval
of a cell is what linear programming finds over all of them. Most intervals need none: bounds are first carried along
the rows until nothing moves, which is exact for a row that shares no loose cell with another; and tables that are seen
to agree, with a single cell moved, prove what lies between. Only what is left is solved, by HiGHS, connected part by
part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

SCIPY = ("scipy.optimize", "scipy.sparse", "scipy.sparse.csgraph")
TINY = 1e-6  # of an amount or a person; far below any unit that is told
TRIALS, FEW = 4, 4  # programmes with chance aims that try to prove many cells at once, where there are more than a few
ROUNDS = 60  # of carrying bounds along the rows; loops that shrink for ever end here, and the rest is solved


@cache
def _scipy() -> tuple[Any, Any, Any]:
    """The parts of SCIPY, loaded when the first release is audited: every start of the portal would wait for them."""
    optimize, sparse, csgraph = (import_module(name) for name in SCIPY)
    return optimize, sparse, csgraph


class Impossible(ValueError):
    """No table agrees with all that was told."""


@dataclass(frozen=True)
class System:
    """Bounds of cells and rows of sums: ``lower <= x <= upper`` and ``row_lower <= sums <= row_upper``.

    ``row``, ``cell``, ``weight``: the entries of the sums, each pair of row and cell once. Infinite bounds are allowed.
    ``whole``: every cell is a whole number, so bounds are rounded inwards.
    """

    lower: Floats
    upper: Floats
    row: Whole
    cell: Whole
    weight: Floats
    row_lower: Floats
    row_upper: Floats
    whole: bool = False

    def sums(self, point: Floats) -> Floats:
        """The sum of each row for a table."""
        return _summed(self.row, self.weight * point[self.cell], len(self.row_lower))

    def matrix(self) -> Any:
        """The rows as a sparse matrix of SciPy."""
        shape = (len(self.row_lower), len(self.lower))
        return _scipy()[1].csr_array((self.weight, (self.row, self.cell)), shape=shape)

    def with_rows(self, kept: Flags) -> System:
        """The same cells with some of the rows."""
        number = np.cumsum(kept) - 1
        entries = kept[self.row]
        return replace(
            self,
            row=number[self.row[entries]],
            cell=self.cell[entries],
            weight=self.weight[entries],
            row_lower=self.row_lower[kept],
            row_upper=self.row_upper[kept],
        )

    def part(self, cells: Whole) -> System:
        """The loose cells alone with the rows that touch them; what the others add goes into the bounds of the rows."""
        inside = np.zeros(len(self.lower), dtype=bool)
        inside[cells] = True
        touched = np.zeros(len(self.row_lower), dtype=bool)
        touched[self.row[inside[self.cell]]] = True
        known = self.sums(np.where(inside, 0.0, self.lower))
        entries = inside[self.cell]
        return System(
            self.lower[cells],
            self.upper[cells],
            (np.cumsum(touched) - 1)[self.row[entries]],
            (np.cumsum(inside) - 1)[self.cell[entries]],
            self.weight[entries],
            (self.row_lower - known)[touched],
            (self.row_upper - known)[touched],
            self.whole,
        )


@dataclass(frozen=True)
class Intervals:
    """Feasible interval of each cell. ``proved``: so wide at least; ``programmes``: how many were solved for it."""

    lower: Floats
    upper: Floats
    proved: Floats
    programmes: int

    @property
    def width(self) -> Floats:
        """Upper minus lower; infinite where there is no upper bound."""
        return np.asarray(self.upper - self.lower, dtype=np.float64)


@dataclass(frozen=True)
class Goal:
    """What is enough to prove of each cell: that it can be as low, and as high. Closer bounds are not looked for."""

    lower: Floats
    upper: Floats

    def part(self, cells: Whole) -> Goal:
        """Of some cells."""
        return Goal(self.lower[cells], self.upper[cells])


def intervals(
    system: System,
    wanted: Flags,
    solution: Floats | None = None,
    *,
    enough: float | None = None,
    goal: Goal | None = None,
) -> Intervals:
    """Feasible intervals of the wanted cells; the others have bounds that hold, though perhaps not the closest.

    ``solution``: a table that agrees with everything, where one is known; it saves programmes and changes no result.
    ``enough``: a cell proved to be so wide needs no closer bounds; ``goal``: nor one that reaches so far. Cells without
    an end keep an infinite one, provided that all weights are 1 or -1. Raises Impossible where nothing agrees.
    """
    lower, upper = carried(system)
    proved = upper - lower
    least_sum, most_sum = _range_of_rows(system, lower, upper)
    loose = (least_sum < system.row_lower - TINY) | (most_sum > system.row_upper + TINY)
    if not loose.any():
        return Intervals(lower, upper, proved, 0)
    endless, ceiling = np.isinf(upper), _ceiling(system, lower, upper)
    box = np.where(endless, ceiling, upper)
    left = replace(system, lower=lower, upper=box).with_rows(loose)
    aims = goal or Goal(np.full(len(lower), -np.inf), np.full(len(lower), np.inf))
    touched = np.zeros(len(lower), dtype=bool)
    touched[left.cell] = True
    open_cells = wanted & (box - lower > TINY) & touched
    least, most = seen(left, [point for point in (solution, box, lower) if point is not None])
    settled = (least <= np.maximum(lower, aims.lower) + TINY) & (most >= np.minimum(box, aims.upper) - TINY)
    if enough is not None:
        settled |= most - least >= enough - TINY
    proved[touched] = np.maximum(most - least, 0.0)[touched]
    programmes = 0
    labels = connected(left)
    for label in np.unique(labels[open_cells & ~settled]):
        cells = np.flatnonzero((labels == label) & (box - lower > TINY))
        part = left.part(cells)
        asked = (open_cells & ~settled)[cells]
        if len(part.row_lower) > 1:  # of a single row the carried bounds are exact
            start = None if solution is None else solution[cells]
            found = _solved(part, asked, least[cells], most[cells], aims.part(cells), start)
            lower[cells], box[cells] = found.lower, found.upper
            programmes += found.programmes
            proved[cells[asked]] = found.proved[asked]
        else:
            proved[cells[asked]] = (box - lower)[cells[asked]]
    ended = endless & (box > ceiling / 2)
    return Intervals(lower, np.where(ended, np.inf, box), np.where(proved > ceiling / 2, np.inf, proved), programmes)


def connected(system: System) -> Whole:
    """The number of the connected part of each cell: cells that share a row, directly or over others."""
    cells, rows = len(system.lower), len(system.row_lower)
    entries = (np.ones(len(system.cell)), (system.cell, cells + system.row))
    _optimize, sparse, csgraph = _scipy()
    joins = sparse.coo_array(entries, shape=(cells + rows, cells + rows))
    _, labels = csgraph.connected_components(joins, directed=False)
    return np.asarray(labels[:cells], dtype=np.int64)


def carried(system: System) -> tuple[Floats, Floats]:
    """The box after bounds were carried along the rows until nothing moves. Raises Impossible for an empty one."""
    lower, upper = system.lower.astype(np.float64), system.upper.astype(np.float64)
    row, cell, weight, count = system.row, system.cell, system.weight, len(system.row_lower)
    if (lower > upper + TINY).any():
        raise Impossible("what was told of a cell contradicts itself")
    for _ in range(ROUNDS if len(row) else 0):
        at_least = np.where(weight > 0, lower[cell], upper[cell]) * weight
        at_most = np.where(weight > 0, upper[cell], lower[cell]) * weight
        most = (system.row_upper[row] - _others(at_least, row, count, -np.inf)) / weight
        least = (system.row_lower[row] - _others(at_most, row, count, np.inf)) / weight
        new_lower, new_upper = lower.copy(), upper.copy()
        np.maximum.at(new_lower, cell, np.where(weight > 0, least, most))
        np.minimum.at(new_upper, cell, np.where(weight > 0, most, least))
        if system.whole:
            new_lower, new_upper = np.ceil(new_lower - TINY), np.floor(new_upper + TINY)
        new_upper = np.where(new_upper < new_lower - TINY, new_upper, np.maximum(new_upper, new_lower))
        if (new_lower > new_upper).any():
            raise Impossible("no table agrees with what was told")
        moved = (new_lower > lower + TINY) | (new_upper < upper - TINY)
        lower, upper = new_lower, new_upper
        if not moved.any():
            break
    return lower, upper


def _others(parts: Floats, row: Whole, count: int, endless: float) -> Floats:
    """Of each entry: the sum of the other entries of its row, or ``endless`` where one of them is."""
    without_end = np.isinf(parts)
    finite = np.where(without_end, 0.0, parts)
    sums = np.bincount(row, weights=finite, minlength=count)[row] - finite
    many = np.bincount(row, weights=without_end, minlength=count)[row] - without_end
    return np.where(many > 0, endless, sums)


def _summed(row: Whole, parts: Floats, count: int) -> Floats:
    return np.bincount(row, weights=parts, minlength=count).astype(np.float64)


def _range_of_rows(system: System, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    row, cell, weight, count = system.row, system.cell, system.weight, len(system.row_lower)
    ends = [np.where(weight > 0, lower[cell], upper[cell]), np.where(weight > 0, upper[cell], lower[cell])]
    least, most = (_summed(row, end * weight, count) for end in ends)
    return least, most


def _ceiling(system: System, lower: Floats, upper: Floats) -> float:
    """What no cell with an end can reach: more than all bounds that have one, together."""
    bounds = [lower, upper, system.row_lower, system.row_upper]
    known = np.concatenate([np.abs(each[np.isfinite(each)]) for each in bounds])
    return 4.0 * (float(known.sum()) + 1000.0)


def seen(system: System, points: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Of each cell the least and the greatest value in some table that agrees; all between them occur as well.

    Tables: those of the points that agree with everything, and each of them with one cell alone moved. Infinity and its
    negative where no point agrees.
    """
    least, most = np.full(len(system.lower), np.inf), np.full(len(system.lower), -np.inf)
    row, cell, weight = system.row, system.cell, system.weight
    for point in points:
        sums = system.sums(point)
        inside = (point >= system.lower - TINY) & (point <= system.upper + TINY)
        keeps = (sums >= system.row_lower - TINY) & (sums <= system.row_upper + TINY)
        if not (inside.all() and keeps.all()):
            continue
        rest_up, rest_down = (system.row_upper - sums)[row], (sums - system.row_lower)[row]
        rise, fall = system.upper - point, point - system.lower
        np.minimum.at(rise, cell, np.where(weight > 0, rest_up, rest_down) / np.abs(weight))
        np.minimum.at(fall, cell, np.where(weight > 0, rest_down, rest_up) / np.abs(weight))
        np.minimum(least, point - fall, out=least)
        np.maximum(most, point + rise, out=most)
    return least, most


def _solved(system: System, wanted: Flags, least: Floats, most: Floats, goal: Goal, start: Floats | None) -> Intervals:
    """Both ends of each wanted cell by linear programmes; every solution met on the way narrows the work.

    ``least``, ``most``: what was seen of each cell in some table that agrees.
    """
    lower, upper = system.lower.copy(), system.upper.copy()
    least, most = least.copy(), most.copy()
    programme = Programme(system)

    def see(point: Floats) -> None:
        mirrored = [] if start is None else [_mirrored(system, start, point)]
        for each in (point, *mirrored):
            np.minimum(least, each, out=least)
            np.maximum(most, each, out=most)

    if start is not None and wanted.sum() > FEW:
        chance = np.random.default_rng(0)
        for _ in range(TRIALS):
            see(programme.solve(np.where(wanted, chance.choice([-1.0, 1.0], len(lower)), 0.0)))
    for end in (-1.0, 1.0):
        for cell in np.flatnonzero(wanted):
            known_to = min(upper[cell], goal.upper[cell]) if end > 0 else max(lower[cell], goal.lower[cell])
            if most[cell] >= known_to - TINY if end > 0 else least[cell] <= known_to + TINY:
                continue
            aim = np.zeros(len(lower))
            aim[cell] = -end
            found = programme.solve(aim)
            see(found)
            reached = found[cell]
            if system.whole:
                reached = np.floor(reached + TINY) if end > 0 else np.ceil(reached - TINY)
            (upper if end > 0 else lower)[cell] = reached
    return Intervals(lower, upper, np.minimum(most, upper) - np.maximum(least, lower), programme.count)


def _mirrored(system: System, start: Floats, point: Floats) -> Floats:
    """The table on the other side of the known one, as far away as the box and the rows allow."""
    way = start - point
    sums, turned = system.sums(start), system.sums(way)
    with np.errstate(divide="ignore", invalid="ignore"):
        cells = np.where(
            way > TINY, (system.upper - start) / way, np.where(way < -TINY, (system.lower - start) / way, 9e9)
        )
        rows = np.where(
            turned > TINY,
            (system.row_upper - sums) / turned,
            np.where(turned < -TINY, (system.row_lower - sums) / turned, 9e9),
        )
    step = max(0.0, min(1e6, float(cells.min(initial=9e9)), float(rows.min(initial=9e9))))
    return np.asarray(start + step * way, dtype=np.float64)


class Programme:
    """Linear programmes over one system; every bound of a cell has to be finite."""

    def __init__(self, system: System) -> None:
        self.optimize = _scipy()[0]
        self.bounds = self.optimize.Bounds(system.lower, system.upper)
        self.rows = self.optimize.LinearConstraint(system.matrix(), system.row_lower, system.row_upper)
        self.count = 0

    def solve(self, aim: Floats) -> Floats:
        """The table that makes ``aim @ x`` least. Raises Impossible."""
        self.count += 1
        found = self.optimize.milp(aim, bounds=self.bounds, constraints=self.rows)
        if found.status == 2:
            raise Impossible("no table agrees with what was told")
        if found.status != 0:
            raise RuntimeError(f"the linear programme was not solved: {found.message}")
        return np.asarray(found.x, dtype=np.float64)
