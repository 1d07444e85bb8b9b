"""Places and people waiting at this moment, and as they were on other days."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from portal.catalog.models import Capacity, Facility, Service, ServiceForm
from portal.core.db import db
from portal.waitlists.models import Application, Person
from portal.waitlists.types import OPEN_STATES
from portal.waitlists.vacancies.models import VacancyList, VacancyPlace, VacancySnapshot, WaitingSnapshot

STATES = ("free", "closed", "reserved", "occupied")


def has_snapshot(day: date) -> bool:
    query = select(VacancySnapshot.service_id).where(VacancySnapshot.on_day == day).limit(1)
    return db.session.scalar(query) is not None


def present_places(day: date) -> list[tuple[int, str, str | None, str, int, date | None]]:
    """Service, its type, municipality, state, places, last confirmation, of services provided on the day."""
    query = (
        select(
            VacancyPlace.service_id,
            Service.type_code,
            VacancyPlace.municipality_code,
            VacancyPlace.state,
            func.sum(VacancyPlace.places),
            VacancyList.confirmed_on,
        )
        .join(Service, Service.id == VacancyPlace.service_id)
        .outerjoin(VacancyList, VacancyList.service_id == VacancyPlace.service_id)
        .where(Service.worked_between(day, day))
        .group_by(
            VacancyPlace.service_id,
            Service.type_code,
            VacancyPlace.municipality_code,
            VacancyPlace.state,
            VacancyList.confirmed_on,
        )
        .order_by(VacancyPlace.service_id)
    )
    return [(row[0], row[1], row[2], row[3], int(row[4]), row[5]) for row in db.session.execute(query)]


def beds_by_type_and_orp(day: date) -> dict[tuple[str, str], int]:
    """(type, area) -> registered beds; a service with facilities in several areas, or a secret one, is in area ""."""
    areas = (
        select(Facility.service_id, func.min(Facility.orp_code).label("orp"), func.max(Facility.orp_code).label("last"))
        .where(or_(Facility.ended_on.is_(None), Facility.ended_on >= day))
        .group_by(Facility.service_id)
        .subquery()
    )
    query = (
        select(Service.type_code, areas.c.orp, areas.c.last, func.sum(Capacity.amount))
        .join(ServiceForm, ServiceForm.service_id == Service.id)
        .join(Capacity, Capacity.service_form_id == ServiceForm.id)
        .outerjoin(areas, areas.c.service_id == Service.id)
        .where(Service.worked_between(day, day), ServiceForm.form == "residential", Capacity.unit == "beds")
        .group_by(Service.type_code, areas.c.orp, areas.c.last)
    )
    found: dict[tuple[str, str], int] = {}
    for type_code, first, last, beds in db.session.execute(query):
        if beds is not None:
            key = (type_code, first if first is not None and first == last else "")
            found[key] = found.get(key, 0) + int(beds)
    return found


def waiting_persons(types: Collection[str]) -> list[tuple[str, str, int]]:
    """Type, municipality of residence, number of the person by confirmed links: each once."""
    query: Any = (
        select(Service.type_code, Application.municipality_code, Person.sure_group)
        .join(Service, Service.id == Application.service_id)
        .join(Person, Person.ref == Application.person_ref)
        .where(Application.state.in_(OPEN_STATES), Service.type_code.in_(types))
        .distinct()
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def course_of_places(type_code: str | None, since: date) -> list[tuple[Any, ...]]:
    """Day, free, closed, reserved, occupied, number of services; by day."""
    query: Any = select(
        VacancySnapshot.on_day,
        *(func.sum(getattr(VacancySnapshot, state)) for state in STATES),
        func.count(VacancySnapshot.service_id.distinct()),
    ).where(VacancySnapshot.on_day >= since)
    if type_code is not None:
        query = query.where(VacancySnapshot.type_code == type_code)
    query = query.group_by(VacancySnapshot.on_day).order_by(VacancySnapshot.on_day)
    return [(row[0], *(int(number) for number in row[1:])) for row in db.session.execute(query)]


def course_of_waiting(type_code: str, since: date) -> dict[date, int]:
    """Persons who waited for the type, by day."""
    query = select(WaitingSnapshot.on_day, WaitingSnapshot.persons).where(
        WaitingSnapshot.type_code == type_code, WaitingSnapshot.orp_code == "*", WaitingSnapshot.on_day >= since
    )
    return {row[0]: row[1] for row in db.session.execute(query)}
