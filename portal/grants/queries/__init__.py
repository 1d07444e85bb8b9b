"""SELECTs of municipal support. Private to it."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from datetime import date
from typing import NamedTuple

from sqlalchemy import BigInteger, Numeric, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from portal.catalog.models import CatalogVersion, Provider, Service
from portal.core.cells import Cell, CellState
from portal.core.db import db
from portal.grants.models import GrantChange, GrantFigure, GrantSettlement
from portal.grants.types import Key, Kind, Side, SupportRow
from portal.returns.models import Return
from portal.returns.types import FINAL_STATES, Period

AT_ONCE = 500


class ServiceRow(NamedTuple):
    """A service with its provider and the days between which it worked; an unknown day binds nothing."""

    id: int
    register_id: int
    name: str
    type_code: str
    ico: str
    provider_name: str
    started_on: date | None
    ended_on: date | None

    def worked_between(self, first_day: date, last_day: date) -> bool:
        """Whether the service worked on at least one of these days."""
        return (self.started_on is None or self.started_on <= last_day) and (
            self.ended_on is None or self.ended_on >= first_day
        )

    def worked(self, year: int) -> frozenset[int]:
        """Quarters of the year in which the service worked on at least one day."""
        return frozenset(
            quarter
            for quarter in (1, 2, 3, 4)
            if self.worked_between(Period(year, quarter).first_day, Period(year, quarter).last_day)
        )


class KnownService(NamedTuple):
    id: int
    register_id: int
    identifier: str | None


_SERVICE = (
    *(Service.id, Service.register_id, Service.name, Service.type_code, Provider.ico, Provider.name),
    *(Service.started_on, Service.ended_on),
)


def support(
    years: Collection[int],
    *,
    municipality_code: str | None = None,
    type_code: str | None = None,
    register_id: int | None = None,
) -> list[SupportRow]:
    """Figures of the municipalities' side in these years, by service, municipality and kind. One statement."""
    query = (
        select(
            *(GrantFigure.service_id, Service.register_id, Service.name, Service.type_code),
            *(Provider.ico, Provider.name.label("provider_name"), GrantFigure.municipality_code, GrantFigure.year),
            *(GrantFigure.kind, GrantFigure.state, GrantFigure.value),
        )
        .join(Service, Service.id == GrantFigure.service_id)
        .join(Provider, Provider.id == Service.provider_id)
        .where(GrantFigure.side == Side.MUNICIPALITY, GrantFigure.year.in_(sorted(years)))
        .order_by(Service.register_id, GrantFigure.municipality_code, GrantFigure.year, GrantFigure.kind)
    )
    if municipality_code is not None:
        query = query.where(GrantFigure.municipality_code == municipality_code)
    if type_code is not None:
        query = query.where(Service.type_code == type_code)
    if register_id is not None:
        query = query.where(Service.register_id == register_id)
    return [SupportRow(*row[:8], Kind(row[8]), Cell(CellState(row[9]), row[10])) for row in db.session.execute(query)]


def support_mark(year: int) -> Hashable:
    """Changes with every change of what municipalities told of the year; None without figures."""
    return support_marks([year]).get(year)


def support_marks(years: Collection[int]) -> dict[int, Hashable]:
    """By year: number of figures of the municipalities' side, sum of their versions, last change. One statement, read
    from an index alone."""
    query = (
        select(GrantFigure.year, func.count(), func.sum(GrantFigure.version), func.max(GrantFigure.changed_at_utc))
        .where(GrantFigure.side == Side.MUNICIPALITY, GrantFigure.year.in_(sorted(years)))
        .group_by(GrantFigure.year)
    )
    return {row[0]: tuple(row[1:]) for row in db.session.execute(query)}


def support_columns(years: Collection[int]) -> dict[int, list[tuple[int, str, str, str, int | None]]]:
    """By year: service, municipality, kind, state and hellers of the municipalities' side. One statement."""
    hellers = cast(func.round(cast(GrantFigure.value, Numeric(16, 2, asdecimal=False)) * 100), BigInteger)
    query = select(
        *(GrantFigure.year, GrantFigure.service_id, GrantFigure.municipality_code),
        *(GrantFigure.kind, GrantFigure.state, hellers),
    ).where(GrantFigure.side == Side.MUNICIPALITY, GrantFigure.year.in_(sorted(years)))
    found: dict[int, list[tuple[int, str, str, str, int | None]]] = {year: [] for year in years}
    for row in db.session.execute(query):
        found[row[0]].append((row[1], row[2], row[3], row[4], row[5]))
    return found


def services_mark() -> Hashable:
    """Changes when services are added or removed, and with the version of the catalogue, which counts their changes."""
    version = select(CatalogVersion.number).limit(1).scalar_subquery()
    query = select(func.count(), func.max(Service.id), func.sum(Service.register_id), version)
    return tuple(db.session.execute(query).one())


