import numpy as np
import pandas as pd

from portal.map.places import Place, PlacedService, compact, group_places

SERVICE = {"service_id": 1, "register_id": 501, "name": "Domov Lípa", "type_code": "49", "provider_name": "Obec"}
FACILITY = {
    "service_id": 1,
    "secret": False,
    "street": "Lipová",
    "house_number": "12",
    "municipality_name": "Šumperk",
    "lon": 16.97,
    "lat": 49.965,
    "point_is_exact": True,
}


def services(*changes):
    return pd.DataFrame([{**SERVICE, **change} for change in changes])


def facilities(*changes):
    return pd.DataFrame([{**FACILITY, **change} for change in changes], columns=list(FACILITY))


def test_services_at_one_point_are_one_place_and_each_stands_there_once():
    places = group_places(
        services({}, {"service_id": 2, "register_id": 502, "name": "Denní stacionář", "type_code": "46"}),
        facilities({}, {"lon": 16.970001}, {"service_id": 2}, {"lon": 17.1}),
    )
    assert [(place.lon, len(place.services)) for place in places] == [(16.97, 2), (17.1, 1)]
    assert [service.name for service in places[0].services] == ["Denní stacionář", "Domov Lípa"]


def test_a_secret_facility_is_no_place_even_with_a_point():
    assert group_places(services({}), facilities({"secret": True})) == []


def test_a_facility_without_a_point_or_of_another_selection_is_no_place():
    assert group_places(services({}), facilities({"lon": np.nan, "lat": np.nan}, {"service_id": 9})) == []


def test_an_address_is_told_as_far_as_it_is_known():
    def address(**change):
        return group_places(services({}), facilities(change))[0].address

    assert address() == "Lipová 12, Šumperk"
    assert address(street=None) == "Šumperk 12"
    assert address(street=None, house_number=None) == "Šumperk"
    assert address(house_number=None) == "Lipová, Šumperk"
    assert address(point_is_exact=False) == "Šumperk"
    assert address(street=None, house_number=None, municipality_name=None) == ""


def test_the_compact_form_says_each_type_and_provider_once():
    home = PlacedService(501, "Domov Lípa", "49", "Obec")
    centre = PlacedService(502, "Stacionář", "46", "Charita")
    places = [Place(16.97, 49.965, True, "Šumperk 12", (home, centre)), Place(17.1, 49.9, False, "Bludov", (home,))]
    found = compact(places, type_names={"46": "day", "49": "home", "50": "unused"}, service_address="/s/0")
    assert found == {
        "service": "/s/0",
        "types": {"46": "day", "49": "home"},
        "providers": ["Obec", "Charita"],
        "places": [
            [16.97, 49.965, 1, "Šumperk 12", [[501, "Domov Lípa", "49", 0], [502, "Stacionář", "46", 1]]],
            [17.1, 49.9, 0, "Bludov", [[501, "Domov Lípa", "49", 0]]],
        ],
    }
