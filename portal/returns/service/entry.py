"""What a provider writes: cells, comments, and the submitting of a return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.core import audit
from portal.core.cells import NOT_SUPPLIED, Cell
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.errors import Conflict
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.returns.calc import blocking, with_totals
from portal.returns.definition import definition_by_code
from portal.returns.models import Return, ReturnCell, ReturnCellChange
from portal.returns.queries import single
from portal.returns.readings import ReportingService, ReturnReading
from portal.returns.service.reading import compose
from portal.returns.service.steps import take_step
from portal.returns.service.writing import begin, find_writable
from portal.returns.types import CellKey, Finding, Period, ReportingDates, ReturnAction
from portal.returns.workflow import require

MAX_COMMENT_CHARS = 2000


@dataclass(frozen=True)
class Submission:
    """What came of submitting: the return as it is now, and what kept it from going (nothing: it went)."""

    reading: ReturnReading
    blocked_by: tuple[Finding, ...]


def save_cells(
    actor: Actor,
    *,
    register_id: int,
    period: Period,
    version: int,
    cells: Mapping[CellKey, Cell],
    comments: Mapping[CellKey, str],
) -> ReturnReading:
    """Store the given cells and comments; cells left out stay as they are. Begins the return if there is none.

    ``version`` is that of the return the person saw (0: none). Raises NotFound, Forbidden (may read, not write),
    Conflict when the return has changed since, is no longer the provider's, or the quarter is closed for it.
    """
    head, dates, stored = _writable(actor, register_id, period, version)
    stored = _store(actor, head, dates, stored, cells, comments)
    return compose(actor, head, dates, stored)


def autosave_cells(
    actor: Actor,
    *,
    register_id: int,
    period: Period,
    version: int,
    cells: Mapping[CellKey, Cell],
    comments: Mapping[CellKey, str],
) -> ReturnReading:
    """Store a few cells as they are typed. Begins the return if there is none.

    What others changed since ``version`` in other cells stays and is no conflict. Raises as ``save_cells`` does, but
    Conflict over a version only when one of the given cells was changed since to something else.
    """
    head, dates, stored = find_writable(actor, register_id, period)
    if stored is not None and stored.version != version:
        changed = {line.key for line in single.changes_of(stored.id) if line.version > version}
        now = {CellKey(row.form, row.field): row for row in single.stored_cells(stored.id)}
        for key in changed & cells.keys():
            if key in now and single.cell_of(now[key].state, now[key].value) != cells[key]:
                raise Conflict(_m("Somebody else changed the return in the meantime."))
    stored = _store(actor, head, dates, stored, cells, comments)
    return compose(actor, head, dates, stored)


def submit_return(
    actor: Actor,
    *,
    register_id: int,
    period: Period,
    version: int,
    cells: Mapping[CellKey, Cell],
    comments: Mapping[CellKey, str],
) -> Submission:
    """Store the cells, and if nothing blocks it hand the return to the kraj for review.

    Errors block, and so do warnings without a comment; the cells are stored all the same. Raises as
    ``save_cells`` does, and Forbidden for those who may edit but not submit.
    """
    head, dates, stored = _writable(actor, register_id, period, version)
    require(actor, Permission.RETURN_SUBMIT, head.provider_ico)
    stored = _store(actor, head, dates, stored, cells, comments)
    reading = compose(actor, head, dates, stored)
    blocked_by = blocking(reading.findings, reading.comments)
    if not blocked_by:
        take_step(actor, stored, ReturnAction.SUBMIT, head=head, reason=None)
        reading = compose(actor, head, dates, stored)
    return Submission(reading, blocked_by)


def _writable(
    actor: Actor, register_id: int, period: Period, version: int
) -> tuple[ReportingService, ReportingDates, Return | None]:
    head, dates, stored = find_writable(actor, register_id, period)
    if version != (0 if stored is None else stored.version):
        raise Conflict(_m("Somebody else changed the return in the meantime."))
    return head, dates, stored


def _store(
    actor: Actor,
    head: ReportingService,
    dates: ReportingDates,
    stored: Return | None,
    cells: Mapping[CellKey, Cell],
    comments: Mapping[CellKey, str],
) -> Return:
    if stored is None:
        stored = begin(head, dates)
    definition = definition_by_code(stored.form_version)
    asked = definition.cells_for(head.type_code, set(head.forms))
    rows = {CellKey(row.form, row.field): row for row in single.stored_cells(stored.id)}
    version = stored.version + 1
    changed = 0
    known = {key: single.cell_of(row.state, row.value) for key, row in rows.items()}
    complete = with_totals(definition, asked, {**known, **cells})
    for key in asked:
        row = rows.get(key)
        before = known.get(key, NOT_SUPPLIED)
        after = complete.get(key, before)
        if row is None:
            row = ReturnCell(return_id=stored.id, form=key.form, field=key.field, state=str(before.state), value=None)
            db.session.add(row)
        if after != before:
            _note_change(actor, stored, version, key, before, after)
            row.state, row.value = str(after.state), after.number
            changed += 1
        comment = comments.get(key, row.comment or "").strip()[:MAX_COMMENT_CHARS] or None
        changed += comment != row.comment
        row.comment = comment
    for key in rows.keys() - set(asked):  # the register no longer knows the form
        before = single.cell_of(rows[key].state, rows[key].value)
        if before != NOT_SUPPLIED:
            _note_change(actor, stored, version, key, before, NOT_SUPPLIED)
        db.session.delete(rows[key])
        changed += 1
    if changed or stored.version == 0:
        stored.version = version
        audit.record(
            actor,
            "returns.cells.saved",
            object_kind="return",
            object_key=f"{head.register_id}/{dates.period}",
            details={"changed": changed, "version": version},
        )
    db.session.flush()
    return stored


def _note_change(actor: Actor, stored: Return, version: int, key: CellKey, before: Cell, after: Cell) -> None:
    db.session.add(
        ReturnCellChange(
            return_id=stored.id,
            form=key.form,
            field=key.field,
            version=version,
            at_utc=now_utc(),
            user_id=actor.user_id,
            actor_name=actor.name,
            from_state=str(before.state),
            from_value=before.number,
            to_state=str(after.state),
            to_value=after.number,
        )
    )
