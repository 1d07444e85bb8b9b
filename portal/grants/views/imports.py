"""Import of municipal support.

The key worker or planner comes once a year with a table of all municipalities, often from several of them glued
together. They fear that amounts land at a wrong service without anybody noticing; so nothing is live before the preview
was seen, a fault names its cell, and the last import can be taken back.
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
from portal.core.transaction import ConstraintViolated, transaction
from portal.grants import service
from portal.grants.ingest.columns import LABELS, RECEIVED
from portal.grants.service.imports import PAGE
from portal.grants.views.blueprint import Answer, Errors, bp
from portal.grants.words import KINDS
from portal.territory import service as territory
from portal.web.gate import current_actor, requires
from portal.web.languages import say
from portal.web.paging import page_number

HISTORY_PAGE = 20


@bp.get("/dotace/importy")
@requires(Permission.GRANT_IMPORT)
def imports() -> str:
    """The form for a file, and earlier imports."""
    return _index({})


@bp.post("/dotace/importy")
@requires(Permission.GRANT_IMPORT)
def upload() -> Answer:
    """Read a file and go to its preview."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _index({"file": [gettext("Choose the file.")]}), 422
    name = Path(sent.filename.replace("\\", "/")).name
    try:
        with TemporaryDirectory(prefix="portal-grants-") as folder:
            path = Path(folder) / "file"
            sent.save(path)
            with transaction():
                info = service.take_file(current_actor(), path, name=name)
    except ImportRejected as error:
        faults = [f"{fault.column or fault.row or ''} {say(fault.message)}".strip() for fault in error.rows]
        return _index({"file": [say(error.message), *faults]}), 422
    if info.repeated:
        flash(gettext("This file is live already; nothing was done."), "success")
    return redirect(url_for("grants.show_import", import_id=info.id), code=303)


@bp.get("/dotace/importy/<int:import_id>")
@requires(Permission.GRANT_IMPORT)
def show_import(import_id: int) -> Answer:
    """What a file would change, or has changed."""
    return _detail(import_id, {})


@bp.post("/dotace/importy/<int:import_id>")
@requires(Permission.GRANT_IMPORT)
def change_import(import_id: int) -> Answer:
    """Take the figures over, put the file aside, or take it back; the button says which."""
    actor, what = current_actor(), request.form.get("what", "")
    service.get_import(actor, import_id)
    try:
        with transaction():
            if what == "apply":
                service.apply_import(actor, import_id)
            elif what == "discard":
                service.discard_import(actor, import_id)
            elif what == "roll-back":
                service.roll_back_import(actor, import_id)
            else:
                raise Invalid(_m("The form was not sent whole. Send it again."))
    except Invalid as error:
        return _detail(import_id, {"": [say(error.message)]}), 422
    except (Conflict, Forbidden) as error:
        return _detail(import_id, {"": [say(error.message)]}), 409
    except ConstraintViolated:
        sentence = gettext("Figures have changed since this preview was made. Read the file again.")
        return _detail(import_id, {"": [sentence]}), 409
    flash(gettext("Stored."), "success")
    return redirect(url_for("grants.show_import", import_id=import_id), code=303)


def _index(errors: Errors) -> str:
    page = page_number()
    infos, count = service.list_imports(current_actor(), limit=HISTORY_PAGE, offset=(page - 1) * HISTORY_PAGE)
    return render_template(
        "grants/imports.html",
        infos=infos,
        errors=errors,
        columns=[say(label) for column, label in LABELS.items() if column != RECEIVED],
        states=IMPORT_STATES,
        page=page,
        pages=ceil(count / HISTORY_PAGE),
        page_address=lambda number: url_for("grants.imports", strana=number),
    )


def _detail(import_id: int, errors: Errors) -> str:
    page = page_number()
    lines, count = service.list_items(current_actor(), import_id, page=page)
    return render_template(
        "grants/import.html",
        info=service.get_import(current_actor(), import_id),
        lines=lines,
        errors=errors,
        states=IMPORT_STATES,
        kind_words=KINDS,
        names=territory.municipality_names(),
        page=page,
        pages=ceil(count / PAGE),
        page_address=lambda number: url_for("grants.show_import", import_id=import_id, strana=number),
    )
