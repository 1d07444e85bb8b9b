"""``portal territory addresses``: looked at, put in force, taken back; sentences on standard error."""

import json

import pytest

from portal.cli import cli
from portal.territory.addresses import service
from tests.factories.addresses import BLATEC, Address, content_of, row_of, write_addresses, write_archive
from tests.factories.territory import store_small_territory


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(cli, ["territory", "addresses", *map(str, words)], prog_name="portal")


@pytest.fixture
def territory(app):
    store_small_territory()


@pytest.fixture
def file(tmp_path):
    addresses = [
        Address(1, "Horní náměstí", "12", "3"),
        Address(2, town=BLATEC, house="45", postcode="78375"),
        Address(3, lon=None),
        Address(4, town=("599001", "Nová Ves")),
    ]
    return write_addresses(tmp_path / "adresy.csv", addresses)


def test_without_apply_it_is_only_looked_at(run, territory, file):
    result = run(file)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "Adresních míst: 2, obcí: 2. Bez souřadnic vynecháno: 1." in result.stderr
    assert "1 obec, kterou platné území nezná, je vynechána:\n  Nová Ves (599001), adres: 1" in result.stderr
    assert "Nic se neuložilo" in result.stderr
    assert service.find_in_force() is None


def test_it_is_put_in_force_once(run, app, territory, file):
    result = run(file, "--apply")
    assert result.exit_code == 0
    assert "Adresní místa platí." in result.stderr
    assert service.find_in_force().points == 2
    again = run(file, "--apply")
    assert again.exit_code == 0
    assert "Nic se nezměnilo: stejná adresní místa už platí." in again.stderr
    assert "Stejná adresní místa už platí." in run(file).stderr
    shown = app.test_cli_runner().invoke(cli, ["territory", "show", "--json"], prog_name="portal")
    assert json.loads(shown.stdout)["address_points"] == 2


def test_the_last_import_is_taken_back(run, territory, file, tmp_path):
    run(file, "--apply")
    other = write_archive(tmp_path / "kraj.zip", {"CSV/a.csv": content_of([row_of(Address(9, "Dolní", "9"))])})
    assert run(other, "--apply").exit_code == 0
    result = run("--rollback")
    assert result.exit_code == 0
    assert "znovu platí adresní místa" in result.stderr
    assert "počet 2 (adresy.csv)" in result.stderr
    assert "žádná adresní místa" in run("--rollback").stderr
    nothing = run("--rollback")
    assert nothing.exit_code == 1
    assert "Není co vzít zpět" in nothing.stderr


def test_a_file_with_a_fault_leaves_all_as_it_was(run, territory, file, tmp_path):
    run(file, "--apply")
    before = service.find_in_force()
    broken = tmp_path / "vadny.csv"
    broken.write_bytes(content_of([row_of(Address(5, "Dolní", "1")), row_of(Address(6), {"Souřadnice Y": "mnoho"})]))
    result = run(broken, file, "--apply")
    assert result.exit_code == 1
    assert "Soubory adres mají 1 chybu." in result.stderr
    assert "vadny.csv:3, Souřadnice Y: „mnoho“ není číslo." in result.stderr
    assert service.find_in_force() == before


def test_without_a_territory_there_is_nothing_to_check_against(run, file):
    result = run(file)
    assert result.exit_code == 1
    assert "Nejdřív importujte území" in result.stderr


@pytest.mark.parametrize("words", [(), ("--apply",), ("a.csv", "--rollback"), ("--apply", "--rollback")])
def test_files_or_taking_back_are_given_and_not_both(run, words):
    assert run(*words).exit_code == 2
