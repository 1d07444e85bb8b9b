"""Many returns at once, each kind of rows in one statement for some hundred services."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import func, or_, select

from portal.catalog.models import Provider, Service, ServiceForm
from portal.core.cells import Cell
from portal.core.db import db
from portal.returns.models import Return, ReturnCell, ReturnCellChange, ReturnImportItem
from portal.returns.queries.deadlines import exceptions_of_providers
from portal.returns.queries.single import cell_of
from portal.returns.readings import ReportingService
from portal.returns.types import CellKey, Period, ReportingDates

CHUNK = 500


def services_by_number(register_ids: Collection[int], period: Period) -> dict[int, tuple[ReportingService, bool]]:
    """Services with their forms by the register's numbers, and whether each worked in the quarter."""
    found: dict[int, tuple[ReportingService, bool]] = {}
    for chunk in chunks(register_ids):
        rows = db.session.execute(
            select(
                Service.id,
                Service.register_id,
                Service.identifier,
                Service.name,
                Service.type_code,
                Provider.ico,
                Provider.name,
                Service.started_on,
                Service.ended_on,
            )
            .join(Provider, Provider.id == Service.provider_id)
            .where(Service.register_id.in_(chunk))
        ).all()
        forms: dict[int, list[str]] = {}
        query = select(ServiceForm.service_id, ServiceForm.form).where(ServiceForm.service_id.in_([r[0] for r in rows]))
        for service_id, form in db.session.execute(query.order_by(ServiceForm.service_id, ServiceForm.form)):
            forms.setdefault(service_id, []).append(form)
        for row in rows:
            number, register_id, identifier, name, type_code, ico, provider_name, started_on, ended_on = row
            head = ReportingService(
                number, register_id, identifier, name, type_code, ico, provider_name, tuple(forms.get(number, ()))
            )
            worked = (started_on is None or started_on <= period.last_day) and (
                ended_on is None or ended_on >= period.first_day
            )
            found[head.register_id] = (head, worked)
    return found


def numbers_in(period: Period, icos: Collection[str] | None, type_code: str | None, limit: int) -> list[int]:
    """The register's numbers of services that worked in the quarter; of some providers (None: all), of one type."""
    query = (
        select(Service.register_id)
        .join(Provider, Provider.id == Service.provider_id)
        .where(Service.worked_between(period.first_day, period.last_day))
        .order_by(Provider.name, Provider.ico, Service.register_id)
        .limit(limit)
    )
    if icos is not None:
        query = query.where(Provider.ico.in_(icos))
    if type_code:
        query = query.where(Service.type_code == type_code)
    return list(db.session.scalars(query))


def returns_of(service_ids: Collection[int], period: Period, *, for_update: bool = False) -> dict[int, Return]:
    """The stored returns of a quarter by service."""
    found: dict[int, Return] = {}
    for chunk in chunks(service_ids):
        query = select(Return).where(Return.service_id.in_(chunk), Return.period == str(period)).order_by(Return.id)
        if for_update:
            query = query.with_for_update().execution_options(populate_existing=True)
        found.update((one.service_id, one) for one in db.session.scalars(query))
    return found


def dates_by_service(dates: ReportingDates, heads: Collection[ReportingService]) -> dict[int, ReportingDates]:
    """The dates of a quarter for each service, with the time that was granted to it or to its provider."""
    ends: dict[int, datetime] = {}
    for icos in chunks({head.provider_ico for head in heads}):
        for _period, service_id, end in exceptions_of_providers([dates.period], icos):
            ends[service_id] = max(end, ends.get(service_id, end))
    return {head.id: dates.extended(ends.get(head.id)) for head in heads}


def cells_of(return_ids: Collection[int]) -> tuple[dict[int, dict[CellKey, Cell]], dict[int, dict[CellKey, str]]]:
    """Cells and comments by return."""
    cells: dict[int, dict[CellKey, Cell]] = {one: {} for one in return_ids}
    comments: dict[int, dict[CellKey, str]] = {one: {} for one in return_ids}
    for chunk in chunks(return_ids):
        query = select(
            ReturnCell.return_id,
            ReturnCell.form,
            ReturnCell.field,
            ReturnCell.state,
            ReturnCell.value,
            ReturnCell.comment,
        ).where(ReturnCell.return_id.in_(chunk))
        for return_id, form, code, state, value, comment in db.session.execute(query):
            key = CellKey(form, code)
            cells[return_id][key] = cell_of(state, value)
            if comment:
                comments[return_id][key] = comment
    return cells, comments


def history_of(
    service_ids: Collection[int], before: Period, count: int, fields: Collection[str]
) -> dict[int, dict[Period, dict[CellKey, Cell]]]:
    """Earlier quarters by service: all cells of the quarter before, of the last ``count`` returns only some fields."""
    found: dict[int, dict[Period, dict[CellKey, Cell]]] = {}
    periods: dict[str, Period] = {}
    for chunk in chunks(service_ids):
        place = func.row_number().over(partition_by=Return.service_id, order_by=Return.period.desc())
        latest = (
            select(Return.id, Return.service_id, Return.period, place.label("place"))
            .where(Return.service_id.in_(chunk), Return.period < str(before))
            .subquery()
        )
        query = (
            select(
                latest.c.service_id,
                latest.c.period,
                ReturnCell.form,
                ReturnCell.field,
                ReturnCell.state,
                ReturnCell.value,
            )
            .join(ReturnCell, ReturnCell.return_id == latest.c.id)
            .where(latest.c.place <= count)
            .where(or_(latest.c.period == str(before.previous), ReturnCell.field.in_(fields)))
        )
        for service_id, text, form, code, state, value in db.session.execute(query):
            period = periods.setdefault(text, Period.parse(text))
            quarters = found.setdefault(service_id, {})
            quarters.setdefault(period, {})[CellKey(form, code)] = cell_of(state, value)
    return found


def changes_since(import_id: int) -> dict[int, set[CellKey]]:
    """Cells changed after an import wrote its returns, by service."""
    query = (
        select(Return.service_id, ReturnCellChange.form, ReturnCellChange.field)
        .join(Return, Return.id == ReturnCellChange.return_id)
        .join(ReturnImportItem, ReturnImportItem.service_id == Return.service_id)
        .where(ReturnImportItem.import_id == import_id, ReturnCellChange.version > ReturnImportItem.after_version)
    )
    found: dict[int, set[CellKey]] = {}
    for service_id, form, code in db.session.execute(query):
        found.setdefault(service_id, set()).add(CellKey(form, code))
    return found


def items_of(import_id: int) -> Sequence[ReturnImportItem]:
    """What an import writes, by the register's numbers."""
    query = select(ReturnImportItem).where(ReturnImportItem.import_id == import_id)
    return list(db.session.scalars(query.order_by(ReturnImportItem.register_id)))


def items_of_imports(import_ids: Collection[int]) -> dict[int, list[ReturnImportItem]]:
    """What each of some imports writes."""
    found: dict[int, list[ReturnImportItem]] = {}
    query = select(ReturnImportItem).where(ReturnImportItem.import_id.in_(import_ids))
    for item in db.session.scalars(query.order_by(ReturnImportItem.import_id, ReturnImportItem.register_id)):
        found.setdefault(item.import_id, []).append(item)
    return found


def chunks(ids: Collection[Any]) -> Iterator[list[Any]]:
    """Ids in order, some hundred at a time."""
    iterator = iter(sorted(set(ids)))
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk
