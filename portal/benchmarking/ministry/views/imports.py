"""Import of the ministry's yearly figures.

The planner or administrator comes once a year, in summer, with a file whose columns are named anew every time. They
fear that figures land at the wrong service or year without anybody noticing; so nothing is live before the preview was
seen, a fault names its row and cell, and the last import of a year can be taken back.
"""

from __future__ import annotations

from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.benchmarking.ministry import service
from portal.benchmarking.ministry.ingest.columns import role_name, roles
from portal.benchmarking.ministry.service.imports import PAGE
from portal.benchmarking.ministry.tables import item_name
from portal.benchmarking.ministry.types import ChangeKind, ImportInfo, ImportState
from portal.benchmarking.ministry.views.blueprint import bp
from portal.benchmarking.ministry.words import CHANGES, IMPORT_STATES
from portal.core.errors import Conflict, ImportRejected, Invalid
from portal.core.messages import Message, _m
from portal.core.permissions import Permission
from portal.core.transaction import transaction
from portal.web.gate import current_actor, requires
from portal.web.languages import current_language, say
from portal.web.paging import page_number

HISTORY_PAGE = 20
SHOWN_UNKNOWN = 200

Errors = dict[str, list[str]]
Answer = str | Response | tuple[str, int]


@bp.get("/srovnani/mpsv")
@requires(Permission.MINISTRY_IMPORT_READ)
def index() -> str:
    """Years that can be reconciled, imports, and the form for a new one."""
    return _index({}, {})


@bp.post("/srovnani/mpsv")
@requires(Permission.MINISTRY_IMPORT)
def upload() -> Answer:
    """Read a file and go to its preview."""
    given = {key: request.form.get(key, "").strip() for key in ("source", "year")}
    file = request.files.get("file")
    try:
        year = _year(given["year"])
        if file is None or not file.filename:
            raise _invalid("file", _m("Choose the file."))
        with TemporaryDirectory(prefix="portal-mpsv-") as folder:
            path = Path(folder) / "file"
            file.save(path)
            name = Path(file.filename.replace("\\", "/")).name[:200]
            with transaction():
                info = service.take_file(current_actor(), path, name=name, source=given["source"], year=year)
    except Invalid as error:
        return _index(_said(error), given), 422
    except ImportRejected as error:
        return _index({"file": [say(error.message)]}, given), 422
    if info.repeated:
        flash(gettext("This file was read already; here it is."), "notice")
    return redirect(url_for("ministry.detail", import_id=info.id), code=303)


@bp.get("/srovnani/mpsv/import/<int:import_id>")
@requires(Permission.MINISTRY_IMPORT_READ)
def detail(import_id: int) -> str:
    """One file: columns, faults, what it would change, what to do with it."""
    return _detail(import_id, {})


@bp.post("/srovnani/mpsv/import/<int:import_id>/sloupce")
@requires(Permission.MINISTRY_IMPORT)
def columns(import_id: int) -> Answer:
    """Say what the columns mean."""
    service.get_import(current_actor(), import_id)
    chosen = {role: request.form.get(role, "") for role in roles()}
    try:
        with transaction():
            service.set_columns(
                current_actor(),
                import_id=import_id,
                columns=chosen,
                year=_year(request.form.get("year_of", ""), "year_of"),
            )
    except Invalid as error:
        return _detail(import_id, _said(error), chosen), 422
    return redirect(url_for("ministry.detail", import_id=import_id), code=303)


@bp.post("/srovnani/mpsv/import/<int:import_id>/prevzit")
@requires(Permission.MINISTRY_IMPORT)
def apply(import_id: int) -> Answer:
    """Make the figures live."""
    info = service.get_import(current_actor(), import_id)
    confirmed = request.form.get("confirm") == "1"
    if info.state is ImportState.WAITING and not confirmed:
        sentence = gettext("Tick that the rows of unknown services are to be left out.")
        return _detail(import_id, {"confirm": [sentence]}), 422
    try:
        with transaction():
            service.apply_import(current_actor(), import_id=import_id, confirmed=confirmed)
    except Conflict as error:
        return _detail(import_id, {"": [say(error.message)]}), 409
    flash(gettext("The ministry's figures are taken over."), "success")
    return redirect(url_for("ministry.detail", import_id=import_id), code=303)


