"""Words of linking persons: states of a pair, what a person decides. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.core.messages import Message, _m
from portal.waitlists.types import Sex, State

PAGE = 25


class PairState(StrEnum):
    """How two persons stand to each other. The first two wait for a person's decision."""

    PROPOSED = "proposed"  # between the thresholds
    CONFLICT = "conflict"  # above the upper one, but it would join what must stay apart
    AUTO = "auto"  # one person by itself: above the upper one, or through other links
    LINKED = "linked"  # by a person
    SPLIT = "split"  # by a person
    GONE = "gone"  # linking finds it no longer and nobody's decision holds; kept for its history

    @property
    def is_open(self) -> bool:
        return self in OPEN_STATES

    @property
    def label(self) -> Message:
        return STATE_LABELS[self]


OPEN_STATES = (PairState.PROPOSED, PairState.CONFLICT)

STATE_LABELS: Mapping[PairState, Message] = {
    PairState.PROPOSED: _m("to be decided"),
    PairState.CONFLICT: _m("to be decided, against other links"),
    PairState.AUTO: _m("linked automatically"),
    PairState.LINKED: _m("linked by a person"),
    PairState.SPLIT: _m("two persons"),
    PairState.GONE: _m("not proposed any more"),
}


class Verdict(StrEnum):
    """What a person says of a pair."""

    SAME = "same"
    DIFFERENT = "different"
    LATER = "later"  # decides nothing: the pair goes to the end of the work list


class EventKind(StrEnum):
    """One line of a pair's history: a verdict, or that it was taken back."""

    SAME = "same"
    DIFFERENT = "different"
    LATER = "later"
    UNDONE = "undone"

    @property
    def label(self) -> Message:
        return EVENT_LABELS[self]


EVENT_LABELS: Mapping[EventKind, Message] = {
    EventKind.SAME: _m("one person"),
    EventKind.DIFFERENT: _m("two persons"),
    EventKind.LATER: _m("put off"),
    EventKind.UNDONE: _m("decision taken back"),
}


class View(StrEnum):
    """Which pairs the work list shows."""

    OPEN = "open"
    LINKED = "linked"
    SPLIT = "split"
    AUTO = "auto"
    ALL = "all"


VIEW_STATES: Mapping[View, Sequence[PairState]] = {
    View.OPEN: OPEN_STATES,
    View.LINKED: (PairState.LINKED,),
    View.SPLIT: (PairState.SPLIT,),
    View.AUTO: (PairState.AUTO,),
    View.ALL: tuple(PairState),
}


@dataclass(frozen=True)
class Weighed:
    """A pair of persons a < b as grouping needs it. ``is_strong``: at least the upper threshold. ``is_found``: linking
    still finds it. ``verdict``: SAME, DIFFERENT or None.
    """

    a: bytes
    b: bytes
    probability: float
    weight: float
    is_strong: bool
    is_found: bool = True
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Groups:
    """``sure`` and ``probable``: who stands for each person of a pair. ``states``: of the pairs, in their order."""

    sure: Mapping[bytes, bytes]
    probable: Mapping[bytes, bytes]
    states: Sequence[PairState]


@dataclass(frozen=True)
class PairRow:
    """A pair as it is stored. ``agreeing``: bit k is set where the digests of kind k are equal."""

    id: int
    a_ref: bytes
    b_ref: bytes
    agreeing: int
    weight: float
    probability: float
    state: PairState
    is_put_off: bool
    has_verdict: bool
    decided_by_name: str | None
    decided_at_utc: datetime | None
    version: int


@dataclass(frozen=True)
class Asked:
    """One application of a person, without where."""

    type_code: str
    received_on: date
    state: State
    state_on: date


@dataclass(frozen=True)
class Stayed:
    """One stay of a person in a service, without where."""

    type_code: str
    started_on: date
    ended_on: date | None


@dataclass(frozen=True)
class PersonFacts:
    """What the portal knows of a person, over all providers; several values where providers told different ones."""

    is_certain: bool
    birth_years: Sequence[int]
    sexes: Sequence[Sex]
    municipality_codes: Sequence[str]
    applications: Sequence[Asked]
    stays: Sequence[Stayed]

    @property
    def type_codes(self) -> Sequence[str]:
        return sorted({*(one.type_code for one in self.applications), *(one.type_code for one in self.stays)})


@dataclass(frozen=True)
class PairEvent:
    at_utc: datetime
    actor_name: str
    kind: EventKind
    comment: str | None


@dataclass(frozen=True)
class Run:
    """What linking found when it last ran, and by which rules; see ``models.LinkingRun``."""

    at_utc: datetime
    rules_version: str
    lower: float
    upper: float
    persons: int
    records: int
    compared: int
    left_out: int
    seconds: float
