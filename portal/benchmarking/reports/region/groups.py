"""The group of a type as rows: norm, numbers, percentiles, share under the norm, changes of the median."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext

from portal.benchmarking.metrics import Span, Year
from portal.benchmarking.scribe import Scribe, label_of, type_name
from portal.benchmarking.service.region_reports import LineReading, TypeReading
from portal.benchmarking.standing import PERCENTS, Statistics
from portal.benchmarking.types import Norm
from portal.benchmarking.words import FORMS, line_name
from portal.web.downloads import Column, Kind, Table
from portal.web.formats import percent
from portal.web.languages import say

DASH = "–"


def line_title(line: LineReading) -> str:
    wish = line.standing.wish
    if wish.line is not None:
        return say(line_name(wish.line))
    return f"{label_of(line.standing.version)}: {say(FORMS[wish.form])}"


def group_table(readings: Sequence[TypeReading], span: Span, *, with_type: bool) -> Table:
    """A row for each type and measure: norm, numbers, percentiles, share under the norm, changes of the median."""
    columns = [
        *([Column("type", gettext("Type of service"), width=34)] if with_type else []),
        Column("measure", gettext("Measure"), width=30),
        *statistics_columns(),
        Column("before", gettext("Median against the period before"), Kind.NUMBER, 14),
        *(
            []
            if isinstance(span, Year)
            else [Column("year_ago", gettext("Median against a year ago"), Kind.NUMBER, 14)]
        ),
    ]
    rows = [
        {"type": type_name(reading.type_code), "measure": line_title(line), **_group_row(line)}
        for reading in readings
        for line in reading.lines
    ]
    return Table(gettext("The group"), columns, rows)


def statistics_columns() -> list[Column]:
    names = [(f"p{part}", gettext("median") if part == 50 else f"P{part}") for part in PERCENTS]
    return [
        Column("norm", gettext("Norm"), Kind.NUMBER, 10),
        Column("n", gettext("With a value"), Kind.NUMBER, 11),
        Column("missing", gettext("Missing"), Kind.NUMBER, 11),
        *(Column(key, name, Kind.NUMBER, 11) for key, name in names),
        Column("under_norm", gettext("Share under the norm"), Kind.NUMBER, 13),
    ]


def _group_row(line: LineReading) -> dict[str, Any]:
    found, scribe = line.standing, Scribe(line.standing.version)
    median = found.statistics.median
    earlier = {"before": found.before.median, "year_ago": found.year_ago.median if found.year_ago else None}
    return {
        **statistics_row(found.statistics, found.norm, scribe),
        **{key: _step(scribe, median, other) for key, other in earlier.items()},
    }


def statistics_row(statistics: Statistics, norm: Norm | None, scribe: Scribe) -> dict[str, Any]:
    under = statistics.under_norm
    return {
        "norm": gettext("none") if norm is None else percent(norm.share, None),
        "n": statistics.n,
        "missing": statistics.missing,
        **{f"p{part}": scribe.value(statistics.percentiles[part]) if statistics.n else DASH for part in PERCENTS},
        "under_norm": DASH if under is None else percent(under),
    }


def _step(scribe: Scribe, value: float | None, other: float | None) -> str:
    return DASH if value is None or other is None else scribe.difference(value - other)
