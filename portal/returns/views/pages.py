"""Pages of the quarterly returns.

Who comes and what they fear. A provider's editor comes four times a year, in a hurry, with a spreadsheet beside the
window, and fears to lose what was typed and to send something wrong. The approver opens the finished return once,
submits it, and fears to miss the date. The kraj's key worker sits here daily for some weeks of each quarter, with
hundreds of returns, and fears to overlook an odd figure or a service that never sent anything. Auditors and
planners read.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.catalog.types import service_types
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.permissions import Permission
from portal.core.transaction import ConstraintViolated, transaction
from portal.returns import forms, service
from portal.returns.calc import merge, relative_change
from portal.returns.forms import Entry, EntryState
from portal.returns.readings import ReturnReading
from portal.returns.residences.types import STATE_LABELS as RESIDENCE_LABELS
from portal.returns.service import ResidenceSheet
from portal.returns.types import NOT_STARTED, CellKey, Period, ReturnAction, ReturnState
from portal.returns.views.entry_words import entry_words
from portal.returns.workflow import ACTION_LABELS, STATE_LABELS
from portal.web.formats import cell_text
from portal.web.gate import current_actor, requires
from portal.web.languages import current_language, say

bp = Blueprint("returns", __name__, template_folder="../templates")

Answer = str | Response | tuple[str, int]

BEGUN_TWICE = "uq_returns_service_id_period"
STATE_COLOURS = {
    NOT_STARTED: "grey",
    ReturnState.DRAFT: "yellow",
    ReturnState.SUBMITTED: "blue",
    ReturnState.RETURNED: "orange",
    ReturnState.ACCEPTED: "green",
    ReturnState.LOCKED: "teal",
}


@bp.app_template_global()
def return_state_label(state: str) -> str:
    return say(STATE_LABELS[state])


@bp.app_template_global()
def return_state_colour(state: str) -> str:
    return STATE_COLOURS[state]


@bp.app_template_global()
def return_action_label(action: str) -> str:
    return say(ACTION_LABELS[action])


@bp.app_template_global()
def service_type_name(type_code: str) -> str:
    """Name of a service type in the reader's language; its paragraph where the type is not known."""
    known = service_types().get(type_code)
    return f"§ {type_code}" if known is None else known.name(current_language())


@bp.get("/vykazy/<int:register_id>/<period>")
@requires(Permission.RETURN_READ)
def show(register_id: int, period: str) -> Answer:
    """The form for those who may fill it in now, the figures for everybody else who may see them."""
    actor = current_actor()
    reading = service.read_return(actor, register_id, parse_period(period))
    if reading.may_edit:
        return _form_page(reading, EntryState())
    return render_template(
        "returns/read.html", stored=_sheet(reading), pasts=forms.pasts_of(reading), **_reading_context(reading)
    )


@bp.post("/vykazy/<int:register_id>/<period>")
@requires(Permission.RETURN_EDIT)
def save(register_id: int, period: str) -> Answer:
    """Store what can be read; give back what cannot."""
    actor, quarter = current_actor(), parse_period(period)
    entry = _entry(register_id, quarter)
    try:
        with transaction():
            reading = service.save_cells(actor, **_writing(register_id, quarter, entry))
    except (Conflict, ConstraintViolated) as error:
        return _conflict_page(register_id, quarter, entry, error)
    if entry.faults:
        summary = forms.summary_of(reading, (), entry.faults)
        state = EntryState(typed=_still_typed(entry), faults=entry.faults)
        return _form_page(
            reading, state, summary=summary, summary_title=gettext("Saved, except for these figures")
        ), 422
    flash(gettext("The draft is saved."), "success")
    part = request.form.get("part", "")  # the part of the form to go on with
    if part == "residences" and reading.residences is not None:
        return redirect(url_for("returns.residences", register_id=register_id, period=period), code=303)
    known = {section.code for section in reading.definition.sections}
    return _to_return(register_id, quarter, anchor=f"section-{part}" if part in known else None)


