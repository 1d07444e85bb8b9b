"""One figure of needs: change, correct, remove, history.

Whoever gathers comes here from the list when a number looks wrong, changes it with a word why, and wants to be sure
that the municipality sees both; the municipality comes to see what became of its number.
"""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal.core.errors import Conflict, Invalid
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.core.transaction import ConstraintViolated, transaction
from portal.needs import forms, service
from portal.needs.views.blueprint import Answer, Errors, bp, period_in_address, said
from portal.needs.words import SOURCES, STEPS, needs_words
from portal.web.gate import current_actor, requires

ADDRESS = "/potreby/<period>/<code>/<int:need_id>"


@bp.get(ADDRESS)
@requires(Permission.NEEDS_READ)
def entry(period: str, code: str, need_id: int) -> Answer:
    """The figure with its history."""
    return _entry(period, code, need_id, {}, {})


@bp.post(ADDRESS)
@requires(Permission.NEEDS_EDIT)
def change_entry(period: str, code: str, need_id: int) -> Answer:
    """Change, correct, withdraw a correction, remove; the button says which."""
    key: dict[str, Any] = {"code": code, "period": period_in_address(period), "need_id": need_id}
    service.read_entry(current_actor(), **key)
    what = request.form.get("what", "")
    try:
        with transaction():
            _do(what, key)
    except Invalid as error:
        return _entry(period, code, need_id, said(error), request.form), 422
    except (Conflict, ConstraintViolated):
        return _entry(period, code, need_id, {"": [_both_values(key)]}, request.form), 409
    flash(gettext("Removed.") if what == "remove" else gettext("Stored."), "success")
    if what == "remove":
        return redirect(url_for("needs.sheet", period=period, code=code), code=303)
    return redirect(url_for("needs.entry", period=period, code=code, need_id=need_id), code=303)


def _do(what: str, key: dict[str, Any]) -> None:
    actor, form = current_actor(), request.form
    seen = forms.read_version(form)
    if what == "change":
        persons = forms.read_persons(form)
        service.change_figure(actor, persons=persons, note=form.get("note", ""), seen=seen, **key)
    elif what == "correct":
        persons = forms.read_persons(form)
        service.correct_figure(actor, persons=persons, why=form.get("why", ""), seen=seen, **key)
    elif what == "withdraw":
        service.withdraw_correction(actor, seen=seen, **key)
    elif what == "remove":
        service.remove_figure(actor, seen=seen, **key)
    else:
        raise Invalid(_m("The form was not sent whole. Send it again."))


def _both_values(key: dict[str, Any]) -> str:
    row = service.read_entry(current_actor(), **key).row
    stored = forms.typed(row.persons) or gettext("nothing")
    yours = request.form.get("persons", "").strip() or gettext("nothing")
    who = row.actor_name if row.correction is None else row.correction.actor_name
    return gettext(
        "Somebody changed this figure in the meantime. Stored by %(who)s: %(stored)s. Yours: %(yours)s. Send yours"
        " again if it is to count.",
        who=who,
        stored=stored,
        yours=yours,
    )


def _entry(period: str, code: str, need_id: int, errors: Errors, typed: Any) -> str:
    found = service.read_entry(current_actor(), code=code, period=period_in_address(period), need_id=need_id)
    row = found.row
    fields = {"persons": forms.typed(row.persons if found.may_correct else row.said), "note": row.note, "why": ""}
    words = needs_words()
    return render_template(
        "needs/entry.html",
        found=found,
        row=row,
        period=row.key.period,
        description=words.described(row.key),
        words=words,
        fields={**fields, **{name: text for name, text in typed.items() if name != "seen"}},
        errors=errors,
        sources=SOURCES,
        steps=STEPS,
    )
