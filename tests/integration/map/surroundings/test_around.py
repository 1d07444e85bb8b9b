"""Services near a place: page and files."""

import pytest

from portal.catalog.service.version import bump_version
from tests.factories.catalog import make_service, secret_places_unchecked
from tests.factories.territory import store_small_territory
from tests.integration.map.access.conftest import OLOMOUC, SUMPERK, rows_of, texts, tree_of

EXACT = {"point_is_exact": True, "street": "Dlouhá", "house_number": "7"}


@pytest.fixture
def world(app):
    store_small_territory()
    make_service(name="Domov Lípa", facilities=[{**SUMPERK, **EXACT}])
    make_service(name="Domov Řeka", facilities=[OLOMOUC], type_code="57")
    make_service(name="Poradna kraje", facilities=[], region_wide=True, type_code="37")


def names(tree):
    return [row[0] for row in rows_of(tree, "services")[1:]]


def test_the_nearest_comes_first(client, world):
    tree = tree_of(client.get("/mapa/okoli?misto=Bludov&km=100"))
    assert names(tree) == ["Domov Lípa", "Domov Řeka"]
    assert "2 služby do 100 km od místa Bludov" in texts(tree.find(".//h2[@id='results']"))
    assert "Další 1 služba působí v celém kraji" in texts(tree.find(".//main"))
    assert names(tree_of(client.get("/mapa/okoli?misto=Bludov&km=5"))) == ["Domov Lípa"]


def test_it_can_be_narrowed_by_type_and_form(client, world):
    assert names(tree_of(client.get("/mapa/okoli?misto=Bludov&km=100&druh=57"))) == ["Domov Řeka"]
    assert names(tree_of(client.get("/mapa/okoli?misto=Bludov&km=100&druh=57&forma=outpatient"))) == []


def test_several_places_are_offered_and_lead_to_one(client, world):
    tree = tree_of(client.get("/mapa/okoli?misto=B&km=100&druh=49"))
    links = {texts(link): link.get("href") for link in tree.iterfind(".//main//li/a")}
    assert {"Blatec", "Bludov"} <= set(links)
    assert names(tree_of(client.get(links["Bludov"]))) == ["Domov Lípa"]


def test_an_address_of_a_service_is_a_place(client, world):
    assert names(tree_of(client.get("/mapa/okoli?misto=Dlouhá 7&km=1"))) == ["Domov Lípa"]


def test_the_file_holds_the_same(client, world):
    lines = client.get("/mapa/okoli/soubor.csv?misto=Bludov&km=100").text.splitlines()
    assert [line.split(";")[2] for line in lines[1:]] == ["Domov Lípa", "Domov Řeka"]
    assert client.get("/mapa/okoli/soubor.csv?misto=B").status_code == 400


def test_bad_input_stands_at_its_field(client, world):
    answer = client.get("/mapa/okoli?misto=Bludov&km=daleko&druh=1&forma=x")
    assert answer.status_code == 400
    tree = tree_of(answer)
    faults = {node.get("id") for node in tree.iterfind(".//p[@class='govuk-error-message']")}
    assert faults == {"km-error", "druh-error", "forma-error"}
    assert tree.find(".//input[@id='km']").get("value") == "daleko"
    assert "mimo Českou republiku" in client.get("/mapa/okoli?misto=52.5,13.4").text
    assert "Takové místo portál nezná" in client.get("/mapa/okoli?misto=Nikde").text


def test_a_secret_place_is_neither_near_nor_a_place_to_look_from(client, world):
    secret = {**SUMPERK, "secret": True, "street": "Kanárkova", "house_number": "5", "point_is_exact": True}
    with secret_places_unchecked():
        make_service(name="Azyl tajný", facilities=[secret])
        for place in ("Bludov", "Kanárkova", "16"):
            text = client.get(f"/mapa/okoli?misto={place}&km=200").text
            assert "Azyl tajný" not in text
            assert "Kanárkova 5" not in text


def test_queries_do_not_grow(client, world, queries):
    counts = []
    for _ in range(2):
        queries.statements.clear()
        client.get("/mapa/okoli?misto=Bludov&km=100")
        counts.append(queries.count)
        for _more in range(3):
            make_service(facilities=[OLOMOUC])
        bump_version()
    assert counts[0] == counts[1] <= 8
