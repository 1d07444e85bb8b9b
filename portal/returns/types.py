"""Words of the quarterly return: the period, the states of a return, the fields of its form. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import NamedTuple

import holidays

from portal.core.cells import Cell
from portal.core.clock import PRAGUE
from portal.core.errors import Invalid
from portal.core.messages import Message, _m

ALL = "all"  # stands for the service as a whole where a form is expected
SERVICE_FORMS = ("outreach", "outpatient", "residential")
FORMS = (*SERVICE_FORMS, ALL)  # in the order in which people meet them
HOURS_PER_WORKING_DAY = 8

_PERIOD = re.compile(r"([1-9][0-9]{3})Q([1-4])", re.ASCII)


@dataclass(frozen=True, order=True)
class Period:
    """A calendar quarter, written 2026Q2; as text it sorts by time as well."""

    year: int
    quarter: int

    def __post_init__(self) -> None:
        if not (1000 <= self.year <= 9999 and 1 <= self.quarter <= 4):
            raise ValueError(f"no such quarter: {self.year}, {self.quarter}")

    @classmethod
    def parse(cls, text: str) -> Period:
        """The quarter written as 2026Q2. Raises Invalid for anything else."""
        match = _PERIOD.fullmatch(text)
        if match is None:
            raise Invalid(_m("“%(text)s” is not a quarter. Write it as 2026Q2.", text=text))
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Period:
        """The quarter that the day belongs to."""
        return cls(day.year, (day.month - 1) // 3 + 1)

    def __str__(self) -> str:
        return f"{self.year}Q{self.quarter}"

    @property
    def label(self) -> Message:
        return _m("Q%(quarter)s %(year)s", quarter=self.quarter, year=self.year)

    @property
    def first_day(self) -> date:
        return date(self.year, 3 * self.quarter - 2, 1)

    @property
    def last_day(self) -> date:
        if self.quarter == 4:
            return date(self.year, 12, 31)
        return date(self.year, 3 * self.quarter + 1, 1) - timedelta(days=1)

    @property
    def days(self) -> int:
        """Calendar days: 90 to 92."""
        return (self.last_day - self.first_day).days + 1

    @property
    def working_days(self) -> int:
        """Mondays to Fridays that are no Czech public holiday (Act 245/2000 Coll.)."""
        return _working_days(self.year, self.quarter)

    @property
    def working_time_fund_hours(self) -> int:
        """Hours that a full-time worker has in the quarter: 8 for each working day."""
        return HOURS_PER_WORKING_DAY * self.working_days

    def shifted(self, quarters: int) -> Period:
        """The quarter so many later (earlier when negative)."""
        year, quarter = divmod(self.year * 4 + self.quarter - 1 + quarters, 4)
        return Period(year, quarter + 1)

    @property
    def previous(self) -> Period:
        return self.shifted(-1)

    @property
    def next(self) -> Period:
        return self.shifted(1)


@lru_cache(maxsize=256)
def _working_days(year: int, quarter: int) -> int:
    period = Period(year, quarter)
    free = holidays.country_holidays("CZ", years=year)
    days = (period.first_day + timedelta(days=offset) for offset in range(period.days))
    return sum(day.weekday() < 5 and day not in free for day in days)


@dataclass(frozen=True)
class ReportingDates:
    """A quarter opened by the kraj, with its two half-open dates: the first late day and the first closed one.

    ``extended_until`` is the first instant after the time that the kraj granted to one provider or service in
    addition; it moves both dates, if it lies behind them, and lapses by itself.
    """

    period: Period
    on_time_until: date
    closes_on: date
    extended_until: datetime | None = None

    def extended(self, until: datetime | None) -> ReportingDates:
        """The dates as they are for somebody with more time until this instant (None: without)."""
        return replace(self, extended_until=until)

    def is_late(self, instant: datetime) -> bool:
        return instant >= self.late_from

    def is_closed(self, instant: datetime) -> bool:
        return instant >= self.closed_from

    @property
    def late_from(self) -> datetime:
        """The first instant that is late."""
        return self._moved(midnight(self.on_time_until))

    @property
    def closed_from(self) -> datetime:
        """The first instant that is closed."""
        return self._moved(midnight(self.closes_on))

    @property
    def has_more_time(self) -> bool:
        """Whether more time was granted than everybody has."""
        return self.late_from > midnight(self.on_time_until)

    @property
    def last_day_on_time(self) -> date:
        return last_day_before(self.late_from)

    @property
    def last_day_open(self) -> date:
        return last_day_before(self.closed_from)

    def _moved(self, instant: datetime) -> datetime:
        return instant if self.extended_until is None else max(instant, self.extended_until)


def midnight(day: date) -> datetime:
    """The first instant of a day in Prague."""
    return datetime.combine(day, time.min, PRAGUE)


def last_day_before(instant: datetime) -> date:
    """The last day in Prague that has any time before the instant."""
    return (instant.astimezone(PRAGUE) - timedelta(microseconds=1)).date()


class ReturnState(StrEnum):
    """State of a stored return; a return that nobody began has no row."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    LOCKED = "locked"


