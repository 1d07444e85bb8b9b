"""Figures of years that support cannot be of."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import ColumnElement, Row, func, or_, select

from portal.catalog.models import Provider, Service
from portal.core.db import db
from portal.grants.limits import FIRST_YEAR
from portal.grants.models import GrantFigure, GrantSettlement


def _is_outside(last: int) -> ColumnElement[bool]:
    return or_(GrantFigure.year < FIRST_YEAR, GrantFigure.year > last)


def years(last: int) -> Sequence[Row[int, int, int, int]]:
    """Such years: year, number of figures, last id, sum of versions."""
    counted = (func.count(), func.max(GrantFigure.id), func.sum(GrantFigure.version))
    query = select(GrantFigure.year, *counted).where(_is_outside(last)).group_by(GrantFigure.year)
    return db.session.execute(query.order_by(GrantFigure.year)).all()


def figures(last: int, limit: int) -> Sequence[Row[int, str, str, str, str, str, str, Decimal | None]]:
    """Year, service, provider, municipality, kind, side, state and value of the first of them."""
    query = (
        select(
            *(GrantFigure.year, Service.name, Provider.name, GrantFigure.municipality_code),
            *(GrantFigure.kind, GrantFigure.side, GrantFigure.state, GrantFigure.value),
        )
        .join(Service, Service.id == GrantFigure.service_id)
        .join(Provider, Provider.id == Service.provider_id)
        .where(_is_outside(last))
        .order_by(
            *(GrantFigure.year, Service.register_id, GrantFigure.municipality_code, GrantFigure.kind, GrantFigure.side)
        )
    )
    return db.session.execute(query.limit(limit)).all()


def figures_of(year: int) -> list[GrantFigure]:
    """Both sides' figures of the year, locked."""
    query = select(GrantFigure).where(GrantFigure.year == year).order_by(GrantFigure.id)
    return list(db.session.scalars(query.with_for_update().execution_options(populate_existing=True)))


def settlements_of(year: int) -> list[GrantSettlement]:
    query = select(GrantSettlement).where(GrantSettlement.year == year).order_by(GrantSettlement.id)
    return list(db.session.scalars(query.with_for_update()))
