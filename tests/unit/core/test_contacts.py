"""Contacts become links only when they can be dialled or opened."""

import pytest

from portal.core.contacts import phone_link, web_link


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("583 123 456", "tel:+420583123456"),
        ("+420 583 123 456", "tel:+420583123456"),
        ("00421 2 1234 5678", "tel:+421212345678"),
        ("583 123 456, 583 123 457", "tel:+420583123456"),
        ("583 123 456 / linka 12", "tel:+420583123456"),
        ("116 006", "tel:116006"),
        ("tel. 583123456", None),
        ("", None),
        ("12", None),
        ("1" * 16, None),
    ],
)
def test_a_phone_dials_its_first_number(written, link):
    assert phone_link(written) == link


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("www.charita.example", "https://www.charita.example"),
        ("http://charita.example/a?b=c", "http://charita.example/a?b=c"),
        ("//charita.example", "https://charita.example"),
        ("charita.example:8080/a", "https://charita.example:8080/a"),
        ("javascript:alert(1)", None),
        ("mailto:a@b.example", None),
        ("dvě slova", None),
        (" ", None),
    ],
)
def test_a_web_leads_to_a_page_or_nowhere(written, link):
    assert web_link(written) == link
