"""What if: other capacity at some place, and what it changes around.

A planner of the kraj, some times a year, with a proposal on the table: a home wants twenty beds more, another one ends.
They fear to promise help that does not come, and that a trial of theirs is taken for a decision. So nothing is stored,
the same question with the same changes is one address that can be sent on, and the figures before and after stand
beside each other, with the municipalities that lose as plainly as those that gain.
"""

from __future__ import annotations

from math import ceil
from typing import Any
from urllib.parse import urlencode

from flask import Response, render_template, request, url_for
from flask_babel import gettext

from portal.core.clock import today
from portal.core.errors import Invalid, NotFound
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.map import words as map_words
from portal.map.access import drawn, service, words
from portal.map.access.link import parse_amount, parse_question, question_query, scenario_query
from portal.map.access.types import MAX_CHANGES, Change, Effect, Question
from portal.map.access.views.blueprint import Answer, Errors, bp, said
from portal.map.faults import refused
from portal.map.layers import words as layer_words
from portal.map.layers.link import LEVEL_WORDS
from portal.map.layers.service import file_of_areas, read_areas
from portal.map.service import find_shapes
from portal.territory.types import Level
from portal.web.downloads import csv_response, xlsx_response
from portal.web.gate import current_actor, requires
from portal.web.languages import say

FIRST_ROWS = 3
PAGE = 100


@bp.get("/co-kdyz")
@requires(Permission.ACCESS_PLAN)
def what_if() -> Answer:
    """The form of a scenario, and what it changes."""
    usual = Question(rule=service.usual_rule())
    try:
        question = parse_question(request.args, usual.rule)
        scenario = service.open_scenario(current_actor(), today(), question)
    except Invalid as error:
        return _page(usual, None, [], None, said(error)), 400
    try:
        changes, effect = _asked(scenario)
    except Invalid as error:
        return _page(question, scenario, [], None, said(error)), 400
    return _page(question, scenario, changes, effect, {})


def _asked(scenario: service.Scenario) -> tuple[list[Change], Effect | None]:
    """The changes that the address names, and their effect; None without any. Raises Invalid by field."""
    changes, fields, errors = [], [], {}
    for row in range(1, MAX_CHANGES + 1):
        place, amount = _typed(f"misto-{row}"), _typed(f"zmena-{row}")
        if not place and not amount:
            continue
        for field, text, sentence in (
            (f"misto-{row}", place, _m("Write where the capacity changes.")),
            (f"zmena-{row}", amount, _m("Write by how many places the capacity changes, such as 20 or -10.")),
        ):
            if not text:
                errors[field] = [sentence]
        found = parsed = None
        try:
            found = scenario.book.find(place) if place else None
        except Invalid as error:
            errors[f"misto-{row}"] = [error.message]
        try:
            parsed = parse_amount(amount) if amount else None
        except Invalid as error:
            errors[f"zmena-{row}"] = [error.message]
        if found is not None and parsed is not None:
            changes.append(Change(found.key, parsed))
            fields.append(f"zmena-{row}")
    if errors:
        raise refused(errors)
    return changes, service.read_effect(scenario, changes, fields) if changes else None


def _typed(name: str) -> str:
    return request.args.get(name, "").strip()


