"""Import of a whole waiting list: read, compare, show, apply wholly or not at all, take back.

What imports of registers of users (``stays``) do in the same way stands here too.

Rows hold codes that the portal gave to the provider before, never identity; neither the file nor its name is kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from portal.core import audit
from portal.core.clock import now_utc, today
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, ImportRejected, NotFound, RowError
from portal.core.messages import _m, message_as_dict, message_from_dict
from portal.core.permissions import Actor, Permission
from portal.core.workbooks.files import read_guarded
from portal.core.workbooks.sheets import RawSheet
from portal.waitlists.calc.history import stored
from portal.waitlists.calc.lists import GivenRow, PlannedItem, StoredRow, plan
from portal.waitlists.ingest.columns import find_columns
from portal.waitlists.ingest.rows import ListRow, ReadRows, Vocabulary, read_rows
from portal.waitlists.models import ListImport, ListImportItem
from portal.waitlists.queries import imports as queries
from portal.waitlists.queries import people as people_queries
from portal.waitlists.service.access import PAGE, find_listed, read_listed
from portal.waitlists.service.writing import fields_of
from portal.waitlists.types import ImportState, ImportSubject, ItemKind, ListedService

FILE_NAME = "CSV/XLSX"  # what errors call the file: its own name may be somebody's
KEPT_PROBLEMS = 200
HISTORY = 20

audit.name_actions(
    {
        "waitlists.import.read": _m("List of applications read from a file"),
        "waitlists.import.applied": _m("List of applications imported"),
        "waitlists.import.rolled_back": _m("Import of a list of applications taken back"),
        "waitlists.import.discarded": _m("List of applications put aside"),
        "waitlists.register_import.read": _m("Register of users read from a file"),
        "waitlists.register_import.applied": _m("Register of users imported"),
        "waitlists.register_import.rolled_back": _m("Import of a register of users taken back"),
        "waitlists.register_import.discarded": _m("File of a register of users put aside"),
    }
)


@dataclass(frozen=True)
class ImportInfo:
    """One import, as pages and the command line tell of it."""

    id: int
    service: ListedService
    state: ImportState
    rows: int
    counts: Mapping[ItemKind, int]
    problems: Sequence[RowError]
    problem_count: int
    created_at_utc: datetime
    actor_name: str
    applied_at_utc: datetime | None
    rolled_back_at_utc: datetime | None
    is_last_applied: bool
    repeated: bool = False

    @property
    def changes_nothing(self) -> bool:
        return self.state is ImportState.PREVIEWED and not any(
            self.counts[kind] for kind in (ItemKind.NEW, ItemKind.CHANGED, ItemKind.GONE)
        )


@dataclass(frozen=True)
class ItemLine:
    """What an import does to one application or stay; ``changes``: field -> (before, after) as stored."""

    kind: ItemKind
    row: int | None
    code: bytes
    file_reference: str | None
    changes: Mapping[str, tuple[Any, Any]]


def take_list(actor: Actor, path: Path, *, register_id: int, words: Vocabulary) -> ImportInfo:
    """Read a list from a file and store what it would change; nothing else is written.

    ``words`` are the codes by what cells may hold. A file with faults is stored as blocked, with its faults by row. One
    that holds identity, or cannot be read at all, leaves no trace: ImportRejected. Raises NotFound.
    """
    service = find_listed(actor, register_id, Permission.WAITLIST_EDIT)
    sheet = read_sheet(path)
    found = read_rows(sheet, find_columns(sheet), words, today())
    return keep_preview(actor, service, ImportSubject.APPLICATIONS, found, _planned)


def read_sheet(path: Path) -> RawSheet:
    """The first sheet that holds anything. Raises ImportRejected."""
    sheet = next((one for one in read_guarded(path, FILE_NAME).sheets if one.cells), None)
    if sheet is None:
        raise ImportRejected(_m("%(name)s is empty.", name=FILE_NAME))
    return sheet


def keep_preview(
    actor: Actor,
    service: ListedService,
    subject: ImportSubject,
    found: ReadRows,
    planned_by: Callable[[ListedService, Sequence[ListRow]], list[PlannedItem]],
) -> ImportInfo:
    """Store what was read: with its faults, or with what ``planned_by`` says that it would change."""
    if not found.rows and not found.problems:
        raise ImportRejected(_m("%(name)s holds a heading and nothing under it.", name=FILE_NAME))
    refs = people_queries.refs_of_codes(service.provider_id, {row.code for row in found.rows})
    problems = [*found.problems, *_unknown_codes(found.rows, refs)]
    content_hash = _hash(found.rows)
    for former in queries.last_imports(service.id, subject, limit=HISTORY):
        if former.content_hash == content_hash and former.state == ImportState.PREVIEWED and not problems:
            former.state = ImportState.DISCARDED  # compared with a list that may have changed since
    planned = [] if problems else planned_by(service, found.rows)
    row = ListImport(
        service_id=service.id,
        subject=str(subject),
        content_hash=content_hash,
        state=str(ImportState.BLOCKED if problems else ImportState.PREVIEWED),
        rows=len(found.rows),
        same=sum(item.kind is ItemKind.SAME for item in planned),
        problems=[_stored_problem(problem) for problem in problems[:KEPT_PROBLEMS]],
        problem_count=len(problems),
        created_at_utc=now_utc(),
        created_by_user_id=actor.user_id,
        actor_name=actor.name,
    )
    db.session.add(row)
    db.session.flush()
    _store_items(row, planned)
    record(actor, "read", service, row)
    return _info(service, row)


def get_import(
    actor: Actor, *, register_id: int, import_id: int, subject: ImportSubject = ImportSubject.APPLICATIONS
) -> ImportInfo:
    """Raises NotFound."""
    service = read_listed(actor, register_id)
    row = queries.find_import(service.id, import_id, subject)
    if row is None:
        raise NotFound(_m("There is no such import."))
    return _info(service, row)


def list_imports(
    actor: Actor, register_id: int, subject: ImportSubject = ImportSubject.APPLICATIONS
) -> tuple[ListedService, Sequence[ImportInfo]]:
    """The last imports of a service's list or register, the youngest first. Raises NotFound."""
    service = read_listed(actor, register_id)
    rows = queries.last_imports(service.id, subject, limit=HISTORY)
    counts, last = queries.kind_counts([row.id for row in rows]), queries.last_applied(service.id, subject)
    return service, [_info_of(service, row, counts.get(row.id, {}), last) for row in rows]


