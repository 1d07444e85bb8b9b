"""Import of travel times.

The planner or administrator, once a year, with a file that a colleague of the geographers computed. They fear that a
matrix of another year or with minutes in the place of codes moves all figures of access without anybody noticing; so
nothing is in force before the preview was seen, a fault names its row, and the matrix before comes back with one
button.
"""

from __future__ import annotations

from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal.core.errors import Conflict, Forbidden, ImportRejected, Invalid
from portal.core.imports import IMPORT_STATES
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.core.transaction import transaction
from portal.map.access import service
from portal.map.access.views.blueprint import Answer, Errors, bp
from portal.web.gate import current_actor, requires
from portal.web.languages import say

HISTORY_PAGE = 20
STEPS = {"apply": service.apply_import, "discard": service.discard_import, "roll-back": service.roll_back_import}


@bp.get("/doby-cest")
@requires(Permission.TRAVEL_IMPORT)
def times() -> str:
    """The form for a file, and earlier imports."""
    return _index({})


@bp.post("/doby-cest")
@requires(Permission.TRAVEL_IMPORT)
def take_times() -> Answer:
    """Read a file and go to its preview."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _index({"file": [gettext("Choose the file.")]}), 422
    name = Path(sent.filename.replace("\\", "/")).name
    try:
        with TemporaryDirectory(prefix="portal-times-") as folder:
            path = Path(folder) / "file"
            sent.save(path)
            with transaction():
                info = service.take_times(current_actor(), path, name=name)
    except ImportRejected as error:
        faults = [f"{fault.row or ''} {say(fault.message)}".strip() for fault in error.rows]
        return _index({"file": [say(error.message), *faults]}), 422
    if info.repeated:
        flash(gettext("These travel times are in force already; nothing was done."), "success")
    return redirect(url_for("access.show_times", import_id=info.id), code=303)


@bp.get("/doby-cest/<int:import_id>")
@requires(Permission.TRAVEL_IMPORT)
def show_times(import_id: int) -> str:
    """What a file would change, or has changed."""
    return _detail(import_id, {})


@bp.post("/doby-cest/<int:import_id>")
@requires(Permission.TRAVEL_IMPORT)
def change_times(import_id: int) -> Answer:
    """Put the times in force, put the file aside, or take it back; the button says which."""
    actor, step = current_actor(), STEPS.get(request.form.get("what", ""))
    service.get_import(actor, import_id)
    try:
        if step is None:
            raise Invalid(_m("The form was not sent whole. Send it again."))
        with transaction():
            step(actor, import_id)
    except Invalid as error:
        return _detail(import_id, {"": [say(error.message)]}), 422
    except (Conflict, Forbidden) as error:
        return _detail(import_id, {"": [say(error.message)]}), 409
    flash(gettext("Stored."), "success")
    return redirect(url_for("access.show_times", import_id=import_id), code=303)


def _index(errors: Errors) -> str:
    text = request.args.get("strana", "")
    page = max(1, int(text)) if text.isascii() and text.isdigit() and len(text) <= 6 else 1
    infos, count = service.list_imports(current_actor(), limit=HISTORY_PAGE, offset=(page - 1) * HISTORY_PAGE)
    return render_template(
        "access/times.html",
        infos=infos,
        errors=errors,
        states=IMPORT_STATES,
        page=page,
        pages=ceil(count / HISTORY_PAGE),
        page_address=lambda number: url_for("access.times", strana=number),
    )


def _detail(import_id: int, errors: Errors) -> str:
    info = service.get_import(current_actor(), import_id)
    return render_template("access/times_import.html", info=info, errors=errors, states=IMPORT_STATES)
