"""How places are called and written: names of fields, values of the history, a price, an age."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from flask_babel import gettext

from portal.catalog.types import service_types
from portal.core.messages import Message, _m
from portal.waitlists.vacancies.types import REASON_LABELS, ROOM_LABELS, SEX_LABELS, STATE_LABELS, Freshness, State
from portal.web.formats import number
from portal.web.languages import current_language, say

FIELD_LABELS: Mapping[str, Message] = {
    "label": _m("Name of the room"),
    "places": _m("Places"),
    "state": _m("State"),
    "reason": _m("Why it takes nobody"),
    "free_from": _m("Free from"),
    "room": _m("Room"),
    "municipality_code": _m("Where"),
    "floor": _m("Floor"),
    "barrier_free": _m("Accessible by wheelchair"),
    "lift": _m("Lift"),
    "target_group": _m("Target group"),
    "sex": _m("For"),
    "age_from": _m("Age from"),
    "age_to": _m("Age to"),
    "price_from_czk": _m("Price from (CZK a month)"),
    "price_to_czk": _m("Price to (CZK a month)"),
    "phone": _m("Phone for this place"),
}
STATE_COLOURS: Mapping[State, str] = {
    State.OCCUPIED: "grey",
    State.RESERVED: "yellow",
    State.FREE: "green",
    State.CLOSED: "orange",
}
FRESHNESS_LABELS: Mapping[Freshness, Message] = {
    Freshness.CURRENT: _m("up to date"),
    Freshness.STALE: _m("to be confirmed"),
    Freshness.HIDDEN: _m("not shown to the public"),
}
FRESHNESS_COLOURS: Mapping[Freshness, str] = {
    Freshness.CURRENT: "green",
    Freshness.STALE: "orange",
    Freshness.HIDDEN: "red",
}
LETTER_STATES: Mapping[str, Message] = {
    "waiting": _m("waiting"),
    "sending": _m("being sent"),
    "sent": _m("sent"),
    "failed": _m("failed"),
    "dropped": _m("not sent, the places are taken"),
}
LETTER_COLOURS: Mapping[str, str] = {
    "waiting": "grey",
    "sending": "grey",
    "sent": "green",
    "failed": "red",
    "dropped": "grey",
}
GONE = _m("There is no such place any more.")
_WORDS: Mapping[str, Mapping[str, Message]] = {
    name: {str(key): label for key, label in labels.items()}
    for name, labels in (("state", STATE_LABELS), ("reason", REASON_LABELS), ("room", ROOM_LABELS), ("sex", SEX_LABELS))
}


class HasLimits(Protocol):
    @property
    def age_from(self) -> int | None: ...
    @property
    def age_to(self) -> int | None: ...
    @property
    def price_from_czk(self) -> int | None: ...
    @property
    def price_to_czk(self) -> int | None: ...


def value_text(name: str, value: object, codes: Mapping[str, str]) -> str:
    """A stored value of a field in words; ``codes`` names groups and municipalities."""
    if name in ("barrier_free", "lift") and value is not None:
        return gettext("yes") if value in (True, "1") else gettext("no")
    if value is None or value == "":
        return gettext("not filled in")
    words = _WORDS.get(name, {})
    if str(value) in words:
        return say(words[str(value)])
    return number(value) if isinstance(value, int) else codes.get(str(value), str(value))


def age_text(place: HasLimits) -> str:
    """“from 65 years”; empty where the place says nothing."""
    low, high = place.age_from, place.age_to
    if low is not None and high is not None:
        return gettext("%(low)s to %(high)s years", low=low, high=high)
    if low is not None:
        return gettext("from %(low)s years", low=low)
    return gettext("up to %(high)s years", high=high) if high is not None else ""


def price_text(place: HasLimits) -> str:
    """“12 000 to 14 000 CZK a month”; empty where the place says nothing."""
    low, high = place.price_from_czk, place.price_to_czk
    if low is not None and high is not None and low != high:
        return gettext("%(low)s to %(high)s CZK a month", low=number(low), high=number(high))
    if low is not None and high is None:
        return gettext("from %(low)s CZK a month", low=number(low))
    known = high if high is not None else low
    if known is None:
        return ""
    words = gettext("%(price)s CZK a month", price=number(known))
    return words if low is not None else gettext("up to %(price)s CZK a month", price=number(known))


def floor_text(floor: int | None) -> str:
    """“ground floor”, “2nd floor” as the Czech say it, counted from the ground; empty where it is not told."""
    if floor is None:
        return ""
    return gettext("ground floor") if floor == 0 else gettext("floor %(number)s", number=floor)


def type_name(type_code: str) -> str:
    """Name of a service type with its paragraph."""
    known = service_types().get(type_code)
    section = f"§\u00a0{type_code}"
    return section if known is None else f"{known.name(current_language())} ({section})"
