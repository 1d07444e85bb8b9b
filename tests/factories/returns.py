"""Reporting periods and returns with cells, as the tests need them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from portal.catalog.models import Provider, Service
from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.jobs import Job, JobState
from portal.returns.calc import with_totals
from portal.returns.definition import definition_for
from portal.returns.jobs import CHECK_JOB
from portal.returns.models import (
    ReportingPeriod,
    Return,
    ReturnCell,
    ReturnException,
    ReturnImport,
    ReturnImportItem,
)
from portal.returns.service.changes import counts, tell_counted_changed
from portal.returns.types import ALL, CellKey, Period, ReturnState, midnight
from tests.factories.catalog import make_service

NA = "not_applicable"  # in ``cells``: the figure does not concern the service
CellValue = int | float | str | Decimal | None


def make_period(period: str | Period, *, on_time_until: date | None = None, closes_on: date | None = None) -> Period:
    """A quarter that the kraj opened; by default on time until the 25th day after it, closed from the 40th."""
    parsed = Period.parse(period) if isinstance(period, str) else period
    if db.session.get(ReportingPeriod, str(parsed)) is None:
        on_time_until = on_time_until or parsed.last_day + timedelta(days=25)
        db.session.add(
            ReportingPeriod(
                period=str(parsed),
                on_time_until=on_time_until,
                closes_on=closes_on or on_time_until + timedelta(days=15),
                opened_at_utc=now_utc(),
            )
        )
        db.session.flush()
    return parsed


def make_exception(
    period: str | Period, whose: Provider | Service, *, last_day: date = date(2030, 12, 31)
) -> ReturnException:
    """More time for a provider or a service, the last day included."""
    until = last_day + timedelta(days=1)
    made = ReturnException(
        period=str(make_period(period)),
        provider_id=whose.id if isinstance(whose, Provider) else whose.provider_id,
        service_id=whose.id if isinstance(whose, Service) else None,
        until=until,
        ends_at_utc=midnight(until),
        reason="Nemoc účetní",
        granted_at_utc=now_utc(),
        granted_by_name="Karel Krajský",
    )
    db.session.add(made)
    db.session.flush()
    return made


def make_reporting_service(
    provider: Provider | None = None,
    *,
    type_code: str = "46",
    forms: Sequence[str] = ("outpatient",),
    **columns: Any,
) -> Service:
    """A service of these forms that returns are asked of, with a provider of its own unless one is given."""
    return make_service(provider, type_code=type_code, forms={form: {} for form in forms}, facilities=(), **columns)


def make_return(
    service: Service,
    period: str | Period,
    cells: Mapping[str | tuple[str, str], CellValue] | None = None,
    *,
    state: ReturnState | str = ReturnState.ACCEPTED,
) -> Return:
    """A return of the service with a row for each cell that its form asks for.

    ``cells`` maps a field (``"direct_hours"``: in every form that is asked for it) or ``(form, field)`` to a number,
    to NA or to None (not supplied, which is also the default). A computed total may be given as well: its first part
    then has the number and the others are zero, so that the return is one that the portal could have stored.
    """
    parsed = make_period(period)
    definition = definition_for(parsed)
    keys = definition.cells_for(service.type_code, {form.form for form in service.forms})
    given = dict(cells or {})
    stored = {key: _cell(given.get(tuple(key), given.get(key.field))) for key in keys}
    for key in keys:
        if tuple(key) in given or key.field in given:
            stored.update(_parts(definition.field(key.field).sum_of, key, stored[key]))
    stored = with_totals(definition, keys, stored)
    unknown = [name for name in given if not any(name in (key.field, tuple(key)) for key in keys)]
    assert not unknown, f"the form does not ask this service for {unknown}"
    submitted_at = None if state == ReturnState.DRAFT else now_utc()
    decided_at = None if state in (ReturnState.DRAFT, ReturnState.SUBMITTED) else now_utc()
    made = Return(
        service_id=service.id,
        period=str(parsed),
        form_version=definition.code,
        state=str(state),
        version=1,
        round=0 if state == ReturnState.DRAFT else 1,
        created_at_utc=now_utc(),
        first_submitted_at_utc=submitted_at,
        submitted_at_utc=submitted_at,
        decided_at_utc=decided_at,
        cells=[
            ReturnCell(form=key.form, field=key.field, state=str(cell.state), value=cell.number)
            for key, cell in stored.items()
        ],
    )
    db.session.add(made)
    db.session.flush()
    if counts(made.state):
        tell_counted_changed([made.id])
    return made


def make_file(service: Service, period: str | Period) -> ReturnImport:
    """An uploaded file with an error about one return of the service."""
    made = ReturnImport(
        content_hash="0" * 64,
        file_name="vykaz.xlsx",
        period=str(period),
        form_version="quarterly_2026",
        state="blocked",
        empty=0,
        errors=0,
        warnings=0,
        problems=[],
        marked=b"PK",
        created_at_utc=now_utc(),
        actor_name="Eva Editorová",
    )
    db.session.add(made)
    db.session.flush()
    db.session.add(
        ReturnImportItem(
            import_id=made.id,
            service_id=service.id,
            register_id=service.register_id,
            provider_ico=service.provider.ico,
            name=service.name,
            kind="changed",
            base_version=1,
            missing=0,
            changed_cells=1,
            emptied_cells=0,
            cells={},
            comments={},
        )
    )
    db.session.flush()
    return made


def cell_key(field: str, form: str = ALL) -> CellKey:
    return CellKey(form, field)


def _parts(codes: Sequence[str], total: CellKey, cell: Cell) -> dict[CellKey, Cell]:
    rest = Cell.of(0) if cell.state.has_number else cell
    return {CellKey(total.form, code): cell if place == 0 else rest for place, code in enumerate(codes)}


def _cell(value: CellValue) -> Cell:
    if value == NA:
        return NOT_APPLICABLE
    if value is None:
        return NOT_SUPPLIED
    return Cell.of(Decimal(str(value)))


def make_running_check(user_id: int) -> str:
    """A large file of returns that the worker is just checking for a person; the id of the job."""
    job_id = uuid.uuid4().hex
    arguments = {"folder": "", "name": "vykazy.xlsx", "period": "2026Q2", "language": "cs"}
    row = Job(
        id=job_id,
        kind=CHECK_JOB,
        state=JobState.RUNNING,
        arguments=arguments,
        result={},
        user_id=user_id,
        created_at_utc=now_utc(),
    )
    db.session.add(row)
    db.session.flush()
    return job_id
