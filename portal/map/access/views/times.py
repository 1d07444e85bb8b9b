"""Import of travel times.

The planner or administrator, once a year, with a file that a colleague of the geographers computed. They fear that a
matrix of another year or with minutes in the place of codes moves all figures of access without anybody noticing; so
nothing is in force before the preview was seen, a fault names its cell, and the matrix before comes back with one
button.
"""

from __future__ import annotations

from math import ceil

from flask import redirect, render_template, url_for

from portal.core.import_states import IMPORT_STATES
from portal.core.permissions import Permission
from portal.map.access import service
from portal.map.access.views.blueprint import Answer, Errors, bp
from portal.web.gate import current_actor, requires
from portal.web.importing import HISTORY_PAGE, do_step, take_upload
from portal.web.paging import page_number


@bp.get("/doby-cest")
@requires(Permission.TRAVEL_IMPORT)
def times() -> str:
    """The form for a file, and earlier imports."""
    return _index({})


@bp.post("/doby-cest")
@requires(Permission.TRAVEL_IMPORT)
def take_times() -> Answer:
    """Read a file and go to its preview."""
    info = take_upload(service)
    if isinstance(info, dict):
        return _index(info), 422
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
    failed = do_step(service, import_id)
    if failed is not None:
        return _detail(import_id, failed[0]), failed[1]
    return redirect(url_for("access.show_times", import_id=import_id), code=303)


def _index(errors: Errors) -> str:
    page = page_number()
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
