"""Pages and files of layers as a browser and a reader of files get them."""

import csv
import io
import json
import zipfile

import geopandas as gpd
import html5lib
import pytest

from portal.core.config import ConfigError, load_settings
from portal.map.layers import service
from portal.map.layers.link import FILTER_WORDS, LEVEL_WORDS
from portal.map.layers.registry import LAYERS
from portal.map.layers.types import Source
from portal.map.service import find_shapes
from portal.returns.residences.situations import adverse_situations
from portal.territory.types import Level
from tests.factories.accounts import login, make_user
from tests.factories.catalog import make_service
from tests.factories.residences import store_residents
from tests.factories.territory import store_small_territory

OLOMOUC = {"municipality_code": "500496", "orp_code": "7107", "lon": 17.25, "lat": 49.59}
SUMPERK = {"municipality_code": "523704", "orp_code": "7111", "lon": 16.97, "lat": 49.97}
HOUSING = adverse_situations()["housing"].of("cs")
CANARY = 8_417  # persons; stands nowhere else
PROTECTED = [name for name, layer in LAYERS.items() if not layer.source.is_public]
OUTPUTS = (
    "/mapa/vrstvy?vrstva=kapacita&vedle={name}&uzemi={level}&cary=1",
    "/mapa/vrstvy?vrstva={name}&uzemi={level}",
    "/mapa/vlozit?vrstva={name}&uzemi={level}",
    "/mapa/vrstvy/hodnoty.json?vrstva={name}&uzemi={level}&cary=1",
    *(f"/mapa/vrstvy/soubor.{kind}?vrstva={{name}}&uzemi={{level}}" for kind in ("csv", "xlsx", "geojson", "gpkg")),
)


@pytest.fixture
def world(app):
    store_small_territory()
    home = make_service(type_code="49", name="Domov", forms={"residential": {"beds": 30}}, facilities=[SUMPERK])
    store_residents(home, [("500496", None, "housing", CANARY), ("523704", None, "housing", 2)])


@pytest.fixture
def planner(client, app):
    return login(client, make_user(role="planner"))


