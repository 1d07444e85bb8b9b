"""Letters about the yearly confirmation: what waits, who is written to, which letters are to be tried."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from portal.accounts.models import RoleGrant, User
from portal.catalog.models import Provider, Service
from portal.core.db import db
from portal.core.outbox import Outbox
from portal.core.permissions import ROLE_PERMISSIONS, Permission, Role, Scope
from portal.waitlists.models import Application, ConfirmationLetter
from portal.waitlists.queries.applications import needs_confirmation
from portal.waitlists.types import OPEN_STATES

OUTBOX = Outbox(ConfirmationLetter, most_attempts=6)
WRITERS = [
    str(role) for role in Role if role.scope is Scope.PROVIDER and Permission.WAITLIST_EDIT in ROLE_PERMISSIONS[role]
]


def to_confirm(last_confirmed: date) -> list[Any]:
    """Services with open applications to be confirmed: ico, register_id, name, count, oldest confirmation. By name."""
    query = (
        select(
            Provider.ico,
            Service.register_id,
            Service.name,
            func.count(Application.id).label("count"),
            func.min(Application.confirmed_on).label("oldest_on"),
        )
        .join(Service, Service.id == Application.service_id)
        .join(Provider, Provider.id == Service.provider_id)
        .where(Application.state.in_(OPEN_STATES), needs_confirmation(last_confirmed))
        .group_by(Provider.ico, Service.register_id, Service.name)
        .order_by(Service.name, Service.register_id)
    )
    return list(db.session.execute(query))


def readers() -> list[Any]:
    """Active people who keep waiting lists of a provider: id, email, language, ico; once for each provider."""
    query = (
        select(User.id, User.email, User.language, RoleGrant.scope_code.label("ico"))
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(User.is_active, RoleGrant.role.in_(WRITERS))
        .distinct()
        .order_by(User.id, RoleGrant.scope_code)
    )
    return list(db.session.execute(query))


def written_since(day: date) -> set[int]:
    """People to whom a letter was planned on this day or later."""
    return set(db.session.scalars(select(ConfirmationLetter.user_id).where(ConfirmationLetter.on_day >= day)))


def due(now: datetime) -> list[ConfirmationLetter]:
    """Letters to be tried now, the oldest first."""
    return list(
        db.session.scalars(select(ConfirmationLetter).where(OUTBOX.is_due(now)).order_by(ConfirmationLetter.id))
    )
