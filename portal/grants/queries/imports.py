"""Imports of municipal support."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from portal.catalog.models import Service
from portal.core.db import db
from portal.core.imports import ImportState
from portal.grants.models import GrantImport, GrantImportItem


def find_import(import_id: int, *, for_update: bool = False) -> GrantImport | None:
    query = select(GrantImport).where(GrantImport.id == import_id).execution_options(populate_existing=True)
    return db.session.scalar(query.with_for_update() if for_update else query)


def imports_page(limit: int, offset: int) -> tuple[list[GrantImport], int]:
    """A page of the history, the youngest first, and the number of all."""
    rows = list(db.session.scalars(select(GrantImport).order_by(GrantImport.id.desc()).limit(limit).offset(offset)))
    return rows, db.session.scalar(select(func.count()).select_from(GrantImport)) or 0


def imports_of_content(content_hash: str) -> list[GrantImport]:
    """Earlier imports of the same figures, the youngest first."""
    query = select(GrantImport).where(GrantImport.content_hash == content_hash)
    return list(db.session.scalars(query.order_by(GrantImport.id.desc())))


def latest_applied() -> int | None:
    """The import that was applied last and is still live."""
    query = select(GrantImport.id).where(GrantImport.state == ImportState.APPLIED)
    return db.session.scalar(query.order_by(GrantImport.applied_at_utc.desc(), GrantImport.id.desc()).limit(1))


def items_of(import_id: int) -> list[GrantImportItem]:
    query = select(GrantImportItem).where(GrantImportItem.import_id == import_id)
    return list(db.session.scalars(query.order_by(GrantImportItem.id)))


def items_page(import_id: int, limit: int, offset: int) -> tuple[list[Any], int]:
    """A page of what an import does with the services, in the order of the file, and the number of all."""
    query = (
        select(GrantImportItem, Service.register_id, Service.name)
        .join(Service, Service.id == GrantImportItem.service_id)
        .where(GrantImportItem.import_id == import_id)
        .order_by(GrantImportItem.id)
    )
    number = select(func.count()).select_from(GrantImportItem).where(GrantImportItem.import_id == import_id)
    return list(db.session.execute(query.limit(limit).offset(offset))), db.session.scalar(number) or 0
