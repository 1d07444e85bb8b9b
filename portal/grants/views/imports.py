"""Import of municipal support.

The key worker or planner comes once a year with a table of all municipalities, often from several of them glued
together; the worker of a municipality with its own, out of the accounts. They fear that amounts land at a wrong service
without anybody noticing; so nothing is live before the preview was seen, a fault names its cell, and the last import
can be taken back.
"""

from __future__ import annotations

from math import ceil

from flask import redirect, render_template, url_for

from portal.core.import_states import IMPORT_STATES
from portal.core.permissions import Permission
from portal.grants import service
from portal.grants.ingest.columns import LABELS, RECEIVED
from portal.grants.service.imports import PAGE
from portal.grants.views.blueprint import Answer, Errors, bp
from portal.grants.words import KINDS
from portal.territory import service as territory
from portal.web.gate import current_actor, requires
from portal.web.importing import HISTORY_PAGE, do_step, take_upload
from portal.web.languages import say
from portal.web.paging import page_number


@bp.get("/dotace/importy")
@requires(Permission.GRANT_IMPORT)
def imports() -> str:
    """The form for a file, and earlier imports."""
    return _index({})


@bp.post("/dotace/importy")
@requires(Permission.GRANT_IMPORT)
def upload() -> Answer:
    """Read a file and go to its preview."""
    info = take_upload(service)
    if isinstance(info, dict):
        return _index(info), 422
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
    failed = do_step(service, import_id)
    if failed is not None:
        return _detail(import_id, failed[0]), failed[1]
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
        address=lambda import_id: url_for("grants.show_import", import_id=import_id),
        page=page,
        pages=ceil(count / HISTORY_PAGE),
        is_limited=current_actor().municipality_codes(Permission.GRANT_IMPORT) is not None,
        page_address=lambda number: url_for("grants.imports", strana=number),
    )


def _detail(import_id: int, errors: Errors) -> str:
    page = page_number()
    info, lines, count = service.read_import(current_actor(), import_id, page=page)
    return render_template(
        "grants/import.html",
        info=info,
        lines=lines,
        errors=errors,
        states=IMPORT_STATES,
        kind_words=KINDS,
        names=territory.municipality_names(),
        page=page,
        pages=ceil(count / PAGE),
        page_address=lambda number: url_for("grants.show_import", import_id=import_id, strana=number),
    )