def list_items(
    actor: Actor,
    *,
    register_id: int,
    import_id: int,
    kind: ItemKind | None = None,
    page: int = 1,
    subject: ImportSubject = ImportSubject.APPLICATIONS,
) -> Sequence[ItemLine]:
    """A page of what an import does. Raises NotFound."""
    info = get_import(actor, register_id=register_id, import_id=import_id, subject=subject)
    found = queries.items_of(info.id, kind=kind, limit=PAGE, offset=(page - 1) * PAGE)
    return [
        ItemLine(
            kind=ItemKind(item.kind),
            row=item.row,
            code=item.code,
            file_reference=item.file_reference,
            changes={name: (item.before.get(name), value) for name, value in item.after.items()},
        )
        for item in found
    ]


def open_import(
    actor: Actor, register_id: int, import_id: int, subject: ImportSubject = ImportSubject.APPLICATIONS
) -> tuple[ListedService, ListImport]:
    """An import that can still be applied or put aside, locked. Raises NotFound, Conflict."""
    service = find_listed(actor, register_id, Permission.WAITLIST_EDIT)
    row = queries.find_import(service.id, import_id, subject, for_update=True)
    if row is None:
        raise NotFound(_m("There is no such import."))
    if row.state not in (ImportState.PREVIEWED, ImportState.BLOCKED):
        raise Conflict(_m("This import cannot be changed any more."))
    return service, row


