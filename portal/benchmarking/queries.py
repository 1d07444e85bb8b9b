"""SELECTs of benchmarking: which quarters and services can be compared. Private to the feature."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Float, cast, delete, exists, func, insert, literal, or_, select, text
from sqlalchemy.orm import selectinload

from portal.benchmarking.models import (
    GroupLineRelease,
    GroupRelease,
    Metric,
    MetricNote,
    MetricProgram,
    MetricValue,
    NormDecision,
    PeerGroup,
    PeerGroupMember,
    ServicePredecessor,
)
from portal.benchmarking.types import Line
from portal.catalog.models import Facility, Provider, Service, ServiceForm
from portal.core.db import db
from portal.returns.models import Return, ReturnCell
from portal.returns.types import FINAL_STATES, Period, ReturnState


def compared_periods(ico: str | None = None) -> list[str]:
    """Quarters with at least one accepted return (of the provider), the latest first."""
    query = select(Return.period).where(Return.state.in_(FINAL_STATES)).distinct().order_by(Return.period.desc())
    if ico is not None:
        query = query.join(Service).join(Provider).where(Provider.ico == ico)
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


# Computed values.

VALUE_COLUMNS = ("service_id", "metric", "form", "period", "state", "value", "numerator", "denominator")
_LOCK = 5_801_003  # of PostgreSQL, for all who write computed values; any number that nobody else takes


def lock_values() -> None:
    """Let only one unit of work at a time write computed values; what others committed before is seen after it.

    SQLite has one writer anyway.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def fingerprints() -> dict[str, str]:
    """By which formulas the values of each metric were computed."""
    query = select(MetricProgram.metric, MetricProgram.fingerprint)
    return {row.metric: row.fingerprint for row in db.session.execute(query)}


def set_fingerprints(found: dict[str, str], now: datetime) -> None:
    db.session.execute(delete(MetricProgram).where(MetricProgram.metric.in_(found)))
    rows = [{"metric": name, "fingerprint": mark, "computed_at_utc": now} for name, mark in sorted(found.items())]
    if rows:
        db.session.execute(insert(MetricProgram), rows)


def drop_metrics(names: Collection[str]) -> None:
    """Forget all values of metrics that there are no longer."""
    if names:
        db.session.execute(delete(MetricValue).where(MetricValue.metric.in_(names)))
        db.session.execute(delete(MetricProgram).where(MetricProgram.metric.in_(names)))


def has_other_counted(return_ids: Collection[int]) -> bool:
    """Whether some other return is accepted or locked."""
    query = select(Return.id).where(Return.state.in_(FINAL_STATES), Return.id.not_in(return_ids)).limit(1)
    return db.session.scalar(query) is not None


def service_ids() -> list[int]:
    """Ids of services that ever began a return, in order."""
    return list(db.session.scalars(select(Return.service_id).distinct().order_by(Return.service_id)))


def delete_values(service_ids: tuple[int, int], metrics: Collection[str]) -> None:
    """Values of some metrics of the services with ids from ... to ..."""
    db.session.execute(
        delete(MetricValue).where(MetricValue.service_id.between(*service_ids), MetricValue.metric.in_(metrics))
    )


def delete_values_of(keys: Collection[tuple[int, str]]) -> None:
    """All values of single returns, given by service and quarter."""
    by_period: dict[str, list[int]] = {}
    for service_id, period in keys:
        by_period.setdefault(period, []).append(service_id)
    for period, services in by_period.items():
        db.session.execute(
            delete(MetricValue).where(MetricValue.service_id.in_(services), MetricValue.period == period)
        )


def insert_values(frame: pd.DataFrame) -> None:
    """Store rows of VALUE_COLUMNS in bulk, by the fastest way that the database has."""
    if frame.empty:
        return
    connection = db.session.connection()
    columns = ", ".join(VALUE_COLUMNS)
    rows = frame[list(VALUE_COLUMNS)]
    if connection.dialect.name == "postgresql":
        cursor: Any = connection.connection.cursor()
        with cursor.copy(f"COPY metric_values ({columns}) FROM STDIN WITH (FORMAT csv)") as copy:
            copy.write(rows.to_csv(index=False, header=False))
        cursor.close()
        return
    plain = [column.astype(object).where(column.notna(), None).tolist() for _, column in rows.items()]
    places = ", ".join("?" * len(VALUE_COLUMNS))
    connection.exec_driver_sql(
        f"INSERT INTO metric_values ({columns}) VALUES ({places})", list(zip(*plain, strict=True))
    )


