"""Applications of one service: pages in the service's order, single ones, their history."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select

from portal.core.db import db
from portal.waitlists.models import Application, ApplicationCriterion, ApplicationEvent, Person
from portal.waitlists.queries.night import state_of
from portal.waitlists.types import (
    ANY_STATE,
    OPEN_ONLY,
    OPEN_STATES,
    ApplicationRow,
    EventKind,
    EventLine,
    ListFilter,
    OrderRule,
    Sex,
    State,
    Urgency,
)

BATCH = 500


def _places(service_id: Any, rule: OrderRule) -> Any:
    """Id and place of each application that waits at the service."""
    by_date = (Application.received_on, Application.id)
    order = (Application.points.desc(), *by_date) if rule is OrderRule.POINTS else by_date
    return (
        select(Application.id, func.row_number().over(order_by=order).label("place"))
        .where(Application.service_id == service_id, Application.state.in_(OPEN_STATES))
        .subquery("places")
    )


def conditions(service_id: int, wanted: ListFilter, last_confirmed: date) -> list[ColumnElement[bool]]:
    """What the filter asks for; ``last_confirmed`` is the last day of confirmation that is too long ago."""
    found: list[ColumnElement[bool]] = [Application.service_id == service_id]
    if wanted.state == OPEN_ONLY:
        found.append(Application.state.in_(OPEN_STATES))
    elif wanted.state != ANY_STATE:
        found.append(Application.state == wanted.state)
    if wanted.situation is not None:
        found.append(Application.adverse_situation == wanted.situation)
    if wanted.group is not None:
        found.append(Application.target_group == wanted.group)
    if wanted.urgency is not None:
        found.append(Application.urgency == wanted.urgency)
    if wanted.municipality is not None:
        found.append(Application.municipality_code == wanted.municipality)
    if wanted.to_confirm:
        found.append(and_(Application.state.in_(OPEN_STATES), needs_confirmation(last_confirmed)))
    return found


def needs_confirmation(last_confirmed: date) -> ColumnElement[bool]:
    return (Application.confirmed_on <= last_confirmed) | Application.asked_since.is_not(None)


def _rows(service_id: int, rule: OrderRule) -> Select[*tuple[Any, ...]]:
    places = _places(service_id, rule)
    return (
        select(Application, places.c.place)
        .outerjoin(places, places.c.id == Application.id)
        .order_by(places.c.place.is_(None), places.c.place, Application.decided_on.desc(), Application.id)
    )


def list_page(
    service_id: int, rule: OrderRule, wanted: ListFilter, last_confirmed: date, *, size: int
) -> tuple[list[tuple[Application, int | None]], int]:
    """One page of applications with their place, and how many there are. Two statements."""
    where = conditions(service_id, wanted, last_confirmed)
    total = db.session.scalar(select(func.count()).select_from(Application).where(*where)) or 0
    query = _rows(service_id, rule).where(*where).limit(size).offset((wanted.page - 1) * size)
    return [(row[0], row[1]) for row in db.session.execute(query)], total


def all_rows(
    service_id: int, rule: OrderRule, wanted: ListFilter, last_confirmed: date
) -> Iterator[tuple[Application, int | None]]:
    """All applications that the filter asks for, read in batches, for a download."""
    query = _rows(service_id, rule).where(*conditions(service_id, wanted, last_confirmed))
    for row in db.session.execute(query.execution_options(yield_per=BATCH)):
        yield row[0], row[1]


def find_application(service_id: int, application_id: int, *, for_update: bool = False) -> Application | None:
    """The application; ``for_update`` keeps others from changing it until the unit of work ends."""
    query = select(Application).where(Application.id == application_id, Application.service_id == service_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def find_place(application: Application, rule: OrderRule) -> int | None:
    """Its place among those that wait at the service."""
    given = {"service_id": application.service_id, "application_id": application.id}
    return db.session.scalar(_place_of_one(rule), given)


@cache
def _place_of_one(rule: OrderRule) -> Select[Any]:
    places = _places(bindparam("service_id"), rule)
    return select(places.c.place).where(places.c.id == bindparam("application_id"))


def to_confirm(service_id: int, last_confirmed: date, *, page: int, size: int) -> tuple[list[Application], int, int]:
    """Open applications that wait for a confirmation, the longest unconfirmed first: those of a page, how many there
    are, and the number of the page, which is the last one for a number beyond it.
    """
    where = (
        Application.service_id == service_id,
        Application.state.in_(OPEN_STATES),
        needs_confirmation(last_confirmed),
    )
    total = db.session.scalar(select(func.count()).select_from(Application).where(*where)) or 0
    page = min(page, max(1, -(-total // size)))
    query = select(Application).where(*where).order_by(Application.confirmed_on, Application.id)
    return list(db.session.scalars(query.limit(size).offset((page - 1) * size))), total, page


def open_ones(service_id: int, ids: Collection[int]) -> list[Application]:
    """Those of the applications that are the service's and wait, locked."""
    query = (
        select(Application)
        .where(Application.service_id == service_id, Application.id.in_(ids), Application.state.in_(OPEN_STATES))
        .order_by(Application.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def open_by_code(service_id: int, code: bytes) -> Application | None:
    """The application with which this person already waits at the service."""
    query = select(Application).where(
        Application.service_id == service_id, Application.code == code, Application.state.in_(OPEN_STATES)
    )
    return db.session.scalar(query)


def by_reference(service_id: int, reference: str) -> Application | None:
    query = select(Application).where(Application.service_id == service_id, Application.file_reference == reference)
    return db.session.scalar(query)


def ids_by_reference(service_id: int, references: Sequence[str]) -> dict[str, int]:
    """Ids of the service's applications of these file references. One statement for 500 of them."""
    found: dict[str, int] = {}
    for start in range(0, len(references), BATCH):
        query = select(Application.file_reference, Application.id).where(
            Application.service_id == service_id,
            Application.file_reference.in_(references[start : start + BATCH]),
        )
        found.update({row[0]: row[1] for row in db.session.execute(query)})
    return found


def elsewhere_now(service_id: int, refs: Iterable[bytes]) -> dict[bytes, int]:
    """By person: other services where the person, linked records included, waits at this moment. One statement."""
    wanted = set(refs)
    if not wanted:
        return {}
    found = db.session.execute(_elsewhere(), {"wanted": list(wanted), "service_id": service_id})
    return {row[0]: row[1] for row in found}


@cache
def _elsewhere() -> Select[Any]:
    """Written once: it takes longer to write than to answer."""
    mine, others, linked = Person.__table__.alias("mine"), Application.__table__.alias("others"), Person.__table__
    return (
        select(mine.c.ref, func.count(others.c.service_id.distinct()))
        .join(linked, linked.c.sure_group == mine.c.sure_group)
        .join(others, others.c.person_ref == linked.c.ref)
        .where(
            mine.c.ref.in_(bindparam("wanted", expanding=True)),
            state_of(others).in_(OPEN_STATES),
            others.c.service_id != bindparam("service_id"),
        )
        .group_by(mine.c.ref)
    )


def criteria_holding(application_id: int) -> list[int]:
    query = select(ApplicationCriterion.criterion_id).where(ApplicationCriterion.application_id == application_id)
    return list(db.session.scalars(query.order_by(ApplicationCriterion.criterion_id)))


def events_of(application_id: int) -> list[EventLine]:
    """The history, the latest first."""
    query = select(ApplicationEvent).where(ApplicationEvent.application_id == application_id)
    return [
        EventLine(
            at_utc=event.at_utc,
            on=event.on_day,
            actor_name=event.actor_name,
            kind=EventKind(event.kind),
            from_state=State(event.from_state) if event.from_state else None,
            to_state=State(event.to_state) if event.to_state else None,
            reason=event.reason,
            note=event.note,
            changes=event.changes,
        )
        for event in db.session.scalars(query.order_by(ApplicationEvent.id.desc()))
    ]


def row_of(stored: Application, place: int | None, elsewhere: int | None) -> ApplicationRow:
    return ApplicationRow(
        id=stored.id,
        file_reference=stored.file_reference,
        code=stored.code,
        received_on=stored.received_on,
        state=State(stored.state),
        state_on=stored.state_on,
        points=stored.points,
        place=place,
        adverse_situation=stored.adverse_situation,
        target_group=stored.target_group,
        municipality_code=stored.municipality_code,
        urgency=Urgency(stored.urgency),
        birth_year=stored.birth_year,
        sex=Sex(stored.sex) if stored.sex else None,
        can_start_from=stored.can_start_from,
        confirmed_on=stored.confirmed_on,
        reason=stored.reason,
        asked_since=stored.asked_since,
        elsewhere=elsewhere,
        version=stored.version,
    )
