"""The region's work with differences: see them, decide about one, ask its provider."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from portal.benchmarking.ministry import queries
from portal.benchmarking.ministry.models import QuestionLetter, Reconciliation, ReconciliationMessage
from portal.benchmarking.ministry.queries import ServiceRow, letters
from portal.benchmarking.ministry.service.imports import require
from portal.benchmarking.ministry.service.table import Reconciled, figures_table, frame_of
from portal.benchmarking.ministry.types import (
    TOTALS,
    Decision,
    Entry,
    MessageKind,
    Tolerance,
    check_year,
    items,
)
from portal.catalog.types import service_types
from portal.core import audit
from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell, CellState
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.messages import Message, _m
from portal.core.permissions import Actor, Permission
from portal.disclosure import DisclosedFrame, exact_for_region

MAX_TEXT = 2_000
QUARTER_COLUMNS = ("provider_ico", "quarter", "value", "state")


@dataclass(frozen=True)
class Difference:
    """One difference with its thread. ``figures``: one row of table.COLUMNS; ``quarters``: figure B by quarter."""

    year: int
    item: str
    figures: DisclosedFrame
    quarters: DisclosedFrame
    thread: tuple[Entry, ...]
    decision: Decision
    waits_for: str | None
    version: int

    @property
    def row(self) -> dict[str, Any]:
        return self.figures.rows()[0]


def reconcile(
    actor: Actor,
    year: int,
    *,
    type_code: str | None = None,
    tolerance: Tolerance | None = None,
    of_items: Collection[str] = TOTALS,
) -> Reconciled:
    """All differences of a year (of one type of service), the worst first. Raises Forbidden, Invalid."""
    require(actor, Permission.RECONCILE_READ)
    check_year(year)
    if type_code is not None and type_code not in service_types():
        raise Invalid(_m("There is no such type of service."))
    tolerance = tolerance or Tolerance()
    frame, without = figures_table(year, of_items, tolerance, type_code=type_code)
    return Reconciled(year, tolerance, exact_for_region(frame, actor), without)


def read_difference(
    actor: Actor, *, register_id: int, year: int, item: str, tolerance: Tolerance | None = None
) -> Difference:
    """One difference for the region. Raises NotFound, Forbidden."""
    require(actor, Permission.RECONCILE_READ)
    service_id, _ico = find_service(register_id, year, item)
    frame, _without = figures_table(year, [item], tolerance or Tolerance(), service_id=service_id)
    if frame.empty:
        raise NotFound(_m("There are no figures to compare."))
    [service] = queries.services_of_year(year, service_id=service_id)
    stored = queries.reconciliation_of(service_id, year, item)
    return Difference(
        year=year,
        item=item,
        figures=exact_for_region(frame, actor),
        quarters=exact_for_region(quarters_frame(service, year, item), actor),
        thread=thread_of(stored),
        decision=Decision.OPEN if stored is None else Decision(stored.state),
        waits_for=None if stored is None else stored.waits_for,
        version=0 if stored is None else stored.version,
    )


def decide(
    actor: Actor,
    *,
    register_id: int,
    year: int,
    item: str,
    state: Decision,
    comment: str = "",
    question: str = "",
    seen: int,
) -> None:
    """Decide about a difference, with a comment for the region itself and a question that goes to the provider.

    The provider's people get a letter about the question; sending it is the caller's, see ``ministry.letters``.

    ``seen``: the version the actor's form was drawn with. Raises Forbidden, NotFound, Invalid by fields (``comment``,
    ``question``), Conflict when somebody decided in between.
    """
    require(actor, Permission.RECONCILE)
    difference = read_difference(actor, register_id=register_id, year=year, item=item)
    service_id, ico = find_service(register_id, year, item)
    comment, question = comment.strip(), question.strip()
    _check(difference, state, comment, question)
    row = queries.reconciliation_of(service_id, year, item)
    if seen != (0 if row is None else row.version):
        raise Conflict(
            _m("Somebody decided about this difference in the meantime."), {"seen": row.version if row else 0}
        )
    if row is None:
        row = Reconciliation(service_id=service_id, year=year, item=item, asked=False, version=0)
        db.session.add(row)
    figures = difference.row
    row.m_value, row.b_value = figures["m"], figures["b"]
    row.state, row.version = str(state), row.version + 1
    row.waits_for = _waits_for(row.waits_for, state, question)
    row.asked = row.asked or bool(question)
    row.changed_at_utc, row.changed_by_user_id = now_utc(), actor.user_id
    for kind, text in ((MessageKind.COMMENT, comment), (MessageKind.QUESTION, question)):
        if text:
            row.messages.append(message(actor, kind, text))
    db.session.flush()
    if question:
        _plan_letters(row, ico)
    audit.record(
        actor,
        "ministry.difference.decided",
        object_kind="reconciliation",
        object_key=f"{register_id} {year} {item}",
        details={"state": str(state), "asked": bool(question)},
    )


def _plan_letters(row: Reconciliation, ico: str) -> None:
    """One letter about the question asked last to each person who may answer for the provider."""
    now = now_utc()
    db.session.add_all(
        QuestionLetter(
            reconciliation_id=row.id,
            message_id=row.messages[-1].id,
            user_id=person.id,
            email=person.email,
            state="waiting",
            attempts=0,
            planned_at_utc=now,
            next_attempt_at_utc=now,
        )
        for person in letters.people_of(ico)
    )
    db.session.flush()


def message(actor: Actor, kind: MessageKind, text: str) -> ReconciliationMessage:
    return ReconciliationMessage(
        kind=str(kind), text=text, at_utc=now_utc(), user_id=actor.user_id, actor_name=actor.name
    )


def check_text(field: str, text: str, faults: dict[str, list[Message]]) -> None:
    if len(text) > MAX_TEXT:
        faults[field] = [_m("The text is longer than %(most)s characters.", most=MAX_TEXT)]


def _check(difference: Difference, state: Decision, comment: str, question: str) -> None:
    faults: dict[str, list[Message]] = {}
    check_text("comment", comment, faults)
    check_text("question", question, faults)
    if state is not difference.decision and state is not Decision.OPEN and not (comment or question):
        faults["comment"] = [_m("Write why, so that others know it next year.")]
    if state is difference.decision and not (comment or question or difference.row["is_stale"]):
        faults["comment"] = [_m("Nothing would change: choose another state, or write something.")]
    if faults:
        raise Invalid(_m("Please correct the following"), faults)


def _waits_for(before: str | None, state: Decision, question: str) -> str | None:
    if question:
        return "provider"
    if before == "region" or state in (Decision.EXPLAINED, Decision.ACCEPTED):
        return None
    return before


def find_service(register_id: int, year: int, item: str) -> tuple[int, str]:
    """Id of the service and its provider's IČO. Raises NotFound, also for a year or an item that does not exist."""
    found = queries.service_by_register_id(register_id)
    try:
        check_year(year)
    except Invalid as error:
        raise NotFound(error.message) from error
    if found is None or item not in items():
        raise NotFound(_m("There are no figures to compare."))
    return found


