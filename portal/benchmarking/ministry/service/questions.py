"""The provider's side: questions of the region about differences of its own services, and answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.benchmarking.ministry import queries
from portal.benchmarking.ministry.models import Reconciliation
from portal.benchmarking.ministry.queries import ServiceRow
from portal.benchmarking.ministry.service.imports import require
from portal.benchmarking.ministry.service.reconciling import (
    check_text,
    find_service,
    message,
    quarters_frame,
    thread_of,
)
from portal.benchmarking.ministry.service.table import figures_table
from portal.benchmarking.ministry.types import Decision, Entry, MessageKind, Tolerance
from portal.core import audit
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.messages import Message, _m
from portal.core.permissions import Actor, Permission
from portal.disclosure import DisclosedFrame, own_for_provider


@dataclass(frozen=True)
class Question:
    """A question in the list: which service, what about, and whether it waits for an answer."""

    register_id: int
    service_name: str
    provider_name: str
    year: int
    item: str
    decision: Decision
    waits: bool
    is_answered: bool  # and the region has not decided since


@dataclass(frozen=True)
class OwnDifference:
    """A question with the provider's own figures: one row of table.COLUMNS, and figure B by quarter."""

    question: Question
    figures: DisclosedFrame
    quarters: DisclosedFrame
    thread: tuple[Entry, ...]
    version: int

    @property
    def row(self) -> dict[str, Any]:
        return self.figures.rows()[0]


def list_questions(actor: Actor) -> list[Question]:
    """Questions to the actor's own providers, those that wait for an answer first."""
    require(actor, Permission.QUESTION_ANSWER)
    return [_question(row, service) for row, service in queries.questions_for(_own(actor))]


def waiting_for_provider(actor: Actor) -> int:
    """How many questions wait for the actor's answer."""
    icos = _own(actor)
    return queries.waiting_count("provider", icos) if icos else 0


def waiting_for_region(actor: Actor) -> int:
    """How many answers wait for the region's decision."""
    return queries.waiting_count("region") if actor.can(Permission.RECONCILE) else 0


def read_question(actor: Actor, *, register_id: int, year: int, item: str) -> OwnDifference:
    """One question with the figures. Raises NotFound for what was not asked, and for another provider's."""
    require(actor, Permission.QUESTION_ANSWER)
    row, service = _asked(actor, register_id, year, item)
    frame, _without = figures_table(year, [item], Tolerance(), service_id=service.id)
    if frame.empty:
        raise NotFound(_m("There is no such question."))
    return OwnDifference(
        question=_question(row, service),
        # What the region makes of it for itself stays with the region.
        figures=own_for_provider(frame.drop(columns=["waits_for", "is_stale", "file_row"]), actor),
        quarters=own_for_provider(quarters_frame(service, year, item), actor),
        thread=thread_of(row, with_comments=False),
        version=row.version,
    )


def answer(actor: Actor, *, register_id: int, year: int, item: str, text: str, seen: int) -> None:
    """Answer a question. Raises NotFound, Invalid (``answer``), Forbidden once settled, Conflict."""
    require(actor, Permission.QUESTION_ANSWER)
    row, _service = _asked(actor, register_id, year, item)
    faults: dict[str, list[Message]] = {}
    check_text("answer", text.strip(), faults)
    if not text.strip():
        faults["answer"] = [_m("Write the answer.")]
    if faults:
        raise Invalid(_m("Please correct the following"), faults)
    if row.waits_for != "provider":
        raise Forbidden(_m("The region no longer waits for an answer to this question."))
    if seen != row.version:
        raise Conflict(_m("Somebody wrote to this question in the meantime."), {"seen": row.version})
    row.messages.append(message(actor, MessageKind.ANSWER, text.strip()))
    row.waits_for, row.version = "region", row.version + 1
    row.changed_at_utc, row.changed_by_user_id = now_utc(), actor.user_id
    db.session.flush()
    audit.record(
        actor,
        "ministry.difference.answered",
        object_kind="reconciliation",
        object_key=f"{register_id} {year} {item}",
    )


def _own(actor: Actor) -> frozenset[str]:
    return actor.provider_icos(Permission.QUESTION_ANSWER) or frozenset()


def _asked(actor: Actor, register_id: int, year: int, item: str) -> tuple[Reconciliation, ServiceRow]:
    service_id, ico = find_service(register_id, year, item)
    row = queries.reconciliation_of(service_id, year, item) if ico in _own(actor) else None
    if row is None or not row.asked:
        raise NotFound(_m("There is no such question."))
    return row, queries.services_of_year(year, service_id=service_id)[0]


def _question(row: Reconciliation, service: ServiceRow) -> Question:
    return Question(
        register_id=service.register_id,
        service_name=service.name,
        provider_name=service.provider_name,
        year=row.year,
        item=row.item,
        decision=Decision(row.state),
        waits=row.waits_for == "provider",
        is_answered=row.waits_for == "region",
    )
