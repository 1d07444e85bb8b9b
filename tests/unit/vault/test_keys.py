"""The key file is its owner's alone, whole, and silent."""

from __future__ import annotations

import hmac
import os
import stat
import traceback
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.app import create_app
from portal.core.config import ConfigError, load_settings
from portal.vault.keys import Keys, key_path, new_keys, read_keys, write_keys
from portal.vault.wrapping import wrap_through, wrap_under
from tests.conftest import test_settings

DAY = date(2026, 5, 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "vault"


@pytest.fixture
def keys(folder: Path) -> Keys:
    keys = new_keys(DAY).with_another(date(2027, 5, 1))
    write_keys(folder, keys, is_new=True)
    return keys


def test_keys_come_back_as_they_were_stored_and_only_the_owner_may_look(folder, keys):
    assert read_keys(folder) == keys
    assert stat.S_IMODE(key_path(folder).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in folder.iterdir()] == ["vault.key"]


def test_a_key_file_is_never_overwritten_by_a_new_one(folder, keys):
    with pytest.raises(FileExistsError):
        write_keys(folder, new_keys(DAY), is_new=True)
    assert read_keys(folder) == keys


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_the_portal_does_not_start_with_a_key_that_others_may_read(folder, keys, mode):
    key_path(folder).chmod(mode)
    with pytest.raises(ConfigError, match="others may open"):
        create_app(test_settings("sqlite://", folder.parent))


def test_nor_with_a_folder_that_others_may_open_or_a_link(folder, keys, tmp_path):
    folder.chmod(0o750)
    with pytest.raises(ConfigError, match=r"chmod 700"):
        read_keys(folder)
    folder.chmod(0o700)
    moved = tmp_path / "elsewhere.key"
    os.rename(key_path(folder), moved)
    key_path(folder).symlink_to(moved)
    with pytest.raises(ConfigError, match="not a file"):
        read_keys(folder)


def test_nor_with_a_key_of_somebody_else(folder, keys, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: folder.stat().st_uid + 1)
    with pytest.raises(ConfigError, match="another user"):
        read_keys(folder)


@pytest.mark.parametrize("change", [b"", b"{}", b"[]", b'{"format": 1, "wraps": 5}', "half", "digit"])
def test_a_damaged_key_is_refused_without_being_quoted(folder, keys, change):
    text = key_path(folder).read_bytes()
    if change == "half":
        change = text[: len(text) // 2]
    elif change == "digit":
        secret = keys.oprf.hex().encode()
        change = text.replace(secret, secret[:-1] + (b"0" if secret[-1:] != b"0" else b"1"))
    key_path(folder).write_bytes(change)
    with pytest.raises(ConfigError, match="damaged") as caught:
        read_keys(folder)
    told = "".join(traceback.format_exception(caught.value))
    assert keys.oprf.hex()[:20] not in told


def test_nothing_secret_is_in_a_representation(keys):
    told = repr(keys) + str(keys) + repr(keys.wraps)
    for secret in (keys.oprf, *(key.secret for key in keys.wraps)):
        assert secret.hex() not in told
        assert repr(secret) not in told
    assert keys.wraps[0].id in told


def test_the_chain_ends_at_the_key_of_the_database(keys):
    first, second = keys.wraps
    assert keys.chain(first.id) == [first.secret]
    assert keys.chain(second.id) == [first.secret, second.secret]
    assert keys.chain("00000000") is None


@given(st.binary(min_size=1, max_size=64), st.binary(max_size=100))
def test_wrapping_is_hmac_sha256_cut_to_16_bytes(secret, digest):
    assert wrap_under(secret)(digest) == hmac.digest(secret, digest, "sha256")[:16]


def test_a_chain_wraps_what_was_wrapped():
    one, two = b"1" * 32, b"2" * 32
    assert wrap_through([one, two])(b"x") == wrap_under(two)(wrap_under(one)(b"x"))
    with pytest.raises(ValueError, match="longer"):
        wrap_under(b"x" * 65)


@pytest.mark.parametrize(
    "wrong",
    [
        {"PORTAL_VAULT_ALARM_POINTS": "300000"},
        {"PORTAL_VAULT_DAILY_POINTS": "-1"},
        {"PORTAL_VAULT_DATABASE_URL": "sqlite:////x/portal.db", "PORTAL_DATABASE_URL": "sqlite:////x/portal.db"},
    ],
)
def test_settings_that_cannot_be_meant_are_refused(wrong):
    with pytest.raises(ConfigError, match="PORTAL_VAULT"):
        load_settings({"PORTAL_ENV": "test", **wrong})