NOT_STARTED = "not_started"
EDITABLE_STATES = (ReturnState.DRAFT, ReturnState.RETURNED)
FINAL_STATES = (ReturnState.ACCEPTED, ReturnState.LOCKED)


class ReturnAction(StrEnum):
    SUBMIT = "submit"
    RETURN = "return"
    ACCEPT = "accept"
    LOCK = "lock"
    REOPEN = "reopen"


class FieldUnit(StrEnum):
    HOURS = "hours"
    FTE = "fte"
    BEDS = "beds"
    BED_DAYS = "bed_days"
    PERSONS = "persons"
    CONTACTS = "contacts"  # of about 10 minutes
    INTERVENTIONS = "interventions"  # of about 30 minutes
    CALLS = "calls"
    CZK = "czk"


class OverYear(StrEnum):
    """How the four quarters of a year make its figure."""

    SUM = "sum"
    MEAN = "mean"
    LAST = "last"  # as it stood in the last quarter


@dataclass(frozen=True)
class LocalText:
    """A text that a definition file gives in both languages."""

    cs: str
    en: str

    def of(self, language: str) -> str:
        return self.en if language == "en" else self.cs


class CellKey(NamedTuple):
    """Which cell of a return: form of the service (or ALL) and code of the field."""

    form: str
    field: str

    @property
    def name(self) -> str:
        """Its name in an HTML form: ``outreach-direct_hours``."""
        return f"{self.form}-{self.field}"


@dataclass(frozen=True)
class SectionDefinition:
    """A part of the form that belongs together: users, staff, costs."""

    code: str
    label: LocalText
    hint: LocalText


@dataclass(frozen=True)
class FieldDefinition:
    """One question of the form, as the definition file puts it."""

    code: str
    section: str
    unit: FieldUnit
    decimals: int  # places after the comma that are taken, 0 to 2
    forms: tuple[str, ...]  # asked once for each of these forms, or once for the service: (ALL,)
    service_types: frozenset[str] | None  # None: of every type
    with_forms: frozenset[str] | None  # asked only of services that have one of these forms; None: of all
    sum_of: tuple[str, ...]  # fields that it adds up in the same form; such a field is never typed
    over_year: OverYear
    carry_over: bool  # whether last quarter's figure is a fair start for this one's
    change_at_least: Decimal  # a smaller change against the last quarter is not worth a comment
    label: LocalText
    hint: LocalText
    suffix: LocalText  # what stands behind the box: "hours"
    source: str  # where the Act gives the ground for asking

    @property
    def is_computed(self) -> bool:
        return bool(self.sum_of)

    def applies_to(self, type_code: str, forms: Collection[str]) -> bool:
        """Whether a service of this type and these forms is asked."""
        return (self.service_types is None or type_code in self.service_types) and (
            self.with_forms is None or not self.with_forms.isdisjoint(forms)
        )


@dataclass(frozen=True)
class FormDefinition:
    """One version of the form, valid for the quarters from ``first_period`` to ``last_period`` (None: still)."""

    code: str
    first_period: Period
    last_period: Period | None
    sections: tuple[SectionDefinition, ...]
    fields: tuple[FieldDefinition, ...]
    asks_residences: bool = False  # the territory part: users by municipality, target group and situation

    def is_valid_for(self, period: Period) -> bool:
        return self.first_period <= period and (self.last_period is None or period <= self.last_period)

    def field(self, code: str) -> FieldDefinition:
        """The definition of a field. Raises KeyError for a code that the form does not have."""
        return self._by_code[code]

    def cells_for(self, type_code: str, forms: Collection[str]) -> tuple[CellKey, ...]:
        """The cells that a service of this type and these forms has, totals included, in the order of the page.

        Section by section; in each the forms of the service one after another and then what is asked for all of it.
        """
        return tuple(
            CellKey(form, definition.code)
            for section in self.sections
            for form in FORMS
            if form == ALL or form in forms
            for definition in self.fields
            if definition.section == section.code
            if form in definition.forms and definition.applies_to(type_code, forms)
        )

    def by_section(self, keys: Sequence[CellKey]) -> list[tuple[SectionDefinition, list[CellKey]]]:
        """The cells by the sections they belong to; a section without any is left out."""
        found: dict[str, list[CellKey]] = {}
        for key in keys:
            found.setdefault(self.field(key.field).section, []).append(key)
        return [(section, found[section.code]) for section in self.sections if section.code in found]

    @cached_property
    def _by_code(self) -> dict[str, FieldDefinition]:
        return {definition.code: definition for definition in self.fields}


@dataclass(frozen=True)
class CellInput:
    """What a person typed for one cell, untouched."""

    text: str = ""
    not_applicable: bool = False
    comment: str = ""


class Severity(StrEnum):
    ERROR = "error"  # blocks submitting
    WARNING = "warning"  # asks for a comment


@dataclass(frozen=True)
class Finding:
    """What a rule says about one cell."""

    key: CellKey
    severity: Severity
    rule: str
    message: Message


Cells = Mapping[CellKey, Cell]
