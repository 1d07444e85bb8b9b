"""How far places can be believed, and whether their number agrees with the register. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from portal.waitlists.vacancies.types import Freshness, Upkeep


def freshness(confirmed_on: date | None, on: date, upkeep: Upkeep) -> Freshness:
    """Current until ``stale_after_days`` since the confirmation, that day included; then marked; hidden later than
    ``hidden_after_days`` since the confirmation, and when nothing was confirmed at all.
    """
    if confirmed_on is None:
        return Freshness.HIDDEN
    age_days = (on - confirmed_on).days
    if age_days <= upkeep.stale_after_days:
        return Freshness.CURRENT
    return Freshness.STALE if age_days <= upkeep.hidden_after_days else Freshness.HIDDEN


def first_shown(on: date, upkeep: Upkeep) -> date:
    """The earliest day of confirmation that the public still sees on a day."""
    return on - timedelta(days=upkeep.hidden_after_days)


def capacity_differs(places: int, capacity: int | None) -> bool:
    """Whether the places entered are fewer or more than the registered beds; an unknown capacity differs from nothing,
    and neither does a list that nobody has begun.
    """
    return capacity is not None and places > 0 and places != capacity
