"""Free places as the public may see them. Of a secret facility nothing is read but that the service has one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import or_, select

from portal.catalog.models import CodeListItem, Contact, Facility, Provider, Service, ServiceTargetGroup
from portal.core.db import db
from portal.waitlists.vacancies.models import VacancyList, VacancyPlace


class FreeRow(NamedTuple):
    place: VacancyPlace
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


def free_rows(confirmed_since: date, day: date, register_id: int | None = None) -> list[FreeRow]:
    """Free places that take, of services provided on the day whose list was confirmed since."""
    query = (
        select(
            VacancyPlace,
            Service.register_id,
            Service.name,
            Service.type_code,
            Provider.name,
            Provider.phone,
            Provider.email,
            VacancyList.confirmed_on,
        )
        .join(Service, Service.id == VacancyPlace.service_id)
        .join(Provider, Provider.id == Service.provider_id)
        .join(VacancyList, VacancyList.service_id == Service.id)
        .where(VacancyPlace.state == "free", VacancyList.confirmed_on >= confirmed_since)
        .where(Service.worked_between(day, day))
        .order_by(VacancyPlace.id)
    )
    if register_id is not None:
        query = query.where(Service.register_id == register_id)
    return [FreeRow(*row) for row in db.session.execute(query)]


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
