"""SELECTs of quarters and services to compare, metrics, norms and published groups."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import selectinload

from portal.benchmarking.models import (
    GroupLineRelease,
    GroupRelease,
    Metric,
    NormDecision,
)
from portal.benchmarking.types import Line
from portal.catalog.models import Provider, Service, ServiceForm
from portal.core.db import db
from portal.returns.models import ReportingPeriod, Return, ReturnException
from portal.returns.types import FINAL_STATES, Period, ReturnState

_LOCK = 5_801_004  # of PostgreSQL, for all who publish groups; any number that nobody else takes


def compared_periods(ico: str | None = None) -> list[str]:
    """Quarters with at least one accepted return (of the provider), the latest first."""
    # Asked quarter by quarter: looking for different quarters among all returns would read every one of them.
    accepted = select(Return.id).where(Return.period == ReportingPeriod.period, Return.state.in_(FINAL_STATES))
    if ico is not None:
        accepted = accepted.join(Service).join(Provider).where(Provider.ico == ico)
    query = select(ReportingPeriod.period).where(accepted.exists()).order_by(ReportingPeriod.period.desc())
    return list(db.session.scalars(query))


def compared_types(period: Period) -> set[str]:
    """Types of services with an accepted return in the quarter."""
    query = (
        select(Service.type_code)
        .join(Return, Return.service_id == Service.id)
        .where(Return.period == str(period), Return.state.in_(FINAL_STATES))
        .distinct()
    )
    return set(db.session.scalars(query))


def provider_names(icos: Collection[str]) -> list[tuple[str, str]]:
    """IČO and name of the providers that exist, by IČO."""
    query = select(Provider.ico, Provider.name).where(Provider.ico.in_(icos)).order_by(Provider.ico)
    return [(ico, name) for ico, name in db.session.execute(query)]


def services_in(period: Period, *, type_codes: Collection[str] | None = None, ico: str | None = None) -> list[Any]:
    """Services that worked on at least one day of the quarter, one row for each of their forms (None without any).

    Rows carry service_id, register_id, provider_ico, provider_name, service_name, type_code and form, in the order of
    the register's numbers and forms.
    """
    query = (
        select(
            Service.id,
            Service.register_id,
            Provider.ico,
            Provider.name,
            Service.name,
            Service.type_code,
            ServiceForm.form,
        )
        .join(Provider, Provider.id == Service.provider_id)
        .outerjoin(ServiceForm, ServiceForm.service_id == Service.id)
        .where(Service.worked_between(period.first_day, period.last_day))
        .order_by(Service.register_id, ServiceForm.form)
    )
    if type_codes is not None:
        query = query.where(Service.type_code.in_(type_codes))
    if ico is not None:
        query = query.where(Provider.ico == ico)
    return [tuple(row) for row in db.session.execute(query)]


def stored_metrics() -> list[Metric]:
    """The region's metrics with their versions, by name."""
    query = select(Metric).options(selectinload(Metric.versions)).order_by(Metric.name)
    return list(db.session.scalars(query))


def stored_metric(name: str) -> Metric | None:
    return db.session.scalar(select(Metric).where(Metric.name == name).options(selectinload(Metric.versions)))


def norm_decisions(line: Line | None = None) -> list[NormDecision]:
    """The region's changes of norms (of a line) in the order in which they were decided."""
    query = select(NormDecision).order_by(NormDecision.id)
    if line is not None:
        query = query.where(
            NormDecision.type_code == line.type_code,
            NormDecision.measure == str(line.measure),
            NormDecision.form == line.form,
        )
    return list(db.session.scalars(query))


def lock_releases() -> None:
    """Let only one unit of work at a time publish groups; what others committed before is seen after it.

    SQLite has one writer anyway.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def releases() -> list[GroupRelease]:
    """Quarters whose groups were published, the latest first."""
    return list(db.session.scalars(select(GroupRelease).order_by(GroupRelease.period.desc())))


def release_lines(periods: Collection[Period], type_codes: Collection[str] | None = None) -> list[tuple[Any, ...]]:
    """What was published of some quarters (and types), by quarter, type, metric and form.

    period, type_code, metric, form, figures, at_least and reason of each line.
    """
    query = select(
        GroupLineRelease.period,
        GroupLineRelease.type_code,
        GroupLineRelease.metric,
        GroupLineRelease.form,
        GroupLineRelease.figures,
        GroupLineRelease.at_least,
        GroupLineRelease.reason,
    ).where(GroupLineRelease.period.in_([str(period) for period in periods]))
    if type_codes is not None:
        query = query.where(GroupLineRelease.type_code.in_(type_codes))
    columns = (GroupLineRelease.period, GroupLineRelease.type_code, GroupLineRelease.metric, GroupLineRelease.form)
    return [tuple(row) for row in db.session.execute(query.order_by(*columns))]


def running_exceptions(now: datetime) -> dict[str, int]:
    """How many exceptions of each quarter give somebody more time than this instant."""
    query = select(ReturnException.period, func.count()).where(ReturnException.ends_at_utc > now)
    rows = db.session.execute(query.group_by(ReturnException.period))
    return {row[0]: row[1] for row in rows}


def decisions_by_period() -> dict[str, tuple[int, int, int]]:
    """Of each quarter: accepted returns, submitted ones that wait, those decided since its groups were published."""
    query = (
        select(
            Return.period,
            func.count().filter(Return.state.in_(FINAL_STATES)),
            func.count().filter(Return.state == ReturnState.SUBMITTED),
            func.count().filter(Return.decided_at_utc > GroupRelease.frozen_at_utc),
        )
        .outerjoin(GroupRelease, GroupRelease.period == Return.period)
        .group_by(Return.period)
    )
    return {period: (accepted, waiting, later) for period, accepted, waiting, later in db.session.execute(query)}
