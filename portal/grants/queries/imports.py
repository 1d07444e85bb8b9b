"""Imports of municipal support."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select

from portal.catalog.models import Service
from portal.core import import_steps
from portal.core.db import db
from portal.grants.models import GrantImport, GrantImportItem
from portal.grants.types import Key, Kind


def items_of(import_id: int) -> list[GrantImportItem]:
    query = select(GrantImportItem).where(GrantImportItem.import_id == import_id)
    return list(db.session.scalars(query.order_by(GrantImportItem.id)))


def items_under(items: Collection[GrantImportItem]) -> dict[Key, GrantImportItem]:
    """What live imports wrote and these items wrote over."""
    by_key = {key_of(item): item for item in items}
    return import_steps.items_under(GrantImportItem, GrantImport, GrantImportItem.service_id, by_key, key_of)


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
