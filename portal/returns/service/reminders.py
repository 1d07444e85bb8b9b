"""Reminders to those who have not handed in: who gets one on a day, never twice for the same quarter and kind."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta

from portal.core import audit
from portal.core.clock import now_utc, today
from portal.core.db import db
from portal.core.messages import _m
from portal.core.outbox import STUCK_AFTER, settle_row
from portal.core.permissions import Actor
from portal.returns.followup import (
    Addressee,
    DueReminder,
    FollowUpFilter,
    Letter,
    MissingService,
    PlannedReminder,
)
from portal.returns.models import Reminder
from portal.returns.queries import overview, reminders, single
from portal.returns.types import Period, ReportingDates

CATCH_UP_DAYS = 3  # a reminder whose day the worker slept through still goes so many days later

audit.name_actions({"returns.reminders.planned": _m("Reminders of returns sent")})


def list_addressees(wanted: FollowUpFilter, on: date) -> list[Addressee]:
    """Everybody who has a role of a provider with services that have not handed in and still may; each person once."""
    by_ico: dict[str, list[MissingService]] = {}
    for missing in overview.missing_services(wanted):
        if on > missing.dates.last_day_open:
            continue  # too late to hand in, so a letter would help nobody
        by_ico.setdefault(missing.service.provider_ico, []).append(missing)
    found: dict[int, Addressee] = {}
    for row in overview.people_of_providers():
        if row.ico in by_ico:
            known = found.get(row.id, Addressee(row.id, row.name, row.email, row.language or "cs", ()))
            found[row.id] = replace(known, services=(*known.services, *by_ico[row.ico]))
    return list(found.values())


def due_kinds(dates: ReportingDates, day: date, before: Sequence[int], after: Sequence[int]) -> str | None:
    """Which kind of reminder falls on the day for a service with these dates; None for none.

    ``before`` and ``after`` are days from the last day on time. A kind is due on its day and some days behind it,
    until the next one begins; a service with more time has kinds of its own, marked by its day.
    """
    last = dates.last_day_on_time
    begins = sorted(
        [(last - timedelta(days=days), f"before-{days}") for days in before]
        + [(last + timedelta(days=days), f"after-{days}") for days in after]
    )
    reached = [(start, kind) for start, kind in begins if start <= day <= start + timedelta(days=CATCH_UP_DAYS)]
    if not reached:
        return None
    kind = reached[-1][1]
    if kind.startswith("before") and day > last:
        return None
    return f"{kind}@{last}" if dates.has_more_time else kind


def plan_due(day: date, before: Sequence[int], after: Sequence[int]) -> list[tuple[Period, list[PlannedReminder]]]:
    """All messages that fall on the day and were not planned yet, by quarter; one for each person."""
    found = []
    for dates in single.list_periods():
        planned = _due(dates, day, before, after)
        if planned:
            found.append((dates.period, planned))
    return found


def _due(dates: ReportingDates, day: date, before: Sequence[int], after: Sequence[int]) -> list[PlannedReminder]:
    reach = timedelta(days=max([0, *after]) + CATCH_UP_DAYS)
    if day > dates.last_day_open + reach + timedelta(days=90):  # nobody is reminded of quarters long past
        return []
    known = reminders.kinds_planned(dates.period)
    planned = []
    for person in list_addressees(FollowUpFilter(dates), day):
        kinds = {due_kinds(one.dates, day, before, after) for one in person.services} - {None}
        new = sorted(kind for kind in kinds if kind is not None and (person.user_id, kind) not in known)
        if new:
            planned.append(PlannedReminder(person, tuple(new)))
    return planned


def store_plan(
    actor: Actor, period: Period, planned: Sequence[PlannedReminder], compose: Callable[[Addressee, Period], Letter]
) -> int:
    """Keep the messages for sending; returns how many. A kind that was planned meanwhile fails by its constraint."""
    now = now_utc()
    for one in planned:
        letter, key = compose(one.addressee, period), uuid.uuid4().hex
        db.session.add_all(
            Reminder(
                user_id=one.addressee.user_id,
                period=str(period),
                kind=kind,
                message_key=key,
                email=one.addressee.email,
                subject=letter.subject,
                body=letter.body,
                services=len(one.addressee.services),
                state="waiting",
                attempts=0,
                planned_at_utc=now,
                next_attempt_at_utc=now,
                planned_by_user_id=actor.user_id,
            )
            for kind in one.kinds
        )
    audit.record(
        actor,
        "returns.reminders.planned",
        object_kind="reporting_period",
        object_key=str(period),
        details={"messages": len(planned)},
    )
    db.session.flush()
    return len(planned)


def due_messages() -> list[DueReminder]:
    """The messages to be tried now, each with its person as the returns are now; None where all came in since.

    Some statements for each quarter, however many messages there are.
    """
    due = reminders.due_messages(now_utc())
    if not due:
        return []
    dates_of = {dates.period: dates for dates in single.list_periods()}
    people: dict[Period, dict[int, Addressee]] = {}
    for _key, _user_id, period in due:
        if period not in people:
            people[period] = {one.user_id: one for one in list_addressees(FollowUpFilter(dates_of[period]), today())}
    return [DueReminder(key, period, people[period].get(user_id)) for key, user_id, period in due]


def drop_messages(keys: Collection[str]) -> None:
    """These need not go any more: nothing is missing, or the person no longer fills in for the provider."""
    if keys:
        reminders.drop(keys, now_utc())


def give_up_stuck() -> None:
    """Write down as failed what was tried as often as may be and was interrupted the last time."""
    reminders.give_up_stuck(now_utc(), "interrupted")


def claim_message(key: str, person: Addressee, letter: Letter) -> bool:
    """Take a message for sending, with the text and the address as they are now; False when somebody else has it.

    A letter that never comes back from sending, since the worker died, is taken again after some time.
    """
    now = now_utc()
    if not reminders.claim(key, now, now + STUCK_AFTER):
        return False
    for row in reminders.rows_of(key):
        row.email, row.subject, row.body, row.services = (
            person.email,
            letter.subject,
            letter.body,
            len(person.services),
        )
    db.session.flush()
    return True


def settle_message(key: str, error: str | None) -> None:
    """Write down that a message went, or why it did not and when it is tried again."""
    for row in reminders.rows_of(key):
        if row.state == "sending":
            settle_row(row, error)
    db.session.flush()
