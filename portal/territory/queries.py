"""Reads of the territory; the version in force is the one without ``valid_to``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import Row, Select, func, select

from portal.core.db import db
from portal.territory.models import TerritoryShape, TerritoryUnit, TerritoryVersion
from portal.territory.types import Level, Unit

_UNIT_COLUMNS = (
    TerritoryUnit.level,
    TerritoryUnit.code,
    TerritoryUnit.name,
    TerritoryUnit.nuts_code,
    TerritoryUnit.ruian_code,
    TerritoryUnit.mpsv_code,
    TerritoryUnit.parent_code,
    TerritoryUnit.district_code,
    TerritoryUnit.seat_lon,
    TerritoryUnit.seat_lat,
    TerritoryUnit.population,
    TerritoryUnit.population_0_14,
    TerritoryUnit.population_65_plus,
    TerritoryUnit.population_80_plus,
)


S = TypeVar("S", bound=Select[*tuple[Any, ...]])


def _in_force(statement: S) -> S:
    return statement.join(TerritoryVersion, TerritoryVersion.id == TerritoryUnit.version_id).where(
        TerritoryVersion.valid_to.is_(None)
    )


def _unit(row: Row[*tuple[Any, ...]]) -> Unit:
    values = row._asdict()
    return Unit(level=Level(values.pop("level")), **values)


def current_version() -> tuple[TerritoryVersion, str] | None:
    """The version in force and the name of its region."""
    row = db.session.execute(
        select(TerritoryVersion, TerritoryUnit.name)
        .join(TerritoryUnit, TerritoryUnit.version_id == TerritoryVersion.id)
        .where(TerritoryVersion.valid_to.is_(None), TerritoryUnit.level == Level.REGION)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def units(level: Level) -> list[Unit]:
    statement = _in_force(select(*_UNIT_COLUMNS)).where(TerritoryUnit.level == level).order_by(TerritoryUnit.code)
    return [_unit(row) for row in db.session.execute(statement)]


def units_with_mpsv_code() -> list[Unit]:
    statement = _in_force(select(*_UNIT_COLUMNS)).where(TerritoryUnit.mpsv_code.is_not(None))
    return [_unit(row) for row in db.session.execute(statement.order_by(TerritoryUnit.mpsv_code))]


def web_geojson(level: Level) -> list[tuple[str, str]]:
    """Code and GeoJSON text of each unit of the level."""
    statement = _in_force(
        select(TerritoryUnit.code, TerritoryShape.web_geojson).join(
            TerritoryShape, TerritoryShape.unit_id == TerritoryUnit.id
        )
    ).where(TerritoryUnit.level == level)
    return [(code, text) for code, text in db.session.execute(statement.order_by(TerritoryUnit.code))]


def parents(level: Level) -> list[tuple[str, str | None]]:
    statement = _in_force(select(TerritoryUnit.code, TerritoryUnit.parent_code)).where(TerritoryUnit.level == level)
    return [(code, parent) for code, parent in db.session.execute(statement.order_by(TerritoryUnit.code))]


def versions() -> list[tuple[TerritoryVersion, str]]:
    """All versions with the names of their regions, the youngest first."""
    statement = (
        select(TerritoryVersion, TerritoryUnit.name)
        .join(TerritoryUnit, TerritoryUnit.version_id == TerritoryVersion.id)
        .where(TerritoryUnit.level == Level.REGION)
        .order_by(TerritoryVersion.id.desc())
    )
    return [(version, name) for version, name in db.session.execute(statement)]


def counts() -> Mapping[int, Mapping[Level, tuple[int, int | None]]]:
    """Per version and level: number of units and their people."""
    statement = select(
        TerritoryUnit.version_id, TerritoryUnit.level, func.count(), func.sum(TerritoryUnit.population)
    ).group_by(TerritoryUnit.version_id, TerritoryUnit.level)
    found: dict[int, dict[Level, tuple[int, int | None]]] = {}
    for version_id, level, number, population in db.session.execute(statement):
        people = None if population is None else int(population)
        found.setdefault(version_id, {})[Level(level)] = (number, people)
    return found


def version_closed_last() -> TerritoryVersion | None:
    """The version that was in force before the present one."""
    return db.session.scalar(
        select(TerritoryVersion)
        .where(TerritoryVersion.valid_to.is_not(None))
        .order_by(TerritoryVersion.valid_to.desc(), TerritoryVersion.id.desc())
        .limit(1)
    )
