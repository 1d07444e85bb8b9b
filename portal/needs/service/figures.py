"""Writing of needs with their history; the one place that changes rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.core import audit
from portal.core.cells import Cell
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.errors import Conflict
from portal.core.messages import _m
from portal.core.permissions import Actor
from portal.needs.models import MunicipalNeed, MunicipalNeedChange
from portal.needs.queries import cell_of, key_of
from portal.needs.types import Key, Source, Step

audit.name_actions(
    {
        "needs.written": _m("Needs of a municipality written"),
        "needs.corrected": _m("Need of a municipality corrected"),
        "needs.withdrawn": _m("Correction of a need withdrawn"),
        "needs.removed": _m("Need of a municipality removed"),
        "needs.handed_over": _m("Needs of a municipality handed over"),
        "needs.reopened": _m("Needs of a municipality opened again"),
        "needs.guide": _m("Method of needs changed"),
        "needs.import.read": _m("File of needs read"),
        "needs.import.applied": _m("File of needs taken over"),
        "needs.import.rolled_back": _m("Import of needs taken back"),
        "needs.import.discarded": _m("File of needs put aside"),
    },
    kinds={
        "needs": _m("needs of a municipality"),
        "needs_guide": _m("method of needs"),
        "needs_import": _m("import of needs"),
    },
)


def changed_in_between() -> Conflict:
    return Conflict(_m("Somebody changed this figure in the meantime."))


def said_of(row: MunicipalNeed) -> Cell:
    return cell_of(row.state, row.persons)


def as_dict(row: MunicipalNeed) -> dict[str, Any]:
    """All of a stored row that the history keeps and taking an import back restores."""
    at = row.corrected_at_utc
    return {
        "state": row.state,
        "persons": row.persons,
        "note": row.note,
        "source": row.source,
        "actor_name": row.actor_name,
        "corrected_state": row.corrected_state,
        "corrected_persons": row.corrected_persons,
        "corrected_why": row.corrected_why,
        "corrected_source": row.corrected_source,
        "corrected_by": row.corrected_by,
        "corrected_at_utc": None if at is None else at.isoformat(),
    }


def write(
    actor: Actor, key: Key, persons: Cell, note: str, *, source: Source, row: MunicipalNeed | None, step: Step
) -> MunicipalNeed:
    """Store what is said, anew or over what is there. A correction falls away when the figure changes: it was of
    another one."""
    before = None if row is None else as_dict(row)
    if row is None:
        row = MunicipalNeed(**key._asdict(), version=0)
        db.session.add(row)
    elif said_of(row) != persons:
        clear_correction(row)
    row.state, row.persons = str(persons.state), _whole(persons)
    row.note, row.source = note, str(source)
    row.actor_name, row.changed_by_user_id, row.changed_at_utc = actor.name, actor.user_id, now_utc()
    row.version += 1
    remember(actor, key, step, before, as_dict(row), source)
    return row


def correct(actor: Actor, row: MunicipalNeed, persons: Cell, why: str, *, source: Source) -> None:
    """Put a number in place of the one said; what was said stays."""
    before = as_dict(row)
    row.corrected_state, row.corrected_persons = str(persons.state), _whole(persons)
    row.corrected_why, row.corrected_source = why, str(source)
    row.corrected_by, row.corrected_at_utc = actor.name, now_utc()
    row.version += 1
    remember(actor, key_of(row), Step.CORRECTED, before, as_dict(row), source)


def withdraw(actor: Actor, row: MunicipalNeed, *, source: Source) -> None:
    """Let what was said count again."""
    before = as_dict(row)
    clear_correction(row)
    row.version += 1
    remember(actor, key_of(row), Step.CORRECTION_WITHDRAWN, before, as_dict(row), source)


def remove(actor: Actor, row: MunicipalNeed, *, source: Source) -> None:
    remember(actor, key_of(row), Step.REMOVED, as_dict(row), None, source)
    db.session.delete(row)


def restore(
    actor: Actor, key: Key, row: MunicipalNeed | None, before: dict[str, Any] | None, *, source: Source
) -> int | None:
    """Put back what was before an import, also the row that it removed; the version that it has now, None: no row."""
    after = None if row is None else as_dict(row)
    if row is None:
        row = MunicipalNeed(**key._asdict(), version=0)
        db.session.add(row)
    if before is None:
        db.session.delete(row)
    else:
        at = before["corrected_at_utc"]
        for name, value in before.items():
            if name != "corrected_at_utc":
                setattr(row, name, value)
        row.corrected_at_utc = None if at is None else datetime.fromisoformat(at)
        row.changed_at_utc = now_utc()
        row.version += 1
    remember(actor, key, Step.TAKEN_BACK, after, before, source)
    return None if before is None else row.version


def clear_correction(row: MunicipalNeed) -> None:
    row.corrected_state = row.corrected_persons = row.corrected_why = None
    row.corrected_source = row.corrected_by = row.corrected_at_utc = None


def remember(
    actor: Actor, key: Key, step: Step, before: dict[str, Any] | None, after: dict[str, Any] | None, source: Source
) -> None:
    """One step of the history."""
    db.session.add(
        MunicipalNeedChange(
            **key._asdict(),
            step=str(step),
            before=before,
            after=after,
            source=str(source),
            at_utc=now_utc(),
            user_id=actor.user_id,
            actor_name=actor.name,
        )
    )


def record(actor: Actor, what: str, period: str, code: str, **details: Any) -> None:
    audit.record(actor, f"needs.{what}", object_kind="needs", object_key=f"{code} {period}", details=details)


def _whole(cell: Cell) -> int | None:
    return None if cell.number is None else int(cell.number)
