"""Codes of persons as people read them. Pure."""

from __future__ import annotations

from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.waitlists.types import CODE_BYTES

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
SHORT_BYTES = 5


def short_code(code: bytes) -> str:
    """Eight characters of the code, as "K7QM-3XPT": enough to tell persons of one list apart, not to find one.

    Among 5 000 persons of a service two have the same short form with a probability of about 1 : 90 000.
    """
    number = int.from_bytes(code[:SHORT_BYTES], "big")
    letters = "".join(ALPHABET[(number >> shift) & 31] for shift in range(35, -1, -5))
    return f"{letters[:4]}-{letters[4:]}"


def read_code(text: str) -> bytes:
    """A code written in hexadecimal. Raises Invalid, without repeating what was written."""
    try:
        code = bytes.fromhex(text.strip())
    except ValueError:
        code = b""
    if len(code) != CODE_BYTES:
        raise Invalid(_m("This is no code of a person: it has %(count)s characters 0–9 and a–f.", count=2 * CODE_BYTES))
    return code