def _page(
    question: Question,
    scenario: service.Scenario | None,
    changes: list[Change],
    effect: Effect | None,
    errors: Errors,
) -> str:
    query = {**question_query(question), **scenario_query(changes)}
    rows = effect.rows if effect else ()
    pages = max(1, ceil(len(rows) / PAGE))
    text = request.args.get("strana", "")
    page = min(max(int(text), 1), pages) if text.isascii() and text.isdigit() and len(text) <= 6 else 1
    shown = _rows_of_form()
    return render_template(
        "access/what_if.html",
        question=scenario.ground.question if scenario else question,
        effect=effect,
        rows=rows[(page - 1) * PAGE : page * PAGE],
        typed={**question_query(question), **{key: value for key, value in request.args.items() if value.strip()}},
        form_rows=[(row, _shown_place(scenario, _typed(f"misto-{row}")), _typed(f"zmena-{row}")) for row in shown],
        may_add=len(shown) < MAX_CHANGES,
        more=len(shown) + 1,
        errors=errors,
        choices=words.choices(),
        labels=words.place_labels(scenario.options) if scenario else [],
        words=words,
        decimals_of=map_words.column_decimals,
        population_name=map_words.population_name,
        capitalised=map_words.capitalised,
        summary=_changes_in_words(scenario, changes),
        setup=_setup(scenario.ground.question, effect) if scenario and effect and effect.rows else None,
        permanent=_address("access.what_if", query),
        file_address=lambda kind: _address("access.what_if_file", query, kind=kind),
        page=page,
        pages=pages,
        page_address=lambda number: _address("access.what_if", {**query, "strana": str(number)}),
    )


def _setup(question: Question, effect: Effect) -> dict[str, Any] | None:
    """What the map of changes starts from; None without boundaries. Its shapes and names are those of the layers."""
    level = Level.MUNICIPALITY
    shapes, areas = find_shapes(level), read_areas(level)
    names = file_of_areas(areas)
    if shapes is None or names is None or areas.info is None:
        return None
    south, west, north, east = shapes.bounds
    script_words = layer_words.script_words(areas.info.source)
    script_words["legend"] = {**script_words["legend"], drawn.UNCHANGED: gettext("no change")}
    word = _level_word(level)
    return {
        "bounds": [[south, west], [north, east]],
        "shapes": url_for("map.shapes", level=word, digest=shapes.digest),
        "areas": url_for("layers.areas", level=word, digest=names.digest),
        "drawing": drawn.drawing(question, effect, areas.codes.tolist()),
        "words": script_words,
        "schematic": areas.info.schematic,
    }


def _level_word(level: Level) -> str:
    return next(word for word, known in LEVEL_WORDS.items() if known is level)


def _address(endpoint: str, query: dict[str, Any], **values: Any) -> str:
    return f"{url_for(endpoint, **values)}?{urlencode(query, safe=':')}"


def _rows_of_form() -> list[int]:
    """Rows that the form shows: those filled in, three at least, and one more when it was asked for."""
    filled = [row for row in range(1, MAX_CHANGES + 1) if _typed(f"misto-{row}") or _typed(f"zmena-{row}")]
    wanted = request.args.get("radku", "")
    asked = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) <= 2 else 0
    return list(range(1, min(MAX_CHANGES, max(FIRST_ROWS, asked, *filled, 0)) + 1))


def _shown_place(scenario: service.Scenario | None, text: str) -> str:
    """The place by its name, where the text names one; otherwise what was typed."""
    if scenario is None or not text:
        return text
    try:
        return words.place_label(scenario.book.find(text))
    except Invalid:
        return text


def _changes_in_words(scenario: service.Scenario | None, changes: list[Change]) -> list[tuple[str, str]]:
    if scenario is None:
        return []
    return [(words.place_label(scenario.book.find(change.key)), words.change_text(change.amount)) for change in changes]


@bp.get("/co-kdyz/soubor.<kind>")
@requires(Permission.ACCESS_PLAN)
def what_if_file(kind: str) -> Response:
    """What the scenario changes, as CSV or XLSX."""
    if kind not in ("csv", "xlsx"):
        raise NotFound(_m("There is no such file."))
    question = parse_question(request.args, service.usual_rule())
    scenario = service.open_scenario(current_actor(), today(), question)
    _changes, effect = _asked(scenario)
    if effect is None:
        raise Invalid(_m("The scenario has no change."))
    answer = csv_response if kind == "csv" else xlsx_response
    return answer(words.effect_file(scenario.ground.question, effect), say(_m("what-if")))
