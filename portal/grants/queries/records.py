"""Both sides of every kind of support, filtered and put in order by the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from portal.catalog.models import Provider, Service
from portal.core.cells import CellState
from portal.core.db import db
from portal.grants.models import GrantFigure, GrantSettlement
from portal.grants.types import Agreement, Decision, RecordFilter, Reply, Side

_GAVE, _RECEIVED = aliased(GrantFigure), aliased(GrantFigure)
_READ = ("id", "state", "value", "reply")  # of each side
_ORDER = ("agreement_rank", "decision_rank", "register_id", "municipality_code", "kind")


class _SideColumns(NamedTuple):
    id: ColumnElement[int]
    state: ColumnElement[str]
    value: ColumnElement[Any]
    reply: ColumnElement[str]


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
    limit. One statement: what decides about the order is read of all, whole figures of those that are wanted alone.
    """
    ordered = _page(_places(year, municipalities, icos, wanted), year, municipalities, icos, wanted)
    page = (ordered if limit is None else ordered.limit(limit).offset(offset)).subquery()
    query = (
        select(
            *(Service.id, Service.register_id, Service.name, Service.type_code, Provider.ico, Provider.name),
            *(Service.started_on, Service.ended_on, page.c.municipality_code, page.c.kind),
            *(_GAVE, _RECEIVED, page.c.decision, page.c.number),
        )
        .select_from(page)
        .join(Service, Service.id == page.c.service_id)
        .join(Provider, Provider.id == Service.provider_id)
        .outerjoin(_GAVE, _GAVE.id == page.c.gave_id)
        .outerjoin(_RECEIVED, _RECEIVED.id == page.c.received_id)
        .order_by(*(page.c[name] for name in _ORDER))
    )
    return db.session.execute(query).all()


def _places(
    year: int, municipalities: Collection[str] | None, icos: Collection[str] | None, wanted: RecordFilter
) -> Subquery:
    """Each service, municipality and kind of the year with what both sides say, in the order of an index."""
    gave, received = ({name: _value_of(name, side) for name in _READ} for side in Side)
    query = (
        select(
            *(GrantFigure.service_id, GrantFigure.municipality_code, GrantFigure.kind),
            *(column.label(f"gave_{name}") for name, column in gave.items()),
            *(column.label(f"received_{name}") for name, column in received.items()),
        )
        .where(GrantFigure.year == year)
        .group_by(GrantFigure.service_id, GrantFigure.municipality_code, GrantFigure.kind)
    )
    if municipalities is not None and not icos:
        query = query.where(GrantFigure.municipality_code.in_(sorted(municipalities)))
    if wanted.municipality_code:
        query = query.where(GrantFigure.municipality_code == wanted.municipality_code)
    if wanted.kind:
        query = query.where(GrantFigure.kind == wanted.kind)
    return query.subquery()


def _value_of(name: str, side: Side) -> ColumnElement[Any]:
    """The one value of a side."""
    return func.max(case((GrantFigure.side == str(side), getattr(GrantFigure, name))))


def _page(
    place: Subquery,
    year: int,
    municipalities: Collection[str] | None,
    icos: Collection[str] | None,
    wanted: RecordFilter,
) -> Select[Any]:
    """Places that reach the reader and are wanted, in order."""
    settled = and_(
        GrantSettlement.service_id == place.c.service_id,
        GrantSettlement.municipality_code == place.c.municipality_code,
        GrantSettlement.year == year,
        GrantSettlement.kind == place.c.kind,
    )
    agreement, decision = _agreement(place), func.coalesce(GrantSettlement.state, str(Decision.OPEN))
    order = (
        case({str(each): rank for rank, each in enumerate(Agreement)}, value=agreement),
        case((decision == str(Decision.OPEN), 0), else_=1),
        *(Service.register_id, place.c.municipality_code, place.c.kind),
    )
    query = (
        select(
            *(place.c.service_id, place.c.municipality_code, place.c.kind, place.c.gave_id, place.c.received_id),
            *(order[0].label("agreement_rank"), order[1].label("decision_rank"), Service.register_id),
            *(GrantSettlement.state.label("decision"), func.count().over().label("number")),
        )
        .select_from(place)
        .join(Service, Service.id == place.c.service_id)
        .outerjoin(GrantSettlement, settled)
        .order_by(*order)
    )
    if municipalities is not None or icos is not None:
        query = query.join(Provider, Provider.id == Service.provider_id).where(
            or_(place.c.municipality_code.in_(sorted(municipalities or ())), Provider.ico.in_(sorted(icos or ())))
        )
    for column, value in ((Service.type_code, wanted.type_code), (agreement, wanted.agreement)):
        if value:
            query = query.where(column == str(value))
    return query.where(decision == str(wanted.decision)) if wanted.decision else query


def _agreement(place: Subquery) -> ColumnElement[str]:
    """As ``calc.agreement``, which is its oracle."""
    gave, received = (_SideColumns(*(place.c[f"{side}_{name}"] for name in _READ)) for side in ("gave", "received"))
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
