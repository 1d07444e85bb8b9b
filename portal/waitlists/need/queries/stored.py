"""Counts as they are stored."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select

from portal.core.db import db
from portal.returns.types import Period
from portal.territory.models import TerritoryUnit
from portal.territory.types import Level
from portal.waitlists.models import Application, SnapshotQuarter
from portal.waitlists.need.models import NeedCount, NeedFlow, NeedQuarter, NeedRefusal, NeedWait
from portal.waitlists.need.types import ALL, Part


def frozen_quarters() -> list[str]:
    """Quarters whose lists are frozen, the earliest first."""
    return list(db.session.scalars(select(SnapshotQuarter.period).order_by(SnapshotQuarter.period)))


def counted_quarters() -> list[NeedQuarter]:
    """Quarters that were counted, the earliest first."""
    return list(db.session.scalars(select(NeedQuarter).order_by(NeedQuarter.period)))


def services_with_lists() -> set[int]:
    """Services that ever had an application."""
    return set(db.session.scalars(select(Application.service_id).distinct()))


def counts_of(part: Part, periods: Collection[str] | None = None) -> list[dict[str, Any]]:
    """The rows of one part, by quarter."""
    query = select(*NeedCount.__table__.columns).where(
        NeedCount.type_code == part.type_code,
        NeedCount.situation == part.situation,
        NeedCount.target_group == part.group,
        NeedCount.area == part.area,
    )
    if periods is not None:
        query = query.where(NeedCount.period.in_(periods))
    return [dict(row) for row in db.session.execute(query.order_by(NeedCount.period)).mappings()]


def counts_by(period: str, dimension: str, part: Part) -> list[dict[str, Any]]:
    """The rows of a quarter for each value of one dimension (a column), the others as in the part.

    Areas are ORP, "outside" and "unknown" alone: municipalities are parts of them.
    """
    wanted = {
        "type_code": part.type_code,
        "situation": part.situation,
        "target_group": part.group,
        "area": part.area,
    }
    query = select(*NeedCount.__table__.columns).where(NeedCount.period == period)
    for name, value in wanted.items():
        column: Any = getattr(NeedCount, name)
        query = query.where(column != ALL if name == dimension else column == value)
    if dimension == "area":
        query = query.where(~_is_at(Level.MUNICIPALITY))
    return [dict(row) for row in db.session.execute(query).mappings()]


def _is_at(level: Level) -> ColumnElement[bool]:
    """Areas that are units of the level, also those of a territory before: counts keep the codes of their time."""
    return NeedCount.area.in_(select(TerritoryUnit.code).where(TerritoryUnit.level == level))


def areas_of(period: str, measure: str, part: Part, level: Level) -> list[tuple[str, int, int]]:
    """Area, most and least persons of one measure, in the rows of a quarter that are like the part but for the area."""
    most, least = (getattr(NeedCount, f"{measure}_{end}") for end in ("most", "least"))
    query = select(NeedCount.area, most, least).where(
        NeedCount.period == period,
        NeedCount.type_code == part.type_code,
        NeedCount.situation == part.situation,
        NeedCount.target_group == part.group,
        _is_at(level),
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query.order_by(NeedCount.area))]


def unmet_by_type(period: str, areas: Collection[str]) -> dict[tuple[str, str], int]:
    """Unmet persons by area and type, at most (by confirmed links alone); nobody where there is no entry."""
    query = select(NeedCount.area, NeedCount.type_code, NeedCount.unmet_most).where(
        NeedCount.period == period,
        NeedCount.area.in_(areas),
        NeedCount.type_code != ALL,
        NeedCount.situation == ALL,
        NeedCount.target_group == ALL,
    )
    return {(row[0], row[1]): row[2] for row in db.session.execute(query)}


def refusals_of(type_code: str) -> dict[str, tuple[int, int]]:
    """By quarter: requests refused for capacity at services without lists, and how many services told it."""
    query = select(NeedRefusal.period, NeedRefusal.refused, NeedRefusal.services)
    return {row[0]: (row[1], row[2]) for row in db.session.execute(query.where(NeedRefusal.type_code == type_code))}


def flows_of(year: int, type_code: str) -> list[tuple[str, str, int, int]]:
    """Source, target, most and least persons."""
    query = select(NeedFlow.source, NeedFlow.target, NeedFlow.most, NeedFlow.least)
    query = query.where(NeedFlow.year == year, NeedFlow.type_code == type_code)
    return [
        (row[0], row[1], row[2], row[3]) for row in db.session.execute(query.order_by(NeedFlow.source, NeedFlow.target))
    ]


def flow_years() -> list[int]:
    """Years that were counted, the latest first."""
    return list(db.session.scalars(select(NeedFlow.year).distinct().order_by(NeedFlow.year.desc())))


def flow_types(year: int) -> list[str]:
    return list(db.session.scalars(select(NeedFlow.type_code).where(NeedFlow.year == year).distinct()))


def waits_frozen() -> set[str]:
    """Quarters whose waiting was told once and for all."""
    return set(db.session.scalars(select(NeedWait.period).distinct()))


def last_wait_quarter() -> Period | None:
    found = db.session.scalar(select(func.max(NeedWait.period)))
    return None if found is None else Period.parse(found)


def waits_of(period: str, type_code: str) -> Sequence[NeedWait]:
    query = select(NeedWait).where(NeedWait.period == period, NeedWait.type_code == type_code)
    return list(db.session.scalars(query.order_by(NeedWait.level, NeedWait.area)))


def waits_of_area(period: str, area: str) -> Sequence[NeedWait]:
    query = select(NeedWait).where(NeedWait.period == period, NeedWait.area == area)
    return list(db.session.scalars(query.order_by(NeedWait.type_code)))