def value_rows(
    metric: str, form: str, periods: Collection[str], type_code: str | None, service_id: int | None = None
) -> list[tuple[Any, ...]]:
    """service_id, period, state, value, numerator, denominator of the services of a type (one, all), in no order."""
    query = (
        select(
            MetricValue.service_id,
            MetricValue.period,
            MetricValue.state,
            MetricValue.value,
            MetricValue.numerator,
            MetricValue.denominator,
        )
        .join(Service, Service.id == MetricValue.service_id)
        .where(MetricValue.metric == metric, MetricValue.form == form, MetricValue.period.in_(periods))
    )
    if type_code is not None:
        query = query.where(Service.type_code == type_code)
    if service_id is not None:
        query = query.where(MetricValue.service_id == service_id)
    return [tuple(row) for row in db.session.execute(query)]


def counted_returns(periods: Collection[Period], type_code: str | None) -> list[tuple[Any, ...]]:
    """service_id, type_code and period of accepted and locked returns (of a type)."""
    query = (
        select(Return.service_id, Service.type_code, Return.period)
        .join(Service, Service.id == Return.service_id)
        .where(Return.period.in_([str(period) for period in periods]), Return.state.in_(FINAL_STATES))
    )
    if type_code is not None:
        query = query.where(Service.type_code == type_code)
    return [tuple(row) for row in db.session.execute(query)]


# Comparison for the kraj.


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


def values_of_service(service_id: int, periods: Collection[str]) -> list[tuple[Any, ...]]:
    """metric, form, period, state and value of one service in some quarters."""
    query = select(
        MetricValue.metric, MetricValue.form, MetricValue.period, MetricValue.state, MetricValue.value
    ).where(MetricValue.service_id == service_id, MetricValue.period.in_(periods))
    return [tuple(row) for row in db.session.execute(query)]


# Saved groups.


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


# Notes and predecessors.


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


def values_of_type(type_code: str, period: str) -> list[tuple[Any, ...]]:
    """service_id, metric, form, period, state and value of the services of a type in a quarter."""
    query = (
        select(
            MetricValue.service_id,
            MetricValue.metric,
            MetricValue.form,
            MetricValue.period,
            MetricValue.state,
            MetricValue.value,
        )
        .join(Service, Service.id == MetricValue.service_id)
        .where(Service.type_code == type_code, MetricValue.period == period)
    )
    return [tuple(row) for row in db.session.execute(query)]


def releases() -> list[GroupRelease]:
    """Quarters whose groups were published, the latest first."""
    return list(db.session.scalars(select(GroupRelease).order_by(GroupRelease.period.desc())))


def release_lines(periods: Collection[Period], type_codes: Collection[str] | None = None) -> list[GroupLineRelease]:
    """What was published of some quarters (and types), by quarter, type, metric and form."""
    query = select(GroupLineRelease).where(GroupLineRelease.period.in_([str(period) for period in periods]))
    if type_codes is not None:
        query = query.where(GroupLineRelease.type_code.in_(type_codes))
    columns = (GroupLineRelease.period, GroupLineRelease.type_code, GroupLineRelease.metric, GroupLineRelease.form)
    return list(db.session.scalars(query.order_by(*columns)))


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


def own_cells(ico: str, periods: Collection[Period], fields: Collection[str]) -> list[tuple[Any, ...]]:
    """Cells of these fields in a provider's accepted returns of some quarters.

    Rows carry service_id, type_code, period, form, field, state and value.
    """
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
        .join(Provider, Provider.id == Service.provider_id)
        .where(Provider.ico == ico, ReturnCell.field.in_(sorted(fields)))
        .where(Return.period.in_([str(each) for each in periods]), Return.state.in_(FINAL_STATES))
    )
    return [tuple(row) for row in db.session.execute(query)]
