"""How a service puts its applications in order: by the day they came, or by points of its own criteria."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update

from portal.core import audit
from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.messages import Message, _m
from portal.core.permissions import Actor, Permission
from portal.identity.written import looks_like_birth_number
from portal.waitlists.models import Application, ApplicationCriterion, OrderingCriterion, WaitingListOrder
from portal.waitlists.queries import services as queries
from portal.waitlists.service.access import find_listed, read_listed
from portal.waitlists.service.reading import Criterion, list_criteria, may_edit, order_rule
from portal.waitlists.types import ListedService, OrderRule

MAX_CRITERIA, MAX_LABEL, MAX_POINTS = 30, 120, 1_000

audit.name_actions({"waitlists.order.changed": _m("Order of a waiting list changed")})


@dataclass(frozen=True)
class ServiceOrder:
    service: ListedService
    rule: OrderRule
    criteria: Sequence[Criterion]
    version: int
    may_edit: bool


def read_order(actor: Actor, register_id: int) -> ServiceOrder:
    """Raises NotFound."""
    service = read_listed(actor, register_id)
    stored = queries.find_order(service.id)
    version = 0 if stored is None else stored.version
    return ServiceOrder(service, order_rule(service.id), list_criteria(service.id), version, may_edit(actor, service))


def change_order(
    actor: Actor, *, register_id: int, version: int, rule: OrderRule, criteria: Sequence[tuple[int | None, str, int]]
) -> None:
    """Set the rule and the criteria; ``criteria`` are (id or None for a new one, label, points) in their order.

    A criterion left out is deleted, and the points of all applications are counted anew. Raises NotFound, Conflict,
    Invalid (``criteria``).
    """
    service = find_listed(actor, register_id, Permission.WAITLIST_EDIT)
    stored = queries.find_order(service.id)
    if version != (0 if stored is None else stored.version):
        raise Conflict(_m("Somebody else changed the order of the list in the meantime."))
    tidy = _checked(criteria)
    if stored is None:
        stored = WaitingListOrder(service_id=service.id, version=0)
        db.session.add(stored)
    stored.rule = str(rule)
    stored.version += 1
    before = {row.id: row for row in queries.criteria_of(service.id)}
    kept = {number for number, _label, _points in tidy if number in before}
    for number in before.keys() - kept:
        db.session.delete(before[number])
    db.session.flush()
    for position, (known, label, points) in enumerate(tidy):
        row = before.get(known) if known is not None else None
        if row is None:
            row = OrderingCriterion(service_id=service.id)
            db.session.add(row)
        row.label, row.points, row.position = label, points, position
    db.session.flush()
    _count_points(service.id)
    audit.record(
        actor,
        "waitlists.order.changed",
        object_kind="waiting_list",
        object_key=register_id,
        details={"rule": str(rule), "criteria": [[label, points] for _number, label, points in tidy]},
    )


def _checked(criteria: Sequence[tuple[int | None, str, int]]) -> list[tuple[int | None, str, int]]:
    tidy = [(number, " ".join(label.split()), points) for number, label, points in criteria if label.strip()]
    problem: Message | None = None
    labels = [label.casefold() for _number, label, _points in tidy]
    if len(tidy) > MAX_CRITERIA:
        problem = _m("Write at most %(limit)s criteria.", limit=MAX_CRITERIA)
    elif len(set(labels)) < len(labels):
        problem = _m("Two criteria have the same name.")
    elif any(len(label) > MAX_LABEL for label in labels):
        problem = _m("Write at most %(limit)s characters.", limit=MAX_LABEL)
    elif any(abs(points) > MAX_POINTS for _number, _label, points in tidy):
        problem = _m("Points are whole numbers from -%(limit)s to %(limit)s.", limit=MAX_POINTS)
    elif any(looks_like_birth_number(label) for label in labels):
        problem = _m("This looks like a birth number; it does not belong here.")
    if problem is not None:
        raise Invalid(problem, {"criteria": [problem]})
    return tidy


def _count_points(service_id: int) -> None:
    """The points of all applications of the service, in one statement; places follow them."""
    total = (
        select(func.coalesce(func.sum(OrderingCriterion.points), 0))
        .join(ApplicationCriterion, ApplicationCriterion.criterion_id == OrderingCriterion.id)
        .where(ApplicationCriterion.application_id == Application.id)
        .scalar_subquery()
    )
    db.session.execute(
        update(Application)
        .where(Application.service_id == service_id)
        .values(points=total)
        .execution_options(synchronize_session=False)
    )
    db.session.expire_all()
