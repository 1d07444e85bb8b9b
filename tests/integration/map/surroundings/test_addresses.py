"""Address points as places to look from: the page, its list, and what stays out of it."""

import pytest

from portal.core.db import db
from portal.map.surroundings.types import MOST_CANDIDATES
from portal.territory.addresses.models import AddressSet
from tests.factories.addresses import BLATEC, Address, store_points
from tests.factories.addresses import SUMPERK as SUMPERK_TOWN
from tests.factories.catalog import make_service, secret_places_unchecked
from tests.factories.territory import store_small_territory
from tests.integration.map.access.conftest import OLOMOUC, SUMPERK, rows_of, texts, tree_of

EXACT = {"point_is_exact": True, "street": "Dlouhá", "house_number": "7"}
NORTH = {"town": SUMPERK_TOWN, "postcode": "78701", "lon": 16.97, "lat": 49.97}


@pytest.fixture
def world(app):
    store_small_territory()
    make_service(name="Domov Lípa", facilities=[{**SUMPERK, **EXACT}])
    make_service(name="Domov Řeka", facilities=[OLOMOUC])


@pytest.fixture
def points(world, tmp_path):
    store_points(
        tmp_path,
        Address(1, "Horní", "12"),
        Address(2, "Horní náměstí", "12", "3"),
        Address(3, "Dlouhá", "7", "1", **NORTH),
        Address(4, "Dlouhá", "71", **NORTH),
        Address(5, town=BLATEC, house="45", lon=17.24, lat=49.52, postcode="78375"),
        Address(6, "Bludovská", "1"),
    )


def heading(client, place):
    node = tree_of(client.get("/mapa/okoli", query_string={"misto": place, "km": "5"})).find(".//h2[@id='results']")
    return None if node is None else texts(node).partition(" od místa ")[2]


def offered(client, place):
    tree = tree_of(client.get("/mapa/okoli", query_string={"misto": place}))
    return {
        texts(link): link.get("href") for link in tree.iterfind(".//ul[@class='govuk-list govuk-list--bullet']/li/a")
    }


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Horní 12, Olomouc", "Horní 12, 779 00 Olomouc"),
        ("olomouc horni namesti 12/3", "Horní náměstí 12/3, 779 00 Olomouc"),
        ("blatec 45", "Blatec 45, 783 75 Blatec"),
        ("Dlouhá 7", "Dlouhá 7/1, 787 01 Šumperk"),
        ("Olomouc", "Olomouc"),
        ("Blud", "Bludov"),
        ("49.59, 17.25", "49.59, 17.25"),
        ("adresa:1", "Horní 12, 779 00 Olomouc"),
    ],
)
def test_a_place_that_is_the_only_one_is_taken(client, points, text, label):
    assert heading(client, text) == label


def test_services_around_an_address_come_by_distance(client, points):
    assert [row[0] for row in rows_of(tree_of(client.get("/mapa/okoli?misto=Dlouhá 7&km=100")), "services")[1:]] == [
        "Domov Lípa",
        "Domov Řeka",
    ]
    lines = client.get("/mapa/okoli/soubor.csv?misto=Horní 12, Olomouc&km=5").text.splitlines()
    assert [line.split(";")[2] for line in lines[1:]] == ["Domov Řeka"]


def test_several_addresses_are_offered_and_lead_to_one(client, points):
    links = offered(client, "horn 12")
    assert list(links) == ["Horní 12, 779 00 Olomouc", "Horní náměstí 12/3, 779 00 Olomouc"]
    answer = client.get(links["Horní náměstí 12/3, 779 00 Olomouc"])
    assert texts(tree_of(answer).find(".//h2[@id='results']")).endswith("Horní náměstí 12/3, 779 00 Olomouc")


def test_a_door_of_a_service_is_offered_once(client, points):
    assert list(offered(client, "Dlouh 7 Šumperk")) == []  # one place, which is taken
    assert heading(client, "Dlouh 7 Šumperk") == "Dlouhá 7/1, 787 01 Šumperk"


def test_the_beginning_of_a_town_is_not_buried_under_a_street(client, points):
    assert heading(client, "Blud") == "Bludov"
    assert set(offered(client, "bl")) == {"Blatec", "Bludov"}


def test_more_than_are_shown_are_told(client, world, tmp_path):
    store_points(tmp_path, *(Address(number, "Krátká", str(number)) for number in range(1, MOST_CANDIDATES + 2)))
    answer = client.get("/mapa/okoli?misto=Krátká")
    assert len(offered(client, "Krátká")) == MOST_CANDIDATES
    assert "Vyhovuje víc míst." in answer.text
    assert "Vyhovuje víc míst." not in client.get("/mapa/okoli?misto=B").text


