"""Figures of the report in words: exact ones, rounded ones, and what was published of the groups."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from portal.benchmarking.metrics import MetricVersion
from portal.benchmarking.metrics.types import SHARE, parse_unit
from portal.benchmarking.metrics.words import unit_name
from portal.benchmarking.service import ProviderReport
from portal.benchmarking.words import FORMS
from portal.core.czech import czech_sort_key
from portal.core.messages import _m
from portal.disclosure import MEDIAN
from portal.returns.types import ALL
from portal.web import formats
from portal.web.languages import current_language, say

Row = Mapping[str, Any]


LineKey = tuple[str, str, str]  # type, metric, form


SHARES = (("p10", 10), ("p20", 20), ("p25", 25), ("p30", 30), ("p40", 40), ("p60", 60), ("p70", 70), ("p75", 75),
          ("p80", 80), ("p90", 90))  # fmt: skip


def _quick(value: Decimal, decimals: int, language: str) -> str:
    """As ``portal.web.formats.number`` writes it, a tenth of the time: a report has thousands of figures."""
    text = f"{value:,.{decimals}f}"
    return text if language == "en" else text.replace(",", "\u00a0").replace(".", ",")


def number(value: float, decimals: int) -> str:
    """A number with so many places in the reader's language."""
    return _quick(Decimal(repr(value)), decimals, current_language())


def percent(share: float, decimals: int = 0) -> str:
    """A share as per cent with so many places in the reader's language."""
    language = current_language()
    return _quick(Decimal(repr(share)) * 100, decimals, language) + ("\u00a0%" if language == "cs" else "%")


@lru_cache(maxsize=200)
def _unit(code: str, language: str) -> str:
    del language  # part of the key: the words are those of the reader
    unit = parse_unit(code)
    return "" if unit.is_plain else f"\u00a0{say(unit_name(unit))}"


def shown(version: MetricVersion, value: float) -> str:
    """An exact figure with its unit: 63,7 %; 412 Kč/h."""
    if version.unit == SHARE:
        return percent(value, version.decimals)
    return _with_unit(version, number(value, version.decimals))


def bare_number(version: MetricVersion, value: float) -> str:
    """An exact figure under a heading that says its unit: 63,7 %; 412."""
    return percent(value, version.decimals) if version.unit == SHARE else number(value, version.decimals)


def roughly(version: MetricVersion, value: float) -> str:
    """A figure of a group, to the two digits it has: 64 %; 410 Kč/h."""
    factor = 100 if version.unit == SHARE else 1
    places = max(0, 1 - math.floor(math.log10(abs(value) * factor) + 1e-9)) if value else 0
    return percent(value, places) if version.unit == SHARE else _with_unit(version, number(value, places))


def tick(version: MetricVersion, value: float) -> str:
    """A mark of the scale: the unit stands with the figures above it, so here only per cent are said."""
    return (
        percent(value, 0 if round(value * 100, 6).is_integer() else 2)
        if version.unit == SHARE
        else formats.number(value)
    )


def _with_unit(version: MetricVersion, figure: str) -> str:
    return figure + _unit(version.unit, current_language())


def line_title(version: MetricVersion, form: str) -> str:
    """Metric and form; the service as a whole goes without saying."""
    label = version.label.of(current_language())
    return label if form == ALL else say(_m("%(measure)s: %(form)s", measure=label, form=FORMS[form]))


class Groups:
    """What was published, by line and quarter."""

    def __init__(self, report: ProviderReport) -> None:
        self._published = {str(period) for period in report.published}
        self._figures: dict[tuple[LineKey, str], dict[str, Row]] = {}
        for row in report.groups.rows():
            key = (row["type_code"], row["metric"], row["form"])
            self._figures.setdefault((key, row["period"]), {})[row["statistic"]] = row

    def is_published(self, period: str) -> bool:
        return period in self._published

    def figure(self, line: LineKey, period: str, statistic: str) -> float | None:
        row = self._figures.get((line, period), {}).get(statistic)
        value: float | None = None if row is None else row["value"]
        return value

    def at_least(self, line: LineKey, period: str) -> int:
        row = self._figures.get((line, period), {}).get(MEDIAN)
        return 0 if row is None else int(row["at_least"])


def by_service_and_line(report: ProviderReport) -> dict[int, dict[LineKey, list[Row]]]:
    """Rows of the figures; services in Czech order of their names, lines and quarters as they came."""
    found: dict[int, dict[LineKey, list[Row]]] = {}
    for row in sorted(report.figures.rows(), key=lambda row: (czech_sort_key(row["service_name"]), row["register_id"])):
        key = (row["type_code"], row["metric"], row["form"])
        found.setdefault(row["register_id"], {}).setdefault(key, []).append(row)
    return found
