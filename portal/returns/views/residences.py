"""The page of the territory part: where the users live, to which group they belong, in which situation they are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.messages import Message, _m
from portal.core.permissions import Permission
from portal.core.transaction import ConstraintViolated, transaction
from portal.returns import forms, service
from portal.returns.readings import ReturnReading
from portal.returns.residences.rows import RowChange, merge_rows, read_rows
from portal.returns.residences.types import STATE_LABELS, ResidenceInput, ResidenceKey, ResidenceState
from portal.returns.service import ResidenceSheet, ResidenceWords
from portal.returns.types import ALL, CellKey, Period
from portal.returns.views.pages import BEGUN_TWICE, Answer, bp, parse_period
from portal.web.formats import number
from portal.web.gate import current_actor, requires
from portal.web.languages import current_language, say

BLANK_ROWS = 5  # a new table begins with so many; "more rows" adds as many
ROOM = 2  # blank rows below those that are filled
MAX_TYPED_ROWS = 600
MAX_TYPED_CHARS = 120
FIELDS = ("municipality", "target_group", "situation", "persons")
CHOSEN_STATES = (ResidenceState.SUPPLIED, ResidenceState.NO_ONE, ResidenceState.NOT_APPLICABLE)

_ROW = re.compile(r"row-([0-9]{1,4})-(?:municipality|target_group|situation|persons)", re.ASCII)


@dataclass(frozen=True)
class Sheet:
    """What the page shows: the choice, the rows as typed, and what is wrong with them."""

    version: int
    state: str
    rows: Sequence[ResidenceInput]
    faults: Mapping[int, Mapping[str, Message]] = field(default_factory=dict)
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)  # of the page as a whole
    conflicts: Sequence[RowChange] = ()
    has_conflict: bool = False


@bp.get("/vykazy/<int:register_id>/<period>/bydliste")
@requires(Permission.RETURN_READ)
def residences(register_id: int, period: str) -> Answer:
    """The table to fill in for those who may write now, the figures for everybody else."""
    reading, stored = _read(register_id, period)
    if not reading.may_edit:
        return render_template("returns/residences_read.html", **_context(reading, stored))
    return _page(reading, stored, _drawn(stored))


@bp.post("/vykazy/<int:register_id>/<period>/bydliste")
@requires(Permission.RETURN_EDIT)
def save_residences(register_id: int, period: str) -> Answer:
    """Store the whole table, or only give it back with more rows or one less; what is typed is never lost."""
    reading, stored = _read(register_id, period)
    typed = _typed()
    action = request.form.get("do", "save")
    if action == "more":
        return _page(reading, stored, _with_rows(typed, [*typed.rows, *_blank(BLANK_ROWS)]))
    if action.startswith("remove-"):
        kept = [row for place, row in enumerate(typed.rows) if action != f"remove-{place}"]
        return _page(reading, stored, _with_rows(typed, kept))
    words = stored.words
    rows, faults = read_rows(typed.rows, words.places, words.groups, words.situations)
    state = typed.state if typed.state in CHOSEN_STATES else None
    if state is None:
        errors = {"state": [gettext("Choose what the table says.")]}
        return _page(reading, stored, _with_faults(typed, faults, errors)), 422
    if faults:
        return _page(reading, stored, _with_faults(typed, faults, {})), 422
    try:
        with transaction():
            service.save_residences(
                current_actor(),
                register_id=register_id,
                period=reading.period,
                version=typed.version,
                state=ResidenceState(state),
                rows=rows,
            )
    except Invalid as error:
        return _page(reading, stored, _with_faults(typed, {}, {"state": [say(error.message)]})), 422
    except (Conflict, ConstraintViolated) as error:
        return _conflict(register_id, period, typed, rows, error)
    flash(gettext("Residence of users is saved."), "success")
    return _to_return(register_id, reading.period)


@bp.post("/vykazy/<int:register_id>/<period>/bydliste/beze-zmeny")
@requires(Permission.RETURN_EDIT)
def copy_residences(register_id: int, period: str) -> Answer:
    """Take over what the quarter before told."""
    reading, stored = _read(register_id, period)
    version = forms.read_version(request.form)
    try:
        with transaction():
            rows = service.copy_residences(
                current_actor(),
                register_id=register_id,
                period=reading.period,
                version=version,
            )
    except (Invalid, Conflict, ConstraintViolated) as error:
        if isinstance(error, ConstraintViolated) and error.name != BEGUN_TWICE:
            raise
        reading, stored = _read(register_id, period)
        sentence = gettext("Somebody else changed the residence of users in the meantime. Here it is as stored now.")
        told = say(error.message) if isinstance(error, Invalid) else sentence
        status = 422 if isinstance(error, Invalid) else 409
        return _page(reading, stored, _with_faults(_drawn(stored), {}, {"state": [told]})), status
    flash(
        ngettext("Taken over from last quarter: %(num)d row.", "Taken over from last quarter: %(num)d rows.", rows),
        "success",
    )
    return _to_return(register_id, reading.period)


@bp.get("/vykazy/<int:register_id>/<period>/bydliste/beze-zmeny")
@requires(Permission.RETURN_READ)
def after_copy(register_id: int, period: str) -> Answer:
    """A page that answered the sending of a form has the form's address; whoever opens it again gets the table."""
    reading, _stored = _read(register_id, period)
    return redirect(url_for("returns.residences", register_id=register_id, period=str(reading.period)), code=303)


