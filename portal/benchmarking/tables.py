"""Disclosed figures as rows of a page and as a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from portal.benchmarking.service import Network, Standing
from portal.benchmarking.service.series import OneService, Series
from portal.benchmarking.standing import PERCENTS, Statistics
from portal.benchmarking.types import Norm
from portal.benchmarking.words import FORMS, state_of
from portal.core.czech import czech_sort_key
from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.disclosure import DisclosedFrame
from portal.web.downloads import Column, Kind, Table

Row = dict[str, Any]
Plain = Callable[[float | None], float | None]

_KEYS: dict[str, Callable[[Row], Any]] = {
    "hodnota": lambda row: row["value"],
    "norma": lambda row: row["to_norm"],
    "median": lambda row: row["to_median"],
    "zmena": lambda row: row["to_before"],
    "rok": lambda row: row["to_year_ago"],
    "sluzba": lambda row: czech_sort_key(row["service_name"]),
    "poskytovatel": lambda row: czech_sort_key(row["provider_name"]),
    "stav": lambda row: str(row["state"]),
}


@dataclass(frozen=True)
class Order:
    """Column that rows are sorted by, and the direction; rows without the value come last either way."""

    column: str = "hodnota"
    descending: bool = True

    @classmethod
    def parse(cls, text: str) -> Order:
        """ "-hodnota" is from the highest; nothing is the usual order. Raises Invalid for an unknown column."""
        if not text:
            return cls()
        order = cls(text.removeprefix("-"), text.startswith("-"))
        if order.column not in _KEYS:
            raise Invalid(_m("The table cannot be sorted by “%(column)s”.", column=order.column))
        return order

    def __str__(self) -> str:
        return ("-" if self.descending else "") + self.column

    def toggled(self, column: str) -> Order:
        """The order that a click on the heading asks for: numbers from the highest first, words from A."""
        if column == self.column:
            return Order(column, not self.descending)
        return Order(column, column in ("hodnota", "norma", "median", "zmena", "rok"))

    def direction(self, column: str) -> str | None:
        """For aria-sort."""
        if column != self.column:
            return None
        return "descending" if self.descending else "ascending"

    def places(self, rows: Sequence[Row]) -> list[int]:
        """Places of the rows in this order; those of one value by the names of services."""
        key = _KEYS[self.column]
        by_name = sorted(
            range(len(rows)), key=lambda at: (czech_sort_key(rows[at]["service_name"]), rows[at]["register_id"])
        )
        keys = [key(row) for row in rows]
        with_value = [at for at in by_name if keys[at] is not None]
        without = [at for at in by_name if keys[at] is None]
        return sorted(with_value, key=keys.__getitem__, reverse=self.descending) + without


_SORTED_BY = ("register_id", "service_name", "provider_name", "state", "value", "norm", "before", "year_ago")


def standing_rows(found: Standing, order: Order, part: slice = slice(None)) -> list[Row]:
    """Services with their differences from norm, median, last quarter and a year ago; a part of them in the order."""
    median = found.statistics.median
    light = [dict(zip(_SORTED_BY, row, strict=True)) for row in found.services.columns_of(*_SORTED_BY)]
    places = order.places([_with_differences(row, median) for row in light])[part]
    return [_with_differences(row, median) for row in found.services.rows(places)]


def _with_differences(row: Row, median: float | None) -> Row:
    value = row["value"]
    row["to_norm"] = _less(value, row["norm"])
    row["to_median"] = _less(value, median)
    row["to_before"] = _less(value, row["before"])
    row["to_year_ago"] = _less(value, row["year_ago"])
    return row


def _less(value: float | None, other: float | None) -> float | None:
    return None if value is None or other is None else value - other


def standing_table(found: Standing, order: Order, *, metric: str, unit: str, plain: Plain) -> Table:
    """The same rows for a file; ``plain`` turns a value into what is written. A cell without a number says why."""
    changes = (gettext("percentage points") if unit == "%" else unit) or gettext("number")
    unit = unit or gettext("number")
    median = found.statistics.median
    columns = [
        Column("period", gettext("Period"), width=10),
        Column("type_code", gettext("Type"), width=8),
        Column("metric", gettext("Metric"), width=26),
        Column("form", gettext("Form"), width=14),
        Column("register_id", gettext("Number in the register"), Kind.NUMBER, 12),
        Column("service_name", gettext("Service"), width=40),
        Column("provider_ico", gettext("Company number"), width=12),
        Column("provider_name", gettext("Provider"), width=40),
        Column("value", gettext("Value (%(unit)s)", unit=unit), Kind.NUMBER, 16),
        Column("norm", gettext("Norm (%(unit)s)", unit=unit), Kind.NUMBER, 10),
        Column("median", gettext("Median of the group (%(unit)s)", unit=unit), Kind.NUMBER, 12),
        Column("to_norm", gettext("Difference from the norm (%(unit)s)", unit=changes), Kind.NUMBER, 16),
        Column("to_before", gettext("Change against the period before (%(unit)s)", unit=changes), Kind.NUMBER, 16),
        Column("to_year_ago", gettext("Change against a year ago (%(unit)s)", unit=changes), Kind.NUMBER, 16),
        Column("decile", gettext("Tenth from the lowest"), Kind.NUMBER, 10),
        Column("is_unusual", gettext("Unusual against its own history"), width=12),
        Column("numerator", gettext("Above the line of the formula"), Kind.NUMBER, 16),
        Column("denominator", gettext("Below the line of the formula"), Kind.NUMBER, 16),
    ]
    numbers = ("norm", "to_norm", "to_before", "to_year_ago")
    rows = (
        {
            **row,
            "metric": metric,
            "form": FORMS[row["form"]],
            "value": state_of(row) or plain(row["value"]),
            "median": plain(median),
            **{key: plain(row[key]) for key in numbers},
        }
        for row in standing_rows(found, order)
    )
    return Table(gettext("Comparison of services"), columns, rows)


def services_of(services: DisclosedFrame) -> dict[int, list[Row]]:
    """Rows of each service, services in Czech order of their names."""
    found: dict[int, list[Row]] = {}
    for row in sorted(services.rows(), key=lambda row: (czech_sort_key(row["service_name"]), row["register_id"])):
        found.setdefault(row["register_id"], []).append(row)
    return found


def _group_columns(unit: str) -> list[Column]:
    return [
        Column("norm", gettext("Norm (%(unit)s)", unit=unit), Kind.NUMBER, 10),
        Column("n", gettext("Services with a value"), Kind.NUMBER, 10),
        Column("missing", gettext("Services without a value"), Kind.NUMBER, 10),
        *(Column(f"p{percent}", f"P{percent} ({unit})", Kind.NUMBER, 10) for percent in PERCENTS),
        Column("under_norm", gettext("Share under the norm (%)"), Kind.NUMBER, 12),
    ]


def _group_row(statistics: Statistics, norm: Norm | None, plain: Plain) -> Row:
    under = statistics.under_norm
    return {
        "norm": None if norm is None else plain(float(norm.share)),
        "n": statistics.n,
        "missing": statistics.missing,
        **{f"p{percent}": plain(statistics.percentiles.get(percent)) for percent in PERCENTS},
        "under_norm": None if under is None else round(100 * under, 1),
    }


def network_table(found: Network, *, metric: str, unit: str, plain: Plain, name: Callable[[str], str]) -> Table:
    """Type by type for a file."""
    unit = unit or gettext("number")
    columns = [
        Column("type_code", gettext("Type"), width=8),
        Column("type_name", gettext("Type of service"), width=40),
        Column("metric", gettext("Metric"), width=26),
        Column("form", gettext("Form"), width=14),
        Column("period", gettext("Period"), width=10),
        *_group_columns(unit),
        Column("before", gettext("Median of the period before (%(unit)s)", unit=unit), Kind.NUMBER, 12),
        Column("year_ago", gettext("Median a year ago (%(unit)s)", unit=unit), Kind.NUMBER, 12),
    ]
    rows = (
        {
            "type_code": row.type_code,
            "type_name": name(row.type_code),
            "metric": metric,
            "form": FORMS[found.form],
            "period": str(found.span),
            **_group_row(row.statistics, row.norm, plain),
            "before": plain(row.median_before),
            "year_ago": plain(row.median_year_ago),
        }
        for row in found.rows
    )
    return Table(gettext("Type by type"), columns, rows)


def series_table(found: Series, *, unit: str, plain: Plain) -> Table:
    """Quarter by quarter for a file, with breaks of the norm, predecessors and notes."""
    unit = unit or gettext("number")
    notes: dict[Any, list[str]] = {}
    for note in found.notes:
        notes.setdefault(note.period, []).append(note.text)
    columns = [
        Column("period", gettext("Period"), width=10),
        *_group_columns(unit),
        Column("is_break", gettext("The norm changed"), width=12),
        Column("own", gettext("Own value (%(unit)s)", unit=unit), Kind.NUMBER, 12),
        Column("source", gettext("Value of the predecessor"), Kind.NUMBER, 12),
        Column("notes", gettext("Notes"), width=60),
    ]
    rows = (
        {
            "period": str(point.period),
            **_group_row(point.statistics, point.norm, plain),
            "is_break": point.is_break,
            "own": plain(point.own),
            "source": point.source,
            "notes": "; ".join(notes.get(point.period, [])),
        }
        for point in found.points
    )
    return Table(gettext("Series"), columns, rows)


def one_table(found: OneService, scribes: Sequence[Any], label: Callable[[Any], str]) -> Table:
    """One service on all metrics for a file; each row says its unit."""
    columns = [
        Column("period", gettext("Period"), width=10),
        Column("metric", gettext("Metric"), width=36),
        Column("form", gettext("Form"), width=14),
        Column("unit", gettext("Unit"), width=14),
        Column("value", gettext("Value"), Kind.NUMBER, 14),
        Column("before", gettext("Period before"), Kind.NUMBER, 14),
        Column("year_ago", gettext("A year ago"), Kind.NUMBER, 14),
        Column("norm", gettext("Norm"), Kind.NUMBER, 10),
        Column("n", gettext("Services with a value"), Kind.NUMBER, 10),
        *(Column(f"p{percent}", f"P{percent}", Kind.NUMBER, 10) for percent in PERCENTS),
        Column("decile", gettext("Tenth from the lowest"), Kind.NUMBER, 10),
        Column("is_unusual", gettext("Unusual against its own history"), width=12),
    ]
    rows = (
        {
            **_group_row(row.statistics, row.norm, scribe.plain),
            "period": str(found.span),
            "metric": label(row.version),
            "form": FORMS[row.form],
            "unit": scribe.unit,
            "value": state_of({**figure, "has_return": found.has_return}) or scribe.plain(figure["value"]),
            "before": scribe.plain(figure["before"]),
            "year_ago": scribe.plain(figure["year_ago"]),
            "decile": figure["decile"],
            "is_unusual": figure["is_unusual"],
        }
        for row, figure, scribe in zip(found.rows, found.figures.rows(), scribes, strict=True)
    )
    return Table(gettext("One service on all metrics"), columns, rows)
