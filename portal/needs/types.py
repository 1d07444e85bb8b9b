"""Words of needs: reasons, who says what, rows of a quarter. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from portal.core.cells import Cell, CellState
from portal.returns.types import Period

MAX_PERSONS = 100_000
MAX_NOTE, MAX_WHY, MAX_GUIDE = 1_000, 500, 20_000
OPEN_QUARTERS = 8  # the quarter that lasts and so many before it can be written
NONE = ""  # in a key: the target group is not told, no type of service is wanted
OF_WHOLE = (CellState.ZERO, CellState.NOT_APPLICABLE)  # what can be said of a whole situation, without a reason
NO_TYPE = "no_type"  # in tables: that row of persons


class Reason(StrEnum):
    """Why it cannot be solved; the order is that of forms and files."""

    NO_SERVICE = "no_service"
    NO_CAPACITY = "no_capacity"
    TOO_FAR = "too_far"
    TOO_DEAR = "too_dear"
    REFUSES = "refuses"
    OTHER = "other"


class Source(StrEnum):
    """As whom somebody writes for a municipality."""

    MUNICIPALITY = "municipality"  # the municipality itself
    ORP = "orp"  # the municipality with extended powers that it belongs to
    REGION = "region"


class Step(StrEnum):
    """One step in the history of a figure."""

    WRITTEN = "written"
    CORRECTED = "corrected"
    CORRECTION_WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    IMPORTED = "imported"
    TAKEN_BACK = "taken_back"


class Progress(StrEnum):
    """How far a municipality is in a quarter."""

    NOTHING = "nothing"
    BEGUN = "begun"
    HANDED_OVER = "handed_over"


class Key(NamedTuple):
    """The place of one figure. Without a reason it stands for the whole situation: nobody, or it does not apply."""

    period: str
    municipality_code: str
    situation: str
    target_group: str = NONE
    reason: str = NONE
    type_code: str = NONE

    @property
    def is_mark(self) -> bool:
        return self.reason == NONE


@dataclass(frozen=True)
class Correction:
    """What somebody above the municipality put in place of its figure, and why; the original stays beside it."""

    persons: Cell
    why: str
    source: Source
    actor_name: str
    at_utc: datetime


@dataclass(frozen=True)
class Row:
    """One figure with its provenance. ``said`` is the original; ``persons`` what counts."""

    id: int
    key: Key
    said: Cell
    note: str
    source: Source
    actor_name: str
    at_utc: datetime
    version: int
    correction: Correction | None

    @property
    def persons(self) -> Cell:
        return self.said if self.correction is None else self.correction.persons


@dataclass(frozen=True)
class HandedOver:
    """That the figures of a quarter are complete, in the words of whoever handed them over.

    ``changed_since``: some of them changed afterwards.
    """

    at_utc: datetime
    actor_name: str
    source: Source
    changed_since: bool


@dataclass(frozen=True)
class Place:
    """A municipality as needs know it. ``is_seat``: it is the municipality with extended powers of its ORP."""

    code: str
    name: str
    orp_code: str
    orp_name: str
    is_seat: bool
    population: int | None = None


@dataclass(frozen=True)
class Guide:
    """The methodical text beside the form in one of its versions; 0 where nobody wrote any."""

    version: int = 0
    text: str = ""
    at_utc: datetime | None = None
    actor_name: str = ""


@dataclass(frozen=True)
class Standing:
    """One municipality in the overview of a quarter."""

    place: Place
    progress: Progress
    handed_over: HandedOver | None
    figures: int = 0
    corrected: int = 0


@dataclass(frozen=True)
class Completeness:
    """How many municipalities of an area have handed over, have only begun, have said nothing."""

    orp_code: str
    orp_name: str
    counts: Mapping[Progress, int]

    @property
    def municipalities(self) -> int:
        return sum(self.counts.values())


def open_periods(now: Period) -> list[Period]:
    """Quarters that can be written, the latest first."""
    return [now.shifted(-back) for back in range(OPEN_QUARTERS + 1)]
