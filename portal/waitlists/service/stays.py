"""Import of a whole register of users: read, compare, show, apply wholly or not at all, take back.

Rows hold codes that the portal gave to the provider before, never identity; neither the file nor its name is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert

from portal.core.clock import now_utc, today
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.waitlists.calc.history import read, stored
from portal.waitlists.calc.lists import GivenRow, PlannedItem, StoredRow
from portal.waitlists.calc.stays import plan_stays
from portal.waitlists.ingest.columns import find_columns
from portal.waitlists.ingest.rows import ListRow, Vocabulary
from portal.waitlists.ingest.stays import LABELS, REGISTER, read_stays
from portal.waitlists.models import Client, ListImportItem
from portal.waitlists.queries import clients as client_queries
from portal.waitlists.queries import imports as queries
from portal.waitlists.queries import people as people_queries
from portal.waitlists.service.access import find_listed, read_listed
from portal.waitlists.service.clients import Stay, stay_of
from portal.waitlists.service.imports import (
    ImportInfo,
    get_import,
    keep_preview,
    last_import,
    open_import,
    read_sheet,
    record,
)
from portal.waitlists.types import ImportState, ImportSubject, ItemKind, LeavingReason, ListedService

FIELDS = tuple(LABELS)  # of a stay, "code" among them
STAYS = ImportSubject.STAYS


def take_register(actor: Actor, path: Path, *, register_id: int, words: Vocabulary) -> ImportInfo:
    """Read a register of users from a file and store what it would change; nothing else is written.

    A file with faults is stored as blocked, with its faults by row. One that holds identity, or cannot be read at all,
    leaves no trace: ImportRejected. Raises NotFound.
    """
    service = find_listed(actor, register_id, Permission.WAITLIST_EDIT)
    sheet = read_sheet(path)
    found = read_stays(sheet, find_columns(sheet, REGISTER), words, today())
    return keep_preview(actor, service, STAYS, found, _planned)


def apply_register(actor: Actor, *, register_id: int, import_id: int, ends_gone: bool) -> ImportInfo:
    """Write what the preview showed. Stays in no row end today, for another reason, where ``ends_gone``.

    Raises NotFound, Forbidden for a file with faults, Conflict when the register has changed since the preview.
    """
    service, row = open_import(actor, register_id, import_id, STAYS)
    if row.state == ImportState.BLOCKED:
        raise Forbidden(_m("The file has faults; correct them and read it again."))
    items = queries.items_of(row.id)
    known = queries.stays_by_id(service.id, [item.client_id for item in items if item.client_id])
    refs = people_queries.refs_of_codes(service.provider_id, {item.code for item in items})
    changing = [item for item in items if item.kind == ItemKind.CHANGED or (item.kind == ItemKind.GONE and ends_gone)]
    for item in changing:
        stay = known.get(item.client_id or 0)
        if stay is None or stay.version != item.base_version:
            raise _changed_since()
        if item.kind == ItemKind.GONE:
            _end_today(item, stay)
    _set_all([(known[item.client_id or 0], item.after) for item in changing])
    for item in changing:
        item.after_version = known[item.client_id or 0].version
    _begin(service, [item for item in items if item.kind == ItemKind.NEW], refs)
    row.state, row.applied_at_utc = ImportState.APPLIED, now_utc()
    record(actor, "applied", service, row)
    db.session.flush()
    return get_import(actor, register_id=register_id, import_id=import_id, subject=STAYS)


def roll_back_register(actor: Actor, *, register_id: int, import_id: int) -> ImportInfo:
    """Restore what the last applied import of the register changed, and remove what it added.

    Raises NotFound; Forbidden when it is not the last one applied; Conflict when a stay it touched has changed since.
    """
    service, row = last_import(actor, register_id, import_id, STAYS)
    items = [item for item in queries.items_of(row.id) if item.after_version is not None]
    known = queries.stays_by_id(service.id, [item.client_id for item in items if item.client_id])
    for item in items:
        stay = known.get(item.client_id or 0)
        if stay is None or stay.version != item.after_version:
            raise Conflict(
                _m("A stay that the import wrote has changed since, so the import cannot be taken back any more.")
            )
    added = [item.client_id for item in items if item.kind == ItemKind.NEW]
    db.session.execute(delete(Client).where(Client.id.in_(added)))
    _set_all([(known[item.client_id or 0], item.before) for item in items if item.kind != ItemKind.NEW])
    row.state, row.rolled_back_at_utc = ImportState.ROLLED_BACK, now_utc()
    record(actor, "rolled_back", service, row)
    db.session.flush()
    db.session.expire_all()
    return get_import(actor, register_id=register_id, import_id=import_id, subject=STAYS)


def export_stays(actor: Actor, *, register_id: int) -> Iterator[Stay]:
    """The whole register, the first to begin first. Raises NotFound at once, not with the first row."""
    service = read_listed(actor, register_id)
    return (stay_of(row) for row in client_queries.all_stays(service.id))


def _planned(service: ListedService, rows: Sequence[ListRow]) -> list[PlannedItem]:
    given = [GivenRow(row.number, {**row.values, "code": row.code}) for row in rows]
    there = [
        StoredRow(one.id, one.version, {name: getattr(one, name) for name in FIELDS})
        for one in queries.stays_of_service(service.id)
    ]
    return plan_stays(given, there)


def _end_today(item: ListImportItem, stay: Client) -> None:
    values = {"ended_on": max(today(), stay.started_on), "end_reason": str(LeavingReason.OTHER)}
    item.before = {name: stored(getattr(stay, name)) for name in values}
    item.after = {name: stored(value) for name, value in values.items()}


def _set_all(changes: Collection[tuple[Client, Mapping[str, Any]]]) -> None:
    """Those that end go first: nobody may use a service twice at once, not even between two statements."""
    ends = [change for change in changes if change[1].get("ended_on") is not None]
    for batch in (ends, [change for change in changes if change not in ends]):
        for stay, values in batch:
            for name, value in values.items():
                setattr(stay, name, read(name, value))
            stay.version += 1
        db.session.flush()


def _begin(service: ListedService, items: Sequence[ListImportItem], refs: Mapping[bytes, bytes]) -> None:
    if any(item.code not in refs for item in items):
        raise _changed_since()  # somebody was erased meanwhile
    if not items:
        return
    youngest = queries.youngest_stay(service.id)
    db.session.execute(insert(Client), list(_rows(service, items, refs)))
    ids = {(code, started_on): client_id for client_id, code, started_on in queries.stays_after(service.id, youngest)}
    for item in items:
        item.client_id = ids[item.code, read("started_on", item.after["started_on"])]
        item.after_version = 1


def _rows(
    service: ListedService, items: Iterable[ListImportItem], refs: Mapping[bytes, bytes]
) -> Iterator[dict[str, Any]]:
    nothing = dict.fromkeys(FIELDS)
    for item in items:
        told = {name: read(name, value) for name, value in item.after.items()}
        yield {
            **nothing,
            **told,
            "service_id": service.id,
            "code": item.code,
            "person_ref": refs[item.code],
            "application_id": None,
            "version": 1,
            "created_at_utc": now_utc(),
        }


def _changed_since() -> Conflict:
    return Conflict(_m("The register has changed since this preview was made. Read the file again."))
