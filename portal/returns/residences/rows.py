"""Reading of typed rows, changes of rows, two people at one table. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from portal.core.cells import Cell
from portal.core.messages import Message, _m
from portal.returns.calc import parse_number
from portal.returns.residences.places import Places
from portal.returns.residences.types import ResidenceInput, ResidenceKey, Residents

MAX_PERSONS = 1_000_000
MAX_ROWS = 500  # of one return

Faults = Mapping[int, Mapping[str, Message]]  # number of the row -> field -> sentence


@dataclass(frozen=True)
class RowChange:
    """One row before and after; None: it was not there."""

    key: ResidenceKey
    before: int | None
    after: int | None


def read_rows(
    typed: Sequence[ResidenceInput], places: Places, groups: Collection[str], situations: Collection[str]
) -> tuple[dict[ResidenceKey, int], dict[int, dict[str, Message]]]:
    """The rows that were meant, blank ones left out, and what is wrong in others."""
    rows: dict[ResidenceKey, int] = {}
    faults: dict[int, dict[str, Message]] = {}
    for number, one in enumerate(typed):
        if one.is_blank:
            continue
        key, persons, wrong = _read_row(one, places, groups, situations)
        if key in rows:
            wrong["municipality"] = _m("A row above says the same. Put the numbers together into one row.")
        if wrong:
            faults[number] = wrong
        elif key is not None and persons is not None:
            rows[key] = persons
    return rows, faults


def _read_row(
    one: ResidenceInput, places: Places, groups: Collection[str], situations: Collection[str]
) -> tuple[ResidenceKey | None, int | None, dict[str, Message]]:
    wrong: dict[str, Message] = {}
    code: str | Message = _m("Write the municipality.")
    if one.municipality.strip():
        code = places.find(one.municipality)
    if isinstance(code, Message):
        wrong["municipality"] = code
    if one.target_group and one.target_group not in groups:
        wrong["target_group"] = _m("Choose the target group from the list.")
    if one.situation not in situations:
        wrong["situation"] = _m("Choose the adverse situation.")
    persons = _persons(one.persons)
    if isinstance(persons, Message):
        wrong["persons"] = persons
    if wrong or isinstance(code, Message) or isinstance(persons, Message):
        return None, None, wrong
    return ResidenceKey(code, one.target_group or None, one.situation), persons, wrong


def _persons(text: str) -> int | Message:
    cell = parse_number(text, 0)
    if not isinstance(cell, Cell):
        return cell
    if not cell.number:
        return _m("Write how many persons, at least 1, or leave the whole row empty.")
    if cell.number > MAX_PERSONS:
        return _m("The number is too large.")
    return int(cell.number)


def changes_between(before: Residents, after: Residents) -> list[RowChange]:
    """What must be done to get from one table to the other, in the order of the later one."""
    keys = [*after, *(key for key in before if key not in after)]
    return [RowChange(key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)]


def rows_before(rows: Residents, changes: Iterable[RowChange]) -> dict[ResidenceKey, int]:
    """The rows as they stood before these changes, the latest change first."""
    earlier = dict(rows)
    for change in changes:
        if change.before is None:
            earlier.pop(change.key, None)
        else:
            earlier[change.key] = change.before
    return earlier


def merge_rows(mine: Residents, base: Residents, stored: Residents) -> tuple[dict[ResidenceKey, int], list[RowChange]]:
    """Bring a table drawn from ``base`` together with what is ``stored`` now.

    Returns the rows to show (what this person changed stays, the rest is as stored) and where the two differ in what
    the other person changed (``before``: mine, ``after``: stored).
    """
    merged: dict[ResidenceKey, int] = {}
    differing: list[RowChange] = []
    for key in [*mine, *(key for key in stored if key not in mine)]:
        touched = mine.get(key) != base.get(key)
        value = mine.get(key) if touched else stored.get(key)
        if value is not None:
            merged[key] = value
        if stored.get(key) != base.get(key) and mine.get(key) != stored.get(key):
            differing.append(RowChange(key, mine.get(key), stored.get(key)))
    return merged, differing
