"""What happens to an identity on its way into a list: errors of typing, of hearing and of forms.

Every function takes the text as it should be and gives it as it was written down; ``random`` is Python's generator.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from random import Random
from typing import Final

# Neighbours of a key on the Czech keyboard (QWERTZ); accented letters stand where the digits are.
_ROWS: Final = ("qwertzuiop", "asdfghjkl", "yxcvbnm")
TITLES_BEFORE: Final = ("Ing.", "Mgr.", "MUDr.", "Bc.", "JUDr.", "PhDr.", "paní", "pan")
TITLES_AFTER: Final = (", CSc.", ", Ph.D.", ", DiS.")


class Damage(StrEnum):
    """One thing that is wrong in a record; the value is the word in the file of the truth."""

    SURNAME_TYPO = "surname_typo"
    GIVEN_TYPO = "given_typo"
    NO_ACCENTS = "no_accents"
    DAY_AND_MONTH = "day_and_month"
    DATE_TYPO = "date_typo"
    NUMBER_MISSING = "number_missing"
    NUMBER_TYPO = "number_typo"
    OTHER_SURNAME = "other_surname"
    DOUBLE_SURNAME = "double_surname"
    TITLE = "title"
    NAMES_EXCHANGED = "names_exchanged"
    MOVED = "moved"


# How often each is what is wrong with a damaged record. Errors of typing lead (surname more often than given name,
# which is chosen from few); a missing number and an old address follow; the rest is rarer.
WEIGHTS: Final[dict[Damage, float]] = {
    Damage.SURNAME_TYPO: 0.17,
    Damage.GIVEN_TYPO: 0.09,
    Damage.NO_ACCENTS: 0.10,
    Damage.DAY_AND_MONTH: 0.06,
    Damage.DATE_TYPO: 0.09,
    Damage.NUMBER_MISSING: 0.16,
    Damage.NUMBER_TYPO: 0.08,
    Damage.OTHER_SURNAME: 0.05,
    Damage.DOUBLE_SURNAME: 0.03,
    Damage.TITLE: 0.05,
    Damage.NAMES_EXCHANGED: 0.03,
    Damage.MOVED: 0.09,
}
DAMAGES_PER_RECORD: Final = (0.70, 0.22, 0.08)  # one, two, three


def _neighbours() -> dict[str, str]:
    found: dict[str, str] = {}
    for depth, row in enumerate(_ROWS):
        for place, key in enumerate(row):
            beside = row[max(0, place - 1) : place] + row[place + 1 : place + 2]
            above = _ROWS[depth - 1][place : place + 2] if depth else ""
            below = _ROWS[depth + 1][max(0, place - 1) : place + 1] if depth + 1 < len(_ROWS) else ""
            found[key] = beside + above + below
    return found


NEIGHBOURS: Final = _neighbours()


def without_accents(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))


def mistyped(text: str, random: Random) -> str:
    """One error of typing: a neighbouring key, a letter left out, two exchanged, one doubled, or one added."""
    if len(text) < 2:
        return text + text
    place, how = random.randrange(len(text)), random.random()
    if how < 0.35:
        keys = NEIGHBOURS.get(without_accents(text[place]).lower())
        if keys:
            key = random.choice(keys)
            return text[:place] + (key.upper() if text[place].isupper() else key) + text[place + 1 :]
    if how < 0.60:
        return text[:place] + text[place + 1 :]
    if how < 0.80:
        place = min(place, len(text) - 2)
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    if how < 0.92:
        return text[:place] + text[place] + text[place:]
    return text[:place] + random.choice("aeiouklmnrst") + text[place:]


def wrong_number(number: str, random: Random) -> str:
    """A birth number with one digit wrong, or two neighbouring ones exchanged."""
    if not number:
        return number
    place = random.randrange(len(number) - 1)
    if random.random() < 0.3 and number[place] != number[place + 1]:
        return number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    digit = (int(number[place]) + random.randrange(1, 10)) % 10
    return f"{number[:place]}{digit}{number[place + 1 :]}"


def exchanged_date(born: str) -> str:
    """The ISO date with day and month exchanged, where that is a date."""
    year, month, day = born.split("-")
    return f"{year}-{day}-{month}" if int(day) <= 12 else born


def wrong_date(born: str, random: Random) -> str:
    """The ISO date with one part wrong: the day or month next to the right one or one digit of the year."""
    year, month, day = (int(part) for part in born.split("-"))
    how = random.random()
    if how < 0.40:
        other = (day - 1 + random.choice((1, 10, 27, 18, random.randrange(1, 28)))) % 28 + 1
        return f"{year}-{month:02}-{other if other != day else other % 28 + 1:02}"
    if how < 0.65:
        other = (month - 1 + random.randrange(1, 12)) % 12 + 1
        return f"{year}-{other:02}-{min(day, 28):02}"
    step = random.choice((1, -1, 10, -10, 2, -2, random.choice((3, -3, 20, -20))))
    return f"{max(1905, year + step)}-{month:02}-{min(day, 28):02}"


def with_title(surname: str, random: Random) -> str:
    """A title in the field of the surname, before it or after."""
    if random.random() < 0.75:
        return f"{random.choice(TITLES_BEFORE)} {surname}"
    return surname + random.choice(TITLES_AFTER)
