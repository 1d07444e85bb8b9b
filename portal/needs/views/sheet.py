"""The needs of one municipality in a quarter.

The social worker of a municipality comes once a quarter, with notes of some dozens of families in hand, and has a
quarter of an hour; in small municipalities the worker of the municipality with extended powers writes for them. They
fear to be asked why they said a number that they did not; so every figure says who wrote it, a correction keeps the
original, and the method stands beside the form.
"""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext

from portal.core.cells import NOT_SUPPLIED, CellState
from portal.core.errors import Conflict, Invalid
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.core.transaction import ConstraintViolated, transaction
from portal.needs import forms, service
from portal.needs.views.blueprint import Answer, Errors, bp, period_in_address, said
from portal.needs.words import SOURCES, STEPS, needs_words
from portal.web.gate import current_actor, requires
from portal.web.languages import say

ADDRESS = "/potreby/<period>/<code>"


@bp.get(ADDRESS)
@requires(Permission.NEEDS_READ)
def sheet(period: str, code: str) -> Answer:
    """What is said, and the forms to say more."""
    return _sheet(period, code, {}, {})


@bp.post(ADDRESS)
@requires(Permission.NEEDS_EDIT)
def change(period: str, code: str) -> Answer:
    """Add a figure, answer for whole situations, take over the last quarter, hand over; the button says which."""
    quarter = period_in_address(period)
    service.read_sheet(current_actor(), code=code, period=quarter)  # what is missing is missing before all else
    try:
        with transaction():
            sentence = _do(request.form.get("what", ""), {"code": code, "period": quarter})
    except Invalid as error:
        return _sheet(period, code, said(error), request.form), 422
    except (Conflict, ConstraintViolated) as error:
        told = say(error.message) if isinstance(error, Conflict) else gettext("Somebody wrote in the meantime.")
        typed = {name: text for name, text in request.form.items() if not name.startswith("seen")}
        return _sheet(
            period, code, {"": [told, gettext("Look at what is stored now and send yours again.")]}, typed
        ), 409
    flash(sentence, "success")
    return redirect(url_for("needs.sheet", period=period, code=code), code=303)


def _do(what: str, place: dict[str, Any]) -> str:
    actor, form = current_actor(), request.form
    if what == "add":
        key, faults = forms.read_key(form, place["period"], place["code"]), {}
        try:
            persons = forms.read_persons(form)
        except Invalid as error:  # told together with what else is wrong
            persons, faults = NOT_SUPPLIED, error.fields
        _add(actor, key, persons, form.get("note", ""), faults)
    elif what == "marks":
        marks, seen = forms.read_marks(form)
        service.mark_situations(actor, marks=marks, seen=seen, **place)
    elif what == "take-over":
        copied = service.take_over_last(actor, **place)
        return ngettext("%(num)s figure was taken over.", "%(num)s figures were taken over.", copied)
    elif what == "hand-over":
        service.hand_over(actor, **place)
        return gettext("Handed over. You can still correct a figure.")
    elif what == "reopen":
        service.reopen(actor, **place)
    else:
        raise Invalid(_m("The form was not sent whole. Send it again."))
    return gettext("Stored.")


def _add(actor: Any, key: Any, persons: Any, note: str, faults: Any) -> None:
    try:
        service.add_figure(actor, key=key, persons=persons, note=note)
    except Invalid as error:
        raise Invalid(error.message, {**error.fields, **faults}) from error
    if faults:
        raise Invalid(_m("Please correct the following"), faults)


def _sheet(period: str, code: str, errors: Errors, typed: Any) -> str:
    found = service.read_sheet(current_actor(), code=code, period=period_in_address(period))
    words = needs_words()
    with_figures = {row.key.situation for row in found.figures}
    marks = {}
    for situation in words.situations:
        stored = found.marks.get(situation)
        state = CellState.NOT_SUPPLIED if stored is None else stored.said.state
        marks[f"mark-{situation}"] = "" if state is CellState.NOT_SUPPLIED else str(state)
        marks[f"seen-{situation}"] = str(0 if stored is None else stored.version)
    return render_template(
        "needs/sheet.html",
        found=found,
        figures=sorted(found.figures, key=lambda row: words.order(*row.key[2:])),
        words=words,
        sources=SOURCES,
        steps=STEPS,
        fields={**marks, **typed},
        errors=errors,
        with_figures=with_figures,
        answers=[("zero", gettext("nobody (0)")), ("not_applicable", gettext("not followed (x)"))],
        sums=[(name, found.sums.get(situation, NOT_SUPPLIED)) for situation, name in words.situations.items()],
        previous=found.period.previous,
    )
