"""Which place a person means."""

import pytest

from portal.core.errors import Invalid
from portal.map.surroundings.calc.finding import find_places, point_place
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
