"""A rule of the return, and what rules look at. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from portal.core.cells import NOT_SUPPLIED, Cell
from portal.returns.residences.types import Residences
from portal.returns.types import ALL, CellKey, Cells, FormDefinition, LocalText, Period, Severity


class RuleKind(StrEnum):
    REQUIRED = "required"  # every typed cell says something
    COMPARE = "compare"  # the sum of fields is at most the sum of others, times a factor
    NEEDS = "needs"  # a number above zero cannot be without another
    RANGE = "range"  # what falls on one unit of something else lies between bounds
    CHANGE = "change"  # against last quarter
    RESIDENCES = "residences"  # the territory part against the number of users
    OUTLIER = "outlier"  # by median absolute deviation, against the own history or the group


class Factor(StrEnum):
    """What the other side of a comparison is multiplied by: a number of the quarter."""

    ONE = "one"
    DAYS = "days"
    WORKING_TIME_FUND = "working_time_fund"  # hours of one FTE

    def of(self, period: Period) -> int:
        if self is Factor.DAYS:
            return period.days
        return period.working_time_fund_hours if self is Factor.WORKING_TIME_FUND else 1


class Placed(StrEnum):
    """How many users the territory part tells of, against the number of users."""

    NOTHING = "nothing"  # it is not supplied, though there may be users
    MORE = "more"
    FEWER = "fewer"


class Against(StrEnum):
    HISTORY = "history"
    GROUP = "group"  # never where a provider sees it: it would learn about others from its warnings


@dataclass(frozen=True)
class Rule:
    """One rule; what its kind does not use stays empty."""

    code: str
    kind: RuleKind
    severity: Severity
    message: LocalText  # with the values in places such as %(now)s
    fields: tuple[str, ...] = ()  # what it is about; a finding stands at the first. None of CHANGE: all
    excluded: tuple[str, ...] = ()
    service_types: frozenset[str] | None = None
    other: tuple[str, ...] = ()  # COMPARE: the other side; NEEDS: what is needed; RANGE, OUTLIER: one unit of what
    factor: Factor = Factor.ONE
    tolerance: Decimal = Decimal(0)
    ignores_zero: bool = False  # COMPARE: nothing to say where the other side is zero
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    share: Decimal = Decimal(0)  # CHANGE: of last quarter's figure
    ceased: LocalText | None = None  # CHANGE: the message for a figure that no longer applies
    placed: Placed | None = None  # RESIDENCES
    against: Against | None = None
    min_count: int = 0  # OUTLIER: fewer figures say nothing about what is usual
    threshold: Decimal = Decimal(0)


@dataclass(frozen=True)
class Subject:
    """What the rules look at: the cells asked for, what is in them, earlier quarters and, for the kraj, the group."""

    definition: FormDefinition
    type_code: str
    period: Period
    keys: Sequence[CellKey]
    cells: Cells
    history: Mapping[Period, Cells] = field(default_factory=dict)
    group: Sequence[Cells] = ()  # accepted returns of other services of the type in the quarter
    residences: Residences | None = None  # None: not asked for, or not known here

    @property
    def previous(self) -> Cells:
        return self.history.get(self.period.previous, {})

    def cell(self, key: CellKey) -> Cell:
        return self.cells.get(key, NOT_SUPPLIED)

    def sum_of(self, cells: Cells, form: str, codes: Sequence[str]) -> Decimal | None:
        """The sum of the fields in a form, of those the form asks for; None unless all of these have a number.

        A field that is asked by form is summed over the forms where the service as a whole is meant.
        """
        places = [key for key in self.keys if key.field in codes and (key.form == form or form == ALL)]
        numbers = [cells.get(key, NOT_SUPPLIED).number for key in places]
        known = [number for number in numbers if number is not None]
        return sum(known, Decimal(0)) if known and len(known) == len(places) else None
