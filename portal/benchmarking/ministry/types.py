"""Words of the ministry's yearly reporting: columns of a file, states of an import and of a reconciliation. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from portal.core.cells import Cell
from portal.core.errors import Invalid
from portal.core.messages import Message, _m
from portal.returns.definition import definition_for
from portal.returns.types import FieldDefinition, FieldUnit, Period

COSTS, REVENUES = "costs_total", "revenues_total"
TOTALS = (COSTS, REVENUES)

# What a column can say besides amounts; a file needs one of the first two.
REGISTER_ID, IDENTIFIER, YEAR = "register_id", "identifier", "year"
KEYS = (REGISTER_ID, IDENTIFIER)

FIRST_YEAR, LAST_YEAR = 2015, 2100

KEY_NAMES = {
    REGISTER_ID: _m("Number of the service in the register"),
    IDENTIFIER: _m("Registration identifier of the service"),
    YEAR: _m("Year"),
}


@lru_cache(maxsize=1)
def items() -> Mapping[str, FieldDefinition]:
    """Costs and revenues of the quarterly return, by code, totals included; the ministry's figures are named alike."""
    fields = definition_for(Period(FIRST_YEAR, 1)).fields
    return {field.code: field for field in fields if field.unit is FieldUnit.CZK}


def check_year(year: int) -> int:
    """The year itself. Raises Invalid for one that no return can be of."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid(_m("Write a year from %(first)s to %(last)s.", first=FIRST_YEAR, last=LAST_YEAR))
    return year


class Formula:
    """Stands in a grid for a cell that holds a formula."""

    def __repr__(self) -> str:
        return "Formula()"


FORMULA = Formula()
GridCell = str | float | int | None | Formula


@dataclass(frozen=True)
class GridRow:
    """A row of a file with the place by which people find it: the row of the sheet, or the record of an XML file."""

    number: int
    cells: tuple[GridCell, ...]


@dataclass(frozen=True)
class Grid:
    """A file as a table: headings (each once), rows of data and what kind of file it was (xlsx, csv or xml)."""

    kind: str
    headings: tuple[str, ...]
    rows: tuple[GridRow, ...]


@dataclass(frozen=True)
class Fault:
    """What is wrong with a file, and where: the row and the cell as people find them."""

    message: Message
    row: int | None = None
    cell: str = ""


@dataclass(frozen=True)
class ReadFigure:
    """The figures of one service as a row of a file gives them."""

    row: int
    register_id: int | None
    identifier: str | None
    cells: Mapping[str, Cell]  # by codes of items()

    @property
    def named(self) -> str:
        """What the row calls the service."""
        return str(self.register_id) if self.register_id is not None else self.identifier or ""


@dataclass(frozen=True)
class ReadFile:
    """All rows of a file with their faults; with any fault, nothing of it is taken."""

    year: int | None
    figures: tuple[ReadFigure, ...]
    faults: tuple[Fault, ...]
    left_out: tuple[int, ...] = ()  # rows of totals, which belong to no service


class ImportState(StrEnum):
    MAPPING = "mapping"  # it waits for somebody to say what its columns mean
    PREVIEWED = "previewed"
    WAITING = "waiting"  # some rows are of services that the portal does not know
    REJECTED = "rejected"
    APPLIED = "applied"
    ROLLED_BACK = "rolled_back"
    DISCARDED = "discarded"

    @property
    def is_open(self) -> bool:
        return self in (ImportState.MAPPING, ImportState.PREVIEWED, ImportState.WAITING, ImportState.REJECTED)

    @property
    def can_be_applied(self) -> bool:
        return self in (ImportState.PREVIEWED, ImportState.WAITING)


class ChangeKind(StrEnum):
    """What a row would do to one figure."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True)
class FigureChange:
    """One figure of a preview."""

    kind: ChangeKind
    row: int
    register_id: int
    provider_ico: str
    service_name: str
    item: str
    before: Cell | None  # None: the portal had no figure
    after: Cell


@dataclass(frozen=True)
class ImportInfo:
    """One import as pages and commands tell it."""

    id: int
    source: str
    year: int | None
    file_name: str
    state: ImportState
    columns: Mapping[str, str]
    headings: tuple[str, ...]
    rows: int
    new: int
    changed: int
    same: int
    unknown: tuple[tuple[int, str], ...]  # row and what it calls the service
    faults: tuple[Fault, ...]
    fault_count: int
    created_at_utc: datetime
    applied_at_utc: datetime | None
    rolled_back_at_utc: datetime | None
    is_latest_applied: bool
    repeated: bool = False  # the same file was there already, and nothing was done


class Comparison(StrEnum):
    """How the ministry's figure (M) and the sum of the returns (B) stand to each other."""

    DIFFERS = "differs"
    B_INCOMPLETE = "b_incomplete"  # some quarters are missing, so there is no sum
    B_MISSING = "b_missing"  # no accepted return at all
    M_MISSING = "m_missing"
    NOT_APPLICABLE = "not_applicable"
    AGREES = "agrees"


class Decision(StrEnum):
    """What the region made of a difference."""

    OPEN = "open"
    EXPLAINED = "explained"
    TO_CORRECT = "to_correct"
    ACCEPTED = "accepted"


class MessageKind(StrEnum):
    COMMENT = "comment"  # of the region, for itself
    QUESTION = "question"
    ANSWER = "answer"


@dataclass(frozen=True)
class Tolerance:
    """A difference counts when it exceeds both: the share of the ministry's figure and the amount in CZK."""

    percent: Decimal = Decimal(1)
    czk: Decimal = Decimal(1000)


@dataclass(frozen=True)
class Entry:
    """One sentence of a thread about a difference."""

    kind: MessageKind
    text: str
    actor_name: str
    at_utc: datetime
