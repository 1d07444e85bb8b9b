"""A password is long and not the first thing to try; what it is made of is nobody's business."""

import pytest
from argon2 import PasswordHasher

from portal.accounts import passwords
from portal.accounts.passwords import hash_password, needs_rehash, password_faults, verify_password

ABOUT = ("jana.novakova@charita.cz", "Jana Nováková")


@pytest.mark.parametrize(
    "password",
    [
        "modrý vlak jede v noci",
        "krtek obchází zahradu",
        "všechno jen malými",
        "83920174650281",
        "Tr0ub4dor&3x9k",
        "ukazka-portalu-2026",
        "x" + "kůň baterie sponka" * 5,
    ],
)
def test_a_long_password_of_ones_own_is_taken(password):
    assert password_faults(password, about=ABOUT) == []


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "at least 12"),
        ("krátké heslo"[:11], "at least 12"),
        ("x" * 201, "at most 200"),
        ("aaaaaaaaaaaa", "repeats"),
        ("121212121212", "repeats"),
        ("123456789012", "follows a row"),
        ("210987654321", "follows a row"),
        ("abcdefghijkl", "follows a row"),
        ("qwertzuiopasdf", "follows a row"),
        ("Heslo1234567", "common word"),
        ("HESLOhesloHESLO", "common word"),
        ("Password2026!", "common word"),
        ("portal.admin.2026", "common word"),
        ("jananovakova1985", "your name"),
        ("JANA.novakova!", "your name"),
        ("Nováková-charita", "your name"),
    ],
)
def test_what_is_guessed_first_is_refused_with_the_reason(password, reason):
    (fault,) = password_faults(password, about=ABOUT)
    assert reason in str(fault)


def test_a_stored_password_is_argon2id_and_does_not_contain_it():
    stored = hash_password("modrý vlak jede v noci")
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert "modr" not in stored
    assert verify_password(stored, "modrý vlak jede v noci")
    assert not verify_password(stored, "modrý vlak jede v dne")
    assert stored != hash_password("modrý vlak jede v noci")


def test_a_hash_made_with_weaker_parameters_asks_to_be_made_again():
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("modrý vlak jede v noci")
    assert verify_password(weak, "modrý vlak jede v noci")
    assert needs_rehash(weak)
    assert not needs_rehash(hash_password("modrý vlak jede v noci"))


class CountingHasher:
    """Stands in front of the real one and notes what it was asked to compare with."""

    def __init__(self, hasher):
        self.hasher, self.compared = hasher, []

    def verify(self, stored, password):
        self.compared.append(stored)
        return self.hasher.verify(stored, password)

    def __getattr__(self, name):
        return getattr(self.hasher, name)


def test_without_a_stored_password_as_much_is_computed_and_nothing_fits(monkeypatch):
    counting = CountingHasher(passwords.hasher)
    monkeypatch.setattr(passwords, "hasher", counting)
    assert verify_password(None, "modrý vlak jede v noci") is False
    (decoy,) = counting.compared
    assert not needs_rehash(decoy)


def test_a_password_beyond_the_limit_never_fits_even_by_its_beginning():
    longest = ("kůň baterie sponka " * 11)[:200]
    stored = hash_password(longest)
    assert verify_password(stored, longest)
    assert not verify_password(stored, longest + "x")


def test_a_damaged_hash_fits_nothing():
    assert verify_password("not a hash", "modrý vlak jede v noci") is False
