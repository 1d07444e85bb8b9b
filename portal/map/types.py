"""Words of the map: what is asked of it and what it answers. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from portal.catalog.types import CapacityUnit, Form
from portal.core.cells import Cell
from portal.territory.types import Level, TerritoryInfo


class Population(StrEnum):
    """Whom capacity is related to."""

    ALL = "all"
    AGE_0_14 = "age_0_14"
    AGE_65_PLUS = "age_65_plus"
    AGE_80_PLUS = "age_80_plus"


# The Act itself names the age only for these types: § 49 persons in need "mainly because of age", § 54 a child
# up to 7 years (0-14 is the nearest group that is counted). Everything else is related to all people.
POPULATION_OF_TYPE: dict[str, Population] = {"49": Population.AGE_65_PLUS, "54": Population.AGE_0_14}


class Rest(StrEnum):
    """Where capacity belongs that no unit of the territory can claim."""

    WHOLE_REGION = "whole_region"  # works everywhere in the region and has no place of its own
    SECRET = "secret"  # its place must not be known
    OUTSIDE = "outside"  # its place lies in no unit of the region
    UNKNOWN = "unknown"  # the register gives no place


class Layer(StrEnum):
    """Layers the reader can switch; the value stands in the permanent link."""

    CAPACITY = "kapacita"
    SERVICES = "sluzby"
    NAMES = "nazvy"


ALL_LAYERS = frozenset(Layer)


@dataclass(frozen=True)
class View:
    """A part of the map: centre in degrees (WGS 84) and Leaflet's zoom."""

    lat: float
    lon: float
    zoom: float


class Chosen(Protocol):
    """Which services are asked about, and in which unit."""

    @property
    def type_code(self) -> str | None: ...

    @property
    def form(self) -> Form | None: ...

    @property
    def unit(self) -> CapacityUnit | None: ...


@dataclass(frozen=True)
class Selection:
    """Which services and which measure: all that the figures depend on.

    ``unit`` None: the unit most services of the selection are registered in. ``population`` None: the people
    whom the type is for (POPULATION_OF_TYPE).
    """

    level: Level = Level.ORP
    type_code: str | None = None
    form: Form | None = None
    unit: CapacityUnit | None = None
    population: Population | None = None


@dataclass(frozen=True)
class MapRequest:
    """What the address of the page asks for; the permanent link is made from it and read back into it."""

    selection: Selection = Selection()
    layers: frozenset[Layer] = ALL_LAYERS
    view: View | None = None
    register_id: int | None = None  # service to centre on and open


@dataclass(frozen=True)
class MapClass:
    """One class of the legend, from its lowest to its highest figure (both of them occur)."""

    low: float
    high: float


@dataclass(frozen=True)
class UnitRow:
    """One line of the table and one shape of the map.

    ``capacity`` is in the chosen unit, ``rate`` per 1 000 ``people``. ``services`` have a place here; ``unstated``
    of them are registered without an amount, ``other_units`` in other units than the chosen one. ``points``: their
    places here that the map has a point of, each service counted at each of its own.
    """

    code: str
    name: str
    services: int
    capacity: Cell
    people: Cell
    rate: Cell
    points: int = 0
    unstated: int = 0
    other_units: int = 0
    class_index: int | None = None  # from 0; None: zero or no number


@dataclass(frozen=True)
class RestRow:
    """Services and capacity of the selection that belong to no unit; ``points`` as of UnitRow."""

    rest: Rest
    services: int
    capacity: Cell
    points: int


@dataclass(frozen=True)
class Figures:
    """All that page, table and downloads say about one selection, without words.

    ``selection`` has its unit and population filled in. ``units`` are those that services of the selection are
    registered in. ``missing`` counts services without a point by reason.
    """

    selection: Selection
    territory: TerritoryInfo | None
    units: tuple[CapacityUnit, ...]
    rows: tuple[UnitRow, ...]
    rests: tuple[RestRow, ...]
    total: UnitRow
    classes: tuple[MapClass, ...]
    region_wide: int
    missing: Mapping[Rest, int]
    catalogue_known: bool

    @property
    def capacities(self) -> list[Cell]:
        """The column of capacity, with those that belong to no area and the total."""
        return [*(row.capacity for row in self.rows), *(row.capacity for row in self.rests), self.total.capacity]

    @property
    def rates(self) -> list[Cell]:
        """The column of rates, with that of the whole region."""
        return [*(row.rate for row in self.rows), self.total.rate]

    @property
    def on_map(self) -> int:
        """Services with at least one point."""
        return self.total.services - sum(self.missing.values())
