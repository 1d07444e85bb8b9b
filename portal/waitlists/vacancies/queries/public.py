"""Free places as the public may see them. Of a secret facility nothing is read but that the service has one."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, or_, select

from portal.catalog.models import CodeListItem, Contact, Facility, Provider, Service, ServiceTargetGroup
from portal.core.db import db
from portal.waitlists.vacancies.models import VacancyList, VacancyPlace
from portal.waitlists.vacancies.types import Wish


class FreeRow(NamedTuple):
    place: Any  # the columns of PLACE
    register_id: int
    service_name: str
    type_code: str
    provider_name: str
    provider_phone: str | None
    provider_email: str | None
    confirmed_on: date


class SiteRow(NamedTuple):
    municipality_name: str | None
    orp_code: str | None
    orp_name: str | None
    lon: float | None
    lat: float | None


# Columns rather than objects: of these there may be tens of thousands.
PLACE = (
    VacancyPlace.id,
    VacancyPlace.service_id,
    VacancyPlace.places,
    VacancyPlace.room,
    VacancyPlace.floor,
    VacancyPlace.barrier_free,
    VacancyPlace.lift,
    VacancyPlace.target_group,
    VacancyPlace.sex,
    VacancyPlace.age_from,
    VacancyPlace.age_to,
    VacancyPlace.free_from,
    VacancyPlace.price_from_czk,
    VacancyPlace.price_to_czk,
    VacancyPlace.phone,
    VacancyPlace.municipality_code,
    VacancyPlace.free_since_utc,
)


def free_rows(confirmed_since: date, day: date, wish: Wish | None = None) -> list[FreeRow]:
    """Free places that take, of services provided on the day whose list was confirmed since.

    What of the wish a column tells by itself is asked of the database; the rest is for ``calc.finding``.
    """
    query = _public(
        select(
            *PLACE,
            Service.register_id,
            Service.name,
            Service.type_code,
            Provider.name,
            Provider.phone,
            Provider.email,
            VacancyList.confirmed_on,
        ),
        confirmed_since,
        day,
    ).join(Provider, Provider.id == Service.provider_id)
    if wish is not None:
        query = query.where(*_told_by_columns(wish))
    return [FreeRow(row, *row[len(PLACE) :]) for row in db.session.execute(query.order_by(VacancyPlace.id))]


def free_types(confirmed_since: date, day: date) -> dict[str, int]:
    """Free places that take, by type of service."""
    query = _public(select(Service.type_code, func.sum(VacancyPlace.places)), confirmed_since, day)
    return {row[0]: int(row[1]) for row in db.session.execute(query.group_by(Service.type_code))}


def _public(query: Any, confirmed_since: date, day: date) -> Any:
    return (
        query.select_from(VacancyPlace)
        .join(Service, Service.id == VacancyPlace.service_id)
        .join(VacancyList, VacancyList.service_id == Service.id)
        .where(VacancyPlace.state == "free", VacancyList.confirmed_on >= confirmed_since)
        .where(Service.worked_between(day, day))
    )


def _told_by_columns(wish: Wish) -> Iterator[ColumnElement[bool]]:
    if wish.service is not None:
        yield Service.register_id == wish.service
    if wish.type_code is not None:
        yield Service.type_code == wish.type_code
    if wish.room is not None:
        yield VacancyPlace.room == wish.room
    if wish.accessible:
        yield VacancyPlace.barrier_free.is_(True)
    if wish.sex is not None:
        yield or_(VacancyPlace.sex.is_(None), VacancyPlace.sex == wish.sex)


def sites(service_ids: Collection[int], day: date) -> dict[tuple[int, str], SiteRow]:
    """(service, municipality) -> its open facility there; secret ones have no municipality."""
    query = (
        select(
            Facility.service_id,
            Facility.municipality_code,
            Facility.municipality_name,
            Facility.orp_code,
            Facility.orp_name,
            Facility.lon,
            Facility.lat,
        )
        .where(Facility.service_id.in_(service_ids), Facility.secret.is_(False))
        .where(or_(Facility.ended_on.is_(None), Facility.ended_on >= day))
        .order_by(Facility.id.desc())  # the first of a municipality is read last
    )
    return {(row[0], row[1]): SiteRow(*row[2:]) for row in db.session.execute(query) if row[1] is not None}


def contacts(service_ids: Collection[int]) -> dict[tuple[int, str], str]:
    """(service, phone or email) -> the first one entered."""
    query = (
        select(Contact.service_id, Contact.kind, Contact.value)
        .where(Contact.service_id.in_(service_ids), Contact.kind.in_(("phone", "email")))
        .order_by(Contact.id.desc())
    )
    return {(row[0], row[1]): row[2] for row in db.session.execute(query)}


def target_groups(service_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    query = (
        select(ServiceTargetGroup.service_id, ServiceTargetGroup.code)
        .where(ServiceTargetGroup.service_id.in_(service_ids))
        .order_by(ServiceTargetGroup.service_id, ServiceTargetGroup.code)
    )
    found: dict[int, tuple[str, ...]] = {}
    for service_id, code in db.session.execute(query):
        found[service_id] = (*found.get(service_id, ()), code)
    return found


def group_names() -> dict[str, str]:
    """Names of target groups by code."""
    query = select(CodeListItem.code, CodeListItem.name).where(CodeListItem.list_name == "target_groups")
    return {row[0]: row[1] for row in db.session.execute(query.order_by(CodeListItem.code))}


def confirmed_on(register_id: int) -> date | None:
    """When the places of a service were last confirmed; None where it keeps none."""
    query = select(VacancyList.confirmed_on).join(Service, Service.id == VacancyList.service_id)
    has_places = select(VacancyPlace.id).where(VacancyPlace.service_id == Service.id).exists()
    return db.session.scalar(query.where(Service.register_id == register_id, has_places))
