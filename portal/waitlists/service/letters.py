"""Letters about the yearly confirmation: who gets one, what it tells, what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.core.clock import now_utc, today
from portal.core.db import db
from portal.waitlists.calc.dates import expires_on, last_confirmed_to_ask
from portal.waitlists.models import ConfirmationLetter
from portal.waitlists.queries import letters as queries
from portal.waitlists.service.access import read_rules

OUTBOX = queries.OUTBOX


@dataclass(frozen=True)
class ServiceToConfirm:
    """A service with applications to be confirmed, and the day on which the first of them expires."""

    register_id: int
    name: str
    count: int
    first_expires_on: date


@dataclass(frozen=True)
class DueConfirmationLetter:
    """A letter to be sent now; without services everything was confirmed since, or the reader left the provider."""

    id: int
    email: str
    language: str
    attempts: int
    services: Sequence[ServiceToConfirm]


def plan_confirmation_letters(every_days: int) -> int:
    """Plan a letter for everybody whose lists hold something to confirm and who got none in so many days.

    Returns how many. Four statements and the writes.
    """
    services, day, now = _services_by_ico(), today(), now_utc()
    if not services:
        return 0
    written = queries.written_since(day - timedelta(days=every_days - 1))
    people = {row.id for row in queries.readers() if row.ico in services} - written
    db.session.add_all(
        ConfirmationLetter(
            user_id=user_id, on_day=day, state="waiting", attempts=0, planned_at_utc=now, next_attempt_at_utc=now
        )
        for user_id in sorted(people)
    )
    db.session.flush()
    return len(people)


def due_confirmation_letters() -> list[DueConfirmationLetter]:
    """The letters to be tried now, as the lists are now. Four statements, however many letters there are."""
    due = queries.due(now_utc())
    if not due:
        return []
    services = _services_by_ico()
    mine: dict[int, list[ServiceToConfirm]] = {}
    known: dict[int, tuple[str, str]] = {}
    for row in queries.readers():
        known[row.id] = (row.email, row.language or "cs")
        mine.setdefault(row.id, []).extend(services.get(row.ico, ()))
    return [
        DueConfirmationLetter(
            letter.id, *known.get(letter.user_id, ("", "cs")), letter.attempts, mine.get(letter.user_id, [])
        )
        for letter in due
    ]


def _services_by_ico() -> dict[str, list[ServiceToConfirm]]:
    rules = read_rules()
    found: dict[str, list[ServiceToConfirm]] = {}
    for row in queries.to_confirm(last_confirmed_to_ask(today(), rules)):
        one = ServiceToConfirm(row.register_id, row.name, row.count, max(today(), expires_on(row.oldest_on, rules)))
        found.setdefault(row.ico, []).append(one)
    return found
