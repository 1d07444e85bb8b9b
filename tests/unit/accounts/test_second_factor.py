"""Codes of the phone: right ones, late ones, used ones; and codes on paper."""

import base64
import urllib.parse
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from portal.accounts.second_factor import (
    RECOVERY_CODES,
    derived_secret,
    matching_step,
    new_recovery_codes,
    new_seed,
    provisioning_uri,
    qr_image,
    recovery_digest,
    step_at,
)

KEY = "k" * 40
NOON = datetime(2026, 3, 2, 12, 0, 10, tzinfo=UTC)
SECRET = derived_secret("seed", KEY)


def code_at(instant, secret=SECRET):
    return pyotp.TOTP(secret).at(instant)


def test_codes_are_those_of_rfc_6238():
    """Appendix B, SHA-1: at 59 s the code of the test secret ends with 287082."""
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert matching_step(secret, "287082", datetime.fromtimestamp(59, UTC), None) == 1


@pytest.mark.parametrize(("seconds", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_the_clock_of_the_phone_may_differ_by_one_step(seconds, taken):
    step = matching_step(SECRET, code_at(NOON + timedelta(seconds=seconds)), NOON, None)
    assert step == (step_at(NOON) + seconds // 30 if taken else None)


def test_no_code_is_taken_twice_nor_an_older_one_after_a_newer():
    newest = step_at(NOON)
    assert matching_step(SECRET, code_at(NOON), NOON, newest) is None
    assert matching_step(SECRET, code_at(NOON - timedelta(seconds=30)), NOON, newest) is None
    assert matching_step(SECRET, code_at(NOON + timedelta(seconds=30)), NOON, newest) == newest + 1


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12a456", "١٢٣٤٥٦", "      "])
def test_what_is_no_code_is_not_compared(typed):
    assert matching_step(SECRET, typed, NOON, None) is None


def test_a_code_may_be_typed_in_two_groups():
    code = code_at(NOON)
    assert matching_step(SECRET, f" {code[:3]} {code[3:]} ", NOON, None) is not None


def test_the_secret_needs_both_the_seed_and_the_key():
    seed = new_seed()
    assert derived_secret(seed, KEY) == derived_secret(seed, KEY)
    assert len({derived_secret(seed, KEY), derived_secret(new_seed(), KEY), derived_secret(seed, "j" * 40)}) == 3
    assert len(base64.b32decode(derived_secret(seed, KEY))) == 20
    assert derived_secret(seed, KEY) not in seed


def test_the_qr_code_is_an_image_without_scripts_that_says_whose_it_is():
    uri = provisioning_uri(SECRET, email="jana@kraj.example", issuer="Olomoucký kraj")
    assert urllib.parse.unquote(uri).startswith("otpauth://totp/Olomoucký kraj:jana@kraj.example?")
    image = qr_image(uri)
    assert image.startswith("data:image/svg+xml")
    assert "script" not in image


def test_recovery_codes_differ_and_are_found_however_they_are_typed():
    codes = new_recovery_codes()
    assert len(set(codes)) == RECOVERY_CODES
    assert len({recovery_digest(code) for code in codes}) == RECOVERY_CODES
    assert recovery_digest(codes[0].lower().replace("-", " ")) == recovery_digest(codes[0])
    assert recovery_digest(codes[0][:-1]) is None
    assert codes[0].replace("-", "") not in str(recovery_digest(codes[0]))