def page(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, answer.text[:500]
    return html5lib.parse(answer.text, namespaceHTMLElements=False)


def texts(node):
    return " ".join("".join(node.itertext()).split())


def table_rows(tree):
    return [[texts(cell) for cell in row] for row in tree.iterfind(".//table[@id='figures']//tr")]


def content_of(answer, folder):
    """All text of an answer, of workbooks and GeoPackages too."""
    data = answer.data
    answer.close()
    if answer.mimetype.startswith("application/vnd"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "".join(archive.read(name).decode() for name in archive.namelist())
    if answer.mimetype.startswith("application/geopackage"):
        path = folder / "found.gpkg"
        path.write_bytes(data)
        return gpd.read_file(path).drop(columns="geometry").to_csv()
    return data.decode()


def values(client, query):
    answer = client.get(f"/mapa/vrstvy/hodnoty.json?{query}")
    assert answer.status_code == 200
    return json.loads(answer.text)


def test_the_table_says_what_the_map_shows_with_states_in_words(client, world):
    tree = page(client, "/mapa/vrstvy?vrstva=kapacita&druh=49")
    assert table_rows(tree)[1:] == [["Olomouc", "6 000", "0"], ["Šumperk", "4 000", "30"]]
    summary = texts(tree.find(".//*[@id='layers-summary']"))
    assert "Nejméně má Olomouc: 0, nejvíc Šumperk: 30 (lůžka na 1 000 osob ve věku 65 a více let)." in summary
    withheld = page(client, "/mapa/vrstvy?vrstva=uzivatele")
    assert table_rows(withheld)[1:] == [["Olomouc", "6 000", "skryto"], ["Šumperk", "4 000", "skryto"]]
    assert "zmrazeného vydání" in texts(withheld.find(".//*[@id='layers-summary']"))


def test_values_stand_in_the_order_of_the_areas_without_shapes_or_names(client, world):
    digest = service.area_file(Level.MUNICIPALITY).digest
    areas = json.loads(client.get(f"/mapa/vrstvy/obec-{digest}.json").text)
    assert areas["names"] == ["Blatec", "Bludov", "Dolany", "Olomouc", "Šumperk"]
    assert [areas["orps"][number] for number in areas["orp"]][:2] == ["Olomouc", "Šumperk"]
    found = values(client, "vrstva=kapacita&druh=49&uzemi=obec")
    assert (found["states"], found["values"]) == ("0000v", [34.48])
    assert (found["bands"], found["method"]) == (["34,48"], "natural")
    text = json.dumps(found, ensure_ascii=False)
    assert "arcs" not in text
    assert "523704" not in text


def test_the_region_sees_exact_figures_and_lines(planner, world):
    found = values(planner, "vrstva=uzivatele&cary=1")
    assert (found["states"], found["values"], found["time"]) == ("vv", [CANARY, 2], "2026Q2")
    assert found["flows"] == [[0, 1, CANARY], [1, 1, 2]]
    assert "služby, které je uvedly: 1 z 1" in " ".join(found["notes"])
    narrowed = values(planner, "vrstva=uzivatele&druh=49&situace=housing")["title"]
    assert narrowed == f"Uživatelé podle bydliště: Domovy pro seniory, {HOUSING}, 2. čtvrtletí 2026"


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("who", [None, "provider_approver", "municipality_worker", "administrator"])
def test_no_output_tells_anybody_else_a_live_count(client, world, output, who, tmp_path):
    if who is not None:
        login(client, make_user(role=who))
    for name in PROTECTED:
        for level in ("orp", "obec"):
            answer = client.get(output.format(name=name, level=level))
            assert answer.status_code == 200
            content = content_of(answer, tmp_path)
            for written in (str(CANARY), f"{CANARY:,}".replace(",", " "), f"{CANARY:,}".replace(",", " ")):
                assert written not in content
            if "hodnoty.json" in output:
                found = json.loads(content)
                assert (set(found["states"]), found["values"], found["flows"]) == ({"h"}, [], [])


def test_the_canary_sings_for_the_region(planner, world, tmp_path):
    for output in OUTPUTS[3:]:
        answer = planner.get(output.format(name="uzivatele", level="orp"))
        assert str(CANARY) in content_of(answer, tmp_path)


def test_a_frame_of_another_site_is_shown_what_the_public_sees_even_to_the_region(planner, world):
    assert values(planner, "vrstva=uzivatele&verejne=1")["values"] == []
    assert str(CANARY) not in planner.get("/mapa/vlozit?vrstva=uzivatele").text


def test_areas_lie_under_an_address_that_never_changes(client, world):
    digest = service.area_file(Level.ORP).digest
    text = client.get("/mapa/vrstvy").text
    assert f"/mapa/vrstvy/orp-{digest}.json" in text
    assert f"/mapa/uzemi/orp-{find_shapes(Level.ORP).digest}.topojson" in text
    assert "immutable" in client.get(f"/mapa/vrstvy/orp-{digest}.json").headers["Cache-Control"]
    assert client.get(f"/mapa/vrstvy/obec-{digest}.json").status_code == 404


def test_files_hold_the_same_figures(client, world, tmp_path):
    query = "vrstva=kapacita&druh=49&uzemi=obec"
    text = client.get(f"/mapa/vrstvy/soubor.csv?{query}").text
    rows = list(csv.reader(io.StringIO(text.removeprefix("﻿")), delimiter=";"))
    assert rows[0][:2] == ["Kód", "Obec"]
    assert rows[-1] == ["523704", "Šumperk", "3500", "34,48"]
    features = json.loads(client.get(f"/mapa/vrstvy/soubor.geojson?{query}").text)["features"]
    assert {feature["properties"]["value"] for feature in features} == {0, 34.48}
    answer = client.get(f"/mapa/vrstvy/soubor.gpkg?{query}")
    assert "mapa-kapacita" in answer.headers["Content-Disposition"]
    path = tmp_path / "map.gpkg"
    path.write_bytes(answer.data)
    table = gpd.read_file(path, layer="kapacita")
    assert table.crs.to_epsg() == 4326
    assert table.set_index("name")["value"].to_dict()["Šumperk"] == 34.48
    assert table.geometry.is_valid.all()
    assert client.get(f"/mapa/vrstvy/soubor.pdf?{query}").status_code == 404


def test_a_hidden_figure_is_hidden_in_files_too(client, world):
    rows = client.get("/mapa/vrstvy/soubor.csv?vrstva=uzivatele").text.splitlines()
    assert all(row.endswith(";skryto") for row in rows[1:])


def test_the_table_is_sorted_and_paged_without_scripts(client, world):
    names = [row[0] for row in table_rows(page(client, "/mapa/vrstvy?druh=49&razeni=-hodnota"))[1:]]
    assert names == ["Šumperk", "Olomouc"]
    heads = page(client, "/mapa/vrstvy?druh=49&razeni=-hodnota").findall(".//table[@id='figures']//th[@aria-sort]")
    assert [head.get("aria-sort") for head in heads] == ["descending"]
    by_people = table_rows(page(client, "/mapa/vrstvy?uzemi=obec&razeni=-obyvatel"))[1:]
    assert [row[0] for row in by_people][:2] == ["Olomouc", "Šumperk"]


def test_what_cannot_be_meant_is_answered_with_a_sentence(client, world):
    for query in ("uzemi=okres", "druh=1", "forma=x", "obdobi=2026K1", "orp=1", "tridy=x", "pohled=tady"):
        for address in ("/mapa/vrstvy", "/mapa/vlozit", "/mapa/vrstvy/hodnoty.json", "/mapa/vrstvy/soubor.csv"):
            assert client.get(f"{address}?{query}").status_code == 400
    assert client.get("/mapa/vrstvy?vrstva=x").status_code == 404


def test_a_time_that_a_layer_does_not_have_gives_way_to_the_nearest(planner, world):
    assert values(planner, "vrstva=uzivatele&obdobi=2030Q1")["time"] == "2026Q2"
    assert values(planner, "vrstva=uzivatele&obdobi=2020Q1")["time"] == "2026Q2"


def test_a_link_to_a_layer_from_the_first_page_of_the_map_leads_to_it(client, world):
    answer = client.get("/mapa?vrstva=sluzby&druh=49")
    assert (answer.status_code, answer.location) == (302, "/mapa/vrstvy?vrstva=sluzby&druh=49")
    assert "/mapa/vrstvy" in client.get("/mapa").text


def test_no_site_may_frame_the_map_unless_the_region_names_it(client, app, world, monkeypatch):
    answer = client.get("/mapa/vlozit")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    settings = app.extensions["portal_settings"]
    changed = load_settings(
        {
            "PORTAL_ENV": "test",
            "PORTAL_INSTANCE": str(settings.instance_dir),
            "PORTAL_FRAME_ANCESTORS": "https://www.mesto.example https://*.obec.example",
        }
    )
    monkeypatch.setitem(app.extensions, "portal_settings", changed)
    answer = client.get("/mapa/vlozit")
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors https://www.mesto.example https://*.obec.example" in policy
    assert "X-Frame-Options" not in answer.headers
    assert "&lt;iframe" in client.get("/mapa/vrstvy").text
    for other in ("/mapa/vrstvy", "/mapa", "/prihlaseni"):
        assert "frame-ancestors 'none'" in client.get(other).headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "origins", ["mesto.example", "https://a.example; script-src *", "https://a.example/cesta", "*"]
)
def test_a_site_that_is_no_origin_stops_the_start(tmp_path, origins):
    with pytest.raises(ConfigError, match="PORTAL_FRAME_ANCESTORS"):
        load_settings({"PORTAL_ENV": "test", "PORTAL_INSTANCE": str(tmp_path), "PORTAL_FRAME_ANCESTORS": origins})


def test_without_a_territory_the_page_says_so(client, app):
    tree = page(client, "/mapa/vrstvy")
    assert "Mapu nelze ukázat" in texts(tree)
    assert tree.find(".//*[@id='layers-setup']") is None


def test_a_place_can_be_looked_for_from_the_page(client, world):
    form = page(client, "/mapa/vrstvy").find(".//form[@class='layers-find portal-no-print']")
    assert form.get("action") == "/mapa/okoli"
    assert form.find(".//input[@name='misto']") is not None
    assert client.get("/mapa/okoli?misto=Olomouc").status_code == 200


def test_the_page_speaks_english_too(client, world):
    client.set_cookie("lang", "en")
    assert "Least: Olomouc, 0; most: Šumperk, 30" in client.get("/mapa/vrstvy?druh=49").text


def test_the_number_of_queries_of_values_is_small(client, world, queries):
    def count(name):
        queries.statements.clear()
        values(client, f"vrstva={name}")
        return queries.count

    for name in ("kapacita", "podpora-obci"):
        count(name)
        assert count(name) <= 10


def test_the_second_layer_has_its_table_sentence_notes_and_files_too(client, world):
    address = "/mapa/vrstvy?vrstva=kapacita&druh=49&obdobi=2026Q2&vedle=uzivatele&vedle-obdobi=2026Q1"
    tree = page(client, address)
    said = tree.find(".//*[@id='layers-summary-second']")
    assert (said.get("role"), said.get("aria-live")) == ("status", "polite")
    assert texts(said).startswith("Uživatelé podle bydliště: Domovy pro seniory")
    beside = tree.find(".//*[@id='layers-beside']")
    assert beside.get("hidden") is None
    rows = [[texts(cell) for cell in row] for row in beside.iterfind(".//table[@id='figures-second']/tbody/tr")]
    assert rows == [["Olomouc", "6 000", "skryto"], ["Šumperk", "4 000", "skryto"]]
    assert "Zdroj" in texts(beside.find(".//ul[@id='layers-notes-second']"))
    assert "vrstva=uzivatele" in beside.find(".//*[@id='layers-files-second']/a").get("href")
    alone = page(client, "/mapa/vrstvy?vrstva=kapacita")
    assert alone.find(".//*[@id='layers-beside']").get("hidden") is not None
    assert texts(alone.find(".//*[@id='layers-summary-second']")) == ""


def test_a_link_opens_the_second_layer_as_the_first_and_loses_nothing(planner, world):
    def read(address):
        tree = page(planner, address)
        said = [texts(tree.find(f".//*[@id='layers-summary{which}']")) for which in ("", "-second")]
        return said, tree.find(".//*[@id='layers-second-table']/a").get("href")

    said, link = read("/mapa/vrstvy?vrstva=uzivatele&obdobi=2026Q2&druh=49&situace=housing&vedle=volna-mista")
    assert "vrstva=volna-mista" in link
    assert link.endswith("#figures")
    turned, back = read(link.removesuffix("#figures"))
    assert turned == said[::-1]
    assert read(back.removesuffix("#figures"))[0] == said


def test_the_second_layer_is_told_of_the_time_of_the_first(planner, world):
    store_residents(make_service(name="Druhý"), [("500496", None, "housing", 3)], period="2026Q1")
    tree = page(planner, "/mapa/vrstvy?vrstva=uzivatele&obdobi=2026Q1&vedle=uzivatele-na-1000")
    assert "1. čtvrtletí 2026" in texts(tree.find(".//*[@id='layers-summary-second']"))


def test_lines_are_told_in_words_to_the_region_alone(client, world):
    address = "/mapa/vrstvy?vrstva=uzivatele&cary=1"
    hidden = page(client, address).find(".//*[@id='layers-lines']")
    assert hidden.get("hidden") is not None
    assert hidden.findall(".//tbody/tr") == []
    login(client, make_user(role="planner"))
    told = page(client, address).find(".//*[@id='layers-lines']")
    assert told.get("hidden") is None
    # Whoever is served in the ORP of residence has no line on the map, so none in words.
    assert [[texts(cell) for cell in row] for row in told.findall(".//tbody/tr")] == [["Olomouc", "Šumperk", "8 417"]]
    assert "nejtenčí 8 417, nejtlustší 8 417" in texts(told.find(".//*[@data-width]"))
    assert page(client, "/mapa/vrstvy?vrstva=uzivatele").find(".//*[@id='layers-lines']").get("hidden") is not None
    assert "cary=1" in client.get("/mapa/vrstvy?vrstva=uzivatele").text.split("<noscript><p", 1)[1].split("</p>")[0]


def offered(tree):
    """Fields of the form that are not put aside."""
    return {
        node.get("data-choice")
        for node in tree.iterfind(".//form[@id='layers-form']//*[@data-choice]")
        if node.get("hidden") is None
    }


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("level", ["orp", "obec"])
def test_only_choices_that_a_layer_has_are_offered(client, world, name, level):
    """Also without scripts, and no time of layers that are told of none."""
    layer = LAYERS[name]
    tree = page(client, f"/mapa/vrstvy?vrstva={name}&uzemi={level}")
    filters = {FILTER_WORDS[which] for which in layer.filters_at(LEVEL_WORDS[level])} - {"cesta"}
    always = {"vrstva", "uzemi", "orp", "vedle", *(() if layer.has_norm else ("tridy",))}
    is_timed = layer.source is Source.REGISTER  # nobody has told anything of the others, or nothing is public
    assert offered(tree) == always | filters | ({"obdobi"} if is_timed else set())


def test_a_second_layer_offers_its_own_choices_and_all_its_times(planner, world):
    tree = page(planner, "/mapa/vrstvy?vrstva=volna-mista&vedle=uzivatele")
    assert {"situace", "skupina", "vedle-obdobi"} <= offered(tree)
    assert "obdobi" not in offered(tree)
    times = [option.get("value") for option in tree.iterfind(".//select[@id='vedle-obdobi']/option")]
    assert times == ["", "2026Q2"]


@pytest.mark.parametrize("query", ["vrstva=kapacyta", "vrstva=sluzby&vedle=kapacyta"])
def test_a_layer_that_there_is_not_is_named_and_those_there_are_listed(client, world, query):
    answer = client.get(f"/mapa/vrstvy?{query}")
    assert answer.status_code == 404
    tree = html5lib.parse(answer.text, namespaceHTMLElements=False)
    assert texts(tree.find(".//h1")) == "Mapa nemá vrstvu „kapacyta“."
    links = [link.get("href") for link in tree.iterfind(".//main//li/a")]
    assert links == [f"/mapa/vrstvy?vrstva={name}" for name in LAYERS]
    client.get("/jazyk/en")
    assert "The map has no layer “kapacyta”." in client.get(f"/mapa/vrstvy?{query}").text


def test_a_name_of_a_layer_may_be_anything(client, world):
    answer = client.get("/mapa/vrstvy", query_string={"vrstva": "<b>" + "x" * 5_000})
    tree = html5lib.parse(answer.text, namespaceHTMLElements=False)
    assert texts(tree.find(".//h1")) == f"Mapa nemá vrstvu „<b>{'x' * 37}“."
