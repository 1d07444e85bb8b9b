"""Answers of OGC API Features: what the standard wants of them, and that they hold the figures of the map."""

import json
import re

import pytest

from portal.catalog.service.version import bump_version
from portal.map.layers.registry import LAYERS
from portal.returns.types import Period
from tests.factories.catalog import make_provider, make_service, secret_places_unchecked
from tests.factories.releases import closed_quarter, make_told_needs, published
from tests.factories.territory import store_small_territory

QUARTER = Period(2026, 2)
PUBLIC = LAYERS["sluzby"]
OLOMOUC = {
    "municipality_code": "500496",
    "municipality_name": "Olomouc",
    "orp_code": "7107",
    "lon": 17.25,
    "lat": 49.59,
}
SUMPERK = {"municipality_code": "523704", "municipality_name": "Šumperk", "lon": 16.97, "lat": 49.97}
CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


@pytest.fixture
def world(app):
    store_small_territory()
    provider = make_provider("Obecně prospěšná, z. ú.")
    beds = {"residential": {"beds": 30}}
    return [
        make_service(provider, name="Domov Lípa", register_id=900_001, forms=beds, facilities=[SUMPERK, OLOMOUC]),
        make_service(provider, name="Domov Řeka", register_id=900_002, forms=beds, facilities=[OLOMOUC]),
    ]


