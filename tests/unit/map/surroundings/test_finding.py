"""Which place a person means."""

import pytest

from portal.core.errors import Invalid
from portal.map.surroundings.calc.finding import (
    address_code,
    asks_for_address,
    find_places,
    point_place,
    with_points,
)
from portal.territory.addresses.types import AddressPoint, FoundAddresses
from portal.territory.types import Level, Unit

ORPS = {"7107": "Olomouc", "7111": "Šumperk"}


def town(code, name, orp="7107", lon=17.25, lat=49.59):
    return Unit(Level.MUNICIPALITY, code, name, parent_code=orp, seat_lon=lon, seat_lat=lat)


UNITS = (
    town("500496", "Olomouc"),
    town("500801", "Lhota"),
    town("569178", "Lhota", "7111"),
    town("523704", "Šumperk", "7111"),
    town("500001", "Bez bodu", lon=None, lat=None),
)
ADDRESSES = (
    point_place("Lipová 12, Šumperk", 16.97, 49.97),
    point_place("Lipová 3, Olomouc", 17.25, 49.59),
)


def keys(text):
    return [place.key for place in find_places(text, UNITS, ORPS, ADDRESSES)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Olomouc", ["obec:500496"]),
        (" sumperk ", ["obec:523704"]),
        ("obec:500801", ["obec:500801"]),
        ("obec:999999", []),
        ("Lhota", ["obec:500801", "obec:569178"]),
        ("Olo", ["obec:500496", "bod:49.59000,17.25000"]),
        ("lipova", ["bod:49.97000,16.97000", "bod:49.59000,17.25000"]),
        ("Lipová 12", ["bod:49.97000,16.97000"]),
        ("Šumperk, Lipová", ["bod:49.97000,16.97000"]),
        ("Praha", []),
        ("Bez bodu", []),
        ("", []),
        (",", []),
    ],
)
def test_names_and_addresses(text, expected):
    assert keys(text) == expected


@pytest.mark.parametrize(
    "text", ["49.59, 17.25", "49,59 17,25", "49.59N 17.25E", "49.59° N, 17.25° E", "bod:49.59,17.25"]
)
def test_coordinates_as_people_write_them(text):
    (place,) = find_places(text, UNITS, ORPS, ADDRESSES)
    assert (place.lat, place.lon) == (49.59, 17.25)
    assert keys(place.key) == [place.key]


@pytest.mark.parametrize("text", ["17.25, 49.59", "52.52, 13.40"])
def test_coordinates_elsewhere_or_the_wrong_way_round_are_refused(text):
    with pytest.raises(Invalid):
        keys(text)


def test_one_of_several_municipalities_of_a_name_says_its_orp():
    labels = [place.label for place in find_places("Lhota", UNITS, ORPS, ())]
    assert labels == ["Lhota (ORP Olomouc)", "Lhota (ORP Šumperk)"]


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Lipová 12", True),
        ("Praha", True),  # nothing else is known of it
        ("lipova", False),
        ("Olo", False),
        ("Olomouc", False),
        ("Lhota", False),
        ("49.59, 17.25", False),
        ("obec:999999", False),
    ],
)
def test_address_points_are_looked_for_where_a_number_or_nothing_else_says_so(text, asks):
    assert asks_for_address(text, find_places(text, UNITS, ORPS, ADDRESSES)) == asks


def test_a_code_of_an_address_is_known_as_one():
    assert address_code(" adresa:22334455") == 22334455
    assert [address_code(text) for text in ("adresa:", "adresa:1x", "22334455", "adresa:1234567890")] == [None] * 4


LIPOVA = AddressPoint(1, "Lipová 12/4, 787 01 Šumperk", 16.9705, 49.97)


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        (LIPOVA, ["adresa:1"]),  # 36 m away, with all its words
        (AddressPoint(1, "Lipová 12/4, 787 01 Šumperk", 16.973, 49.97), ["bod:49.97000,16.97000", "adresa:1"]),
        (AddressPoint(1, "Lipová 4, 787 01 Šumperk", 16.9705, 49.97), ["bod:49.97000,16.97000", "adresa:1"]),
        (AddressPoint(1, "K Lípě 5, 787 01 Šumperk", 16.97, 49.97), ["adresa:1"]),  # the same spot
    ],
)
def test_a_door_of_a_service_and_of_the_register_of_addresses_is_one_place(point, expected):
    found = with_points("Lipová 12", ADDRESSES[:1], FoundAddresses((point,)))
    assert [place.key for place in found] == expected


def test_beside_exact_points_no_address_stands_that_only_begins_so():
    longer = point_place("Lipová 121, Šumperk", 16.9, 49.9)
    keys_of = [
        [place.key for place in with_points("Lipová 12", [longer], FoundAddresses((LIPOVA,), is_exact=exact))]
        for exact in (True, False)
    ]
    assert keys_of == [["adresa:1"], [longer.key, "adresa:1"]]
