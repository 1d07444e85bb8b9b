"""Import of travel times: read, compare, show; take over as a whole; take the last one back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from portal.core import audit, importing
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.map.access import queries
from portal.map.access.calc.matrix import NO_TIMES, compared, hash_of, pack, unpack
from portal.map.access.ingest import ReadTimes, read_guarded_times
from portal.map.access.models import TravelImport
from portal.map.access.types import TravelInfo
from portal.territory import service as territory

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


def take_file(actor: Actor, path: Path, *, name: str) -> TravelInfo:
    """Read a file and store what it would change; nothing is in force yet.

    A file with faults is stored as rejected, with its faults by row. The matrix that is in force already is not stored
    again: its info comes back, ``repeated``. Raises ImportRejected for a file that cannot be taken at all, Forbidden.
    """
    _require(actor)
    read = read_guarded_times(path, name, set(territory.municipality_names()))
    content_hash = hash_of(read.times) if not read.fault_count else ""
    in_force = queries.in_force()
    if not read.fault_count:
        is_live = in_force is not None and in_force[1] == content_hash
        live = importing.repeated_import(TravelImport, content_hash, is_live=is_live)
        if live is not None:
            return replace(_info(live), repeated=True)
    row = _store(actor, name, content_hash, read, in_force[0] if in_force else None)
    _record(actor, "read", row)
    return _info(row)


def _store(actor: Actor, name: str, content_hash: str, read: ReadTimes, base: int | None) -> TravelImport:
    content = queries.matrix_of(base) if base is not None else None
    comparison = compared(read.times, NO_TIMES if content is None else unpack(content))
    begun = importing.begun(
        actor, name=name, content_hash=content_hash, faults=read.faults, fault_count=read.fault_count
    )
    row = TravelImport(
        **begun,
        base_import_id=base,
        pairs=len(read.times),
        new=comparison.new,
        changed=comparison.changed,
        same=comparison.same,
        gone=0 if read.fault_count else comparison.gone,
        municipalities=len(np.union1d(read.times.start, read.times.end)),
        matrix=pack(read.times),  # of a rejected file an empty one
    )
    db.session.add(row)
    db.session.flush()
    return row


def get_import(actor: Actor, import_id: int) -> TravelInfo:
    """Raises NotFound, Forbidden."""
    _require(actor)
    return _info(importing.find_import(TravelImport, import_id))


def list_imports(actor: Actor, *, limit: int = 20, offset: int = 0) -> tuple[list[TravelInfo], int]:
    """A page of the history, the youngest first, and the number of all. Raises Forbidden."""
    _require(actor)
    rows, count = importing.imports_page(TravelImport, limit, offset)
    latest = importing.latest_applied(TravelImport)
    return [_info_of(row, latest) for row in rows], count


def apply_import(actor: Actor, import_id: int) -> TravelInfo:
    """Put a matrix in force. Raises NotFound, Forbidden (also for a file with faults), Conflict when other times came
    into force since the preview."""
    _require(actor)
    row = importing.import_to_apply(TravelImport, import_id)
    if importing.latest_applied(TravelImport) != row.base_import_id:
        raise Conflict(_m("Other travel times came into force since this preview was made. Read the file again."))
    importing.set_applied(row)
    _record(actor, "applied", row)
    db.session.flush()
    return _info(row)


def discard_import(actor: Actor, import_id: int) -> TravelInfo:
    """Put a file aside. Raises NotFound, Forbidden, Conflict."""
    _require(actor)
    row = importing.discard(TravelImport, import_id)
    _record(actor, "discarded", row)
    db.session.flush()
    return _info(row)


def roll_back_import(actor: Actor, import_id: int) -> TravelInfo:
    """Take the matrix in force back; the one before it is in force again. Raises NotFound, Forbidden for another."""
    _require(actor)
    row = importing.import_to_take_back(TravelImport, import_id)
    importing.set_rolled_back(row)
    _record(actor, "rolled_back", row)
    db.session.flush()
    return _info(row)


def _info(row: TravelImport) -> TravelInfo:
    return _info_of(row, importing.latest_applied(TravelImport))


def _info_of(row: TravelImport, latest: int | None) -> TravelInfo:
    return TravelInfo(
        **importing.facts(row, latest),
        pairs=row.pairs,
        new=row.new,
        changed=row.changed,
        same=row.same,
        gone=row.gone,
        municipalities=row.municipalities,
    )


def _record(actor: Actor, what: str, row: TravelImport) -> None:
    details: dict[str, Any] = {"pairs": row.pairs, "new": row.new, "changed": row.changed, "faults": row.fault_count}
    audit.record(actor, f"travel.import.{what}", object_kind="travel_import", object_key=row.id, details=details)
