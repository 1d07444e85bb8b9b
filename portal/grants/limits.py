"""What a figure of support can say: its year, the day of its contract, its texts. Pure."""

from __future__ import annotations

import re
from datetime import date

from portal.core.errors import Invalid
from portal.core.messages import Message, _m
from portal.identity.written import looks_like_birth_number

FIRST_YEAR = 2015
FIRST_DAY = date(1995, 1, 1)  # leases and founders' deeds are older than the support that stands on them
MAX_CONTRACT, MAX_NOTE = 100, 1_000
BIRTH_NUMBER = _m("The text holds something that looks like a birth number. Leave it out, and names as well.")
_NUMBER_OF_YEAR = re.compile(r"(?<![0-9])([0-9]{6})\s*/\s*(20[0-9]{2})(?![0-9])", re.ASCII)


def last_year(on: date) -> int:
    """The last year that support can be of: grants of the next one are decided before it begins."""
    return on.year + 1


def year_fault(year: int, on: date) -> Message | None:
    """What is wrong with a year of support."""
    if FIRST_YEAR <= year <= last_year(on):
        return None
    return _m("Write a year from %(first)s to %(last)s.", first=FIRST_YEAR, last=last_year(on))


def check_year(year: int, on: date) -> int:
    """The year itself. Raises Invalid for one that support cannot be of."""
    fault = year_fault(year, on)
    if fault is not None:
        raise Invalid(fault)
    return year


def day_fault(day: date, year: int, on: date) -> Message | None:
    """What is wrong with the day of a contract whose support is of the year."""
    if day > on:
        return _m("The day is yet to come; write the day on which the support was granted.")
    if day.year > year + 1:
        return _m("The day lies after the end of %(after)s, the year after that of the support.", after=year + 1)
    if day < FIRST_DAY:
        return _m("The day lies before %(first)s.", first=FIRST_DAY.year)
    return None


def note_fault(text: str) -> Message | None:
    """What is wrong with a note; the sentence does not repeat it."""
    if len(text) > MAX_NOTE:
        return _m("The text is longer than %(most)s characters.", most=MAX_NOTE)
    return BIRTH_NUMBER if looks_like_birth_number(text) else None


def contract_fault(text: str) -> Message | None:
    """What is wrong with the reference of a contract; the sentence does not repeat it."""
    if len(text) > MAX_CONTRACT:
        return _m("The text is longer than %(most)s characters.", most=MAX_CONTRACT)
    return BIRTH_NUMBER if looks_like_birth_number(_NUMBER_OF_YEAR.sub(_of_year, text)) else None


def _of_year(match: re.Match[str]) -> str:
    """Nothing for a number with its year (000123/2025), as registers of contracts have them: birth numbers with four
    digits behind the stroke divide by eleven."""
    return match[0] if int(match[1] + match[2]) % 11 == 0 else ""
