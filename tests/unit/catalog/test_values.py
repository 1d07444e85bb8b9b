from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalog.ingest.values import (
    NotReadable,
    clean_date,
    clean_emails,
    clean_ico,
    clean_integer,
    clean_phones,
    clean_postcode,
    clean_text,
    clean_webs,
)
from portal.core.ico import is_ico


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Dům\u00a0Pevné\u00a0Mezery", "Dům Pevné Mezery"),
        ("  Dům   Mnoha  Mezer ", "Dům Mnoha Mezer"),
        ("Dům\tTabulátor\r\nNový", "Dům Tabulátor Nový"),
        ("Dům\u200bNulové\u202ešířky", "DůmNulovéšířky"),
        ("Du\u030am", "Dům"),
        ("a\u0007b", "ab"),
        (" \u00a0 ", None),
        (None, None),
        (12, "12"),
    ],
)
def test_a_text_becomes_one_tidy_line(written, read):
    assert clean_text(written) == read


@given(st.text())
def test_a_tidy_text_is_not_changed_again(text):
    once = clean_text(text)
    assert clean_text(once) == once


@pytest.mark.parametrize("value", [True, [], {}])
def test_what_is_no_text_is_refused(value):
    with pytest.raises(NotReadable):
        clean_text(value)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2014-03-01", date(2014, 3, 1)),
        ("2014-03-01T00:00:00", date(2014, 3, 1)),
        ("1. 3. 2014", date(2014, 3, 1)),
        ("01.03.2014", date(2014, 3, 1)),
        ("9999-12-31", None),
        ("0001-01-01", None),
        ("", None),
        (" ", None),
        (None, None),
    ],
)
def test_a_day_is_read_in_the_ways_it_is_written(written, read):
    assert clean_date(written) == read


@pytest.mark.parametrize("value", ["2031-02-30", "brzy", "2014-3-1", 20140301, "2014-03-01x"])
def test_what_is_no_day_is_refused(value):
    with pytest.raises(NotReadable):
        clean_date(value)


def test_whole_numbers_may_come_as_text_but_not_as_words():
    assert [clean_integer(value) for value in (32, "32", 32.0, None, "")] == [32, 32, 32, None, None]
    for value in ("mnoho", 1.5, True, "-", []):
        with pytest.raises(NotReadable):
            clean_integer(value)


def test_a_postcode_is_five_digits():
    assert [clean_postcode(value) for value in ("352 01", 35201, "35201", "3520", None)] == ["35201"] * 3 + [None] * 2


def test_an_ico_gets_back_the_zeros_a_number_lost():
    assert clean_ico(64581) == clean_ico("00064581") == "00064581"
    assert [clean_ico(value) for value in ("", None, "CZ64581", "123456789", True)] == [None] * 5


def test_the_check_digit_of_an_ico_is_told_right_from_wrong():
    assert is_ico("63504260")
    assert is_ico("00064581")
    assert not is_ico("63504261")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("354525345", ("+420 354 525 345",)),
        ("+420 354 525 345", ("+420 354 525 345",)),
        ("00420354525345", ("+420 354 525 345",)),
        ("420354525345", ("+420 354 525 345",)),
        ("354 525 345, 602 111 222", ("+420 354 525 345", "+420 602 111 222")),
        ("354525345 nebo 602111222", ("+420 354 525 345", "+420 602 111 222")),
        ("+421 2 5555 5555", ("+421255555555",)),
        ("116 111", ("116 111",)),
        ("155", ("155",)),
        ("linka 12", ()),
        ("", ()),
    ],
)
def test_phones_come_out_in_one_form(written, read):
    assert clean_phones(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Info@Dum.EXAMPLE", ("Info@dum.example",)),
        ("mailto:a@dum.example; b@dum.example", ("a@dum.example", "b@dum.example")),
        ("neni adresa", ()),
        ("a..b@dum.example", ()),
        ("a@dum", ()),
        ("<script>@dum.example", ()),
    ],
)
def test_mail_addresses_come_out_in_one_form(written, read):
    assert clean_emails(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("www.dum.example", ("http://www.dum.example",)),
        ("http://www.dum.example/", ("http://www.dum.example",)),
        ("HTTPS://Dum.example/Cesta?x=1", ("https://dum.example/Cesta?x=1",)),
        ("dum.example:8080/a", ("http://dum.example:8080/a",)),
        ("javascript:alert(1)", ()),
        ("data:text/html,x", ()),
        ("https://a@dum.example", ()),
        ('https://dum.example/"onclick', ()),
        ("https://[::1", ()),
        ("nemáme", ()),
    ],
)
def test_only_web_addresses_that_can_be_opened_safely_stay(written, read):
    assert clean_webs(written) == read


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_contacts(text):
    for web in clean_webs(text):
        assert web.startswith(("http://", "https://"))
    clean_phones(text)
    clean_emails(text)
