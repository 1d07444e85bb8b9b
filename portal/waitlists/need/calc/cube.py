"""All counts of a quarter: every combination of type, situation, group and area, each divided or taken whole. Pure.

A person counts once in each part. Rows are sorted by (part, person) as one whole number and the marks of equal ones put
together; so each way of dividing costs a sort and no database is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from portal.waitlists.need.calc.marks import marks_of_applications, marks_of_persons
from portal.waitlists.need.types import (
    ALL,
    MARK_BITS,
    MARK_OF,
    PERSON_MEASURES,
    Coded,
    Count,
    Lists,
    Mark,
    Part,
    Users,
    Wait,
    Whole,
)
from portal.waitlists.types import OUTSIDE, UNKNOWN

DAY_BITS = 16
QUARTILES = (25, 50, 75)
MOST_BITS = 62

Numbers = dict[str, list[int | float | None]]

COLUMNS = (
    "applications",
    *(f"{measure}_{side}" for measure in PERSON_MEASURES for side in ("most", "least")),
    *(f"{what}_{statistic}" for what in ("waiting", "waited") for statistic in ("n", "p25", "p50", "p75")),
)


@dataclass(frozen=True)
class Table:
    """Counts of many parts by columns, all of one length: the parts' four codes and COLUMNS. No part comes twice."""

    parts: Sequence[tuple[str, str, str, str]]
    numbers: Numbers

    def counts(self) -> dict[Part, Count]:
        """The same as one object for each part."""
        return {Part(*part): count_of(self.numbers, row) for row, part in enumerate(self.parts)}


def count_of(numbers: Numbers, row: int) -> Count:
    """The figures of one row of a table."""

    def whole(name: str) -> int:
        return int(numbers[name][row] or 0)

    def wait(what: str) -> Wait:
        return Wait(whole(f"{what}_n"), *(_float(numbers[f"{what}_p{percent}"][row]) for percent in QUARTILES))

    return Count(
        applications=whole("applications"),
        most={measure: whole(f"{measure}_most") for measure in PERSON_MEASURES},
        least={measure: whole(f"{measure}_least") for measure in PERSON_MEASURES},
        waiting=wait("waiting"),
        waited=wait("waited"),
    )


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)


@dataclass(frozen=True)
class _Persons:
    of_rows: Whole
    of_users: Whole
    size: int
    marks: Whole


def count(lists: Lists, users: Users, first_day: int, last_day: int) -> Table:
    """Count all parts of a quarter that have any figure.

    ``first_day``, ``last_day`` as numbers of days since 1970-01-01; of a quarter that lasts, the last day is today.
    Parts: all combinations of the four, and the municipality of residence by type and as a whole. Waiting times are
    those of persons by confirmed links; who has several applications in a part counts with the longest wait.
    """
    marks = marks_of_applications(lists, first_day, last_day)
    sides = {
        "most": _persons(lists, users, marks, lists.sure, users.sure),
        "least": _persons(lists, users, marks, lists.probable, users.probable),
    }
    waits = {
        "waiting": ((marks & int(Mark.OPEN)) != 0, last_day - lists.received),
        "waited": ((marks & int(Mark.SATISFIED)) != 0, lists.decided - lists.received),
    }
    tables = [_count_one(dimensions, marks, sides, waits) for dimensions in _ways(lists)]
    municipal = [_count_one(dimensions, marks, sides, waits) for dimensions in _municipal_ways(lists)]
    return _joined([*tables, *(_without_special(table) for table in municipal)])


def _persons(lists: Lists, users: Users, marks: Whole, rows: Whole, of_users: Whole) -> _Persons:
    known, numbers = np.unique(np.concatenate([rows, of_users]), return_inverse=True)
    size = max(1, len(known))
    mine, theirs = numbers[: len(rows)].astype(np.int64), numbers[len(rows) :].astype(np.int64)
    return _Persons(mine, theirs, size, marks_of_persons(lists, users, marks, mine, theirs, size))


def _ways(lists: Lists) -> Iterator[tuple[Coded | None, ...]]:
    """The columns that each way of dividing uses; None: taken as a whole."""
    columns = (lists.type_code, lists.situation, lists.group, lists.area)
    for chosen in product((False, True), repeat=len(columns)):
        yield tuple(column if used else None for column, used in zip(columns, chosen, strict=True))


def _municipal_ways(lists: Lists) -> tuple[tuple[Coded | None, ...], ...]:
    return ((None, None, None, lists.municipality), (lists.type_code, None, None, lists.municipality))


