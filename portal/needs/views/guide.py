"""The methodical text beside the form: what to count and how.

The methodologist of the kraj rewrites it once or twice a year, after municipalities asked the same thing for the third
time. They fear that somebody counted by another text than the one in force; so each version stays with its day.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal.core.errors import Conflict, Invalid
from portal.core.permissions import Permission
from portal.core.transaction import ConstraintViolated, transaction
from portal.needs import forms, service
from portal.needs.views.blueprint import Answer, Errors, bp, said
from portal.web.gate import current_actor, requires


@bp.get("/potreby/metodika")
@requires(Permission.NEEDS_READ)
def guide() -> Answer:
    """The text in force, its earlier versions, and for the kraj the form."""
    return _guide({}, None)


@bp.post("/potreby/metodika")
@requires(Permission.NEEDS_GUIDE)
def change_guide() -> Answer:
    """Store a new version."""
    text = request.form.get("text", "")
    try:
        with transaction():
            service.write_guide(current_actor(), text=text, seen=forms.read_version(request.form))
    except Invalid as error:
        return _guide(said(error), text), 422
    except (Conflict, ConstraintViolated):
        sentence = gettext("Somebody changed the text in the meantime; theirs stands above, yours below.")
        return _guide({"text": [sentence]}, text), 409
    flash(gettext("Stored."), "success")
    return redirect(url_for("needs.guide"), code=303)


def _guide(errors: Errors, typed: str | None) -> str:
    versions = service.list_guides()
    current = versions[0] if versions else service.current_guide()
    return render_template(
        "needs/guide.html",
        current=current,
        earlier=versions[1:],
        text=current.text if typed is None else typed,
        errors=errors,
        may_write=current_actor().can(Permission.NEEDS_GUIDE),
    )
