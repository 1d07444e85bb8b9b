"""The import on the command line, with the exit status scripts rely on."""

import json

import pytest
from sqlalchemy import func, select

from portal.catalog.models import Service
from portal.cli import cli
from portal.core.db import db
from portal.core.transaction import transaction
from tests.factories.register import changed, find, some_entries, write_files
from tests.factories.returns import make_return
from tests.factories.territory import store_small_territory


@pytest.fixture
def portal(app):
    store_small_territory()
    runner = app.test_cli_runner()

    def run(*arguments):
        return runner.invoke(cli, ["catalog", *map(str, arguments)])

    return run


def taking(files, *more):
    return ("import", files.register, "--codelists", files.lists_folder, *more)


def count_services():
    return db.session.scalar(select(func.count()).select_from(Service))


def test_a_preview_changes_nothing_and_apply_does(portal, tmp_path):
    files = write_files(tmp_path, some_entries(12))
    result = portal(*taking(files))
    assert (result.exit_code, result.stdout, count_services()) == (0, "", 0)
    assert "připraveno k provedení" in result.stderr
    result = portal(*taking(files, "--apply", "--json"))
    assert (result.exit_code, count_services()) == (0, 12)
    assert json.loads(result.stdout)["state"] == "applied"
    result = portal(*taking(files, "--apply"))
    assert result.exit_code == 0
    assert "už platí" in result.stderr


def test_a_waiting_file_ends_with_3_until_it_is_confirmed(portal, tmp_path):
    entries = some_entries(12)
    portal(*taking(write_files(tmp_path, entries), "--apply"))
    files = write_files(tmp_path, entries[:-2])
    for more in ((), ("--apply",)):
        result = portal(*taking(files, *more))
        assert result.exit_code == 3
        assert "5 %" in result.stderr
        assert "--apply --confirm" in result.stderr
    assert portal(*taking(files, "--apply", "--confirm")).exit_code == 0


def test_a_rejected_file_ends_with_1_and_a_sentence(portal, tmp_path):
    result = portal(*taking(write_files(tmp_path, b""), "--apply"))
    assert result.exit_code == 1
    assert "Soubor register.json je prázdný." in result.stderr


def test_confirm_alone_is_a_mistake(portal, tmp_path):
    assert portal(*taking(write_files(tmp_path, some_entries(2)), "--confirm")).exit_code == 2


def test_faults_are_listed_with_their_path(portal, tmp_path):
    result = portal(*taking(write_files(tmp_path, some_entries(30, faults=2))))
    assert result.exit_code == 3
    assert "polozky[0].poskytovatel.ico (portalId 200000): Chybí IČO poskytovatele." in result.stderr


def test_show_counts_what_the_catalogue_holds(portal, tmp_path):
    entries = some_entries(40)
    entries = changed(entries, 0, lambda entry: entry.update(datumPoskytovaniDo="2020-01-01"))
    portal(*taking(write_files(tmp_path, entries), "--apply"))
    shown = json.loads(portal("show", "--json").stdout)
    assert shown["services"]["total"] == 40
    ended = sum(bool(entry["datumPoskytovaniDo"]) for entry in entries)
    assert (shown["services"]["active"], shown["services"]["ended"]) == (40 - ended, ended)
    assert sum(shown["active_by_type"].values()) == 40 - ended
    assert shown["facilities"]["total"] == sum(len(entry["zarizeni"]) for entry in entries)
    assert shown["facilities"]["secret"] == sum(f["utajenaAdresa"] for e in entries for f in e["zarizeni"])
    assert shown["providers"] == len({entry["poskytovatel"]["ico"] for entry in entries})
    assert "active" in portal("show").stdout


def test_an_empty_catalogue_can_be_shown(portal):
    shown = json.loads(portal("show", "--json").stdout)
    assert (shown["services"]["total"], shown["import"]) == (0, None)


def test_rollback_is_one_command(portal, tmp_path):
    assert portal("rollback").exit_code == 1
    portal(*taking(write_files(tmp_path, some_entries(5)), "--apply"))
    result = portal("rollback")
    assert (result.exit_code, count_services()) == (0, 0)
    listed = json.loads(portal("imports", "--json").stdout)
    assert [row["state"] for row in listed] == ["rolled_back"]
    assert "rolled_back" in portal("imports").stdout


def test_a_rollback_over_returns_ends_with_1_and_names_the_service(portal, tmp_path):
    entries = some_entries(5)
    portal(*taking(write_files(tmp_path, entries), "--apply"))
    with transaction():
        make_return(find(entries[0]["portalId"]), "2026Q2", state="draft")
    result = portal("rollback")
    assert (result.exit_code, count_services()) == (1, 5)
    assert "Import nelze vzít zpět: 1 službu, kterou přidal" in result.stderr
    assert f"(číslo v registru: {entries[0]['portalId']})" in result.stderr
