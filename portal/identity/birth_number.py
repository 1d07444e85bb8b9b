"""Birth numbers and the insurance numbers of foreigners: what they say and whether they can be.

Source: Act 133/2000 Coll., § 13: six digits of the birth date (women have 50 added to the month; since 2004 also 20 or
70 when the day's numbers are used up) and an ending of three digits before 1954, of four since, when the whole is
divisible by 11. Until 1985 numbers were also given whose first nine digits leave 10 and that end with 0. Insurance
numbers of foreigners are made alike with 40 (social security) or 50 (health insurance) added to the day; these may have
20 in the month in any year, and their check digit is not relied on.

Nothing here refuses: a doubt is a sentence, and the person decides. The browser does the same in
``assets/_birth_number.js``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from portal.core.messages import Message, _m
from portal.identity.dates import Day, is_day
from portal.identity.types import Sex

FIRST_YEAR_OF_TEN: Final = 1954
LAST_YEAR_OF_EXCEPTION: Final = 1985
FIRST_YEAR_OF_EXTRA: Final = 2004
_DIGITS: Final = re.compile(r"[0-9]{9,10}")
_SHORTENED: Final = re.compile(r"[0-9]{8,9}")
_SPACES: Final = re.compile("[\\s\u00ad\u200b-\u200f\u2060\ufeff/\\-–.]+")
_NOT_GIVEN: Final = frozenset({"000", "999", "0000", "9999"})


class Doubt(StrEnum):
    """Why a birth number may be wrong."""

    SHAPE = "shape"
    DATE = "date"
    FUTURE = "future"
    LENGTH = "length"
    ENDING = "ending"
    CHECK_DIGIT = "check_digit"
    LATE_EXCEPTION = "late_exception"
    OTHER_DATE = "other_date"
    OTHER_SEX = "other_sex"


DOUBTS: Final[dict[Doubt, Message]] = {
    Doubt.SHAPE: _m("A birth number has nine or ten digits. This one will not be used."),
    Doubt.DATE: _m("The birth number holds no possible date of birth. Check it; it will not be used."),
    Doubt.FUTURE: _m("By the birth number the person is yet to be born. Check it."),
    Doubt.LENGTH: _m(
        "Birth numbers of nine digits were given until 1953 only. Check whether a digit is missing; as it is, it will"
        " not be used."
    ),
    Doubt.ENDING: _m("The ending of the birth number stands for an unknown one. It will not be used."),
    Doubt.CHECK_DIGIT: _m(
        "The birth number is not divisible by eleven, probably a digit is wrong. Check it; as it is, it will not be"
        " used."
    ),
    Doubt.LATE_EXCEPTION: _m(
        "Birth numbers of this form were given until 1985 as a rare exception. Check the last digit; as it is, it will"
        " not be used."
    ),
    Doubt.OTHER_DATE: _m("The date of birth differs from the birth number. Check both."),
    Doubt.OTHER_SEX: _m("The sex differs from the birth number. Check both."),
}
_UNUSABLE: Final = frozenset({Doubt.SHAPE, Doubt.DATE, Doubt.ENDING})
_FAILED: Final = frozenset({Doubt.LENGTH, Doubt.CHECK_DIGIT, Doubt.LATE_EXCEPTION})


@dataclass(frozen=True, slots=True)
class Checked:
    """What a typed birth number says. ``digits`` is None where it cannot identify anybody; ``born`` and ``sex`` are
    None where it says neither.
    """

    digits: str | None
    born: Day | None = None
    sex: Sex | None = None
    is_insurance_number: bool = False
    doubt: Doubt | None = None

    @property
    def is_ok(self) -> bool:
        return self.doubt is None

    @property
    def is_certain(self) -> bool:
        """It can be somebody's number: what is doubted, if anything, is the date or the sex typed beside it."""
        return self.digits is not None and self.doubt not in _FAILED

    @property
    def is_proven(self) -> bool:
        """Ten digits divisible by eleven: no single wrong digit and hardly any other error leaves that."""
        return (
            self.digits is not None
            and len(self.digits) == 10
            and int(self.digits) % 11 == 0
            and not self.is_insurance_number
        )

    @property
    def warning(self) -> Message | None:
        return None if self.doubt is None else DOUBTS[self.doubt]


