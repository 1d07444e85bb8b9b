"""Rows of downloads: what the lines of a result do not hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import or_, select

from portal.catalog.models import Capacity, Contact, Facility, Service, ServiceForm
from portal.core.db import db


class PointRow(NamedTuple):
    """An open place with its point in WGS84. Never a secret one."""

    register_id: int
    facility_id: int
    name: str | None
    street: str | None
    house_number: str | None
    postcode: str | None
    municipality_name: str | None
    lon: float
    lat: float
    point_is_exact: bool


def contacts() -> Sequence[tuple[int, str, str]]:
    """(register id, kind, value) in the order entered."""
    rows = db.session.execute(
        select(Service.register_id, Contact.kind, Contact.value)
        .join(Service, Service.id == Contact.service_id)
        .order_by(Contact.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def capacities() -> Sequence[tuple[int, str, str, int | None]]:
    """(register id, form, unit, amount)"""
    rows = db.session.execute(
        select(Service.register_id, ServiceForm.form, Capacity.unit, Capacity.amount)
        .join(ServiceForm, ServiceForm.service_id == Service.id)
        .join(Capacity, Capacity.service_form_id == ServiceForm.id)
        .order_by(Capacity.id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def points(on: date) -> Sequence[PointRow]:
    """Places open on that day that have a point and are not secret."""
    rows = db.session.execute(
        select(
            Service.register_id,
            Facility.id,
            Facility.name,
            Facility.street,
            Facility.house_number,
            Facility.postcode,
            Facility.municipality_name,
            Facility.lon,
            Facility.lat,
            Facility.point_is_exact,
        )
        .join(Service, Service.id == Facility.service_id)
        .where(
            Facility.secret.is_(False),
            Facility.lon.is_not(None),
            or_(Facility.ended_on.is_(None), Facility.ended_on >= on),
        )
        .order_by(Facility.id)
    )
    return [PointRow._make(row) for row in rows]
