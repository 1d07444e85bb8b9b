"""Figures of the report in words: exact ones, rounded ones, and what was published of the groups."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from portal.benchmarking.metrics import MetricVersion
from portal.benchmarking.metrics.types import SHARE, parse_unit
from portal.benchmarking.metrics.words import unit_name
from portal.benchmarking.service import ProviderReport
from portal.benchmarking.words import FORMS
from portal.core.czech import czech_sort_key
from portal.core.messages import _m
from portal.returns.types import ALL
from portal.web.formats import number, percent
from portal.web.languages import current_language, say

Row = Mapping[str, Any]


LineKey = tuple[str, str, str]  # type, metric, form


SHARES = (("p10", 10), ("p20", 20), ("p25", 25), ("p30", 30), ("p40", 40), ("p60", 60), ("p70", 70), ("p75", 75),
          ("p80", 80), ("p90", 90))  # fmt: skip


# ``language``: that of the reader, for those who say many figures and asked for it once.


@lru_cache(maxsize=200)
def _unit(code: str, language: str) -> str:
    del language  # part of the key: the words are those of the reader
    unit = parse_unit(code)
    return "" if unit.is_plain else f"\u00a0{say(unit_name(unit))}"


def norm_share(share: float, language: str = "") -> str:
    """A norm with as many places as it has, at most two: 90 %; 92,5 %."""
    per_cent = round(share * 100, 2)
    places = next((places for places in (0, 1) if round(per_cent, places) == per_cent), 2)
    return percent(share, places, language)


def shown(version: MetricVersion, value: float, language: str = "") -> str:
    """An exact figure with its unit: 63,7 %; 412 Kč/h."""
    language = language or current_language()
    if version.unit == SHARE:
        return percent(value, version.decimals, language)
    return number(value, version.decimals, language) + _unit(version.unit, language)


def bare_number(version: MetricVersion, value: float, language: str = "") -> str:
    """An exact figure under a heading that says its unit: 63,7 %; 412."""
    say_number = percent if version.unit == SHARE else number
    return say_number(value, version.decimals, language)


def roughly(version: MetricVersion, value: float, language: str = "") -> str:
    """A figure of a group, to the two digits it has: 64 %; 410 Kč/h."""
    return _roughly(version.unit, value, language or current_language())


@lru_cache(maxsize=5_000)
def _roughly(unit: str, value: float, language: str) -> str:
    factor = 100 if unit == SHARE else 1
    places = max(0, 1 - math.floor(math.log10(abs(value) * factor) + 1e-9)) if value else 0
    if unit == SHARE:
        return percent(value, places, language)
    return number(value, places, language) + _unit(unit, language)


def tick(version: MetricVersion, value: float) -> str:
    """A mark of the scale: the unit stands with the figures above it, so here only per cent are said."""
    return _tick(version.unit == SHARE, value, current_language())


@lru_cache(maxsize=2_000)
def _tick(is_share: bool, value: float, language: str) -> str:
    if is_share:
        return percent(value, 0 if round(value * 100, 6).is_integer() else 2, language)
    return number(value)


def line_title(version: MetricVersion, form: str) -> str:
    """Metric and form; the service as a whole goes without saying."""
    label = version.label.of(current_language())
    return label if form == ALL else say(_m("%(measure)s: %(form)s", measure=label, form=FORMS[form]))


class Groups:
    """What was published, by line and quarter."""

    def __init__(self, report: ProviderReport) -> None:
        self._published = {str(period) for period in report.published}
        self._figures: dict[tuple[LineKey, str], dict[str, float]] = {}
        self._at_least: dict[tuple[LineKey, str], int] = {}
        names = ("type_code", "metric", "form", "period", "statistic", "value", "at_least")
        for *line, period, statistic, value, at_least in report.groups.columns_of(*names):
            place = ((line[0], line[1], line[2]), period)
            self._at_least[place] = at_least
            if value is not None:
                self._figures.setdefault(place, {})[statistic] = value

    def is_published(self, period: str) -> bool:
        return period in self._published

    def figure(self, line: LineKey, period: str, statistic: str) -> float | None:
        return self._figures.get((line, period), {}).get(statistic)

    def at_least(self, line: LineKey, period: str) -> int:
        return self._at_least.get((line, period), 0)


def by_service_and_line(report: ProviderReport) -> dict[int, dict[LineKey, list[Row]]]:
    """Rows of the figures; services in Czech order of their names, lines and quarters as they came."""
    found: dict[int, dict[LineKey, list[Row]]] = {}
    names: dict[int, str] = {}
    for row in report.figures.rows():
        names[row["register_id"]] = row["service_name"]
        key = (row["type_code"], row["metric"], row["form"])
        found.setdefault(row["register_id"], {}).setdefault(key, []).append(row)
    return {register_id: found[register_id] for register_id in in_order(names)}


def in_order(names: Mapping[int, str]) -> list[int]:
    """Register numbers of services in Czech order of their names."""
    return sorted(names, key=lambda register_id: (czech_sort_key(names[register_id]), register_id))
