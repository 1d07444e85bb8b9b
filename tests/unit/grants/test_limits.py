"""What a figure of support can say."""

from datetime import date

import pytest

from portal.core.amounts import parse_amount
from portal.core.errors import Invalid
from portal.grants import limits

ON = date(2026, 11, 28)


def test_support_is_of_no_year_after_the_next_one():
    assert [limits.year_fault(year, ON) is None for year in (2014, 2015, 2027, 2028)] == [False, True, True, False]
    with pytest.raises(Invalid, match="from 2015 to 2027"):
        limits.check_year(2099, ON)


@pytest.mark.parametrize(
    ("day", "year", "words"),
    [
        (date(2026, 11, 28), 2027, None),
        (date(2026, 11, 29), 2027, "yet to come"),
        (date(2025, 12, 31), 2024, None),
        (date(2026, 1, 1), 2024, "after the end of 2025"),
        (date(1995, 1, 1), 2024, None),
        (date(1994, 12, 31), 2024, "before 1995"),
    ],
)
def test_the_day_of_a_contract_lies_within_bounds_of_its_year(day, year, words):
    fault = limits.day_fault(day, year, ON)
    assert (fault is None) if words is None else words in str(fault)


@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [
        ("paní 905512/1234", True),
        ("9055121240", True),
        ("SML/1", False),
        ("2025/01234/OSV", False),
        ("000123/2025", False),  # a number with its year
        ("905512/2000", False),
        ("905512/2010", True),  # divides by eleven
    ],
)
def test_a_birth_number_is_no_reference_of_a_contract(text, is_wrong):
    fault = limits.contract_fault(text)
    assert (fault is not None) is is_wrong
    if fault is not None:
        assert not any(digit in str(fault) for digit in "0123456789"), "the sentence does not repeat it"


def test_texts_have_a_length():
    for check, most in ((limits.contract_fault, limits.MAX_CONTRACT), (limits.note_fault, limits.MAX_NOTE)):
        assert check("a" * most) is None
        assert str(most) in str(check("a" * (most + 1))).replace(",", "")


@pytest.mark.parametrize("typed", ["99999999999999999999", "1 000 000 000 000", "99 999 999 999 999 999 999,50 Kč"])
def test_of_an_amount_too_large_it_is_said_that_it_is(typed):
    with pytest.raises(Invalid, match="too large"):
        parse_amount(typed)
