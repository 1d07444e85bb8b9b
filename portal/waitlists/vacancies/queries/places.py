"""Services with places, the places, their history."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, insert, or_, select, update

from portal.catalog.models import (
    Capacity,
    CodeListItem,
    Facility,
    Provider,
    Service,
    ServiceForm,
    ServiceTargetGroup,
)
from portal.core.clock import now_utc
from portal.core.db import db
from portal.waitlists.vacancies.models import VacancyEvent, VacancyList, VacancyPlace, VacancyVersion

RESIDENTIAL, BEDS = "residential", "beds"


class ServiceRow(NamedTuple):
    id: int
    register_id: int
    name: str
    type_code: str
    ico: str
    provider_name: str


_COLUMNS = (
    Service.id,
    Service.register_id,
    Service.name,
    Service.type_code,
    Provider.ico,
    Provider.name.label("provider_name"),
)


def _is_residential() -> Any:
    return select(ServiceForm.id).where(ServiceForm.service_id == Service.id, ServiceForm.form == RESIDENTIAL).exists()


def services_of(icos: Collection[str] | None, day: date) -> list[ServiceRow]:
    """Residential services provided on the day by these providers (None: by all), by name."""
    query = select(*_COLUMNS).join(Provider, Provider.id == Service.provider_id)
    query = query.where(Service.worked_between(day, day), _is_residential())
    if icos is not None:
        query = query.where(Provider.ico.in_(icos))
    return [ServiceRow(*row) for row in db.session.execute(query.order_by(Service.name, Service.register_id))]


def find_service(register_id: int) -> ServiceRow | None:
    """The service, if it is residential."""
    query = select(*_COLUMNS).join(Provider, Provider.id == Service.provider_id)
    row = db.session.execute(query.where(Service.register_id == register_id, _is_residential())).one_or_none()
    return None if row is None else ServiceRow(*row)


def find_list(service_id: int) -> VacancyList | None:
    return db.session.get(VacancyList, service_id, populate_existing=True)


def lists_of(service_ids: Collection[int]) -> dict[int, VacancyList]:
    query = select(VacancyList).where(VacancyList.service_id.in_(service_ids))
    return {one.service_id: one for one in db.session.scalars(query)}


def places_of(service_id: int) -> Sequence[VacancyPlace]:
    query = select(VacancyPlace).where(VacancyPlace.service_id == service_id)
    return db.session.scalars(query.order_by(VacancyPlace.id)).all()


def find_place(service_id: int, place_id: int) -> VacancyPlace | None:
    query = select(VacancyPlace).where(VacancyPlace.id == place_id, VacancyPlace.service_id == service_id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def counts_of(service_ids: Collection[int]) -> dict[tuple[int, str], int]:
    """(service, state) -> places"""
    query = (
        select(VacancyPlace.service_id, VacancyPlace.state, func.sum(VacancyPlace.places))
        .where(VacancyPlace.service_id.in_(service_ids))
        .group_by(VacancyPlace.service_id, VacancyPlace.state)
    )
    return {(row[0], row[1]): int(row[2]) for row in db.session.execute(query)}


def beds_of(service_ids: Collection[int]) -> dict[int, int]:
    """Registered beds of the residential form; a service for which the register tells none is left out."""
    query = (
        select(ServiceForm.service_id, func.sum(Capacity.amount))
        .join(Capacity, Capacity.service_form_id == ServiceForm.id)
        .where(ServiceForm.service_id.in_(service_ids), ServiceForm.form == RESIDENTIAL, Capacity.unit == BEDS)
        .group_by(ServiceForm.service_id)
    )
    return {row[0]: int(row[1]) for row in db.session.execute(query) if row[1] is not None}


def sites_of(service_id: int, day: date) -> list[tuple[str | None, str | None, bool]]:
    """Open facilities of a service: municipality's code and name, whether secret."""
    query = select(Facility.municipality_code, Facility.municipality_name, Facility.secret).where(
        Facility.service_id == service_id, or_(Facility.ended_on.is_(None), Facility.ended_on >= day)
    )
    return [(None, None, True) if row[2] else (row[0], row[1], False) for row in db.session.execute(query)]


def groups_of(service_id: int) -> dict[str, str]:
    """Target groups of a service: names by code."""
    query = (
        select(ServiceTargetGroup.code, CodeListItem.name)
        .outerjoin(
            CodeListItem, (CodeListItem.code == ServiceTargetGroup.code) & (CodeListItem.list_name == "target_groups")
        )
        .where(ServiceTargetGroup.service_id == service_id)
        .order_by(ServiceTargetGroup.code)
    )
    return {row[0]: row[1] or row[0] for row in db.session.execute(query)}


def events_of(service_id: int, *, limit: int, offset: int) -> tuple[Sequence[VacancyEvent], int]:
    """A part of the history, the latest first, and how long it is."""
    query = select(VacancyEvent).where(VacancyEvent.service_id == service_id)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    return db.session.scalars(query.order_by(VacancyEvent.id.desc()).limit(limit).offset(offset)).all(), total


def bump_version() -> None:
    """Count one change of what the public sees; the row is locked until the unit of work ends."""
    counted = db.session.execute(
        update(VacancyVersion)
        .where(VacancyVersion.id == 1)
        .values(number=VacancyVersion.number + 1, changed_at_utc=now_utc())
    )
    if counted.rowcount == 0:  # type: ignore[attr-defined]  # a CursorResult, as of every UPDATE
        db.session.execute(insert(VacancyVersion).values(id=1, number=1, changed_at_utc=now_utc()))


def version_mark() -> tuple[Any, ...] | None:
    """Number and instant of the last change; None before the first."""
    row = db.session.execute(select(VacancyVersion.number, VacancyVersion.changed_at_utc)).first()
    return (row[0], row[1]) if row else None
