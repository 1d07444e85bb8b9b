"""Import of travel times: read, compare, show; take over as a whole; take the last one back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from portal.core import audit, import_steps
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden
from portal.core.import_steps import Reached
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


def _reached(actor: Actor) -> Reached[TravelImport]:
    """All imports: travel times hold for everybody. Raises Forbidden."""
    if not actor.can(Permission.TRAVEL_IMPORT):
        raise Forbidden(_m("Your role does not allow this."))
    return Reached(TravelImport, actor)


def take_file(actor: Actor, path: Path, *, name: str) -> TravelInfo:
    """Read a file and store what it would change; nothing is in force yet.

    A file with faults is stored as rejected, with its faults by row. The matrix that is in force already is not stored
    again: its info comes back, ``repeated``. Raises ImportRejected for a file that cannot be taken at all, Forbidden.
    """
    reached = _reached(actor)
    read = read_guarded_times(path, name, set(territory.municipality_names()))
    content_hash = hash_of(read.times) if not read.fault_count else ""
    in_force = queries.in_force()
    if not read.fault_count:
        is_live = in_force is not None and in_force[1] == content_hash
        live = import_steps.repeated_import(reached, content_hash, is_live=is_live)
        if live is not None:
            return replace(_info(reached, live), repeated=True)
    row = _store(actor, name, content_hash, read, in_force[0] if in_force else None)
    _record(actor, "read", row)
    return _info(reached, row)


def _store(actor: Actor, name: str, content_hash: str, read: ReadTimes, base: int | None) -> TravelImport:
    content = queries.matrix_of(base) if base is not None else None
    comparison = compared(read.times, NO_TIMES if content is None else unpack(content))
    begun = import_steps.begun(
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
    reached = _reached(actor)
    return _info(reached, import_steps.get_import(reached, import_id))


def list_imports(actor: Actor, *, limit: int = 20, offset: int = 0) -> tuple[list[TravelInfo], int]:
    """A page of the history, the youngest first, and the number of all. Raises Forbidden."""
    reached = _reached(actor)
    rows, count = import_steps.imports_page(reached, limit, offset)
    return _infos(reached, rows), count


def apply_import(actor: Actor, import_id: int) -> TravelInfo:
    """Put a matrix in force. Raises NotFound, Forbidden (also for a file with faults), Conflict when other times came
    into force since the preview."""
    reached = _reached(actor)
    row = import_steps.import_to_apply(reached, import_id)
    in_force = queries.in_force()
    if (in_force[0] if in_force else None) != row.base_import_id:
        raise Conflict(_m("Other travel times came into force since this preview was made. Read the file again."))
    import_steps.set_applied(row)
    _record(actor, "applied", row)
    db.session.flush()
    return _info(reached, row)


def discard_import(actor: Actor, import_id: int) -> TravelInfo:
    """Put a file aside. Raises NotFound, Forbidden, Conflict."""
    reached = _reached(actor)
    row = import_steps.discard(reached, import_id)
    _record(actor, "discarded", row)
    db.session.flush()
    return _info(reached, row)


def roll_back_import(actor: Actor, import_id: int) -> TravelInfo:
    """Take the matrix in force back; the one before it is in force again. Raises NotFound, Forbidden for another."""
    reached = _reached(actor)
    row = import_steps.import_to_take_back(reached, import_id)
    import_steps.set_rolled_back(row)
    _record(actor, "rolled_back", row)
    db.session.flush()
    return _info(reached, row)


def _info(reached: Reached[TravelImport], row: TravelImport) -> TravelInfo:
    return _infos(reached, [row])[0]


def _infos(reached: Reached[TravelImport], rows: Sequence[TravelImport]) -> list[TravelInfo]:
    latest = import_steps.latest_applied(TravelImport, rows)
    return [
        TravelInfo(
            **import_steps.fact_values(reached, row, latest),
            pairs=row.pairs,
            new=row.new,
            changed=row.changed,
            same=row.same,
            gone=row.gone,
            municipalities=row.municipalities,
        )
        for row in rows
    ]


def _record(actor: Actor, what: str, row: TravelImport) -> None:
    details: dict[str, Any] = {"pairs": row.pairs, "new": row.new, "changed": row.changed, "faults": row.fault_count}
    audit.record(actor, f"travel.import.{what}", object_kind="travel_import", object_key=row.id, details=details)