def read(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return json.loads(answer.text)


def links_of(document):
    return {link["rel"]: link["href"].removeprefix("http://localhost") for link in document["links"]}


def test_all_is_reached_from_the_landing_page(client, world):
    links = links_of(read(client, "/ogc"))
    assert set(links) == {"self", "service-desc", "conformance", "data"}
    assert CORE in read(client, links["conformance"])["conformsTo"]
    for collection in read(client, links["data"])["collections"]:
        assert collection["crs"] == [CRS84]
        assert read(client, links_of(collection)["self"]) == collection
        found = read(client, links_of(collection)["items"])
        assert found["type"] == "FeatureCollection"
        assert found["numberReturned"] == found["numberMatched"] == len(found["features"]) > 0
        for feature in found["features"]:
            one = read(client, f"/ogc/collections/{collection['id']}/items/{feature['id']}")
            one.pop("links")
            assert one == feature


def test_the_description_names_every_path_and_collection(client, world):
    answer = client.get("/ogc/api")
    assert answer.content_type == "application/vnd.oai.openapi+json;version=3.0"
    document = json.loads(answer.text)
    names = document["components"]["parameters"]["collection"]["schema"]["enum"]
    assert names == [one["id"] for one in read(client, "/ogc/collections")["collections"]]
    for path, methods in document["paths"].items():
        address = "/ogc" + path.rstrip("/").replace("{collection}", "sluzby").replace("{item}", "900001-1")
        assert client.get(address).status_code == 200
        used = {one["$ref"].rpartition("/")[2] for one in methods["get"]["parameters"]}
        assert set(re.findall(r"{(\w+)}", path)) <= used <= set(document["components"]["parameters"])


def test_public_layers_are_there_and_others_are_not(client, world):
    names = {one["id"] for one in read(client, "/ogc/collections")["collections"]}
    public = {name for name, layer in LAYERS.items() if layer.source.is_public}
    assert names == {"sluzby"} | {f"{name}-{level}" for name in public for level in ("orp", "obce")}
    for name, layer in LAYERS.items():
        if not layer.source.is_public:
            read(client, f"/ogc/collections/{name}-orp/items", 404)


@pytest.fixture
def released(world):
    make_told_needs(QUARTER)
    closed_quarter(QUARTER)
    published(QUARTER)


def test_what_a_release_tells_is_a_collection_with_its_states(client, released):
    names = {one["id"] for one in read(client, "/ogc/collections")["collections"]}
    told = {name for name in names if not LAYERS.get(name.rpartition("-")[0], PUBLIC).source.is_public}
    assert told == {"potreby-orp", "potreby-na-1000-orp"}  # of users and the unmet nothing was published
    features = read(client, "/ogc/collections/potreby-orp/items")["features"]
    olomouc, sumperk = ({**one["properties"]} for one in features)
    figures = ("value", "state", "value_debts", "state_debts", "state_housing", "value_37", "state_57")
    assert [olomouc[name] for name in figures] == [25, "value", 25, "value", "hidden", 25, "hidden"]
    assert (olomouc["time"], olomouc["state_addiction"]) == ("2026Q2", "not_supplied")
    assert {state for name, state in sumperk.items() if name.startswith("state")} == {"not_supplied"}
    assert {value for name, value in sumperk.items() if name.startswith("value")} == {None}
    rates = read(client, "/ogc/collections/potreby-na-1000-orp/items")["features"]
    assert rates[0]["properties"]["value"] == 4.17  # 25 of 6 000 people
    assert "value_debts" not in rates[0]["properties"]


def test_places_carry_what_the_register_tells(client, world):
    features = read(client, "/ogc/collections/sluzby/items")["features"]
    assert [one["id"] for one in features] == ["900001-1", "900001-2", "900002-1"]
    assert features[0]["geometry"] == {"type": "Point", "coordinates": [16.97, 49.97]}
    assert features[0]["properties"]["name"] == "Domov Lípa"
    assert features[0]["properties"]["forms"] == "residential"


def test_a_secret_place_is_in_no_answer(client, app):
    store_small_territory()
    secret = {**SUMPERK, "secret": True, "name": "Kanárek", "street": "Kanárkova", "point_is_exact": True}
    with secret_places_unchecked():
        make_service(name="Azyl", register_id=900_003, facilities=[secret, OLOMOUC])
        for address in ("/ogc/collections", "/ogc/collections/sluzby/items", "/ogc/collections/sluzby/items/900003-1"):
            text = client.get(address).text
            assert "Kanár" not in text
            assert "16.97" not in text
        read(client, "/ogc/collections/sluzby/items/900003-2", 404)


def test_areas_carry_figures_with_their_states(client, world):
    features = read(client, "/ogc/collections/kapacita-obce/items")["features"]
    figures = {one["properties"]["name"]: one["properties"] for one in features}
    assert (figures["Blatec"]["value"], figures["Blatec"]["state"]) == (0.0, "zero")
    assert figures["Šumperk"]["state"] == "value"
    assert {one["geometry"]["type"] for one in features} == {"Polygon"}
    assert [
        one["properties"]["state"] for one in read(client, "/ogc/collections/podpora-obci-orp/items")["features"]
    ] == [
        "not_supplied",
        "not_supplied",
    ]


def test_parts_lead_from_one_to_the_next_and_back(client, world):
    address, found, pages = "/ogc/collections/kapacita-obce/items?limit=2", [], 0
    while address:
        document = read(client, address)
        found += [one["id"] for one in document["features"]]
        links = links_of(document)
        assert ("prev" in links) == (pages > 0)
        address, pages = links.get("next"), pages + 1
    assert (len(found), len(set(found)), pages) == (5, 5, 3)


def test_a_box_keeps_in_the_links_to_further_parts(client, world):
    document = read(client, "/ogc/collections/sluzby/items?bbox=17,49,18,50&limit=1")
    assert document["numberMatched"] == 2
    assert "bbox=17,49,18,50" in links_of(document)["next"]
    second = read(client, links_of(document)["next"])
    assert [one["id"] for one in [*document["features"], *second["features"]]] == ["900001-2", "900002-1"]


@pytest.mark.parametrize(
    "address",
    [
        "/ogc?x=1",
        "/ogc/collections?limit=5",
        "/ogc/collections/sluzby/items?limit=0",
        "/ogc/collections/sluzby/items?bbox=1,2",
        "/ogc/collections/sluzby/items?druh=49",
        "/ogc/collections/sluzby/items/900001-1?limit=5",
    ],
)
def test_a_fault_is_told_in_json(client, world, address):
    document = read(client, address, 400)
    assert document["code"] == "InvalidParameterValue"
    assert document["description"].endswith(".")


@pytest.mark.parametrize(
    "address", ["/ogc/collections/nic", "/ogc/collections/nic/items", "/ogc/collections/sluzby/items/1"]
)
def test_what_is_not_there_is_told_in_json(client, world, address):
    assert read(client, address, 404)["code"] == "NotFound"


def test_what_has_not_changed_is_not_sent_again(client, world):
    for address in ("/ogc", "/ogc/collections", "/ogc/collections/sluzby/items", "/ogc/collections/kapacita-orp/items"):
        tag = client.get(address).headers["ETag"]
        again = client.get(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")
    tag = client.get("/ogc/collections/sluzby/items").headers["ETag"]
    make_service(facilities=[OLOMOUC])
    bump_version()
    assert client.get("/ogc/collections/sluzby/items", headers={"If-None-Match": tag}).status_code == 200


def test_features_do_not_cost_queries(client, world, queries):
    counts = []
    for _ in range(2):
        for address in ("/ogc/collections/sluzby/items", "/ogc/collections/kapacita-obce/items"):
            queries.statements.clear()
            client.get(address)
            counts.append(queries.count)
        for _more in range(4):
            make_service(facilities=[OLOMOUC])
        bump_version()
    assert counts[:2] == counts[2:] or counts[3] < counts[1]  # shapes are kept
    assert max(counts) <= 12


def test_an_empty_portal_has_empty_collections(client, app):
    assert read(client, "/ogc/collections/sluzby/items")["features"] == []
    assert "extent" not in read(client, "/ogc/collections/sluzby")
    assert read(client, "/ogc/collections/kapacita-orp/items")["features"] == []