def test_an_unknown_address_is_told(client, points):
    for place in ("Krakonošova 99, Olomouc", "adresa:99"):
        assert "Takové místo portál nezná" in client.get("/mapa/okoli", query_string={"misto": place}).text


def test_without_points_all_is_as_before(client, world):
    assert db.session.query(AddressSet).count() == 0
    assert heading(client, "Dlouhá 7") == "Dlouhá 7, Šumperk"
    assert "Takové místo portál nezná" in client.get("/mapa/okoli?misto=Horní 12, Olomouc").text


def test_the_point_of_a_secret_service_tells_nothing_of_it(client, world, tmp_path):
    secret = {**SUMPERK, "secret": True, "street": "Kanárkova", "house_number": "5", "point_is_exact": True}
    store_points(tmp_path, Address(1, "Kanárkova", "5", **NORTH), Address(2, "Kanárkova", "6", **NORTH))
    before = client.get("/mapa/okoli?misto=Kanárkova 5&km=200").text
    with secret_places_unchecked():
        make_service(name="Azyl tajný", facilities=[secret])
        after = client.get("/mapa/okoli?misto=Kanárkova 5&km=200")
        assert "Azyl tajný" not in after.text
        assert [row[0] for row in rows_of(tree_of(after), "services")[1:]] == ["Domov Lípa", "Domov Řeka"]
        assert texts(tree_of(after).find(".//main")) == texts(_tree(before).find(".//main"))
        assert list(offered(client, "Kanárkova")) == [
            "Kanárkova 5, 787 01 Šumperk",
            "Kanárkova 6, 787 01 Šumperk",
        ]


def _tree(text):
    return tree_of(type("Answer", (), {"text": text}))


def test_looking_for_an_address_takes_two_queries_more(client, points, tmp_path, queries):
    counts = []
    for place in ("Bludov", "Horní 12, Olomouc", "horn 12"):
        queries.statements.clear()
        client.get("/mapa/okoli", query_string={"misto": place})
        counts.append(queries.count)
    assert counts[1] == counts[2] == counts[0] + 2


@pytest.mark.parametrize("page", ["/mapa/okoli", "/mapa/vrstvy"])
def test_the_field_says_that_it_takes_an_address(client, world, page):
    assert "Obec, adresa jako Horní 12, Olomouc" in client.get(page).text


def suggested(client, place):
    tree = tree_of(client.get("/mapa/okoli", query_string={"misto": place}))
    assert tree.find(".//h2[@id='results']") is None
    return offered(client, place) if tree.find(".//h2[@id='suggested']") is not None else {}


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Olomuoc", ["Olomouc"]),
        ("Sumprk", ["Šumperk"]),
        ("Blatce", ["Blatec"]),  # the municipality, whose houses have numbers alone
        ("Blatce 45", ["Blatec 45, 783 75 Blatec"]),
        ("Horní 99, Olomouc", ["Horní, Olomouc", "Horní náměstí, Olomouc"]),
        ("Horny namesti 12, Olomouc", ["Horní náměstí 12/3, 779 00 Olomouc"]),
        ("Dluohá 7, Šumperk", ["Dlouhá 7/1, 787 01 Šumperk"]),  # of the register and of RÚIAN: one door
        ("Dluohá 9", ["Dlouhá, Šumperk"]),
        ("Úplně jinde", []),
        ("<b>Olomuoc</b>", []),
    ],
)
def test_a_mistyped_place_leads_to_those_written_alike(client, points, text, labels):
    found = suggested(client, text)
    assert list(found) == labels
    for address in found.values():
        assert client.get(address).status_code == 200
        assert "portál nezná" not in client.get(address).text


def test_without_points_of_ruian_addresses_of_the_register_are_suggested(client, world):
    assert list(suggested(client, "Dluohá 7")) == ["Dlouhá 7, Šumperk"]
    assert list(suggested(client, "Dlouha 7, Sumprk")) == ["Dlouhá 7, Šumperk"]
    assert suggested(client, "Dluohá 8") == {}


def test_the_address_of_a_secret_service_is_never_suggested(client, world):
    secret = {**SUMPERK, "secret": True, "street": "Kanárkova", "house_number": "5", "point_is_exact": True}
    with secret_places_unchecked():
        make_service(name="Azyl tajný", facilities=[secret])
        assert suggested(client, "Kanarkva 5") == {}
        assert suggested(client, "Kanárkova 5, Sumprk") == {}
