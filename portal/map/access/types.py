"""Words of access: how far people go, what counts as a service at a place, what comes out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from portal.catalog.types import CapacityUnit, Form
from portal.core.cells import Cell, CellState
from portal.core.import_states import ImportFacts
from portal.core.messages import _m
from portal.map.types import Population, Rest

# Forms in which people come to a place or live at it; an outreach service comes to them.
FIXED_FORMS = (Form.OUTPATIENT, Form.RESIDENTIAL)
DEFAULT_TYPE = "49"  # homes for the elderly, asked for most
DETOUR = 1.3  # roads against the straight line; measured for towns of Europe as 1.2 to 1.4
RADIUS_KM, RADIUS_MINUTES = 30.0, 40.0
RADIUS_BOUNDS = (1.0, 200.0)
DETOUR_BOUNDS = (1.0, 3.0)
MAX_CHANGES = 10
NO_PLACES = _m("An outreach service has no fixed place, so access to places cannot be told of it.")


class Decay(StrEnum):
    """How willingness to go falls with distance."""

    GAUSSIAN = "gaussian"
    UNIFORM = "uniform"  # everything within reach counts the same


class Way(StrEnum):
    """What distance is."""

    LINE = "line"  # straight line times the detour factor, in km
    TIMES = "times"  # the imported matrix of travel times, in minutes


@dataclass(frozen=True)
class AccessRule:
    """Parameters of the computation. ``radius``: beyond it nobody goes; km of road, or minutes with travel times."""

    way: Way = Way.LINE
    radius: float = RADIUS_KM
    detour: float = DETOUR
    decay: Decay = Decay.GAUSSIAN


@dataclass(frozen=True)
class Question:
    """Access to what, for whom, by which rule. ``unit`` and ``population`` None: the usual ones of the type.

    ``type_code`` None: all services together; only the layer of the map asks so.
    """

    type_code: str | None = DEFAULT_TYPE
    form: Form | None = None  # None: both fixed forms
    unit: CapacityUnit | None = None
    population: Population | None = None
    rule: AccessRule = AccessRule()


@dataclass(frozen=True)
class AccessRow:
    """One municipality or ORP.

    ``access``: places per 1 000 people of the age concerned. ``balanced``: the index of Paez, Higgins and Vivona, for
    one person. ``nearest``: to the nearest place, in km of road or minutes; not applicable where there is none within
    reach. ``places``: how many places are within reach. Of an ORP the first three are means over its people, and
    ``places`` is of all its municipalities.
    """

    code: str
    name: str
    orp_code: str
    orp_name: str
    people: Cell
    access: Cell
    balanced: Cell
    nearest: Cell
    places: int


@dataclass(frozen=True)
class AccessTable:
    """Access of all units. ``question`` has its unit and population filled in.

    ``capacity`` is what stands at places that people reach; ``unreached`` stands at places nobody reaches;
    ``unplaced``: services whose capacity has no place, by reason.
    """

    question: Question
    rows: tuple[AccessRow, ...]
    capacity: Decimal
    unreached: Decimal
    unplaced: Mapping[Rest, int]
    unstated: int  # services at places without a stated amount in the unit
    services: int
    mean: Cell  # of all people of the region
    catalogue_known: bool
    has_places: bool  # False: an outreach service, of which access is not applicable


@dataclass(frozen=True)
class PlaceOption:
    """What a scenario can change: a service at its places, or a municipality at its seat."""

    key: str  # "sluzba:100123", "obec:500496"
    label: str
    capacity: Decimal


@dataclass(frozen=True)
class Change:
    """Capacity added to (or, negative, taken from) one place."""

    key: str
    amount: Decimal


@dataclass(frozen=True)
class EffectRow:
    code: str
    name: str
    orp_name: str
    people: Cell
    before: Cell
    after: Cell
    difference: Decimal


@dataclass(frozen=True)
class Effect:
    """What a scenario changes: only units whose figure changes as it is shown. ``people``: of those units.

    ``untold``: units that have no figure, with their state, by code; all others stay as they are.
    """

    rows: tuple[EffectRow, ...]
    people: int
    untold: Mapping[str, CellState]
    capacity_before: Decimal
    capacity_after: Decimal
    mean_before: Cell
    mean_after: Cell


@dataclass(frozen=True, kw_only=True)
class TravelInfo(ImportFacts):
    """One file of travel times; counts are of pairs of municipalities. The one applied last is in force."""

    pairs: int
    new: int
    changed: int
    same: int
    gone: int
    municipalities: int
