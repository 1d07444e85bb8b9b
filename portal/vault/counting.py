"""How much each provider asks of the vault, and the limits. Kept in the database, so a restart forgets nothing."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from math import ceil

from sqlalchemy import Connection, delete, select, update

from portal.core.clock import PRAGUE, now_utc, today
from portal.core.config import VaultSettings
from portal.core.messages import _m
from portal.vault.database import upsert
from portal.vault.models import counters
from portal.vault.types import LimitReached, Usage

log = logging.getLogger(__name__)

KEPT_DAYS = 400


def count(
    connection: Connection, settings: VaultSettings, provider: str, *, points: int = 0, people: int = 0
) -> LimitReached | None:
    """Count a call before it is answered; returns what to raise, after the commit, when it is over a limit.

    A refused call adds to ``refused`` only. Whoever comes to the alarm's threshold, or to a limit, is told once a day.
    """
    day, local = today(), now_utc().astimezone(PRAGUE)
    minute = local.hour * 60 + local.minute
    here = (counters.c.day == day) & (counters.c.provider == provider)
    connection.execute(upsert(connection, counters).on_conflict_do_nothing(), {"day": day, "provider": provider})
    row = connection.execute(select(counters).where(here).with_for_update()).one()
    in_minute = (row.minute_points if row.minute == minute else 0) + points
    refusal: LimitReached | None = None
    if max(row.points + points, row.people + people) > settings.daily_points:
        refusal = LimitReached(
            _m("Today's limit of codes has been reached. Try again tomorrow or ask the region to raise it."),
            _seconds_to_midnight(local),
        )
    elif in_minute > settings.minute_points:
        refusal = LimitReached(_m("Too many codes were asked for at once. Try again in a minute."))
    changed = (
        {"refused": row.refused + 1}
        if refusal
        else {
            "points": row.points + points,
            "people": row.people + people,
            "minute": minute,
            "minute_points": in_minute,
        }
    )
    is_alarm = refusal is not None or max(row.points + points, row.people + people) >= settings.alarm_points
    connection.execute(update(counters).where(here).values(**changed, is_alarm=row.is_alarm or is_alarm))
    if is_alarm and not row.is_alarm:
        log.warning(
            "alarm of the vault: provider %s has asked for %d points and %d codes today%s",
            provider,
            row.points + points,
            row.people + people,
            ", more than it may" if refusal else "",
        )
        connection.execute(delete(counters).where(counters.c.day < day - timedelta(days=KEPT_DAYS)))
    return refusal


def _seconds_to_midnight(local: datetime) -> int:
    """From a moment in Prague until its next day begins; the nights of the clock change are an hour off."""
    tomorrow = datetime.combine(local.date() + timedelta(days=1), time(), PRAGUE)
    return max(1, ceil((tomorrow - local).total_seconds()))


def list_usage(connection: Connection, since: date) -> Sequence[Usage]:
    """What each provider asked for on each day from ``since`` on, in that order."""
    columns = counters.c
    rows = connection.execute(
        select(columns.provider, columns.day, columns.points, columns.people, columns.refused, columns.is_alarm)
        .where(columns.day >= since)
        .order_by(columns.day, columns.provider)
    )
    return [Usage(*row) for row in rows]