def all_services() -> list[ServiceRow]:
    """Every service, by the register's numbers."""
    query = select(*_SERVICE).join(Provider, Provider.id == Service.provider_id).order_by(Service.register_id)
    return [ServiceRow(*row) for row in db.session.execute(query)]


def years_of_support(first: int, last: int) -> list[int]:
    """Years from the first to the last one that some municipality told a number of, the latest first."""
    told = aliased(GrantFigure)
    of_side = select(GrantFigure.year).where(
        GrantFigure.side == Side.MUNICIPALITY, GrantFigure.year.between(first, last)
    )
    years = of_side.distinct().subquery()  # read from an index alone; then one number of each year is looked for
    has_number = exists().where(told.side == Side.MUNICIPALITY, told.year == years.c.year, told.value.is_not(None))
    return list(db.session.scalars(select(years.c.year).where(has_number).order_by(years.c.year.desc())))


def services_of_year(year: int, *, icos: Collection[str] | None = None) -> list[ServiceRow]:
    """Services with an accepted return of the year, or with support in it, by the register's numbers."""
    periods = [str(Period(year, quarter)) for quarter in (1, 2, 3, 4)]
    with_returns = select(Return.service_id).where(Return.period.in_(periods), Return.state.in_(FINAL_STATES))
    with_support = select(GrantFigure.service_id).where(GrantFigure.side == Side.MUNICIPALITY, GrantFigure.year == year)
    query = (
        select(*_SERVICE)
        .join(Provider, Provider.id == Service.provider_id)
        .where(or_(Service.id.in_(with_returns), Service.id.in_(with_support)))
        .order_by(Service.register_id)
    )
    if icos is not None:
        query = query.where(Provider.ico.in_(sorted(icos)))
    return [ServiceRow(*row) for row in db.session.execute(query)]


def find_service(register_id: int) -> ServiceRow | None:
    query = select(*_SERVICE).join(Provider, Provider.id == Service.provider_id)
    row = db.session.execute(query.where(Service.register_id == register_id)).one_or_none()
    return None if row is None else ServiceRow(*row)


def known_services(register_ids: Collection[int], identifiers: Collection[str]) -> list[KnownService]:
    """Services of these numbers or identifiers; some hundreds in one statement."""
    found: dict[int, KnownService] = {}
    columns = (Service.id, Service.register_id, Service.identifier)
    for column, keys in ((Service.register_id, sorted(register_ids)), (Service.identifier, sorted(identifiers))):
        for start in range(0, len(keys), AT_ONCE):
            part = keys[start : start + AT_ONCE]
            for row in db.session.execute(select(*columns).where(column.in_(part))):
                found[row.id] = KnownService(*row)
    return list(found.values())


def figures_by_key(keys: Collection[Key], side: Side, *, for_update: bool = False) -> dict[Key, GrantFigure]:
    """Stored figures of one side by their place; some hundreds of services in one statement, locked if wanted."""
    wanted = set(keys)
    service_ids, years = sorted({key.service_id for key in wanted}), sorted({key.year for key in wanted})
    found: dict[Key, GrantFigure] = {}
    for start in range(0, len(service_ids), AT_ONCE):
        query = select(GrantFigure).where(
            GrantFigure.side == side,
            GrantFigure.year.in_(years),
            GrantFigure.service_id.in_(service_ids[start : start + AT_ONCE]),
        )
        query = query.order_by(GrantFigure.id).execution_options(populate_existing=True)
        for row in db.session.scalars(query.with_for_update() if for_update else query):
            key = key_of(row)
            if key in wanted:
                found[key] = row
    return found


def key_of(row: GrantFigure | GrantSettlement) -> Key:
    return Key(row.service_id, row.municipality_code, row.year, Kind(row.kind))


def record_figures(service_id: int, municipality_code: str, year: int) -> list[GrantFigure]:
    """Both sides of one service, municipality and year."""
    query = select(GrantFigure).where(
        GrantFigure.service_id == service_id,
        GrantFigure.municipality_code == municipality_code,
        GrantFigure.year == year,
    )
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def record_settlements(service_id: int, municipality_code: str, year: int) -> list[GrantSettlement]:
    query = select(GrantSettlement).where(
        GrantSettlement.service_id == service_id,
        GrantSettlement.municipality_code == municipality_code,
        GrantSettlement.year == year,
    )
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def record_changes(service_id: int, municipality_code: str, year: int, limit: int) -> list[GrantChange]:
    """The last steps of the history of one service, municipality and year, the youngest first."""
    query = select(GrantChange).where(
        GrantChange.service_id == service_id,
        GrantChange.municipality_code == municipality_code,
        GrantChange.year == year,
    )
    return list(db.session.scalars(query.order_by(GrantChange.id.desc()).limit(limit)))
