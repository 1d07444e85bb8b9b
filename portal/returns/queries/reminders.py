"""Reminders that were planned, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from portal.core.db import db
from portal.returns.models import Reminder
from portal.returns.types import Period

MAX_ATTEMPTS = 5


def kinds_planned(period: Period) -> set[tuple[int, str]]:
    """(person, kind) of all that was ever planned for the quarter."""
    rows = db.session.execute(select(Reminder.user_id, Reminder.kind).where(Reminder.period == str(period)))
    return {(row[0], row[1]) for row in rows}


def due_keys(now: datetime) -> Sequence[str]:
    """Messages to be tried now, the oldest first."""
    query = (
        select(Reminder.message_key)
        .where(
            Reminder.state.in_(("waiting", "failed")),
            Reminder.attempts < MAX_ATTEMPTS,
            Reminder.next_attempt_at_utc <= now,
        )
        .group_by(Reminder.message_key, Reminder.planned_at_utc)
        .order_by(Reminder.planned_at_utc, Reminder.message_key)
    )
    return db.session.scalars(query).all()


def claim(key: str) -> bool:
    """Take a message for sending; False when somebody else has it."""
    result = db.session.execute(
        update(Reminder)
        .where(Reminder.message_key == key, Reminder.state.in_(("waiting", "failed")))
        .values(state="sending", attempts=Reminder.attempts + 1)
    )
    return bool(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE has it


def rows_of(key: str) -> Sequence[Reminder]:
    return db.session.scalars(select(Reminder).where(Reminder.message_key == key).order_by(Reminder.id)).all()
