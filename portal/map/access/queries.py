"""Reads of imported travel times."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import defer

from portal.core.db import db
from portal.core.imports import ImportState
from portal.map.access.models import TravelImport

_LIGHT = defer(TravelImport.matrix)
_LATEST = (TravelImport.applied_at_utc.desc(), TravelImport.id.desc())


def find_import(import_id: int, *, for_update: bool = False) -> TravelImport | None:
    query = select(TravelImport).where(TravelImport.id == import_id).options(_LIGHT)
    query = query.execution_options(populate_existing=True)
    return db.session.scalar(query.with_for_update() if for_update else query)


def imports_page(limit: int, offset: int) -> tuple[list[TravelImport], int]:
    """A page of the history, the youngest first, and the number of all; matrices are not read."""
    query = select(TravelImport).options(_LIGHT).order_by(TravelImport.id.desc()).limit(limit).offset(offset)
    rows = list(db.session.scalars(query))
    return rows, db.session.scalar(select(func.count()).select_from(TravelImport)) or 0


def imports_of_content(content_hash: str) -> list[TravelImport]:
    """Earlier imports of the same matrix, the youngest first."""
    query = select(TravelImport).where(TravelImport.content_hash == content_hash).options(_LIGHT)
    return list(db.session.scalars(query.order_by(TravelImport.id.desc())))


def in_force() -> tuple[int, str] | None:
    """The import applied last that was not taken back, and the hash of its matrix."""
    query = select(TravelImport.id, TravelImport.content_hash).where(TravelImport.state == ImportState.APPLIED)
    row = db.session.execute(query.order_by(*_LATEST).limit(1)).one_or_none()
    return None if row is None else (row[0], row[1])


def matrix_of(import_id: int) -> bytes | None:
    return db.session.scalar(select(TravelImport.matrix).where(TravelImport.id == import_id))
