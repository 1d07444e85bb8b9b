"""Saving while a person types: a few cells at a time, as JSON, from the script of the entry form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import jsonify, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.core.cells import Cell, CellState
from portal.core.clock import PRAGUE, now_utc
from portal.core.errors import Conflict, Invalid
from portal.core.messages import Message, _m
from portal.core.permissions import Permission
from portal.core.transaction import ConstraintViolated, transaction
from portal.returns import forms, service
from portal.returns.calc import read_input
from portal.returns.readings import ReturnReading
from portal.returns.types import CellInput, CellKey, Severity
from portal.returns.views.pages import BEGUN_TWICE, bp, parse_period
from portal.web.formats import cell_text
from portal.web.gate import current_actor, requires
from portal.web.languages import say

JsonAnswer = Response | tuple[Response, int]


@bp.post("/vykazy/<int:register_id>/<period>/prubezne-ulozeni")
@requires(Permission.RETURN_EDIT)
def autosave(register_id: int, period: str) -> JsonAnswer:
    """Store what can be read.

    200: new version, faults, totals, what the rules say, how far each part is, what others changed; 409: both values.
    """
    quarter = parse_period(period)
    reading = service.read_return(current_actor(), register_id, quarter)
    version, typed = _sent(reading)
    read = {key: read_input(reading.definition.field(key.field), one) for key, (one, _comment) in typed.items()}
    cells = {key: cell for key, cell in read.items() if isinstance(cell, Cell)}
    try:
        with transaction():
            reading = service.autosave_cells(
                current_actor(),
                register_id=register_id,
                period=quarter,
                version=version,
                cells=cells,
                comments={key: comment for key, (_one, comment) in typed.items() if comment is not None},
            )
    except (Conflict, ConstraintViolated) as error:
        if isinstance(error, ConstraintViolated) and error.name != BEGUN_TWICE:
            raise
        return _conflict(register_id, reading, version, cells, error)
    faults = {key: fault for key, fault in read.items() if isinstance(fault, Message)}
    return jsonify(
        version=reading.version,
        saved=_clock(),
        faults={key.name: say(fault) for key, fault in faults.items()},
        parts=_parts(reading, forms.EntryState(typed={key: typed[key][0] for key in faults}, faults=faults)),
        totals=_totals(reading),
        findings=_findings(reading),
        others=_others(reading, version, set(typed)),
    )


def _conflict(
    register_id: int,
    before: ReturnReading,
    version: int,
    cells: Mapping[CellKey, Cell],
    error: Conflict | ConstraintViolated,
) -> JsonAnswer:
    reading = service.read_return(current_actor(), register_id, before.period)
    if not reading.may_edit:
        told = say(error.message) if isinstance(error, Conflict) else gettext("The return can no longer be changed.")
        return jsonify(closed=told), 409
    by_key = reading.changes_by_key()
    differing = [
        (key, by_key[key][0])
        for key, cell in cells.items()
        if key in by_key and by_key[key][0].version > version and reading.cell(key) != cell
    ]
    return jsonify(
        version=reading.version,
        saved=_clock(),
        conflicts=[
            {
                "name": key.name,
                "who": change.actor_name,
                "stored": _box(reading.cell(key)),
                "storedText": cell_text(reading.cell(key)),
            }
            for key, change in differing
        ],
        totals=_totals(reading),
        findings=_findings(reading),
        parts=_parts(reading, forms.EntryState()),
        others=_others(reading, version, set(cells)),
    ), 409


def _sent(reading: ReturnReading) -> tuple[int, dict[CellKey, tuple[CellInput, str | None]]]:
    """The version and the cells of the request; totals and names of no box are left out. Raises Invalid."""
    body = request.get_json(silent=True)
    version = body.get("version") if isinstance(body, dict) else None
    cells = body.get("cells") if isinstance(body, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or version < 0 or not isinstance(cells, dict):
        raise Invalid(_m("The form is not complete. Open the return again."))
    by_name = {key.name: key for key in reading.keys if not reading.definition.field(key.field).is_computed}
    found: dict[CellKey, tuple[CellInput, str | None]] = {}
    for name, sent in cells.items():
        if name not in by_name or not isinstance(sent, dict):
            continue
        text, comment = sent.get("text"), sent.get("comment")
        one = CellInput(
            text=text[: forms.MAX_TYPED_CHARS] if isinstance(text, str) else "", not_applicable=sent.get("na") is True
        )
        found[by_name[name]] = one, comment if isinstance(comment, str) else None
    return version, found


def _totals(reading: ReturnReading) -> dict[str, str]:
    return {
        key.name: cell_text(reading.cell(key))
        for key in reading.keys
        if reading.definition.field(key.field).is_computed
    }


def _findings(reading: ReturnReading) -> dict[str, dict[str, list[str]]]:
    """What the rules say of the stored figures, by box; nothing about gaps, as on a page that was just opened."""
    found: dict[str, dict[str, list[str]]] = {}
    for (key, severity), sentences in forms.sentences_by_cell(reading).items():
        kind = "errors" if severity is Severity.ERROR else "warnings"
        found.setdefault(key.name, {"errors": [], "warnings": []})[kind] = sentences
    return found


def _parts(reading: ReturnReading, state: forms.EntryState) -> dict[str, tuple[str, str]]:
    """How far each part of the return is, for its contents, by anchor; see ``SectionView.standing``."""
    return {section.anchor: section.standing for section in forms.build_sections(reading, state)}


def _others(reading: ReturnReading, version: int, sent: set[CellKey]) -> dict[str, dict[str, Any]]:
    """Boxes that others changed since the version, besides those that were sent."""
    changed = {change.key for change in reading.changes if change.version > version} - sent
    return {
        key.name: _box(reading.cell(key))
        for key in reading.keys
        if key in changed and not reading.definition.field(key.field).is_computed
    }


def _box(cell: Cell) -> dict[str, Any]:
    return {"text": forms.input_text(cell), "na": cell.state is CellState.NOT_APPLICABLE}


def _clock() -> str:
    local = now_utc().astimezone(PRAGUE)
    return f"{local.hour}:{local.minute:02d}"
