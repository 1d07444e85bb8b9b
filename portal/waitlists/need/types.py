"""Words of need: what is counted, of which part, and the columns that counting reads. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntFlag, StrEnum

import numpy as np
import numpy.typing as npt

from portal.core.messages import Message, _m
from portal.disclosure import DisclosedFrame
from portal.returns.types import Period

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

ALL = "all"  # in place of a type, situation, group or area: not divided by it
NOT_TOLD = "not_told"  # the application does not say its target group
SHARES_OF_YEAR = 365  # "confirmed within a year": so many days


class Measure(StrEnum):
    """What is counted of a part. The first five are the ladder; see docs/need.md."""

    APPLICATIONS = "applications"
    PERSONS = "persons"
    CONFIRMED = "confirmed"
    ABLE = "able"
    URGENT = "urgent"
    UNMET = "unmet"
    ARRIVED = "arrived"
    SATISFIED = "satisfied"
    LEFT = "left_without_help"
    DIED = "died"

    @property
    def label(self) -> Message:
        return MEASURE_LABELS[self]

    @property
    def meaning(self) -> Message:
        return MEASURE_MEANINGS[self]


LADDER = (Measure.APPLICATIONS, Measure.PERSONS, Measure.CONFIRMED, Measure.ABLE, Measure.URGENT)
PERSON_MEASURES = tuple(measure for measure in Measure if measure is not Measure.APPLICATIONS)
MOVEMENTS = (Measure.UNMET, Measure.ARRIVED, Measure.SATISFIED, Measure.LEFT, Measure.DIED)

MEASURE_LABELS: Mapping[Measure, Message] = {
    Measure.APPLICATIONS: _m("Applications"),
    Measure.PERSONS: _m("Persons who wait"),
    Measure.CONFIRMED: _m("Confirmed within a year"),
    Measure.ABLE: _m("Able to start now"),
    Measure.URGENT: _m("Urgent"),
    Measure.UNMET: _m("Unmet applicants"),
    Measure.ARRIVED: _m("New in the quarter"),
    Measure.SATISFIED: _m("Admitted in the quarter"),
    Measure.LEFT: _m("Left without help in the quarter"),
    Measure.DIED: _m("Died while waiting in the quarter"),
}
MEASURE_MEANINGS: Mapping[Measure, Message] = {
    Measure.APPLICATIONS: _m("applications that wait or have an offer on the last day"),
    Measure.PERSONS: _m("persons with such an application, each once"),
    Measure.CONFIRMED: _m("of them those whose application was made or confirmed in the last 365 days"),
    Measure.ABLE: _m("of them those who could start on that day and do not ask only for the future"),
    Measure.URGENT: _m("of them those whose application is urgent"),
    Measure.UNMET: _m("persons who wait for a type of service and neither use one of that type nor were admitted"),
    Measure.ARRIVED: _m("persons with an application received in the quarter"),
    Measure.SATISFIED: _m("persons admitted in the quarter"),
    Measure.LEFT: _m(
        "persons whose application was refused, declined, withdrawn or expired in the quarter, and who after it neither"
        " wait for the type nor have a service of it"
    ),
    Measure.DIED: _m("persons whose application ended by death in the quarter"),
}


class Mark(IntFlag):
    """What holds for an application, or for a person with one, in a part; one bit for each measure of persons."""

    OPEN = 1
    CONFIRMED = 2
    ABLE = 4
    URGENT = 8
    UNMET = 16
    ARRIVED = 32
    SATISFIED = 64
    LEFT = 128
    DIED = 256


MARK_BITS = 9
MARK_OF: Mapping[Measure, Mark] = {
    Measure.PERSONS: Mark.OPEN,
    Measure.CONFIRMED: Mark.CONFIRMED,
    Measure.ABLE: Mark.ABLE,
    Measure.URGENT: Mark.URGENT,
    Measure.UNMET: Mark.UNMET,
    Measure.ARRIVED: Mark.ARRIVED,
    Measure.SATISFIED: Mark.SATISFIED,
    Measure.LEFT: Mark.LEFT,
    Measure.DIED: Mark.DIED,
}


@dataclass(frozen=True)
class Coded:
    """A column of codes: ``names[codes[i]]`` is the value of row i."""

    codes: Whole
    names: Sequence[str]


@dataclass(frozen=True)
class Lists:
    """Applications that waited on the last day of a quarter, came in it or ended in it. Columns of one length.

    Days are numbers of days since 1970-01-01. ``sure`` and ``probable`` are the groups that count as one person by
    confirmed links alone and by all probable links.
    """

    type_code: Coded
    situation: Coded
    group: Coded
    area: Coded  # ORP of the municipality of residence, "outside" or "unknown"
    municipality: Coded
    service_id: Whole
    sure: Whole
    probable: Whole
    state: Coded  # values of State
    received: Whole
    decided: Whole  # anything where the application is open
    confirmed: Whole
    can_start: Whole  # 0: at once
    urgency: Coded  # values of Urgency

    def __len__(self) -> int:
        return len(self.sure)


@dataclass(frozen=True)
class Users:
    """Persons who use a service on the last day of a quarter, by the register of users."""

    type_code: Coded
    sure: Whole
    probable: Whole


@dataclass(frozen=True)
class Part:
    """Of what is counted: a type, situation, group and area, each ALL where not divided.

    The area is an ORP, "outside" or "unknown"; a municipality only where situation and group are ALL.
    """

    type_code: str = ALL
    situation: str = ALL
    group: str = ALL
    area: str = ALL


class Dimension(StrEnum):
    """By what the parts of a table differ."""

    TYPE = "type"
    SITUATION = "situation"
    GROUP = "group"
    AREA = "area"

    @property
    def column(self) -> str:
        """The column of the stored counts."""
        return {"type": "type_code", "group": "target_group"}.get(self.value, self.value)


@dataclass(frozen=True)
class Wait:
    """Days of waiting of ``n`` persons; the quartiles are None where there is nobody."""

    n: int = 0
    p25: float | None = None
    median: float | None = None
    p75: float | None = None


@dataclass(frozen=True)
class Count:
    """The figures of one part in one quarter.

    ``most``: persons by confirmed links alone, the upper number; ``least``: by all probable links. ``waiting``: those
    who wait on the last day, since their oldest application; ``waited``: those admitted in the quarter.
    """

    applications: int
    most: Mapping[Measure, int]
    least: Mapping[Measure, int]
    waiting: Wait = Wait()
    waited: Wait = Wait()


@dataclass(frozen=True)
class Counted:
    """When and from what a quarter was counted."""

    period: Period
    counted_on: date  # the day that the figures describe
    counted_at_utc: datetime
    is_closed: bool  # counted from the frozen lists
    applications: int


# What a release tells of a measure by type of service and ORP in a quarter: PUBLISHED_COLUMNS, a row for each cell and
# total; None where it tells nothing of the measure. Releases lie above need and hand it in.
PublishedCounts = Callable[[Measure, Period], DisclosedFrame | None]
PUBLISHED_COLUMNS = ("row", "orp", "is_total", "value", "below", "state")


class Station(StrEnum):
    """Where persons stand on their way through a type of service within a year; see docs/need.md."""

    USED = "used"
    WAITED = "waited"
    ASKED = "asked"
    DIRECT = "direct"
    USER = "user"
    WAITS = "waits"
    UNHELPED = "unhelped"
    DIED_WAITING = "died_waiting"
    STAYS = "stays"
    LEFT = "left"
    DIED = "died"
    NOWHERE = "nowhere"

    @property
    def label(self) -> Message:
        return STATION_LABELS[self]


STATION_LABELS: Mapping[Station, Message] = {
    Station.USED: _m("used it before the year"),
    Station.WAITED: _m("waited since before"),
    Station.ASKED: _m("asked in the year"),
    Station.DIRECT: _m("came without an application here"),
    Station.USER: _m("users in the year"),
    Station.WAITS: _m("still wait"),
    Station.UNHELPED: _m("ended without help"),
    Station.DIED_WAITING: _m("died while waiting"),
    Station.STAYS: _m("use it on"),
    Station.LEFT: _m("left"),
    Station.DIED: _m("died as users"),
    Station.NOWHERE: _m("no next service known"),
}
NEXT = "next:"  # before the type of the next service
NEXT_WITHIN_DAYS = 90
STILL = 1 << 20  # day number of what has not ended


@dataclass(frozen=True)
class Asked:
    """Applications by columns: numbers of types and persons, days since 1970-01-01; ``ended`` is STILL while open."""

    type_number: Whole
    person: Whole
    received: Whole
    ended: Whole
    is_admitted: Flags
    is_deceased: Flags


@dataclass(frozen=True)
class Stays:
    """Stays of users by columns, as ``Asked``; the last day belongs to the stay."""

    type_number: Whole
    person: Whole
    started: Whole
    ended: Whole
    is_deceased: Flags


Flow = Mapping[tuple[int, str, str], int]  # number of the type, source, target -> persons
