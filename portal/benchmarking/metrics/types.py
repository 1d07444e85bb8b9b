"""Words of the metrics: fields, units, spans of time, versions of a metric, faults of a formula. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache

from portal.core.errors import Invalid
from portal.core.messages import Message, _m
from portal.returns.types import ALL, FORMS, LocalText, Period

_YEAR = re.compile(r"[1-9][0-9]{3}", re.ASCII)
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)

RESERVED = frozenset({"sum", "if", "and", "or", "not", "days", "fund"})


@dataclass(frozen=True, order=True)
class Year:
    """A calendar year, written 2026: four quarters together."""

    year: int

    def __str__(self) -> str:
        return str(self.year)

    @property
    def label(self) -> Message:
        return _m("year %(year)s", year=self.year)

    @property
    def quarters(self) -> tuple[Period, ...]:
        return tuple(Period(self.year, quarter) for quarter in (1, 2, 3, 4))


Span = Period | Year


def parse_span(text: str) -> Span:
    """The quarter or year written as 2026Q2 or 2026. Raises Invalid for anything else."""
    if _YEAR.fullmatch(text):
        return Year(int(text))
    try:
        return Period.parse(text)
    except Invalid as error:
        raise Invalid(_m("“%(text)s” is no quarter and no year. Write 2026Q2 or 2026.", text=text)) from error


def quarters_of(span: Span) -> tuple[Period, ...]:
    """The quarters that a span is made of, in order of time."""
    return span.quarters if isinstance(span, Year) else (span,)


class Over(StrEnum):
    """How a field of four quarters becomes one of the year."""

    SUM = "sum"  # flows: hours, bed-days, contacts, CZK, persons who came or left
    MEAN = "mean"  # stocks: FTE, beds, users; the sum over the quarters, divided by the quarters due
    LAST = "last"  # what the last quarter due says


@dataclass(frozen=True)
class Field:
    """A field of the return as formulas see it."""

    code: str
    unit: str  # code of one of the base units, or "bed_days"
    forms: tuple[str, ...]  # asked for each of these forms, or once for the service: (ALL,)
    over_year: Over
    label: LocalText
    service_types: frozenset[str] | None = None  # None: asked of every type

    @property
    def is_of_whole_service(self) -> bool:
        return self.forms == (ALL,)


class Direction(StrEnum):
    """Which way is good."""

    HIGHER = "higher"
    LOWER = "lower"
    NORM = "norm"  # at the norm or above it, but not far
    NONE = "none"  # neither is


@dataclass(frozen=True)
class MetricVersion:
    """One version of a metric, valid for the quarters from ``first_period`` to ``last_period`` (None: still)."""

    name: str
    label: LocalText
    unit: str  # as in ``parse_unit``: "share", "czk/hours"
    formula: str
    decimals: int  # places shown
    forms: tuple[str, ...]  # what it is evaluated for: forms, ALL for the whole service; () is all that is possible
    service_types: frozenset[str] | None  # None: every type
    direction: Direction
    note: LocalText
    first_period: Period
    last_period: Period | None = None

    def is_valid_for(self, period: Period) -> bool:
        return self.first_period <= period and (self.last_period is None or period <= self.last_period)


BASE_UNITS = ("hours", "fte", "persons", "beds", "days", "contacts", "interventions", "calls", "czk")
_COMPOSED = {"bed_days": {"beds": 1, "days": 1}}
SHARE = "share"  # dimensionless, shown as a percentage
NUMBER = "number"  # dimensionless, shown as it is


@dataclass(frozen=True)
class Unit:
    """A product of powers of the base units; () is dimensionless. Powers are never zero, in the order of BASE_UNITS."""

    powers: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, powers: Mapping[str, int]) -> Unit:
        return cls(tuple((name, powers[name]) for name in BASE_UNITS if powers.get(name)))

    @classmethod
    def named(cls, code: str) -> Unit:
        """Raises KeyError for a unit that does not exist."""
        return cls.of(_COMPOSED[code]) if code in _COMPOSED else cls.of({BASE_UNITS[BASE_UNITS.index(code)]: 1})

    @cached_property
    def _by_name(self) -> dict[str, int]:
        return dict(self.powers)

    def times(self, other: Unit, sign: int = 1) -> Unit:
        return Unit.of({n: self._by_name.get(n, 0) + sign * other._by_name.get(n, 0) for n in BASE_UNITS})

    def over(self, other: Unit) -> Unit:
        return self.times(other, -1)

    @property
    def is_plain(self) -> bool:
        return not self.powers

    @property
    def above(self) -> tuple[str, ...]:
        """Codes of what stands above the line, bed-days drawn together."""
        return self._side(1)

    @property
    def below(self) -> tuple[str, ...]:
        return self._side(-1)

    def _side(self, sign: int) -> tuple[str, ...]:
        side = {name: sign * power for name, power in self.powers if sign * power > 0}
        found: list[str] = []
        while side.get("beds") and side.get("days"):
            found.append("bed_days")
            side = {**side, "beds": side["beds"] - 1, "days": side["days"] - 1}
        return (*found, *(name for name, power in side.items() for _ in range(power)))

    def __str__(self) -> str:
        """As ``parse_unit`` reads it: czk/hours."""
        above = "*".join(self.above) or "1"
        return NUMBER if self.is_plain else "/".join([above, *self.below])


FUND = Unit.of({"hours": 1, "fte": -1})
DAYS = Unit.named("days")


@lru_cache(maxsize=1_000)
def parse_unit(text: str) -> Unit:
    """The unit of ``czk/hours``, ``persons/fte``, ``1/days``; ``share`` and ``number`` have no dimension.

    Raises Invalid for a unit that is not known.
    """
    if text in (SHARE, NUMBER):
        return Unit()
    above, *below = text.replace(" ", "").split("/")
    unit = Unit()
    for code, sign in [*((code, 1) for code in above.split("*")), *((code, -1) for code in below)]:
        if (code, sign) == ("1", 1) and below:
            continue
        try:
            unit = unit.times(Unit.named(code), sign)
        except ValueError as error:
            raise Invalid(_m("“%(code)s” is not a unit. Write for example czk/hours or share.", code=code)) from error
    return unit


@dataclass(frozen=True)
class Place:
    """Where in a formula: line and column from 1, and how many characters."""

    line: int
    column: int
    width: int = 1

    def pointer(self, formula: str) -> str:
        """The line of the formula and below it carets under the place."""
        lines = formula.split("\n")
        line = lines[min(self.line, len(lines)) - 1].replace("\t", " ").rstrip("\r")
        return f"{line}\n{' ' * (self.column - 1)}{'^' * max(1, min(self.width, len(line) - self.column + 1))}"


class FormulaError(Exception):
    """A formula that cannot be meant: what is wrong, and where."""

    def __init__(self, message: Message, place: Place) -> None:
        super().__init__(f"{message} (line {place.line}, column {place.column})")
        self.message = message
        self.place = place


def possible_forms(fields: frozenset[Field]) -> tuple[str, ...]:
    """What a formula over these fields can be evaluated for: forms only where each field is asked for the form."""
    if any(field.is_of_whole_service for field in fields):
        return (ALL,)
    return tuple(f for f in FORMS if f == ALL or all(f in field.forms for field in fields))
