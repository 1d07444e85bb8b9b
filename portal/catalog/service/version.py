"""The number that grows with every change of what the public sees; caches and ETags hang on it."""

from __future__ import annotations

from sqlalchemy import insert, select, update

from portal.catalog.models import CatalogVersion
from portal.core.clock import now_utc
from portal.core.db import db

_ROW = 1


def current_version() -> int:
    """Number of the present state of the catalogue; 0 before the first write."""
    return db.session.scalar(select(CatalogVersion.number).where(CatalogVersion.id == _ROW)) or 0


def bump_version() -> None:
    """Count one change within the present unit of work.

    The row is locked until the unit of work ends, so two writers of the catalogue take turns; a writer that must
    see what the other stored calls this first.
    """
    counted = db.session.execute(
        update(CatalogVersion)
        .where(CatalogVersion.id == _ROW)
        .values(number=CatalogVersion.number + 1, changed_at_utc=now_utc())
    )
    if counted.rowcount == 0:  # type: ignore[attr-defined]  # a CursorResult, as of every UPDATE
        db.session.execute(insert(CatalogVersion).values(id=_ROW, number=1, changed_at_utc=now_utc()))
