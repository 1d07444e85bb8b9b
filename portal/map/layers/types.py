"""Words of layers: what a layer is, what is asked of it and what it answers. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from portal.catalog.types import CapacityUnit, Form
from portal.core.messages import Message, _m
from portal.disclosure import DisclosedFrame
from portal.map.access.types import AccessRule, Way
from portal.map.types import Population
from portal.returns.types import Period
from portal.territory.types import Level

FIGURE_COLUMNS = ("code", "value", "state", "norm")
LEVELS = (Level.ORP, Level.MUNICIPALITY)


class Kind(StrEnum):
    """What a figure is; it decides about decimals, colours and whether figures of areas may be added up."""

    COUNT = "count"
    RATE = "rate"  # per 1 000 people
    SHARE = "share"  # per cent
    AMOUNT = "amount"  # CZK per inhabitant


class Source(StrEnum):
    """Where figures come from; it decides who may see them. See docs/map.md."""

    REGISTER = "register"  # the public register of services
    VACANCIES = "vacancies"  # free places as providers offer them to the public
    GRANTS = "grants"  # what municipalities gave: public money
    RETURNS = "returns"  # quarterly returns: of providers and their users
    APPLICATIONS = "applications"  # waiting lists: of persons
    NEEDS = "needs"  # needs as social workers of municipalities record them: of persons

    @property
    def is_public(self) -> bool:
        return self in (Source.REGISTER, Source.VACANCIES, Source.GRANTS)

    @property
    def is_gathered(self) -> bool:
        """Whether municipalities tell it, so that a figure of an ORP may lack some of them."""
        return self in (Source.GRANTS, Source.NEEDS)


class Filter(StrEnum):
    """By what the figures of a layer can be narrowed."""

    TYPE = "type"
    FORM = "form"
    GROUP = "group"
    SITUATION = "situation"
    UNIT = "unit"  # of capacity
    PEOPLE = "people"  # whom a rate is related to
    WAY = "way"  # what distance is


class Times(StrEnum):
    """Which times a layer is told of."""

    NOW = "now"
    QUARTERS = "quarters"
    YEARS = "years"


class Method(StrEnum):
    """How figures are divided into classes."""

    NATURAL = "natural"
    QUANTILES = "quantiles"
    EQUAL = "equal"
    NORM = "norm"  # fixed distances from the norm

    @property
    def label(self) -> Message:
        return METHOD_LABELS[self]


METHOD_LABELS = {
    Method.NATURAL: _m("natural breaks (Jenks)"),
    Method.QUANTILES: _m("quantiles (about as many areas in each class)"),
    Method.EQUAL: _m("equal intervals"),
    Method.NORM: _m("distance from the norm in percentage points"),
}


@dataclass(frozen=True)
class Layer:
    """One layer. ``name`` stands in addresses, on the command line and as the name of the collection for QGIS.

    ``unit``: what is counted, of rates what is counted per 1 000 people. ``meaning``: one sentence of what it says and
    what it does not. ``filters`` narrow it; ``municipal_filters`` are those that hold at the level of municipalities.
    """

    name: str
    label: Message
    unit: Message
    meaning: Message
    kind: Kind
    source: Source
    times: Times
    filters: frozenset[Filter]
    municipal_filters: frozenset[Filter] | None = None  # None: all of ``filters``
    levels: tuple[Level, ...] = LEVELS
    has_norm: bool = False  # coloured by its distance from the norm
    has_flows: bool = False  # lines from residence to service can be drawn

    def filters_at(self, level: Level) -> frozenset[Filter]:
        """Filters that can be used at a level."""
        if level is Level.MUNICIPALITY and self.municipal_filters is not None:
            return self.municipal_filters
        return self.filters


@dataclass(frozen=True)
class Ask:
    """What is asked of a layer. ``period`` None: the latest there is. ``year`` is asked of layers told by years."""

    layer: str
    level: Level = Level.ORP
    period: Period | None = None
    year: int | None = None
    type_code: str | None = None
    form: Form | None = None
    group: str | None = None
    situation: str | None = None
    unit: CapacityUnit | None = None
    population: Population | None = None
    way: Way | None = None  # None: the straight line
    orp: str | None = None  # only the areas of one ORP


@dataclass(frozen=True)
class Area:
    """An area of the territory in force, as a row of a layer."""

    code: str
    name: str
    parent_code: str | None  # ORP of a municipality
    population: int | None
    lon: float | None
    lat: float | None


class Withheld(StrEnum):
    """Why a reader sees no figures at all."""

    NO_RELEASE = "no_release"  # figures of this kind leave only in a frozen release, and there is none
    NOT_IN_RELEASE = "not_in_release"  # the releases do not tell this measure, filter or level
    NO_DATA = "no_data"  # nobody has told anything yet

    @property
    def label(self) -> Message:
        return WITHHELD_LABELS[self]


WITHHELD_LABELS = {
    Withheld.NO_RELEASE: _m(
        "Figures about persons and from returns are told to the public only from a frozen release of the region, and "
        "none has been published yet. The region itself sees them after signing in."
    ),
    Withheld.NOT_IN_RELEASE: _m(
        "The published release does not hold these figures: it tells fewer measures and filters, so that nobody can be "
        "recognised. The region itself sees them after signing in."
    ),
    Withheld.NO_DATA: _m("There are no data for this layer yet."),
}


@dataclass(frozen=True)
class Told:
    """On how much the figures stand: ``told`` of ``asked`` services have said something."""

    told: int
    asked: int


@dataclass(frozen=True)
class Gathered:
    """How many municipalities of an area have told all that they tell, have only begun, and are there."""

    done: int
    begun: int
    municipalities: int

    @property
    def is_whole(self) -> bool:
        return self.done == self.municipalities


@dataclass(frozen=True)
class LayerFrame:
    """Figures of a layer as a reader may see them.

    ``figures``: FIGURE_COLUMNS, a row for each of ``areas`` in the same order (their Czech order of names); ``norm``
    is NaN where there is none. Where they are ``withheld``, every row is hidden (or not supplied, without data).
    ``own``: codes of areas that the reader is told of as its own territory and the public is not; ``withheld`` is then
    said of all others.
    ``rule``: how distance was taken, of layers that ask.
    ``gathered``: how many municipalities have told, by code of the area, of layers that are gathered from them; live
    for readers who see their exact figures, for all others as their release says it.
    ``times``: the quarters ("2026Q2") or years ("2025") that can be asked for, the earliest first; ``time``: the one
    that is told, None for layers of now. ``ask`` has everything filled in that was left to be chosen.
    """

    layer: Layer
    ask: Ask
    areas: tuple[Area, ...]
    figures: DisclosedFrame
    times: tuple[str, ...] = ()
    time: str | None = None
    withheld: Withheld | None = None
    told: Told | None = None
    notes: Sequence[Message] = field(default_factory=tuple)
    from_release: bool = False
    own: frozenset[str] = frozenset()
    rule: AccessRule | None = None
    gathered: Mapping[str, Gathered] = field(default_factory=dict)

    @property
    def has_own(self) -> bool:
        """Whether any of the areas is told as the reader's own."""
        return any(area.code in self.own for area in self.areas)
