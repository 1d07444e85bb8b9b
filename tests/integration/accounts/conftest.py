"""What tests of accounts share."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from portal.accounts import passwords


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Cheap Argon2 parameters, for tests of what surrounds the hashing."""
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._decoy_hash.cache_clear()
    yield
    passwords._decoy_hash.cache_clear()
