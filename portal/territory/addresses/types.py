"""Address points: what an import hands over, what a search finds. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

MOST_FOUND, MOST_SUGGESTED = 20, 5


@dataclass(frozen=True)
class AddressRegion:
    """What files are checked against: the territory in force.

    ``outline``: GeoJSON geometry of the region (WGS84); None where boundaries are schematic and can decide nothing.
    """

    name: str
    municipalities: frozenset[str]
    outline: str | None


@dataclass(frozen=True)
class AddressRow:
    """One address place with its point (WGS84). ``part`` of the municipality, ``street`` "" without any."""

    code: int
    municipality_code: str
    municipality_name: str
    part: str
    street: str
    is_registered: bool  # číslo evidenční, of a cottage, in place of číslo popisné
    house: int
    orientation: str  # "3a", "" without any
    postcode: str
    lon: float
    lat: float


@dataclass(frozen=True)
class UnknownMunicipality:
    """A municipality that the territory in force does not have; its addresses are left out."""

    code: str
    name: str
    points: int


@dataclass(frozen=True)
class ParsedStreet:
    """A street, or a part of a municipality whose houses have numbers alone.

    ``words`` of its name, ``place_words`` of the part and the municipality around it. ``part_words``: of the part in
    which its houses have their numbers too, where that is not its name.
    """

    number: int
    words: tuple[str, ...]
    place_words: tuple[str, ...]
    part_words: tuple[str, ...] = ()


@dataclass(frozen=True)
class PointColumns:
    """Address points by columns of one length, in the order of their codes."""

    code: list[int] = field(default_factory=list)
    municipality_code: list[str] = field(default_factory=list)
    street_number: list[int] = field(default_factory=list)
    house: list[int] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    label: list[str] = field(default_factory=list)
    lon: list[float] = field(default_factory=list)
    lat: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class ParsedAddresses:
    """All points of an import, checked, ready to be stored."""

    source: str
    streets: tuple[ParsedStreet, ...]
    points: PointColumns
    municipalities: int
    without_point: int  # address places without coordinates, left out
    unknown: tuple[UnknownMunicipality, ...] = ()


@dataclass(frozen=True)
class AddressSetInfo:
    """A stored set of points, in short."""

    set_id: int
    source: str
    points: int
    municipalities: int
    without_point: int
    imported_at_utc: datetime
    imported_by: str


@dataclass(frozen=True)
class AddressPoint:
    """A point as people write its address; ``code`` is Kód ADM, the same in every set."""

    code: int
    label: str
    lon: float
    lat: float


@dataclass(frozen=True)
class FoundAddresses:
    """Points that a text may mean, at most MOST_FOUND; ``has_more`` when there are others.

    ``is_exact``: street and number were written in full, so nothing that only begins so is among them.
    """

    points: tuple[AddressPoint, ...] = ()
    is_exact: bool = False
    has_more: bool = False


@dataclass(frozen=True)
class SuggestedAddresses:
    """What a text that means nothing may have meant: points, or streets, told by a point without its number."""

    points: tuple[AddressPoint, ...] = ()
    streets: tuple[AddressPoint, ...] = ()
