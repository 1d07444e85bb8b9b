"""Dates as Czechs write them: the day first, unless the year is. The browser does the same in ``assets/_dates.js``."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from portal.identity.names import simple
from portal.identity.words import WORDS

Day = tuple[int, int, int]  # year, month, day

FIRST_YEAR: Final = 1850
LAST_YEAR: Final = 2199
_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MONTHS: Final = {name: number for number, names in enumerate(WORDS["months"], start=1) for name in names}
_NOT_KNOWN: Final = frozenset(WORDS["no_birth_dates"])

_TIME: Final = r"(?:[t ]\d{1,2} \d{2}(?: \d{2}(?: \d+)?)?z?)?"
_YEAR_FIRST: Final = re.compile(r"(\d{4}) (\d{1,2}) (\d{1,2})" + _TIME)
_DAY_FIRST: Final = re.compile(r"(\d{1,2}) (\d{1,2}|[a-z]+) (\d{4})" + _TIME)
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DIVIDING: Final = re.compile(r"[^a-z0-9]+")


def days_in_month(year: int, month: int) -> int:
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and is_leap else _DAYS[month - 1]


def is_day(year: int, month: int, day: int) -> bool:
    """Whether the calendar has the day, and somebody may have been born on it."""
    return FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 and 1 <= day <= days_in_month(year, month)


@lru_cache(maxsize=1 << 17)
def read_date(text: str) -> Day | None:
    """A date in any usual form: 1. 2. 1950, 01.02.1950, 1950-02-01, 1/2/1950, 1. února 1950, 1. II. 1950, 19500201,
    with or without a time after it. None for anything else, for a year of two digits, which could be of either
    century, for an impossible day and for a day that programs write where none is known.
    """
    plain = _DIVIDING.sub(" ", simple(text)).strip()
    if found := _YEAR_FIRST.fullmatch(plain):
        year, month, day = (int(part) for part in found.groups())
    elif found := _DAY_FIRST.fullmatch(plain):
        day, year = int(found[1]), int(found[3])
        month = int(found[2]) if found[2].isdigit() else _MONTHS.get(found[2], 0)
    elif found := _COMPACT.fullmatch(plain):
        year, month, day = (int(part) for part in found.groups())
    else:
        return None
    if not is_day(year, month, day) or iso(year, month, day) in _NOT_KNOWN:
        return None
    return year, month, day


def iso(year: int, month: int, day: int) -> str:
    return f"{year}-{month:02}-{day:02}"
