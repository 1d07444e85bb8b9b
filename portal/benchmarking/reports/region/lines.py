"""One measure of a type on paper: its services, tenths, quarters, what is unusual, notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext, ngettext

from portal.benchmarking.reports.region.groups import DASH, line_title, statistics_columns, statistics_row
from portal.benchmarking.scribe import Scribe
from portal.benchmarking.service.region_reports import LineReading
from portal.benchmarking.service.series import Series
from portal.benchmarking.standing import NOBODY
from portal.benchmarking.tables import Order, standing_rows
from portal.benchmarking.words import state_of
from portal.core.messages import _m
from portal.web.downloads import Column, Kind, Table
from portal.web.formats import percent
from portal.web.languages import current_language, say
from portal.web.pdf import (
    Bands,
    Bar,
    Block,
    bands,
    heading,
    round_up,
    strip,
    table,
    text,
    together,
)

Row = Mapping[str, Any]
HIGHEST_FIRST = Order("hodnota", descending=True)
UNUSUAL = _m(
    "“Unusual against its own history” is a question, not a fault: the value is farther from the median of the"
    " service’s last eight quarters than 3.5 usual deviations (median absolute deviation)."
)


def line_blocks(line: LineReading) -> list[Block]:
    found, scribe = line.standing, Scribe(line.standing.version)
    services = standing_rows(found, HIGHEST_FIRST)
    blocks: list[Block] = [heading(line_title(line), 2), text(found.version.note.of(current_language()))]
    if not services:
        return [*blocks, text(gettext("In this period no service of the type worked in this form."))]
    blocks += [text(words) for words in _sentences(line)]
    blocks += [
        heading(gettext("All services of the type"), 3, of_long_table=True),
        text(
            gettext("Changes and differences are in %(unit)s.", unit=scribe.step_unit or gettext("number")), small=True
        ),
        table(_services_table(line, services, scribe), is_wide=True),
    ]
    dots = [(row["value"], int(row["decile"])) for row in services if row["value"] is not None]
    if dots:
        blocks.append(
            together(
                heading(gettext("Tenths of the group"), 3),
                strip(dots, norm=found.norm_share, median=found.statistics.median, show=scribe.short, is_wide=True),
                text(
                    gettext("Each dot is a service. The norm is the thick line, the median the dashed one."), small=True
                ),
            )
        )
    return [*blocks, *_series_blocks(line.series, scribe), *_alerts(services, scribe), *_notes(line.series)]


def _sentences(line: LineReading) -> list[str]:
    found = line.standing
    n, norm = found.statistics.n, found.norm
    said = []
    if norm is not None and n:
        reached = sum(row["value"] is not None and row["value"] >= float(norm.share) for row in found.services.rows())
        said.append(
            gettext(
                "The norm is reached by %(reached)s of %(counted)s services with a value.", reached=reached, counted=n
            )
        )
    if norm is not None and norm.median_2015_share is not None:
        said.append(gettext("Median of 2015: %(median)s.", median=percent(norm.median_2015_share)))
    if found.without_return:
        count = found.without_return
        said.append(
            ngettext("%(num)s service has no accepted return.", "%(num)s services have no accepted return.", count)
        )
    if found.without_number:
        count = found.without_number
        words = ngettext(
            "%(num)s service has a return without this figure.",
            "%(num)s services have a return without this figure.",
            count,
        )
        said.append(words)
    return said


def _services_table(line: LineReading, services: Sequence[Row], scribe: Scribe) -> Table:
    found = line.standing
    norm, median = found.norm_share, found.statistics.median
    known = [row["value"] for row in services if row["value"] is not None]
    top = round_up(max([*known, *(each for each in (norm, median) if each is not None)], default=0.0))

    def step(difference: float | None) -> str:
        return DASH if difference is None else scribe.difference(difference)

    columns = [
        Column("service", gettext("Service"), width=42),
        Column("provider", gettext("Provider"), width=38),
        Column("value", gettext("Value"), Kind.NUMBER, 15),
        Column("bar", gettext("Value, norm and median"), width=30),
        Column("to_norm", gettext("Against the norm"), Kind.NUMBER, 13),
        Column("to_before", gettext("Against the period before"), Kind.NUMBER, 15),
        *([Column("to_year_ago", gettext("Against a year ago"), Kind.NUMBER, 13)] if found.year_ago else []),
        Column("decile", gettext("Tenth"), Kind.NUMBER, 10),
        Column("state", gettext("State"), width=24),
    ]
    rows = [
        {
            "service": row["service_name"],
            "provider": row["provider_name"],
            "value": _value_words(row, scribe),
            "bar": DASH if row["value"] is None else Bar(row["value"], norm, median, top),
            "to_norm": step(row["to_norm"]),
            "to_before": step(row["to_before"]),
            "to_year_ago": step(row["to_year_ago"]),
            "decile": DASH if row["decile"] is None else int(row["decile"]),
            "state": _state_words(row, norm),
        }
        for row in services
    ]
    return Table(gettext("All services of the type"), columns, rows)


def _legend(scribe: Scribe) -> str:
    marks = gettext("In the chart the bar is the value, the thick line the norm, the dashed one the median.")
    return f"{gettext('Changes and differences are in %(unit)s.', unit=scribe.step_unit or gettext('number'))} {marks}"


def _value_words(row: Row, scribe: Scribe) -> str:
    state = state_of(row)
    return scribe.value(row["value"]) if state is None else say(state)


def _state_words(row: Row, norm: float | None) -> str:
    state = state_of(row)
    if state is not None:
        return say(state)
    words = (
        gettext("no norm")
        if norm is None
        else gettext("under the norm")
        if row["value"] < norm
        else gettext("norm reached")
    )
    return f"{words}, {gettext('unusual against its own history')}" if row["is_unusual"] else words


def _series_blocks(found: Series, scribe: Scribe) -> list[Block]:
    """Quarters before the first return of the type are left out."""
    first = next((place for place, point in enumerate(found.points) if point.statistics != NOBODY), 0)
    found = replace(found, points=found.points[first:])

    def at(part: int) -> list[float | None]:
        return [point.statistics.percentiles.get(part) for point in found.points]

    lines = Bands(
        [str(point.period) for point in found.points],
        p10=at(10),
        p25=at(25),
        median=at(50),
        p75=at(75),
        p90=at(90),
        norm=[None if point.norm is None else float(point.norm.share) for point in found.points],
    )
    words = gettext("Bands: P10 to P90 and P25 to P75. The line in them is the median, the dashed one the norm.")
    return [
        together(
            heading(gettext("The last quarters"), 3),
            bands(lines, show=scribe.short, is_wide=True, height=130),
            text(words, small=True),
        ),
        table(_series_table(found, scribe), is_wide=True),
    ]


def _series_table(found: Series, scribe: Scribe) -> Table:
    columns = [
        Column("period", gettext("Quarter"), width=26),
        *statistics_columns(),
        Column("break", gettext("The norm changed"), width=14),
    ]
    rows = [
        {
            "period": say(point.period.label),
            **statistics_row(point.statistics, point.norm, scribe),
            "break": gettext("yes") if point.is_break else DASH,
        }
        for point in found.points
    ]
    return Table(gettext("The last quarters"), columns, rows)


def _alerts(services: Sequence[Row], scribe: Scribe) -> list[Block]:
    unusual = [row for row in services if row["is_unusual"]]
    if not unusual:
        return []
    columns = [
        Column("service", gettext("Service"), width=60),
        Column("provider", gettext("Provider"), width=60),
        Column("value", gettext("Value"), Kind.NUMBER, 15),
        Column("before", gettext("Period before"), Kind.NUMBER, 15),
    ]
    rows = [
        {
            "service": row["service_name"],
            "provider": row["provider_name"],
            "value": scribe.value(row["value"]),
            "before": DASH if row["before"] is None else scribe.value(row["before"]),
        }
        for row in unusual
    ]
    title = gettext("Unusual against their own history")
    return [heading(title, 3, of_long_table=True), text(say(UNUSUAL)), table(Table(title, columns, rows), is_wide=True)]


def _notes(found: Series) -> list[Block]:
    if not found.notes:
        return []
    columns = [
        Column("period", gettext("Quarter"), width=20),
        Column("text", gettext("Note"), width=100),
        Column("name", gettext("Written by"), width=24),
    ]
    rows = [{"period": say(each.period.label), "text": each.text, "name": each.actor_name} for each in found.notes]
    return [
        heading(gettext("Notes"), 3, of_long_table=True),
        table(Table(gettext("Notes"), columns, rows), is_wide=True),
    ]
