"""Letters about questions: to whom each goes, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.benchmarking.ministry import queries
from portal.benchmarking.ministry.queries import letters as stored
from portal.benchmarking.ministry.service.imports import require
from portal.benchmarking.ministry.service.reconciling import find_service
from portal.core import audit
from portal.core.clock import now_utc
from portal.core.errors import NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission

OUTBOX = stored.OUTBOX

audit.name_actions({"ministry.letters.retried": _m("Letters about a question tried again")})


@dataclass(frozen=True)
class DueLetter:
    """A letter to be sent now, with all that its text needs."""

    id: int
    email: str
    language: str
    attempts: int
    year: int
    item: str
    register_id: int
    service_name: str
    provider_name: str


@dataclass(frozen=True)
class LetterLine:
    """What became of one letter."""

    name: str
    email: str
    state: str  # waiting, sending, sent, failed, dropped
    error: str | None
    planned_at_utc: datetime
    sent_at_utc: datetime | None


def list_letters(actor: Actor, *, register_id: int, year: int, item: str) -> list[LetterLine]:
    """The letters about a difference, the latest first. Raises Forbidden, NotFound."""
    require(actor, Permission.RECONCILE_READ)
    service_id, _ico = find_service(register_id, year, item)
    return [
        LetterLine(name, one.email, one.state, one.error, one.planned_at_utc, one.sent_at_utc)
        for one, name in stored.letters_about(service_id, year, item)
    ]


def try_letters_again(actor: Actor, *, register_id: int, year: int, item: str) -> int:
    """Let the failed letters about a difference be tried anew; returns how many. Raises Forbidden, NotFound."""
    require(actor, Permission.RECONCILE)
    service_id, _ico = find_service(register_id, year, item)
    row = queries.reconciliation_of(service_id, year, item)
    if row is None:
        raise NotFound(_m("There are no figures to compare."))
    count = stored.requeue(row.id, now_utc())
    if count:
        audit.record(
            actor,
            "ministry.letters.retried",
            object_kind="reconciliation",
            object_key=f"{register_id} {year} {item}",
            details={"letters": count},
        )
    return count


def due_letters() -> list[DueLetter]:
    """The letters to be tried now, the oldest first."""
    return [DueLetter(*row) for row in stored.due(now_utc())]


def drop_settled() -> int:
    """Letters that need not go any more, since the question was answered or settled, or the person left."""
    return stored.drop_settled()
