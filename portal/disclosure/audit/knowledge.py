"""What everybody knows of tables of persons, put together as one system of bounds and sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from portal.disclosure.audit.counts import Flags, Floats, ToldCounts, Whole
from portal.disclosure.audit.system import System
from portal.disclosure.counts import CountThresholds

Key = tuple[str, str]  # quarter, name of the table


@dataclass(frozen=True)
class Known:
    """One table as it was told: bounds of its cells, and exact totals of rows and columns where those were told too."""

    period: str
    name: str
    rows: Sequence[str]
    columns: Sequence[str]
    lower: Floats
    upper: Floats
    hidden: Flags
    row_totals: Floats | None = None
    column_totals: Floats | None = None

    @property
    def key(self) -> Key:
        return (self.period, self.name)


@dataclass(frozen=True)
class Within:
    """Cell by cell the persons of one table are among those of the other; both have the same rows and columns."""

    inner: str
    outer: str


@dataclass(frozen=True)
class SameWhole:
    """The persons of a column are the same ones in both tables, divided by other rows; one may stand in several rows.

    So no cell of either table exceeds the sum of that column in the other.
    """

    first: str
    second: str


@dataclass(frozen=True)
class SameSum:
    """The same persons divided in two ways, each in one row of either table: the sums of a column agree."""

    first: str
    second: str


Relation = Within | SameWhole | SameSum


def known_of(told: ToldCounts, limits: CountThresholds) -> Known:
    """What the rules let everybody know. Totals are sums of what is told, so they add nothing."""
    lower, upper = told.bounds(limits)
    return Known(told.period, told.name, told.rows, told.columns, lower, upper, told.hidden)


@dataclass(frozen=True)
class Joined:
    """Tables joined to one system; ``starts`` and ``shapes`` say where the cells of each lie."""

    system: System
    starts: Mapping[Key, int]
    tables: Mapping[Key, Known]
    hidden: Flags

    def cells(self, key: Key) -> slice:
        """The cells of a table, row by row."""
        return slice(self.starts[key], self.starts[key] + self.tables[key].lower.size)

    def places(self, cells: Whole) -> list[tuple[Key, str, str]]:
        """The table, row and column of each cell."""
        keys = sorted(self.starts, key=self.starts.__getitem__)
        begins = np.array([self.starts[key] for key in keys])
        found = []
        numbers = np.searchsorted(begins, cells, side="right") - 1
        for cell, number in zip(cells.tolist(), numbers.tolist(), strict=True):
            table = self.tables[keys[number]]
            row, column = divmod(cell - self.starts[keys[number]], len(table.columns))
            found.append((keys[number], table.rows[row], table.columns[column]))
        return found


def join(tables: Iterable[Known], relations: Sequence[Relation]) -> Joined:
    """One system of all tables. What was told twice of one table of a quarter has to hold both times.

    A table whose rows or columns differ from what was told of it before is matched by its codes; cells that only one of
    them has are told once. Raises ValueError for a relation between tables of different shape.
    """
    merged: dict[Key, Known] = {}
    for table in tables:
        merged[table.key] = _both(merged[table.key], table) if table.key in merged else table
    starts: dict[Key, int] = {}
    size = 0
    for key, table in merged.items():
        starts[key] = size
        size += table.lower.size
    rows = _Rows()
    for key, table in merged.items():
        _add_totals(rows, table, starts[key])
    for period in dict.fromkeys(period for period, _ in merged):
        for relation in relations:
            _add_relation(rows, relation, period, merged, starts)

    def flat(name: str) -> Floats:
        return np.concatenate([getattr(table, name).ravel() for table in merged.values()] or [np.zeros(0)])

    return Joined(rows.built(flat("lower"), flat("upper")), starts, merged, flat("hidden").astype(bool))


def _both(first: Known, second: Known) -> Known:
    rows = tuple(dict.fromkeys([*first.rows, *second.rows]))
    columns = tuple(dict.fromkeys([*first.columns, *second.columns]))
    shape = (len(rows), len(columns))
    lower, upper, hidden = np.zeros(shape), np.full(shape, np.inf), np.zeros(shape, dtype=bool)
    for table in (first, second):
        at = np.ix_([rows.index(code) for code in table.rows], [columns.index(code) for code in table.columns])
        lower[at] = np.maximum(lower[at], table.lower)
        upper[at] = np.minimum(upper[at], table.upper)
        hidden[at] |= table.hidden
    whole = [table for table in (second, first) if (tuple(table.rows), tuple(table.columns)) == (rows, columns)]
    by_row = next((table.row_totals for table in whole if table.row_totals is not None), None)
    by_column = next((table.column_totals for table in whole if table.column_totals is not None), None)
    return Known(first.period, first.name, rows, columns, lower, upper, hidden, by_row, by_column)


class _Rows:
    """Sums being gathered: entries of the matrix and bounds of each row."""

    def __init__(self) -> None:
        self.row: list[Whole] = []
        self.cell: list[Whole] = []
        self.weight: list[Floats] = []
        self.least: list[Floats] = []
        self.most: list[Floats] = []
        self.count = 0

    def add(self, cells: Whole, weights: Floats, least: Floats, most: Floats) -> None:
        """Rows of equal length: ``cells`` and ``weights`` are rows x entries."""
        number = self.count + np.arange(len(cells))
        self.row.append(np.repeat(number, cells.shape[1]))
        self.cell.append(cells.ravel())
        self.weight.append(weights.ravel())
        self.least.append(least)
        self.most.append(most)
        self.count += len(cells)

    def built(self, lower: Floats, upper: Floats) -> System:
        def joined(parts: Sequence[Any], kind: type) -> Any:
            return np.concatenate(parts) if parts else np.zeros(0, dtype=kind)

        return System(
            lower,
            upper,
            joined(self.row, np.int64),
            joined(self.cell, np.int64),
            joined(self.weight, np.float64),
            joined(self.least, np.float64),
            joined(self.most, np.float64),
            whole=True,
        )


def _add_totals(rows: _Rows, table: Known, start: int) -> None:
    cells = _places(table, start)
    for lines, totals in ((cells, table.row_totals), (cells.T, table.column_totals)):
        if totals is not None:
            rows.add(lines, np.ones(lines.shape), totals, totals)


def _places(table: Known, start: int) -> Whole:
    return np.asarray(start + np.arange(table.lower.size).reshape(table.lower.shape), dtype=np.int64)


def _add_relation(
    rows: _Rows, relation: Relation, period: str, tables: Mapping[Key, Known], starts: Mapping[Key, int]
) -> None:
    names = (relation.inner, relation.outer) if isinstance(relation, Within) else (relation.first, relation.second)
    keys = [(period, name) for name in names]
    if any(key not in tables for key in keys):
        return
    first, second = (tables[key] for key in keys)
    one, other = _places(first, starts[keys[0]]), _places(second, starts[keys[1]])
    if tuple(first.columns) != tuple(second.columns):
        raise ValueError(f"{names[0]} and {names[1]} have different columns")
    if isinstance(relation, Within):
        if tuple(first.rows) != tuple(second.rows):
            raise ValueError(f"{names[0]} and {names[1]} have different rows")
        pairs = np.column_stack([one.ravel(), other.ravel()])
        weights = np.broadcast_to(np.array([1.0, -1.0]), pairs.shape)
        rows.add(pairs, weights, np.full(len(pairs), -np.inf), np.zeros(len(pairs)))
        return
    if isinstance(relation, SameSum):
        lines = np.hstack([one.T, other.T])
        weights = np.ones(lines.shape)
        weights[:, len(one) :] = -1.0
        rows.add(lines, weights, np.zeros(len(lines)), np.zeros(len(lines)))
        return
    for cells, whole in ((one, other), (other, one)):
        if not (cells.size and whole.size):
            continue
        sums = np.repeat(whole.T, cells.shape[0], axis=0)  # for each cell, column by column, the other column
        lines = np.column_stack([cells.T.ravel(), sums])
        weights = np.full(lines.shape, -1.0)
        weights[:, 0] = 1.0
        rows.add(lines, weights, np.full(len(lines), -np.inf), np.zeros(len(lines)))
