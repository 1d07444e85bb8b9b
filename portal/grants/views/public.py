"""What municipalities give to services: the public reports.

Anybody comes: a councillor before the budget, a journalist, a provider who asks for a grant; a few times a year. They
want to see what their municipality gives beside those like it, and take the table away. They fear to read a gap as a
zero; so what nobody told stands as such. The kraj sees beside it what the returns say.
"""

from __future__ import annotations

from math import ceil
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext

from portal.catalog.types import service_types
from portal.core.errors import Invalid, NotFound
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.grants import service
from portal.grants.service import COSTS, REVENUE, Report
from portal.grants.types import By
from portal.grants.views.blueprint import Answer, bp, chosen_year
from portal.grants.views.record_tables import type_name
from portal.grants.views.report_tables import cell_of, line_name, name_columns, report_table, size_name, sizes_table
from portal.grants.words import COLUMNS, KINDS, VIEWS
from portal.web.downloads import Table, csv_response, xlsx_response
from portal.web.gate import current_actor, requires
from portal.web.languages import say
from portal.web.paging import page_number

PAGE = 50
EARLIER = 2
_NOT_OFFERED = _m("The list cannot be filtered in this way. Choose from the values offered.")
_BY = {address: by for by, (address, _label) in VIEWS.items()}


def _chosen_type() -> str:
    type_code = request.args.get("druh", "")
    if type_code and type_code not in service_types():
        raise Invalid(_NOT_OFFERED)
    return type_code


def _chosen() -> tuple[Report, list[int], str]:
    """The report asked for, the years there are, and the type. Raises Invalid."""
    years = service.list_years()
    by, type_code = _BY.get(request.args.get("podle", "sluzby")), _chosen_type()
    if by is None:
        raise Invalid(_NOT_OFFERED)
    year = chosen_year(years)
    earlier = [year - step for step in range(1, EARLIER + 1)]
    found = service.report(current_actor(), year, by, type_code=type_code or None, earlier_years=earlier)
    return found, years, type_code


@bp.get("/dotace")
@requires(Permission.PUBLIC)
def index() -> Answer:
    """A report of a year; a form that opens one municipality."""
    code = request.args.get("obec", "")
    if code.isascii() and code.isalnum():
        return redirect(url_for("grants.municipality", code=code, rok=request.args.get("rok") or None))
    found, years, type_code = _chosen()
    page, view, columns = page_number(), VIEWS[found.by][0], request.args.get("sloupce", "souhrn")
    if columns not in COLUMNS:
        raise Invalid(_NOT_OFFERED)
    lines = found.lines[(page - 1) * PAGE : page * PAGE]
    beside = found.beside({line.key for line in lines})
    given: dict[str, Any] = {"rok": found.year, "podle": view, "druh": type_code or None}
    shown = {**given, "sloupce": None if columns == "souhrn" else columns}
    return render_template(
        "grants/index.html",
        found=found,
        lines=lines,
        beside=beside,
        cell_beside=lambda line, item: cell_of(beside.get((line.key, item))),
        revenue=REVENUE,
        costs=COSTS,
        kinds=[(kind, say(label)) for kind, label in KINDS.items()],
        year_choices=[(each, str(each)) for each in sorted({*years, found.year}, reverse=True)],
        views=[(address, say(label)) for address, label in VIEWS.values()],
        view=view,
        column_choices=[(name, say(label)) for name, label in COLUMNS.items()],
        columns=columns,
        types=[(code, type_name(code)) for code in service_types()],
        type_code=type_code,
        line_name=lambda line: line_name(found.by, line),
        name_heading=gettext("Service") if found.by is By.SERVICE else name_columns(found.by)[-1].label,
        may_read=current_actor().can(Permission.GRANT_READ),
        may_import=current_actor().can(Permission.GRANT_IMPORT),
        page=page,
        pages=ceil(len(found.lines) / PAGE),
        page_address=lambda number: url_for("grants.index", strana=number, **shown),
        size_name=size_name,
        municipalities=list(service.municipality_names().items()) if found.by is By.MUNICIPALITY else [],
        sizes_address=url_for("grants.sizes", rok=found.year, druh=type_code or None),
        file_address=lambda kind: url_for("grants.download", kind=kind, **given),
    )


@bp.get("/dotace/soubor.<kind>")
@requires(Permission.PUBLIC)
def download(kind: str) -> Response:
    """The report as CSV or XLSX; its columns are the same every year."""
    found, _years, _type_code = _chosen()
    return _file(kind, report_table(found), f"podpora-obci-{VIEWS[found.by][0]}-{found.year}")


@bp.get("/dotace/velikosti")
@requires(Permission.PUBLIC)
def sizes() -> str:
    """Support per inhabitant by size of the municipality."""
    years, type_code = service.list_years(), _chosen_type()
    year = chosen_year(years)
    given: dict[str, Any] = {"rok": year, "druh": type_code or None}
    return render_template(
        "grants/sizes.html",
        year=year,
        sizes=[size for size in service.size_classes(year, type_code or None) if size.all],
        size_name=size_name,
        year_choices=[(each, str(each)) for each in sorted({*years, year}, reverse=True)],
        types=[(code, type_name(code)) for code in service_types()],
        type_code=type_code,
        given=given,
        file_address=lambda kind: url_for("grants.sizes_file", kind=kind, **given),
    )


@bp.get("/dotace/velikosti/soubor.<kind>")
@requires(Permission.PUBLIC)
def sizes_file(kind: str) -> Response:
    """The size classes as CSV or XLSX."""
    year = chosen_year(service.list_years())
    table = sizes_table(year, service.size_classes(year, _chosen_type() or None))
    return _file(kind, table, f"podpora-obci-velikosti-{year}")


def _file(kind: str, table: Table, name: str) -> Response:
    if kind not in ("csv", "xlsx"):
        raise NotFound(_m("There is no such file."))
    return (csv_response if kind == "csv" else xlsx_response)(table, name)


@bp.get("/dotace/obec/<code>")
@requires(Permission.PUBLIC)
def municipality(code: str) -> str:
    """One municipality: years side by side, its services, its size class."""
    page = service.municipality_page(code, chosen_year([]) if request.args.get("rok") else None)
    if page is None:
        raise NotFound(_m("There is no such municipality."))
    kinds = [(kind, say(label)) for kind, label in KINDS.items()]
    return render_template(
        "grants/municipality.html", found=page, kinds=kinds, type_name=type_name, size_name=size_name
    )
