"""Words of the territory part of a return. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from portal.core.messages import Message, _m

OUTSIDE = "outside"  # in place of a municipality's code: outside the region
UNKNOWN = "unknown"  # not known, or without fixed abode


class ResidenceState(StrEnum):
    """What the territory part as a whole says; without one in the database it is NOT_SUPPLIED."""

    SUPPLIED = "supplied"  # there are rows
    NO_ONE = "no_one"  # nobody used the service: a true zero
    NOT_APPLICABLE = "not_applicable"  # an anonymous service does not ask where people live
    NOT_SUPPLIED = "not_supplied"


STATE_LABELS: Mapping[str, Message] = {
    ResidenceState.SUPPLIED: _m("supplied"),
    ResidenceState.NO_ONE: _m("no one"),
    ResidenceState.NOT_APPLICABLE: _m("not applicable"),
    ResidenceState.NOT_SUPPLIED: _m("not supplied"),
}


class ResidenceKey(NamedTuple):
    """What one row counts: users of a municipality (ČSÚ code, OUTSIDE or UNKNOWN), of a group, in a situation."""

    municipality: str
    target_group: str | None  # code of the register's list; None: not told
    situation: str


Residents = Mapping[ResidenceKey, int]  # persons, above zero


@dataclass(frozen=True)
class Residences:
    """The territory part of one return. ``version`` grows with every change of it and is 0 before the first."""

    state: ResidenceState = ResidenceState.NOT_SUPPLIED
    version: int = 0
    rows: Residents = field(default_factory=dict)

    @property
    def placed(self) -> int | None:
        """How many persons are told: 0 where there was no one, None where nothing is told."""
        if self.state is ResidenceState.SUPPLIED:
            return sum(self.rows.values())
        return 0 if self.state is ResidenceState.NO_ONE else None


@dataclass(frozen=True)
class ResidenceInput:
    """One row as typed, untouched."""

    municipality: str = ""
    target_group: str = ""
    situation: str = ""
    persons: str = ""

    @property
    def is_blank(self) -> bool:
        return not (self.municipality.strip() or self.target_group or self.situation or self.persons.strip())
