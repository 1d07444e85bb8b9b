"""Dates, codes, history and what keeps identity out."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import Invalid
from portal.identity.written import looks_like_birth_number
from portal.waitlists.calc.codes import ALPHABET, read_code, short_code
from portal.waitlists.calc.dates import confirm_by, expires_on, last_confirmed_to_ask, last_confirmed_to_expire
from portal.waitlists.calc.discretion import announces_identity, check_note, check_reference
from portal.waitlists.calc.history import PastEvent, as_of, differences, read, stored
from portal.waitlists.types import Rules, group_of

days = st.dates(date(2015, 1, 1), date(2035, 12, 31))


@given(days, days, st.integers(30, 1100), st.integers(0, 365))
def test_an_application_is_asked_about_and_expires_on_the_days_told(confirmed, today, after, grace):
    rules = Rules(after, grace)
    assert (confirmed <= last_confirmed_to_ask(today, rules)) == (confirm_by(confirmed, rules) <= today)
    assert (confirmed <= last_confirmed_to_expire(today, rules)) == (expires_on(confirmed, rules) <= today)
    assert expires_on(confirmed, rules) - confirm_by(confirmed, rules) == timedelta(days=grace)


@given(st.binary(min_size=16, max_size=16))
def test_a_code_is_read_back_and_its_short_form_has_eight_plain_letters(code):
    assert read_code(f" {code.hex().upper()} ") == code
    short = short_code(code)
    assert (len(short), short[4]) == (9, "-")
    assert set(short) <= {*ALPHABET, "-"}
    assert 0 <= group_of(code) < 2**63


def test_short_codes_differ_where_their_first_bytes_do():
    assert short_code(bytes(16)) == "0000-0000"
    assert short_code(bytes(4) + b"\x01" + bytes(11)) == "0000-0001"
    assert short_code(b"\xff" * 16) == "ZZZZ-ZZZZ"


@pytest.mark.parametrize("text", ["", "Novák", "ab" * 15, "ab" * 17, "zz" * 16])
def test_what_is_no_code_is_refused_without_being_repeated(text):
    with pytest.raises(Invalid) as refused:
        read_code(text)
    assert not text or text not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "440612/012", "445612/012", "850101/1237", "8501011002", "440612 012", "spis 440612/012 x", "041101/1230",
        "042101/0008", "7801233540",
    ],
)  # fmt: skip
def test_birth_numbers_are_recognised(text):
    assert looks_like_birth_number(text)
    with pytest.raises(Invalid) as refused:
        check_note(text)
    assert text not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    ["SOC-2026/113", "2026/0113", "8501011237", "991301/1234", "440600/012", "5700113", "123456789012", "777 123 456"],
)
def test_other_numbers_are_not(text):
    assert not looks_like_birth_number(text)


@pytest.mark.parametrize(("text", "kept"), [(" SOC-2026/113 ", "SOC-2026/113"), ("12/26", "12/26"), ("DS  7", "DS 7")])
def test_a_file_reference_is_a_number(text, kept):
    assert check_reference(text) == kept


@pytest.mark.parametrize("text", ["", "   ", "Novák", "Novák 48", "x" * 41, "440612/012", "Marie 1", "SOC"])
def test_a_file_reference_names_nobody(text):
    with pytest.raises(Invalid):
        check_reference(text)


def test_a_note_is_tidied_and_bounded():
    assert check_note("  volá   dcera ") == "volá dcera"
    assert check_note("  ") is None
    with pytest.raises(Invalid):
        check_note("a" * 501)


@pytest.mark.parametrize(
    "heading", ["Jméno", "příjmení", "Rodné číslo", "RČ", "datum narození", "e-mail", "Adresa bydliště"]
)
def test_headings_of_identity_are_known(heading):
    assert announces_identity(heading)


@pytest.mark.parametrize("heading", ["Kód", "Obec", "Situace", "Naléhavost", "Přijato"])
def test_headings_of_a_list_are_none(heading):
    assert not announces_identity(heading)


FIELDS = {"state": "waiting", "received_on": date(2026, 1, 5), "birth_year": 1944, "code": b"\x01\x02"}


def test_differences_are_stored_and_read_back():
    after = {"state": "offered", "received_on": date(2026, 1, 6), "code": b"\x03", "birth_year": 1944}
    found = differences(FIELDS, after)
    assert found == {
        "state": ["waiting", "offered"],
        "received_on": ["2026-01-05", "2026-01-06"],
        "code": ["0102", "03"],
    }
    assert {name: read(name, pair[1]) for name, pair in found.items()} == {
        "state": "offered",
        "received_on": date(2026, 1, 6),
        "code": b"\x03",
    }
    assert read("decided_on", stored(None)) is None


moves = st.lists(st.tuples(st.integers(0, 20), st.sampled_from(["a", "b", "c"])), max_size=8)


@given(moves, st.integers(-1, 21))
def test_an_application_as_of_a_day_is_what_a_plain_replay_gives(steps, asked):
    """The oracle goes forward from the beginning, the formula backward from now."""
    start, day = date(2026, 1, 1), date(2026, 1, 1) + timedelta(days=asked)
    steps = sorted(steps, key=lambda step: step[0])
    events, value, then = [PastEvent(start, True, {})], "begun", "begun"
    for offset, new in steps:
        on = start + timedelta(days=offset)
        events.append(PastEvent(on, False, {"state": (value, new), "unknown": (1, 2)}))
        value = new
        if on <= day:
            then = new
    found = as_of({"state": value, "id": 7}, events, day)
    assert found == (None if day < start else {"state": then, "id": 7})
