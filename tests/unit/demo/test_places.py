"""The places of the demonstration region are real and consistent."""

import pandas as pd
import pytest

from portal.demo.places import load_places
from tests.factories.paths import shared_data


def test_every_orp_has_its_own_seat_among_its_municipalities():
    _region, seats = load_places()
    for seat in seats:
        assert seat.name in [place.name for place in seat.municipalities]


def test_no_code_or_position_stands_twice():
    _region, seats = load_places()
    places = [place for seat in seats for place in seat.municipalities]
    assert len({place.code for place in places}) == len(places) == 66
    assert len({(place.lon, place.lat) for place in places}) == len(places)


def test_age_groups_fit_into_the_population():
    _region, seats = load_places()
    for row in [*seats, *(place for seat in seats for place in seat.municipalities)]:
        assert row.population_0_14 + row.population_65_plus <= row.population, row.name
        assert row.population_80_plus <= row.population_65_plus, row.name


def test_municipalities_have_no_more_people_than_their_orp():
    _region, seats = load_places()
    for seat in seats:
        assert sum(place.population for place in seat.municipalities) <= seat.population, seat.name


def test_names_codes_and_rounded_figures_are_the_official_ones():
    official = pd.read_csv(shared_data("olomoucky", "municipalities.csv"), dtype={"KOD_OBEC": str, "KOD_ORP": str})
    rows = official.set_index("KOD_OBEC")
    _region, seats = load_places()
    for seat in seats:
        for place in seat.municipalities:
            row = rows.loc[place.code]
            assert (place.name, seat.code) == (row.NAZ_OBEC, row.KOD_ORP)
            assert (place.lon, place.lat) == pytest.approx((row.LON, row.LAT), abs=0.0051)
            assert place.population == pytest.approx(row.OBYV_2020, abs=50)
