"""Letters about questions to providers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, or_, select, update

from portal.accounts.models import RoleGrant, User
from portal.benchmarking.ministry.models import QuestionLetter, Reconciliation
from portal.catalog.models import Provider, Service
from portal.core.db import db
from portal.core.outbox import Outbox
from portal.core.permissions import ROLE_PERMISSIONS, Permission

OUTBOX = Outbox(QuestionLetter)
ANSWERING_ROLES = [role for role, granted in ROLE_PERMISSIONS.items() if Permission.QUESTION_ANSWER in granted]


def people_of(ico: str) -> Sequence[Any]:
    """Active people who may answer for a provider: id, e-mail; each once."""
    query = (
        select(User.id, User.email)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(User.is_active, RoleGrant.role.in_(ANSWERING_ROLES), RoleGrant.scope_code == ico)
        .distinct()
        .order_by(User.id)
    )
    return db.session.execute(query).all()


def letters_about(service_id: int, year: int, item: str) -> list[tuple[QuestionLetter, str]]:
    """Letters about a difference with the names of their readers, the latest first."""
    query = (
        select(QuestionLetter, User.name)
        .join(Reconciliation, Reconciliation.id == QuestionLetter.reconciliation_id)
        .join(User, User.id == QuestionLetter.user_id)
        .where(Reconciliation.service_id == service_id, Reconciliation.year == year, Reconciliation.item == item)
        .order_by(QuestionLetter.id.desc())
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def due(now: datetime) -> Sequence[Any]:
    """Letters to be tried now: id, address, language, attempts, and what their text needs."""
    query = (
        select(
            QuestionLetter.id,
            User.email,
            User.language,
            QuestionLetter.attempts,
            Reconciliation.year,
            Reconciliation.item,
            Service.register_id,
            Service.name,
            Provider.name,
        )
        .join(User, User.id == QuestionLetter.user_id)
        .join(Reconciliation, Reconciliation.id == QuestionLetter.reconciliation_id)
        .join(Service, Service.id == Reconciliation.service_id)
        .join(Provider, Provider.id == Service.provider_id)
        .where(OUTBOX.is_due(now))
        .order_by(QuestionLetter.id)
    )
    return [(*row[:2], row[2] or "cs", *row[3:]) for row in db.session.execute(query)]


def drop_settled() -> int:
    """Letters that wait although nobody waits for an answer any more, or whose reader is no longer active."""
    still_asked = exists().where(
        Reconciliation.id == QuestionLetter.reconciliation_id, Reconciliation.waits_for == "provider"
    )
    active = exists().where(User.id == QuestionLetter.user_id, User.is_active)
    result = db.session.execute(
        update(QuestionLetter)
        .where(QuestionLetter.state.in_(("waiting", "failed")), or_(~still_asked, ~active))
        .values(state="dropped", error=None)
        .execution_options(synchronize_session=False)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE has it


def requeue(reconciliation_id: int, now: datetime) -> int:
    """Let failed letters about a difference be tried anew from the beginning; returns how many."""
    result = db.session.execute(
        update(QuestionLetter)
        .where(QuestionLetter.reconciliation_id == reconciliation_id, QuestionLetter.state == "failed")
        .values(state="waiting", attempts=0, next_attempt_at_utc=now)
        .execution_options(synchronize_session=False)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE has it
