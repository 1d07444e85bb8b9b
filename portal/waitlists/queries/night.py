"""What the nightly work reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Alias, exists, func, or_, select

from portal.core.db import db
from portal.waitlists.calc.history import PastEvent
from portal.waitlists.models import Application, ApplicationEvent, Person, PersonCode, SnapshotQuarter
from portal.waitlists.types import OPEN_STATES, EventKind

AT_ONCE = 2_000
_TELLS_NOTHING = (EventKind.CONFIRMED, EventKind.NOTED)


def state_of(applications: Any) -> Any:
    """The state, so written that no index of states is taken: of the few applications of one person all are read,
    while SQLite would begin with all that wait in the region.
    """
    return func.coalesce(applications.c.state, "")


@cache
def joined_aliases() -> tuple[Alias, Alias, Alias]:
    """Applications of others, the person asked about, the persons linked to it."""
    others: Any = Application.__table__.alias("others")
    mine: Any = Person.__table__.alias("mine")
    linked: Any = Person.__table__.alias("linked")
    return others, mine, linked


def unconfirmed(last_confirmed: date, *, limit: int) -> list[Application]:
    """Open applications confirmed on this day or before, locked."""
    query = (
        select(Application)
        .where(Application.state.in_(OPEN_STATES), Application.confirmed_on <= last_confirmed)
        .order_by(Application.id)
        .limit(limit)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def find_quarter(period: str) -> SnapshotQuarter | None:
    return db.session.get(SnapshotQuarter, period)


def batches_of_quarter(
    columns: Sequence[str], first_day: date, last_day: date
) -> Iterator[list[tuple[dict[str, Any], list[PastEvent]]]]:
    """Applications that may belong to a quarter, as they are now, with what happened to them after it. By batches.

    Each has the keys id, service_id, person_ref and ``columns``.
    """
    table = Application.__table__
    names = ("id", "service_id", "person_ref", *columns)
    last_id = 0
    while True:
        rows = (
            db.session.execute(
                select(*(table.c[name] for name in names))
                .where(
                    table.c.id > last_id,
                    table.c.received_on <= last_day,
                    or_(table.c.decided_on.is_(None), table.c.decided_on >= first_day),
                )
                .order_by(table.c.id)
                .limit(AT_ONCE)
            )
            .mappings()
            .all()
        )
        if not rows:
            return
        last_id = rows[-1]["id"]
        later = _later_events(rows[0]["id"], last_id, last_day)
        yield [(dict(row), later.get(row["id"], [])) for row in rows]


def _later_events(first_id: int, last_id: int, day: date) -> dict[int, list[PastEvent]]:
    query = (
        select(
            ApplicationEvent.application_id,
            ApplicationEvent.on_day,
            ApplicationEvent.from_state,
            ApplicationEvent.changes,
        )
        .where(ApplicationEvent.application_id.between(first_id, last_id), ApplicationEvent.on_day > day)
        .order_by(ApplicationEvent.application_id, ApplicationEvent.id)
    )
    found: dict[int, list[PastEvent]] = {}
    for row in db.session.execute(query):
        found.setdefault(row.application_id, []).append(
            PastEvent(row.on_day, row.from_state is None, {name: tuple(pair) for name, pair in row.changes.items()})
        )
    return found


def code_batches(size: int) -> Iterator[list[bytes]]:
    """All codes of persons, in batches."""
    last = b""
    while True:
        query = select(PersonCode.code).where(PersonCode.code > last).order_by(PersonCode.code).limit(size)
        found = list(db.session.scalars(query))
        if not found:
            return
        yield found
        last = found[-1]


def told_late(asked: Sequence[tuple[str, date, datetime | None]]) -> list[bool]:
    """Of each quarter, its last day and a moment (None: when it was frozen): whether something that happened on that
    day or before was told later. Confirmations and notes tell nothing of a list. One statement."""
    event = ApplicationEvent
    found = []
    for period, day, moment in asked:
        frozen = select(SnapshotQuarter.frozen_at_utc).where(SnapshotQuarter.period == period).scalar_subquery()
        later = event.at_utc > (frozen if moment is None else moment)
        found.append(exists().where(later, event.on_day <= day, event.kind.not_in(_TELLS_NOTHING)))
    return list(db.session.execute(select(*found)).one()) if found else []
