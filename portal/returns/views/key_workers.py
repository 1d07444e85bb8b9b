"""Who of the kraj looks after which provider.

The administrator comes when somebody joins or leaves and moves a whole list at once; they fear to leave providers
with nobody. The auditor looks on.
"""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext

from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.core.transaction import transaction
from portal.returns import service
from portal.returns.followup import NO_WORKER
from portal.returns.views.pages import Answer, bp
from portal.web.gate import current_actor, requires
from portal.web.languages import say

NOBODY = "nikdo"


@bp.get("/sprava/klicovi-pracovnici")
@requires(Permission.USER_READ)
def key_workers() -> Answer:
    """Providers with their key workers."""
    return _page({})


@bp.post("/sprava/klicovi-pracovnici")
@requires(Permission.USER_MANAGE)
def assign_key_worker() -> Answer:
    """Give the chosen providers to a key worker, or to nobody."""
    chosen, worker = request.form.getlist("icos"), request.form.get("worker", "")
    try:
        user_id = None if worker == NOBODY else _number(worker)
        if worker != NOBODY and user_id is None:
            message = _m("Choose a key worker.")
            raise Invalid(message, {"worker": [message]})
        with transaction():
            changed = service.assign_key_worker(current_actor(), icos=chosen, user_id=user_id)
    except Invalid as error:
        fields = error.fields or {"icos": [error.message]}
        return _page({name: [say(one) for one in messages] for name, messages in fields.items()}), 422
    flash(ngettext("%(num)s provider has changed.", "%(num)s providers have changed.", changed), "success")
    return redirect(url_for("returns.key_workers", **_query()), code=303)


@bp.get("/sprava/klicovi-pracovnici/<ico>")
@requires(Permission.USER_READ)
def key_worker_history(ico: str) -> Answer:
    """Who looked after a provider."""
    name, lines = service.read_history(ico)
    return render_template("returns/key_worker_history.html", ico=ico, name=name, lines=lines)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _query() -> dict[str, Any]:
    return {name: request.args[name] for name in ("q", "pracovnik", "strana") if request.args.get(name)}


def _page(errors: dict[str, list[str]]) -> str:
    text, worker = request.args.get("q", "")[:100], request.args.get("pracovnik", "")
    worker_id = NO_WORKER if worker == NOBODY else _number(worker)
    lines, total, number, pages = service.list_providers(
        text=text, worker_id=worker_id, page=_number(request.args.get("strana", "1")) or 1
    )
    return render_template(
        "returns/key_workers.html",
        lines=lines,
        total=total,
        page=number,
        pages=pages,
        text=text,
        worker=worker,
        chosen=request.form.getlist("icos"),
        given=request.form.get("worker", ""),
        errors=errors,
        query=_query(),
        workers=[(NOBODY, gettext("nobody")), *((str(one), name) for one, name in service.list_key_workers())],
        address=lambda page: url_for("returns.key_workers", **{**_query(), "strana": page}),
        may_assign=current_actor().can(Permission.USER_MANAGE),
    )
