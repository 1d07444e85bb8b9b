"""Lists of returns: services that worked in a quarter, each with its return or without."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from portal.catalog.models import Provider, Service
from portal.core.db import db
from portal.returns.followup import NO_WORKER
from portal.returns.models import KeyWorkerAssignment, Return
from portal.returns.queries.deadlines import MoreTime, exceptions_of_providers, longest_of
from portal.returns.readings import BoardRow, ServiceHead
from portal.returns.types import NOT_STARTED, Period, ReturnState

STATE = func.coalesce(Return.state, NOT_STARTED)
CURRENT_WORKER = and_(
    KeyWorkerAssignment.provider_id == Service.provider_id, KeyWorkerAssignment.ended_at_utc.is_(None)
)
SERVICE_COLUMNS = (
    Service.id,
    Service.register_id,
    Service.identifier,
    Service.name,
    Service.type_code,
    Provider.ico,
    Provider.name.label("provider_name"),
)


@dataclass(frozen=True)
class Selection:
    """Which services of a quarter a list is about; None asks for all.

    ``late_from`` keeps those first submitted at that instant or later and, at ``now`` behind it, those never
    submitted; whoever was granted more time is late only after it.
    """

    period: Period
    type_code: str | None = None
    identifier: str | None = None
    late_from: datetime | None = None
    now: datetime | None = None
    worker_id: int | None = None  # NO_WORKER: of providers that nobody looks after
    ico: str | None = None

    @cached_property
    def more_time(self) -> MoreTime:
        return MoreTime(self.period)

    def query(self) -> Select[*tuple[Any, ...]]:
        query: Select[*tuple[Any, ...]] = self.more_time.joined(
            select(Service, Provider, Return)
            .join(Provider, Provider.id == Service.provider_id)
            .outerjoin(Return, and_(Return.service_id == Service.id, Return.period == str(self.period)))
            .outerjoin(KeyWorkerAssignment, CURRENT_WORKER)
            .where(or_(Return.id.is_not(None), Service.worked_between(self.period.first_day, self.period.last_day)))
        )
        if self.worker_id is not None:
            wanted = KeyWorkerAssignment.user_id
            query = query.where(wanted.is_(None) if self.worker_id == NO_WORKER else wanted == self.worker_id)
        if self.type_code is not None:
            query = query.where(Service.type_code == self.type_code)
        if self.ico is not None:
            query = query.where(Provider.ico == self.ico)
        if self.identifier is not None:
            query = query.where(Service.identifier == self.identifier)
        if self.late_from is not None:
            late = self.more_time.is_late(self.late_from)
            if self.now is not None and self.now >= self.late_from:
                never = and_(Return.first_submitted_at_utc.is_(None), self.more_time.is_over(self.now))
                late = or_(late, never)
            query = query.where(late)
        return query


@dataclass(frozen=True)
class ProviderCount:
    provider_id: int
    ico: str
    name: str
    state: str  # a ReturnState or NOT_STARTED
    services: int


def counts_by_provider_and_state(selection: Selection) -> list[ProviderCount]:
    """How many of the selected services each provider has in each state, in no particular order."""
    columns = (Provider.id, Provider.ico, Provider.name, STATE)
    query = selection.query().with_only_columns(*columns, func.count()).group_by(*columns)
    return [ProviderCount(*row) for row in db.session.execute(query)]


def rows_of_providers(
    selection: Selection, provider_ids: Collection[int], states: Collection[str] | None
) -> list[BoardRow]:
    """The selected services of some providers, those in some states (None: in any), by the register's numbers."""
    columns = (*SERVICE_COLUMNS, Return.state, Return.first_submitted_at_utc, *selection.more_time.columns)
    query = selection.query().with_only_columns(*columns).where(Service.provider_id.in_(provider_ids))
    if states is not None:
        query = query.where(STATE.in_(states))
    rows = db.session.execute(query.order_by(Service.register_id))
    found = []
    for row in rows:
        *head, state, submitted, of_service, of_provider = tuple[Any, ...](row)
        found.append(_row(selection.period, head, state, submitted, longest_of(of_service, of_provider)))
    return found


def rows_of_own(periods: Sequence[Period], icos: Collection[str]) -> dict[Period, list[BoardRow]]:
    """All services of the providers in each quarter that they worked in, by the register's numbers.

    Three statements, however many services and quarters there are.
    """
    more_time: dict[tuple[str, int], datetime] = {}
    for quarter, service_id, end in exceptions_of_providers(periods, sorted(icos)):
        more_time[quarter, service_id] = max(end, more_time.get((quarter, service_id), end))
    services = db.session.execute(
        select(*SERVICE_COLUMNS, Service.started_on, Service.ended_on)
        .join(Provider, Provider.id == Service.provider_id)
        .where(Provider.ico.in_(icos))
        .order_by(Service.register_id)
    ).all()
    returns = {
        (row.service_id, row.period): row
        for row in db.session.execute(
            select(Return.service_id, Return.period, Return.state, Return.first_submitted_at_utc)
            .join(Service, Service.id == Return.service_id)
            .join(Provider, Provider.id == Service.provider_id)
            .where(Provider.ico.in_(icos), Return.period.in_([str(period) for period in periods]))
        )
    }
    found: dict[Period, list[BoardRow]] = defaultdict(list)
    for period in periods:
        for service in services:
            stored = returns.get((service.id, str(period)))
            worked = (service.started_on is None or service.started_on <= period.last_day) and (
                service.ended_on is None or service.ended_on >= period.first_day
            )
            columns = service[: len(SERVICE_COLUMNS)]
            until = more_time.get((str(period), service.id))
            if stored is not None:
                found[period].append(_row(period, columns, stored.state, stored.first_submitted_at_utc, until))
            elif worked:
                found[period].append(_row(period, columns, None, None, until))
    return dict(found)


def _row(
    period: Period,
    columns: Any,
    state: str | None,
    first_submitted_at_utc: datetime | None,
    extended_until: datetime | None,
) -> BoardRow:
    known = None if state is None else ReturnState(state)
    return BoardRow(ServiceHead(*columns), period, known, first_submitted_at_utc, extended_until)
