"""What a whole register of users from a file changes in the one that is stored. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from portal.waitlists.calc.history import differences
from portal.waitlists.calc.lists import GivenRow, PlannedItem, StoredRow
from portal.waitlists.types import ItemKind


def plan_stays(given: Sequence[GivenRow], stored: Sequence[StoredRow]) -> list[PlannedItem]:
    """The difference between a file and the stored register, in the order of the file, those gone last.

    A row belongs to the stay of its person that began on the same day; a row without an end otherwise to the stay of
    its person that has not ended, whose first day it corrects. Gone is who uses the service by the portal and stands
    in no row; stays that have ended may be left out of a file.
    """
    by_day = {(one.values["code"], one.values["started_on"]): one for one in stored}
    matches = [by_day.get((row.values["code"], row.values["started_on"])) for row in given]
    met = {match.id for match in matches if match is not None}
    open_ones = {one.values["code"]: one for one in stored if one.values["ended_on"] is None and one.id not in met}
    items = []
    for row, exact in zip(given, matches, strict=True):
        match = exact
        if match is None and row.values.get("ended_on") is None:
            match = open_ones.pop(row.values["code"], None)
        if match is None:
            items.append(PlannedItem(ItemKind.NEW, row.number, None, row.values))
            continue
        changing = differences(match.values, row.values)
        kind = ItemKind.CHANGED if changing else ItemKind.SAME
        items.append(PlannedItem(kind, row.number, match, {name: row.values[name] for name in changing}))
    return [*items, *(PlannedItem(ItemKind.GONE, None, one, {}) for one in open_ones.values())]
