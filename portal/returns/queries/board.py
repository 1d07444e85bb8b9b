"""Lists of returns: services that worked in a quarter, each with its return or without."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from portal.catalog.models import Provider, Service
from portal.core.db import db
from portal.returns.models import Return
from portal.returns.readings import BoardRow, ServiceHead
from portal.returns.types import NOT_STARTED, Period, ReturnState

STATE = func.coalesce(Return.state, NOT_STARTED)
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

    ``late_from`` keeps those first submitted at that instant or later and, once it has passed (``is_past``), those
    never submitted.
    """

    period: Period
    type_code: str | None = None
    identifier: str | None = None
    late_from: datetime | None = None
    is_past: bool = False

    def query(self) -> Select[*tuple[Any, ...]]:
        query: Select[*tuple[Any, ...]] = (
            select(Service, Provider, Return)
            .join(Provider, Provider.id == Service.provider_id)
            .outerjoin(Return, and_(Return.service_id == Service.id, Return.period == str(self.period)))
            .where(or_(Return.id.is_not(None), Service.worked_between(self.period.first_day, self.period.last_day)))
        )
        if self.type_code is not None:
            query = query.where(Service.type_code == self.type_code)
        if self.identifier is not None:
            query = query.where(Service.identifier == self.identifier)
        if self.late_from is not None:
            late = Return.first_submitted_at_utc >= self.late_from
            query = query.where(or_(late, Return.first_submitted_at_utc.is_(None)) if self.is_past else late)
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
    columns = (*SERVICE_COLUMNS, Return.state, Return.first_submitted_at_utc)
    query = selection.query().with_only_columns(*columns).where(Service.provider_id.in_(provider_ids))
    if states is not None:
        query = query.where(STATE.in_(states))
    rows = db.session.execute(query.order_by(Service.register_id))
    return [_row(selection.period, row[: len(SERVICE_COLUMNS)], row.state, row.first_submitted_at_utc) for row in rows]


def rows_of_own(periods: Sequence[Period], icos: Collection[str]) -> dict[Period, list[BoardRow]]:
    """All services of the providers in each quarter that they worked in, by the register's numbers.

    Two statements, however many services and quarters there are.
    """
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
            if stored is not None:
                found[period].append(_row(period, columns, stored.state, stored.first_submitted_at_utc))
            elif worked:
                found[period].append(_row(period, columns, None, None))
    return dict(found)


def _row(period: Period, columns: Any, state: str | None, first_submitted_at_utc: datetime | None) -> BoardRow:
    return BoardRow(
        ServiceHead(*columns), period, None if state is None else ReturnState(state), first_submitted_at_utc
    )
