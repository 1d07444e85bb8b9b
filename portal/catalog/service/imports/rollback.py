"""Takes the last applied import back: the register's data as they were before it, to the row."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, delete, update
from sqlalchemy.exc import IntegrityError

from portal.catalog.ingest.reader import tell_nobody
from portal.catalog.queries import imports as queries
from portal.catalog.queries.imports import CHILD_TABLES, StoredChange
from portal.catalog.service.changes import tell_types_changed
from portal.catalog.service.imports import providers
from portal.catalog.service.imports.applying import write_code_lists
from portal.catalog.service.imports.info import get_import, require
from portal.catalog.service.imports.rows import (
    CAPACITIES,
    KEPT_CONTACTS,
    KEPT_HOURS,
    OWN_COLUMNS,
    SERVICES,
    Row,
    Rows,
    restored,
)
from portal.catalog.service.imports.steps import Report, each_chunk, finish
from portal.catalog.service.imports.writing import delete_children, insert_rows
from portal.catalog.service.version import bump_version
from portal.catalog.types import ChangeKind, ImportInfo, ImportState, KeptField
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, NotFound
from portal.core.messages import _m, _mn
from portal.core.permissions import Actor, Permission

_FORMS = "service_forms"
_CONTACTS = "service_contacts"
SHOWN_NUMBERS = 5


def roll_back_import(actor: Actor, *, import_id: int | None = None, report: Report = tell_nobody) -> ImportInfo:
    """Restore what was live before the import applied last; with an id, only when it is that one.

    What the provider and the kraj have settled themselves (verification, description, accepted edits) stays as it
    is now. Raises NotFound when no import was applied, Forbidden when a later one was, Conflict when something
    else, such as a quarterly return, already refers to services that the import added; it names them.
    """
    require(actor, Permission.CATALOG_IMPORT)
    bump_version()  # the lock, as when applying
    latest = queries.latest_applied_id()
    if latest is None:
        raise NotFound(_m("No import has been applied, so there is none to take back."))
    row = get_import(import_id if import_id is not None else latest)
    if row.id != latest:
        raise Forbidden(_m("Only the import applied last can be taken back; that is number %(number)s.", number=latest))
    _refuse_when_in_use(row.id)
    before = row.before or {}
    try:
        with db.session.begin_nested():
            each_chunk(row, _take_back, report)
            providers.put_back(before["providers"])
    except IntegrityError:
        _refuse_when_in_use(row.id)  # somebody began a return since the first look
        raise
    write_code_lists(before["code_lists"])
    row.rolled_back_at_utc = now_utc()
    return finish(actor, row, ImportState.ROLLED_BACK, {})


def _take_back(chunk: list[StoredChange]) -> None:
    _restore([change for change in chunk if change.before is not None])
    _remove([change.register_id for change in chunk if change.kind == ChangeKind.ADDED])


def _refuse_when_in_use(import_id: int) -> None:
    """Raises Conflict when services the import added are used elsewhere, so that they cannot go."""
    numbers = queries.added_services_in_use(import_id)
    if not numbers:
        return
    shown = ", ".join(map(str, numbers[:SHOWN_NUMBERS])) + (", …" if len(numbers) > SHOWN_NUMBERS else "")
    raise Conflict(
        _mn(
            "The import cannot be taken back: %(num)s service it added is used already, for example in a quarterly"
            " return (number in the register: %(numbers)s). Import a corrected file of the register instead; a service"
            " that is not in it is marked as ended, and its returns stay.",
            "The import cannot be taken back: %(num)s services it added are used already, for example in quarterly"
            " returns (numbers in the register: %(numbers)s). Import a corrected file of the register instead; a"
            " service that is not in it is marked as ended, and its returns stay.",
            len(numbers),
            numbers=shown,
        )
    )


def _remove(register_ids: list[int]) -> None:
    if register_ids:
        db.session.execute(delete(SERVICES).where(SERVICES.c.register_id.in_(register_ids)))


def _restore(chunk: list[StoredChange]) -> None:
    if not chunk:
        return
    stored = queries.service_rows([change.register_id for change in chunk])
    children = queries.child_rows([service["id"] for service in stored.values()])
    updates: list[Row] = []
    types: dict[int, str] = {}
    back: Rows = {name: [] for name in (*CHILD_TABLES, CAPACITIES.name)}
    for change in chunk:
        rows = restored(change.before or "")
        service = stored[change.register_id]
        kept = frozenset(service["kept_fields"] or ())
        before = rows.pop("services")[0]
        types[change.register_id] = before["type_code"]
        updates.append(_columns(before, service, kept))
        for name, entries in _keep_settled(rows, children[service["id"]], kept).items():
            back[name] += entries
    statement = update(SERVICES).where(SERVICES.c.id == bindparam("service_id"))
    db.session.connection().execute(statement, updates)
    delete_children([service["id"] for service in stored.values()])
    _insert_back(back)
    tell_types_changed(stored, types)


def _columns(before: Row, now: Row, kept: frozenset[str]) -> Row:
    columns = {name: value for name, value in before.items() if name not in OWN_COLUMNS}
    for name in (KeptField.NAME, KeptField.AGE_NOTE):
        if name in kept:
            columns[name.value] = now[name.value]
    return {"service_id": now["id"], **columns}


def _keep_settled(before: Rows, now: Rows, kept: frozenset[str]) -> Rows:
    own = {KEPT_CONTACTS[name].value for name in KEPT_CONTACTS if name in kept}
    contacts = [row for row in before.get(_CONTACTS, []) if row["kind"] not in own]
    contacts += [row for row in now.get(_CONTACTS, []) if row["kind"] in own]
    settled_hours = {KEPT_HOURS[name].value for name in KEPT_HOURS if name in kept}
    hours = {row["form"]: row["hours"] for row in now.get(_FORMS, []) if row["form"] in settled_hours}
    forms = [{**row, "hours": hours.get(row["form"], row["hours"])} for row in before.get(_FORMS, [])]
    return {**before, _CONTACTS: contacts, _FORMS: forms}


def _insert_back(rows: Rows) -> None:
    """Insert rows under the numbers they had.

    SQLite may have given a free number away since; such a row gets a new one, and what hangs on it follows.
    """
    moved = _renumber(_FORMS, rows[_FORMS])
    for capacity in rows[CAPACITIES.name]:
        capacity["service_form_id"] = moved.get(capacity["service_form_id"], capacity["service_form_id"])
    for name in (_FORMS, CAPACITIES.name, *(name for name in CHILD_TABLES if name != _FORMS)):
        if "id" in _table(name).c and name != _FORMS:
            _renumber(name, rows[name])
        insert_rows(_table(name), rows[name])


def _renumber(name: str, rows: list[Row]) -> dict[int, int]:
    """Give rows whose number is taken a free one; returns old number -> new."""
    table = _table(name)
    taken = queries.taken_ids(table, [row["id"] for row in rows])
    moved: dict[int, int] = {}
    if taken:
        free = queries.highest_id(table, [row["id"] for row in rows]) + 1
        for row in rows:
            if row["id"] in taken:
                moved[row["id"]] = row["id"] = free
                free += 1
    return moved


def _table(name: str) -> Any:
    return CAPACITIES if name == CAPACITIES.name else CHILD_TABLES[name]
