"""Words of benchmarking: measures, lines of comparison, norms. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from portal.returns.types import ALL, SERVICE_FORMS

ALL_FORMS = ALL  # the service as a whole, all its forms together
FORMS = SERVICE_FORMS


class Measure(StrEnum):
    """What a norm is about. Each measure is one metric: numerator / (denominator x factor of the quarter)."""

    DIRECT_WORK = "direct_work"
    OCCUPANCY = "occupancy"

    @property
    def metric(self) -> str:
        return {Measure.DIRECT_WORK: "direct_work_utilisation", Measure.OCCUPANCY: "occupancy"}[self]

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms for which it can be asked; occupancy belongs to beds."""
        return (ALL_FORMS, *FORMS) if self is Measure.DIRECT_WORK else ("residential",)


@dataclass(frozen=True, order=True)
class Line:
    """One line of comparison: what is compared among the services of a type."""

    type_code: str
    measure: Measure
    form: str  # ALL_FORMS or one of FORMS

    def __post_init__(self) -> None:
        if self.form not in self.measure.forms:
            raise ValueError(f"{self.measure} is not measured for the form {self.form!r}")


@dataclass(frozen=True)
class Norm:
    """The expected value of a measure, as a share (0.6 is 60 %), on the days from ``valid_from`` to ``valid_to``."""

    line: Line
    share: Decimal
    valid_from: date
    valid_to: date | None  # last day; None: until further notice
    median_2015_share: Decimal | None  # None: not known; 0 is a true zero
    source: str

    def is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class NormChange:
    """What the region decided about the norm of a line from a day on; of two for one day the later decision counts."""

    line: Line
    share: Decimal | None  # None: no norm from that day on
    valid_from: date
    reason: str


@dataclass(frozen=True)
class Break:
    """A day from which another norm holds than before, so that a series compared with it does not go on."""

    day: date
    before: Decimal | None
    after: Decimal | None
