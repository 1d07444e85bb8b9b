"""Words of the waiting lists: states of an application, steps, reasons, urgency. Pure.

An application is one person at one service. The person is known by a random code alone; see docs/waiting-lists.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.core.messages import Message, _m

CODE_BYTES = 16
REF_BYTES = 16
OUTSIDE, UNKNOWN = "outside", "unknown"  # in place of a municipality's code, as in the returns


class State(StrEnum):
    """Where an application stands. The first two are open: the person still waits."""

    WAITING = "waiting"
    OFFERED = "offered"
    ADMITTED = "admitted"
    REFUSED = "refused"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    DECEASED = "deceased"

    @property
    def is_open(self) -> bool:
        return self in OPEN_STATES

    @property
    def label(self) -> Message:
        return STATE_LABELS[self]


OPEN_STATES = (State.WAITING, State.OFFERED)

STATE_LABELS: Mapping[State, Message] = {
    State.WAITING: _m("waiting"),
    State.OFFERED: _m("place offered"),
    State.ADMITTED: _m("admitted"),
    State.REFUSED: _m("refused by the service"),
    State.DECLINED: _m("declined by the applicant"),
    State.WITHDRAWN: _m("withdrawn by the applicant"),
    State.EXPIRED: _m("expired"),
    State.DECEASED: _m("deceased"),
}


class Step(StrEnum):
    """What can be done with an application; all but the first change its state."""

    CONFIRM = "confirm"  # the applicant still wants the service
    OFFER = "offer"
    DEFER = "defer"  # an offer that did not come to anything, without the applicant's refusal
    ADMIT = "admit"
    REFUSE = "refuse"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    DIE = "die"
    EXPIRE = "expire"
    REOPEN = "reopen"

    @property
    def label(self) -> Message:
        return STEP_LABELS[self]


STEP_LABELS: Mapping[Step, Message] = {
    Step.CONFIRM: _m("Confirm that the interest lasts"),
    Step.OFFER: _m("Offer a place"),
    Step.DEFER: _m("Take the offer back"),
    Step.ADMIT: _m("Admit"),
    Step.REFUSE: _m("Refuse"),
    Step.DECLINE: _m("Declined by the applicant"),
    Step.WITHDRAW: _m("Withdrawn by the applicant"),
    Step.DIE: _m("The applicant died"),
    Step.EXPIRE: _m("Expire"),
    Step.REOPEN: _m("Put back among those who wait"),
}


class EventKind(StrEnum):
    """One line of the history."""

    ADDED = "added"
    EDITED = "edited"
    MOVED = "moved"  # a step; from_state and to_state say which
    CONFIRMED = "confirmed"
    NOTED = "noted"
    IMPORTED = "imported"  # added or changed by a file
    TAKEN_BACK = "taken_back"  # an import was rolled back

    @property
    def label(self) -> Message:
        return EVENT_LABELS[self]


EVENT_LABELS: Mapping[EventKind, Message] = {
    EventKind.ADDED: _m("application added"),
    EventKind.EDITED: _m("application edited"),
    EventKind.MOVED: _m("state changed"),
    EventKind.CONFIRMED: _m("interest confirmed"),
    EventKind.NOTED: _m("note"),
    EventKind.IMPORTED: _m("written by an import"),
    EventKind.TAKEN_BACK: _m("import taken back"),
}


class RefusalReason(StrEnum):
    """Reasons for which a provider may refuse to conclude a contract: § 91 (3) of Act 108/2006 Coll."""

    OTHER_SERVICE = "other_service"
    CAPACITY = "capacity"
    HEALTH = "health"
    TERMINATED = "terminated"


REFUSAL_LABELS: Mapping[str, Message] = {
    RefusalReason.OTHER_SERVICE: _m("does not provide the service asked for – § 91 (3) a)"),
    RefusalReason.CAPACITY: _m("no free capacity – § 91 (3) b)"),
    RefusalReason.HEALTH: _m("state of health excludes it – § 91 (3) c)"),
    RefusalReason.TERMINATED: _m("contract ended in the last six months for breaking duties – § 91 (3) d)"),
}


class DeclineReason(StrEnum):
    """Why the applicant did not take the place that was offered."""

    NOT_YET = "not_yet"
    ELSEWHERE = "elsewhere"
    FAMILY = "family"
    PRICE = "price"
    UNSUITABLE = "unsuitable"
    OTHER = "other"


DECLINE_LABELS: Mapping[str, Message] = {
    DeclineReason.NOT_YET: _m("does not want to start yet"),
    DeclineReason.ELSEWHERE: _m("has found another service"),
    DeclineReason.FAMILY: _m("is cared for in the family"),
    DeclineReason.PRICE: _m("cannot or does not want to pay the price"),
    DeclineReason.UNSUITABLE: _m("the place does not suit (room, distance, barriers)"),
    DeclineReason.OTHER: _m("another reason"),
}

REASONS: Mapping[Step, Mapping[str, Message]] = {Step.REFUSE: REFUSAL_LABELS, Step.DECLINE: DECLINE_LABELS}


class Urgency(StrEnum):
    URGENT = "urgent"
    USUAL = "usual"
    AHEAD = "ahead"  # asked in advance, for the future

    @property
    def label(self) -> Message:
        return URGENCY_LABELS[self]


URGENCY_LABELS: Mapping[str, Message] = {
    Urgency.URGENT: _m("urgent"),
    Urgency.USUAL: _m("usual"),
    Urgency.AHEAD: _m("in advance, for the future"),
}


class Sex(StrEnum):
    FEMALE = "f"
    MALE = "m"


SEX_LABELS: Mapping[str, Message] = {Sex.FEMALE: _m("woman"), Sex.MALE: _m("man")}


class OrderRule(StrEnum):
    """How a service puts its applications in order."""

    DATE = "date"
    POINTS = "points"  # of the criteria that hold, then the date


ORDER_LABELS: Mapping[str, Message] = {
    OrderRule.DATE: _m("by the day the application came"),
    OrderRule.POINTS: _m("by points, then by the day the application came"),
}


class LeavingReason(StrEnum):
    """Why a user left a service."""

    GOAL_MET = "goal_met"
    OTHER_SERVICE = "other_service"
    HOME = "home"
    OWN_WISH = "own_wish"
    TERMINATED = "terminated"
    DECEASED = "deceased"
    OTHER = "other"


LEAVING_LABELS: Mapping[str, Message] = {
    LeavingReason.GOAL_MET: _m("help is not needed any more"),
    LeavingReason.OTHER_SERVICE: _m("went to another service"),
    LeavingReason.HOME: _m("went home, to the family"),
    LeavingReason.OWN_WISH: _m("own wish"),
    LeavingReason.TERMINATED: _m("contract ended by the service"),
    LeavingReason.DECEASED: _m("deceased"),
    LeavingReason.OTHER: _m("another reason"),
}


class ImportState(StrEnum):
    PREVIEWED = "previewed"
    BLOCKED = "blocked"  # the file has faults; nothing of it is written
    APPLIED = "applied"
    ROLLED_BACK = "rolled_back"
    DISCARDED = "discarded"


IMPORT_STATE_LABELS: Mapping[str, Message] = {
    ImportState.PREVIEWED: _m("ready to be applied"),
    ImportState.BLOCKED: _m("has faults"),
    ImportState.APPLIED: _m("applied"),
    ImportState.ROLLED_BACK: _m("taken back"),
    ImportState.DISCARDED: _m("put aside"),
}


class ImportSubject(StrEnum):
    """What a file lists: those who wait, or those who use the service and used it."""

    APPLICATIONS = "applications"
    STAYS = "stays"


class ItemKind(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"
    SAME = "same"


ITEM_LABELS: Mapping[str, Message] = {
    ItemKind.NEW: _m("new"),
    ItemKind.CHANGED: _m("changed"),
    ItemKind.GONE: _m("gone"),
    ItemKind.SAME: _m("unchanged"),
}


def group_of(person_ref: bytes) -> int:
    """The number of the group that a person linked to nobody makes: 63 bits of its random reference."""
    return int.from_bytes(person_ref[:8], "big") >> 1


@dataclass(frozen=True)
class Attributes:
    """What an application says of a person, besides the code. ``None``: not told (``can_start_from``: at once)."""

    file_reference: str
    received_on: date
    adverse_situation: str
    target_group: str | None
    municipality_code: str  # ČSÚ code, OUTSIDE the region or UNKNOWN
    urgency: Urgency
    birth_year: int | None = None
    sex: Sex | None = None
    can_start_from: date | None = None


@dataclass(frozen=True)
class Rules:
    """What the kraj sets for all waiting lists."""

    confirm_after_days: int = 365  # from the last confirmation until a new one is asked for
    grace_days: int = 30  # after that, until the application expires
    providers_see_elsewhere: bool = True
    version: int = 0


@dataclass(frozen=True)
class ListedService:
    """A service as the pages of its waiting list name it."""

    id: int
    register_id: int
    name: str
    type_code: str
    provider_id: int
    provider_ico: str
    provider_name: str


@dataclass(frozen=True)
class ListFilter:
    """What is asked of a waiting list; None: everything. ``state`` OPEN_ONLY stands for both open states."""

    state: str = "open"
    situation: str | None = None
    group: str | None = None
    urgency: str | None = None
    municipality: str | None = None
    to_confirm: bool = False
    page: int = 1


OPEN_ONLY, ANY_STATE = "open", "any"


@dataclass(frozen=True)
class ApplicationRow:
    """One application as lists, pages and exports show it. ``place`` is None where it does not wait.

    ``elsewhere`` is the number of other services where the person waits, None: not known yet or not for this reader.
    """

    id: int
    file_reference: str
    code: bytes
    received_on: date
    state: State
    state_on: date
    points: int
    place: int | None
    adverse_situation: str
    target_group: str | None
    municipality_code: str
    urgency: Urgency
    birth_year: int | None
    sex: Sex | None
    can_start_from: date | None
    confirmed_on: date
    reason: str | None
    asked_since: date | None  # the person was admitted elsewhere: is the application still meant?
    elsewhere: int | None
    version: int


@dataclass(frozen=True)
class EventLine:
    """One line of an application's history; ``changes`` maps a field to [before, after] as stored."""

    at_utc: datetime
    on: date
    actor_name: str
    kind: EventKind
    from_state: State | None
    to_state: State | None
    reason: str | None
    note: str | None
    changes: Mapping[str, Sequence[object]]