def quarters_frame(service: ServiceRow, year: int, item: str) -> Any:
    """Figure B by quarter: QUARTER_COLUMNS, four rows.

    A quarter without an accepted return is not supplied; one in which the service did not work does not concern it.
    """
    cells = {
        int(row.period[-1]): Cell(CellState(row.state), row.value)
        for row in queries.quarter_cells(year, [item], service_id=service.id)
    }
    rows = [
        {"provider_ico": service.ico, "quarter": quarter, "value": cell.number, "state": str(cell.state)}
        for quarter in (1, 2, 3, 4)
        for cell in [cells.get(quarter, NOT_SUPPLIED if quarter in service.worked else NOT_APPLICABLE)]
    ]
    return frame_of(rows, QUARTER_COLUMNS)


def thread_of(row: Reconciliation | None, *, with_comments: bool = True) -> tuple[Entry, ...]:
    """What was written, in order; without the region's own comments for a provider."""
    entries = [] if row is None else row.messages
    return tuple(
        Entry(MessageKind(entry.kind), entry.text, entry.actor_name, entry.at_utc)
        for entry in entries
        if with_comments or entry.kind != MessageKind.COMMENT
    )


def cell_of(number: Any, state: Any) -> Cell:
    """A figure of a row as a cell."""
    return Cell(CellState(str(state)), number)
