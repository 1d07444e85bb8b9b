"""Disclosed figures as rows of a page and as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from portal.benchmarking.service import Comparison
from portal.benchmarking.words import FORMS, MEASURES, state_of
from portal.core.czech import czech_sort_key
from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.disclosure import DisclosedFrame
from portal.web.downloads import Column, Kind, Table

Row = dict[str, Any]

_KEYS: dict[str, Callable[[Row], Any]] = {
    "hodnota": lambda row: row["value"],
    "norma": lambda row: row["to_norm"],
    "median": lambda row: row["to_median"],
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
        return Order(column, column in ("hodnota", "norma", "median"))

    def direction(self, column: str) -> str | None:
        """For aria-sort."""
        if column != self.column:
            return None
        return "descending" if self.descending else "ascending"

    def sorted(self, rows: Iterable[Row]) -> list[Row]:
        key = _KEYS[self.column]
        by_name = sorted(rows, key=lambda row: (czech_sort_key(row["service_name"]), row["register_id"]))
        with_value = [row for row in by_name if key(row) is not None]
        without = [row for row in by_name if key(row) is None]
        return sorted(with_value, key=key, reverse=self.descending) + without


def comparison_rows(comparison: Comparison, order: Order) -> list[Row]:
    """All services with their differences from norm and median (shares), in the order asked for."""
    median = comparison.group.rows()[0]["value"]
    rows = []
    for row in comparison.services.rows():
        value = row["value"]
        to_norm = None if value is None or row["norm"] is None else value - row["norm"]
        to_median = None if value is None else value - median
        rows.append({**row, "to_norm": to_norm, "to_median": to_median})
    return order.sorted(rows)


def comparison_table(comparison: Comparison, order: Order) -> Table:
    """The same rows for a file, shares as per cent; a cell without a number says why."""
    median = comparison.group.rows()[0]["value"]
    return Table(
        gettext("Comparison of services"),
        [
            Column("period", gettext("Quarter"), width=10),
            Column("type_code", gettext("Type"), width=8),
            Column("measure", gettext("Measure"), width=26),
            Column("form", gettext("Form"), width=14),
            Column("register_id", gettext("Number in the register"), Kind.NUMBER, 12),
            Column("service_name", gettext("Service"), width=40),
            Column("provider_ico", gettext("Company number"), width=12),
            Column("provider_name", gettext("Provider"), width=40),
            Column("value", gettext("Value (%)"), Kind.NUMBER, 16),
            Column("norm", gettext("Norm (%)"), Kind.NUMBER, 10),
            Column("median", gettext("Median of the group (%)"), Kind.NUMBER, 12),
            Column("to_norm", gettext("Difference from the norm (percentage points)"), Kind.NUMBER, 16),
            Column("numerator", gettext("Used (hours or bed-days)"), Kind.NUMBER, 16),
            Column("denominator", gettext("Available (hours or bed-days)"), Kind.NUMBER, 16),
        ],
        (
            {
                **row,
                "measure": MEASURES[comparison.line.measure],
                "form": FORMS[comparison.line.form],
                "value": state_of(row) or _per_cent(row["value"]),
                "norm": _per_cent(row["norm"]),
                "median": _per_cent(median),
                "to_norm": _per_cent(row["to_norm"]),
            }
            for row in comparison_rows(comparison, order)
        ),
    )


def _per_cent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 2)


def services_of(services: DisclosedFrame) -> dict[int, list[Row]]:
    """Rows of each service, services in Czech order of their names."""
    found: dict[int, list[Row]] = {}
    for row in sorted(services.rows(), key=lambda row: (czech_sort_key(row["service_name"]), row["register_id"])):
        found.setdefault(row["register_id"], []).append(row)
    return found
