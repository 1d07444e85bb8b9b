"""Keys and digests are in no log, error, page, database or backup of the portal, nor beside it."""

from __future__ import annotations

import base64
import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from portal.app import create_app
from portal.core.db import Model, db
from portal.core.errors import PortalError
from portal.core.ristretto import group
from portal.operation.backup import write_backup
from portal.vault.models import records
from portal.vault.rotation import rotate
from portal.vault.service import LocalVault
from portal.vault.types import VaultUnavailable
from tests.conftest import migrated_database, test_settings
from tests.factories.vault import fresh_vault, person
from tests.factories.waitlists import apply_for, make_groups, make_listed

NAMES = ("Jana", "Petr", "Li")


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A portal of its own, since a backup reads a connection of its own."""
    folder = tmp_path_factory.mktemp("portal")
    with migrated_database("sqlite", folder) as url, (app := create_app(test_settings(url, folder))).app_context():
        make_groups()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def vault(portal: Flask, tmp_path: Path) -> Iterator[LocalVault]:
    """A vault inside the portal whose secrets are known to the test."""
    before = portal.extensions["portal_vault"]
    with fresh_vault(tmp_path) as vault:
        portal.extensions["portal_vault"] = vault
        yield vault
    portal.extensions["portal_vault"] = before


def canaries(vault: LocalVault) -> list[bytes]:
    """Every key, every digest that came and every digest that is stored."""
    keys, engine = vault._ready()
    with engine.connect() as connection:
        stored = [row for (row,) in connection.execute(sa.select(records.c.digests))]
    found = [keys.oprf, keys.tombstone_secret, *(key.secret for key in keys.wraps)]
    found += [digest for name in NAMES for digest in person(name) if digest]
    found += [one[at : at + 16] for one in stored for at in range(0, len(one), 16) if any(one[at : at + 16])]
    assert len(found) > 60
    return found


def written_ways(secret: bytes) -> list[bytes]:
    """As bytes, hexadecimal, base64 and as Python shows them; the first half is enough to be known by."""
    half = secret[: len(secret) // 2]
    shown = repr(half)[2:-1].encode()
    return [half, half.hex().encode(), half.hex().upper().encode(), base64.b64encode(half[: len(half) // 3 * 3]), shown]


def seen_in(text: bytes, secrets: list[bytes]) -> list[bytes]:
    return [secret for secret in secrets if any(way in text for way in written_ways(secret))]


def use(listed: object) -> None:
    for number, name in enumerate(NAMES):
        apply_for(listed, name, f"SOC-{number}/26")


def test_the_portals_database_backup_and_files_hold_nothing_of_the_vault(vault, tmp_path):
    use(make_listed())
    rotate(vault._settings, lambda _: None)
    secrets = canaries(vault)

    rows = b"".join(
        repr(tuple(bytes(v).hex() if isinstance(v, bytes | memoryview) else v for v in row)).encode()
        for table in Model.metadata.sorted_tables
        for row in db.session.execute(table.select())
    )
    db.session.rollback()
    assert b"SOC-1/26" in rows
    assert seen_in(rows, secrets) == []

    write_backup(tmp_path / "portal.zip", lambda *_: None)
    with zipfile.ZipFile(tmp_path / "portal.zip") as archive:
        assert not any("digest" in name or "tombstone" in name or "vault" in name for name in archive.namelist())
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert b"SOC-1/26" in content
    assert seen_in(content, secrets) == []
    assert seen_in(b"so it would be seen: " + secrets[-1].hex().encode(), secrets) == [secrets[-1]]


def test_no_log_and_no_error_shows_a_key_or_a_digest(vault, caplog):
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.INFO, "sqlalchemy.engine")
    use(make_listed())
    [code] = [one.code for one in vault.register("A", [person("Jana")])]
    vault.forget("A", code)
    points = [group.crypto_core_ristretto255_random()]
    vault.evaluate("A", points)
    told = []
    for wrong in (
        lambda: vault.evaluate("A", [*points, bytes(32)]),
        lambda: vault.register("A", [(*person("Petr")[:11], b"short")]),
        lambda: vault.register("", [person("Petr")]),
    ):
        with pytest.raises(PortalError) as caught:
            wrong()
        told.append(str(caught.getrepr(style="short")))
    secrets = canaries(vault)

    # A database that fails in the middle of storing digests: SQLAlchemy's own words would quote them.
    _, engine = vault._ready()
    with engine.connect() as connection:
        connection.exec_driver_sql("DROP TABLE digests")
        connection.commit()
    with pytest.raises(VaultUnavailable) as failed:
        vault.register("A", [person("Petr")])
    told.append("".join(map(str, (failed.value, failed.value.__cause__))))
    assert failed.value.__suppress_context__
    assert "OperationalError" in caplog.text
    assert seen_in((caplog.text + "".join(told)).encode(), secrets) == []


def test_an_error_of_the_database_keeps_its_parameters_to_itself(vault):
    _, engine = vault._ready()
    with engine.connect() as connection, pytest.raises(DBAPIError) as failed:
        connection.execute(sa.text("SELECT * FROM nothing WHERE digest = :digest"), {"digest": person("Jana")[1]})
    assert "hidden" in str(failed.value)
    assert seen_in(str(failed.value).encode(), [person("Jana")[1]]) == []


def test_what_was_erased_is_overwritten_in_the_files_at_once(tmp_path):
    with fresh_vault(tmp_path) as vault:
        codes = vault.register("A", [person(str(number)) for number in range(50)])
        _, engine = vault._ready()
        with engine.connect() as connection:
            stored = [row for (row,) in connection.execute(sa.select(records.c.digests))]
        for one in codes:
            vault.forget("A", one.code)
        files = b"".join(path.read_bytes() for path in (tmp_path / "vault").iterdir() if path.name != "vault.key")
    assert b"SQLite format 3" in files
    assert [one for one in stored if one[:16] in files] == []
    assert [one for one in codes if one.code in files or one.person_ref in files] == []
