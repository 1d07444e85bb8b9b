"""Reports of municipal support as files of the browser: columns are the same every year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext

from portal.core.cells import NOT_SUPPLIED, Cell, CellState
from portal.grants.service import COSTS, REVENUE, Report
from portal.grants.types import By, Kind, Line, Similar, SizeClass
from portal.grants.views.record_tables import type_name
from portal.grants.words import KINDS
from portal.web.downloads import Column, Table
from portal.web.downloads import Kind as ColumnKind
from portal.web.formats import number
from portal.web.languages import say


def line_name(by: By, line: Line) -> str:
    if by is By.ORP and not line.name:
        return gettext("Municipalities that are no more")
    return type_name(line.key) if by is By.TYPE else line.name


def cell_of(row: dict[str, Any] | None) -> Cell:
    return NOT_SUPPLIED if row is None else Cell(CellState(str(row["state"])), row["value"])


def report_table(found: Report) -> Table:
    """The report for a file. Columns of returns are there for those who may see them, always all of them."""
    columns = [Column("year", gettext("Year"), ColumnKind.NUMBER, 8), *name_columns(found.by)]
    columns += [Column("count", gettext("Municipalities"), ColumnKind.NUMBER, 10)]
    columns += [Column(str(kind), f"{say(label)} ({gettext('CZK')})", ColumnKind.CELL) for kind, label in KINDS.items()]
    columns += [
        Column("total", gettext("Total (CZK)"), ColumnKind.CELL),
        Column("people", gettext("Inhabitants"), ColumnKind.NUMBER, 12),
        Column("per_inhabitant", gettext("Per inhabitant (CZK)"), ColumnKind.NUMBER, 12),
    ]
    if found.returns is not None:
        columns += [
            Column("revenue", gettext("Revenue from municipalities by returns (CZK)"), ColumnKind.CELL),
            Column("costs", gettext("Costs by returns (CZK)"), ColumnKind.CELL),
            Column("share", gettext("Support in per cent of costs"), ColumnKind.NUMBER),
        ]
    columns += _similar_columns() if found.by is By.MUNICIPALITY else []
    columns += [
        Column("total_previous_year", gettext("Total in the previous year (CZK)"), ColumnKind.CELL),
        Column("total_two_years_before", gettext("Total two years before (CZK)"), ColumnKind.CELL),
    ]
    beside = found.beside()
    return Table(gettext("Municipal support"), columns, (_row(found, line, beside) for line in found.lines))


def _similar_columns() -> list[Column]:
    return [
        Column("size", gettext("Size class (inhabitants)"), width=20),
        Column("class_all", gettext("Municipalities of the class"), ColumnKind.NUMBER, 10),
        Column("class_told", gettext("Of them told support"), ColumnKind.NUMBER, 10),
        Column("class_median", gettext("Median of the class per inhabitant (CZK)"), ColumnKind.NUMBER, 12),
        Column("difference", gettext("Difference from the median (CZK)"), ColumnKind.NUMBER, 12),
        Column("place", gettext("Place in the class"), ColumnKind.NUMBER, 10),
    ]


def name_columns(by: By) -> list[Column]:
    if by is By.SERVICE:
        return [
            Column("register_id", gettext("Number in the register"), ColumnKind.NUMBER, 12),
            Column("name", gettext("Service"), width=40),
            Column("type", gettext("Type of service"), width=30),
            Column("provider_ico", gettext("Company number"), width=12),
            Column("provider_name", gettext("Provider"), width=40),
        ]
    if by is By.TYPE:
        return [Column("name", gettext("Type of service"), width=40)]
    if by is By.PROVIDER:
        return [
            Column("provider_ico", gettext("Company number"), width=12),
            Column("name", gettext("Provider"), width=40),
        ]
    names = [Column("code", gettext("Code"), width=10)]
    if by is By.MUNICIPALITY:
        return [*names, Column("orp", gettext("ORP"), width=30), Column("name", gettext("Municipality"), width=30)]
    return [*names, Column("name", gettext("ORP"), width=30)]


def _row(found: Report, line: Line, beside: dict[tuple[str, str], dict[str, Any]]) -> dict[str, Any]:
    costs = beside.get((line.key, COSTS))
    share = None if costs is None else costs["share"]
    return {
        **line.names,
        "type": type_name(line.names["type_code"]) if "type_code" in line.names else "",
        "year": found.year,
        "name": line_name(found.by, line),
        "count": line.municipalities,
        **{str(kind): line.amounts[kind] for kind in Kind},
        "total": line.total,
        "people": line.people,
        "per_inhabitant": line.per_inhabitant,
        "revenue": cell_of(beside.get((line.key, REVENUE))),
        "costs": cell_of(costs),
        "share": None if share is None else round(share * 100, 2),
        "total_previous_year": line.earlier.get(found.year - 1, NOT_SUPPLIED),
        "total_two_years_before": line.earlier.get(found.year - 2, NOT_SUPPLIED),
        **_beside_similar(line.similar),
    }


def _beside_similar(similar: Similar | None) -> dict[str, Any]:
    if similar is None:
        return {}
    size = similar.size
    return {
        "size": size_name(size),
        "class_all": size.all,
        "class_told": size.told,
        "class_median": size.median,
        "difference": similar.difference,
        "place": similar.place,
    }


def size_name(size: SizeClass) -> str:
    """The inhabitants of a size class: 200 to 499, 100 000 and more."""
    low, high = size.bounds
    if high is None:
        return gettext("%(low)s and more", low=number(low))
    return gettext("%(low)s to %(high)s", low=number(low), high=number(high))


def sizes_table(year: int, sizes: Sequence[SizeClass]) -> Table:
    """Size classes for a file; a median is empty where nobody told a number."""
    columns = [
        Column("year", gettext("Year"), ColumnKind.NUMBER, 8),
        Column("size", gettext("Size class (inhabitants)"), width=20),
        Column("all", gettext("Municipalities"), ColumnKind.NUMBER, 10),
        Column("told", gettext("Of them told support"), ColumnKind.NUMBER, 10),
        Column("zeros", gettext("Told a zero"), ColumnKind.NUMBER, 10),
        Column("foreign", gettext("Support does not concern them"), ColumnKind.NUMBER, 10),
        Column("silent", gettext("Told nothing"), ColumnKind.NUMBER, 10),
        Column("lower", gettext("Lower quartile per inhabitant (CZK)"), ColumnKind.NUMBER, 12),
        Column("median", gettext("Median per inhabitant (CZK)"), ColumnKind.NUMBER, 12),
        Column("upper", gettext("Upper quartile per inhabitant (CZK)"), ColumnKind.NUMBER, 12),
        Column("total", gettext("Total (CZK)"), ColumnKind.NUMBER),
    ]
    values = ("all", "told", "zeros", "foreign", "silent", "lower", "median", "upper", "total")
    rows = [{"year": year, "size": size_name(size), **{name: getattr(size, name) for name in values}} for size in sizes]
    return Table(gettext("Municipal support by size of the municipality"), columns, rows)