NOT_TYPED: Final = Checked(None)


def compact(text: str) -> str:
    """Without spaces, slashes and dashes."""
    return _SPACES.sub("", text)


def check_birth_number(text: str, born: Day | None = None, sex: Sex | None = None, today: Day | None = None) -> Checked:
    """Read and check a birth number as typed, beside the typed date of birth and sex if they are known.

    An empty text is neither used nor doubted. ``today`` is the first day on which nobody was born yet; without it
    no date is in the future.
    """
    digits = _with_zeros(compact(text), born)
    if not digits:
        return NOT_TYPED
    if not _DIGITS.fullmatch(digits):
        return Checked(None, doubt=Doubt.SHAPE)
    readings = _readings(digits)
    if not readings:
        return Checked(None, doubt=Doubt.DATE)
    read_sex = _sex(digits)
    day, is_insurance = next((reading for reading in readings if reading[0] == born), readings[0])
    certain = day if len(readings) == 1 or day == born else None
    doubt = (
        _doubt_of_number(digits, day, is_insurance, today)
        or (Doubt.OTHER_DATE if born is not None and born != day else None)
        or (Doubt.OTHER_SEX if sex is not None and sex != read_sex else None)
    )
    return Checked(None if doubt in _UNUSABLE else digits, certain, read_sex, is_insurance, doubt)


def _with_zeros(digits: str, born: Day | None) -> str:
    """The digits with the zeros in front that spreadsheets drop, where the typed date says that they are missing."""
    if born is None or born[0] < 2000 or len(digits) not in (8, 9) or not _SHORTENED.fullmatch(digits):
        return digits
    whole = digits.zfill(10)
    fits = int(whole) % 11 == 0 and any(day == born for day, _ in _readings(whole))
    return whole if fits else digits


def _sex(digits: str) -> Sex:
    return Sex.FEMALE if int(digits[2:4]) > 50 else Sex.MALE


def _year(digits: str) -> int:
    short = int(digits[:2])
    if len(digits) == 9:
        return 1900 + short if short < FIRST_YEAR_OF_TEN % 100 else 1800 + short
    return 1900 + short if short >= FIRST_YEAR_OF_TEN % 100 else 2000 + short


def _readings(digits: str) -> list[tuple[Day, bool]]:
    """The dates of birth that the number may stand for, and whether as an insurance number of a foreigner."""
    year, month, day = _year(digits), int(digits[2:4]) % 50, int(digits[4:6])
    if len(digits) == 9 and year < 1900:  # the last digit is missing, the rest may still be right
        year += 100
    with_extra = month > 20
    month -= 20 if with_extra else 0
    found: list[tuple[Day, bool]] = []
    if is_day(year, month, day) and not (with_extra and year < FIRST_YEAR_OF_EXTRA):
        found.append(((year, month, day), False))
    for added in (50, 40):
        if is_day(year, month, day - added):
            found.append(((year, month, day - added), True))
    return found


def _doubt_of_number(digits: str, day: Day, is_insurance: bool, today: Day | None) -> Doubt | None:
    if digits[6:] in _NOT_GIVEN:
        return Doubt.ENDING
    if len(digits) == 9:
        return Doubt.LENGTH if int(digits[:2]) >= FIRST_YEAR_OF_TEN % 100 else None
    if today is not None and day > today:
        return Doubt.FUTURE
    if is_insurance or int(digits) % 11 == 0:
        return None
    if digits[9] == "0" and int(digits[:9]) % 11 == 10:
        return Doubt.LATE_EXCEPTION if day[0] > LAST_YEAR_OF_EXCEPTION else None
    return Doubt.CHECK_DIGIT
