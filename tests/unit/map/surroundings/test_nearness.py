"""Services by distance, and neighbours."""

import math

import pandas as pd
import pytest
import shapely.geometry

from portal.catalog.service.places import PlacedServices
from portal.map.surroundings.calc.nearness import (
    address_of,
    near_services,
    neighbours,
    services_declared,
    services_inside,
)
from portal.map.surroundings.service.around import register_addresses
from tests.factories.access import plain_km

SERVICES = pd.DataFrame(
    {
        "service_id": [1, 2, 3, 4],
        "register_id": [101, 102, 103, 104],
        "name": ["Čáp", "Azyl", "Bor", "Celý kraj"],
        "type_code": ["49", "57", "49", "37"],
        "provider_name": ["P"] * 4,
        "region_wide": [False, False, True, True],
    }
)
COLUMNS = [
    "service_id", "secret", "municipality_code", "street", "house_number", "municipality_name", "lon", "lat",
    "point_is_exact",
]  # fmt: skip
FACILITIES = pd.DataFrame(
    [
        (1, False, "523704", "Lipová", "12", "Šumperk", 16.97, 49.97, True),
        (1, False, "500496", "Krátká", "1", "Olomouc", 17.25, 49.59, True),
        (2, True, None, None, None, None, 17.25, 49.59, True),
        (3, False, "500496", None, None, "Olomouc", 17.26, 49.60, False),
        (9, False, "500496", None, None, "Olomouc", 17.25, 49.59, True),
    ],
    columns=COLUMNS,
)


def test_a_service_is_near_by_its_nearest_place_and_a_secret_one_never_is():
    found = near_services(SERVICES, FACILITIES, 17.25, 49.59, 5.0)
    assert [(one.register_id, one.address, one.is_exact) for one in found] == [
        (101, "Krátká 1, Olomouc", True),
        (103, "Olomouc", False),
    ]
    assert found[1].km == pytest.approx(plain_km((17.25, 49.59), (17.26, 49.60)))


def test_distance_is_a_bound():
    km = plain_km((17.25, 49.59), (17.26, 49.60))
    assert len(near_services(SERVICES, FACILITIES, 17.25, 49.59, math.nextafter(km, 9) + 1e-9)) == 2
    assert len(near_services(SERVICES, FACILITIES, 17.25, 49.59, km - 0.001)) == 1
    assert near_services(SERVICES, FACILITIES, 14.4, 50.08, 1.0) == []


def test_services_of_a_municipality_and_of_the_whole_region():
    inside = services_inside(SERVICES, FACILITIES, "500496")
    assert [(line.name, line.address) for line in inside] == [("Bor", "Olomouc"), ("Čáp", "Krátká 1, Olomouc")]
    assert [line.name for line in services_declared(SERVICES, inside)] == ["Celý kraj"]
    assert [line.name for line in services_declared(SERVICES, [])] == ["Bor", "Celý kraj"]


@pytest.mark.parametrize(
    ("street", "number", "expected"),
    [("Lipová", "12", "Lipová 12, Šumperk"), (None, "12", "Šumperk 12"), ("Lipová", None, "Lipová, Šumperk")],
)
def test_an_address_is_put_together_of_what_is_known(street, number, expected):
    row = {"street": street, "house_number": number, "municipality_name": "Šumperk", "point_is_exact": True}
    assert address_of(row) == expected


def test_neighbours_touch():
    shapes = {
        code: shapely.geometry.mapping(shapely.geometry.box(x, y, x + 1, y + 1))
        for code, x, y in (("a", 0, 0), ("b", 1, 0), ("c", 1, 1), ("d", 5, 5))
    }
    assert neighbours(shapes) == {"a": ("b", "c"), "b": ("a", "c"), "c": ("a", "b"), "d": ()}


# The database stores no place of a secret facility and its readers ask for none; each step of a search leaves such a
# facility out all the same, whatever place it would come with.
SHELTER = pd.DataFrame(
    [(1, True, "500496", "Kanárkova", "5", "Olomouc", 17.25, 49.59, True)],
    columns=COLUMNS,
)


@pytest.mark.parametrize("secret", [True, 1])
def test_no_step_of_a_search_tells_a_secret_facility_that_comes_with_its_place(secret):
    shelter = SHELTER.assign(secret=secret)
    assert near_services(SERVICES, shelter, 17.25, 49.59, 200.0) == []
    assert services_inside(SERVICES, shelter, "500496") == []
    placed = PlacedServices(SERVICES, pd.DataFrame(), shelter, catalogue_known=True)
    assert register_addresses(placed) == []
    seen = shelter.assign(secret=False)
    assert [one.address for one in near_services(SERVICES, seen, 17.25, 49.59, 200.0)] == ["Kanárkova 5, Olomouc"]
    assert [one.address for one in services_inside(SERVICES, seen, "500496")] == ["Kanárkova 5, Olomouc"]
    placed = PlacedServices(SERVICES, pd.DataFrame(), seen, catalogue_known=True)
    assert [place.label for place in register_addresses(placed)] == ["Kanárkova 5, Olomouc"]


def test_a_service_with_an_open_and_a_secret_facility_is_near_by_the_open_one_alone():
    both = pd.concat([SHELTER, FACILITIES[:1]])
    (found,) = near_services(SERVICES, both, 17.25, 49.59, 200.0)
    assert found.address == "Lipová 12, Šumperk"
    assert found.km > 30
