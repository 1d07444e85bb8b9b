"""Tables of the territory. Units belong to a version, which is valid for a time; codes outlive versions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Model, UtcDateTime

MAX_SOURCE = 400


class TerritoryVersion(Model):
    """One state of the region's territory; the current one has no ``valid_to``."""

    __tablename__ = "territory_versions"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="validity_in_order"),
        Index(
            "uq_territory_versions_open",
            "region_code",
            unique=True,
            sqlite_where=text("valid_to IS NULL"),
            postgresql_where=text("valid_to IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(String(5), index=True)  # NUTS 3: "CZ071"
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]  # first day no longer valid
    schematic: Mapped[bool]  # boundaries computed from seats, not surveyed
    source: Mapped[str] = mapped_column(String(MAX_SOURCE))
    people_on: Mapped[date | None]  # the day the population was counted
    content_hash: Mapped[str] = mapped_column(String(64))
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)  # what the import repaired or tolerated
    imported_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)


class TerritoryUnit(Model):
    __tablename__ = "territory_units"
    __table_args__ = (
        UniqueConstraint("version_id", "level", "code"),
        CheckConstraint("level IN ('region', 'district', 'orp', 'municipality')", name="level_known"),
        CheckConstraint("population IS NULL OR population >= 0", name="population_not_negative"),
        Index("ix_territory_units_version_id_mpsv_code", "version_id", "mpsv_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("territory_versions.id", ondelete="CASCADE"), index=True)
    level: Mapped[str] = mapped_column(String(12))
    code: Mapped[str] = mapped_column(String(6))  # ČSÚ
    nuts_code: Mapped[str | None] = mapped_column(String(6))  # NUTS 3 of a region, LAU 1 of a district
    ruian_code: Mapped[str | None] = mapped_column(String(6))
    mpsv_code: Mapped[str | None] = mapped_column(String(20))  # "Kraj/124", "Okres/3805", "Obec/554499"
    name: Mapped[str] = mapped_column(String(100))
    parent_code: Mapped[str | None] = mapped_column(String(6))  # ORP of a municipality, region of an ORP and district
    district_code: Mapped[str | None] = mapped_column(String(6))  # district of a municipality
    seat_lon: Mapped[float | None]
    seat_lat: Mapped[float | None]
    population: Mapped[int | None]
    population_0_14: Mapped[int | None]
    population_65_plus: Mapped[int | None]
    population_80_plus: Mapped[int | None]


class TerritoryShape(Model):
    """Shape of a unit: as surveyed (WKB, EPSG:5514) and simplified for the web (GeoJSON geometry, WGS84)."""

    __tablename__ = "territory_shapes"

    unit_id: Mapped[int] = mapped_column(ForeignKey("territory_units.id", ondelete="CASCADE"), primary_key=True)
    surveyed_wkb: Mapped[bytes] = mapped_column(LargeBinary)
    web_geojson: Mapped[str] = mapped_column(Text)
