"""Services with their waiting lists, rules of order, and what the kraj set."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, or_, select

from portal.catalog.models import Provider, Service
from portal.core.db import db
from portal.waitlists.models import Application, Client, OrderingCriterion, WaitingListOrder, WaitlistRules
from portal.waitlists.types import OPEN_STATES, ListedService, State

_COLUMNS = (
    Service.id,
    Service.register_id,
    Service.name,
    Service.type_code,
    Service.provider_id,
    Provider.ico,
    Provider.name.label("provider_name"),
)


def find_service(register_id: int) -> ListedService | None:
    query = select(*_COLUMNS).join(Provider, Provider.id == Service.provider_id)
    row = db.session.execute(query.where(Service.register_id == register_id)).one_or_none()
    return None if row is None else ListedService(*row)


def _listed(
    icos: Collection[str] | None, day: date, type_code: str | None, only_listed: bool
) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = select(*_COLUMNS).join(Provider, Provider.id == Service.provider_id)
    has_list = select(Application.id).where(Application.service_id == Service.id).exists()
    query = query.where(or_(Service.ended_on.is_(None), Service.ended_on >= day, has_list))
    if icos is not None:
        query = query.where(Provider.ico.in_(icos))
    if type_code is not None:
        query = query.where(Service.type_code == type_code)
    return query.where(has_list) if only_listed else query


def list_services(
    icos: Collection[str] | None, day: date, *, type_code: str | None, only_listed: bool, limit: int, offset: int
) -> tuple[list[ListedService], int]:
    """A page of services of these providers (None: of all) and how many there are."""
    query = _listed(icos, day, type_code, only_listed)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(Provider.name, Service.name, Service.register_id).limit(limit).offset(offset)
    return [ListedService(*row) for row in db.session.execute(ordered)], total


def list_counts(service_ids: Sequence[int], last_confirmed: date) -> dict[int, tuple[int, int, int, int]]:
    """By service: waiting, with an offer, to be confirmed, asked after an admission elsewhere."""
    query = (
        select(
            Application.service_id,
            func.count(case((Application.state == State.WAITING, 1))),
            func.count(case((Application.state == State.OFFERED, 1))),
            func.count(case((Application.confirmed_on <= last_confirmed, 1))),
            func.count(Application.asked_since),
        )
        .where(Application.service_id.in_(service_ids), Application.state.in_(OPEN_STATES))
        .group_by(Application.service_id)
    )
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in db.session.execute(query)}


def client_counts(service_ids: Sequence[int]) -> dict[int, int]:
    """By service: users at present."""
    query = (
        select(Client.service_id, func.count())
        .where(Client.service_id.in_(service_ids), Client.ended_on.is_(None))
        .group_by(Client.service_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def find_order(service_id: int) -> WaitingListOrder | None:
    return db.session.get(WaitingListOrder, service_id)


def criteria_of(service_id: int) -> list[OrderingCriterion]:
    query = select(OrderingCriterion).where(OrderingCriterion.service_id == service_id)
    return list(db.session.scalars(query.order_by(OrderingCriterion.position, OrderingCriterion.id)))


def find_rules() -> WaitlistRules | None:
    return db.session.scalar(select(WaitlistRules))
