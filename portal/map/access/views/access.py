"""Access to services at fixed places, with the method beside it.

A planner of the kraj or a student of regional planning, some times a year, before a network of services is decided;
sometimes a mayor who was told that "there is enough". They fear a figure that nobody can explain, and one that counts
the same bed for three towns. So the parameters are fields on the page, the formula stands below it in words, places add
up to what is registered, and a municipality without anything within reach has a plain zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext

from portal.core.clock import today
from portal.core.errors import Invalid, NotFound
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.map import words as map_words
from portal.map.access import service, words
from portal.map.access.link import parse_question, question_query
from portal.map.access.types import NO_PLACES, Question, Way
from portal.map.access.views.blueprint import Answer, bp, chosen_level, said
from portal.map.link import LEVEL_WORDS
from portal.web.downloads import csv_response, xlsx_response
from portal.web.gate import requires
from portal.web.http_cache import public_page
from portal.web.navigation import visitor

PAGE = 100


@bp.get("/dostupnost")
@requires(Permission.PUBLIC)
@public_page(service.content_version)
def index() -> Answer:
    """Access by municipality or ORP."""
    level, usual = chosen_level(), Question(rule=service.usual_rule())
    try:
        question = parse_question(request.args, usual.rule)
        table = service.find_access(today(), question, level)
    except Invalid as error:
        return _page(usual, None, said(error)), 400
    return _page(question, table, {})


def _page(question: Question, table: service.AccessTable | None, errors: dict[str, list[str]]) -> str:
    level = chosen_level()
    query = {**question_query(question), "uzemi": _level_word(level)}
    rows = table.rows if table else ()
    pages = max(1, ceil(len(rows) / PAGE))
    page = _page_number(pages)
    return render_template(
        "access/index.html",
        table=table,
        question=table.question if table else question,
        rows=rows[(page - 1) * PAGE : page * PAGE],
        level=level,
        level_name=map_words.level_name(level),
        typed={**query, **{key: value for key, value in request.args.items() if value.strip()}},
        errors=errors,
        choices=words.choices(),
        words=words,
        by_times=Way.TIMES,
        decimals_of=map_words.column_decimals,
        population_name=map_words.population_name,
        capitalised=map_words.capitalised,
        page=page,
        pages=pages,
        page_address=lambda number: url_for("access.index", **{**query, "strana": str(number)}),
        file_address=lambda kind: url_for("access.download", kind=kind, **query),
        may_import=visitor().can(Permission.TRAVEL_IMPORT),
        may_plan=visitor().can(Permission.ACCESS_PLAN) and (table is None or table.has_places),
        no_places=NO_PLACES,
        map_address=url_for("layers.index", **_shared_with_layers(query)),
        scenario_address=url_for("access.what_if", **question_query(question)),
    )


def _shared_with_layers(query: Mapping[str, str]) -> dict[str, Any]:
    """The query of the layer of the map, in the same words; reach and decay are always the usual ones there."""
    shared = {
        name: query[name] for name in ("uzemi", "druh", "forma", "jednotka", "obyvatel", "cesta") if name in query
    }
    return {"vrstva": "dostupnost", **shared}


def _level_word(level: object) -> str:
    return next(word for word, known in LEVEL_WORDS.items() if known is level)


def _page_number(pages: int) -> int:
    text = request.args.get("strana", "")
    return min(max(int(text), 1), pages) if text.isascii() and text.isdigit() and len(text) <= 6 else 1


@bp.get("/dostupnost/soubor.<kind>")
@requires(Permission.PUBLIC)
def download(kind: str) -> Response:
    """The table as CSV or XLSX."""
    if kind not in ("csv", "xlsx"):
        raise NotFound(_m("There is no such file."))
    level = chosen_level()
    table = service.find_access(today(), parse_question(request.args, service.usual_rule()), level)
    answer = csv_response if kind == "csv" else xlsx_response
    name = gettext("access-to-services-%(type)s", type=table.question.type_code)
    return answer(words.access_file(table, level), name)
