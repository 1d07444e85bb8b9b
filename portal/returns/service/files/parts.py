"""Writing the territory part of many returns in a few statements, with the history that its page would leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert

from portal.core import audit
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.permissions import Actor
from portal.returns.models import ReturnResidence, ReturnResidenceChange, ReturnResidencePart
from portal.returns.queries import residences as queries
from portal.returns.queries.many import chunks
from portal.returns.readings import ReportingService
from portal.returns.residences.rows import RowChange, changes_between
from portal.returns.residences.types import Residences, ResidenceState
from portal.returns.types import Period


@dataclass(frozen=True)
class PartWriting:
    """The territory part that a return is to have."""

    head: ReportingService
    return_id: int
    residences: Residences


@dataclass(frozen=True)
class PartWritten:
    """The version of a part after it, and what it said before."""

    version: int
    before: Residences


def write_parts(
    actor: Actor, period: Period, writings: Sequence[PartWriting], *, import_id: int
) -> dict[int, PartWritten]:
    """Store all of it; the result is by service. Whether it may be done was decided before."""
    ids = [one.return_id for one in writings]
    parts, rows = queries.stored_parts(ids), queries.stored_rows_of(ids)
    done: dict[int, PartWritten] = {}
    details: dict[str, dict[str, Any]] = {}
    added: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    gone: list[int] = []
    for one in writings:
        part = parts.get(one.return_id)
        if part is None:
            part = ReturnResidencePart(return_id=one.return_id, state=ResidenceState.NOT_SUPPLIED, version=0)
            db.session.add(part)
        stored = rows[one.return_id]
        before = Residences(ResidenceState(part.state), part.version, {key: row.persons for key, row in stored.items()})
        changes = changes_between(before.rows, one.residences.rows)
        part.version += 1
        if before.state is not one.residences.state:
            part.state = one.residences.state
            states = {"from_state": str(before.state), "to_state": str(one.residences.state)}
            notes.append(_note(actor, one.return_id, part.version, **states))
        for change in changes:
            notes.append(_note_of_row(actor, one.return_id, part.version, change))
            row = stored.get(change.key)
            if change.after is None and row is not None:
                gone.append(row.id)
            elif row is not None and change.after is not None:
                row.persons = change.after
            else:
                added.append(_row(one.return_id, change))
        done[one.head.id] = PartWritten(part.version, before)
        details[f"{one.head.register_id}/{period}"] = {
            "state": str(one.residences.state),
            "changed": len(changes),
            "version": part.version,
            "import": import_id,
        }
    audit.record_many(actor, "returns.residences.saved", object_kind="return", details=details)
    db.session.flush()
    _store(added, notes, gone)
    return done


def _store(added: list[dict[str, Any]], notes: list[dict[str, Any]], gone: list[int]) -> None:
    for chunk in chunks(gone):
        db.session.execute(
            delete(ReturnResidence).where(ReturnResidence.id.in_(chunk)).execution_options(synchronize_session=False)
        )
    # Empty columns are written out: rows with other columns empty would each go in a statement of their own.
    whole = {"render_nulls": True}
    if added:
        db.session.execute(insert(ReturnResidence), added, execution_options=whole)
    if notes:
        db.session.execute(insert(ReturnResidenceChange), notes, execution_options=whole)
    db.session.expire_all()  # rows were written past the session


def _row(return_id: int, change: RowChange) -> dict[str, Any]:
    municipality, target_group, situation = change.key
    return {
        "return_id": return_id,
        "municipality_code": municipality,
        "target_group": target_group,
        "adverse_situation": situation,
        "persons": change.after,
    }


def _note_of_row(actor: Actor, return_id: int, version: int, change: RowChange) -> dict[str, Any]:
    municipality, target_group, situation = change.key
    return _note(
        actor,
        return_id,
        version,
        municipality_code=municipality,
        target_group=target_group,
        adverse_situation=situation,
        from_persons=change.before,
        to_persons=change.after,
    )


def _note(actor: Actor, return_id: int, version: int, **what: str | int | None) -> dict[str, Any]:
    """One row of the history."""
    empty = dict.fromkeys(
        (
            "municipality_code",
            "target_group",
            "adverse_situation",
            "from_persons",
            "to_persons",
            "from_state",
            "to_state",
        )
    )
    return {
        "return_id": return_id,
        "version": version,
        "at_utc": now_utc(),
        "user_id": actor.user_id,
        "actor_name": actor.name,
        **empty,
        **what,
    }
