"""What the territory tells the other features, and what an import hands to the service. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from portal.core.messages import Message


class Level(StrEnum):
    REGION = "region"
    DISTRICT = "district"
    ORP = "orp"
    MUNICIPALITY = "municipality"


@dataclass(frozen=True)
class Unit:
    """One region, district, ORP or municipality; ``code`` is ČSÚ's, ages are persons of the population."""

    level: Level
    code: str
    name: str
    nuts_code: str | None = None
    ruian_code: str | None = None
    mpsv_code: str | None = None
    parent_code: str | None = None
    district_code: str | None = None
    seat_lon: float | None = None
    seat_lat: float | None = None
    population: int | None = None
    population_0_14: int | None = None
    population_65_plus: int | None = None
    population_80_plus: int | None = None


@dataclass(frozen=True)
class TerritoryInfo:
    """The version in force, in short; ``content_hash`` changes with any unit, figure or shape, and with the source."""

    version_id: int
    content_hash: str
    region_code: str
    region_name: str
    valid_from: date
    schematic: bool
    source: str
    people_on: date | None


@dataclass(frozen=True)
class Finding:
    """Something a person should know about an import that was taken all the same."""

    message: Message
    area_m2: float | None = None


@dataclass(frozen=True)
class ParsedUnit:
    """A unit with its shape: as surveyed (WKB, EPSG:5514) and for the web (GeoJSON geometry, WGS84)."""

    unit: Unit
    surveyed_wkb: bytes = field(repr=False)
    web_geojson: str = field(repr=False)


@dataclass(frozen=True)
class ParsedTerritory:
    """A whole territory, checked, ready to be stored."""

    region_code: str  # NUTS 3
    region_name: str
    schematic: bool
    source: str
    people_on: date | None
    units: tuple[ParsedUnit, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class VersionRow:
    """One stored version, for lists."""

    version_id: int
    region_code: str
    region_name: str
    valid_from: date
    valid_to: date | None  # first day no longer valid
    schematic: bool
    source: str
    people_on: date | None
    imported_at_utc: datetime
    counts: Mapping[Level, int]
    population: int | None
    findings: tuple[Finding, ...]

    @property
    def is_current(self) -> bool:
        return self.valid_to is None

    @property
    def last_day(self) -> date | None:
        """Last day of validity; None while the version is in force."""
        return None if self.valid_to is None else self.valid_to - timedelta(days=1)


@dataclass(frozen=True)
class StoreOutcome:
    """What storing did: ``stored`` is False when the content is the one already in force.

    ``renamed``: of that content only the words of the source were changed.
    """

    version_id: int
    stored: bool
    closed_version_id: int | None = None
    renamed: bool = False


@dataclass(frozen=True)
class PlaceRow:
    """A town or village of a schematic territory: its seat (WGS84) and people."""

    code: str
    name: str
    lon: float
    lat: float
    population: int
    population_0_14: int
    population_65_plus: int
    population_80_plus: int


@dataclass(frozen=True)
class SeatRow:
    """An ORP of a schematic territory; its own seat stands among ``municipalities`` when there are any."""

    code: str
    name: str
    lon: float
    lat: float
    district_code: str
    population: int
    population_0_14: int
    population_65_plus: int
    population_80_plus: int
    municipalities: tuple[PlaceRow, ...] = ()


@dataclass(frozen=True)
class DistrictRow:
    code: str
    nuts_code: str
    mpsv_code: str
    name: str


@dataclass(frozen=True)
class RegionRow:
    """The region of a schematic territory, with its districts and the day its people were counted."""

    code: str
    nuts_code: str
    mpsv_code: str
    name: str
    source: str
    people_on: date
    districts: tuple[DistrictRow, ...]


@dataclass(frozen=True)
class MunicipalityRow:
    """One municipality as the list has it; ages in persons, the seat in degrees (WGS84)."""

    code: str
    name: str
    orp_code: str
    orp_name: str
    district_code: str
    district_nuts: str
    district_name: str
    district_mpsv: str
    region_code: str
    region_nuts: str
    region_name: str
    region_mpsv: str
    lon: float
    lat: float
    population: int
    population_0_14: int
    population_65_plus: int
    population_80_plus: int


@dataclass(frozen=True)
class People:
    """The municipalities of one region in the order of the file."""

    file_name: str
    counted_on: date
    rows: tuple[MunicipalityRow, ...]


def finding_as_dict(finding: Finding) -> dict[str, Any]:
    """Plain form of a finding, for a JSON column."""
    message = finding.message
    return {
        "text": message.text,
        "plural": message.plural,
        "params": dict(message.params),
        "area_m2": finding.area_m2,
    }


def finding_from_dict(stored: Mapping[str, Any]) -> Finding:
    return Finding(Message(stored["text"], stored["params"], stored["plural"]), stored["area_m2"])
