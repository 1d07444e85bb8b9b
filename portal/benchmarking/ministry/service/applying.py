"""Makes a previewed file live, wholly or not at all, and takes the last one of a year back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert

from portal.benchmarking.ministry import queries
from portal.benchmarking.ministry.models import MinistryFigure, MinistryImport, MinistryImportChange
from portal.benchmarking.ministry.service.imports import info_of, open_import, require
from portal.benchmarking.ministry.types import ChangeKind, ImportInfo, ImportState
from portal.core import audit
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission


def apply_import(actor: Actor, *, import_id: int, confirmed: bool = False) -> ImportInfo:
    """Write what the preview showed. Doing it twice does it once.

    ``confirmed``: rows of unknown services are left out. Raises NotFound; Forbidden for a file with faults or one that
    waits without ``confirmed``; Conflict when another import of the year was applied or taken back since the preview.
    """
    require(actor, Permission.MINISTRY_IMPORT)
    queries.lock_sources()
    row = _found(import_id)
    if row.state == ImportState.APPLIED:
        return info_of(row, repeated=True)
    if not ImportState(row.state).can_be_applied or row.year is None:
        raise Forbidden(_m("This import cannot be applied."))
    if row.state == ImportState.WAITING and not confirmed:
        raise Forbidden(_m("Some rows are of services that the portal does not know; confirm that they are left out."))
    if row.base_import_id != queries.latest_applied().get(row.year):
        raise Conflict(
            _m("Figures of the year were changed by another import since this preview. Read the file again.")
        )
    changes = queries.changes_of(row.id)
    _write(row.year, changes, [_after(row.year, change) for change in changes])
    row.applied_at_utc, row.table = now_utc(), None
    return _finished(actor, row, ImportState.APPLIED)


def roll_back_import(actor: Actor, *, import_id: int | None = None) -> ImportInfo:
    """Restore the figures as they were before the import applied last (of its year); without an id, of any year.

    Raises NotFound when there is none, Forbidden when a later one of the year was applied.
    """
    require(actor, Permission.MINISTRY_IMPORT)
    queries.lock_sources()
    latest = queries.latest_applied()
    if import_id is None and not latest:
        raise NotFound(_m("No import has been applied, so there is none to take back."))
    row = _found(import_id if import_id is not None else max(latest.values()))
    if row.id not in latest.values() or row.year is None:
        raise Forbidden(_m("Only the import of a year that was applied last can be taken back."))
    changes = queries.changes_of(row.id)
    year = row.year
    _write(year, changes, [_before(year, change) for change in changes if change.before_state is not None])
    row.rolled_back_at_utc = now_utc()
    return _finished(actor, row, ImportState.ROLLED_BACK)


def discard_import(actor: Actor, *, import_id: int) -> ImportInfo:
    """Put a file aside; it changes nothing. Raises NotFound, Forbidden."""
    require(actor, Permission.MINISTRY_IMPORT)
    row = open_import(import_id)
    row.table = None
    return _finished(actor, row, ImportState.DISCARDED)


def _found(import_id: int) -> MinistryImport:
    row = queries.find_import(import_id)
    if row is None:
        raise NotFound(_m("There is no such import."))
    return row


def _write(year: int, changes: list[MinistryImportChange], rows: list[dict[str, Any]]) -> None:
    """Put these rows in the place of all figures that the import is about."""
    items: dict[str, list[int]] = {}
    for change in changes:
        items.setdefault(change.item, []).append(change.service_id)
    for item, service_ids in items.items():
        for start in range(0, len(service_ids), queries.AT_ONCE):
            part = service_ids[start : start + queries.AT_ONCE]
            here = (MinistryFigure.year == year, MinistryFigure.item == item, MinistryFigure.service_id.in_(part))
            db.session.execute(delete(MinistryFigure).where(*here))
    if rows:
        db.session.execute(insert(MinistryFigure), rows)
    db.session.expire_all()


def _after(year: int, change: MinistryImportChange) -> dict[str, Any]:
    key = {"service_id": change.service_id, "year": year, "item": change.item}
    return {**key, "state": change.after_state, "value": change.after_value, "row": change.row}


def _before(year: int, change: MinistryImportChange) -> dict[str, Any]:
    key = {"service_id": change.service_id, "year": year, "item": change.item}
    return {**key, "state": change.before_state, "value": change.before_value, "row": change.before_row or 0}


def _finished(actor: Actor, row: MinistryImport, state: ImportState) -> ImportInfo:
    row.state = state
    db.session.flush()
    details = {"file": row.file_name, "year": row.year, **{kind.value: getattr(row, kind.value) for kind in ChangeKind}}
    audit.record(actor, f"ministry.import.{state}", object_kind="ministry_import", object_key=row.id, details=details)
    return info_of(row)
