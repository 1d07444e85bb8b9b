"""What a file would change. Writes the import and its changes, nothing that the public sees."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from portal.catalog.ingest.context import CodeLists
from portal.catalog.ingest.problems import Problem, Severity
from portal.catalog.models import CatalogImport, CatalogImportChange
from portal.catalog.queries import imports as queries
from portal.catalog.queries.imports import LiveService
from portal.catalog.service.imports.compare import counts_as_change, differences
from portal.catalog.service.imports.files import Read
from portal.catalog.service.imports.info import info_of, require
from portal.catalog.service.imports.secrecy import discreet
from portal.catalog.types import ChangeKind, ImportInfo, ImportState, has_ended
from portal.core import audit
from portal.core.clock import now_utc, today
from portal.core.db import db
from portal.core.errors import ImportRejected
from portal.core.messages import Message, _m, _mn, message_as_dict
from portal.core.permissions import Actor, Permission

MAX_SHARE = 0.05  # of the services of the region; a file that changes more waits for a person
SHOWN_FAULTS = 400


@dataclass(frozen=True)
class _Line:
    register_id: int
    record_hash: str
    name: str
    text: str


@dataclass
class _Counts:
    added: int = 0
    changed: int = 0
    ended: int = 0
    counted: int = 0
    seen: set[int] = field(default_factory=set)

    def add(self, kind: ChangeKind, counts: bool) -> None:
        setattr(self, kind.value, getattr(self, kind.value) + 1)
        self.counted += counts


def find_repeated(content_hash: str) -> ImportInfo | None:
    """The import that makes another one of the same content needless: live already, or still open on the same base."""
    latest = queries.latest_applied_id()
    for row in queries.imports_of_content(content_hash):
        if row.id == latest or (ImportState(row.state).is_open and row.base_import_id == latest):
            return info_of(row, latest, repeated=True)
    return None


def store_preview(actor: Actor, *, read: Read) -> ImportInfo:
    """Compare the cleaned lines with the catalogue and store what would change.

    State afterwards: "waiting" when the file has errors or changes more than 5 % of the services, else
    "previewed". The first file of an empty catalogue changes everything and need not wait for that.
    """
    require(actor, Permission.CATALOG_IMPORT)
    live = queries.live_services()
    row = _new_import(actor, read.files.shown_name, read.content_hash)
    row.services_in_file = read.summary.services_in_file
    row.services_in_region = read.summary.services_in_region
    row.services_live = sum(not has_ended(service.ended_on, today()) for service in live.values())
    row.base_import_id = queries.latest_applied_id()
    row.code_lists = _code_lists(read.summary.lists)
    _note_faults(row, read.summary.problems, read.summary.errors, read.summary.notices)
    db.session.add(row)
    db.session.flush()
    counts = _Counts()
    lines = _lines(read.lines)
    while chunk := list(islice(lines, queries.CHUNK)):
        _store(row.id, _compare(chunk, live, counts), counts)
    unread = set(read.summary.faulty_ids)
    gone = [number for number in live if number not in counts.seen and number not in unread]
    _store(row.id, _gone(gone, live), counts)
    row.added, row.changed, row.ended, row.counted = counts.added, counts.changed, counts.ended, counts.counted
    reasons = _reasons(row, bool(live))
    row.state = ImportState.WAITING if reasons else ImportState.PREVIEWED
    row.reason = {"messages": [message_as_dict(reason) for reason in reasons]} if reasons else None
    db.session.flush()
    audit.record(
        actor,
        "catalog.import.previewed",
        object_kind="catalog_import",
        object_key=row.id,
        details={"file": row.file_name, "added": row.added, "changed": row.changed, "ended": row.ended},
    )
    return info_of(row, row.base_import_id)


def store_rejection(actor: Actor, *, file_name: str, content_hash: str, error: ImportRejected) -> ImportInfo:
    """Keep in the history that a file could not be taken, and why."""
    row = _new_import(actor, file_name[:200], content_hash)
    row.state = ImportState.REJECTED
    row.reason = {"messages": [message_as_dict(error.message)]}
    row.row_errors = [
        {"error": True, "path": fault.row, "message": message_as_dict(fault.message)} for fault in error.rows
    ]
    row.row_error_count = len(error.rows)
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor,
        "catalog.import.rejected",
        object_kind="catalog_import",
        object_key=row.id,
        details={"file": row.file_name, "reason": str(error.message)},
    )
    return info_of(row, queries.latest_applied_id())


def _new_import(actor: Actor, file_name: str, content_hash: str) -> CatalogImport:
    return CatalogImport(
        content_hash=content_hash,
        file_name=file_name,
        state=ImportState.PREVIEWED,
        services_in_file=0,
        services_in_region=0,
        services_live=0,
        added=0,
        changed=0,
        ended=0,
        counted=0,
        row_errors=[],
        row_error_count=0,
        row_notice_count=0,
        code_lists={},
        created_at_utc=now_utc(),
        created_by_user_id=actor.user_id,
    )


def _note_faults(row: CatalogImport, problems: tuple[Problem, ...], errors: int, notices: int) -> None:
    row.row_errors = [
        {
            "error": problem.severity is Severity.ERROR,
            "path": problem.where.row,
            "message": message_as_dict(problem.where.message),
        }
        for problem in sorted(problems, key=lambda problem: problem.severity is not Severity.ERROR)
    ][:SHOWN_FAULTS]
    row.row_error_count, row.row_notice_count = errors, notices


def _code_lists(lists: CodeLists) -> dict[str, dict[str, str]]:
    found = asdict(lists)
    return {name: found[name] for name in ("target_groups", "age_groups") if found[name]}


def _lines(path: Path) -> Iterator[_Line]:
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            record_hash, register_id, name, text = line.rstrip("\n").split("\t", 3)
            yield _Line(int(register_id), record_hash, name, text)


def _compare(chunk: list[_Line], live: dict[int, LiveService], counts: _Counts) -> list[dict[str, Any]]:
    counts.seen.update(line.register_id for line in chunk)
    differing = [line for line in chunk if _differs(line, live.get(line.register_id))]
    known = [line.register_id for line in differing if line.register_id in live]
    records = queries.records_of(known) if known else {}
    return [_change(line, live.get(line.register_id), records.get(line.register_id)) for line in differing]


def _differs(line: _Line, stored: LiveService | None) -> bool:
    return stored is None or stored.record_hash != line.record_hash or stored.missing_since is not None


def _change(line: _Line, stored: LiveService | None, stored_record: str | None) -> dict[str, Any]:
    change = {
        "register_id": line.register_id,
        "after": line.text,
        "after_hash": line.record_hash,
        "kind": ChangeKind.ADDED,
        "name": line.name,
        "differences": [],
        "counts": True,
    }
    if stored is None:
        return change
    new = json.loads(line.text)
    found = differences(discreet(json.loads(stored_record or "{}"), new), new)
    ends = not has_ended(stored.ended_on, today()) and has_ended(_day(new["ended_on"]), today())
    return {
        **change,
        "kind": ChangeKind.ENDED if ends else ChangeKind.CHANGED,
        "differences": [asdict(difference) for difference in found],
        "counts": counts_as_change(found) or stored.missing_since is not None,
    }


def _gone(gone: list[int], live: dict[int, LiveService]) -> list[dict[str, Any]]:
    """Services that vanished from the file; those that had ended before stay as they are."""
    return [
        {
            "register_id": number,
            "kind": ChangeKind.ENDED,
            "name": live[number].name,
            "differences": [],
            "after": None,
            "after_hash": None,
            "counts": True,
        }
        for number in sorted(gone)
        if live[number].missing_since is None and not has_ended(live[number].ended_on, today())
    ]


def _store(import_id: int, changes: list[dict[str, Any]], counts: _Counts) -> None:
    for change in changes:
        counts.add(change["kind"], change.pop("counts"))
        change["import_id"] = import_id
    if changes:
        db.session.execute(insert(CatalogImportChange.__table__), changes)  # type: ignore[arg-type]  # a Table


def _reasons(row: CatalogImport, had_services: bool) -> list[Message]:
    reasons = []
    if row.row_error_count:
        reasons.append(
            _mn(
                "%(num)s entry of the file could not be taken.",
                "%(num)s entries of the file could not be taken.",
                row.row_error_count,
            )
        )
    if had_services and row.counted > MAX_SHARE * row.services_live:
        reasons.append(
            _m(
                "The file changes %(counted)s services; the catalogue has %(live)s that have not ended, and a person"
                " has to confirm a change of more than 5 %% of them.",
                counted=row.counted,
                live=row.services_live,
            )
        )
    return reasons


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
