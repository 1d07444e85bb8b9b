"""What the kraj remembers beside figures: notes to a metric of a type in a quarter, and who took over whose work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.benchmarking import queries
from portal.benchmarking.metrics.types import quarters_of
from portal.benchmarking.models import MetricNote, ServicePredecessor
from portal.benchmarking.service.region import Wish, check_region, check_type
from portal.core import audit
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.errors import Forbidden, Invalid, NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.returns.types import Period

MAX_TEXT = 2000
MAX_CHAIN = 10  # services that took over one from another

audit.name_actions(
    {
        "metric_note.written": _m("Note to a metric written"),
        "metric_note.deleted": _m("Note to a metric deleted"),
        "predecessor.linked": _m("Predecessor of a service linked"),
        "predecessor.unlinked": _m("Predecessor of a service unlinked"),
    },
    kinds={"metric_note": _m("note to a metric"), "service": _m("service")},
)


@dataclass(frozen=True)
class Note:
    id: int
    period: Period
    text: str
    actor_name: str
    written_at_utc: datetime


@dataclass(frozen=True)
class Predecessor:
    """Whose work a service took over; ``service_id`` is that of the predecessor."""

    service_id: int
    register_id: int
    service_name: str
    reason: str
    actor_name: str


def list_notes(actor: Actor, wish: Wish, *, every_quarter: bool = False) -> list[Note]:
    """Notes to the metric of the type in the quarters of the wish (in all), by time. Raises Forbidden."""
    check_region(actor)
    periods = None if every_quarter else [str(quarter) for quarter in quarters_of(wish.span)]
    rows = queries.metric_notes(wish.metric, wish.type_code, periods)
    return [Note(row.id, Period.parse(row.period), row.text, row.actor_name, row.written_at_utc) for row in rows]


def write_note(actor: Actor, *, metric: str, type_code: str, period: Period, text: str) -> None:
    """Raises Forbidden, Invalid by field ``text``."""
    _check_writer(actor)
    check_type(type_code)
    row = MetricNote(metric=metric, type_code=type_code, period=str(period), text=_checked(text, "text"))
    row.written_at_utc, row.written_by_user_id, row.actor_name = now_utc(), actor.user_id, actor.name
    db.session.add(row)
    db.session.flush()
    _record(actor, "metric_note.written", row)


def delete_note(actor: Actor, note_id: int) -> None:
    """Raises Forbidden, NotFound."""
    _check_writer(actor)
    row = db.session.get(MetricNote, note_id)
    if row is None:
        raise NotFound(_m("There is no such note."))
    _record(actor, "metric_note.deleted", row)
    db.session.delete(row)
    db.session.flush()


def _record(actor: Actor, action: str, row: MetricNote) -> None:
    details = {"metric": row.metric, "type": row.type_code, "period": row.period, "text": row.text}
    audit.record(actor, action, object_kind="metric_note", object_key=str(row.id), details=details)


def predecessors(service_id: int) -> list[Predecessor]:
    """The chain of predecessors of a service, the nearest first. One query for each of them, at most ten."""
    found: list[Predecessor] = []
    seen = {service_id}
    while len(found) < MAX_CHAIN and (row := queries.predecessor_of(service_id)) is not None:
        if row.service_id in seen:
            break
        seen.add(row.service_id)
        found.append(Predecessor(row.service_id, row.register_id, row.service_name, row.reason, row.actor_name))
        service_id = row.service_id
    return found


def link_predecessor(actor: Actor, *, register_id: int, predecessor: str, reason: str) -> None:
    """Say that a service took over another's work, in place of what was said before.

    Raises Forbidden, NotFound for the service, Invalid by fields (``predecessor``: no number of another service of the
    register, or one that took over from this service; ``reason``).
    """
    _check_writer(actor)
    own = _service(register_id)
    number = int(predecessor) if predecessor.isdecimal() and predecessor.isascii() and len(predecessor) < 10 else 0
    other = queries.one_service(number)
    if other is None or other.id == own:
        raise Invalid(
            _m("Please correct the following"),
            {"predecessor": [_m("Write the number of another service in the register.")]},
        )
    if own in {each.service_id for each in predecessors(other.id)}:
        fault = _m("That service took over the work of this one; a circle has no beginning.")
        raise Invalid(_m("Please correct the following"), {"predecessor": [fault]})
    row = db.session.get(ServicePredecessor, own) or ServicePredecessor(service_id=own)
    row.predecessor_id, row.reason = other.id, _checked(reason, "reason")
    row.linked_at_utc, row.linked_by_user_id, row.actor_name = now_utc(), actor.user_id, actor.name
    db.session.add(row)
    db.session.flush()
    details = {"predecessor": number, "reason": row.reason}
    audit.record(actor, "predecessor.linked", object_kind="service", object_key=str(register_id), details=details)


def unlink_predecessor(actor: Actor, *, register_id: int) -> None:
    """Raises Forbidden, NotFound when there is none."""
    _check_writer(actor)
    row = db.session.get(ServicePredecessor, _service(register_id))
    if row is None:
        raise NotFound(_m("The service has no predecessor."))
    audit.record(
        actor,
        "predecessor.unlinked",
        object_kind="service",
        object_key=str(register_id),
        details={"reason": row.reason},
    )
    db.session.delete(row)
    db.session.flush()


def _service(register_id: int) -> int:
    found = queries.one_service(register_id)
    if found is None:
        raise NotFound(_m("There is no such service."))
    service_id: int = found.id
    return service_id


def _check_writer(actor: Actor) -> None:
    if not actor.can(Permission.COMPARE_WRITE):
        raise Forbidden(_m("Your role does not write into the comparison."))


def _checked(text: str, field: str) -> str:
    if not 0 < len(text.strip()) <= MAX_TEXT:
        fault = _m("Write at least a word and at most %(most)s characters.", most=MAX_TEXT)
        raise Invalid(_m("Please correct the following"), {field: [fault]})
    return text.strip()
