"""Pages, files and downloads of the map as a browser gets them."""

import csv
import io
import json
import zipfile
from datetime import date

import html5lib
import pytest

from portal.catalog.service.version import bump_version
from portal.map.service import find_shapes
from portal.territory.types import Level
from tests.factories.catalog import make_provider, make_service, secret_places_unchecked
from tests.factories.territory import store_small_territory

CANARY = "Kanárek"
SUMPERK = {"municipality_code": "523704", "municipality_name": "Šumperk", "lon": 16.97, "lat": 49.97}
OLOMOUC = {
    "municipality_code": "500496",
    "municipality_name": "Olomouc",
    "orp_code": "7107",
    "lon": 17.25,
    "lat": 49.59,
}
OUTPUTS = ("/mapa", "/mapa?druh=49&uzemi=obec", "/mapa/sluzby.json", "/mapa/kapacita.csv", "/mapa/kapacita.xlsx")
PRAGUE = {"municipality_code": "554782", "orp_code": None, "lon": 14.42, "lat": 50.09}


@pytest.fixture
def territory(app):
    store_small_territory()


@pytest.fixture
def homes(territory):
    """A home in Šumperk and one in Olomouc: 30 beds for 1 000 and 60 for 1 200 people aged 65 and over."""
    provider = make_provider("Obecně prospěšná, z. ú.")
    return [
        make_service(provider, name="Domov Lípa", forms={"residential": {"beds": 30}}, facilities=[SUMPERK]),
        make_service(provider, name="Domov Řeka", forms={"residential": {"beds": 60}}, facilities=[OLOMOUC]),
    ]


