"""The report as the page reads it: services, their lines, each figure and sentence said."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from portal.benchmarking.metrics import MetricVersion
from portal.benchmarking.metrics.types import parse_unit
from portal.benchmarking.metrics.words import unit_name
from portal.benchmarking.reports.drawings import Drawing, draw
from portal.benchmarking.reports.figures import (
    SHARES,
    Groups,
    LineKey,
    Row,
    bare_number,
    by_service_and_line,
    in_order,
    line_title,
    norm_share,
    number,
    percent,
    roughly,
    shown,
)
from portal.benchmarking.service import ProviderReport
from portal.benchmarking.words import GOOD_WAY, NOT_YET_PUBLISHED, WHY_HIDDEN, WHY_HIDDEN_WITHOUT_NORM, state_of
from portal.catalog.types import service_types
from portal.core.messages import Message
from portal.disclosure import MEDIAN
from portal.returns.types import Period
from portal.web.languages import current_language, gettext, say


@dataclass(frozen=True)
class PastQuarter:
    """One quarter of the series in words."""

    label: str
    short: str  # 2026Q2
    value: str
    bare: str  # the value without its unit
    norm: str  # empty on a line without a norm
    median: str


@dataclass(frozen=True)
class LineView:
    """One line of a service in words."""

    id: str
    title: str
    unit: str  # empty for shares, which carry their sign, and plain numbers
    value: str
    norm: str | None
    median: str
    standing: str  # how the value stands to the norm, or why there is no value
    meaning: str
    good_way: str
    group: str  # what the group tells, or the one sentence why it does not
    quartiles: str | None
    no_quartiles: str  # what stands for them on paper
    spread: tuple[tuple[str, str], ...]  # share of providers below, figure
    past: tuple[PastQuarter, ...]
    drawing: Drawing
    drawing_name: str
    series_name: str


@dataclass(frozen=True)
class ServiceView:
    register_id: int
    name: str
    type_name: str
    lines: tuple[LineView, ...]


def contents_of(report: ProviderReport) -> list[tuple[int, str]]:
    """Register number and name of the services of the report, in Czech order of their names."""
    names = dict(report.figures.columns_of("register_id", "service_name"))
    return [(register_id, names[register_id]) for register_id in in_order(names)]


def services_of(report: ProviderReport, shown: Collection[int] | None = None) -> list[ServiceView]:
    """The services of the report in words, in Czech order of their names; ``shown``: only those register numbers."""
    groups = Groups(report)
    views = []
    for register_id, lines in by_service_and_line(report).items():
        if shown is not None and register_id not in shown:
            continue
        first = next(iter(lines.values()))[0]
        views.append(
            ServiceView(
                register_id,
                first["service_name"],
                service_types()[first["type_code"]].name(current_language()),
                tuple(
                    _line(report, groups, f"{register_id}-{place}", key, rows)
                    for place, (key, rows) in enumerate(lines.items(), start=1)
                ),
            )
        )
    return views


def _line(report: ProviderReport, groups: Groups, name: str, key: LineKey, rows: Sequence[Row]) -> LineView:
    version, now, period, language = report.metrics[key[1]], rows[-1], str(report.period), current_language()
    title = _title(version, key[2], language)
    norm = None if now["norm"] is None else norm_share(now["norm"], language)
    median = groups.figure(key, period, MEDIAN)
    low, high = groups.figure(key, period, "p25"), groups.figure(key, period, "p75")
    past = tuple(_past(version, groups, key, row, now["norm"] is not None, language) for row in rows)
    value = past[-1].value
    words = [gettext("%(service)s: value %(value)s", service=title, value=value)]
    if norm is not None:
        words.append(gettext("norm %(norm)s", norm=norm))
    if median is not None:
        words.append(gettext("median %(median)s", median=roughly(version, median)))
    quartiles = None
    if low is not None and high is not None:
        quartiles = gettext("%(low)s to %(high)s", low=roughly(version, low), high=roughly(version, high))
        words.append(gettext("middle half of the group %(range)s", range=quartiles))
    series = "; ".join(f"{quarter.label} {quarter.value}" for quarter in past)
    return LineView(
        id=name,
        title=title,
        unit=_unit_words(version.unit, language),
        value=value,
        norm=norm,
        median=past[-1].median,
        standing=_standing(now),
        meaning=version.note.of(language),
        good_way=say(GOOD_WAY[version.direction]),
        group=group_words(version, groups, key, now),
        quartiles=quartiles,
        no_quartiles=gettext("hidden") if groups.is_published(period) else gettext("not yet published"),
        spread=tuple(
            (percent(share / 100, 0, language), _about(roughly(version, figure, language), language))
            for statistic, share in SHARES
            if (figure := groups.figure(key, period, statistic)) is not None
        ),
        past=past,
        drawing=draw(version, rows, median, None if low is None or high is None else (low, high)),
        drawing_name=", ".join(words),
        series_name=gettext("%(line)s in the last quarters: %(series)s", line=title, series=series),
    )


@lru_cache(maxsize=500)
def _title(version: MetricVersion, form: str, language: str) -> str:
    del language  # part of the key: the words are those of the reader
    return line_title(version, form)


@lru_cache(maxsize=200)
def _unit_words(unit: str, language: str) -> str:
    del language
    return "" if parse_unit(unit).is_plain else say(unit_name(parse_unit(unit)))


@lru_cache(maxsize=5_000)
def _about(figure: str, language: str) -> str:
    del language
    return gettext("about %(median)s", median=figure)


def _past(version: MetricVersion, groups: Groups, key: LineKey, row: Row, has_norm: bool, language: str) -> PastQuarter:
    state = state_of(row)
    words = None if state is None else say(state)
    norm = "" if not has_norm else gettext("none") if row["norm"] is None else norm_share(row["norm"], language)
    return PastQuarter(
        label=_quarter_words(row["period"], language),
        short=row["period"],
        value=words or shown(version, row["value"], language),
        bare=words or bare_number(version, row["value"], language),
        norm=norm,
        median=_median_words(version, groups, key, row["period"], language),
    )


@lru_cache(maxsize=500)
def _quarter_words(period: str, language: str) -> str:
    del language  # part of the key: the words are those of the reader
    return say(Period.parse(period).label)


def _median_words(version: MetricVersion, groups: Groups, key: LineKey, period: str, language: str) -> str:
    median = groups.figure(key, period, MEDIAN)
    if median is not None:
        return _about(roughly(version, median, language), language)
    return gettext("hidden") if groups.is_published(period) else gettext("not yet published")


def _silence(groups: Groups, period: str, has_norm: bool) -> Message:
    if not groups.is_published(period):
        return NOT_YET_PUBLISHED
    return WHY_HIDDEN if has_norm else WHY_HIDDEN_WITHOUT_NORM


def group_words(version: MetricVersion, groups: Groups, key: LineKey, row: Row) -> str:
    """What the group tells in the quarter of the row, or the one sentence why it does not."""
    period = row["period"]
    median = groups.figure(key, period, MEDIAN)
    if median is None:
        return say(_silence(groups, period, row["norm"] is not None))
    return gettext(
        "Half of the providers of this type lie around or above about %(median)s, half around or below it."
        " At least %(providers)s providers are in the group.",
        median=roughly(version, median),
        providers=groups.at_least(key, period),
    )


def _standing(row: Row) -> str:
    value, norm = row["value"], row["norm"]
    if value is not None and norm is not None:
        points = number(abs(value - norm) * 100, 1)
        if value < norm:
            return gettext("The value lies %(points)s percentage points under the norm.", points=points)
        if value > norm:
            return gettext("The value lies %(points)s percentage points above the norm.", points=points)
        return gettext("The value equals the norm.")
    if not row["has_return"]:
        return gettext("The return of this quarter has not been accepted yet; the value appears once it is.")
    return {
        "undefined": gettext("The denominator is zero, so the figure cannot be computed."),
        "not_supplied": gettext("The accepted return leaves the figures empty."),
        "not_applicable": gettext("According to the return this does not concern the service."),
    }.get(str(row["state"]), "")