@bp.post("/vykazy/<int:register_id>/<period>/odeslani")
@requires(Permission.RETURN_SUBMIT)
def submit(register_id: int, period: str) -> Answer:
    """Store everything and, if nothing blocks it, hand the return to the kraj."""
    actor, quarter = current_actor(), parse_period(period)
    entry = _entry(register_id, quarter)
    writing = _writing(register_id, quarter, entry)
    try:
        with transaction():
            if entry.faults:
                reading, blocked_by = service.save_cells(actor, **writing), None
            else:
                submission = service.submit_return(actor, **writing)
                reading, blocked_by = submission.reading, submission.blocked_by
    except (Conflict, ConstraintViolated) as error:
        return _conflict_page(register_id, quarter, entry, error)
    if blocked_by == ():
        flash(gettext("The return is submitted. The kraj will check it and let you know here."), "success")
        return _to_return(register_id, quarter)
    blocking = reading.findings if blocked_by is None else blocked_by
    summary = forms.summary_of(reading, blocking, entry.faults)
    state = EntryState(typed=_still_typed(entry), faults=entry.faults, findings=reading.findings)
    title = gettext("The return cannot be submitted yet – please correct this")
    return _form_page(reading, state, summary=summary, summary_title=title), 422


@bp.get("/vykazy/<int:register_id>/<period>/kontrola")
@requires(Permission.RETURN_REVIEW)
def review(register_id: int, period: str) -> Answer:
    """The kraj's check of one return, with its decisions."""
    reading = service.read_return(current_actor(), register_id, parse_period(period))
    return _review_page(reading)


@bp.post("/vykazy/<int:register_id>/<period>/prijeti")
@requires(Permission.RETURN_REVIEW)
def accept(register_id: int, period: str) -> Answer:
    reading = service.read_return(current_actor(), register_id, parse_period(period))
    with transaction():
        service.accept_return(current_actor(), **_deciding(reading))
    flash(gettext("The return is accepted."), "success")
    return _to_review(reading)


@bp.post("/vykazy/<int:register_id>/<period>/uzamceni")
@requires(Permission.RETURN_REVIEW)
def lock(register_id: int, period: str) -> Answer:
    reading = service.read_return(current_actor(), register_id, parse_period(period))
    with transaction():
        service.lock_return(current_actor(), **_deciding(reading))
    flash(gettext("The return is locked."), "success")
    return _to_review(reading)


@bp.post("/vykazy/<int:register_id>/<period>/vraceni")
@requires(Permission.RETURN_REVIEW)
def send_back(register_id: int, period: str) -> Answer:
    """Return it to the provider with the reasons; when that fails they stay in their boxes."""
    actor = current_actor()
    reading = service.read_return(actor, register_id, parse_period(period))
    deciding = _deciding(reading)
    reasons = {key: request.form.get(forms.reason_name(key), "") for key in reading.keys}
    overall = request.form.get("overall", "")
    try:
        with transaction():
            service.send_back(actor, **deciding, reasons=reasons, overall=overall)
    except (Invalid, Conflict) as error:
        current = service.read_return(actor, register_id, reading.period)
        page = _review_page(current, errors={"overall": [say(error.message)]}, reasons=reasons, overall=overall)
        return page, 409 if isinstance(error, Conflict) else 422
    flash(gettext("The return is back with the provider."), "success")
    return _to_review(reading)


@bp.post("/vykazy/<int:register_id>/<period>/znovuotevreni")
@requires(Permission.RETURN_REVIEW)
def reopen(register_id: int, period: str) -> Answer:
    actor = current_actor()
    reading = service.read_return(actor, register_id, parse_period(period))
    deciding = _deciding(reading)
    reason = request.form.get("reason", "")
    try:
        with transaction():
            service.reopen_return(actor, **deciding, reason=reason)
    except (Invalid, Conflict) as error:
        current = service.read_return(actor, register_id, reading.period)
        page = _review_page(current, errors={"reason": [say(error.message)]}, reason=reason)
        return page, 409 if isinstance(error, Conflict) else 422
    flash(gettext("The return is open again and back with the provider."), "success")
    return _to_review(reading)


@bp.get("/vykazy/<int:register_id>/<period>/odeslani")
@requires(Permission.RETURN_READ)
def after_submit(register_id: int, period: str) -> Answer:
    """A page that answered the sending of a form has the form's address; whoever opens it again gets the return."""
    reading = service.read_return(current_actor(), register_id, parse_period(period))
    return _to_return(register_id, reading.period)


@bp.get("/vykazy/<int:register_id>/<period>/vraceni")
@bp.get("/vykazy/<int:register_id>/<period>/znovuotevreni")
@requires(Permission.RETURN_REVIEW)
def after_decision(register_id: int, period: str) -> Answer:
    return _to_review(service.read_return(current_actor(), register_id, parse_period(period)))


