"""Reminders that were planned, and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, update

from portal.core.db import db
from portal.returns.models import Reminder
from portal.returns.types import Period

MAX_ATTEMPTS = 5


def kinds_planned(period: Period) -> set[tuple[int, str]]:
    """(person, kind) of all that was ever planned for the quarter."""
    rows = db.session.execute(select(Reminder.user_id, Reminder.kind).where(Reminder.period == str(period)))
    return {(row[0], row[1]) for row in rows}


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Waiting, failed, or taken for sending so long ago that whoever took it must have died."""
    return and_(
        Reminder.state.in_(("waiting", "failed", "sending")),
        Reminder.attempts < MAX_ATTEMPTS,
        Reminder.next_attempt_at_utc <= now,
    )


def due_messages(now: datetime) -> Sequence[tuple[str, int, Period]]:
    """(key, person, quarter) of the messages to be tried now, the oldest first."""
    columns = (Reminder.message_key, Reminder.user_id, Reminder.period, Reminder.planned_at_utc)
    query = select(*columns).where(_is_due(now)).group_by(*columns)
    rows = db.session.execute(query.order_by(Reminder.planned_at_utc, Reminder.message_key))
    return [(key, user_id, Period.parse(period)) for key, user_id, period, _planned in rows]


def claim(key: str, now: datetime, until: datetime) -> bool:
    """Take a message for sending until an instant; False when somebody else has it."""
    result = db.session.execute(
        update(Reminder)
        .where(Reminder.message_key == key, _is_due(now))
        .values(state="sending", attempts=Reminder.attempts + 1, next_attempt_at_utc=until)
    )
    return bool(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE has it


def give_up_stuck(now: datetime, error: str) -> None:
    """What was taken for sending the last time that it may be, and never came back, has failed."""
    db.session.execute(
        update(Reminder)
        .where(Reminder.state == "sending", Reminder.attempts >= MAX_ATTEMPTS, Reminder.next_attempt_at_utc <= now)
        .values(state="failed", error=error)
    )


def drop(keys: Collection[str], now: datetime) -> None:
    """Messages that need not go any more; what somebody is just sending stays."""
    db.session.execute(
        update(Reminder).where(Reminder.message_key.in_(keys), _is_due(now)).values(state="dropped", error=None)
    )


def rows_of(key: str) -> Sequence[Reminder]:
    return db.session.scalars(select(Reminder).where(Reminder.message_key == key).order_by(Reminder.id)).all()
