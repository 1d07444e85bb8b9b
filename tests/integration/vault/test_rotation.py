"""Rotation of the wrapping key: no link is lost and none is made."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest

from portal.core.config import ConfigError
from portal.core.errors import Invalid
from portal.vault import rotation
from portal.vault.keys import new_keys, read_keys, write_keys
from portal.vault.rotation import rotate
from portal.vault.types import Digests, VaultUnavailable
from tests.factories.vault import fresh_vault, person, vault_settings

PERSONS = 100_000
BATCH = 20_000


def quiet(_done: int) -> None:
    pass


def people(first: int, amount: int) -> Iterator[Digests]:
    """Invented persons by number; every tenth is known without a birth number."""
    for number in range(first, first + amount):
        stream = hashlib.shake_128(number.to_bytes(8, "big")).digest(2 * 32)
        some = [stream[at : at + 32] for at in range(0, len(stream), 32)]
        yield (None if number % 10 == 0 else some[0], some[1])


def numbered(digests: np.ndarray) -> np.ndarray:
    """The same number for equal digests, counted from zero."""
    numbers: dict[bytes, int] = {}
    return np.array([numbers.setdefault(one.tobytes(), len(numbers)) for one in digests])


def test_the_drill_with_a_hundred_thousand_persons(tmp_path):
    with fresh_vault(tmp_path) as vault:
        before = [one for at in range(0, PERSONS, BATCH) for one in vault.register("A", list(people(at, BATCH)))]
        stored = vault.load_digests()
        assert len({one.person_ref for one in before}) == PERSONS
        rotated = rotate(vault._settings, quiet)
        assert rotated.records == PERSONS
        after = vault.load_digests()
        assert after.digests.shape == (PERSONS, 2, 2)
        # Who is whose stays: the same persons under the same numbers, the same digests missing.
        assert (after.persons == stored.persons).all()
        assert (after.refs == stored.refs).all()
        assert (after.present == stored.present).all()
        assert not after.digests[~after.present].any()
        # What was equal is equal, what was different is different, and nothing is as it was.
        assert ((after.digests != stored.digests).any(axis=2) == stored.present).all()
        for kind in range(2):
            old, new = (numbered(one.digests[one.present[:, kind], kind]) for one in (stored, after))
            assert len(np.unique(np.stack([old, new]), axis=1).T) == old.max() + 1 == new.max() + 1
        # Everybody is found again, by the chain of two keys; a stranger is nobody.
        sample = random.Random(5).sample(range(PERSONS), 2_000)
        again = vault.register("A", [next(people(number, 1)) for number in sample])
        assert again == [before[number] for number in sample]
        vault.register("A", list(people(PERSONS, 100)))
        status = vault.status()
        assert (status.persons, status.records, status.keys) == (PERSONS + 100, PERSONS + 100, 2)


def test_an_interrupted_rotation_is_taken_up_under_the_same_key(tmp_path, monkeypatch, backend):
    with fresh_vault(tmp_path, backend) as vault:
        before = vault.register("A", [person("Jana"), person("Petr")])

        def fail(*_: object) -> int:
            raise KeyboardInterrupt

        with monkeypatch.context() as broken:
            broken.setattr(rotation, "_rewrap", fail)
            with pytest.raises(KeyboardInterrupt):
                rotate(vault._settings, quiet)
        pending = read_keys(vault._settings.folder).wraps[-1].id
        assert vault.status().key_id != pending
        assert vault.register("A", [person("Jana"), person("Petr")]) == before
        assert rotate(vault._settings, quiet).key_id == pending == vault.status().key_id
        assert vault.register("A", [person("Jana"), person("Petr")]) == before
        rotate(vault._settings, quiet)
        assert vault.register("B", [person("Petr", typo="x")])[0].person_ref == before[1].person_ref
        assert vault.status().keys == 3
        vault.forget("A", before[0].code)
        assert vault.erased([before[0].code]) == [True]


def test_of_two_records_of_a_person_the_first_stays_the_first(tmp_path):
    with fresh_vault(tmp_path) as vault:
        [first] = vault.register("A", [person("Jana")])
        vault.register("A", [person("Jana", typo="x")])
        rotate(vault._settings, quiet)
        assert vault.register("B", [person("Jana", typo="y")])[0].person_ref == first.person_ref


def test_another_key_file_opens_nothing(tmp_path):
    with fresh_vault(tmp_path) as vault:
        vault.register("A", [person("Jana")])
        write_keys(vault._settings.folder, new_keys(date(2026, 5, 1)), is_new=False)
        vault.close()
        with pytest.raises(VaultUnavailable, match="another key"):
            vault.status()
        with pytest.raises(Invalid, match="another key"):
            rotate(vault._settings, quiet)


def test_without_a_key_nothing_is_rotated(tmp_path):
    with pytest.raises(ConfigError):
        rotate(vault_settings(tmp_path), quiet)
