"""Birth numbers in free text, where they must not stand. Pure."""

from __future__ import annotations

import re

_NUMBERS = re.compile(r"(?<![0-9])([0-9]{2})([0-9]{2})([0-9]{2})\s*([/ -]?)\s*([0-9]{3,4})(?![0-9])", re.ASCII)
_MONTHS = frozenset({*range(1, 13), *range(21, 33), *range(51, 63), *range(71, 83)})


def looks_like_birth_number(text: str) -> bool:
    """Whether a birth number stands anywhere in the text: written with its stroke, or ten digits that divide by 11.

    Act 133/2000 Coll.: YYMMDD, the month of women + 50, from 2004 also + 20 and + 70; three digits at the end before
    1954, four with a check digit after. Nine digits without a stroke count only where the year may be before 1954.
    """
    return any(_is_birth_number(*match.groups()) for match in _NUMBERS.finditer(text))


def _is_birth_number(year: str, month: str, day: str, stroke: str, end: str) -> bool:
    if int(month) not in _MONTHS:
        return False
    if not 1 <= int(day) <= 31:
        return False
    if stroke:
        return True
    if len(end) == 3:
        return int(year) < 54
    number = int(year + month + day + end)
    return number % 11 == 0 or (int(year + month + day + end[:3]) % 11 == 10 and end[3] == "0")
