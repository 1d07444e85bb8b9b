"""Words of surroundings: a place somebody looks for, a service near it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.catalog.types import CapacityUnit
from portal.core.cells import Cell
from portal.disclosure import FigureState
from portal.map.layers.types import LayerFrame
from portal.map.types import Population
from portal.territory.types import Unit

DEFAULT_KM, KM_BOUNDS = 10.0, (0.5, 200.0)
NEAR_KM = 30.0  # free places shown on the page of a municipality
MOST_CANDIDATES = 20


@dataclass(frozen=True)
class Place:
    """A place found: ``key`` stands in the address of the page ("obec:500496", "adresa:22334455",
    "bod:49.59,17.25")."""

    key: str
    label: str
    lon: float
    lat: float


@dataclass(frozen=True)
class NearService:
    """A service at its nearest open place; ``km`` in a straight line. ``is_exact`` False: the middle of the
    municipality stands for the address."""

    register_id: int
    name: str
    type_code: str
    provider_name: str
    address: str
    km: float
    is_exact: bool


@dataclass(frozen=True)
class ServiceLine:
    """A service with its address in the municipality ("" without one)."""

    register_id: int
    name: str
    type_code: str
    provider_name: str
    address: str


@dataclass(frozen=True)
class ReachLine:
    """Access of one municipality to the services of a type, beside its region; ``nearest_name`` "" without any."""

    type_code: str
    unit: CapacityUnit
    population: Population
    access: Cell
    mean: Cell
    nearest: Cell
    nearest_name: str
    nearest_register_id: int | None
    places: int


@dataclass(frozen=True)
class Figure:
    """One figure as the reader may see it; ``value`` None: see the state."""

    value: float | None
    state: FigureState
    is_own: bool = False  # told to the reader as its own territory, and not public


@dataclass(frozen=True)
class FigureLine:
    """A layer of the map at one municipality (``frame``) and its ORP (``orp_frame``, which may be of another time)."""

    frame: LayerFrame
    own: Figure
    orp_frame: LayerFrame
    orp: Figure | None


@dataclass(frozen=True)
class NeighbourLine:
    """A neighbour with figures by name of the layer; the first line is the municipality itself."""

    unit: Unit
    figures: Mapping[str, Figure]
    is_own: bool = False


@dataclass(frozen=True)
class FreeNear:
    """Free places of a service near, as the public sees them; ``km`` None: its address is not published."""

    register_id: int
    name: str
    type_code: str
    municipality_name: str
    places: int
    km: float


@dataclass(frozen=True)
class Surroundings:
    """Services of a municipality and those of the whole region, from the public register."""

    inside: Sequence[ServiceLine]
    declared: Sequence[ServiceLine]
