"""The one source of time. Instants are UTC; what a date means is decided in Europe/Prague."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

PRAGUE = ZoneInfo("Europe/Prague")

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def now_utc() -> datetime:
    """The present instant, timezone-aware, UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """The calendar day in Prague."""
    return now_utc().astimezone(PRAGUE).date()


@contextmanager
def frozen_at(instant: datetime) -> Iterator[None]:
    """Hold the clock still, for tests and for reproducible demonstration data."""
    token = _frozen.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
