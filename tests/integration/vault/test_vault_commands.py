"""``portal vault``: set up, shares, rotation, backup."""

from __future__ import annotations

import json
import stat

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo

from portal.app import create_app
from portal.cli import cli
from portal.vault.keys import key_path, read_keys
from tests.conftest import test_settings
from tests.factories.vault import person


@pytest.fixture
def portal(tmp_path) -> Flask:
    """A portal whose database does not answer, as the vault's own user has it."""
    return create_app(test_settings("postgresql://nobody@127.0.0.1:1/none", tmp_path / "instance"))


@pytest.fixture
def run(portal, monkeypatch):
    monkeypatch.delenv("PORTAL_ENV", raising=False)

    def run(*arguments: object) -> Result:
        words = ["vault", *map(str, arguments)]
        return CliRunner().invoke(cli, words, obj=ScriptInfo(create_app=lambda: portal), catch_exceptions=False)

    return run


def test_from_the_first_key_to_its_return_from_paper(portal, run, tmp_path):
    settings = portal.extensions["portal_settings"].vault
    assert run("init").exit_code == 0
    assert stat.S_IMODE(key_path(settings.folder).stat().st_mode) == 0o600
    again = run("init")
    assert again.exit_code == 1
    assert "už založen" in again.stderr

    vault = portal.extensions["portal_vault"]
    codes = vault.register("A", [person("Jana"), person("Petr")])
    rotated = run("rotate")
    assert rotated.exit_code == 0
    assert "2 záznamy" in rotated.stderr
    status = json.loads(run("status").stdout)
    assert (status["persons"], status["codes"], status["keys"]) == (2, 2, 2)
    [usage] = json.loads(run("usage").stdout)
    assert (usage["provider"], usage["people"]) == ("A", 2)

    exported = run("shares", "--export", tmp_path / "shares")
    assert exported.exit_code == 0
    paths = exported.stdout.split()
    assert [stat.S_IMODE(path.stat().st_mode) for path in sorted((tmp_path / "shares").iterdir())] == [0o600] * 3
    assert run("shares", "--export", tmp_path / "shares").exit_code == 1
    keys = read_keys(settings.folder)
    assert run("shares", "--restore", *paths[:2]).exit_code == 1
    key_path(settings.folder).unlink()
    restored = run("shares", "--restore", paths[2], paths[0])
    assert restored.exit_code == 0
    assert read_keys(settings.folder) == keys
    vault.close()
    assert vault.register("A", [person("Jana"), person("Petr")]) == codes
    for result in (exported, restored, rotated):
        assert keys.oprf.hex() not in result.output


def test_a_backup_goes_anywhere_but_to_the_portal(portal, run, tmp_path):
    run("init")
    inside = run("backup", tmp_path / "instance" / "vault.backup")
    assert inside.exit_code == 1
    assert "nesmí ležet" in inside.stderr
    assert run("backup", tmp_path / "vault.backup").exit_code == 0
    assert run("restore", tmp_path / "vault.backup").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["shares"], "--export"),
        (["shares", "--restore", "none-1", "none-2"], "nelze přečíst"),
        (["serve"], "--socket"),
        (["status"], "portal vault init"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(run, arguments, sentence, portal):
    portal.extensions["portal_vault"]._makes_itself = False
    result = run(*arguments)
    assert result.exit_code == 1
    assert sentence in result.stderr


def test_an_unknown_user_or_an_unset_vault_is_refused_before_it_serves(run, tmp_path):
    place = tmp_path / "v.sock"
    assert "portal vault init" in run("serve", "--socket", place).stderr
    run("init")
    result = run("serve", "--socket", place, "--allow", "no-such-user")
    assert result.exit_code == 1
    assert "no-such-user" in result.stderr
    assert not place.exists()