def _count_one(
    dimensions: tuple[Coded | None, ...],
    marks: Whole,
    sides: dict[str, _Persons],
    waits: dict[str, tuple[np.typing.NDArray[np.bool_], Whole]],
) -> Table:
    cell = np.zeros(len(marks), dtype=np.int64)
    cells = 1
    for column in dimensions:
        if column is not None:
            cell = cell * max(1, len(column.names)) + column.codes
            cells *= max(1, len(column.names))
    numbers: dict[str, np.typing.NDArray[np.generic]] = {
        "applications": np.bincount(cell[(marks & int(Mark.OPEN)) != 0], minlength=cells)
    }
    for side, persons in sides.items():
        of_cell, of_marks = _once(cell * persons.size + persons.of_rows, persons, cells)
        for measure in PERSON_MEASURES:
            holds = (of_marks & int(MARK_OF[measure])) != 0
            numbers[f"{measure}_{side}"] = np.bincount(of_cell[holds], minlength=cells)
    sure = sides["most"]
    for what, (rows, days) in waits.items():
        numbers |= _waits(what, cell[rows] * sure.size + sure.of_rows[rows], days[rows], sure.size, cells)
    counted = [numbers[name] for name in COLUMNS if not name.endswith(("p25", "p50", "p75"))]
    kept = np.flatnonzero(np.any(counted, axis=0))
    return Table(
        list(_parts_of(dimensions, kept)),
        {name: _plain(numbers[name][kept]) for name in COLUMNS},
    )


def _once(key: Whole, persons: _Persons, cells: int) -> tuple[Whole, Whole]:
    """The cell and the marks of each person in each cell."""
    _check_size(cells * persons.size, MARK_BITS)
    packed = (key << MARK_BITS) | persons.marks
    packed.sort()
    if not len(packed):
        return packed, packed
    ordered = packed >> MARK_BITS
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    together = np.bitwise_or.reduceat(packed & ((1 << MARK_BITS) - 1), starts)
    return ordered[starts] // persons.size, together


def _waits(what: str, key: Whole, days: Whole, size: int, cells: int) -> dict[str, np.typing.NDArray[np.generic]]:
    """Number and quartiles of the longest wait of each person, by cell. As ``core.quantiles`` defines them."""
    _check_size(cells * size, DAY_BITS)
    packed = (key << DAY_BITS) | np.clip(days, 0, (1 << DAY_BITS) - 1)
    packed.sort()
    ordered = packed >> DAY_BITS
    last = np.flatnonzero(np.concatenate([ordered[1:] != ordered[:-1], [True]])) if len(packed) else ordered
    longest = ((ordered[last] // size) << DAY_BITS) | (packed[last] & ((1 << DAY_BITS) - 1))
    longest.sort()
    of_cell, values = longest >> DAY_BITS, longest & ((1 << DAY_BITS) - 1)
    n = np.bincount(of_cell, minlength=cells)
    starts = np.cumsum(n) - n
    found: dict[str, np.typing.NDArray[np.generic]] = {f"{what}_n": n}
    for percent in QUARTILES:
        quartile = np.full(cells, np.nan)
        some = n > 0
        lower, rest = np.divmod((n[some] - 1) * percent, 100)
        low = values[starts[some] + lower]
        high = values[starts[some] + np.minimum(lower + 1, n[some] - 1)]
        quartile[some] = low + (high - low) * (rest / 100)
        found[f"{what}_p{percent}"] = quartile
    return found


def _check_size(keys: int, bits: int) -> None:
    if keys.bit_length() + bits > MOST_BITS:
        raise OverflowError("there are too many persons and parts to be counted in one pass")


def _parts_of(dimensions: tuple[Coded | None, ...], cells: Whole) -> Iterator[tuple[str, str, str, str]]:
    columns: list[Sequence[str]] = []
    rest = cells
    for column in reversed(dimensions):
        if column is None:
            columns.append([ALL] * len(cells))
            continue
        rest, place = np.divmod(rest, max(1, len(column.names)))
        names = column.names
        columns.append([names[each] for each in place.tolist()])
    area, group, situation, type_code = columns
    return zip(type_code, situation, group, area, strict=True)


def _plain(column: np.typing.NDArray[np.generic]) -> list[int | float | None]:
    if column.dtype.kind != "f":
        return list(column.tolist())
    return [None if value != value else value for value in column.tolist()]


def _joined(tables: Sequence[Table]) -> Table:
    parts = [part for table in tables for part in table.parts]
    numbers = {name: [value for table in tables for value in table.numbers[name]] for name in COLUMNS}
    return Table(parts, numbers)


def _without_special(table: Table) -> Table:
    """Without those who live in no municipality of the region: they are counted among the areas."""
    kept = [row for row, part in enumerate(table.parts) if part[3] not in (OUTSIDE, UNKNOWN)]
    return Table(
        [table.parts[row] for row in kept],
        {name: [values[row] for row in kept] for name, values in table.numbers.items()},
    )
