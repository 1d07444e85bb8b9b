"""Numbers as people type them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell, CellState
from portal.core.messages import Message
from portal.returns.calc import parse_number, read_input
from portal.returns.definition import definitions
from portal.returns.types import CellInput

FTE = definitions()[0].field("direct_care_fte")
BEDS = definitions()[0].field("beds")
amounts = st.decimals(min_value=0, max_value=Decimal("99999999999.99"), places=2)


def grouped(number, separator, comma):
    return f"{number:,.2f}".replace(",", "\x00").replace(".", comma).replace("\x00", separator)


@given(amounts, st.sampled_from([" ", "\u00a0", "\u202f", ""]))
def test_a_czech_number_is_read_whatever_the_space(number, space):
    assert parse_number(grouped(number, space, ","), 2) == Cell.of(number)


@given(amounts)
def test_numbers_of_other_programs_are_read_too(number):
    assert parse_number(str(number), 2) == Cell.of(number)
    assert parse_number(grouped(number, ".", ","), 2) == Cell.of(number)
    assert parse_number(grouped(number, ",", "."), 2) == Cell.of(number)


@given(st.text(max_size=30), st.integers(0, 2))
def test_any_text_gives_a_cell_that_fits_or_a_sentence(text, decimals):
    read = parse_number(text, decimals)
    if isinstance(read, Message):
        assert str(read)
        return
    assert read.number is None or (0 <= read.number < 10**11 and round(read.number, decimals) == read.number)
    assert (read == NOT_SUPPLIED) == (not text.translate({0xA0: " ", 0x2007: " ", 0x2009: " ", 0x202F: " "}).strip())


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5 821,5", "5821.5"),
        ("  6,75 ", "6.75"),
        ("6.75", "6.75"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("007", "7"),
        ("12,00", "12"),
        ("1\t234", "1234"),
    ],
)
def test_a_number_is_read_as_it_was_meant(text, number):
    assert parse_number(text, 2) == Cell.of(number)


@pytest.mark.parametrize("zero", ["0", "0,0", "0.00", "00"])
def test_zero_is_a_number_and_an_empty_box_is_not(zero):
    assert parse_number(zero, 2).state is CellState.ZERO
    for empty in ("", "   ", "\u00a0"):
        assert parse_number(empty, 2) == NOT_SUPPLIED


@pytest.mark.parametrize(
    ("text", "decimals", "sentence"),
    [
        ("sedm", 2, "Write a number, for example 6.75."),
        ("12 hodin", 0, "Write a number, for example 12."),
        ("1 23", 2, "Write a number"),
        ("1  234", 2, "Write a number"),
        ("1,2,3", 2, "Write a number"),
        ("6,", 2, "Write a number"),
        (",5", 2, "Write a number"),
        ("1e3", 2, "Write a number"),
        ("NaN", 2, "Write a number"),
        ("٣", 0, "Write a number"),
        ("-", 2, "Write a number"),
        ("+5", 2, "Write a number"),
        ("-5", 2, "cannot be negative"),
        ("− 5", 2, "cannot be negative"),
        ("1,234", 2, "at most 2 decimal places"),
        ("1.234", 0, "whole number"),
        ("2,5", 0, "whole number"),
        ("2,55", 1, "at most 1 decimal places"),
        ("100000000000", 2, "too large"),
    ],
)
def test_what_cannot_be_meant_is_answered_by_a_sentence(text, decimals, sentence):
    read = parse_number(text, decimals)
    assert isinstance(read, Message)
    assert sentence in str(read)


def test_a_whole_number_may_be_written_with_empty_decimals():
    assert parse_number("12,00", 0) == Cell.of(12)
    assert parse_number("2,50", 1) == Cell.of("2.5")


def test_not_applicable_is_said_by_the_box_alone():
    assert read_input(FTE, CellInput(not_applicable=True)) == NOT_APPLICABLE
    assert read_input(FTE, CellInput("6,75")) == Cell.of("6.75")
    assert read_input(FTE, CellInput()) == NOT_SUPPLIED
    assert "not both" in str(read_input(FTE, CellInput("0", not_applicable=True)))


def test_the_field_decides_how_exact_a_number_may_be():
    assert "whole number" in str(read_input(BEDS, CellInput("40,5")))
