"""A birth number is read, doubted in a sentence, and never refused."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cz import rc

from portal.identity.birth_number import DOUBTS, Doubt, check_birth_number
from portal.identity.types import Sex
from tests.factories.identities import birth_numbers_of_day, birth_numbers_of_year


@pytest.mark.parametrize(
    "written", ["736028/5163", "736028 / 5163", "7360285163", " 736 028 5163 ", "736028-5163", "736028\u00a05163"]
)
def test_slash_and_spaces_do_not_matter(written: str) -> None:
    checked = check_birth_number(written)
    assert (checked.digits, checked.born, checked.sex) == ("7360285163", (1973, 10, 28), Sex.FEMALE)
    assert checked.is_ok


@pytest.mark.parametrize(
    ("written", "born", "sex"),
    [
        ("500201/123", (1950, 2, 1), Sex.MALE),  # nine digits have no check digit
        ("531231123", (1953, 12, 31), Sex.MALE),
        ("005201/123", (1900, 2, 1), Sex.FEMALE),
        ("780123/3540", (1978, 1, 23), Sex.MALE),  # nine digits leave 10, the tenth is 0
        ("042215/0014", (2004, 2, 15), Sex.MALE),  # twenty added
        ("047215/0019", (2004, 2, 15), Sex.FEMALE),  # seventy added
        ("610976/1234", (1961, 9, 26), Sex.MALE),  # a foreigner's, fifty added to the day
        ("817976/1234", (1981, 9, 26), Sex.FEMALE),  # and twenty to the month
        ("850641/0004", (1985, 6, 1), Sex.MALE),  # forty added to the day
    ],
)
def test_what_is_right_is_not_doubted(written: str, born: tuple[int, int, int], sex: Sex) -> None:
    checked = check_birth_number(written)
    assert (checked.born, checked.sex, checked.doubt) == (born, sex, None)
    assert checked.is_insurance_number == (int(written[4:6]) > 31)


@pytest.mark.parametrize(
    ("written", "doubt", "is_used"),
    [
        ("12345678", Doubt.SHAPE, False),
        ("7360285163 1", Doubt.SHAPE, False),
        ("736028A163", Doubt.SHAPE, False),
        ("731328/5167", Doubt.DATE, False),
        ("730230/5167", Doubt.DATE, False),
        ("737028/5164", Doubt.DATE, False),  # seventy was not added before 2004
        ("731399/5160", Doubt.DATE, False),
        ("736028/0000", Doubt.ENDING, False),
        ("500201/999", Doubt.ENDING, False),
        ("736028/5164", Doubt.CHECK_DIGIT, True),
        ("900101/0140", Doubt.LATE_EXCEPTION, True),
        ("736028/516", Doubt.LENGTH, True),
        ("301231/0001", Doubt.FUTURE, True),
    ],
)
def test_what_may_be_wrong_is_said_with_the_reason(written: str, doubt: Doubt, is_used: bool) -> None:
    checked = check_birth_number(written, today=(2026, 11, 27))
    assert checked.doubt is doubt
    assert checked.warning is DOUBTS[doubt]
    assert (checked.digits is not None) == is_used


def test_the_typed_date_and_sex_are_compared() -> None:
    assert check_birth_number("736028/5163", (1973, 10, 28), Sex.FEMALE).is_ok
    assert check_birth_number("736028/5163", (1973, 10, 27)).doubt is Doubt.OTHER_DATE
    assert check_birth_number("736028/5163", (1973, 10, 28), Sex.MALE).doubt is Doubt.OTHER_SEX


def test_a_foreigners_number_of_two_readings_takes_the_typed_date() -> None:
    # 60 in the day is the 10th with fifty or the 20th with forty added.
    assert check_birth_number("850660/1234").born is None
    assert check_birth_number("850660/1234", (1985, 6, 10)).born == (1985, 6, 10)
    assert check_birth_number("850660/1234", (1985, 6, 20)).born == (1985, 6, 20)
    assert check_birth_number("850660/1234", (1985, 6, 20)).is_ok


def test_zeros_that_a_spreadsheet_dropped_come_back_when_the_date_asks_for_them() -> None:
    assert check_birth_number("422150014", (2004, 2, 15)).digits == "0422150014"
    assert check_birth_number("422150014", (2004, 2, 16)).digits == "422150014"
    assert check_birth_number("422150014").digits == "422150014"
    assert check_birth_number("2010009", (2000, 2, 1)).doubt is Doubt.SHAPE


def test_nothing_typed_is_nothing_doubted() -> None:
    assert check_birth_number("  ") == check_birth_number("/")
    assert check_birth_number("").is_ok


def test_the_numbers_of_a_year_are_those_the_act_allows() -> None:
    born_1960 = list(birth_numbers_of_year(1960))
    assert len(born_1960) == len(set(born_1960))
    # 366 days, two sexes: every divisible number of four digits, 909 or 910 of them, and the exceptions.
    per_day = [len(list(birth_numbers_of_day(1960, 1, day))) for day in range(1, 32)]
    assert len(born_1960) == pytest.approx(366 * sum(per_day) / 31, rel=0.01)
    assert all(rc.is_valid(number) for number in born_1960[:: len(born_1960) // 500])


@given(st.dates(dt.date(1900, 1, 1), dt.date(2026, 11, 27)), st.randoms(use_true_random=False))
def test_every_valid_number_is_read_as_another_library_reads_it(day: dt.date, random: st.DataObject) -> None:
    number = random.choice(list(birth_numbers_of_day(day.year, day.month, day.day)))  # type: ignore[attr-defined] # hypothesis' Random
    checked = check_birth_number(number)
    assert checked.is_ok
    assert checked.born == (day.year, day.month, day.day)
    if not 1900 <= day.year < 1980 or len(number) == 10:
        assert rc.get_birth_date(number) == day
