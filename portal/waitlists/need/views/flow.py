"""Where people who ask for a type of service come from and where they go.

The planner looks a few times a year, when the network is planned: whether a service lets its users go on (shelters,
halfway houses) and whether those who left have another one. They fear to take a missing record for a missing service,
so what is not known has a station of its own.
"""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.core.errors import Invalid, NotFound
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.waitlists.need import charts, service
from portal.waitlists.need.calc.sankey import BAR
from portal.waitlists.need.views.blueprint import bp, chosen
from portal.waitlists.need.words import cell, station_name, type_names
from portal.web.downloads import Column, Kind, Table, csv_response, xlsx_response
from portal.web.gate import current_actor, requires


@bp.get("/zadatele/prostupnost")
@requires(Permission.WAITLIST_ALL)
def flow() -> str:
    """The flow of a type in a year, as a chart and a table."""
    found, types = _read()
    if found is None:
        return render_template("need/nothing_yet.html", heading=gettext("Flow between services"))
    return render_template(
        "need/flow.html",
        found=found,
        rows=found.figures.rows(),
        chart=charts.flow_chart(found.figures),
        bar=BAR,
        station=lambda code: station_name(code, types),
        types=[(code, name) for code, name in types.items() if code in found.types],
        type_name=types.get(found.type_code, found.type_code),
        address=lambda endpoint: url_for(endpoint, rok=found.year, druh=found.type_code),
    )


@bp.get("/zadatele/prostupnost.csv")
@requires(Permission.WAITLIST_ALL)
def flow_csv() -> Response:
    return csv_response(*_file())


@bp.get("/zadatele/prostupnost.xlsx")
@requires(Permission.WAITLIST_ALL)
def flow_xlsx() -> Response:
    return xlsx_response(*_file())


def _read() -> tuple[service.FlowReading | None, dict[str, str]]:
    types = type_names()
    text = request.args.get("rok", "")
    if text and not (text.isascii() and text.isdigit() and len(text) == 4):
        raise Invalid(_m("“%(text)s” is no year.", text=text[:20]))
    found = service.read_flow(current_actor(), int(text) if text else None, chosen("druh", types))
    if found is not None and found.year not in found.years:
        raise NotFound(_m("This year was not counted."))
    return found, types


def _file() -> tuple[Table, str]:
    found, types = _read()
    columns = [
        Column("source", gettext("Where from"), width=36),
        Column("target", gettext("Where to"), width=36),
        Column("least", gettext("Persons: at least"), Kind.CELL, 14),
        Column("most", gettext("Persons: at most"), Kind.CELL, 14),
    ]
    rows = [
        {
            "source": station_name(row["source"], types),
            "target": station_name(row["target"], types),
            "least": cell(row, "least"),
            "most": cell(row),
        }
        for row in ([] if found is None else found.figures.rows())
    ]
    name = "" if found is None else f"{found.year}-{found.type_code}"
    return Table(gettext("Flow between services"), columns, rows), gettext("flow-%(name)s", name=name)
