"""SELECTs of the ministry's reporting. Private to it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import selectinload

from portal.benchmarking.ministry.models import (
    MinistryFigure,
    MinistryImport,
    MinistryImportChange,
    MinistrySource,
    Reconciliation,
)
from portal.catalog.models import Provider, Service
from portal.core.db import db
from portal.returns.models import Return, ReturnCell
from portal.returns.types import ALL, FINAL_STATES, Period

AT_ONCE = 500


class KnownService(NamedTuple):
    id: int
    register_id: int
    identifier: str | None


class ServiceRow(NamedTuple):
    """A service with its provider and the quarters of the year in which it worked."""

    id: int
    register_id: int
    name: str
    type_code: str
    ico: str
    provider_name: str
    worked: tuple[int, ...]


class FigureRow(NamedTuple):
    service_id: int
    item: str
    state: str
    value: Decimal | None
    row: int


class QuarterRow(NamedTuple):
    service_id: int
    period: str
    item: str
    state: str
    value: Decimal | None


def sources() -> list[MinistrySource]:
    return list(db.session.scalars(select(MinistrySource).order_by(MinistrySource.name)))


def source_named(name: str) -> MinistrySource | None:
    return db.session.scalar(select(MinistrySource).where(MinistrySource.name == name))


def lock_sources() -> None:
    """Make units of work that change figures take turns; SQLite has one writer anyway."""
    db.session.execute(select(MinistrySource.id).order_by(MinistrySource.id).with_for_update()).all()


def find_import(import_id: int) -> MinistryImport | None:
    """The row as it is in the database now, also when the session read it before."""
    query = select(MinistryImport).where(MinistryImport.id == import_id).options(selectinload(MinistryImport.source))
    return db.session.scalar(query.execution_options(populate_existing=True))


def imports_page(limit: int, offset: int) -> tuple[list[MinistryImport], int]:
    """A page of the history, latest first, and the number of all."""
    query = select(MinistryImport).options(selectinload(MinistryImport.source)).order_by(MinistryImport.id.desc())
    rows = list(db.session.scalars(query.limit(limit).offset(offset)))
    return rows, db.session.scalar(select(func.count()).select_from(MinistryImport)) or 0


def imports_of_content(content_hash: str, source_id: int) -> list[MinistryImport]:
    """Earlier imports of the same file from the same source, latest first."""
    query = select(MinistryImport).where(
        MinistryImport.content_hash == content_hash, MinistryImport.source_id == source_id
    )
    return list(db.session.scalars(query.order_by(MinistryImport.id.desc())))


def latest_applied() -> dict[int, int]:
    """The import whose figures are live, by year."""
    query = (
        select(MinistryImport.year, func.max(MinistryImport.id))
        .where(MinistryImport.state == "applied")
        .group_by(MinistryImport.year)
    )
    return {year: number for year, number in db.session.execute(query) if year is not None}


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


def figures_of_year(year: int, items: Collection[str] | None = None, ico: str | None = None) -> list[FigureRow]:
    """The ministry's figures of a year, in the order of the rows of their files."""
    query = select(
        MinistryFigure.service_id, MinistryFigure.item, MinistryFigure.state, MinistryFigure.value, MinistryFigure.row
    ).where(MinistryFigure.year == year)
    if items is not None:
        query = query.where(MinistryFigure.item.in_(items))
    if ico is not None:
        query = query.join(Service).join(Provider).where(Provider.ico == ico)
    return [
        FigureRow(*row) for row in db.session.execute(query.order_by(MinistryFigure.row, MinistryFigure.service_id))
    ]


def years_of_figures() -> list[int]:
    """Years that the ministry's figures are there for, the latest first."""
    return list(db.session.scalars(select(MinistryFigure.year).distinct().order_by(MinistryFigure.year.desc())))


def years_of_returns() -> list[int]:
    """Years with an accepted return, the latest first."""
    query = select(func.substr(Return.period, 1, 4)).where(Return.state.in_(FINAL_STATES)).distinct()
    return sorted({int(text) for text in db.session.scalars(query)}, reverse=True)


def changes_of(import_id: int) -> list[MinistryImportChange]:
    query = select(MinistryImportChange).where(MinistryImportChange.import_id == import_id)
    return list(db.session.scalars(query.order_by(MinistryImportChange.row, MinistryImportChange.item)))


def changes_page(import_id: int, kind: str, limit: int, offset: int) -> list[Any]:
    """A page of changes of one kind with their services, by the row of the file."""
    query = (
        select(MinistryImportChange, Service.register_id, Provider.ico, Service.name.label("service_name"))
        .join(Service, Service.id == MinistryImportChange.service_id)
        .join(Provider, Provider.id == Service.provider_id)
        .where(MinistryImportChange.import_id == import_id, MinistryImportChange.kind == kind)
        .order_by(MinistryImportChange.row, MinistryImportChange.item)
    )
    return list(db.session.execute(query.limit(limit).offset(offset)))


