"""Writing of an import that was seen: all of it in one unit of work, or nothing; taking the last one back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete

from portal.core.clock import now_utc, today
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden
from portal.core.messages import _m
from portal.core.permissions import Actor
from portal.waitlists.calc.history import read, stored
from portal.waitlists.models import Application, ListImportItem
from portal.waitlists.queries import imports as queries
from portal.waitlists.queries import people as people_queries
from portal.waitlists.service.imports import ImportInfo, get_import, last_import, open_import, record
from portal.waitlists.service.writing import Beginning, begin_many, change, fields_of, follow_admissions
from portal.waitlists.types import EventKind, ImportState, ImportSubject, ItemKind, ListedService, State


def apply_import(actor: Actor, *, register_id: int, import_id: int, closes_gone: bool) -> ImportInfo:
    """Write what the preview showed. Applications in no row are closed as withdrawn where ``closes_gone``.

    Raises NotFound, Forbidden for a file with faults, Conflict when the list has changed since the preview.
    """
    service, row = open_import(actor, register_id, import_id)
    if row.state == ImportState.BLOCKED:
        raise Forbidden(_m("The file has faults; correct them and read it again."))
    items = queries.items_of(row.id)
    known = queries.applications_by_id(service.id, [item.application_id for item in items if item.application_id])
    refs = people_queries.refs_of_codes(service.provider_id, {item.code for item in items})
    moved: list[tuple[Application, State | None]] = []
    for item in items:
        if item.kind != ItemKind.NEW and (item.kind != ItemKind.GONE or closes_gone):
            moved.append(_write(actor, item, known, refs))
    db.session.flush()
    moved += _begin(actor, service, [item for item in items if item.kind == ItemKind.NEW], refs)
    follow_admissions(moved)
    row.state, row.applied_at_utc = ImportState.APPLIED, now_utc()
    record(actor, "applied", service, row)
    db.session.flush()
    return get_import(actor, register_id=register_id, import_id=import_id)


def _write(
    actor: Actor, item: ListImportItem, known: dict[int, Application], refs: dict[bytes, bytes]
) -> tuple[Application, State]:
    application = known.get(item.application_id or 0)
    if application is None or application.version != item.base_version:
        raise _changed_since()
    before = State(application.state)
    if item.kind == ItemKind.GONE:
        on = max(today(), application.state_on)
        values: dict[str, Any] = {"state": str(State.WITHDRAWN), "state_on": on, "decided_on": on, "reason": None}
        item.before = {name: stored(value) for name, value in fields_of(application).items() if name in values}
        item.after = {name: stored(value) for name, value in values.items()}
    else:
        values = {name: read(name, value) for name, value in item.after.items()}
    _set(actor, application, values, EventKind.IMPORTED, refs)
    item.after_version = application.version
    return application, before


def _set(
    actor: Actor, application: Application, values: dict[str, Any], kind: EventKind, refs: dict[bytes, bytes]
) -> None:
    change(actor, application, values, kind)
    if "code" in values:
        application.person_ref = refs[values["code"]]
    application.others_waiting = None
    if not State(application.state).is_open:
        application.asked_since = None


def _begin(
    actor: Actor, service: ListedService, items: Sequence[ListImportItem], refs: dict[bytes, bytes]
) -> list[tuple[Application, State | None]]:
    if any(item.code not in refs for item in items):
        raise _changed_since()  # somebody was erased meanwhile
    beginnings = []
    for item in items:
        values = {name: read(name, value) for name, value in item.after.items() if name != "code"}
        beginnings.append(Beginning(item.code, refs[item.code], values))
    ids = begin_many(actor, service, beginnings, EventKind.IMPORTED)
    for item, application_id in zip(items, ids, strict=True):
        item.application_id, item.after_version = application_id, 1
    fresh = queries.applications_by_id(service.id, ids)
    return [(fresh[application_id], None) for application_id in ids]


def roll_back_import(actor: Actor, *, register_id: int, import_id: int) -> ImportInfo:
    """Restore what the last applied import of the list changed, and remove what it added.

    Raises NotFound; Forbidden when it is not the last one applied; Conflict when an application it touched has changed
    since, as nothing that somebody did later is lost.
    """
    service, row = last_import(actor, register_id, import_id, ImportSubject.APPLICATIONS)
    items = [item for item in queries.items_of(row.id) if item.after_version is not None]
    known = queries.applications_by_id(service.id, [item.application_id for item in items if item.application_id])
    touched = [(item, known.get(item.application_id or 0)) for item in items]
    if any(application is None or application.version != item.after_version for item, application in touched):
        raise Conflict(
            _m("An application that the import wrote has changed since, so the import cannot be taken back any more.")
        )
    _undo(actor, service, [(item, application) for item, application in touched if application is not None])
    row.state, row.rolled_back_at_utc = ImportState.ROLLED_BACK, now_utc()
    record(actor, "rolled_back", service, row)
    db.session.flush()
    return get_import(actor, register_id=register_id, import_id=import_id)


def _undo(actor: Actor, service: ListedService, touched: Sequence[tuple[ListImportItem, Application]]) -> None:
    codes = {read("code", item.before["code"]) for item, _application in touched if "code" in item.before}
    refs = people_queries.refs_of_codes(service.provider_id, codes)
    moved: list[tuple[Application, State | None]] = []
    added = [application for item, application in touched if item.kind == ItemKind.NEW]
    for application in added:
        before, application.state = State(application.state), str(State.WITHDRAWN)
        application.decided_on, application.reason = today(), None
        moved.append((application, before))
    follow_admissions(moved)
    db.session.execute(delete(Application).where(Application.id.in_([one.id for one in added])))
    db.session.flush()
    moved = []
    for item, application in touched:
        if item.kind != ItemKind.NEW:
            before = State(application.state)
            values = {name: read(name, value) for name, value in item.before.items()}
            _set(actor, application, values, EventKind.TAKEN_BACK, refs)
            moved.append((application, before))
    follow_admissions(moved)
    db.session.expire_all()


def _changed_since() -> Conflict:
    return Conflict(_m("The list has changed since this preview was made. Read the file again."))
