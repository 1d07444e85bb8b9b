"""Import of a whole register of users of a service.

A provider brings it once at the beginning - dozens of people who moved in years ago, and those who left - and then some
times a year from its own software. They fear double work and to end somebody's stay by a file that was not whole: so
the differences are shown first, who is missing stays unless they say otherwise, and the last import can be taken back.
The kraj needs it to see where people go from a waiting list and from a service.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext

from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.returns.service import ResidenceWords
from portal.waitlists import service
from portal.waitlists.calc.codes import short_code
from portal.waitlists.ingest.stays import LABELS, REGISTER
from portal.waitlists.types import SEX_LABELS, ImportSubject
from portal.waitlists.views.blueprint import Answer, bp, words
from portal.waitlists.views.importing import Importing
from portal.waitlists.words import reason_text
from portal.web.downloads import Column, Kind, Table, csv_response, xlsx_response
from portal.web.gate import current_actor, requires
from portal.web.languages import say


def _write(register_id: int, import_id: int, ends_gone: bool) -> service.ImportInfo:
    return service.apply_register(current_actor(), register_id=register_id, import_id=import_id, ends_gone=ends_gone)


STAYS = Importing(
    subject=ImportSubject.STAYS,
    headings=REGISTER,
    take=service.take_register,
    write=_write,
    roll_back=service.roll_back_register,
    close="end",
    ways={
        "index": "waitlists.list_register_imports",
        "upload": "waitlists.upload_register",
        "show": "waitlists.show_register_import",
        "apply": "waitlists.apply_register_import",
        "discard": "waitlists.discard_register_import",
        "roll_back": "waitlists.roll_back_register_import",
        "above": "waitlists.clients",
    },
    texts={
        "done": _m("The register is imported."),
        "clash": _m("Two stays of the register would clash. Read the file again."),
        "choose_gone": _m("Choose what becomes of users who are not in the file."),
        "taken_back": _m("The import is taken back; the register is as it was before it."),
        "heading": _m("Import of the register of users"),
        "intro": _m(
            "The users of the service as CSV or XLSX: those who use it now, and those who left with the day and the"
            " reason. Instead of names and birth numbers the file holds codes; a file with identity is refused and"
            " nothing of it is kept. What would change is shown before anything is written."
        ),
        "compare": _m("Compare the coded register"),
        "download": _m("The first row holds these headings, in any order. The download of the register has them all."),
        "left_out": _m(
            "A column that is left out changes nothing. Who is in no row and uses the service by the portal is shown as"
            " gone; those who have left may be missing."
        ),
        "nothing": _m("The register already says what the file says; there is nothing to write."),
        "gone": _m("Users who are in no row of the file"),
        "close": _m("end their stays today, for another reason"),
        "keep": _m("leave them in the register"),
        "before": _m(
            "The register will be as it was before. If somebody has changed one of these stays since, nothing is taken"
            " back."
        ),
        "items": _m("Stays"),
    },
)


@bp.get("/poradniky/<int:register_id>/uzivatele/import")
@requires(Permission.WAITLIST_EDIT)
def list_register_imports(register_id: int) -> Answer:
    """The form for a file, and what became of earlier ones."""
    return STAYS.index(register_id, {})


@bp.post("/poradniky/<int:register_id>/uzivatele/import")
@requires(Permission.WAITLIST_EDIT)
def upload_register(register_id: int) -> Answer:
    """Read a file and go to its preview."""
    return STAYS.upload(register_id)


@bp.get("/poradniky/<int:register_id>/uzivatele/import/<int:import_id>")
@requires(Permission.WAITLIST_EDIT)
def show_register_import(register_id: int, import_id: int) -> Answer:
    """What a file would change, or has changed."""
    return STAYS.detail(register_id, import_id, {})


@bp.post("/poradniky/<int:register_id>/uzivatele/import/<int:import_id>/zapis")
@requires(Permission.WAITLIST_EDIT)
def apply_register_import(register_id: int, import_id: int) -> Answer:
    """Write all that the preview shows."""
    return STAYS.apply(register_id, import_id)


@bp.post("/poradniky/<int:register_id>/uzivatele/import/<int:import_id>/odlozeni")
@requires(Permission.WAITLIST_EDIT)
def discard_register_import(register_id: int, import_id: int) -> Answer:
    return STAYS.discard(register_id, import_id)


@bp.post("/poradniky/<int:register_id>/uzivatele/import/<int:import_id>/zpet")
@requires(Permission.WAITLIST_EDIT)
def roll_back_register_import(register_id: int, import_id: int) -> Answer:
    """Restore what the last import changed."""
    return STAYS.take_back(register_id, import_id)


@bp.get("/poradniky/<int:register_id>/uzivatele/import/<int:import_id>/zapis")
@bp.get("/poradniky/<int:register_id>/uzivatele/import/<int:import_id>/zpet")
@requires(Permission.WAITLIST_EDIT)
def after_register_import(register_id: int, import_id: int) -> Answer:
    """Whoever opens the address of a sent form again gets the import."""
    STAYS.check(register_id, import_id)
    return STAYS.to_import(register_id, import_id)


@bp.get("/poradniky/<int:register_id>/uzivatele.csv")
@requires(Permission.WAITLIST_READ)
def export_clients_csv(register_id: int) -> Answer:
    return csv_response(_table(register_id), gettext("users-%(id)s", id=register_id))


@bp.get("/poradniky/<int:register_id>/uzivatele.xlsx")
@requires(Permission.WAITLIST_READ)
def export_clients_xlsx(register_id: int) -> Answer:
    return xlsx_response(_table(register_id), gettext("users-%(id)s", id=register_id))


def _table(register_id: int) -> Table:
    meaning = words()
    stays = service.export_stays(current_actor(), register_id=register_id)
    dates = {"started_on", "ended_on"}
    columns = [
        Column(name, say(label), Kind.DATE if name in dates else Kind.TEXT, 36 if name == "code" else 18)
        for name, label in LABELS.items()
    ]
    columns.insert(1, Column("short", gettext("Short code"), width=12))
    columns.append(Column("from_list", gettext("From the waiting list"), width=12))
    return Table(gettext("Users of the service"), columns, _exported(stays, meaning))


def _exported(stays: Iterator[service.Stay], meaning: ResidenceWords) -> Iterator[dict[str, Any]]:
    """The stays as the import reads them back: words, not codes."""
    for stay in stays:
        yield {
            **vars(stay),
            "code": stay.code.hex(),
            "short": short_code(stay.code),
            "end_reason": reason_text(stay.end_reason, leaving=True) or None,
            "adverse_situation": meaning.situations.get(stay.adverse_situation, stay.adverse_situation),
            "target_group": None
            if stay.target_group is None
            else meaning.groups.get(stay.target_group, stay.target_group),
            "municipality_code": meaning.places.label(stay.municipality_code),
            "sex": None if stay.sex is None else say(SEX_LABELS[stay.sex]),
            "from_list": gettext("yes") if stay.from_list else gettext("no"),
        }
