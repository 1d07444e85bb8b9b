"""Import of travel times: read, compare, show; take over as a whole; take the last one back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from portal.core import audit
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, NotFound, RowError
from portal.core.imports import ImportState
from portal.core.messages import _m, message_as_dict, message_from_dict
from portal.core.permissions import Actor, Permission
from portal.map.access import queries
from portal.map.access.calc.matrix import NO_TIMES, compared, hash_of, pack, unpack
from portal.map.access.ingest import ReadTimes, read_guarded_times
from portal.map.access.models import TravelImport
from portal.map.access.types import TravelInfo
from portal.territory import service as territory

MAX_NAME = 200

audit.name_actions(
    {
        "travel.import.read": _m("Travel times read from a file"),
        "travel.import.applied": _m("Travel times taken over"),
        "travel.import.discarded": _m("Import of travel times put aside"),
        "travel.import.rolled_back": _m("Import of travel times taken back"),
    },
    kinds={"travel_import": _m("import of travel times")},
)


def _require(actor: Actor) -> None:
    if not actor.can(Permission.TRAVEL_IMPORT):
        raise Forbidden(_m("Your role does not allow this."))


def take_times(actor: Actor, path: Path, *, name: str) -> TravelInfo:
    """Read a file and store what it would change; nothing is in force yet.

    A file with faults is stored as rejected, with its faults by row. The matrix that is in force already is not stored
    again: its info comes back, ``repeated``. Raises ImportRejected for a file that cannot be taken at all, Forbidden.
    """
    _require(actor)
    read = read_guarded_times(path, name, set(territory.municipality_names()))
    content_hash = hash_of(read.times) if not read.fault_count else ""
    in_force = queries.in_force()
    if not read.fault_count and in_force is not None and in_force[1] == content_hash:
        live = queries.find_import(in_force[0])
        assert live is not None
        return replace(_info(live), repeated=True)
    for former in queries.imports_of_content(content_hash) if not read.fault_count else ():
        if former.state == ImportState.PREVIEWED:
            former.state = str(ImportState.DISCARDED)  # compared with times that may not be in force any more
    row = _store(actor, name, content_hash, read, in_force[0] if in_force else None)
    _record(actor, "read", row)
    return _info(row)


def _store(actor: Actor, name: str, content_hash: str, read: ReadTimes, base: int | None) -> TravelImport:
    content = queries.matrix_of(base) if base is not None else None
    comparison = compared(read.times, NO_TIMES if content is None else unpack(content))
    is_rejected = read.fault_count > 0
    row = TravelImport(
        file_name=name[-MAX_NAME:],
        content_hash=content_hash,
        state=str(ImportState.REJECTED if is_rejected else ImportState.PREVIEWED),
        base_import_id=base,
        pairs=len(read.times),
        new=comparison.new,
        changed=comparison.changed,
        same=comparison.same,
        gone=0 if is_rejected else comparison.gone,
        municipalities=len(np.union1d(read.times.start, read.times.end)),
        faults=[
            {"message": message_as_dict(fault.message), "row": fault.row, "column": fault.column}
            for fault in read.faults
        ],
        fault_count=read.fault_count,
        matrix=pack(read.times),  # of a rejected file an empty one
        created_at_utc=now_utc(),
        created_by_user_id=actor.user_id,
        actor_name=actor.name,
    )
    db.session.add(row)
    db.session.flush()
    return row


def get_import(actor: Actor, import_id: int) -> TravelInfo:
    """Raises NotFound, Forbidden."""
    _require(actor)
    row = queries.find_import(import_id)
    if row is None:
        raise NotFound(_m("There is no such import."))
    return _info(row)


def list_imports(actor: Actor, *, limit: int = 20, offset: int = 0) -> tuple[list[TravelInfo], int]:
    """A page of the history, the youngest first, and the number of all. Raises Forbidden."""
    _require(actor)
    rows, count = queries.imports_page(limit, offset)
    in_force = queries.in_force()
    return [_info(row, in_force[0] if in_force else None) for row in rows], count


def apply_import(actor: Actor, import_id: int) -> TravelInfo:
    """Put a matrix in force. Raises NotFound, Forbidden (also for a file with faults), Conflict when other times came
    into force since the preview."""
    row = _open(actor, import_id)
    if row.state == ImportState.REJECTED:
        raise Forbidden(_m("The file has faults; correct them and read it again."))
    in_force = queries.in_force()
    if (in_force[0] if in_force else None) != row.base_import_id:
        raise Conflict(_m("Other travel times came into force since this preview was made. Read the file again."))
    row.state, row.applied_at_utc = str(ImportState.APPLIED), now_utc()
    _record(actor, "applied", row)
    db.session.flush()
    return _info(row)


def discard_import(actor: Actor, import_id: int) -> TravelInfo:
    """Put a file aside. Raises NotFound, Forbidden, Conflict."""
    row = _open(actor, import_id)
    row.state = str(ImportState.DISCARDED)
    _record(actor, "discarded", row)
    db.session.flush()
    return _info(row)


def roll_back_import(actor: Actor, import_id: int) -> TravelInfo:
    """Take the matrix in force back; the one before it is in force again. Raises NotFound, Forbidden for another."""
    _require(actor)
    row = queries.find_import(import_id, for_update=True)
    if row is None:
        raise NotFound(_m("There is no such import."))
    in_force = queries.in_force()
    if in_force is None or in_force[0] != row.id:
        raise Forbidden(_m("Only the import applied last can be taken back."))
    row.state, row.rolled_back_at_utc = str(ImportState.ROLLED_BACK), now_utc()
    _record(actor, "rolled_back", row)
    db.session.flush()
    return _info(row)


def _open(actor: Actor, import_id: int) -> TravelImport:
    _require(actor)
    row = queries.find_import(import_id, for_update=True)
    if row is None:
        raise NotFound(_m("There is no such import."))
    if not ImportState(row.state).is_open:
        raise Conflict(_m("This import cannot be changed any more."))
    return row


_UNREAD = -1


def _info(row: TravelImport, in_force: int | None = _UNREAD) -> TravelInfo:
    if in_force == _UNREAD:
        found = queries.in_force()
        in_force = found[0] if found else None
    return TravelInfo(
        id=row.id,
        file_name=row.file_name,
        state=ImportState(row.state),
        pairs=row.pairs,
        new=row.new,
        changed=row.changed,
        same=row.same,
        gone=row.gone,
        municipalities=row.municipalities,
        faults=tuple(
            RowError(message_from_dict(one["message"]), row=one["row"], column=one["column"]) for one in row.faults
        ),
        fault_count=row.fault_count,
        created_at_utc=row.created_at_utc,
        actor_name=row.actor_name,
        applied_at_utc=row.applied_at_utc,
        rolled_back_at_utc=row.rolled_back_at_utc,
        is_in_force=in_force == row.id,
    )


def _record(actor: Actor, what: str, row: TravelImport) -> None:
    details: dict[str, Any] = {"pairs": row.pairs, "new": row.new, "changed": row.changed, "faults": row.fault_count}
    audit.record(actor, f"travel.import.{what}", object_kind="travel_import", object_key=row.id, details=details)
