"""What the worker does with the waiting lists at night: counts who waits elsewhere, asks for confirmations, expires.

What a provider sees of other places is worked out here alone, from what was entered before midnight, so that entering a
stranger never tells anything at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import func, select, update

from portal.core import audit
from portal.core.audit import AuditEntry
from portal.core.clock import PRAGUE, today
from portal.core.db import db
from portal.core.messages import _m
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.vault.types import Vault
from portal.waitlists.calc.dates import last_confirmed_to_expire
from portal.waitlists.models import Application
from portal.waitlists.queries import night as queries
from portal.waitlists.service.access import read_rules
from portal.waitlists.service.erasure import erase_again
from portal.waitlists.service.snapshots import freeze_last_quarter
from portal.waitlists.service.writing import change
from portal.waitlists.types import OPEN_STATES, EventKind, State

MARK, MARK_KIND = "waitlists.night.done", "waiting_list_night"
IDS_AT_ONCE = 20_000
EXPIRED_AT_ONCE = 500

audit.name_actions(
    {MARK: _m("Nightly work on waiting lists done")}, kinds={MARK_KIND: _m("night of the waiting lists")}
)


@dataclass(frozen=True)
class Night:
    expired: int
    asked: int  # applications whose person was admitted elsewhere
    counted: int  # applications whose "waits elsewhere" was worked out
    erased: int  # persons whom a restored backup had brought back
    frozen: str | None  # the quarter frozen tonight


def is_night_done(day: date) -> bool:
    query = select(AuditEntry.id).where(AuditEntry.object_kind == MARK_KIND, AuditEntry.object_key == day.isoformat())
    return db.session.scalar(query.limit(1)) is not None


def do_night(vault: Vault) -> Night:
    """All of it, in units of work of its own; doing it again changes nothing more."""
    erased = erase_again(vault)
    frozen = freeze_last_quarter()
    expired = expire_applications()
    counted, asked = count_elsewhere()
    night = Night(expired, asked, counted, erased, frozen)
    with transaction():
        audit.record(OPERATOR, MARK, object_kind=MARK_KIND, object_key=today().isoformat(), details=vars(night))
    return night


def expire_applications() -> int:
    """End the open applications that nobody confirmed in time; returns how many."""
    last_confirmed, expired = last_confirmed_to_expire(today(), read_rules()), 0
    while True:
        with transaction():
            found = queries.unconfirmed(last_confirmed, limit=EXPIRED_AT_ONCE)
            for application in found:
                values = {"state": str(State.EXPIRED), "state_on": today(), "decided_on": today(), "reason": None}
                change(OPERATOR, application, values, EventKind.MOVED)
                application.asked_since = application.others_waiting = None
        expired += len(found)
        if len(found) < EXPIRED_AT_ONCE:
            return expired


def count_elsewhere() -> tuple[int, int]:
    """Work out for each open application entered before today at how many other services the person waits, and whether
    it is to be confirmed as the person was admitted elsewhere. Returns how many of either.
    """
    midnight = datetime.combine(today(), time(), PRAGUE)
    last = db.session.scalar(select(func.max(Application.id))) or 0
    counted = asked = 0
    for start in range(1, last + 1, IDS_AT_ONCE):
        with transaction():
            counted += _count_chunk(start, midnight)
            asked += _ask_chunk(start, midnight)
    db.session.expire_all()
    return counted, asked


def _count_chunk(start: int, midnight: datetime) -> int:
    others, mine, linked = queries.joined_aliases()
    waits = (
        select(func.count(others.c.service_id.distinct()))
        .select_from(
            mine.join(linked, linked.c.sure_group == mine.c.sure_group).join(
                others, others.c.person_ref == linked.c.ref
            )
        )
        .where(
            mine.c.ref == Application.person_ref,
            queries.state_of(others).in_(OPEN_STATES),
            others.c.service_id != Application.service_id,
            others.c.created_at_utc < midnight,
        )
        .correlate(Application)
        .scalar_subquery()
    )
    changed = db.session.execute(
        update(Application)
        .where(
            Application.id.between(start, start + IDS_AT_ONCE - 1),
            Application.state.in_(OPEN_STATES),
            Application.created_at_utc < midnight,
        )
        .values(others_waiting=waits)
        .execution_options(synchronize_session=False)
    )
    rows: int = changed.rowcount  # type: ignore[attr-defined]  # an UPDATE has it
    return rows


def _ask_chunk(start: int, midnight: datetime) -> int:
    others, mine, linked = queries.joined_aliases()
    admitted = (
        select(others.c.id)
        .select_from(
            mine.join(linked, linked.c.sure_group == mine.c.sure_group).join(
                others, others.c.person_ref == linked.c.ref
            )
        )
        .where(
            mine.c.ref == Application.person_ref,
            queries.state_of(others) == State.ADMITTED,
            others.c.service_id != Application.service_id,
            others.c.state_at_utc < midnight,
            others.c.state_on >= Application.confirmed_on,
        )
        .correlate(Application)
        .exists()
    )
    changed = db.session.execute(
        update(Application)
        .where(
            Application.id.between(start, start + IDS_AT_ONCE - 1),
            Application.state.in_(OPEN_STATES),
            Application.asked_since.is_(None),
            Application.created_at_utc < midnight,
            admitted,
        )
        .values(asked_since=today())
        .execution_options(synchronize_session=False)
    )
    rows: int = changed.rowcount  # type: ignore[attr-defined]  # an UPDATE has it
    return rows
