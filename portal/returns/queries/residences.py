"""The territory part of returns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from portal.catalog.models import Service
from portal.core.db import db
from portal.returns.models import Return, ReturnResidence, ReturnResidenceChange, ReturnResidencePart
from portal.returns.queries.many import chunks
from portal.returns.residences.types import ResidenceKey, Residences, ResidenceState
from portal.returns.types import Period

_ROW = (
    ReturnResidence.municipality_code,
    ReturnResidence.target_group,
    ReturnResidence.adverse_situation,
    ReturnResidence.persons,
)


def residences_of(return_id: int) -> Residences:
    """The territory part of a return. One query."""
    return _residences(ReturnResidencePart.return_id == return_id)


def residences_before(service_id: int, period: Period) -> Residences:
    """The territory part of the service in the quarter before ``period``. One query."""
    wanted = select(Return.id).where(Return.service_id == service_id, Return.period == str(period.previous))
    return _residences(ReturnResidencePart.return_id.in_(wanted))


def _residences(of_the_return: ColumnElement[bool]) -> Residences:
    query = (
        select(ReturnResidencePart.state, ReturnResidencePart.version, ReturnResidence)
        .outerjoin(ReturnResidence, ReturnResidence.return_id == ReturnResidencePart.return_id)
        .where(of_the_return)
        .order_by(ReturnResidence.id)
    )
    rows = db.session.execute(query).all()
    if not rows:
        return Residences()
    return Residences(
        ResidenceState(rows[0].state),
        rows[0].version,
        {_key(row): row.persons for _state, _version, row in rows if row is not None},
    )


def parts_of_services(service_ids: Collection[int], period: Period) -> dict[int, Residences]:
    """The territory parts of a quarter by service; a service without one is left out. A query for some hundred."""
    found: dict[int, Residences] = {}
    for chunk in chunks(service_ids):
        query = (
            select(Return.service_id, ReturnResidencePart.state, ReturnResidencePart.version, *_ROW)
            .join(ReturnResidencePart, ReturnResidencePart.return_id == Return.id)
            .outerjoin(ReturnResidence, ReturnResidence.return_id == Return.id)
            .where(Return.service_id.in_(chunk), Return.period == str(period))
            .order_by(Return.service_id, ReturnResidence.id)
        )
        for service_id, state, version, municipality, group, situation, persons in db.session.execute(query):
            part = found.setdefault(service_id, Residences(ResidenceState(state), version, {}))
            if municipality is not None:
                rows: dict[ResidenceKey, int] = part.rows  # type: ignore[assignment]  # made above
                rows[ResidenceKey(municipality, group, situation)] = persons
    return found


def stored_parts(return_ids: Collection[int]) -> dict[int, ReturnResidencePart]:
    """The parts of many returns, to be written."""
    found: dict[int, ReturnResidencePart] = {}
    for chunk in chunks(return_ids):
        query = select(ReturnResidencePart).where(ReturnResidencePart.return_id.in_(chunk))
        found.update((part.return_id, part) for part in db.session.scalars(query))
    return found


def stored_rows_of(return_ids: Collection[int]) -> dict[int, dict[ResidenceKey, ReturnResidence]]:
    """The rows of many returns, to be written."""
    found: dict[int, dict[ResidenceKey, ReturnResidence]] = {one: {} for one in return_ids}
    for chunk in chunks(return_ids):
        query = select(ReturnResidence).where(ReturnResidence.return_id.in_(chunk)).order_by(ReturnResidence.id)
        for row in db.session.scalars(query):
            found[row.return_id][_key(row)] = row
    return found


def part_of(return_id: int) -> ReturnResidencePart | None:
    return db.session.get(ReturnResidencePart, return_id)


def stored_rows(return_id: int) -> dict[ResidenceKey, ReturnResidence]:
    query = select(ReturnResidence).where(ReturnResidence.return_id == return_id).order_by(ReturnResidence.id)
    return {_key(row): row for row in db.session.scalars(query)}


def changes_of(return_id: int) -> list[ReturnResidenceChange]:
    """All changes, the latest first."""
    query = (
        select(ReturnResidenceChange)
        .where(ReturnResidenceChange.return_id == return_id)
        .order_by(ReturnResidenceChange.version.desc(), ReturnResidenceChange.id.desc())
    )
    return list(db.session.scalars(query))


def residence_rows(
    period: Period, *, type_code: str | tuple[str, ...] | None, states: Sequence[str]
) -> list[tuple[Any, ...]]:
    """(service id, municipality, target group, adverse situation, persons) of many returns, services in order."""
    query = (
        select(
            Return.service_id,
            ReturnResidence.municipality_code,
            ReturnResidence.target_group,
            ReturnResidence.adverse_situation,
            ReturnResidence.persons,
        )
        .join(Return, Return.id == ReturnResidence.return_id)
        .where(Return.period == str(period), Return.state.in_(states))
        .order_by(Return.service_id, ReturnResidence.id)
    )
    if type_code is not None:
        codes = (type_code,) if isinstance(type_code, str) else type_code
        query = query.join(Service, Service.id == Return.service_id).where(Service.type_code.in_(codes))
    return [tuple(row) for row in db.session.execute(query)]


def residence_states(period: Period, *, states: Sequence[str]) -> list[tuple[Any, ...]]:
    """(service id, type, state of the territory part) of the services that owe a return of the quarter.

    The state is None where there is no part, or none in a return in one of ``states``.
    """
    counts = and_(ReturnResidencePart.return_id == Return.id, Return.state.in_(states))
    query = (
        select(Service.id, Service.type_code, ReturnResidencePart.state)
        .outerjoin(Return, and_(Return.service_id == Service.id, Return.period == str(period)))
        .outerjoin(ReturnResidencePart, counts)
        .where(or_(Return.id.is_not(None), Service.worked_between(period.first_day, period.last_day)))
        .order_by(Service.id)
    )
    return [tuple(row) for row in db.session.execute(query)]


def _key(row: ReturnResidence) -> ResidenceKey:
    return ResidenceKey(row.municipality_code, row.target_group, row.adverse_situation)
