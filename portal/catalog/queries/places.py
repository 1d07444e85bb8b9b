"""Where services are and what is registered for them: rows for the map.

Nothing of a secret facility is read but that it exists: neither its name, nor its place, nor the unit it lies in.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.catalog.models import Capacity, Facility, Provider, Service, ServiceForm, ServiceTargetGroup
from portal.core.db import db

SERVICE_COLUMNS = ("service_id", "register_id", "name", "type_code", "provider_name", "region_wide")
CAPACITY_COLUMNS = ("service_id", "form", "unit", "amount")
FACILITY_COLUMNS = (
    "service_id",
    "secret",
    "municipality_code",
    "orp_code",
    "street",
    "house_number",
    "municipality_name",
    "lon",
    "lat",
    "point_is_exact",
)

Rows = list[tuple[Any, ...]]


def is_provided(day: date) -> sa.ColumnElement[bool]:
    """Service that has begun and has not ended; its last day still counts."""
    return Service.worked_between(day, day)


def is_open(day: date) -> sa.ColumnElement[bool]:
    """Facility in which a service is provided on the day; services and facilities end apart in the register."""
    return sa.and_(
        sa.or_(Facility.started_on.is_(None), Facility.started_on <= day),
        sa.or_(Facility.ended_on.is_(None), Facility.ended_on >= day),
    )


def _chosen(day: date, type_code: str | None, form: str | None) -> sa.ColumnElement[bool]:
    conditions = [is_provided(day)]
    if type_code is not None:
        conditions.append(Service.type_code == type_code)
    if form is not None:
        # Stands by itself: the outer query may join the same table for its capacities.
        having = sa.select(ServiceForm.service_id).where(ServiceForm.form == form).correlate(None)
        conditions.append(Service.id.in_(having))
    return sa.and_(*conditions)


def select_services(day: date, type_code: str | None, form: str | None) -> Rows:
    """SERVICE_COLUMNS of the services provided on the day."""
    return _rows(
        sa.select(Service.id, Service.register_id, Service.name, Service.type_code, Provider.name, Service.region_wide)
        .join(Provider)
        .where(_chosen(day, type_code, form))
        .order_by(Service.id)
    )


def _rows(statement: sa.Executable) -> Rows:
    return [tuple(row) for row in db.session.execute(statement)]


def select_capacities(day: date, type_code: str | None, form: str | None) -> Rows:
    """CAPACITY_COLUMNS of each entry of capacity; a form without any gives one row with neither unit nor amount."""
    statement = (
        sa.select(Service.id, ServiceForm.form, Capacity.unit, Capacity.amount)
        .join(ServiceForm, ServiceForm.service_id == Service.id)
        .outerjoin(Capacity, Capacity.service_form_id == ServiceForm.id)
        .where(_chosen(day, type_code, form))
        .order_by(Service.id, ServiceForm.form, Capacity.id)
    )
    if form is not None:
        statement = statement.where(ServiceForm.form == form)
    return _rows(statement)


def select_facilities(day: date, type_code: str | None, form: str | None) -> Rows:
    """FACILITY_COLUMNS of the open facilities; of a secret one only the first two."""
    return _rows(
        sa.select(
            Facility.service_id,
            Facility.secret,
            *(
                sa.case((Facility.secret, None), else_=getattr(Facility, column)).label(column)
                for column in FACILITY_COLUMNS[2:]
            ),
        )
        .join(Service)
        .where(_chosen(day, type_code, form), is_open(day))
        .order_by(Facility.service_id, Facility.id)
    )


def select_groups(day: date) -> Rows:
    """service_id and code of each target group of the services provided on the day."""
    return _rows(
        sa.select(ServiceTargetGroup.service_id, ServiceTargetGroup.code)
        .join(Service, Service.id == ServiceTargetGroup.service_id)
        .where(is_provided(day))
        .order_by(ServiceTargetGroup.service_id, ServiceTargetGroup.code)
    )


def find_service(register_id: int) -> Service | None:
    """One service, also one that has ended."""
    return db.session.scalars(sa.select(Service).where(Service.register_id == register_id)).one_or_none()


def has_any_service() -> bool:
    return bool(db.session.scalar(sa.select(sa.exists().where(Service.id.is_not(None)))))
