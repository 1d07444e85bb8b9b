"""Import of a whole waiting list.

A provider with software of its own comes some times a year with a list of dozens or hundreds of persons. They fear that
a name slips out with the file - a file that holds any is refused and leaves no trace - and that the import spoils what
was entered here by hand: so the differences are shown first, and the last import can be taken back.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from portal.core.errors import Conflict, Forbidden, ImportRejected
from portal.core.permissions import Permission
from portal.core.transaction import ConstraintViolated, transaction
from portal.waitlists import service
from portal.waitlists.forms import Errors
from portal.waitlists.ingest.columns import LABELS, NEEDED
from portal.waitlists.service.access import PAGE
from portal.waitlists.types import IMPORT_STATE_LABELS, ITEM_LABELS, ItemKind
from portal.waitlists.views.applications import own_service, shown_value
from portal.waitlists.views.blueprint import Answer, bp, chosen, pages_of, words
from portal.waitlists.views.lists import list_words
from portal.waitlists.words import IMPORT_COLOURS, choices, vocabulary
from portal.web.gate import current_actor, requires
from portal.web.languages import say
from portal.web.paging import page_number

SHOWN_KINDS = (ItemKind.NEW, ItemKind.CHANGED, ItemKind.GONE)


@bp.get("/poradniky/<int:register_id>/import")
@requires(Permission.WAITLIST_EDIT)
def list_imports(register_id: int) -> Answer:
    """The form for a file, and what became of earlier ones."""
    return _index(register_id, {})


@bp.post("/poradniky/<int:register_id>/import")
@requires(Permission.WAITLIST_EDIT)
def upload(register_id: int) -> Answer:
    """Read a file and go to its preview."""
    own_service(register_id)
    sent, coded = request.files.get("file"), request.form.get("list", "")
    if not coded and (sent is None or not sent.filename):
        return _index(register_id, {"file": [gettext("Choose the file.")]}), 422
    try:
        with TemporaryDirectory(prefix="portal-list-") as folder:
            path = Path(folder) / "file"
            if coded:  # what the browser made of a list with names
                path.write_text(coded, encoding="utf-8")
            elif sent is not None:
                sent.save(path)
            with transaction():
                info = service.take_list(current_actor(), path, register_id=register_id, words=vocabulary())
    except ImportRejected as error:
        faults = [f"{say(row.message)} ({row.row})" if row.row else say(row.message) for row in error.rows]
        return _index(register_id, {"file": [say(error.message), *faults]}), 422
    return redirect(url_for("waitlists.show_import", register_id=register_id, import_id=info.id), code=303)


@bp.get("/poradniky/<int:register_id>/import/<int:import_id>")
@requires(Permission.WAITLIST_EDIT)
def show_import(register_id: int, import_id: int) -> Answer:
    """What a file would change, or has changed."""
    return _detail(register_id, import_id, {})


@bp.post("/poradniky/<int:register_id>/import/<int:import_id>/zapis")
@requires(Permission.WAITLIST_EDIT)
def apply_import(register_id: int, import_id: int) -> Answer:
    """Write all that the preview shows."""
    own_service(register_id)
    service.get_import(current_actor(), register_id=register_id, import_id=import_id)
    gone = request.form.get("gone", "")
    if gone not in ("close", "keep"):
        sentence = gettext("Choose what becomes of applications that are not in the file.")
        return _detail(register_id, import_id, {"gone": [sentence]}), 422
    try:
        with transaction():
            service.apply_import(
                current_actor(), register_id=register_id, import_id=import_id, closes_gone=gone == "close"
            )
    except (Conflict, Forbidden) as error:
        return _detail(register_id, import_id, {"gone": [say(error.message)]}), 409
    except ConstraintViolated:
        sentence = gettext("Two applications of the list would clash. Read the file again.")
        return _detail(register_id, import_id, {"gone": [sentence]}), 409
    flash(gettext("The list is imported."), "success")
    return _to_import(register_id, import_id)


@bp.post("/poradniky/<int:register_id>/import/<int:import_id>/odlozeni")
@requires(Permission.WAITLIST_EDIT)
def discard_import(register_id: int, import_id: int) -> Answer:
    own_service(register_id)
    with transaction():
        service.discard_import(current_actor(), register_id=register_id, import_id=import_id)
    flash(gettext("The file was put aside; nothing has changed."), "success")
    return redirect(url_for("waitlists.list_imports", register_id=register_id), code=303)


@bp.post("/poradniky/<int:register_id>/import/<int:import_id>/zpet")
@requires(Permission.WAITLIST_EDIT)
def roll_back_import(register_id: int, import_id: int) -> Answer:
    """Restore what the last import changed."""
    own_service(register_id)
    try:
        with transaction():
            service.roll_back_import(current_actor(), register_id=register_id, import_id=import_id)
    except (Conflict, Forbidden) as error:
        return _detail(register_id, import_id, {"roll-back": [say(error.message)]}), 409
    flash(gettext("The import is taken back; the list is as it was before it."), "success")
    return _to_import(register_id, import_id)


@bp.get("/poradniky/<int:register_id>/import/<int:import_id>/zapis")
@bp.get("/poradniky/<int:register_id>/import/<int:import_id>/zpet")
@requires(Permission.WAITLIST_EDIT)
def after_import(register_id: int, import_id: int) -> Answer:
    """A page that answered the sending of a form has the form's address; whoever opens it again gets the import."""
    own_service(register_id)
    service.get_import(current_actor(), register_id=register_id, import_id=import_id)
    return _to_import(register_id, import_id)


