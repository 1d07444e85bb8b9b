"""SELECTs of holdings and their members."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from portal.benchmarking.models import Holding, HoldingMember
from portal.catalog.models import Provider
from portal.core.audit import AuditEntry
from portal.core.db import db


def holdings() -> list[Holding]:
    """All holdings by name."""
    return list(db.session.scalars(select(Holding).order_by(Holding.name)))


def has_holding_of_name(name: str, other_than: int | None) -> bool:
    return any(found != other_than for found in db.session.scalars(select(Holding.id).where(Holding.name == name)))


def locked_holding(holding_id: int) -> Holding | None:
    """The holding as it is now, locked for a change."""
    query = select(Holding).where(Holding.id == holding_id)
    return db.session.scalar(query.with_for_update().execution_options(populate_existing=True))


def holding_members(holding_ids: Collection[int] | None = None) -> list[Any]:
    """Rows of (member, provider_ico, provider_name) of some holdings (of all), by provider and day."""
    query = select(HoldingMember, Provider.ico.label("provider_ico"), Provider.name.label("provider_name")).join(
        Provider, Provider.id == HoldingMember.provider_id
    )
    if holding_ids is not None:
        query = query.where(HoldingMember.holding_id.in_(holding_ids))
    return list(db.session.execute(query.order_by(Provider.name, HoldingMember.valid_from, HoldingMember.id)))


def memberships_between(first_day: date, last_day: date) -> list[tuple[str, str]]:
    """Name of the holding and IČO of its members on any of the days."""
    query = (
        select(Holding.name, Provider.ico)
        .join(HoldingMember, HoldingMember.holding_id == Holding.id)
        .join(Provider, Provider.id == HoldingMember.provider_id)
        .where(
            HoldingMember.valid_from <= last_day,
            or_(HoldingMember.valid_to.is_(None), HoldingMember.valid_to >= first_day),
        )
        .order_by(Holding.name, Provider.ico)
    )
    return [(name, ico) for name, ico in db.session.execute(query)]


def provider_id_of(ico: str) -> int | None:
    return db.session.scalar(select(Provider.id).where(Provider.ico == ico))


def memberships_of(provider_id: int) -> list[Any]:
    """Rows of (member, name of the holding) of a provider."""
    query = select(HoldingMember, Holding.name).join(Holding, Holding.id == HoldingMember.holding_id)
    return list(db.session.execute(query.where(HoldingMember.provider_id == provider_id)))


def changes_of_holding(holding_id: int) -> list[AuditEntry]:
    """What the audit log has of a holding, the latest first."""
    query = select(AuditEntry).where(AuditEntry.object_kind == "holding", AuditEntry.object_key == str(holding_id))
    return list(db.session.scalars(query.order_by(AuditEntry.id.desc())))