def parse_period(text: str) -> Period:
    try:
        return Period.parse(text)
    except Invalid as error:
        raise NotFound(error.message) from error


def _entry(register_id: int, quarter: Period) -> Entry:
    reading = service.read_return(current_actor(), register_id, quarter)
    return forms.read_entry(request.form, reading.definition, reading.keys)


def _writing(register_id: int, quarter: Period, entry: Entry) -> dict[str, Any]:
    return {
        "register_id": register_id,
        "period": quarter,
        "version": entry.version,
        "cells": entry.cells,
        "comments": entry.comments,
    }


def _deciding(reading: ReturnReading) -> dict[str, Any]:
    return {
        "register_id": reading.service.register_id,
        "period": reading.period,
        "version": forms.read_version(request.form),
    }


def _still_typed(entry: Entry) -> dict[CellKey, Any]:
    """What goes back into the boxes: only what could not be stored, the rest is shown as stored."""
    return {key: entry.typed[key] for key in entry.faults}


def _form_page(
    reading: ReturnReading,
    state: EntryState,
    *,
    summary: dict[str, list[str]] | None = None,
    summary_title: str | None = None,
    has_conflict: bool = False,
) -> str:
    return render_template(
        "returns/form.html",
        sections=forms.build_sections(reading, state),
        summary=summary or {},
        summary_title=summary_title,
        has_conflict=has_conflict,
        entry_words=entry_words(),
        **_reading_context(reading),
    )


def _conflict_page(register_id: int, quarter: Period, entry: Entry, error: Conflict | ConstraintViolated) -> Answer:
    """Both values side by side; what this person typed stays in the boxes."""
    if isinstance(error, ConstraintViolated) and error.name != BEGUN_TWICE:
        raise error
    reading = service.read_return(current_actor(), register_id, quarter)
    shown, conflicts = merge(entry.typed, entry.read, reading.cells_at(entry.version), reading.cells)
    if not reading.may_edit:
        lost = [(forms.label_of(reading, key), typed, reading.cell(key)) for key, typed in entry.typed.items()]
        return render_template("returns/not_saved.html", lost=lost, **_reading_context(reading)), 409
    summary = forms.summary_of(reading, (), entry.faults)
    for conflict in conflicts:
        label, stored = forms.label_of(reading, conflict.key), cell_text(conflict.stored)
        sentence = gettext("%(figure)s: stored meanwhile: %(value)s", figure=label, value=stored)
        summary.setdefault(conflict.key.name, []).append(sentence)
    state = EntryState(typed=shown, faults=entry.faults, conflicts=conflicts)
    title = gettext("Look at these figures before you save again")
    return _form_page(reading, state, summary=summary, summary_title=title, has_conflict=True), 409


def _reading_context(reading: ReturnReading) -> dict[str, Any]:
    actor = current_actor()
    return {
        "reading": reading,
        "label_of": lambda key: forms.label_of(reading, key),
        "changes": {key: relative_change(reading.cell(key), reading.last_quarter.cell(key)) for key in reading.keys},
        "language": current_language(),
        "may_submit": ReturnAction.SUBMIT in reading.actions,
        "residence_state_label": lambda state: say(RESIDENCE_LABELS[state]),
        "may_review": actor.can_for_provider(Permission.RETURN_REVIEW, reading.service.provider_ico),
    }


def _review_page(
    reading: ReturnReading,
    *,
    errors: dict[str, list[str]] | None = None,
    reasons: dict[CellKey, str] | None = None,
    overall: str = "",
    reason: str = "",
) -> str:
    return render_template(
        "returns/review.html",
        errors=errors or {},
        reasons=reasons or {},
        overall=overall,
        reason=reason,
        reason_name=forms.reason_name,
        group_findings=service.group_findings(current_actor(), reading),
        stored=_sheet(reading),
        pasts=forms.pasts_of(reading),
        **_reading_context(reading),
    )


def _sheet(reading: ReturnReading) -> ResidenceSheet | None:
    return service.read_sheet(reading, current_language())


def _to_return(register_id: int, quarter: Period, *, anchor: str | None = None) -> Response:
    return redirect(url_for("returns.show", register_id=register_id, period=str(quarter), _anchor=anchor), code=303)


def _to_review(reading: ReturnReading) -> Response:
    address = url_for("returns.review", register_id=reading.service.register_id, period=str(reading.period))
    return redirect(address, code=303)
