"""Who waits in one's own municipality and its ORP, for the municipality.

The social worker or a councillor opens it before the budget or a talk with a provider: do enough of our people wait
for this service that we should pay for it. They fear to point at somebody, and so does the portal: small numbers are
not told, others only to fives, and only of quarters that have closed.
"""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.core.cells import HIDDEN, Cell
from portal.core.errors import NotFound
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.returns.types import Period
from portal.waitlists.need import service
from portal.waitlists.need.service import LocalNeed
from portal.waitlists.need.service.local import LOCAL_MEASURES
from portal.waitlists.need.views.blueprint import bp
from portal.waitlists.need.words import period_label, type_names
from portal.web.downloads import Column, Kind, Table, csv_response, xlsx_response
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
        lines=[(name, cells[code]) for code, name in type_names().items() if code in cells],
        file_address=lambda kind: url_for(
            "need.local_file", kind=kind, uzemi=found.area, ctvrtleti=str(found.counted.period)
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
        current_actor(), request.args.get("uzemi") or None, Period.parse(text) if text else None
    )


def _cells(found: LocalNeed) -> dict[str, dict[str, Cell]]:
    """Figures by type."""
    cells: dict[str, dict[str, Cell]] = {}
    for row in found.figures.rows():
        cell = HIDDEN if row["value"] is None else Cell.of(int(row["value"]))
        cells.setdefault(row["type_code"], {})[row["figure"]] = cell
    return cells


def _area_choices(found: LocalNeed) -> list[tuple[str, str]]:
    return [(code, gettext("ORP of %(name)s", name=name) if _is_orp(code) else name) for code, name in found.areas]


def _is_orp(code: str) -> bool:
    return len(code) != len("500496")


def _file_rows(found: LocalNeed) -> list[dict[str, Any]]:
    cells, area = _cells(found), dict(_area_choices(found))[found.area]
    head = {"period": str(found.counted.period), "area": area}
    return [{**head, "type": name, **cells[code]} for code, name in type_names().items() if code in cells]
