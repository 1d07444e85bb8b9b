"""What the kraj's pages of following up show: deadlines, overview, whom to call, reminders. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.returns.readings import MISSING_STATES, ServiceHead
from portal.returns.types import Period, ReportingDates, ReturnState

NO_WORKER = 0  # stands for "providers without a key worker" where the id of one is expected
HANDED_IN = (ReturnState.SUBMITTED, ReturnState.ACCEPTED, ReturnState.LOCKED)


@dataclass(frozen=True)
class DatesChange:
    """One setting of the dates of a quarter; ``before`` is None for its opening."""

    at_utc: datetime
    actor_name: str
    before: ReportingDates | None
    after: ReportingDates
    reason: str


@dataclass(frozen=True)
class ExceptionLine:
    """More time granted for a quarter; ``service_name`` is None where it is the provider's, for all its services."""

    id: int
    provider_ico: str
    provider_name: str
    register_id: int | None
    service_name: str | None
    last_day: date
    ends_at_utc: datetime
    reason: str
    granted_at_utc: datetime
    granted_by_name: str
    withdrawn_at_utc: datetime | None
    withdrawn_by_name: str | None
    withdrawn_reason: str | None

    def is_running(self, now: datetime) -> bool:
        return now < self.ends_at_utc


@dataclass(frozen=True)
class QuarterDeadlines:
    """A quarter with the history of its dates and all exceptions from them, the latest first."""

    dates: ReportingDates
    changes: Sequence[DatesChange]
    exceptions: Sequence[ExceptionLine]


@dataclass(frozen=True)
class FollowUpFilter:
    """Which services of a quarter; ``worker_id`` NO_WORKER asks for providers that nobody looks after, None for all."""

    dates: ReportingDates
    type_code: str | None = None
    worker_id: int | None = None
    ico: str | None = None


class Grouping(StrEnum):
    TYPE = "druh"
    PROVIDER = "poskytovatel"
    WORKER = "pracovnik"


@dataclass(frozen=True)
class OverviewRow:
    """Counts of the services of one type, provider or key worker. ``on_time`` and ``late`` were handed in."""

    code: str  # of the type, IČO, or id of the key worker (empty: nobody)
    name: str
    states: Mapping[str, int]
    late: int
    oldest_waiting: datetime | None  # when the oldest of those that wait for review was submitted

    @property
    def total(self) -> int:
        return sum(self.states.values())

    @property
    def missing(self) -> int:
        return sum(self.states.get(state, 0) for state in MISSING_STATES)

    @property
    def handed_in(self) -> int:
        return sum(self.states.get(state, 0) for state in HANDED_IN)

    @property
    def on_time(self) -> int:
        return self.handed_in - self.late

    @property
    def complete(self) -> float:
        """Share handed in, 0 to 1; there is no row without services."""
        return self.handed_in / self.total if self.total else 0.0


def total_of(rows: Iterable[OverviewRow]) -> OverviewRow:
    """The sum of rows that share no service."""
    states: dict[str, int] = {}
    late, oldest = 0, None
    for row in rows:
        late += row.late
        oldest = min(filter(None, (oldest, row.oldest_waiting)), default=None)
        for state, count in row.states.items():
            states[state] = states.get(state, 0) + count
    return OverviewRow("", "", states, late, oldest)


@dataclass(frozen=True)
class Overview:
    """One page of the overview; ``total`` is over all pages."""

    rows: Sequence[OverviewRow]
    total: OverviewRow
    page: int
    pages: int


@dataclass(frozen=True)
class CallNoteLine:
    called_on: date
    result: str
    actor_name: str
    period: Period


@dataclass(frozen=True)
class PersonOfProvider:
    """Somebody who fills in or submits the returns of a provider."""

    name: str
    email: str


@dataclass(frozen=True)
class CallLine:
    """A provider that has not handed in everything, and how to reach it."""

    provider_id: int
    ico: str
    name: str
    missing: int
    total: int
    worker_name: str | None
    phones: Sequence[str]
    emails: Sequence[str]
    people: Sequence[PersonOfProvider]
    last_note: CallNoteLine | None


@dataclass(frozen=True)
class CallList:
    lines: Sequence[CallLine]
    total: int
    missing: int
    page: int
    pages: int


@dataclass(frozen=True)
class MissingService:
    """A service that has not handed in, with the dates as they are for it."""

    service: ServiceHead
    state: ReturnState | None
    dates: ReportingDates


@dataclass(frozen=True)
class Addressee:
    """A person and all services of its providers that have not handed in."""

    user_id: int
    name: str
    email: str
    language: str
    services: Sequence[MissingService]


@dataclass(frozen=True)
class Letter:
    subject: str
    body: str


@dataclass(frozen=True)
class PlannedReminder:
    """A message to one person and the kinds of reminders that it stands for."""

    addressee: Addressee
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class DueReminder:
    """A message that is to be sent now; ``person`` is None where there is nothing left to remind of."""

    key: str
    period: Period
    person: Addressee | None


@dataclass(frozen=True)
class ReminderPlan:
    """Whom a kind of reminder would go to now; ``had`` is how many others it went to before."""

    planned: Sequence[PlannedReminder]
    had: int


REMINDER_STATES = ("waiting", "sending", "failed", "sent", "dropped")


@dataclass(frozen=True)
class SentReminder:
    """What became of one letter."""

    key: str
    name: str
    email: str
    kinds: Sequence[str]
    services: int
    state: str  # one of REMINDER_STATES
    attempts: int
    error: str | None
    planned_at: datetime
    next_attempt_at: datetime | None  # of a failed one that is tried again by itself
    sent_at: datetime | None


@dataclass(frozen=True)
class SentReminders:
    """One page of letters; counts are of all letters of the quarter by state."""

    rows: Sequence[SentReminder]
    counts: Mapping[str, int]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class KeyWorkerLine:
    """A provider and who looks after it."""

    provider_id: int
    ico: str
    name: str
    services: int
    user_id: int | None
    user_name: str | None
    since: datetime | None


@dataclass(frozen=True)
class AssignmentLine:
    """One line of the history: who looked after a provider from when to when, and who decided so."""

    user_name: str
    assigned_at_utc: datetime
    assigned_by_name: str
    ended_at_utc: datetime | None
    ended_by_name: str | None
