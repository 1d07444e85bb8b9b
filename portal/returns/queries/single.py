"""One return and its service."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from portal.catalog.models import Provider, Service, ServiceForm
from portal.core.cells import Cell, CellState
from portal.core.db import db
from portal.returns.models import ReportingPeriod, Return, ReturnCell, ReturnCellChange, ReturnEvent, ReturnNote
from portal.returns.queries.deadlines import dates_of
from portal.returns.readings import ChangeLine, EventLine, Quarter, ReportingService
from portal.returns.types import FINAL_STATES, CellKey, Period, ReportingDates, ReturnAction


def find_service(register_id: int, period: Period) -> tuple[ReportingService, bool] | None:
    """The service with its forms, and whether it worked at any time of the quarter."""
    query = (
        select(Service, Provider, ServiceForm.form)
        .join(Provider, Provider.id == Service.provider_id)
        .outerjoin(ServiceForm, ServiceForm.service_id == Service.id)
        .where(Service.register_id == register_id)
        .order_by(ServiceForm.form)
    )
    rows = db.session.execute(query).all()
    if not rows:
        return None
    service, provider = rows[0][0], rows[0][1]
    head = ReportingService(
        id=service.id,
        register_id=service.register_id,
        identifier=service.identifier,
        name=service.name,
        type_code=service.type_code,
        provider_ico=provider.ico,
        provider_name=provider.name,
        forms=tuple(form for _service, _provider, form in rows if form is not None),
    )
    worked = (service.started_on is None or service.started_on <= period.last_day) and (
        service.ended_on is None or service.ended_on >= period.first_day
    )
    return head, worked


def list_periods() -> list[ReportingDates]:
    """All opened quarters, the latest first."""
    rows = db.session.scalars(select(ReportingPeriod).order_by(ReportingPeriod.period.desc()))
    return [dates_of(row) for row in rows]


def find_return(service_id: int, period: Period, *, for_update: bool = False) -> Return | None:
    """The stored return; ``for_update`` keeps others from changing it until the unit of work ends."""
    query = select(Return).where(Return.service_id == service_id, Return.period == str(period))
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def stored_cells(return_id: int) -> list[ReturnCell]:
    query = select(ReturnCell).where(ReturnCell.return_id == return_id).order_by(ReturnCell.form, ReturnCell.field)
    return list(db.session.scalars(query))


def cell_of(state: str, value: object) -> Cell:
    return Cell(CellState(state), value)  # type: ignore[arg-type]  # the column type gives Decimal or None


def recent_quarters(service_id: int, before: Period, count: int) -> list[Quarter]:
    """The cells of the last quarters that have a return, the latest first."""
    latest = (
        select(Return.id)
        .where(Return.service_id == service_id, Return.period < str(before))
        .order_by(Return.period.desc())
        .limit(count)
        .subquery()
    )
    query = (
        select(Return.period, ReturnCell.form, ReturnCell.field, ReturnCell.state, ReturnCell.value)
        .join(ReturnCell, ReturnCell.return_id == Return.id)
        .where(Return.id.in_(select(latest.c.id)))
        .order_by(Return.period.desc(), ReturnCell.form, ReturnCell.field)
    )
    quarters: dict[str, dict[CellKey, Cell]] = {}
    for period, form, field, state, value in db.session.execute(query):
        quarters.setdefault(period, {})[CellKey(form, field)] = cell_of(state, value)
    return [Quarter(Period.parse(period), cells) for period, cells in quarters.items()]


def cells_of_others(service: ReportingService, period: Period, fields: Collection[str]) -> list[dict[CellKey, Cell]]:
    """The cells of some fields in the accepted returns of all other services of the type, one mapping for each."""
    query = (
        select(ReturnCell.return_id, ReturnCell.form, ReturnCell.field, ReturnCell.state, ReturnCell.value)
        .join(Return, Return.id == ReturnCell.return_id)
        .join(Service, Service.id == Return.service_id)
        .where(Service.type_code == service.type_code, Service.id != service.id)
        .where(Return.period == str(period), Return.state.in_(FINAL_STATES), ReturnCell.field.in_(fields))
        .order_by(ReturnCell.return_id)
    )
    found: dict[int, dict[CellKey, Cell]] = {}
    for return_id, form, field, state, value in db.session.execute(query):
        found.setdefault(return_id, {})[CellKey(form, field)] = cell_of(state, value)
    return list(found.values())


def notes_of(return_id: int, submission_round: int) -> dict[CellKey, str]:
    query = select(ReturnNote).where(ReturnNote.return_id == return_id, ReturnNote.round == submission_round)
    return {CellKey(note.form, note.field): note.reason for note in db.session.scalars(query.order_by(ReturnNote.id))}


def events_of(return_id: int) -> Sequence[EventLine]:
    query = select(ReturnEvent).where(ReturnEvent.return_id == return_id).order_by(ReturnEvent.id)
    return [
        EventLine(event.at_utc, event.actor_name, ReturnAction(event.action), event.reason)
        for event in db.session.scalars(query)
    ]


def changes_of(return_id: int) -> Sequence[ChangeLine]:
    query = (
        select(ReturnCellChange)
        .where(ReturnCellChange.return_id == return_id)
        .order_by(ReturnCellChange.version, ReturnCellChange.id)
    )
    return [
        ChangeLine(
            key=CellKey(change.form, change.field),
            version=change.version,
            at_utc=change.at_utc,
            actor_name=change.actor_name,
            before=cell_of(change.from_state, change.from_value),
            after=cell_of(change.to_state, change.to_value),
        )
        for change in db.session.scalars(query)
    ]
