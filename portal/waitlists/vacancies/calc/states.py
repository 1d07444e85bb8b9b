"""From which state of a place to which, what a row must hold, and when two rows are the same. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, timedelta

from portal.core.messages import Message, _m
from portal.waitlists.vacancies.types import PlaceFields, Standing, State

MAX_LABEL, MAX_PLACES, MAX_AGE, MAX_PRICE_CZK = 40, 500, 120, 200_000
LEAST_FLOOR, MOST_FLOOR = -2, 30
LONGEST_AHEAD = timedelta(days=366)
_PHONE = re.compile(r"\+?[0-9][0-9 ]{7,18}")

# A place that takes nobody cannot be promised before it takes again.
STEPS: Mapping[State, tuple[State, ...]] = {
    State.OCCUPIED: (State.RESERVED, State.FREE, State.CLOSED),
    State.RESERVED: (State.OCCUPIED, State.FREE, State.CLOSED),
    State.FREE: (State.RESERVED, State.OCCUPIED, State.CLOSED),
    State.CLOSED: (State.FREE, State.OCCUPIED),
}


def standing_faults(standing: Standing, on: date, *, before: State | None = None) -> dict[str, list[Message]]:
    """Faults by field of a state that a place is to come into; ``before`` is the one it is in, None for a new place.

    The same state again is allowed: its reason or its day changes.
    """
    faults: dict[str, list[Message]] = {}
    if before is not None and standing.state is not before and standing.state not in STEPS[before]:
        faults["state"] = [_m("A place that takes nobody cannot be reserved; let it take first.")]
    if standing.state is State.CLOSED and standing.reason is None:
        faults["reason"] = [_m("Say why the place takes nobody.")]
    if standing.free_from is not None and standing.free_from > on + LONGEST_AHEAD:
        faults["free_from"] = [_m("Write a day within the coming year.")]
    return faults


def tidied(standing: Standing) -> Standing:
    """Without what does not belong to the state: a reason of one that takes, a day of one that is not free."""
    return replace(
        standing,
        reason=standing.reason if standing.state is State.CLOSED else None,
        free_from=standing.free_from if standing.state in (State.FREE, State.CLOSED) else None,
    )


def field_faults(fields: PlaceFields) -> dict[str, list[Message]]:
    """Faults of a description by field; whether codes are known is not looked at here."""
    faults: dict[str, list[Message]] = {}
    if not 1 <= len(fields.label) <= MAX_LABEL:
        faults["label"] = [_m("Write a name of the room, %(most)s characters at most.", most=MAX_LABEL)]
    bounds = (
        ("places", fields.places, 1, MAX_PLACES),
        ("floor", fields.floor, LEAST_FLOOR, MOST_FLOOR),
        ("age_from", fields.age_from, 0, MAX_AGE),
        ("age_to", fields.age_to, 0, MAX_AGE),
        ("price_from_czk", fields.price_from_czk, 0, MAX_PRICE_CZK),
        ("price_to_czk", fields.price_to_czk, 0, MAX_PRICE_CZK),
    )
    for name, value, least, most in bounds:
        if value is not None and not least <= value <= most:
            faults[name] = [_m("Write a whole number from %(least)s to %(most)s.", least=least, most=most)]
    for low, high in (("age_from", "age_to"), ("price_from_czk", "price_to_czk")):
        least, most = getattr(fields, low), getattr(fields, high)
        if least is not None and most is not None and least > most and high not in faults:
            faults[high] = [_m("The upper limit is below the lower one.")]
    if fields.phone is not None and not _PHONE.fullmatch(fields.phone):
        faults["phone"] = [_m("Write one phone number, such as 583 123 456.")]
    return faults


def is_same(one: tuple[PlaceFields, Standing], other: tuple[PlaceFields, Standing]) -> bool:
    """Whether two rows differ in nothing but the number of their places."""
    return one[1] == other[1] and replace(one[0], places=1) == replace(other[0], places=1)


def plain(fields: PlaceFields, standing: Standing) -> dict[str, object]:
    """All that a row says, as JSON can hold it; for the history and for a conflict."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in {**asdict(fields), **asdict(standing)}.items()
    }


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, tuple[object, object]]:
    """What changed: field -> before, after."""
    return {
        name: (before.get(name), after.get(name)) for name in {**before, **after} if before.get(name) != after.get(name)
    }
