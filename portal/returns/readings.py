"""What the pages of the returns show, as the service composes it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from portal.core.cells import NOT_SUPPLIED, Cell
from portal.returns.residences.types import Residences
from portal.returns.types import (
    EDITABLE_STATES,
    NOT_STARTED,
    CellKey,
    Cells,
    Finding,
    FormDefinition,
    Period,
    ReportingDates,
    ReturnAction,
    ReturnState,
    SectionDefinition,
)


@dataclass(frozen=True)
class ServiceHead:
    """What lists of returns say of a service."""

    id: int
    register_id: int
    identifier: str | None
    name: str
    type_code: str
    provider_ico: str
    provider_name: str


@dataclass(frozen=True)
class ReportingService(ServiceHead):
    """What a return needs to know of its service."""

    forms: tuple[str, ...]


@dataclass(frozen=True)
class EventLine:
    at_utc: datetime
    actor_name: str
    action: ReturnAction
    reason: str | None


@dataclass(frozen=True)
class ChangeLine:
    """One change of one cell; ``version`` is that of the return after it."""

    key: CellKey
    version: int
    at_utc: datetime
    actor_name: str
    before: Cell
    after: Cell


@dataclass(frozen=True)
class Quarter:
    """The cells of another quarter of the same service."""

    period: Period
    cells: Cells

    def cell(self, key: CellKey) -> Cell:
        return self.cells.get(key, NOT_SUPPLIED)


@dataclass(frozen=True)
class ReturnReading:
    """One return with all that its pages show. ``state`` is None and ``version`` 0 while nobody began it."""

    service: ReportingService
    dates: ReportingDates
    definition: FormDefinition
    keys: tuple[CellKey, ...]
    state: ReturnState | None
    version: int
    cells: Cells
    comments: Mapping[CellKey, str]
    notes: Mapping[CellKey, str]  # why cells were returned in the last round; empty once submitted again
    events: Sequence[EventLine]
    changes: Sequence[ChangeLine]
    recent: Sequence[Quarter]  # earlier quarters that there are, the last one first
    first_submitted_at_utc: datetime | None
    is_late: bool
    is_closed: bool
    may_edit: bool
    actions: frozenset[ReturnAction]
    return_id: int | None = None
    residences: Residences | None = None  # None: the form does not ask where users live
    findings: Sequence[Finding] = field(default_factory=tuple)

    @property
    def period(self) -> Period:
        return self.dates.period

    @property
    def state_name(self) -> str:
        return self.state or NOT_STARTED

    @property
    def is_editable_state(self) -> bool:
        return self.state is None or self.state in EDITABLE_STATES

    @property
    def last_quarter(self) -> Quarter:
        """The quarter before this one; empty where there is no return of it."""
        before = self.period.previous
        return next((quarter for quarter in self.recent if quarter.period == before), Quarter(before, {}))

    @property
    def last_event(self) -> EventLine | None:
        return self.events[-1] if self.events else None

    def cell(self, key: CellKey) -> Cell:
        return self.cells.get(key, NOT_SUPPLIED)

    def sections(self) -> list[tuple[SectionDefinition, list[CellKey]]]:
        """The cells by the sections of the form."""
        return self.definition.by_section(self.keys)

    def carried_over(self, key: CellKey) -> Cell:
        """What a box may start with before anybody saved a figure: last quarter's figure, where that is fair.

        It is not stored until a person saves it.
        """
        if self.version == 0 and self.definition.field(key.field).carry_over:
            return self.last_quarter.cell(key)
        return NOT_SUPPLIED

    def changes_by_key(self) -> dict[CellKey, list[ChangeLine]]:
        """The changes of each cell that ever changed, the latest first."""
        found: dict[CellKey, list[ChangeLine]] = {}
        for change in reversed(self.changes):
            found.setdefault(change.key, []).append(change)
        return found

    def cells_at(self, version: int) -> dict[CellKey, Cell]:
        """The cells as they stood when the return had this version."""
        earlier = dict(self.cells)
        for change in reversed(self.changes):
            if change.version > version:
                earlier[change.key] = change.before
        return earlier


@dataclass(frozen=True)
class BoardRow:
    """One service in one quarter, as lists show it."""

    service: ServiceHead
    period: Period
    state: ReturnState | None
    first_submitted_at_utc: datetime | None
    extended_until: datetime | None = None  # the end of the longest exception, running or lapsed

    @property
    def state_name(self) -> str:
        return self.state or NOT_STARTED


@dataclass(frozen=True)
class BoardQuery:
    """What the kraj asks its list for; empty texts ask for everything."""

    period: Period | None = None
    state: str = ""  # a ReturnState, NOT_STARTED or MISSING
    type_code: str = ""
    provider: str = ""  # part of a name, an IČO or a registration identifier
    late_only: bool = False
    worker_id: int | None = None  # of the key worker of the provider; 0: nobody looks after it
    page: int = 1


MISSING = "missing"  # not submitted: nobody began it, a draft, or returned
MISSING_STATES = (NOT_STARTED, ReturnState.DRAFT, ReturnState.RETURNED)


@dataclass(frozen=True)
class Board:
    """The kraj's list for one quarter: counts by state under all other filters, and one page of rows."""

    dates: ReportingDates | None  # None: the kraj opened no quarter yet
    periods: Sequence[ReportingDates]
    counts: Mapping[str, int]
    rows: Sequence[BoardRow]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class OwnReturns:
    """A provider's services by quarter, the latest quarter first; a service is there for quarters that it worked in."""

    quarters: Sequence[tuple[ReportingDates, Sequence[BoardRow]]]
    now: datetime