def _read(register_id: int, period: str) -> tuple[ReturnReading, ResidenceSheet]:
    reading = service.read_return(current_actor(), register_id, parse_period(period))
    stored = service.read_sheet(reading, current_language())
    if stored is None:
        raise NotFound(_m("There is no such return."))
    return reading, stored


def _drawn(stored: ResidenceSheet) -> Sheet:
    """The sheet as stored, with room for more rows."""
    rows = _as_typed(stored.current.rows, stored.words)
    chosen = "" if stored.current.state is ResidenceState.NOT_SUPPLIED else str(stored.current.state)
    return Sheet(
        stored.current.version, chosen or ResidenceState.SUPPLIED, [*rows, *_blank(ROOM if rows else BLANK_ROWS)]
    )


def _as_typed(rows: Mapping[ResidenceKey, int], words: ResidenceWords) -> list[ResidenceInput]:
    return [
        ResidenceInput(words.places.label(key.municipality), key.target_group or "", key.situation, str(persons))
        for key, persons in words.in_order(rows)
    ]


def _typed() -> Sheet:
    """What came with the form. Raises Invalid when its version is not there."""
    return Sheet(forms.read_version(request.form), request.form.get("state", ""), _typed_rows(request.form))


def _typed_rows(form: MultiDict[str, str]) -> list[ResidenceInput]:
    numbers = sorted({int(match[1]) for name in form if (match := _ROW.fullmatch(name))})[:MAX_TYPED_ROWS]
    return [
        ResidenceInput(*(form.get(f"row-{place}-{name}", "")[:MAX_TYPED_CHARS] for name in FIELDS)) for place in numbers
    ]


def _blank(count: int) -> list[ResidenceInput]:
    return [ResidenceInput()] * count


def _with_rows(typed: Sheet, rows: Sequence[ResidenceInput]) -> Sheet:
    return Sheet(typed.version, typed.state, rows or _blank(BLANK_ROWS))


def _with_faults(
    typed: Sheet, faults: Mapping[int, Mapping[str, Message]], errors: Mapping[str, Sequence[str]]
) -> Sheet:
    return Sheet(typed.version, typed.state, typed.rows or _blank(BLANK_ROWS), faults, errors)


def _conflict(
    register_id: int,
    period: str,
    typed: Sheet,
    mine: Mapping[ResidenceKey, int],
    error: Conflict | ConstraintViolated,
) -> Answer:
    """Both values side by side; what this person changed stays in the rows."""
    if isinstance(error, ConstraintViolated) and error.name != BEGUN_TWICE:
        raise error
    reading, stored = _read(register_id, period)
    if not reading.may_edit:
        lost = [RowChange(key, persons, stored.current.rows.get(key)) for key, persons in mine.items()]
        return render_template("returns/residences_read.html", lost=lost, **_context(reading, stored)), 409
    merged, differing = merge_rows(mine, stored.rows_at(typed.version), stored.current.rows)
    rows = [*_as_typed(merged, stored.words), *_blank(ROOM)]
    sheet = Sheet(stored.current.version, typed.state, rows, conflicts=differing, has_conflict=True)
    return _page(reading, stored, sheet), 409


def _page(reading: ReturnReading, stored: ResidenceSheet, sheet: Sheet) -> str:
    return render_template(
        "returns/residences.html",
        sheet=sheet,
        summary=_summary(sheet),
        users_key=CellKey(ALL, "users_in_quarter"),
        states=[
            (ResidenceState.SUPPLIED, gettext("We fill in where the users live")),
            (ResidenceState.NO_ONE, gettext("Nobody used the service in this quarter")),
            (
                ResidenceState.NOT_APPLICABLE,
                gettext("It does not concern us"),
                gettext("The service is anonymous: users are not asked where they live."),
            ),
        ],
        **_context(reading, stored),
    )


def _summary(sheet: Sheet) -> dict[str, Sequence[str]]:
    """Errors above the form: id of the box -> sentences that name the row."""
    lines: dict[str, Sequence[str]] = dict(sheet.errors)
    for place, wrong in sheet.faults.items():
        for name, sentence in wrong.items():
            row = gettext("Row %(number)s", number=number(place + 1))
            lines[f"row-{place}-{name}"] = [f"{row}: {say(sentence)}"]
    return lines


def _context(reading: ReturnReading, stored: ResidenceSheet) -> dict[str, Any]:
    return {
        "reading": reading,
        "stored": stored,
        "language": current_language(),
        "residence_state_label": lambda state: say(STATE_LABELS[state]),
    }


def _to_return(register_id: int, quarter: Period) -> Response:
    address = url_for("returns.show", register_id=register_id, period=str(quarter), _anchor="section-residences")
    return redirect(address, code=303)
