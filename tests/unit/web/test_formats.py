"""What readers see as a number, a date or a postcode never breaks over two lines."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from hypothesis import example, given
from hypothesis import strategies as st

from portal.web import formats

ROOT = Path(__file__).resolve().parents[3]
CATALOGUES = sorted((ROOT / "portal").glob("*/translations/cs/LC_MESSAGES/messages.po"))
# One or two digits and a group of three: a thousand. Phones and standards begin with three.
BREAKABLE_THOUSAND = re.compile(r"(?<!\d)(?<!\d )\d{1,2} \d{3}(?!\d)")


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-5])
def test_thousands_in_czech_sentences_hold_together(path: Path) -> None:
    with path.open("rb") as file:
        written = [text for message in read_po(file, "cs") for text in _texts(message.string)]
    assert [text for text in written if BREAKABLE_THOUSAND.search(text)] == []


def _texts(string: str | tuple[str, ...]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else string


@pytest.mark.parametrize(
    ("written", "shown"),
    [("78701", "787\u00a001"), ("787 01", "787 01"), ("D-01067", "D-01067"), ("", "")],
)
def test_a_postcode_is_shown_in_two_groups(written: str, shown: str) -> None:
    assert formats.postcode(written) == shown


def test_numbers_and_days_hold_together() -> None:
    assert formats.number(Decimal("1234567.5")) == "1\u00a0234\u00a0567,5"
    assert formats.percent(0.875) == "88\u00a0%"
    assert [formats.percent(share, None) for share in (0.9, 0.925, 0.6225)] == [
        "90\u00a0%",
        "92,5\u00a0%",
        "62,25\u00a0%",
    ]
    assert formats.day(date(2026, 8, 3)) == "3.\u00a08.\u00a02026"
    assert formats.moment(datetime(2026, 8, 3, 12, 5, tzinfo=UTC)) == "3.\u00a08.\u00a02026 14:05"


FIGURES = st.one_of(
    st.integers(-(10**9), 10**9),
    st.floats(-1e9, 1e9, allow_nan=False),
    st.decimals(-(10**9), 10**9, allow_nan=False, places=4),
)


@given(value=FIGURES, decimals=st.sampled_from([None, 0, 1, 2, 3]), language=st.sampled_from(["cs", "en"]))
@example(value=0.125, decimals=2, language="cs")  # a half goes to the even digit
@example(value=-0.004, decimals=2, language="cs")
@example(value=-0.0, decimals=None, language="cs")
@example(value=1234567.5, decimals=None, language="en")
def test_numbers_are_written_as_babel_writes_them(value: Decimal | float, decimals: int | None, language: str) -> None:
    places = ".##" if decimals is None else "." + "0" * decimals if decimals else ""
    expected = format_decimal(value, f"#,##0{places}", language)
    assert formats.number(value, decimals, language) == _without_sign_of_zero(expected)
    sign = "\u00a0%" if language == "cs" else "%"
    expected = format_percent(value, f"#,##0{places}{sign}", language)
    assert formats.percent(value, decimals, language) == _without_sign_of_zero(expected)


def _without_sign_of_zero(text: str) -> str:
    return text if re.search("[1-9]", text) else text.removeprefix("-")


@pytest.mark.parametrize(
    ("shown", "difference", "signed"),
    [
        ("0,1", 0.06, "+0,1"),
        ("0,1", -0.06, "−0,1"),
        ("0,0", 0.04, "0,0"),
        ("0,0", -0.04, "0,0"),
        ("0\u00a0%", -0.001, "0\u00a0%"),
    ],
)
def test_a_difference_that_is_written_as_zero_has_no_sign(shown: str, difference: float, signed: str) -> None:
    assert formats.signed(shown, difference) == signed


def test_the_number_of_a_section_begins_no_line() -> None:
    assert formats.held("Domovy pro seniory (§ 49)") == "Domovy pro seniory (§\u00a049)"
