"""Who waits in one's own municipality and its ORP, for the municipality.

The social worker or a councillor opens it before the budget or a talk with a provider: do enough of our people wait
for this service that we should pay for it. They fear to point at somebody, and so does the portal: small numbers are
not told, others only to fives, only of quarters that have closed, and of an ORP nothing beside its release.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.core.errors import NotFound
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.returns.types import Period
from portal.territory.types import Level, Unit
from portal.waitlists.need import service
from portal.waitlists.need.service import LocalNeed
from portal.waitlists.need.service.local import LOCAL_MEASURES
from portal.waitlists.need.views.blueprint import bp, published_counts
from portal.waitlists.need.words import cell, period_label, type_names
from portal.web.downloads import Column, Kind, Table, csv_response, xlsx_response
from portal.web.formats import number
from portal.web.gate import current_actor, requires
from portal.web.languages import say


def local_page() -> str:
    """The page of a municipality at the address of need."""
    found = _read()
    if found is None:
        return render_template("need/nothing_yet.html", heading=gettext("Need in our territory"))
    cells = _cells(found)
    return render_template(
        "need/local.html",
        found=found,
        areas=_area_choices(found),
        quarters=[(str(one.period), period_label(one.period)) for one in found.quarters],
        measures=LOCAL_MEASURES,
        told=_told,
        lines=[(name, cells[code]) for code, name in type_names().items() if code in cells],
        file_address=lambda kind: url_for(
            "need.local_file", kind=kind, uzemi=found.area.code, ctvrtleti=str(found.counted.period)
        ),
    )


@bp.get("/zadatele/potreba/uzemi.<kind>")
@requires(Permission.NEED_LOCAL)
def local_file(kind: str) -> Response:
    """The same table as a file."""
    if kind not in ("csv", "xlsx"):
        raise NotFound(_m("There is no such file."))
    found = _read()
    columns = [
        Column("period", gettext("Quarter"), width=10),
        Column("area", gettext("Territory"), width=28),
        Column("type", gettext("Type of service"), width=40),
        *(Column(str(each), say(each.label), Kind.CELL, 16) for each in LOCAL_MEASURES),
    ]
    rows = [] if found is None else _file_rows(found)
    table = Table(gettext("Need in our territory"), columns, rows)
    return (csv_response if kind == "csv" else xlsx_response)(table, gettext("need-in-our-territory"))


def _read() -> LocalNeed | None:
    text = request.args.get("ctvrtleti", "")
    return service.read_local_need(
        current_actor(),
        request.args.get("uzemi") or None,
        Period.parse(text) if text else None,
        published=published_counts(),
    )


def _cells(found: LocalNeed) -> dict[str, dict[str, dict[str, Any]]]:
    """Rows of the figures by type and figure."""
    cells: dict[str, dict[str, dict[str, Any]]] = {}
    for row in found.figures.rows():
        cells.setdefault(row["type_code"], {})[row["figure"]] = row
    return cells


def _told(row: Mapping[str, Any]) -> str:
    """A figure in words: a number, "less than 8", or hidden without a word on its size."""
    if row["value"] is not None:
        return number(int(row["value"]))
    return gettext("hidden") if row["below"] is None else gettext("less than %(number)s", number=int(row["below"]))


def _area_choices(found: LocalNeed) -> list[tuple[str, str]]:
    return [(unit.code, _area_name(unit)) for unit in found.areas]


def _area_name(unit: Unit) -> str:
    return gettext("ORP of %(name)s", name=unit.name) if unit.level is Level.ORP else unit.name


def _file_rows(found: LocalNeed) -> list[dict[str, Any]]:
    cells, head = _cells(found), {"period": str(found.counted.period), "area": _area_name(found.area)}
    return [
        {**head, "type": name, **{figure: cell(row) for figure, row in cells[code].items()}}
        for code, name in type_names().items()
        if code in cells
    ]
