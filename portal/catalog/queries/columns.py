"""The whole catalogue as plain rows, for the columnar index. One SELECT each, in a fixed order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import URL, ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from portal.catalog.models import (
    CatalogVersion,
    CodeListItem,
    Contact,
    Facility,
    Provider,
    Service,
    ServiceForm,
    ServiceTargetGroup,
)
from portal.core.db import db


class ServiceRow(NamedTuple):
    id: int
    register_id: int
    identifier: str | None
    type_code: str
    name: str
    started_on: date | None
    ended_on: date | None
    region_wide: bool
    verified_on: date | None
    description: str | None
    age_note: str | None
    provider_ico: str
    provider_name: str


class FacilityRow(NamedTuple):
    service_id: int
    name: str | None
    secret: bool
    municipality_code: str | None
    municipality_name: str | None
    orp_code: str | None
    orp_name: str | None
    postcode: str | None


def version_mark() -> tuple[int, datetime] | None:
    """Number and instant of the last change of the catalogue; None before the first."""
    row = db.session.execute(select(CatalogVersion.number, CatalogVersion.changed_at_utc)).first()
    return (row[0], row[1]) if row else None


def database() -> URL:
    """Which database this is, so that a process serving two never mixes them."""
    return db.engine.engine.url


def services() -> list[ServiceRow]:
    rows = db.session.execute(
        select(
            Service.id,
            Service.register_id,
            Service.identifier,
            Service.type_code,
            Service.name,
            Service.started_on,
            Service.ended_on,
            Service.region_wide,
            Service.verified_on,
            Service.description,
            Service.age_note,
            Provider.ico,
            Provider.name,
        )
        .join(Provider, Provider.id == Service.provider_id)
        .order_by(Service.register_id)
    )
    return [ServiceRow._make(row) for row in rows]


def open_facilities(on: date) -> list[FacilityRow]:
    """Places that serve on that day. Of a secret one nothing but that it is there."""
    rows = db.session.execute(
        select(
            Facility.service_id,
            Facility.name,
            Facility.secret,
            Facility.municipality_code,
            Facility.municipality_name,
            Facility.orp_code,
            Facility.orp_name,
            Facility.postcode,
        )
        .where(_still_open(Facility.ended_on, on))
        .order_by(Facility.service_id, Facility.id)
    )
    return [FacilityRow(row[0], None, True, *(None,) * 5) if row[2] else FacilityRow._make(row) for row in rows]


def _still_open(ended_on: InstrumentedAttribute[date | None], on: date) -> ColumnElement[bool]:
    return or_(ended_on.is_(None), ended_on >= on)


def forms() -> Sequence[tuple[int, str]]:
    """(service id, form)"""
    rows = db.session.execute(
        select(ServiceForm.service_id, ServiceForm.form).order_by(ServiceForm.service_id, ServiceForm.form)
    )
    return [(row[0], row[1]) for row in rows]


def target_groups() -> Sequence[tuple[int, str]]:
    """(service id, code of the target group)"""
    rows = db.session.execute(
        select(ServiceTargetGroup.service_id, ServiceTargetGroup.code).order_by(
            ServiceTargetGroup.service_id, ServiceTargetGroup.code
        )
    )
    return [(row[0], row[1]) for row in rows]


def phones() -> Sequence[tuple[int, str]]:
    """(service id, phone), in the order entered."""
    rows = db.session.execute(
        select(Contact.service_id, Contact.value).where(Contact.kind == "phone").order_by(Contact.id)
    )
    return [(row[0], row[1]) for row in rows]


def code_list(list_name: str) -> dict[str, str]:
    """Names by code of "target_groups" or "age_groups"."""
    rows = db.session.execute(
        select(CodeListItem.code, CodeListItem.name)
        .where(CodeListItem.list_name == list_name)
        .order_by(CodeListItem.code)
    )
    return {row[0]: row[1] for row in rows}
