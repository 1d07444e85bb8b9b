"""``portal map layer``: files for scripts."""

import csv
import io
import json

import pytest

from portal.cli import cli
from portal.map.commands import map_group
from tests.factories.catalog import make_service
from tests.factories.territory import store_small_territory

SUMPERK = {"municipality_code": "523704", "orp_code": "7111", "lon": 16.97, "lat": 49.97}


@pytest.fixture
def run(app):
    store_small_territory()
    make_service(forms={"residential": {"beds": 30}}, facilities=[SUMPERK])
    runner = app.test_cli_runner()

    def invoke(*arguments):
        return runner.invoke(map_group, ["layer", *arguments])

    return invoke


def test_csv_has_stable_columns_points_and_states(run):
    answer = run("kapacita", "--type", "49", "--level", "orp", "--format", "csv")
    assert answer.exit_code == 0
    rows = list(csv.DictReader(io.StringIO(answer.stdout)))
    columns = ["code", "name", "orp_code", "inhabitants", "value", "state", "norm", "unit", "time", "audience"]
    assert list(rows[0]) == columns
    assert [(row["code"], row["value"], row["state"]) for row in rows] == [
        ("7107", "0", "zero"),
        ("7111", "30", "value"),
    ]


def test_geojson_has_shapes_with_the_same_figures(run):
    answer = run("sluzby", "--level", "obec", "--format", "geojson")
    features = json.loads(answer.stdout)["features"]
    assert len(features) == 5
    assert {feature["geometry"]["type"] for feature in features} <= {"Polygon", "MultiPolygon"}
    sumperk = next(feature for feature in features if feature["id"] == "523704")
    assert (sumperk["properties"]["value"], sumperk["properties"]["orp_code"]) == (1, "7111")


def test_what_the_public_does_not_see_is_hidden_and_said(run):
    answer = run("uzivatele", "--public")
    assert answer.exit_code == 0
    rows = list(csv.DictReader(io.StringIO(answer.stdout)))
    assert {(row["value"], row["state"]) for row in rows} == {("", "hidden")}
    assert "zmrazeného vydání" in answer.stderr


def test_an_unknown_type_is_named(app):
    store_small_territory()
    answer = app.test_cli_runner().invoke(cli, ["map", "layer", "kapacita", "--type", "999"], prog_name="portal")
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert "Mapa nezná druh služby „999“" in answer.stderr


def test_a_quarter_that_cannot_be_meant_fails_with_a_sentence(run):
    answer = run("kapacita", "--period", "2026K2")
    assert answer.exit_code != 0
