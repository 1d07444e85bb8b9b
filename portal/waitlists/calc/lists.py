"""What a whole list from a file changes in the list that is stored. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.waitlists.calc.history import differences
from portal.waitlists.types import ItemKind, State


@dataclass(frozen=True)
class StoredRow:
    id: int
    version: int
    values: Mapping[str, Any]  # by the names of the table, "code" among them


@dataclass(frozen=True)
class GivenRow:
    number: int
    values: Mapping[str, Any]  # what the file tells, "code" among it


@dataclass(frozen=True)
class PlannedItem:
    """What happens to one application or stay; ``after``: the values that change, of a new one all that are told."""

    kind: ItemKind
    number: int | None  # row of the file; None: gone
    stored: StoredRow | None
    after: Mapping[str, Any]


def plan(given: Sequence[GivenRow], stored: Sequence[StoredRow], today: date) -> list[PlannedItem]:
    """The difference between a file and the stored list, in the order of the file, those gone last.

    A row belongs to the application of its file reference, otherwise to the one with which its person waits. Without a
    state the row waits: an open application keeps its state, one that had ended waits again. Gone is what waits in the
    portal and in no row.
    """
    by_reference = {one.values["file_reference"]: one for one in stored}
    named = {row.values["file_reference"] for row in given}
    by_code = {
        one.values["code"]: one
        for one in stored
        if State(one.values["state"]).is_open and one.values["file_reference"] not in named
    }
    items, met = [], set()
    for row in given:
        match = by_reference.get(row.values["file_reference"]) or by_code.get(row.values["code"])
        if match is None:
            items.append(PlannedItem(ItemKind.NEW, row.number, None, _new(row.values)))
            continue
        met.add(match.id)
        wanted = _wanted(row.values, match.values, today)
        changing = differences(match.values, wanted)
        kind = ItemKind.CHANGED if changing else ItemKind.SAME
        items.append(PlannedItem(kind, row.number, match, {name: wanted[name] for name in changing}))
    gone = [one for one in stored if State(one.values["state"]).is_open and one.id not in met]
    return [*items, *(PlannedItem(ItemKind.GONE, None, one, {}) for one in gone)]


def _new(values: Mapping[str, Any]) -> dict[str, Any]:
    decided = values.get("decided_on")
    return {"state": str(State.WAITING), **values, "state_on": decided or values["received_on"]}


def _wanted(values: Mapping[str, Any], stored: Mapping[str, Any], today: date) -> dict[str, Any]:
    """What the application shall say, the day of its state included where the state changes."""
    wanted = dict(values)
    was = State(stored["state"])
    if "state" not in wanted and not was.is_open:
        wanted |= {"state": str(State.WAITING), "decided_on": None, "reason": None}
    state = State(wanted.get("state", was))
    if state is not was:
        wanted["state_on"] = wanted.get("decided_on") or today
    elif state.is_open or wanted.get("decided_on") is None:
        wanted.pop("decided_on", None)
    else:
        wanted["state_on"] = wanted["decided_on"]
    if (confirmed := wanted.get("confirmed_on")) is not None and confirmed < stored["confirmed_on"]:
        del wanted["confirmed_on"]  # what was confirmed here later stays
    if wanted["received_on"] > max(stored["confirmed_on"], wanted.get("confirmed_on") or stored["confirmed_on"]):
        wanted["confirmed_on"] = wanted["received_on"]
    return wanted
