"""Dates of quarters, their history, and exceptions from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, func, or_, select

from portal.catalog.models import Provider, Service
from portal.core.db import db
from portal.returns.followup import DatesChange, ExceptionLine
from portal.returns.models import ReportingPeriod, ReportingPeriodChange, Return, ReturnException
from portal.returns.types import Period, ReportingDates, last_day_before


def dates_of(row: ReportingPeriod) -> ReportingDates:
    return ReportingDates(Period.parse(row.period), row.on_time_until, row.closes_on)


def find_period(period: Period, *, for_update: bool = False) -> ReportingPeriod | None:
    query = select(ReportingPeriod).where(ReportingPeriod.period == str(period))
    return db.session.scalar(query.with_for_update() if for_update else query)


def find_dates(period: Period, service_id: int) -> ReportingDates | None:
    """The dates of a quarter as they are for one service; None for a quarter that the kraj did not open."""
    own = select(Service.provider_id).where(Service.id == service_id).scalar_subquery()
    longest = (
        select(func.max(ReturnException.ends_at_utc))
        .where(
            ReturnException.period == str(period),
            ReturnException.provider_id == own,
            or_(ReturnException.service_id == service_id, ReturnException.service_id.is_(None)),
        )
        .scalar_subquery()
    )
    row = db.session.execute(
        select(ReportingPeriod, longest.label("longest")).where(ReportingPeriod.period == str(period))
    ).one_or_none()
    return None if row is None else dates_of(row[0]).extended(row[1])


class MoreTime:
    """The longest exceptions of one quarter by service and by provider, to be joined to lists of services."""

    def __init__(self, period: Period) -> None:
        one = ReturnException.service_id
        self._of_service = self._longest(period, one, one.is_not(None))
        self._of_provider = self._longest(period, ReturnException.provider_id, one.is_(None))

    def joined(self, query: Any) -> Any:
        """The query, which has Service in it, with the exceptions joined."""
        return query.outerjoin(self._of_service, self._of_service.c.key == Service.id).outerjoin(
            self._of_provider, self._of_provider.c.key == Service.provider_id
        )

    @property
    def columns(self) -> tuple[ColumnElement[datetime | None], ColumnElement[datetime | None]]:
        return self._of_service.c.longest, self._of_provider.c.longest

    def is_late(self, late_from: datetime) -> ColumnElement[bool]:
        """Condition: first submitted when it was late for this service."""
        submitted = Return.first_submitted_at_utc
        return and_(submitted >= late_from, *(or_(longest.is_(None), submitted >= longest) for longest in self.columns))

    def is_over(self, now: datetime) -> ColumnElement[bool]:
        """Condition: no exception of the service still runs."""
        return and_(*(or_(longest.is_(None), longest <= now) for longest in self.columns))

    @staticmethod
    def _longest(period: Period, key: Any, which: ColumnElement[bool]) -> Subquery:
        return (
            select(key.label("key"), func.max(ReturnException.ends_at_utc).label("longest"))
            .where(ReturnException.period == str(period), which)
            .group_by(key)
            .subquery()
        )


def longest_of(*ends: datetime | None) -> datetime | None:
    return max((end for end in ends if end is not None), default=None)


def exceptions_of_providers(periods: Sequence[Period], icos: Sequence[str]) -> list[tuple[str, int, datetime]]:
    """Period, service and end of each exception that reaches services of these providers."""
    rows = db.session.execute(
        select(ReturnException.period, Service.id, ReturnException.ends_at_utc)
        .join(
            Service,
            and_(
                ReturnException.provider_id == Service.provider_id,
                or_(ReturnException.service_id == Service.id, ReturnException.service_id.is_(None)),
            ),
        )
        .join(Provider, Provider.id == Service.provider_id)
        .where(Provider.ico.in_(icos), ReturnException.period.in_([str(period) for period in periods]))
    )
    return [(row[0], row[1], row[2]) for row in rows]


def changes_of(period: Period) -> list[DatesChange]:
    """Every setting of the dates, the latest first."""
    query = (
        select(ReportingPeriodChange)
        .where(ReportingPeriodChange.period == str(period))
        .order_by(ReportingPeriodChange.id.desc())
    )
    return [
        DatesChange(
            at_utc=row.at_utc,
            actor_name=row.actor_name,
            before=None
            if row.from_on_time_until is None or row.from_closes_on is None
            else ReportingDates(period, row.from_on_time_until, row.from_closes_on),
            after=ReportingDates(period, row.to_on_time_until, row.to_closes_on),
            reason=row.reason,
        )
        for row in db.session.scalars(query)
    ]


def exceptions_of(period: Period) -> list[ExceptionLine]:
    """All exceptions of a quarter, the latest first."""
    query = (
        select(ReturnException, Service.register_id, Service.name, Provider.ico, Provider.name)
        .join(Provider, Provider.id == ReturnException.provider_id)
        .outerjoin(Service, Service.id == ReturnException.service_id)
        .where(ReturnException.period == str(period))
        .order_by(ReturnException.id.desc())
    )
    return [
        ExceptionLine(
            id=row.id,
            provider_ico=ico,
            provider_name=provider_name,
            register_id=register_id,
            service_name=service_name,
            last_day=last_day_before(row.ends_at_utc),
            ends_at_utc=row.ends_at_utc,
            reason=row.reason,
            granted_at_utc=row.granted_at_utc,
            granted_by_name=row.granted_by_name,
            withdrawn_at_utc=row.withdrawn_at_utc,
            withdrawn_by_name=row.withdrawn_by_name,
            withdrawn_reason=row.withdrawn_reason,
        )
        for row, register_id, service_name, ico, provider_name in db.session.execute(query)
    ]


def find_exception(exception_id: int) -> ReturnException | None:
    query = select(ReturnException).where(ReturnException.id == exception_id)
    return db.session.scalar(query.with_for_update().execution_options(populate_existing=True))


def find_addressed(*, ico: str | None = None, identifier: str | None = None) -> list[tuple[int, int | None]]:
    """Ids (provider, None) of a provider, or (provider, service) of the services of a registration identifier."""
    if ico is not None:
        return [(found, None) for found in db.session.scalars(select(Provider.id).where(Provider.ico == ico))]
    rows = db.session.execute(
        select(Service.provider_id, Service.id).where(Service.identifier == identifier).order_by(Service.id)
    )
    return [(row[0], row[1]) for row in rows]
