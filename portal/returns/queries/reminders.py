"""Reminders that were planned, and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update

from portal.accounts.models import User
from portal.core.db import db
from portal.returns.followup import SentReminder
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


def counts_by_state(period: Period) -> dict[str, int]:
    """How many letters of a quarter are in each state."""
    query = (
        select(Reminder.state, func.count(Reminder.message_key.distinct()))
        .where(Reminder.period == str(period))
        .group_by(Reminder.state)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def page_of_messages(period: Period, state: str | None, *, first: int, count: int) -> list[SentReminder]:
    """Some letters of a quarter, the latest planned first; two statements."""
    wanted = Reminder.period == str(period)
    if state is not None:
        wanted &= Reminder.state == state
    last = func.max(Reminder.planned_at_utc)
    keys = db.session.scalars(
        select(Reminder.message_key)
        .where(wanted)
        .group_by(Reminder.message_key)
        .order_by(last.desc(), func.min(Reminder.id))
        .offset(first)
        .limit(count)
    ).all()
    by_key: dict[str, list[tuple[Reminder, str]]] = {key: [] for key in keys}
    query = select(Reminder, User.name).join(User, User.id == Reminder.user_id)
    for row, name in db.session.execute(query.where(Reminder.message_key.in_(keys)).order_by(Reminder.id)):
        by_key[row.message_key].append((row, name))
    return [_line(rows) for rows in by_key.values()]


def _line(rows: Sequence[tuple[Reminder, str]]) -> SentReminder:
    row, name = rows[0]
    again = row.state == "failed" and row.attempts < MAX_ATTEMPTS
    return SentReminder(
        key=row.message_key,
        name=name,
        email=row.email,
        kinds=[one.kind for one, _name in rows],
        services=row.services,
        state=row.state,
        attempts=row.attempts,
        error=row.error,
        planned_at=row.planned_at_utc,
        next_attempt_at=row.next_attempt_at_utc if again else None,
        sent_at=row.sent_at_utc,
    )


def requeue(period: Period, key: str | None, now: datetime) -> int:
    """Let failed letters be tried anew from the beginning: one by its key or all; returns how many letters."""
    wanted = (Reminder.period == str(period)) & (Reminder.state == "failed")
    if key is not None:
        wanted &= Reminder.message_key == key
    count = db.session.scalar(select(func.count(Reminder.message_key.distinct())).where(wanted)) or 0
    db.session.execute(update(Reminder).where(wanted).values(state="waiting", attempts=0, next_attempt_at_utc=now))
    return count
