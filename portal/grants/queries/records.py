"""Both sides of every kind of support, filtered and put in order by the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from portal.catalog.models import Provider, Service
from portal.core.cells import CellState
from portal.core.db import db
from portal.grants.models import GrantFigure, GrantSettlement
from portal.grants.types import Agreement, Decision, RecordFilter, Reply, Side

_GAVE, _RECEIVED = aliased(GrantFigure), aliased(GrantFigure)


def pairs(
    year: int,
    municipalities: Collection[str] | None,
    icos: Collection[str] | None,
    wanted: RecordFilter,
    *,
    limit: int | None = None,
    offset: int = 0,
) -> Sequence[Row[Any]]:
    """Rows of what reaches the reader (two times None is all): differences that nobody settled first.

    Columns: the service as in ``ServiceRow``, ``municipality_code``, ``kind``, the municipality's and the provider's
    figure (None where there is none), ``decision`` (None: open) and ``number``, how many rows there are without the
    limit. One statement.
    """
    places = (
        select(GrantFigure.service_id, GrantFigure.municipality_code, GrantFigure.kind)
        .where(GrantFigure.year == year)
        .distinct()
    )
    if wanted.municipality_code:
        places = places.where(GrantFigure.municipality_code == wanted.municipality_code)
    if wanted.kind:
        places = places.where(GrantFigure.kind == wanted.kind)
    place = places.subquery()
    settled = and_(
        GrantSettlement.service_id == place.c.service_id,
        GrantSettlement.municipality_code == place.c.municipality_code,
        GrantSettlement.year == year,
        GrantSettlement.kind == place.c.kind,
    )
    agreement, decision = _agreement(), func.coalesce(GrantSettlement.state, str(Decision.OPEN))
    query = (
        select(
            *(Service.id, Service.register_id, Service.name, Service.type_code, Provider.ico, Provider.name),
            *(Service.started_on, Service.ended_on, place.c.municipality_code, place.c.kind),
            *(_GAVE, _RECEIVED, GrantSettlement.state.label("decision"), func.count().over().label("number")),
        )
        .select_from(place)
        .join(Service, Service.id == place.c.service_id)
        .join(Provider, Provider.id == Service.provider_id)
        .outerjoin(_GAVE, _of(place, year, _GAVE, Side.MUNICIPALITY))
        .outerjoin(_RECEIVED, _of(place, year, _RECEIVED, Side.PROVIDER))
        .outerjoin(GrantSettlement, settled)
        .order_by(
            case({str(each): rank for rank, each in enumerate(Agreement)}, value=agreement),
            case((decision == str(Decision.OPEN), 0), else_=1),
            *(Service.register_id, place.c.municipality_code, place.c.kind),
        )
    )
    if municipalities is not None or icos is not None:
        query = query.where(
            or_(place.c.municipality_code.in_(sorted(municipalities or ())), Provider.ico.in_(sorted(icos or ())))
        )
    for column, value in ((Service.type_code, wanted.type_code), (agreement, wanted.agreement)):
        if value:
            query = query.where(column == str(value))
    if wanted.decision:
        query = query.where(decision == str(wanted.decision))
    if limit is not None:
        query = query.limit(limit).offset(offset)
    return db.session.execute(query).all()


def _of(place: Any, year: int, figure: Any, side: Side) -> ColumnElement[bool]:
    return and_(
        figure.service_id == place.c.service_id,
        figure.municipality_code == place.c.municipality_code,
        figure.year == year,
        figure.kind == place.c.kind,
        figure.side == str(side),
    )


def _agreement() -> ColumnElement[str]:
    """As ``calc.agreement``, which is its oracle."""
    gave, received = _GAVE, _RECEIVED
    gave_number, received_number = gave.value.is_not(None), received.value.is_not(None)
    amount = func.coalesce(gave.value, received.value)
    foreign = str(CellState.NOT_APPLICABLE)
    return case(
        (and_(~gave_number, ~received_number), str(Agreement.NONE)),
        (and_(gave_number, received_number, gave.value == received.value), str(Agreement.AGREES)),
        (and_(gave_number, received_number), str(Agreement.DIFFERS)),
        (or_(gave.reply == str(Reply.DISPUTED), received.reply == str(Reply.DISPUTED)), str(Agreement.DIFFERS)),
        (
            or_(gave.state == foreign, received.state == foreign),
            case((amount != 0, str(Agreement.DIFFERS)), else_=str(Agreement.AGREES)),
        ),
        (or_(gave.reply == str(Reply.CONFIRMED), received.reply == str(Reply.CONFIRMED)), str(Agreement.AGREES)),
        else_=str(Agreement.ONE_SIDED),
    )
