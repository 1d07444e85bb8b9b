"""Numbers as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import Invalid
from portal.core.numbers import parse_number


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("5 821,5", "5821.5"),
        ("5\u00a0821,5", "5821.5"),
        ("5\u2009821,5", "5821.5"),
        ("5\u202f821,5", "5821.5"),
        ("5821,5", "5821.5"),
        ("5821.5", "5821.5"),
        ("5821,50", "5821.5"),
        (" 12 480 ", "12480"),
        ("1 000 000", "1000000"),
        ("0", "0"),
        ("0,00", "0"),
        ("007", "7"),
        ("-3,25", "-3.25"),
        ("\u22123", "-3"),
        ("+4", "4"),
    ],
)
def test_what_people_write_is_read_as_they_mean_it(typed: str, meant: str) -> None:
    assert parse_number(typed) == Decimal(meant)


@pytest.mark.parametrize(
    "typed",
    ["sedm", "", " ", "5 82", "58 21,5", "5 821 5", "5.821,5", "1,2,3", "1e5", "NaN", "Infinity", "--1", "- 1"],
)
def test_what_is_no_number_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Invalid, match="5 821,5"):
        parse_number(typed)


@pytest.mark.parametrize("typed", [",5", "5,", "12 Kč", "１２", "5\t821"])
def test_an_unfinished_or_adorned_number_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="5 821,5"):
        parse_number(typed)


def test_more_decimal_places_than_asked_are_refused_rather_than_rounded() -> None:
    with pytest.raises(Invalid, match="at most 2"):
        parse_number("5.821")
    assert parse_number("5,8210", max_places=3) == Decimal("5.821")


def test_a_part_of_a_whole_thing_is_refused() -> None:
    with pytest.raises(Invalid, match="whole number"):
        parse_number("1,5", max_places=0)
    assert parse_number("1,0", max_places=0) == 1


def test_a_number_longer_than_anything_real_is_refused() -> None:
    with pytest.raises(Invalid, match="too long"):
        parse_number("1" * 16)
    assert parse_number("1" * 15) == 111_111_111_111_111


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_a_number_written_the_czech_way_comes_back(value: Decimal) -> None:
    grouped = f"{value:,.2f}".replace(",", "\u00a0").replace(".", ",")
    assert parse_number(grouped) == value
