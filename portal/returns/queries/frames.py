"""Cells of many returns at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Float, Numeric, Select, Text, case, cast, func, select

from portal.catalog.models import Provider, Service
from portal.core.cells import STORED_STATES
from portal.core.db import db
from portal.returns.models import ReportingPeriod, Return, ReturnCell, ReturnEvent
from portal.returns.types import FORMS, Period


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


def returns_with_types(wanted: Select[Any]) -> list[tuple[Any, ...]]:
    """id, service_id, period and type_code of the wanted returns, in the order of ids."""
    columns = wanted.with_only_columns(Return.id, Return.service_id, Return.period, Service.type_code)
    return [tuple(row) for row in db.session.execute(columns.order_by(Return.id))]


def returns_with_figures(
    *,
    states: Collection[str],
    periods: Collection[Period] | None = None,
    type_code: str | None = None,
    services: tuple[int, int] | None = None,
    return_ids: Collection[int] | None = None,
    provider_ico: str | None = None,
) -> Select[Any]:
    """Which returns: of some quarters, a type, the services with ids from ... to ..., single ones, a provider."""
    query = select(Return.id).join(Service, Service.id == Return.service_id).where(Return.state.in_(states))
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
    return query


def cells_as_numbers(wanted: Select[Any], fields: Sequence[str]) -> str:
    """Cells of some fields of returns as one text of whole numbers, in no order, parted by commas; "" for none.

    Three numbers for each cell: id of the return; place of the field, times 16, plus the place of the form in FORMS,
    times 4, plus the place of the state in STORED_STATES; the number in hundredths, 0 where there is none. Numbers are
    kept with two decimals, so none of them is rounded. Millions of cells come several times faster so than as rows.
    """
    place = (
        case({field: 16 * number for number, field in enumerate(fields)}, value=ReturnCell.field)
        + case({form: 4 * number for number, form in enumerate(FORMS)}, value=ReturnCell.form)
        + case({str(state): number for number, state in enumerate(STORED_STATES)}, value=ReturnCell.state)
    )
    hundredths = cast(func.round(func.coalesce(cast(ReturnCell.value, Numeric), 0) * 100), BigInteger)
    parts = [cast(part, Text) for part in (ReturnCell.return_id, place, hundredths)]
    text = parts[0].concat(",").concat(parts[1]).concat(",").concat(parts[2])
    is_postgresql = db.session.get_bind().dialect.name == "postgresql"
    joined = func.string_agg(text, ",") if is_postgresql else func.group_concat(text, ",")
    query = wanted.with_only_columns(joined).join(ReturnCell, ReturnCell.return_id == Return.id)
    return db.session.scalar(query.where(ReturnCell.field.in_(fields))) or ""


def counted_ids(service_ids: Collection[int], states: Collection[str]) -> list[int]:
    """Ids of the returns of some services that are in one of the states."""
    query = select(Return.id).where(Return.service_id.in_(service_ids), Return.state.in_(states))
    return list(db.session.scalars(query.order_by(Return.id)))


def counted_keys(return_ids: Collection[int]) -> list[tuple[int, str]]:
    """service_id and period of the returns."""
    query = select(Return.service_id, Return.period).where(Return.id.in_(return_ids))
    return [(service_id, period) for service_id, period in db.session.execute(query)]


def counted_mark(period: Period, states: Collection[str]) -> tuple[Any, ...]:
    """Number of returns of a quarter in one of the states, the sum of their versions and the last decision."""
    query = select(func.count(), func.sum(Return.version), func.max(Return.decided_at_utc))
    return tuple(db.session.execute(query.where(Return.period == str(period), Return.state.in_(states))).one())


def counted_periods(states: Collection[str]) -> list[str]:
    """Quarters with a return in one of the states, the earliest first."""
    # Asked of each quarter: the index says yes at its first return, where a DISTINCT would read all of them.
    counts = select(Return.id).where(Return.period == ReportingPeriod.period, Return.state.in_(states)).exists()
    query = select(ReportingPeriod.period).where(counts).order_by(ReportingPeriod.period)
    return list(db.session.scalars(query))


def counting_changed(asked: Sequence[tuple[str, datetime]], states: Collection[str]) -> list[bool]:
    """Of each quarter and moment: whether a return of it began or ceased to be in one of the states later than that."""
    moved = ReturnEvent.from_state.in_(states) != ReturnEvent.to_state.in_(states)
    found = [
        select(ReturnEvent.id)
        .join(Return, Return.id == ReturnEvent.return_id)
        .where(Return.period == period, ReturnEvent.at_utc > moment, moved)
        .exists()
        for period, moment in asked
    ]
    return list(db.session.execute(select(*found)).one()) if found else []
