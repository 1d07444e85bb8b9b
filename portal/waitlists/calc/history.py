"""An application as it stood on an earlier day, and the differences of two of its states. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

Fields = Mapping[str, Any]

DAYS = frozenset({"received_on", "state_on", "can_start_from", "confirmed_on", "decided_on", "started_on", "ended_on"})


@dataclass(frozen=True)
class PastEvent:
    """What undoing needs of an event: its day, whether the application began with it, and what it changed."""

    on: date
    is_beginning: bool
    changes: Mapping[str, Any]  # field -> (before, after), as stored


def differences(before: Fields, after: Fields) -> dict[str, list[Any]]:
    """The fields of ``after`` that differ, as the history stores them: [before, after], days as text."""
    return {
        field: [stored(before.get(field)), stored(value)]
        for field, value in after.items()
        if stored(before.get(field)) != stored(value)
    }


def stored(value: Any) -> Any:
    """A value as JSON holds it."""
    if isinstance(value, date):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value


def read(field: str, value: Any) -> Any:
    """The value that ``stored`` wrote for this field."""
    if value is None:
        return None
    if field in DAYS:
        return date.fromisoformat(value)
    return bytes.fromhex(value) if field == "code" else value


def as_of(row: Fields, events: Iterable[PastEvent], day: date) -> dict[str, Any] | None:
    """The row as it stood at the end of ``day``: what happened later is undone, the latest first.

    ``events`` are those of the application in the order they were written. None: it was not there yet.
    """
    earlier = dict(row)
    for event in reversed(list(events)):
        if event.on <= day:
            continue
        if event.is_beginning:
            return None
        for field, (before, _after) in event.changes.items():
            if field in earlier:
                earlier[field] = read(field, before)
    return earlier
