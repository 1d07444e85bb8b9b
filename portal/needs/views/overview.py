"""A quarter over municipalities: who has told their needs, and what they come to.

The planner of the kraj opens it some days after a quarter has ended, to see whom to call and what to write into the
plan; the social worker of a municipality with extended powers gathers here what the municipalities of its area say.
They fear to take a municipality that told nothing for one without needs; so who told what stands beside every sum.
"""

from __future__ import annotations

from math import ceil
from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext

from portal.core.cells import NOT_SUPPLIED, Cell
from portal.core.errors import Invalid, NotFound
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.needs import service
from portal.needs.service import ALL, Overview
from portal.needs.types import Progress, Standing
from portal.needs.views.blueprint import bp
from portal.needs.words import PROGRESS, NeedsWords, cell_of, needs_words, period_label, rows_table
from portal.returns.types import Period
from portal.territory.types import Level
from portal.web.downloads import Column, Kind, Table, csv_response, xlsx_response
from portal.web.gate import current_actor, requires
from portal.web.languages import say
from portal.web.paging import page_number

PAGE = 50
Totals = dict[tuple[str, str, str], Cell]


@bp.get("/potreby")
@requires(Permission.NEEDS_READ)
def index() -> str:
    """The quarter: completeness by ORP, persons by situation, municipalities."""
    actor, found, words, page = current_actor(), _read(), needs_words(), page_number()
    orps = {one.orp_code: one.orp_name for one in found.areas}
    orp, progress = request.args.get("orp", ""), request.args.get("stav", "")
    if (orp and orp not in orps) or progress not in ("", *Progress):
        raise Invalid(_m("The list cannot be filtered in this way. Choose from the values offered."))
    standings = [one for one in found.standings if orp in ("", one.place.orp_code) and progress in ("", one.progress)]
    totals = _totals(found)
    given: dict[str, Any] = {"ctvrtleti": str(found.period), "orp": orp or None, "stav": progress or None}
    return render_template(
        "needs/index.html",
        found=found,
        standings=standings[(page - 1) * PAGE : page * PAGE],
        count=len(standings),
        orps=list(orps.items()),
        orp=orp,
        area_name=orps.get(orp, ""),
        progress=progress,
        progress_words=PROGRESS,
        progress_choices=[(str(each), say(label)) for each, (label, _colour) in PROGRESS.items()],
        periods=[(str(one), period_label(one)) for one in found.periods],
        situations=_situations(found, words, totals, orp),
        orp_total=lambda code: totals.get((Level.ORP, code, ALL), NOT_SUPPLIED),
        total_of=lambda code: totals.get((Level.MUNICIPALITY, code, ALL), NOT_SUPPLIED),
        guide=service.current_guide(),
        may_write=actor.can(Permission.NEEDS_EDIT),
        page=page,
        pages=ceil(len(standings) / PAGE),
        page_address=lambda number: url_for("needs.index", strana=number, **given),
        file_address=lambda endpoint, kind: url_for(endpoint, kind=kind, ctvrtleti=str(found.period)),
    )


@bp.get("/potreby/soubor.<kind>")
@requires(Permission.NEEDS_READ)
def download(kind: str) -> Response:
    """Every figure of the quarter that reaches the reader, with its provenance."""
    found = _read()
    rows = service.list_rows(current_actor(), [found.period]).rows()
    places = {one.place.code: one.place for one in found.standings}
    return _file(kind, rows_table(rows, needs_words(), places), gettext("needs-%(period)s", period=found.period))


@bp.get("/potreby/souhrn.<kind>")
@requires(Permission.NEEDS_READ)
def summary(kind: str) -> Response:
    """Persons by area and situation, with completeness: ORP for the kraj, municipalities for a municipality."""
    found, words = _read(), needs_words()
    name = gettext("needs-summary-%(period)s", period=found.period)
    return _file(kind, _summary_table(found, words), name)


def _file(kind: str, table: Table, name: str) -> Response:
    if kind not in ("csv", "xlsx"):
        raise NotFound(_m("There is no such file."))
    return (csv_response if kind == "csv" else xlsx_response)(table, name)


def _read() -> Overview:
    text = request.args.get("ctvrtleti", "")
    if text:
        return service.read_overview(current_actor(), Period.parse(text))
    return service.read_overview(current_actor())


def _totals(found: Overview) -> Totals:
    return {(row["level"], row["area"], row["situation"]): cell_of(row) for row in found.totals.rows()}


def _situations(found: Overview, words: NeedsWords, totals: Totals, orp: str) -> list[tuple[str, Cell]]:
    """Persons by situation in the chosen ORP, in the whole region, or in what reaches a municipality."""
    if orp and found.is_everything:
        place: tuple[str, str] = (Level.ORP, orp)
    elif found.is_everything:
        place = (Level.REGION, "")
    elif len(found.standings) == 1:
        place = (Level.MUNICIPALITY, found.standings[0].place.code)
    else:
        return []
    return [(name, totals.get((*place, code), NOT_SUPPLIED)) for code, name in words.situations.items()]


def _summary_table(found: Overview, words: NeedsWords) -> Table:
    columns = [
        Column("period", gettext("Quarter"), width=10),
        Column("code", gettext("Code"), width=10),
        Column("name", gettext("ORP") if found.is_everything else gettext("Municipality"), width=28),
        Column("municipalities", gettext("Municipalities"), Kind.NUMBER, 10),
        *(Column(str(each), say(label), Kind.NUMBER, 14) for each, (label, _colour) in PROGRESS.items()),
        *(Column(code, name, Kind.CELL, 16) for code, name in words.situations.items()),
        Column(ALL, gettext("Total"), Kind.CELL, 12),
    ]
    return Table(gettext("Needs of municipalities"), columns, list(_summary_rows(found, words)))


def _summary_rows(found: Overview, words: NeedsWords) -> list[dict[str, Any]]:
    totals = _totals(found)

    def cells(level: str, code: str) -> dict[str, Cell]:
        return {each: totals.get((level, code, each), NOT_SUPPLIED) for each in (*words.situations, ALL)}

    period = str(found.period)
    if not found.is_everything:
        return [_summary_row(period, one, cells(Level.MUNICIPALITY, one.place.code)) for one in found.standings]
    rows = []
    for area in found.areas:
        counts = {str(each): area.counts[each] for each in Progress}
        head = {"period": period, "code": area.orp_code, "name": area.orp_name, "municipalities": area.municipalities}
        rows.append({**head, **counts, **cells(Level.ORP, area.orp_code)})
    return rows


def _summary_row(period: str, one: Standing, cells: dict[str, Cell]) -> dict[str, Any]:
    counts = {str(each): int(each is one.progress) for each in Progress}
    return {"period": period, "code": one.place.code, "name": one.place.name, "municipalities": 1, **counts, **cells}
