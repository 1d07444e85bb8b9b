"""How values of metrics, types and metrics themselves are written on pages and in files."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext

from portal.benchmarking.metrics import MetricVersion
from portal.benchmarking.metrics.types import SHARE, parse_unit
from portal.benchmarking.metrics.words import unit_name
from portal.catalog.types import service_types
from portal.web.formats import number, percent, signed
from portal.web.languages import current_language, say


@dataclass(frozen=True)
class Scribe:
    """Says values of a metric: a share in per cent, others with their unit."""

    version: MetricVersion

    @property
    def is_share(self) -> bool:
        return self.version.unit == SHARE

    @property
    def factor(self) -> float:
        """What a value is multiplied by on axes and in files."""
        return 100.0 if self.is_share else 1.0

    @property
    def unit(self) -> str:
        """The unit behind a number, empty where there is none."""
        if self.is_share:
            return "%"
        unit = parse_unit(self.version.unit)
        return "" if unit.is_plain else say(unit_name(unit))

    @property
    def step_unit(self) -> str:
        return gettext("percentage points") if self.is_share else self.unit

    def value(self, value: float | None) -> str:
        if value is None:
            return gettext("nothing to compute from")
        if self.is_share:
            return percent(value, self.version.decimals)
        shown = number(value, self.version.decimals)
        return f"{shown}\u00a0{self.unit}" if self.unit else shown

    def bare(self, value: float | None) -> str:
        """As ``value``, where the unit stands beside: a share keeps its per cent."""
        return self.value(value) if value is None or self.is_share else number(value, self.version.decimals)

    def difference(self, difference: float) -> str:
        """With its sign, in the unit of axes (percentage points for a share); what rounds to zero has none."""
        return signed(number(abs(difference) * self.factor, self.version.decimals), difference)

    def step(self, difference: float) -> str:
        """A difference with its sign and unit."""
        shown = self.difference(difference)
        if self.is_share:
            return gettext("%(points)s pp", points=shown)
        return f"{shown}\u00a0{self.unit}" if self.unit else shown

    def plain(self, value: float | None) -> float | None:
        """For a file: per cent for a share."""
        return None if value is None else round(value * self.factor, self.version.decimals + 2)

    def short(self, value: float) -> str:
        """For the axis of a drawing."""
        return percent(value) if self.is_share else number(value)


def label_of(version: MetricVersion) -> str:
    return version.label.of(current_language())


def type_name(code: str) -> str:
    return service_types()[code].name(current_language())
