"""The waiting lists at the last day of a quarter, frozen once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from portal.core import audit
from portal.core.bulk import store_rows
from portal.core.clock import now_utc, today
from portal.core.db import db
from portal.core.errors import Conflict
from portal.core.messages import _m
from portal.core.permissions import OPERATOR, Actor
from portal.core.transaction import transaction
from portal.returns.types import Period
from portal.waitlists.calc.history import as_of
from portal.waitlists.models import ApplicationSnapshot, SnapshotQuarter
from portal.waitlists.queries import night as queries

COLUMNS = (
    "state",
    "received_on",
    "decided_on",
    "reason",
    "confirmed_on",
    "urgency",
    "can_start_from",
    "adverse_situation",
    "target_group",
    "municipality_code",
    "birth_year",
    "sex",
)

audit.name_actions({"waitlists.quarter.frozen": _m("Waiting lists of a quarter frozen")})


def freeze_quarter(actor: Actor, period: Period) -> int:
    """Store every application as it stood at the end of the quarter's last day: those that waited, came in the quarter
    or ended in it. Returns how many; a quarter that is frozen stays as it is.

    What was entered after that day, but happened on it or before (a step entered late), is taken along. Raises Conflict
    while the quarter lasts.
    """
    if period.last_day >= today():
        raise Conflict(_m("The quarter has not ended yet."))
    if (frozen := queries.find_quarter(str(period))) is not None:
        return frozen.rows
    quarter = SnapshotQuarter(period=str(period), frozen_at_utc=now_utc(), rows=0)
    db.session.add(quarter)
    db.session.flush()
    for batch in queries.batches_of_quarter(COLUMNS, period.first_day, period.last_day):
        rows = []
        for row, events in batch:
            then = as_of(row, events, period.last_day)
            if then is not None and _belongs(then["decided_on"], period.first_day):
                rows.append({**then, "period": str(period), "application_id": then["id"]})
        for row in rows:
            del row["id"]
        store_rows(ApplicationSnapshot, rows)
        quarter.rows += len(rows)
    db.session.flush()
    audit.record(
        actor,
        "waitlists.quarter.frozen",
        object_kind="waiting_list",
        object_key=str(period),
        details={"applications": quarter.rows},
    )
    return quarter.rows


def freeze_last_quarter() -> str | None:
    """Freeze the last finished quarter unless it is; returns it where it was frozen now."""
    period = Period.of(today()).previous
    if queries.find_quarter(str(period)) is not None:
        return None
    with transaction():
        freeze_quarter(OPERATOR, period)
    return str(period)


def _belongs(decided_on: date | None, first_day: date) -> bool:
    return decided_on is None or decided_on >= first_day


def told_late(asked: Sequence[tuple[Period, datetime | None]]) -> list[bool]:
    """Of each quarter and moment (None: when it was frozen): whether an application, or a step, of a day up to its last
    one was told later. Freezing it anew would take that along. One query.

    What was only edited is as of the day of the edit: nothing tells a correction from a person who moved. The register
    of users keeps no history, so stays told late are not known.
    """
    return queries.told_late([(str(period), period.last_day, moment) for period, moment in asked])
