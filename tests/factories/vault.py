"""Vaults of tests: in a folder or a PostgreSQL database of their own, and digests of invented persons."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from portal.core.config import VaultSettings
from portal.vault.service import LocalVault, create_vault
from portal.vault.types import Digests
from tests.conftest import fresh_database, test_settings

KINDS = 12


def vault_settings(folder: Path, **changes: object) -> VaultSettings:
    """Settings of a vault in ``folder``/vault with limits that no test meets by chance."""
    settings = test_settings("sqlite://", folder).vault
    settings = replace(settings, daily_points=10**9, minute_points=10**9, alarm_points=10**9)
    return replace(settings, **changes)  # type: ignore[arg-type]  # names of fields


@contextmanager
def fresh_vault(folder: Path, backend: str = "sqlite", **changes: object) -> Iterator[LocalVault]:
    """An empty vault on either database."""
    with ExitStack() as stack:
        if backend != "sqlite":
            changes["database_url"] = stack.enter_context(fresh_database(backend, folder))
        settings = vault_settings(folder, **changes)
        create_vault(settings)
        vault = LocalVault(settings)
        stack.callback(vault.close)
        yield vault


def digest(text: str) -> bytes:
    """A digest as a client would send it; of nobody's identity."""
    return hashlib.sha256(text.encode()).digest()


def person(name: str, *, has_birth_number: bool = True, typo: str = "", kinds: int = KINDS) -> Digests:
    """All digests of an invented person; ``typo`` changes the last."""
    digests: list[bytes | None] = [digest(f"{kind}/{name}") for kind in range(kinds)]
    if not has_birth_number:
        digests[0] = None
    if typo:
        digests[-1] = digest(f"{typo}/{name}")
    return tuple(digests)