def services_of_year(
    year: int, *, type_code: str | None = None, ico: str | None = None, service_id: int | None = None
) -> list[ServiceRow]:
    """Services that worked in the year, or that the ministry has figures of, by the register's numbers."""
    first, last = Period(year, 1), Period(year, 4)
    has_figures = select(MinistryFigure.service_id).where(MinistryFigure.year == year)
    query = (
        select(
            *(Service.id, Service.register_id, Service.name, Service.type_code, Provider.ico, Provider.name),
            *(Service.started_on, Service.ended_on),
        )
        .join(Provider, Provider.id == Service.provider_id)
        .where(or_(Service.worked_between(first.first_day, last.last_day), Service.id.in_(has_figures)))
        .order_by(Service.register_id)
    )
    if type_code is not None:
        query = query.where(Service.type_code == type_code)
    if ico is not None:
        query = query.where(Provider.ico == ico)
    if service_id is not None:
        query = query.where(Service.id == service_id)
    return [ServiceRow(*row[:6], _worked(year, row[6], row[7])) for row in db.session.execute(query)]


def _worked(year: int, started_on: Any, ended_on: Any) -> tuple[int, ...]:
    return tuple(
        quarter
        for quarter in (1, 2, 3, 4)
        if (started_on is None or started_on <= Period(year, quarter).last_day)
        and (ended_on is None or ended_on >= Period(year, quarter).first_day)
    )


def quarter_cells(
    year: int,
    items: Collection[str],
    *,
    type_code: str | None = None,
    ico: str | None = None,
    service_id: int | None = None,
) -> Iterator[QuarterRow]:
    """Cells of the accepted returns of a year, for these items."""
    periods = [str(Period(year, quarter)) for quarter in (1, 2, 3, 4)]
    query = (
        select(Return.service_id, Return.period, ReturnCell.field, ReturnCell.state, ReturnCell.value)
        .join(ReturnCell, ReturnCell.return_id == Return.id)
        .where(Return.period.in_(periods), Return.state.in_(FINAL_STATES))
        .where(ReturnCell.form == ALL, ReturnCell.field.in_(items))
    )
    if type_code is not None or ico is not None:
        query = query.join(Service, Service.id == Return.service_id).join(Provider, Provider.id == Service.provider_id)
    if type_code is not None:
        query = query.where(Service.type_code == type_code)
    if ico is not None:
        query = query.where(Provider.ico == ico)
    if service_id is not None:
        query = query.where(Return.service_id == service_id)
    for row in db.session.execute(query):
        yield QuarterRow(*row)


def service_by_register_id(register_id: int) -> tuple[int, str] | None:
    """Id and provider's IČO of a service."""
    query = select(Service.id, Provider.ico).join(Provider, Provider.id == Service.provider_id)
    row = db.session.execute(query.where(Service.register_id == register_id)).one_or_none()
    return None if row is None else (row[0], row[1])


def reconciliations(year: int, items: Collection[str]) -> list[Reconciliation]:
    """What was decided about differences of a year."""
    query = select(Reconciliation).where(Reconciliation.year == year, Reconciliation.item.in_(items))
    return list(db.session.scalars(query))


def reconciliation_of(service_id: int, year: int, item: str) -> Reconciliation | None:
    query = select(Reconciliation).where(
        Reconciliation.service_id == service_id, Reconciliation.year == year, Reconciliation.item == item
    )
    return db.session.scalar(
        query.options(selectinload(Reconciliation.messages)).execution_options(populate_existing=True)
    )


def questions_for(icos: Collection[str]) -> list[tuple[Reconciliation, ServiceRow]]:
    """Differences that these providers were asked about, those that wait for them first."""
    query = (
        select(
            Reconciliation,
            *(Service.id, Service.register_id, Service.name, Service.type_code, Provider.ico, Provider.name),
        )
        .join(Service, Service.id == Reconciliation.service_id)
        .join(Provider, Provider.id == Service.provider_id)
        .where(Provider.ico.in_(icos), Reconciliation.asked.is_(True))
        .options(selectinload(Reconciliation.messages))
        .order_by(Reconciliation.year.desc(), Service.register_id, Reconciliation.item)
    )
    rows = [(row[0], ServiceRow(*row[1:7], ())) for row in db.session.execute(query)]
    return sorted(rows, key=lambda pair: pair[0].waits_for != "provider")


def waiting_count(waits_for: str, icos: Collection[str] | None = None) -> int:
    """How many differences wait for somebody (of these providers)."""
    query = select(func.count()).select_from(Reconciliation).where(Reconciliation.waits_for == waits_for)
    if icos is not None:
        query = (
            query.join(Service, Service.id == Reconciliation.service_id).join(Provider).where(Provider.ico.in_(icos))
        )
    return db.session.scalar(query) or 0


def figures_of_services(service_ids: Sequence[int], year: int) -> dict[tuple[int, str], MinistryFigure]:
    """Stored rows by service and item, some hundreds of services in one statement."""
    found: dict[tuple[int, str], MinistryFigure] = {}
    for start in range(0, len(service_ids), AT_ONCE):
        part = service_ids[start : start + AT_ONCE]
        query = select(MinistryFigure).where(MinistryFigure.year == year, MinistryFigure.service_id.in_(part))
        found.update({(row.service_id, row.item): row for row in db.session.scalars(query)})
    return found