def _to_import(register_id: int, import_id: int) -> Any:
    return redirect(url_for("waitlists.show_import", register_id=register_id, import_id=import_id), code=303)


def _index(register_id: int, errors: Errors) -> str:
    own_service(register_id)
    listed, infos = service.list_imports(current_actor(), register_id)
    return render_template(
        "waitlists/imports.html",
        listed=listed,
        infos=infos,
        errors=errors,
        columns=[(say(label), name in NEEDED) for name, label in LABELS.items()],
        **_import_words(),
        **list_words(listed.type_code),
    )


def _detail(register_id: int, import_id: int, errors: Errors) -> str:
    listed = own_service(register_id)
    info = service.get_import(current_actor(), register_id=register_id, import_id=import_id)
    kind, page = _wanted(info), page_number()
    items = service.list_items(current_actor(), register_id=register_id, import_id=import_id, kind=kind, page=page)
    meaning = words()
    return render_template(
        "waitlists/import.html",
        listed=listed,
        info=info,
        errors=errors,
        kinds=[(one, say(ITEM_LABELS[one]), info.counts[one]) for one in SHOWN_KINDS],
        kind=kind,
        items=[(item, _changes(item, meaning)) for item in items],
        page=page,
        pages=pages_of(info.counts[kind], PAGE),
        address=lambda number: url_for(
            "waitlists.show_import", register_id=register_id, import_id=import_id, druh=str(kind), strana=number
        ),
        **_import_words(),
        **list_words(listed.type_code),
    )


def _changes(item: service.ItemLine, meaning: Any) -> list[tuple[str, str, str]]:
    return [
        (say(LABELS[name]), shown_value(name, before, meaning), shown_value(name, after, meaning))
        for name, (before, after) in item.changes.items()
        if name in LABELS and name != "code" and not (item.kind is ItemKind.NEW and after is None)
    ]


def _wanted(info: service.ImportInfo) -> ItemKind:
    text = chosen("druh", set(SHOWN_KINDS))
    if text is not None:
        return ItemKind(text)
    return next((kind for kind in SHOWN_KINDS if info.counts[kind]), ItemKind.NEW)


def _import_words() -> dict[str, Any]:
    return {
        "import_states": dict(choices(IMPORT_STATE_LABELS)),
        "import_colours": IMPORT_COLOURS,
        "item_labels": dict(choices(ITEM_LABELS)),
    }
