"""Persons of a frozen quarter by two dimensions, and how many of each cell a provider has itself: for releases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from portal.returns.types import Period
from portal.territory.service import orp_of_municipality
from portal.waitlists.need.calc.marks import marks_of_applications, marks_of_persons
from portal.waitlists.need.queries import columns, stored
from portal.waitlists.need.types import Coded, Flags, Lists, Mark, Whole

CELL_COLUMNS = ("row", "area", "persons")
OWN_COLUMNS = ("holder", "row", "area", "persons")


@dataclass(frozen=True)
class PersonTable:
    """``cells``: CELL_COLUMNS, each person once in a cell; ``own``: OWN_COLUMNS, each person once for each holder.

    Cells without persons have no line. Areas are ORP, "outside" and "unknown".
    """

    cells: pd.DataFrame
    own: pd.DataFrame


@dataclass(frozen=True)
class PersonTables:
    """Exact counts of a quarter, persons joined by confirmed links alone."""

    waiting_by_type: PersonTable
    unmet_by_type: PersonTable
    waiting_by_situation: PersonTable


def person_tables(period: Period, holder_of: Mapping[int, str]) -> PersonTables | None:
    """Who waits and who is unmet at the end of a quarter, from its frozen lists. None where they were not frozen.

    ``holder_of``: who counts as one provider, by service. These are exact counts of persons: whoever shows them to
    others than the kraj takes them through ``portal.disclosure`` first. Six statements.
    """
    if str(period) not in stored.frozen_quarters():
        return None
    people, types = columns.read_people(), columns.read_types()
    lists = columns.read_lists(people, types, orp_of_municipality(), frozen=str(period), first_day=period.first_day)
    users = columns.read_users(people, types, period.last_day)
    first, last = (columns.number_of(day) for day in (period.first_day, period.last_day))
    known, numbers = np.unique(np.concatenate([lists.sure, users.sure]), return_inverse=True)
    persons = numbers[: len(lists)].astype(np.int64)
    marks = marks_of_persons(
        lists,
        users,
        marks_of_applications(lists, first, last),
        persons,
        numbers[len(lists) :].astype(np.int64),
        max(1, len(known)),
    )
    waits, is_unmet = (marks & int(Mark.OPEN)) != 0, (marks & int(Mark.UNMET)) != 0
    holders = _holders(lists, holder_of)
    return PersonTables(
        _table(lists, lists.type_code, persons, holders, waits),
        _table(lists, lists.type_code, persons, holders, is_unmet),
        _table(lists, lists.situation, persons, holders, waits),
    )


def _holders(lists: Lists, holder_of: Mapping[int, str]) -> Coded:
    services, place = np.unique(lists.service_id, return_inverse=True)
    names = sorted(set(holder_of.values()))
    number = {name: code for code, name in enumerate(names)}
    codes = np.array([number[holder_of[service]] for service in services.tolist()], dtype=np.int64)
    return Coded(codes[place] if len(codes) else np.zeros(0, dtype=np.int64), names)


def _table(lists: Lists, rows: Coded, persons: Whole, holders: Coded, wanted: Flags) -> PersonTable:
    place = [rows.codes[wanted], lists.area.codes[wanted], persons[wanted]]
    cells = _counted(np.unique(np.array(place), axis=1)[:2])
    own = _counted(np.unique(np.array([holders.codes[wanted], *place]), axis=1)[:3])
    names = [rows.names, lists.area.names]
    return PersonTable(
        pd.DataFrame(_named(cells, names), columns=list(CELL_COLUMNS)),
        pd.DataFrame(_named(own, [holders.names, *names]), columns=list(OWN_COLUMNS)),
    )


def _counted(keys: Whole) -> tuple[Whole, Whole]:
    lines, counts = np.unique(keys, axis=1, return_counts=True)
    return lines, counts


def _named(counted: tuple[Whole, Whole], names: Sequence[Sequence[str]]) -> list[tuple[str | int, ...]]:
    lines, counts = counted
    return [
        (*(table[code] for table, code in zip(names, line, strict=True)), count)
        for line, count in zip(lines.T.tolist(), counts.tolist(), strict=True)
    ]
