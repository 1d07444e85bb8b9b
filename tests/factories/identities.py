"""People who never lived, and all the birth numbers that somebody could try."""

from __future__ import annotations

import calendar
from collections.abc import Iterator

EXCEPTION_UNTIL = 1985
EXTRA_SINCE = 2004


def birth_numbers_of_day(year: int, month: int, day: int) -> Iterator[str]:
    """Every birth number that a person born on that day may have, without a slash. Plainly, number by number."""
    added = (0, 50, 20, 70) if year >= EXTRA_SINCE else (0, 50)
    for more in added:
        front = f"{year % 100:02}{month + more:02}{day:02}"
        if year < 1954:
            yield from (f"{front}{ending:03}" for ending in range(1, 999))
            continue
        for ending in range(1000):
            nine = f"{front}{ending:03}"
            left = int(nine) % 11
            if left < 10:
                number = f"{nine}{left}"
                if number[6:] not in ("0000", "9999"):
                    yield number
            elif year <= EXCEPTION_UNTIL and ending:
                yield f"{nine}0"


def birth_numbers_of_year(year: int) -> Iterator[str]:
    """Every birth number that a person born in that year may have: the dictionary of an attacker."""
    for month in range(1, 13):
        for day in range(1, calendar.monthrange(year, month)[1] + 1):
            yield from birth_numbers_of_day(year, month, day)