def page(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status
    return html5lib.parse(answer.text, namespaceHTMLElements=False)


def texts(node):
    """Text as it is seen: without what only readers of the screen hear."""
    for hidden in node.iterfind(".//span[@class='govuk-visually-hidden']"):
        hidden.text = ""
    return " ".join("".join(node.itertext()).split())


def table_rows(tree):
    return [[texts(cell) for cell in row] for row in tree.iterfind(".//table[@id='figures']//tr")]


def content_of(answer):
    """All text of an answer, also of a workbook; closed, since a workbook is sent from a file."""
    data = answer.data
    answer.close()
    if "spreadsheetml" not in answer.mimetype:
        return data.decode()
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return " ".join(book.read(name).decode() for name in book.namelist())


def test_the_table_says_what_the_map_shows(client, homes):
    tree = page(client, "/mapa?druh=49")
    assert texts(tree.find(".//h2")) == "Domovy pro seniory: lůžka na 1 000 osob ve věku 65 a více let"
    assert table_rows(tree)[1:] == [
        ["Olomouc", "1", "1", "60", "1 200", "50,00"],
        ["Šumperk", "1", "1", "30", "1 000", "30,00"],
        ["Kraj celkem", "2", "2", "90", "2 200", "40,91"],
    ]
    script = texts(tree.findall(".//script")[-1])
    assert '["7107","Olomouc","class-2","50","60","1","1"],["7111","Šumperk","class-1","30","30","1","1"]' in script


def test_figures_do_not_travel_with_the_shapes_or_points(client, homes):
    text = client.get("/mapa?druh=49").text
    assert "Domov Lípa" not in text
    assert '"arcs"' not in text


def test_the_download_holds_the_same_figures(client, homes):
    answer = client.get("/mapa/kapacita.csv?druh=49")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert rows[0][1:4] == ["Obec s rozšířenou působností (ORP)", "Služby", "Místa služeb na mapě"]
    assert [row[1:7] for row in rows[1:]] == [
        ["Olomouc", "1", "1", "60", "1200", "50"],
        ["Šumperk", "1", "1", "30", "1000", "30"],
        ["Kraj celkem", "2", "2", "90", "2200", "40,91"],
    ]
    assert "Šumperk" in content_of(client.get("/mapa/kapacita.xlsx?druh=49"))


def test_states_are_written_in_words_in_page_and_download(client, territory):
    make_service(forms={"residential": {"beds": None}}, facilities=[SUMPERK])
    address = "?druh=49&jednotka=beds"
    assert ["Šumperk", "1", "1", "neuvedeno", "1 000", "neuvedeno"] in table_rows(page(client, "/mapa" + address))
    assert ["Olomouc", "0", "0", "0", "1 200", "0"] in table_rows(page(client, "/mapa" + address))
    assert ";neuvedeno;1000;neuvedeno;" in client.get("/mapa/kapacita.csv" + address).text


def test_numbers_of_services_lead_to_their_list(client, homes):
    tree = page(client, "/mapa?druh=49&forma=residential")
    links = [node.get("href") for node in tree.iterfind(".//table[@id='figures']//a")]
    assert links == ["/katalog?druh=49&forma=residential&orp=7107", "/katalog?druh=49&forma=residential&orp=7111"]
    assert [client.get(link).status_code for link in links] == [200, 200]


def test_the_page_of_a_service_leads_to_its_place(client, homes):
    address = f"/mapa?sluzba={homes[0].register_id}"
    assert f'href="{address}"' in client.get(f"/katalog/sluzba/{homes[0].register_id}").text
    assert client.get(address).status_code == 200


def test_points_are_compact_and_link_to_services(client, homes):
    answer = client.get("/mapa/sluzby.json?druh=49")
    found = json.loads(answer.text)
    assert found["types"] == {"49": "Domovy pro seniory"}
    assert found["providers"] == ["Obecně prospěšná, z. ú."]
    assert [place[:2] for place in found["places"]] == [[16.97, 49.97], [17.25, 49.59]]
    assert found["places"][0][4] == [[homes[0].register_id, "Domov Lípa", "49", 0]]


def test_points_are_not_sent_again_while_nothing_changed(client, homes):
    first = client.get("/mapa/sluzby.json?druh=49", headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    again = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/mapa/sluzby.json?druh=49", headers=again).status_code == 304
    bump_version()
    assert client.get("/mapa/sluzby.json?druh=49", headers=again).status_code == 200


@pytest.mark.parametrize("address", OUTPUTS)
def test_no_output_tells_a_secret_place(client, territory, address):
    with secret_places_unchecked():
        make_service(
            forms={"residential": {"beds": 12}},
            facilities=[{"secret": True, "name": CANARY, "orp_code": "7111", "orp_name": CANARY}],
        )
    answer = client.get(address)
    assert answer.status_code == 200
    content = content_of(answer)
    assert CANARY not in content
    if address.endswith("sluzby.json"):
        assert json.loads(content)["places"] == []


def test_a_secret_service_is_counted_and_told_of(client, territory):
    make_service(forms={"residential": {"beds": 12}}, facilities=[{"secret": True}])
    make_service(forms={"residential": {"beds": 8}}, facilities=[], region_wide=True)
    tree = page(client, "/mapa?druh=49")
    text = texts(tree)
    assert "Výběru odpovídají 2 služby. V celém kraji" in text, "none is on the map"
    assert "V celém kraji působí 1 služba, bez místa na mapě: 1." in text
    assert "1 služba má místo s utajenou adresou, které na mapě není. 1 z nich jiné místo na mapě nemá." in text
    assert [row[:4] for row in table_rows(tree)[3:]] == [
        ["Celý kraj (služby bez vlastního místa)", "1", "0", "8"],
        ["Utajená adresa (služby s takovým místem)", "1", "0", "12"],
        ["Kraj celkem", "2", "0", "20"],
    ]


@pytest.mark.parametrize("level", ["orp", "okres", "obec"])
def test_sentence_table_and_signs_count_the_same_places(client, territory, level):
    """Three services at five places: two share one in Šumperk, one has two facilities at one point and one abroad."""
    make_service(facilities=[SUMPERK, OLOMOUC, {"secret": True}])
    make_service(facilities=[SUMPERK])
    make_service(facilities=[OLOMOUC, OLOMOUC, PRAGUE])
    make_service(facilities=[{"secret": True}])
    tree = page(client, f"/mapa?druh=49&uzemi={level}")
    signs = sum(len(place[4]) for place in json.loads(client.get("/mapa/sluzby.json?druh=49").text)["places"])
    assert signs == 5
    text = texts(tree)
    assert "Výběru odpovídají 4 služby. Na mapě: 3 služby na 5 místech;" in text
    assert "2 služby mají místo s utajenou adresou, které na mapě není. 1 z nich jiné místo na mapě nemá." in text
    counts = {row[0]: row[1:3] for row in table_rows(tree)[1:]}
    assert counts["Kraj celkem"] == ["4", "5"]
    assert counts["Utajená adresa (služby s takovým místem)"] == ["2", "0"]
    assert counts["Místa mimo kraj"] == ["1", "1"]
    assert sum(int(row[1]) for name, row in counts.items() if name != "Kraj celkem") == 5
    rows = list(csv.reader(io.StringIO(client.get(f"/mapa/kapacita.csv?druh=49&uzemi={level}").text), delimiter=";"))
    assert rows[-1][2:4] == ["4", "5"]


def test_schematic_boundaries_say_so(client, homes):
    frame = page(client, "/mapa").find(".//*[@class='map-frame']")
    assert "Hranice jsou schematické" in texts(frame)


def test_names_from_outside_stay_text(client, territory):
    make_service(make_provider("<script>alert(1)</script>"), name="</script>{{ 7*7 }}", facilities=[SUMPERK])
    answer = client.get("/mapa/sluzby.json")
    assert answer.mimetype == "application/json"
    assert json.loads(answer.text)["places"][0][4][0][1] == "</script>{{ 7*7 }}"
    assert "alert(1)" not in client.get("/mapa").text


def test_shapes_lie_under_an_address_that_never_changes(client, territory):
    digest = find_shapes(Level.ORP).digest
    assert f"/mapa/uzemi/orp-{digest}.topojson" in client.get("/mapa").text
    answer = client.get(f"/mapa/uzemi/orp-{digest}.topojson")
    assert "immutable" in answer.headers["Cache-Control"]
    codes = {shape["id"] for shape in json.loads(answer.text)["objects"]["units"]["geometries"]}
    assert codes == {"7107", "7111"}
    assert client.get(f"/mapa/uzemi/okres-{digest}.topojson").status_code == 404
    assert client.get(f"/mapa/uzemi/kraj-{digest}.topojson").status_code == 404


@pytest.mark.parametrize("query", ["druh=36", "forma=x", "jednotka=kg", "uzemi=kraj", "pohled=tady", "sluzba=a"])
def test_input_that_cannot_be_meant_is_answered_with_a_sentence(client, territory, query):
    for address in ("/mapa", "/mapa/sluzby.json", "/mapa/kapacita.csv", "/mapa/kapacita.xlsx"):
        answer = client.get(f"{address}?{query}")
        assert answer.status_code == 400
        assert query.split("=")[1] in answer.text


def test_a_link_to_a_service_shows_its_type_and_opens_it(client, homes):
    tree = page(client, f"/mapa?sluzba={homes[0].register_id}")
    assert texts(tree.find(".//h2")).startswith("Domovy pro seniory")
    assert f'"opened":{homes[0].register_id}' in texts(tree.findall(".//script")[-1])
    assert "nemá na mapě místo" not in texts(tree)


def test_a_link_to_a_service_without_a_point_says_why_there_is_none(client, territory):
    secret = make_service(facilities=[{"secret": True}], name="Azyl")
    assert "„Azyl“ nemá na mapě místo" in texts(page(client, f"/mapa?sluzba={secret.register_id}"))
    ended = make_service(facilities=[SUMPERK], name="Bývalá", ended_on=date(2020, 1, 1))
    assert "„Bývalá“ se teď neposkytuje" in texts(page(client, f"/mapa?sluzba={ended.register_id}"))


def test_a_link_to_no_service_is_a_missing_page(client, territory):
    page(client, "/mapa?sluzba=424242", status=404)


def test_without_a_territory_the_page_says_so_and_counts(client, app):
    make_service(facilities=[SUMPERK])
    tree = page(client, "/mapa")
    assert "Mapu nelze ukázat" in texts(tree)
    assert "Výběru odpovídá 1 služba" in texts(tree)
    assert tree.find(".//*[@id='map_canvas']") is None


def test_an_empty_catalogue_is_not_full_of_zeros(client, territory):
    tree = page(client, "/mapa?druh=49")
    assert "V katalogu zatím nejsou žádné služby" in texts(tree)
    assert ["Šumperk", "0", "0", "neuvedeno", "1 000", "neuvedeno"] in table_rows(tree)


def test_the_page_speaks_english_too(client, homes):
    client.set_cookie("lang", "en")
    tree = page(client, "/mapa?druh=49")
    assert texts(tree.find(".//h2")) == "Homes for the elderly: beds per 1,000 people aged 65 and over"
    assert ["Region in total", "2", "2", "90", "2,200", "40.91"] in table_rows(tree)
    assert '"zoomIn":"Zoom in"' in texts(tree.findall(".//script")[-1])


def test_the_number_of_queries_is_the_same_for_few_and_many(client, homes, queries):
    def count():
        queries.statements.clear()
        client.get("/mapa?druh=49")
        return queries.count

    count()  # fills what is kept of the territory
    few = count()
    for _ in range(12):
        make_service(facilities=[SUMPERK, OLOMOUC])
    assert count() == few <= 12
