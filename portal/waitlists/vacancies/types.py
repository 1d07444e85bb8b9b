"""Words of the vacancies: states of a place, what is said of it, what people look for. Pure.

A row is one place, or several alike in one room or in rooms of one kind. It describes the place and nobody in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.core.messages import Message, _m


class State(StrEnum):
    """What is so of the place today."""

    OCCUPIED = "occupied"
    RESERVED = "reserved"
    FREE = "free"  # and taking
    CLOSED = "closed"  # free, not taking; the reason says why

    @property
    def label(self) -> Message:
        return STATE_LABELS[self]


STATE_LABELS: Mapping[State, Message] = {
    State.OCCUPIED: _m("occupied"),
    State.RESERVED: _m("reserved"),
    State.FREE: _m("free, taking"),
    State.CLOSED: _m("free, not taking"),
}


class ClosedReason(StrEnum):
    """Why a free place takes nobody."""

    REPAIR = "repair"
    STAFF = "staff"
    HYGIENE = "hygiene"
    INTERNAL = "internal"
    OTHER = "other"

    @property
    def label(self) -> Message:
        return REASON_LABELS[self]


REASON_LABELS: Mapping[ClosedReason, Message] = {
    ClosedReason.REPAIR: _m("repair or reconstruction"),
    ClosedReason.STAFF: _m("lack of staff"),
    ClosedReason.HYGIENE: _m("hygienic measures"),
    ClosedReason.INTERNAL: _m("move inside the facility"),
    ClosedReason.OTHER: _m("another operational reason"),
}


class Room(StrEnum):
    SINGLE = "single"
    DOUBLE = "double"
    MORE = "more"

    @property
    def label(self) -> Message:
        return ROOM_LABELS[self]


ROOM_LABELS: Mapping[Room, Message] = {
    Room.SINGLE: _m("single room"),
    Room.DOUBLE: _m("double room"),
    Room.MORE: _m("room for three or more"),
}


class Sex(StrEnum):
    """For whom the room is, where that matters."""

    WOMEN = "f"
    MEN = "m"

    @property
    def label(self) -> Message:
        return SEX_LABELS[self]


SEX_LABELS: Mapping[Sex, Message] = {Sex.WOMEN: _m("women"), Sex.MEN: _m("men")}


class EventKind(StrEnum):
    """One line of the history."""

    ADDED = "added"
    EDITED = "edited"
    MOVED = "moved"
    SPLIT = "split"  # some of several places alike came into another state
    JOINED = "joined"  # came to others that are the same in everything
    REMOVED = "removed"
    CONFIRMED = "confirmed"  # the whole list, without a change

    @property
    def label(self) -> Message:
        return EVENT_LABELS[self]


EVENT_LABELS: Mapping[EventKind, Message] = {
    EventKind.ADDED: _m("places added"),
    EventKind.EDITED: _m("description changed"),
    EventKind.MOVED: _m("state changed"),
    EventKind.SPLIT: _m("state of some of the places changed"),
    EventKind.JOINED: _m("put together with the same places"),
    EventKind.REMOVED: _m("places removed"),
    EventKind.CONFIRMED: _m("confirmed without a change"),
}


class Freshness(StrEnum):
    CURRENT = "current"
    STALE = "stale"  # shown with a mark
    HIDDEN = "hidden"  # the public sees nothing of it


@dataclass(frozen=True)
class Upkeep:
    """After how many days without a confirmation places are marked, and then hidden; both counted from that day."""

    stale_after_days: int = 14
    hidden_after_days: int = 28


@dataclass(frozen=True)
class PlaceFields:
    """What a provider says of a place, apart from its state."""

    label: str  # the provider's own, e.g. the number of the room; never leaves the provider's pages
    places: int = 1
    room: Room = Room.SINGLE
    municipality_code: str | None = None  # of one of the service's facilities; None: not published
    floor: int | None = None
    barrier_free: bool = False
    lift: bool = False
    target_group: str | None = None  # None: all groups of the service
    sex: Sex | None = None
    age_from: int | None = None
    age_to: int | None = None
    price_from_czk: int | None = None  # a month, accommodation and meals
    price_to_czk: int | None = None
    phone: str | None = None  # None: the contact of the service


@dataclass(frozen=True)
class Standing:
    """State of a place with what belongs to it."""

    state: State
    reason: ClosedReason | None = None  # of a closed place alone
    free_from: date | None = None  # of a free or closed place; None: now, or not known for a closed one


@dataclass(frozen=True)
class PlaceLine:
    """One stored row."""

    id: int
    fields: PlaceFields
    standing: Standing
    version: int


@dataclass(frozen=True)
class EventLine:
    at_utc: datetime
    actor_name: str
    kind: EventKind
    label: str  # of the place; empty for the whole list
    changes: Mapping[str, tuple[object, object]]  # field -> before, after


@dataclass(frozen=True)
class FreePlace:
    """A row as the public sees it: free, taking, confirmed lately. Where a facility is secret, it has no place."""

    id: int
    register_id: int
    service_name: str
    type_code: str
    provider_name: str
    places: int
    room: Room
    floor: int | None
    barrier_free: bool
    lift: bool
    target_group: str | None
    service_groups: tuple[str, ...]
    sex: Sex | None
    age_from: int | None
    age_to: int | None
    free_from: date | None
    price_from_czk: int | None
    price_to_czk: int | None
    phone: str | None
    email: str | None
    municipality_code: str | None
    municipality_name: str | None
    orp_code: str | None
    orp_name: str | None
    lon: float | None
    lat: float | None
    confirmed_on: date
    freshness: Freshness
    free_since_utc: datetime


class Sort(StrEnum):
    SOONEST = "soonest"
    NEAREST = "nearest"


@dataclass(frozen=True)
class Wish:
    """What somebody looks for; None asks for nothing."""

    type_code: str | None = None
    service: int | None = None  # number in the register
    orp: str | None = None
    near: str | None = None  # municipality; orders, does not exclude
    group: str | None = None
    sex: Sex | None = None
    age: int | None = None
    accessible: bool = False
    room: Room | None = None
    by: date | None = None  # free on that day at the latest
    sort: Sort = Sort.SOONEST


@dataclass(frozen=True)
class MunicipalityCount:
    """Free places that take, in one municipality and type; for the map."""

    municipality_code: str
    type_code: str
    places: int
