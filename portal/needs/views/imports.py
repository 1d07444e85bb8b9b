"""Import of needs.

The worker of a municipality keeps persons in a spreadsheet through the quarter; the one of the municipality with
extended powers gets such spreadsheets from dozens of mayors. They fear to overwrite what another one said, and that a
name gets into the portal; so nothing is live before the preview was seen, what another one said is a fault at its cell,
and a file with a birth number is not kept at all.
"""

from __future__ import annotations

from math import ceil

from flask import redirect, render_template, url_for

from portal.core.import_states import IMPORT_STATES
from portal.core.permissions import Permission
from portal.needs import service
from portal.needs.ingest.columns import LABELS
from portal.needs.service.imports import PAGE
from portal.needs.views.blueprint import Answer, Errors, bp
from portal.needs.words import needs_words
from portal.web.gate import current_actor, requires
from portal.web.importing import HISTORY_PAGE, do_step, take_upload
from portal.web.languages import say
from portal.web.paging import page_number


@bp.get("/potreby/importy")
@requires(Permission.NEEDS_EDIT)
def imports() -> str:
    """The form for a file, and earlier imports."""
    return _index({})


@bp.post("/potreby/importy")
@requires(Permission.NEEDS_EDIT)
def upload() -> Answer:
    """Read a file and go to its preview."""
    info = take_upload(service)
    if isinstance(info, dict):
        return _index(info), 422
    return redirect(url_for("needs.show_import", import_id=info.id), code=303)


@bp.get("/potreby/importy/<int:import_id>")
@requires(Permission.NEEDS_EDIT)
def show_import(import_id: int) -> Answer:
    """What a file would change, or has changed."""
    return _detail(import_id, {})


@bp.post("/potreby/importy/<int:import_id>")
@requires(Permission.NEEDS_EDIT)
def change_import(import_id: int) -> Answer:
    """Take the figures over, put the file aside, or take it back; the button says which."""
    failed = do_step(service, import_id)
    if failed is not None:
        return _detail(import_id, failed[0]), failed[1]
    return redirect(url_for("needs.show_import", import_id=import_id), code=303)


def _index(errors: Errors) -> str:
    page = page_number()
    infos, count = service.list_imports(current_actor(), limit=HISTORY_PAGE, offset=(page - 1) * HISTORY_PAGE)
    return render_template(
        "needs/imports.html",
        infos=infos,
        errors=errors,
        columns=[say(label) for label in LABELS.values()],
        words=needs_words(),
        states=IMPORT_STATES,
        address=lambda import_id: url_for("needs.show_import", import_id=import_id),
        page=page,
        pages=ceil(count / HISTORY_PAGE),
        page_address=lambda number: url_for("needs.imports", strana=number),
    )


def _detail(import_id: int, errors: Errors) -> str:
    page = page_number()
    info, lines, count = service.read_import(current_actor(), import_id, page=page)
    return render_template(
        "needs/import.html",
        info=info,
        lines=lines,
        errors=errors,
        words=needs_words(),
        states=IMPORT_STATES,
        page=page,
        pages=ceil(count / PAGE),
        page_address=lambda number: url_for("needs.show_import", import_id=import_id, strana=number),
    )
