"""The vault's own backup: between both databases, without keys, never beside the portal's; erased stays erased."""

from __future__ import annotations

import sqlite3
import stat
from datetime import date
from pathlib import Path

import pytest

from portal.core.errors import Invalid
from portal.vault.backup import restore_backup, write_backup
from portal.vault.rotation import rotate
from portal.vault.service import create_vault
from tests.factories.vault import fresh_vault, person, vault_settings


@pytest.fixture
def vault(backend, tmp_path):
    with fresh_vault(tmp_path, backend) as vault:
        yield vault


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "safe").mkdir()
    return tmp_path / "safe" / "vault.backup"


def test_a_backup_brings_every_person_and_code_back(vault, file):
    people = [person("Jana"), person("Li", has_birth_number=False), person("Jana", typo="x")]
    codes = vault.register("A", people)
    counts = write_backup(vault._settings, file, [])
    assert (counts["persons"], counts["records"], counts["codes"]) == (2, 3, 2)
    vault.register("A", [person("Petr")])
    with pytest.raises(Invalid, match="--replace"):
        restore_backup(vault._settings, file, replace=False)
    restore_backup(vault._settings, file, replace=True)
    assert vault.status().persons == 2
    assert vault.register("A", people) == codes
    [petr] = vault.register("A", [person("Petr")])
    assert petr.code not in {one.code for one in codes}


def test_who_was_erased_since_the_backup_stays_erased(vault, file):
    [jana, petr] = vault.register("A", [person("Jana"), person("Petr")])
    write_backup(vault._settings, file, [])
    vault.forget("A", jana.code)
    restore_backup(vault._settings, file, replace=True)
    assert vault.status().persons == 1
    assert vault.erased([jana.code, petr.code]) == [True, False]
    [again] = vault.register("A", [person("Jana")])
    assert again.code != jana.code
    assert again.person_ref != jana.person_ref


def test_a_backup_from_before_a_rotation_is_read_through_the_older_keys(vault, file):
    codes = vault.register("A", [person("Jana")])
    write_backup(vault._settings, file, [])
    rotate(vault._settings, lambda _: None)
    restore_backup(vault._settings, file, replace=True)
    assert vault.register("A", [person("Jana")]) == codes
    rotate(vault._settings, lambda _: None)
    assert vault.register("A", [person("Jana")]) == codes
    assert vault.status().keys == 2


def test_what_was_counted_today_stays_counted(vault, file):
    write_backup(vault._settings, file, [])
    vault.register("A", [person("Jana"), person("Petr")])
    restore_backup(vault._settings, file, replace=True)
    [usage] = vault.usage(date(2020, 1, 1))
    assert usage.people == 2


def test_a_lost_database_comes_back_from_the_backup(tmp_path, file):
    with fresh_vault(tmp_path) as vault:
        codes = vault.register("A", [person("Jana")])
        write_backup(vault._settings, file, [])
        vault.close()
        (tmp_path / "vault" / "vault.db").unlink()
        restore_backup(vault._settings, file, replace=False)
        assert vault.register("A", [person("Jana")]) == codes


def test_a_backup_is_its_owners_alone_and_holds_no_key(vault, file):
    vault.register("A", [person("Jana")])
    write_backup(vault._settings, file, [])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    content = file.read_bytes()
    for secret in (vault._keys.oprf, *(key.secret for key in vault._keys.wraps)):
        assert secret not in content
        assert secret.hex().encode() not in content
    with pytest.raises(Invalid, match="already"):
        write_backup(vault._settings, file, [])
    assert sorted(path.name for path in file.parent.iterdir()) == ["vault.backup"]


def test_it_never_lies_beside_the_portals_data(vault, tmp_path):
    portal = tmp_path / "portal"
    portal.mkdir()
    for path in (portal / "b", portal / "deep" / ".." / "b", vault._settings.folder / "b"):
        with pytest.raises(Invalid, match="may not lie"):
            write_backup(vault._settings, path, [portal])


def test_what_is_no_backup_or_another_vaults_is_refused_and_changes_nothing(vault, file, tmp_path):
    codes = vault.register("A", [person("Jana")])
    sqlite3.connect(file).close()
    with pytest.raises(Invalid, match="no backup"):
        restore_backup(vault._settings, file, replace=True)
    file.unlink()
    (tmp_path / "other").mkdir()
    other = vault_settings(tmp_path / "other")
    create_vault(other)
    write_backup(other, file, [])
    with pytest.raises(Invalid, match="another key"):
        restore_backup(vault._settings, file, replace=True)
    assert vault.register("A", [person("Jana")]) == codes


def test_a_vault_is_not_made_over_another(tmp_path):
    with fresh_vault(tmp_path) as vault:
        vault.status()
        with pytest.raises(Invalid, match="already"):
            create_vault(vault._settings)
        vault.close()
        (tmp_path / "vault" / "vault.key").unlink()
        with pytest.raises(Invalid, match="not empty"):
            create_vault(vault._settings)
