"""How old the provider's confirmation of an entry is. Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from enum import StrEnum

FRESH_MONTHS = 6
OVERDUE_MONTHS = 12


class Freshness(StrEnum):
    """State of an entry by the age of its last confirmation."""

    FRESH = "fresh"  # at most 6 months
    DUE = "due"  # over 6 and at most 12 months: a reminder
    OVERDUE = "overdue"  # over 12 months
    NEVER = "never"  # not confirmed yet


def freshness(verified_on: date | None, on: date) -> Freshness:
    """State on the day ``on``. The day exactly 6 (12) calendar months after the confirmation still is FRESH (DUE);
    a confirmation dated after ``on`` is FRESH; none at all is NEVER."""
    if verified_on is None:
        return Freshness.NEVER
    if on <= add_months(verified_on, FRESH_MONTHS):
        return Freshness.FRESH
    if on <= add_months(verified_on, OVERDUE_MONTHS):
        return Freshness.DUE
    return Freshness.OVERDUE


def add_months(day: date, months: int) -> date:
    """The same day so many calendar months later, or the last day of a shorter month: 31 August + 6 is 28 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
