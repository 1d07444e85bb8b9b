"""SELECTs of accounts, private to the feature."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import selectinload

from portal.accounts.models import LoginFailure, RecoveryCode, RoleGrant, User
from portal.accounts.types import AuditFilter, UserFilter, UserState, searchable
from portal.core.audit import AuditEntry
from portal.core.clock import PRAGUE
from portal.core.db import db
from portal.core.permissions import Role


def session_rows(user_id: int) -> Sequence[Any]:
    """An active person with one row for each role: all that a request needs to know, in one statement."""
    return db.session.execute(
        select(
            User.id,
            User.email,
            User.name,
            User.language,
            User.session_token,
            User.totp_seed.is_not(None).label("has_second_factor"),
            RoleGrant.role,
            RoleGrant.scope_code,
        )
        .outerjoin(RoleGrant, RoleGrant.user_id == User.id)
        .where(User.id == user_id, User.is_active)
    ).all()


def find_user(user_id: int, *, for_update: bool = False) -> User | None:
    statement = select(User).where(User.id == user_id).options(selectinload(User.grants))
    return db.session.scalar(statement.with_for_update() if for_update else statement)


def find_user_by_email(email: str) -> User | None:
    return db.session.scalar(select(User).where(User.email == email).options(selectinload(User.grants)))


def find_credentials(email: str) -> Any:
    """What a login is compared with; one statement whether somebody has the address or not."""
    return db.session.execute(
        select(
            User.id, User.password_hash, User.session_token, User.totp_seed.is_not(None).label("has_second_factor")
        ).where(User.email == email, User.is_active)
    ).one_or_none()


def find_user_by_link(digest: str, now: datetime, *, for_update: bool = False) -> User | None:
    statement = select(User).where(
        User.password_link_digest == digest, User.password_link_expires_at_utc > now, User.is_active
    )
    return db.session.scalar(statement.with_for_update() if for_update else statement)


def find_failure(email_digest: str, *, for_update: bool = False) -> LoginFailure | None:
    statement = select(LoginFailure).where(LoginFailure.email_digest == email_digest)
    return db.session.scalar(statement.with_for_update() if for_update else statement)


def locks(email_digests: Sequence[str], now: datetime) -> dict[str, datetime]:
    """Until when the addresses among these are locked, by digest."""
    rows = db.session.scalars(
        select(LoginFailure).where(LoginFailure.email_digest.in_(email_digests), LoginFailure.locked_until_utc > now)
    )
    return {row.email_digest: row.locked_until_utc for row in rows if row.locked_until_utc is not None}


def locked_digests(now: datetime) -> set[str]:
    return set(db.session.scalars(select(LoginFailure.email_digest).where(LoginFailure.locked_until_utc > now)))


def forget_failures_before(instant: datetime, now: datetime) -> None:
    db.session.execute(
        delete(LoginFailure).where(
            LoginFailure.last_at_utc < instant,
            or_(LoginFailure.locked_until_utc.is_(None), LoginFailure.locked_until_utc < now),
        )
    )


def find_unused_recovery_code(user_id: int, digest: str) -> RecoveryCode | None:
    return db.session.scalar(
        select(RecoveryCode)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.digest == digest, RecoveryCode.used_at_utc.is_(None))
        .with_for_update()
    )


def count_unused_recovery_codes(user_id: int) -> int:
    statement = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at_utc.is_(None))
    return db.session.scalar(statement) or 0


def forget_recovery_codes(user_id: int) -> None:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def active_administrator_ids() -> set[int]:
    """Whose removal would leave the portal to nobody; the rows stay locked until the unit of work ends.

    To be asked before any user is held: two who remove each other then wait in line instead of for each other.
    """
    return set(
        db.session.scalars(
            select(User.id)
            .join(RoleGrant, RoleGrant.user_id == User.id)
            .where(User.is_active, RoleGrant.role == Role.ADMINISTRATOR)
            .order_by(User.id)
            .with_for_update()
        )
    )


def user_names(wanted: UserFilter) -> Sequence[Any]:
    """Id, name and e-mail of everybody who passes the filter, in no order: the Czech one is not the database's."""
    statement = select(User.id, User.name, User.email)
    for word in searchable(wanted.text).split():
        statement = statement.where(User.search_text.contains(word, autoescape=True))
    if wanted.role is not None:
        statement = statement.where(User.grants.any(RoleGrant.role == wanted.role))
    return db.session.execute(_in_state(statement, wanted.state)).all()


def _in_state(statement: Any, state: UserState | None) -> Any:
    match state:
        case UserState.ACTIVE:
            return statement.where(User.is_active, User.password_hash.is_not(None))
        case UserState.INVITED:
            return statement.where(User.is_active, User.password_hash.is_(None))
        case UserState.INACTIVE:
            return statement.where(User.is_active.is_(False))
        case UserState.LOCKED:
            return statement.where(User.is_active)
        case None:
            return statement


def users_by_id(user_ids: Sequence[int]) -> dict[int, User]:
    rows = db.session.scalars(select(User).where(User.id.in_(user_ids)).options(selectinload(User.grants)))
    return {user.id: user for user in rows}


def audit_rows(wanted: AuditFilter, limit: int) -> Sequence[AuditEntry]:
    """Entries from the newest to the oldest."""
    statement = select(AuditEntry)
    if wanted.who:
        statement = statement.where(AuditEntry.actor_name.in_(_actor_names(wanted.who)))
    if wanted.action:
        statement = statement.where(AuditEntry.action == wanted.action)
    if wanted.object_kind:
        statement = statement.where(AuditEntry.object_kind == wanted.object_kind)
    if wanted.object_key:
        statement = statement.where(AuditEntry.object_key == wanted.object_key)
    if wanted.from_day is not None:
        statement = statement.where(AuditEntry.at_utc >= _midnight(wanted.from_day))
    if wanted.to_day is not None:
        statement = statement.where(AuditEntry.at_utc < _midnight(wanted.to_day + timedelta(days=1)))
    if wanted.before_id is not None:
        statement = statement.where(AuditEntry.id < wanted.before_id)
    return db.session.scalars(statement.order_by(AuditEntry.id.desc()).limit(limit)).all()


def audit_actions() -> list[tuple[str, str]]:
    """Every action and kind of object that the record knows."""
    return [(row.action, row.object_kind) for row in db.session.execute(_ACTIONS)]


def _actor_names(who: str) -> list[str]:
    """Names in the record that hold the text; found here, since databases fold Czech letters each in its own way."""
    names = db.session.scalars(select(AuditEntry.actor_name).distinct())
    return [name for name in names if searchable(who) in searchable(name)]


_ACTIONS = select(AuditEntry.action, AuditEntry.object_kind).distinct()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=PRAGUE)
