"""Reads of imported travel times."""

from __future__ import annotations

from sqlalchemy import select

from portal.core.db import db
from portal.core.import_states import ImportState
from portal.map.access.models import TravelImport

_LATEST = (TravelImport.applied_at_utc.desc(), TravelImport.id.desc())


def in_force() -> tuple[int, str] | None:
    """The import applied last that was not taken back, and the hash of its matrix."""
    query = select(TravelImport.id, TravelImport.content_hash).where(TravelImport.state == ImportState.APPLIED)
    row = db.session.execute(query.order_by(*_LATEST).limit(1)).one_or_none()
    return None if row is None else (row[0], row[1])


def matrix_of(import_id: int) -> bytes | None:
    return db.session.scalar(select(TravelImport.matrix).where(TravelImport.id == import_id))
