"""Who of the kraj looks after which provider."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, select

from portal.accounts.models import RoleGrant, User
from portal.catalog.models import Provider, Service
from portal.core.db import db
from portal.core.permissions import Role
from portal.returns.followup import AssignmentLine, KeyWorkerLine
from portal.returns.models import KeyWorkerAssignment


def key_workers() -> Sequence[tuple[int, str]]:
    """Id and name of everybody active with the role, or still with providers, in no particular order."""
    holds = select(RoleGrant.user_id).where(RoleGrant.role == Role.KEY_WORKER)
    assigned = select(KeyWorkerAssignment.user_id).where(KeyWorkerAssignment.ended_at_utc.is_(None))
    query = select(User.id, User.name).where((User.is_active & User.id.in_(holds)) | User.id.in_(assigned))
    return [(row[0], row[1]) for row in db.session.execute(query)]


def is_key_worker(user_id: int) -> bool:
    """Whether the person is active and has the role."""
    query = (
        select(User.id)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(User.id == user_id, User.is_active, RoleGrant.role == Role.KEY_WORKER)
    )
    return db.session.scalar(query) is not None


def providers() -> list[KeyWorkerLine]:
    """Every provider with its key worker or without, in no particular order."""
    query = (
        select(
            Provider.id,
            Provider.ico,
            Provider.name,
            func.count(Service.id),
            KeyWorkerAssignment.user_id,
            User.name,
            KeyWorkerAssignment.assigned_at_utc,
        )
        .join(Service, Service.provider_id == Provider.id)
        .outerjoin(
            KeyWorkerAssignment,
            (KeyWorkerAssignment.provider_id == Provider.id) & KeyWorkerAssignment.ended_at_utc.is_(None),
        )
        .outerjoin(User, User.id == KeyWorkerAssignment.user_id)
        .group_by(
            Provider.id,
            Provider.ico,
            Provider.name,
            KeyWorkerAssignment.user_id,
            User.name,
            KeyWorkerAssignment.assigned_at_utc,
        )
    )
    return [KeyWorkerLine(*row) for row in db.session.execute(query)]


def provider_ids(icos: Collection[str]) -> dict[str, int]:
    rows = db.session.execute(select(Provider.ico, Provider.id).where(Provider.ico.in_(icos)))
    return {row[0]: row[1] for row in rows}


def current_of(ids: Collection[int]) -> dict[int, KeyWorkerAssignment]:
    """The assignments in force of these providers, held until the unit of work ends."""
    query = (
        select(KeyWorkerAssignment)
        .where(KeyWorkerAssignment.provider_id.in_(ids), KeyWorkerAssignment.ended_at_utc.is_(None))
        .order_by(KeyWorkerAssignment.id)
        .with_for_update()
    )
    return {row.provider_id: row for row in db.session.scalars(query)}


def history_of(ico: str) -> list[AssignmentLine]:
    """Who looked after a provider, the latest first."""
    query = (
        select(
            User.name,
            KeyWorkerAssignment.assigned_at_utc,
            KeyWorkerAssignment.assigned_by_name,
            KeyWorkerAssignment.ended_at_utc,
            KeyWorkerAssignment.ended_by_name,
        )
        .join(User, User.id == KeyWorkerAssignment.user_id)
        .join(Provider, Provider.id == KeyWorkerAssignment.provider_id)
        .where(Provider.ico == ico)
        .order_by(KeyWorkerAssignment.id.desc())
    )
    return [AssignmentLine(*row) for row in db.session.execute(query)]