@bp.post("/srovnani/mpsv/import/<int:import_id>/odlozit")
@requires(Permission.MINISTRY_IMPORT)
def discard(import_id: int) -> Response:
    """Put the file aside."""
    with transaction():
        service.discard_import(current_actor(), import_id=import_id)
    flash(gettext("The file was put aside; nothing has changed."), "success")
    return redirect(url_for("ministry.index"), code=303)


@bp.post("/srovnani/mpsv/import/<int:import_id>/vzit-zpet")
@requires(Permission.MINISTRY_IMPORT)
def roll_back(import_id: int) -> Answer:
    """Restore the figures from before the import."""
    service.get_import(current_actor(), import_id)
    if request.form.get("confirm_back") != "1":
        sentence = gettext("Tick that you want the figures as they were before this import.")
        return _detail(import_id, {"confirm_back": [sentence]}), 422
    with transaction():
        service.roll_back_import(current_actor(), import_id=import_id)
    flash(gettext("Import %(id)s was taken back.", id=import_id), "success")
    return redirect(url_for("ministry.detail", import_id=import_id), code=303)


def _index(errors: Errors, given: dict[str, str]) -> str:
    actor = current_actor()
    page = page_number()
    infos, total = service.list_imports(actor, page=page, size=HISTORY_PAGE)
    return render_template(
        "ministry/index.html",
        errors=errors,
        given=given,
        imports=infos,
        page=page,
        pages=ceil(total / HISTORY_PAGE),
        address=lambda number: url_for("ministry.index", strana=number),
        sources=service.list_sources(actor),
        years=service.list_years(),
        may_import=actor.can(Permission.MINISTRY_IMPORT),
        may_read=actor.can(Permission.RECONCILE_READ),
        answers=service.waiting_for_region(actor),
        states=IMPORT_STATES,
    )


def _detail(import_id: int, errors: Errors, chosen: dict[str, str] | None = None) -> str:
    actor = current_actor()
    info = service.get_import(actor, import_id)
    kind, page = _wanted(info), page_number()
    counts = {ChangeKind.NEW: info.new, ChangeKind.CHANGED: info.changed, ChangeKind.SAME: info.same}
    return render_template(
        "ministry/import.html",
        info=info,
        errors=errors,
        states=IMPORT_STATES,
        chosen=chosen if chosen is not None else info.columns,
        roles=[(role, _role_text(role)) for role in roles()],
        headings=[(heading, heading) for heading in info.headings if heading],
        kinds=[(known, say(CHANGES[known]), counts[known]) for known in ChangeKind],
        kind=kind,
        changes=service.list_changes(actor, import_id, kind, page=page),
        page=page,
        pages=ceil(counts[kind] / PAGE),
        address=lambda number: url_for("ministry.detail", import_id=import_id, druh=str(kind), strana=number),
        item_name=item_name,
        unknown=info.unknown[:SHOWN_UNKNOWN],
        may_import=actor.can(Permission.MINISTRY_IMPORT),
        may_see=actor.can(Permission.COMPARE_ALL),
    )


def _role_text(role: str) -> str:
    name = role_name(role, current_language())
    return say(name) if isinstance(name, Message) else name


def _wanted(info: ImportInfo) -> ChangeKind:
    text = request.args.get("druh", "")
    if text and text not in set(ChangeKind):
        raise Invalid(_m("The list cannot be filtered in this way. Choose from the values offered."))
    counts = {ChangeKind.CHANGED: info.changed, ChangeKind.NEW: info.new, ChangeKind.SAME: info.same}
    return ChangeKind(text) if text else next((kind for kind, count in counts.items() if count), ChangeKind.NEW)


def _year(text: str, field: str = "year") -> int | None:
    if not text.strip():
        return None
    if not (text.strip().isascii() and text.strip().isdigit() and len(text.strip()) == 4):
        raise _invalid(field, _m("“%(text)s” is no year.", text=text.strip()[:20]))
    return int(text)


def _invalid(field: str, sentence: Message) -> Invalid:
    return Invalid(sentence, {field: [sentence]})


def _said(error: Invalid) -> dict[str, Any]:
    return {field: [say(message) for message in messages] for field, messages in error.fields.items()}
