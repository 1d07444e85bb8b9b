"""Words of municipal support: kinds, sides, states of an import, ways of a report. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from portal.core.cells import Cell

MAX_CONTRACTS = 30  # of one kind, service, municipality and year


class Kind(StrEnum):
    """What a municipality gives; the order is that of tables and files."""

    RUNNING = "running"
    INVESTMENT = "investment"
    RENT = "rent"
    GIFT = "gift"
    FOUNDER = "founder"


class Side(StrEnum):
    """Whose figure it is: what the municipality gave, or what the provider received from it."""

    MUNICIPALITY = "municipality"
    PROVIDER = "provider"

    @property
    def other(self) -> Side:
        return Side.PROVIDER if self is Side.MUNICIPALITY else Side.MUNICIPALITY


class Source(StrEnum):
    """Who wrote a figure."""

    MUNICIPALITY = "municipality"
    REGION = "region"
    PROVIDER = "provider"
    IMPORT = "import"


class Reply(StrEnum):
    """What the other side says of a figure."""

    CONFIRMED = "confirmed"
    DISPUTED = "disputed"


class Agreement(StrEnum):
    """How the two sides stand to each other in one kind of support."""

    DIFFERS = "differs"  # two different numbers, or one that the other side disputes
    ONE_SIDED = "one_sided"  # one figure, and the other side has neither stated its own nor replied
    AGREES = "agrees"  # the same number, or one that the other side confirmed
    NONE = "none"  # nobody has a number


class Decision(StrEnum):
    """How the kraj settled a difference."""

    OPEN = "open"
    EXPLAINED = "explained"
    TO_CORRECT = "to_correct"
    ACCEPTED = "accepted"


@dataclass(frozen=True)
class RecordFilter:
    """Which records of a year are listed; empty is all."""

    agreement: Agreement | None = None
    decision: Decision | None = None
    municipality_code: str = ""
    type_code: str = ""
    kind: Kind | None = None


class By(StrEnum):
    """What a line of a report stands for."""

    SERVICE = "service"
    TYPE = "type"
    PROVIDER = "provider"
    MUNICIPALITY = "municipality"
    ORP = "orp"

    @property
    def has_returns(self) -> bool:
        """Whether figures of returns belong beside it: a return does not say which municipality gave what."""
        return self in (By.SERVICE, By.TYPE, By.PROVIDER)

    @property
    def is_place(self) -> bool:
        """Whether there is a line for each place in force, also for one of which nobody told anything."""
        return self in (By.MUNICIPALITY, By.ORP)


class Key(NamedTuple):
    """One figure has one place: service, municipality, year and kind."""

    service_id: int
    municipality_code: str
    year: int
    kind: Kind


@dataclass(frozen=True)
class Contract:
    """One of several contracts behind a figure; ``amount`` in CZK."""

    amount: Decimal
    reference: str
    granted_on: date | None = None


@dataclass(frozen=True)
class Given:
    """One figure as somebody gives it; ``amount`` in CZK.

    One contract stands in ``contract`` and ``granted_on``; several in ``contracts``, which add up to the amount.
    """

    amount: Cell
    contract: str = ""
    granted_on: date | None = None
    note: str = ""
    contracts: tuple[Contract, ...] = ()

    def __post_init__(self) -> None:
        if not self.contracts:
            return
        total = sum((one.amount for one in self.contracts), Decimal(0))
        if len(self.contracts) < 2 or self.contract or self.granted_on or self.amount.number != total:
            raise ValueError("several contracts add up to the amount and stand in place of a single one")

    @classmethod
    def under(cls, contracts: Sequence[Contract], note: str = "") -> Given:
        """A figure under these contracts, one or several."""
        total = Cell.of(sum((one.amount for one in contracts), Decimal(0)))
        if len(contracts) == 1:
            return cls(total, contracts[0].reference, contracts[0].granted_on, note)
        return cls(total, note=note, contracts=tuple(contracts))

    @property
    def parts(self) -> tuple[tuple[Cell, str, date | None], ...]:
        """Amount, reference and day of each contract; one part where there are not several."""
        if self.contracts:
            return tuple((Cell.of(one.amount), one.reference, one.granted_on) for one in self.contracts)
        return ((self.amount, self.contract, self.granted_on),)


class SupportRow(NamedTuple):
    """One stored figure of the municipality's side with its service; ``value`` in CZK."""

    service_id: int
    register_id: int
    service_name: str
    type_code: str
    provider_ico: str
    provider_name: str
    municipality_code: str
    year: int
    kind: Kind
    amount: Cell


@dataclass(frozen=True)
class ReadGrant:
    """One figure of a file with its row."""

    row: int
    key: Key
    given: Given


@dataclass(frozen=True)
class ImportLine:
    """What an import does to one figure; ``before`` is None where there was none."""

    row: int
    kind: Kind
    year: int
    register_id: int
    service_name: str
    municipality_code: str
    before: Cell | None
    after: Cell


@dataclass(frozen=True)
class SizeClass:
    """Municipalities of one size: ``all`` with inhabitants from the lower to the upper bound (None: no upper one).

    ``told`` of them have a number, ``zeros`` of these a true zero; ``foreign`` said that support does not concern them,
    the others told nothing. Of those that told: ``median`` and quartiles in CZK per inhabitant (None without a number,
    quartiles with fewer than four), ``total`` in CZK.
    """

    bounds: tuple[int, int | None]
    all: int
    told: int
    zeros: int
    foreign: int
    median: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    total: Decimal | None

    @property
    def silent(self) -> int:
        """Municipalities that nobody told anything of."""
        return self.all - self.told - self.foreign


@dataclass(frozen=True)
class Told:
    """How many municipalities there are lines of, and what they told: a number (``zeros`` of these a true zero), or of
    every kind that support does not concern them (``foreign``)."""

    all: int
    numbers: int
    zeros: int
    foreign: int

    @property
    def silent(self) -> int:
        """Municipalities that nobody told anything of."""
        return self.all - self.numbers - self.foreign


@dataclass(frozen=True)
class Similar:
    """A municipality beside those of its size, itself included: its place among those that told their support (1 is the
    most per inhabitant; equal ones share it) and the difference of its own from the median, in CZK per inhabitant; both
    None where it told no number."""

    size: SizeClass
    place: int | None
    difference: Decimal | None


@dataclass(frozen=True)
class Line:
    """One line of a report: what municipalities gave, in CZK.

    ``names``: what identifies the line, by column; ``municipalities``: how many gave more than nothing (None of a place
    of which nobody told anything); ``people``: inhabitants of those municipalities (of the unit itself where the line
    is one), None where they are not known.
    """

    key: str
    name: str
    names: Mapping[str, Any]
    municipalities: int | None
    amounts: Mapping[Kind, Cell]
    total: Cell
    people: int | None = None
    per_inhabitant: Decimal | None = None
    earlier: Mapping[int, Cell] = field(default_factory=dict)  # totals of the years before, by year
    similar: Similar | None = None  # of a municipality whose inhabitants are known
