"""Cells of many returns at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Float, cast, select

from portal.catalog.models import Provider, Service
from portal.core.db import db
from portal.returns.models import Return, ReturnCell
from portal.returns.types import Period


def cell_rows(
    period: Period, *, type_code: str | tuple[str, ...] | None, provider_ico: str | None, states: Sequence[str]
) -> list[tuple[Any, ...]]:
    """One row for each cell, in the order of the register's numbers, forms and fields."""
    query = (
        select(
            Service.id,
            Service.register_id,
            Provider.ico,
            Provider.name,
            Service.name,
            Service.type_code,
            Return.period,
            Return.state,
            ReturnCell.form,
            ReturnCell.field,
            ReturnCell.state,
            cast(ReturnCell.value, Float),
        )
        .join(Return, Return.id == ReturnCell.return_id)
        .join(Service, Service.id == Return.service_id)
        .join(Provider, Provider.id == Service.provider_id)
        .where(Return.period == str(period), Return.state.in_(states))
        .order_by(Service.register_id, ReturnCell.form, ReturnCell.field)
    )
    if type_code is not None:
        query = query.where(Service.type_code.in_((type_code,) if isinstance(type_code, str) else type_code))
    if provider_ico is not None:
        query = query.where(Provider.ico == provider_ico)
    return [tuple(row) for row in db.session.execute(query)]


def figure_rows(
    *,
    fields: Collection[str],
    states: Collection[str],
    periods: Collection[Period] | None = None,
    type_code: str | None = None,
    services: tuple[int, int] | None = None,
    return_ids: Collection[int] | None = None,
    provider_ico: str | None = None,
) -> list[tuple[Any, ...]]:
    """service_id, type_code, period, form, field, state and value of the cells of some fields, in no order."""
    query = (
        select(
            Return.service_id,
            Service.type_code,
            Return.period,
            ReturnCell.form,
            ReturnCell.field,
            ReturnCell.state,
            cast(ReturnCell.value, Float),
        )
        .join(Return, Return.id == ReturnCell.return_id)
        .join(Service, Service.id == Return.service_id)
        .where(Return.state.in_(states), ReturnCell.field.in_(fields))
    )
    if periods is not None:
        query = query.where(Return.period.in_([str(period) for period in periods]))
    if type_code is not None:
        query = query.where(Service.type_code == type_code)
    if services is not None:
        query = query.where(Return.service_id.between(*services))
    if provider_ico is not None:
        query = query.join(Provider, Provider.id == Service.provider_id).where(Provider.ico == provider_ico)
    if return_ids is not None:
        query = query.where(Return.id.in_(return_ids))
    return [tuple(row) for row in db.session.execute(query)]


def counted_ids(service_ids: Collection[int], states: Collection[str]) -> list[int]:
    """Ids of the returns of some services that are in one of the states."""
    query = select(Return.id).where(Return.service_id.in_(service_ids), Return.state.in_(states))
    return list(db.session.scalars(query.order_by(Return.id)))


def counted_keys(return_ids: Collection[int]) -> list[tuple[int, str]]:
    """service_id and period of the returns."""
    query = select(Return.service_id, Return.period).where(Return.id.in_(return_ids))
    return [(service_id, period) for service_id, period in db.session.execute(query)]
