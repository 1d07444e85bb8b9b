"""Imports of municipal support."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select

from portal.catalog.models import Service
from portal.core.db import db
from portal.core.import_states import ImportState
from portal.grants.models import GrantImport, GrantImportItem
from portal.grants.queries import AT_ONCE
from portal.grants.types import Key, Kind


def items_of(import_id: int) -> list[GrantImportItem]:
    query = select(GrantImportItem).where(GrantImportItem.import_id == import_id)
    return list(db.session.scalars(query.order_by(GrantImportItem.id)))


def items_under(items: Collection[GrantImportItem]) -> dict[Key, GrantImportItem]:
    """What live imports wrote and these items wrote over."""
    wanted = {(key_of(item), item.base_version) for item in items}
    service_ids = sorted({item.service_id for item in items})
    found: dict[Key, GrantImportItem] = {}
    for start in range(0, len(service_ids), AT_ONCE):
        query = (
            select(GrantImportItem)
            .join(GrantImport, GrantImport.id == GrantImportItem.import_id)
            .where(
                GrantImport.state == ImportState.APPLIED,
                GrantImportItem.service_id.in_(service_ids[start : start + AT_ONCE]),
            )
        )
        for row in db.session.scalars(query):
            if row.after_version is not None and (key_of(row), row.after_version) in wanted:
                found[key_of(row)] = row
    return found


def key_of(item: GrantImportItem) -> Key:
    return Key(item.service_id, item.municipality_code, item.year, Kind(item.kind))


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
