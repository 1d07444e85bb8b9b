"""Capacity that is not used beside people waiting, for the kraj.

A planner comes before a meeting about the network, a key worker when a provider asks for more beds. They want to know
where places stay empty although people wait, and whether that is new; they fear figures of lists that nobody keeps,
so the number of services behind each day stands beside it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd
from flask import Response, render_template, request, url_for
from flask_babel import gettext

from portal.core.clock import today
from portal.core.errors import Invalid
from portal.core.messages import Message, _m
from portal.core.permissions import Permission
from portal.waitlists.vacancies import service, words
from portal.waitlists.vacancies.calc.unused import FIGURES, WHOLE
from portal.waitlists.vacancies.service import Unused
from portal.waitlists.vacancies.views.blueprint import bp, upkeep
from portal.web.downloads import Column, Kind, Table, csv_response, xlsx_response
from portal.web.formats import day
from portal.web.gate import current_actor, requires
from portal.web.languages import say

ADDRESS = "/volna-mista/kapacita"
WIDTH, HEIGHT, MARGIN = 700, 220, 40

FIGURE_LABELS: dict[str, Message] = {
    "beds": _m("Registered beds"),
    "free": _m("Free, taking"),
    "closed": _m("Free, not taking"),
    "reserved": _m("Reserved"),
    "occupied": _m("Occupied"),
    "waiting": _m("Persons who wait"),
    "services": _m("Services that keep places"),
}
DRAWN = ("free", "closed", "waiting")


class Drawing(NamedTuple):
    """The course as points of lines on WIDTH x HEIGHT, and the words at its axes."""

    lines: list[tuple[str, str, str]]  # figure, its name, points "x,y x,y"
    ticks: list[tuple[float, str]]  # height, number
    first: str
    last: str


@bp.get(ADDRESS)
@requires(Permission.VACANCY_READ)
def unused() -> str:
    """By type and area now, and the course of a year."""
    found, type_code = _found()
    course = _course_rows(found)
    return render_template(
        "vacancies/unused.html",
        found=found,
        type_code=type_code,
        types=[(code, words.type_name(code)) for code in found.types],
        rows=_table_rows(found),
        course=course,
        drawing=_draw(course),
        figures=[(name, say(FIGURE_LABELS[name])) for name in FIGURES],
        course_figures=[(name, say(FIGURE_LABELS[name])) for name in (*FIGURES[1:], "services")],
        size=(WIDTH, HEIGHT, MARGIN),
        files=[
            (gettext("Download CSV"), url_for("vacancies.unused_file", kind="csv", druh=type_code)),
            (gettext("Download XLSX"), url_for("vacancies.unused_file", kind="xlsx", druh=type_code)),
        ],
    )


@bp.get(ADDRESS + "/tabulka.<any(csv, xlsx):kind>")
@requires(Permission.VACANCY_READ)
def unused_file(kind: str) -> Response:
    """The table of today as a file."""
    found, _type_code = _found()
    columns = [
        Column("type", gettext("Type of service"), width=40),
        Column("area", gettext("Area (ORP)"), width=24),
        *(Column(name, say(FIGURE_LABELS[name]), Kind.NUMBER) for name in FIGURES),
    ]
    table = Table(gettext("Empty places"), columns, _table_rows(found))
    name = gettext("empty-places-%(day)s", day=today().isoformat())
    return csv_response(table, name) if kind == "csv" else xlsx_response(table, name)


def _found() -> tuple[Unused, str | None]:
    type_code = request.args.get("druh") or None
    found = service.read_unused(current_actor(), upkeep(), type_code=type_code)
    if type_code is not None and type_code not in found.types:
        raise Invalid(_m("Choose one of the values offered."))
    return found, type_code


def _table_rows(found: Unused) -> list[dict[str, Any]]:
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for row in found.table.to_frame().to_dict("records"):
        area = str(row["area"])
        name = gettext("the whole region") if area == WHOLE else row["area_name"] or gettext("area not known")
        one = rows.setdefault(
            (row["type_code"], area),
            {"type": words.type_name(row["type_code"]), "area": name, "is_whole": area == WHOLE},
        )
        one[row["figure"]] = int(row["value"])
    return list(rows.values())


def _course_rows(found: Unused) -> list[dict[str, Any]]:
    rows: dict[Any, dict[str, Any]] = {}
    for row in found.course.to_frame().to_dict("records"):
        one = rows.setdefault(row["on_day"], {"day": row["on_day"]})
        one[row["figure"]] = None if pd.isna(row["value"]) else int(row["value"])
    return list(rows.values())


def _draw(course: list[dict[str, Any]]) -> Drawing | None:
    """Lines of the course; None where there are fewer than two days."""
    if len(course) < 2:
        return None
    numbers = [row[name] for row in course for name in DRAWN if row.get(name) is not None]
    top, first, last = max([*numbers, 1]), course[0]["day"], course[-1]["day"]
    span = (last - first).days

    def point(row: dict[str, Any], number: int) -> str:
        x = MARGIN + (WIDTH - 2 * MARGIN) * (row["day"] - first).days / span
        return f"{x:.1f},{_height(number / top):.1f}"

    lines = []
    for name in DRAWN:
        points = [point(row, row[name]) for row in course if row.get(name) is not None]
        if len(points) > 1:
            lines.append((name, say(FIGURE_LABELS[name]), " ".join(points)))
    ticks = [(_height(share), str(round(top * share))) for share in (0.0, 0.5, 1.0)]
    return Drawing(lines, ticks, day(first), day(last))


def _height(share: float) -> float:
    return HEIGHT - 30 - (HEIGHT - 50) * share
