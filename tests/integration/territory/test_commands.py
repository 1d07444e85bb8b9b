"""``portal territory``: data on standard output, sentences on standard error, exit status 0 only on success."""

import json
from dataclasses import fields

import pytest

from portal.cli import cli
from portal.territory.ingest.read import TerritoryFiles
from tests.factories.paths import shared_data
from tests.factories.territory_files import OfficialFiles


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()

    def command(*arguments):
        return runner.invoke(cli, ["territory", *map(str, arguments)], prog_name="portal")

    return command


def options(files):
    given = {field.name: getattr(files, field.name) for field in fields(TerritoryFiles)}
    return [part for name, value in given.items() if value is not None for part in (f"--{name}", value)]


@pytest.fixture
def official(tmp_path):
    return options(OfficialFiles().write(tmp_path))


def test_the_real_region_is_imported_and_shown(run):
    layers = shared_data("olomoucky", "boundaries_sjtsk")
    result = run(
        "import", "--region", "CZ071", "--orp", layers / "ORP_P.shp", "--municipalities", layers / "OBCE_P.shp",
        "--people", shared_data("olomoucky", "municipalities.csv"),
    )  # fmt: skip
    assert (result.exit_code, result.stdout) == (0, "")
    assert "ORP_P.shp: kódy ORP jsou kódy ČSÚ." in result.stderr
    assert "Sídlo obce Grymov leží 52 m mimo její tvar." in result.stderr
    shown = run("show", "--json")
    assert shown.exit_code == 0
    content = json.loads(shown.stdout)
    expected = {
        "orp": 13, "municipalities": 402, "districts": 5, "population": 630_522, "population_65_plus": 132_715,
        "schematic": False, "region": "CZ071", "people_on": "2020-12-31", "valid_from": "2021-01-01",
    }  # fmt: skip
    assert {key: content[key] for key in expected} == expected


def test_maps_name_whose_data_they_are(run, official, client):
    """Licences ask for it; the words change without another version, and what is kept of a map changes with them."""
    assert run("import", *official).exit_code == 0
    by_files = json.loads(run("show", "--json").stdout)
    assert by_files["source"].endswith(".csv")
    before = client.get("/mapa").text
    named = run("import", *official, "--source", " ČÚZK,  RÚIAN (CC BY 4.0); ČSÚ ")
    assert "jeho zdroj je nově pojmenován" in named.stderr
    versions = json.loads(run("versions", "--json").stdout)
    assert [version["source"] for version in versions] == ["ČÚZK, RÚIAN (CC BY 4.0); ČSÚ"]
    after = client.get("/mapa").text
    assert by_files["source"] in before
    assert by_files["source"] not in after
    assert "ČÚZK, RÚIAN (CC BY 4.0); ČSÚ" in after
    assert "(CC BY 4.0)" in client.get("/mapa/vrstvy").text
    again = run("import", *official)  # without words it keeps those that were given
    assert "Nic se nezměnilo" in again.stderr
    assert json.loads(run("show", "--json").stdout)["source"] == "ČÚZK, RÚIAN (CC BY 4.0); ČSÚ"


@pytest.mark.parametrize("words", ["  ", "x" * 401])
def test_a_source_without_words_or_too_long_is_refused(run, official, words):
    refused = run("import", *official, "--source", words)
    assert refused.exit_code == 1
    assert "Zdroj musí mít 1 až 400 znaků." in refused.stderr
    assert run("show").exit_code == 1


def test_a_second_import_of_the_same_changes_nothing(run, official):
    assert run("import", *official).exit_code == 0
    again = run("import", *official)
    assert again.exit_code == 0
    assert "Nic se nezměnilo" in again.stderr
    assert len(json.loads(run("versions", "--json").stdout)) == 1


def test_a_refused_file_leaves_the_territory_as_it_was(run, official, tmp_path):
    run("import", *official)
    before = run("show", "--json").stdout
    broken = OfficialFiles().with_listed("500801", changes={"OBYV_2020": "mnoho"}).write(tmp_path / "broken")
    result = run("import", *options(broken))
    assert result.exit_code == 1
    assert "Seznam people.csv má 1 chybu." in result.stderr
    assert "people.csv:3, OBYV_2020: „mnoho“ není počet osob." in result.stderr
    assert run("show", "--json").stdout == before


def test_a_new_version_follows_and_can_be_taken_back(run, official, tmp_path):
    run("import", *official)
    changed = OfficialFiles().with_listed("500801", people=(601, 90, 120, 30)).write(tmp_path / "changed")
    assert run("import", *options(changed), "--valid-from", "2026-07-01").exit_code == 0
    rows = json.loads(run("versions", "--json").stdout)
    assert [(row["valid_from"], row["valid_to"], row["population"]) for row in rows] == [
        ("2026-07-01", None, 10_001), ("2021-01-01", "2026-07-01", 10_000),
    ]  # fmt: skip
    result = run("rollback")
    assert result.exit_code == 0
    assert "od 2021-01-01" in result.stderr
    assert json.loads(run("show", "--json").stdout)["population"] == 10_000


def test_a_version_that_would_begin_too_early_is_refused(run, official, tmp_path):
    run("import", *official)
    changed = OfficialFiles().with_listed("500801", people=(601, 90, 120, 30)).write(tmp_path / "changed")
    result = run("import", *options(changed), "--valid-from", "2021-01-01")
    assert result.exit_code == 1
    assert "Platné území platí od 2021-01-01" in result.stderr


def test_without_a_territory_there_is_nothing_to_show_or_take_back(run):
    shown, taken = run("show", "--json"), run("rollback")
    assert (shown.exit_code, shown.stdout, taken.exit_code) == (1, "", 1)
    assert "Žádné území zatím nebylo importováno." in shown.stderr
    assert "Není co vzít zpět" in taken.stderr
    assert json.loads(run("versions", "--json").stdout) == []


def test_the_last_version_can_be_taken_back_too(run, official):
    run("import", *official)
    result = run("rollback")
    assert result.exit_code == 0
    assert "není uloženo žádné území" in result.stderr


def test_people_read_it_in_words(run, official):
    run("import", *official)
    shown = run("show").stdout
    assert "Kraj: Olomoucký kraj (CZ071)" in shown
    assert "Obyvatelé: 10\u00a0000" in shown
    assert "2021-01-01 - …\tzaměřené\tORP 2" in run("versions").stdout