def last_import(
    actor: Actor, register_id: int, import_id: int, subject: ImportSubject
) -> tuple[ListedService, ListImport]:
    """The last applied import of a list or register, locked, which alone can be taken back.

    Raises NotFound; Forbidden when it is not the last one applied.
    """
    service = find_listed(actor, register_id, Permission.WAITLIST_EDIT)
    row = queries.find_import(service.id, import_id, subject, for_update=True)
    if row is None:
        raise NotFound(_m("There is no such import."))
    last = queries.last_applied(service.id, subject)
    if last is None or last.id != row.id:
        raise Forbidden(_m("Only the last import of the list can be taken back."))
    return service, row


def discard_import(
    actor: Actor, *, register_id: int, import_id: int, subject: ImportSubject = ImportSubject.APPLICATIONS
) -> None:
    """Put a file aside. Raises NotFound, Conflict."""
    service, row = open_import(actor, register_id, import_id, subject)
    row.state = ImportState.DISCARDED
    record(actor, "discarded", service, row)
    db.session.flush()


def _planned(service: ListedService, rows: Sequence[ListRow]) -> list[PlannedItem]:
    given = [GivenRow(row.number, {**row.values, "code": row.code}) for row in rows]
    there = [StoredRow(one.id, one.version, fields_of(one)) for one in queries.all_of_service(service.id)]
    return plan(given, there, today())


def _unknown_codes(rows: Sequence[ListRow], refs: Mapping[bytes, bytes]) -> list[RowError]:
    sentence = _m("The portal gave this code to nobody at this provider. Let the codes be made anew.")
    return [RowError(sentence, row=str(row.number)) for row in rows if row.code not in refs]


def _hash(rows: Sequence[ListRow]) -> str:
    """Of the rows as they were understood, so that a list saved by another program is the same."""
    plain = [[row.code.hex(), {name: stored(value) for name, value in row.values.items()}] for row in rows]
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def _store_items(row: ListImport, planned: Sequence[PlannedItem]) -> None:
    key = "application_id" if row.subject == ImportSubject.APPLICATIONS else "client_id"
    items = []
    for item in planned:
        if item.kind is ItemKind.SAME:
            continue
        values = item.stored.values if item.stored is not None else item.after
        after = {name: stored(value) for name, value in item.after.items()}
        items.append(
            {
                "import_id": row.id,
                "kind": str(item.kind),
                "row": item.number,
                "code": item.after.get("code", values["code"]),
                "file_reference": values.get("file_reference"),
                "application_id": None,
                "client_id": None,
                key: item.stored.id if item.stored is not None else None,
                "base_version": item.stored.version if item.stored is not None else None,
                "before": {} if item.stored is None else {name: stored(values.get(name)) for name in after},
                "after": after,
                "after_version": None,
            }
        )
    if items:
        db.session.execute(insert(ListImportItem), items)


def _stored_problem(problem: RowError) -> dict[str, Any]:
    return {"message": message_as_dict(problem.message), "row": problem.row, "column": problem.column}


def _info(service: ListedService, row: ListImport) -> ImportInfo:
    last = queries.last_applied(service.id, ImportSubject(row.subject))
    return _info_of(service, row, queries.kind_counts([row.id]).get(row.id, {}), last)


def _info_of(service: ListedService, row: ListImport, counts: Mapping[str, int], last: ListImport | None) -> ImportInfo:
    return ImportInfo(
        id=row.id,
        service=service,
        state=ImportState(row.state),
        rows=row.rows,
        counts={kind: row.same if kind is ItemKind.SAME else counts.get(kind, 0) for kind in ItemKind},
        problems=[
            RowError(message_from_dict(one["message"]), row=one["row"], column=one["column"]) for one in row.problems
        ],
        problem_count=row.problem_count,
        created_at_utc=row.created_at_utc,
        actor_name=row.actor_name,
        applied_at_utc=row.applied_at_utc,
        rolled_back_at_utc=row.rolled_back_at_utc,
        is_last_applied=last is not None and last.id == row.id,
    )


def record(actor: Actor, what: str, service: ListedService, row: ListImport) -> None:
    kind = "import" if row.subject == ImportSubject.APPLICATIONS else "register_import"
    audit.record(
        actor,
        f"waitlists.{kind}.{what}",
        object_kind="waiting_list",
        object_key=service.register_id,
        details={"import": row.id, "rows": row.rows, "problems": row.problem_count},
    )
