"""Passwords: what may be one, and how they are kept (Argon2id).

Rules after NIST SP 800-63B: length counts, composition does not; what is guessed first is refused.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import lru_cache

from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError

from portal.accounts.types import searchable
from portal.core.messages import Message, _m

MIN_CHARS = 12
MAX_CHARS = 200  # a longer one only costs time to hash
_MIN_DIFFERENT_CHARS = 5
_MIN_OWN_CHARS = 6  # what must remain when words that anybody would try are taken away

# Words that stand in the first tries at a Czech office, folded; digits and signs around them add nothing.
# fmt: off
_OBVIOUS_WORDS = (
    "administrator", "kontakt", "nbusr123", "poskytovatel", "socialni", "olomoucky", "olomouc", "qwertzuiop",
    "qwertyuiop", "asdfghjkl", "yxcvbnm", "zxcvbnm", "password", "passw0rd", "heslo123", "heslicko", "letmein",
    "welcome", "vitejte", "abcdefgh", "portal", "kissos", "heslo", "sluzby", "sluzba", "charita", "krajsky", "urad",
    "kraj", "admin", "user", "uzivatel", "changeme", "tajne", "tajneheslo", "iloveyou", "slunicko", "martinka",
    "leden", "unor", "brezen", "duben", "kveten", "cerven", "cervenec", "srpen", "zari", "rijen", "listopad",
    "prosinec", "jaro", "leto", "podzim", "zima",
)
# fmt: on
_SEQUENCES = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertzuiopasdfghjklyxcvbnm",
    "qwertyuiopasdfghjklzxcvbnm",
)

hasher = PasswordHasher.from_parameters(profiles.RFC_9106_LOW_MEMORY)


def password_faults(password: str, *, about: Sequence[str] = ()) -> list[Message]:
    """What is wrong with a new password; empty when it may be used.

    ``about`` are the person's own name and address, which are the first thing to try.
    """
    if len(password) < MIN_CHARS:
        return [_m("The password must have at least %(count)s characters.", count=MIN_CHARS)]
    if len(password) > MAX_CHARS:
        return [_m("The password can have at most %(count)s characters.", count=MAX_CHARS)]
    if len(set(password)) < _MIN_DIFFERENT_CHARS or _is_sequence(searchable(password)):
        return [_m("This password is easy to guess: it repeats or follows a row of characters.")]
    if _own_chars(password, about) < _MIN_OWN_CHARS:
        return [_m("This password is easy to guess: it is made of a common word, your name or your address.")]
    return []


def _is_sequence(folded: str) -> bool:
    return any(folded in row * 2 or folded in row[::-1] * 2 for row in _SEQUENCES)


def _own_chars(password: str, about: Sequence[str]) -> int:
    rest = searchable(password)
    parts = searchable(*about).replace("@", " ").replace(".", " ").replace("-", " ").replace("_", " ").split()
    words = sorted({*_OBVIOUS_WORDS, *(part for part in parts if len(part) >= 3)}, key=len, reverse=True)
    for word in words:
        rest = rest.replace(word, " ")
    letters = sum(char.isalpha() for char in rest)
    digits = sum(char.isdigit() for char in rest) if _digits_vary(rest) else 0
    signs = len({char for char in rest if not char.isalnum() and not char.isspace()})
    return letters + digits + signs


def _digits_vary(rest: str) -> bool:
    """A year or a row of digits behind a word is no secret; seven and more mixed ones are."""
    digits = "".join(char for char in rest if char.isdigit())
    return len(digits) > 6 and len(set(digits)) > 4 and not _is_sequence(digits)


def hash_password(password: str) -> str:
    return hasher.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one. Takes the same time when there is none to compare with."""
    decoy = _decoy_hash()
    usable = stored is not None and len(password) <= MAX_CHARS
    try:
        return hasher.verify(stored if stored is not None and usable else decoy, password[:MAX_CHARS]) and usable
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(stored: str) -> bool:
    """Whether it was hashed with other parameters than are in force now."""
    return hasher.check_needs_rehash(stored)


@lru_cache(maxsize=1)
def _decoy_hash() -> str:
    return hasher.hash(secrets.token_hex(16))
