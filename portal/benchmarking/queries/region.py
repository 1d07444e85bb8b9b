"""SELECTs of the comparison for the kraj: services, sizes, groups, notes, predecessors."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Float, cast, exists, func, literal, or_, select

from portal.benchmarking.models import (
    MetricNote,
    PeerGroup,
    PeerGroupMember,
    ServicePredecessor,
)
from portal.catalog.models import Facility, Provider, Service, ServiceForm
from portal.core.db import db
from portal.returns.models import Return, ReturnCell
from portal.returns.types import FINAL_STATES


def region_services(
    first_day: date, last_day: date, *, form: str | None = None, type_code: str | None = None
) -> list[tuple[Any, ...]]:
    """Services that worked on one of the days: id, register_id, ico, provider, name, type, whether they have the form.

    Without ``form`` every service has it. In the order of the register's numbers.
    """
    has_form: Any = literal(True)
    if form is not None:
        has_form = exists().where(ServiceForm.service_id == Service.id, ServiceForm.form == form)
    query = (
        select(Service.id, Service.register_id, Provider.ico, Provider.name, Service.name, Service.type_code, has_form)
        .join(Provider, Provider.id == Service.provider_id)
        .where(Service.worked_between(first_day, last_day))
        .order_by(Service.register_id)
    )
    if type_code is not None:
        query = query.where(Service.type_code == type_code)
    return [tuple(row) for row in db.session.execute(query)]


def one_service(register_id: int) -> Any | None:
    """id, register_id, ico, provider_name, service_name, type_code of one service."""
    query = (
        select(
            Service.id,
            Service.register_id,
            Provider.ico.label("provider_ico"),
            Provider.name.label("provider_name"),
            Service.name.label("service_name"),
            Service.type_code,
        )
        .join(Provider, Provider.id == Service.provider_id)
        .where(Service.register_id == register_id)
    )
    return db.session.execute(query).one_or_none()


def services_with_form(form: str, type_code: str) -> set[int]:
    query = select(ServiceForm.service_id).join(Service).where(ServiceForm.form == form, Service.type_code == type_code)
    return set(db.session.scalars(query))


def services_in_orp(orp_code: str, type_code: str) -> set[int]:
    """Services with a facility in the district of the municipality with extended powers."""
    query = select(Facility.service_id).join(Service).where(Facility.orp_code == orp_code)
    return set(db.session.scalars(query.where(Service.type_code == type_code)))


def orps_of_type(type_code: str) -> list[tuple[str, str]]:
    """Codes and names of the districts where services of the type have facilities."""
    query = select(Facility.orp_code, Facility.orp_name).join(Service).where(Service.type_code == type_code)
    return [(code, name) for code, name in db.session.execute(query.distinct()) if code and name]


def sizes(field: str, quarters: Collection[str], type_code: str) -> list[tuple[int, str, float]]:
    """service_id, quarter and the sum over forms of a field of accepted and locked returns."""
    query = (
        select(Return.service_id, Return.period, func.sum(cast(ReturnCell.value, Float)))
        .join(ReturnCell, ReturnCell.return_id == Return.id)
        .join(Service, Service.id == Return.service_id)
        .where(
            Return.period.in_(quarters),
            Return.state.in_(FINAL_STATES),
            Service.type_code == type_code,
            ReturnCell.field == field,
            ReturnCell.value.is_not(None),
        )
        .group_by(Return.service_id, Return.period)
    )
    return [(service_id, period, float(size)) for service_id, period, size in db.session.execute(query)]


def saved_groups(user_id: int | None, *, group_id: int | None = None) -> list[tuple[PeerGroup, list[int]]]:
    """Groups of a user and shared ones, by name, with the register's numbers of their services. Two queries."""
    query = select(PeerGroup).where(or_(PeerGroup.user_id == user_id, PeerGroup.is_shared)).order_by(PeerGroup.name)
    if group_id is not None:
        query = query.where(PeerGroup.id == group_id)
    groups = list(db.session.scalars(query))
    members: dict[int, list[int]] = {}
    rows = select(PeerGroupMember.group_id, Service.register_id).join(Service, Service.id == PeerGroupMember.service_id)
    for group, register_id in db.session.execute(
        rows.where(PeerGroupMember.group_id.in_([group.id for group in groups])).order_by(Service.register_id)
    ):
        members.setdefault(group, []).append(register_id)
    return [(group, members.get(group.id, [])) for group in groups]


def members_of_group(group_id: int) -> set[int]:
    return set(db.session.scalars(select(PeerGroupMember.service_id).where(PeerGroupMember.group_id == group_id)))


def has_group_of_name(user_id: int, name: str, other_than: int | None) -> bool:
    query = select(PeerGroup.id).where(PeerGroup.user_id == user_id, PeerGroup.name == name)
    return any(found != other_than for found in db.session.scalars(query))


def ids_of_services(register_ids: Collection[int]) -> dict[int, int]:
    """Id of each service by its number in the register."""
    query = select(Service.register_id, Service.id).where(Service.register_id.in_(register_ids))
    return {row.register_id: row.id for row in db.session.execute(query)}


def metric_notes(metric: str, type_code: str, periods: Collection[str] | None) -> list[MetricNote]:
    query = select(MetricNote).where(MetricNote.metric == metric, MetricNote.type_code == type_code)
    if periods is not None:
        query = query.where(MetricNote.period.in_(periods))
    return list(db.session.scalars(query.order_by(MetricNote.period, MetricNote.id)))


def predecessor_of(service_id: int) -> Any | None:
    """service_id, register_id, service_name of the predecessor, reason and actor_name of the link."""
    query = (
        select(
            Service.id.label("service_id"),
            Service.register_id,
            Service.name.label("service_name"),
            ServicePredecessor.reason,
            ServicePredecessor.actor_name,
        )
        .join(Service, Service.id == ServicePredecessor.predecessor_id)
        .where(ServicePredecessor.service_id == service_id)
    )
    return db.session.execute(query).one_or_none()
