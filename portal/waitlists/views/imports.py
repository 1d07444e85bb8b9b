"""Import of a whole waiting list.

A provider with software of its own comes some times a year with a list of dozens or hundreds of persons. They fear that
a name slips out with the file - a file that holds any is refused and leaves no trace - and that the import spoils what
was entered here by hand: so the differences are shown first, and the last import can be taken back.
"""

from __future__ import annotations

from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.waitlists import service
from portal.waitlists.ingest.columns import WAITING_LIST
from portal.waitlists.types import ImportSubject
from portal.waitlists.views.blueprint import Answer, bp
from portal.waitlists.views.importing import Importing
from portal.web.gate import current_actor, requires


def _write(register_id: int, import_id: int, closes_gone: bool) -> service.ImportInfo:
    return service.apply_import(current_actor(), register_id=register_id, import_id=import_id, closes_gone=closes_gone)


LIST = Importing(
    subject=ImportSubject.APPLICATIONS,
    headings=WAITING_LIST,
    take=service.take_list,
    write=_write,
    roll_back=service.roll_back_import,
    close="close",
    ways={
        "index": "waitlists.list_imports",
        "upload": "waitlists.upload",
        "show": "waitlists.show_import",
        "apply": "waitlists.apply_import",
        "discard": "waitlists.discard_import",
        "roll_back": "waitlists.roll_back_import",
        "above": "waitlists.show",
    },
    texts={
        "done": _m("The list is imported."),
        "clash": _m("Two applications of the list would clash. Read the file again."),
        "choose_gone": _m("Choose what becomes of applications that are not in the file."),
        "taken_back": _m("The import is taken back; the list is as it was before it."),
        "heading": _m("Import of the list"),
        "intro": _m(
            "The whole list of those who wait, as CSV or XLSX. Instead of names and birth numbers the file holds codes;"
            " a file with identity is refused and nothing of it is kept. What would change is shown before anything is"
            " written."
        ),
        "compare": _m("Compare the coded list"),
        "download": _m("The first row holds these headings, in any order. The download of the list has them all."),
        "left_out": _m(
            "A column that is left out changes nothing. Who is in no row and waits in the portal is shown as gone."
        ),
        "nothing": _m("The list already says what the file says; there is nothing to write."),
        "gone": _m("Applications that are in no row of the file"),
        "close": _m("close them as withdrawn by the applicant"),
        "keep": _m("leave them in the list"),
        "before": _m(
            "The list will be as it was before. If somebody has changed one of these applications since, nothing is"
            " taken back."
        ),
        "items": _m("Applications"),
    },
)


@bp.get("/poradniky/<int:register_id>/import")
@requires(Permission.WAITLIST_EDIT)
def list_imports(register_id: int) -> Answer:
    """The form for a file, and what became of earlier ones."""
    return LIST.index(register_id, {})


@bp.post("/poradniky/<int:register_id>/import")
@requires(Permission.WAITLIST_EDIT)
def upload(register_id: int) -> Answer:
    """Read a file and go to its preview."""
    return LIST.upload(register_id)


@bp.get("/poradniky/<int:register_id>/import/<int:import_id>")
@requires(Permission.WAITLIST_EDIT)
def show_import(register_id: int, import_id: int) -> Answer:
    """What a file would change, or has changed."""
    return LIST.detail(register_id, import_id, {})


@bp.post("/poradniky/<int:register_id>/import/<int:import_id>/zapis")
@requires(Permission.WAITLIST_EDIT)
def apply_import(register_id: int, import_id: int) -> Answer:
    """Write all that the preview shows."""
    return LIST.apply(register_id, import_id)


@bp.post("/poradniky/<int:register_id>/import/<int:import_id>/odlozeni")
@requires(Permission.WAITLIST_EDIT)
def discard_import(register_id: int, import_id: int) -> Answer:
    return LIST.discard(register_id, import_id)


@bp.post("/poradniky/<int:register_id>/import/<int:import_id>/zpet")
@requires(Permission.WAITLIST_EDIT)
def roll_back_import(register_id: int, import_id: int) -> Answer:
    """Restore what the last import changed."""
    return LIST.take_back(register_id, import_id)


@bp.get("/poradniky/<int:register_id>/import/<int:import_id>/zapis")
@bp.get("/poradniky/<int:register_id>/import/<int:import_id>/zpet")
@requires(Permission.WAITLIST_EDIT)
def after_import(register_id: int, import_id: int) -> Answer:
    """A page that answered the sending of a form has the form's address; whoever opens it again gets the import."""
    LIST.check(register_id, import_id)
    return LIST.to_import(register_id, import_id)
