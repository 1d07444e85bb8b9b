"""The reconciliation as rows of a file and of a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext

from portal.benchmarking.ministry.calc import Totals, totals
from portal.benchmarking.ministry.service import Reconciled
from portal.benchmarking.ministry.types import COSTS, REVENUES, items
from portal.benchmarking.ministry.words import COMPARISONS, DECISIONS
from portal.catalog.types import service_types
from portal.core.cells import Cell, CellState
from portal.core.czech import czech_sort_key
from portal.web.downloads import Column, Kind, Table
from portal.web.languages import current_language

Row = dict[str, Any]

PUBLISHED_COLUMNS = (
    *("section", "service_type", "costs_mpsv", "costs_benchmarking"),
    *("revenues_mpsv", "revenues_benchmarking"),
)


def published_rows(found: Reconciled) -> list[Row]:
    """One row for each service in the columns of the published table, by type and row of the ministry's file."""
    types = service_types()
    order = {code: place for place, code in enumerate(types)}
    services: dict[int, dict[str, Row]] = {}
    for row in found.rows.rows():
        services.setdefault(row["register_id"], {})[row["item"]] = row

    def place(number: int) -> tuple[int, bool, int, int]:
        rows = services[number].values()
        in_file = [row["file_row"] for row in rows if row["file_row"] is not None]
        code = next(iter(rows))["type_code"]
        return order[code], not in_file, min(in_file, default=0), number

    return [
        {
            "section": (code := services[number][COSTS]["type_code"]),
            "service_type": types[code].name_cs,
            "costs_mpsv": _plain(services[number][COSTS]["m"]),
            "costs_benchmarking": _plain(services[number][COSTS]["b"]),
            "revenues_mpsv": _plain(services[number][REVENUES]["m"]),
            "revenues_benchmarking": _plain(services[number][REVENUES]["b"]),
        }
        for number in sorted(services, key=place)
    ]


def full_rows(found: Reconciled) -> list[Row]:
    """Every service and item with its states, the worst first; numbers with a decimal point."""
    return [
        {
            "year": found.year,
            **{key: row[key] for key in ("register_id", "service_name", "provider_ico", "provider_name", "type_code")},
            "item": row["item"],
            "mpsv": _plain(row["m"]),
            "mpsv_state": str(row["m_state"]),
            "returns": _plain(row["b"]),
            "returns_state": str(row["b_state"]),
            "missing_quarters": row["missing"],
            "difference": _plain(row["value"]),
            "difference_percent": "" if row["share"] is None else f"{row['share'] * 100:.2f}",
            "comparison": str(row["comparison"]),
            "decision": str(row["decision"]),
        }
        for row in found.rows.rows()
    ]


def _plain(number: Decimal | None) -> str:
    """Whole crowns without a comma, hellers with a point."""
    if number is None:
        return ""
    return f"{number:.0f}" if number == number.to_integral_value() else f"{number:.2f}"


@dataclass(frozen=True)
class GroupRow:
    """Totals of a type or provider for one item."""

    key: str
    name: str
    item: str
    totals: Totals


def group_rows(rows: Iterable[Row], by: str) -> list[GroupRow]:
    """Totals by ``type_code`` or ``provider_ico`` and item, the largest difference first."""
    names: dict[str, str] = {}
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        names[row[by]] = type_name(row["type_code"]) if by == "type_code" else row["provider_name"]
        groups.setdefault((row[by], row["item"]), []).append(row)
    found = [
        GroupRow(key, names[key], item, totals([(row["comparison"], row["m"], row["b"]) for row in group]))
        for (key, item), group in groups.items()
    ]
    return sorted(found, key=lambda row: (-abs(row.totals.difference), czech_sort_key(row.name), row.item))


def type_name(code: str) -> str:
    return f"{code} – {service_types()[code].name(current_language())}"


def item_name(item: str) -> str:
    return items()[item].label.of(current_language())


def table_of(found: Reconciled, rows: Sequence[Row]) -> Table:
    """The rows of the page for a file; a cell without a number says why."""
    return Table(
        gettext("Ministry and returns %(year)s", year=found.year),
        [
            Column("register_id", gettext("Number in the register"), Kind.NUMBER, 12),
            Column("service_name", gettext("Service"), width=40),
            Column("type", gettext("Type"), width=30),
            Column("provider_ico", gettext("Company number"), width=12),
            Column("provider_name", gettext("Provider"), width=40),
            Column("item", gettext("Item"), width=18),
            Column("m", gettext("Ministry (CZK)"), Kind.CELL, 18),
            Column("b", gettext("Returns (CZK)"), Kind.CELL, 18),
            Column("missing", gettext("Missing quarters"), width=14),
            Column("difference", gettext("Difference (CZK)"), Kind.NUMBER, 16),
            Column("percent", gettext("Difference in per cent"), Kind.NUMBER, 12),
            Column("comparison", gettext("Comparison"), width=24),
            Column("decision", gettext("Decision"), width=16),
        ],
        (
            {
                **row,
                "type": type_name(row["type_code"]),
                "item": item_name(row["item"]),
                "m": Cell(CellState(row["m_state"]), row["m"]),
                "b": Cell(CellState(row["b_state"]), row["b"]),
                "difference": row["value"],
                "percent": None if row["share"] is None else round(row["share"] * 100, 2),
                "comparison": COMPARISONS[row["comparison"]][0],
                "decision": DECISIONS[row["decision"]][0],
            }
            for row in rows
        ),
    )
