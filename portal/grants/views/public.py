"""What municipalities give to services: the public reports.

Anybody comes: a councillor before the budget, a journalist, a provider who asks for a grant; a few times a year. They
want to see what their municipality gives beside those like it, and take the table away. They fear to read a gap as a
zero; so what nobody told stands as such. The kraj sees beside it what the returns say.
"""

from __future__ import annotations

from math import ceil
from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext

from portal.catalog.types import service_types
from portal.core.cells import NOT_SUPPLIED, Cell, CellState
from portal.core.errors import Invalid, NotFound
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.grants import service
from portal.grants.service import COSTS, REVENUE, Report
from portal.grants.types import By, Kind, Line
from portal.grants.views.blueprint import bp, chosen_year
from portal.grants.views.tables import type_name
from portal.grants.words import KINDS, VIEWS
from portal.web.downloads import Column, Table, csv_response, xlsx_response
from portal.web.downloads import Kind as ColumnKind
from portal.web.gate import current_actor, requires
from portal.web.languages import say
from portal.web.paging import page_number

PAGE = 50
EARLIER = 2
_BY = {address: by for by, (address, _label) in VIEWS.items()}


def _chosen() -> tuple[Report, list[int], str]:
    """The report asked for, the years there are, and the type. Raises Invalid."""
    years = service.list_years()
    by, type_code = _BY.get(request.args.get("podle", "sluzby")), request.args.get("druh", "")
    if by is None or (type_code and type_code not in service_types()):
        raise Invalid(_m("The list cannot be filtered in this way. Choose from the values offered."))
    year = chosen_year(years)
    earlier = [year - step for step in range(1, EARLIER + 1)]
    found = service.report(current_actor(), year, by, type_code=type_code or None, earlier_years=earlier)
    return found, years, type_code


@bp.get("/dotace")
@requires(Permission.PUBLIC)
def index() -> str:
    """A report of a year."""
    found, years, type_code = _chosen()
    page, view = page_number(), VIEWS[found.by][0]
    lines = found.lines[(page - 1) * PAGE : page * PAGE]
    beside = found.beside({line.key for line in lines})
    given: dict[str, Any] = {"rok": found.year, "podle": view, "druh": type_code or None}
    return render_template(
        "grants/index.html",
        found=found,
        lines=lines,
        beside=beside,
        cell_beside=lambda line, item: _cell(beside.get((line.key, item))),
        revenue=REVENUE,
        costs=COSTS,
        kinds=[(kind, say(label)) for kind, label in KINDS.items()],
        year_choices=[(each, str(each)) for each in sorted({*years, found.year}, reverse=True)],
        views=[(address, say(label)) for address, label in VIEWS.values()],
        view=view,
        types=[(code, type_name(code)) for code in service_types()],
        type_code=type_code,
        line_name=lambda line: _line_name(found.by, line),
        name_heading=gettext("Service") if found.by is By.SERVICE else _name_columns(found.by)[-1].label,
        may_read=current_actor().can(Permission.GRANT_READ),
        may_import=current_actor().can(Permission.GRANT_IMPORT),
        page=page,
        pages=ceil(len(found.lines) / PAGE),
        page_address=lambda number: url_for("grants.index", strana=number, **given),
        file_address=lambda kind: url_for("grants.download", kind=kind, **given),
    )


@bp.get("/dotace/soubor.<kind>")
@requires(Permission.PUBLIC)
def download(kind: str) -> Response:
    """The report as CSV or XLSX; its columns are the same every year."""
    if kind not in ("csv", "xlsx"):
        raise NotFound(_m("There is no such file."))
    found, _years, _type_code = _chosen()
    answer = csv_response if kind == "csv" else xlsx_response
    return answer(_table(found), f"podpora-obci-{VIEWS[found.by][0]}-{found.year}")


@bp.get("/dotace/obec/<code>")
@requires(Permission.PUBLIC)
def municipality(code: str) -> str:
    """One municipality: years side by side, its services, its size class."""
    page = service.municipality_page(code, chosen_year([]) if request.args.get("rok") else None)
    if page is None:
        raise NotFound(_m("There is no such municipality."))
    kinds = [(kind, say(label)) for kind, label in KINDS.items()]
    return render_template("grants/municipality.html", found=page, kinds=kinds, type_name=type_name)


def _line_name(by: By, line: Line) -> str:
    return type_name(line.key) if by is By.TYPE else line.name


def _cell(row: dict[str, Any] | None) -> Cell:
    return NOT_SUPPLIED if row is None else Cell(CellState(str(row["state"])), row["value"])


def _table(found: Report) -> Table:
    """The report for a file. Columns of returns are there for those who may see them, always all of them."""
    columns = [Column("year", gettext("Year"), ColumnKind.NUMBER, 8), *_name_columns(found.by)]
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
    beside = found.beside()
    return Table(gettext("Municipal support"), columns, (_row(found, line, beside) for line in found.lines))


def _name_columns(by: By) -> list[Column]:
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
        "name": _line_name(found.by, line),
        "count": line.municipalities,
        **{str(kind): line.amounts[kind] for kind in Kind},
        "total": line.total,
        "people": line.people,
        "per_inhabitant": line.per_inhabitant,
        "revenue": _cell(beside.get((line.key, REVENUE))),
        "costs": _cell(costs),
        "share": None if share is None else round(share * 100, 2),
    }
