"""Figures of the map from a stored catalogue and territory."""

from datetime import date

import pytest

from portal.catalog.service.places import find_placed
from portal.catalog.types import CapacityUnit, Form
from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell
from portal.core.errors import NotFound
from portal.map import service
from portal.map.types import Population, Rest, Selection
from portal.territory.types import Level
from tests.factories.catalog import make_service, secret_places_unchecked
from tests.factories.territory import store_small_territory

DAY = date(2026, 8, 3)
OLOMOUC = {
    "municipality_code": "500496",
    "municipality_name": "Olomouc",
    "orp_code": "7107",
    "lon": 17.25,
    "lat": 49.59,
}
DOLANY = {"municipality_code": "501646", "municipality_name": "Dolany", "orp_code": "7107", "lon": 17.32, "lat": 49.65}
SUMPERK = {
    "municipality_code": "523704",
    "municipality_name": "Šumperk",
    "orp_code": "7111",
    "lon": 16.97,
    "lat": 49.97,
}
PRAGUE = {"municipality_code": "554782", "municipality_name": "Praha", "orp_code": None, "lon": 14.42, "lat": 50.09}
HOMES = Selection(type_code="49")


@pytest.fixture
def territory(app):
    store_small_territory()


def row_of(figures, name):
    return next(row for row in figures.rows if row.name == name)


def rests_of(figures):
    return {row.rest: row.capacity for row in figures.rests}


def test_capacity_is_divided_among_open_facilities_and_related_to_the_people_of_the_age(territory):
    make_service(
        forms={"residential": {"beds": 90}},
        facilities=[OLOMOUC, SUMPERK, SUMPERK, {**SUMPERK, "ended_on": date(2026, 8, 2)}],
    )
    figures = service.find_figures(DAY, HOMES)
    assert figures.selection.unit is CapacityUnit.BEDS
    assert figures.selection.population is Population.AGE_65_PLUS
    olomouc, sumperk = row_of(figures, "Olomouc"), row_of(figures, "Šumperk")
    assert (olomouc.capacity, olomouc.people, olomouc.rate) == (Cell.of(30), Cell.of(1200), Cell.of(25))
    assert (sumperk.capacity, sumperk.people, sumperk.rate) == (Cell.of(60), Cell.of(1000), Cell.of(60))
    assert (figures.total.services, figures.total.capacity) == (1, Cell.of(90))
    assert figures.total.rate == Cell.of("40.91")  # 90 beds for 2 200 people


def test_what_belongs_to_no_area_has_rows_of_its_own_and_is_in_the_total(territory):
    make_service(forms={"residential": {"beds": 10}}, facilities=[OLOMOUC])
    make_service(forms={"residential": {"beds": 20}}, facilities=[], region_wide=True)
    make_service(forms={"residential": {"beds": 30}}, facilities=[{"secret": True}, SUMPERK])
    make_service(forms={"residential": {"beds": 40}}, facilities=[PRAGUE])
    make_service(forms={"residential": {"beds": 50}}, facilities=[])
    figures = service.find_figures(DAY, HOMES)
    assert rests_of(figures) == {
        Rest.WHOLE_REGION: Cell.of(20),
        Rest.SECRET: Cell.of(15),
        Rest.OUTSIDE: Cell.of(40),
        Rest.UNKNOWN: Cell.of(50),
    }
    assert row_of(figures, "Šumperk").capacity == Cell.of(15)
    assert figures.total.capacity == Cell.of(150)
    assert figures.missing == {Rest.WHOLE_REGION: 1, Rest.UNKNOWN: 1}
    assert figures.on_map == 3


def test_no_data_is_not_zero(territory):
    make_service(type_code="46", forms={"outpatient": {"clients": None}}, facilities=[OLOMOUC])
    unstated = service.find_figures(DAY, Selection(type_code="46", unit=CapacityUnit.CLIENTS))
    assert row_of(unstated, "Olomouc").rate is NOT_SUPPLIED
    assert row_of(unstated, "Šumperk").rate == Cell.of(0)
    other_unit = service.find_figures(DAY, Selection(type_code="46", unit=CapacityUnit.BEDS))
    assert row_of(other_unit, "Olomouc").rate is NOT_APPLICABLE
    assert row_of(other_unit, "Olomouc").other_units == 1


def test_an_empty_catalogue_knows_nothing(territory):
    figures = service.find_figures(DAY, HOMES)
    assert {row.rate for row in figures.rows} == {NOT_SUPPLIED}
    assert figures.total.capacity is NOT_SUPPLIED
    assert figures.classes == ()


def test_a_form_chosen_counts_its_own_capacity_alone(territory):
    make_service(type_code="44", forms={"residential": {"beds": 7}, "outpatient": {"clients": 9}}, facilities=[OLOMOUC])
    figures = service.find_figures(DAY, Selection(type_code="44", form=Form.OUTPATIENT))
    assert (figures.units, figures.total.capacity) == ((CapacityUnit.CLIENTS,), Cell.of(9))


def test_ended_and_future_services_do_not_count(territory):
    make_service(facilities=[OLOMOUC], ended_on=date(2026, 8, 2))
    make_service(facilities=[OLOMOUC], started_on=date(2026, 8, 4))
    make_service(facilities=[OLOMOUC], ended_on=DAY, started_on=DAY)
    figures = service.find_figures(DAY, HOMES)
    assert figures.total.services == 1
    assert len(service.list_places(DAY, HOMES)) == 1


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (Level.DISTRICT, {"Olomouc": 30, "Šumperk": 5}),
        (Level.ORP, {"Olomouc": 30, "Šumperk": 5}),
        (Level.MUNICIPALITY, {"Olomouc": 20, "Dolany": 10, "Šumperk": 5, "Blatec": 0, "Bludov": 0}),
    ],
)
def test_every_level_takes_its_own_units(territory, level, expected):
    make_service(forms={"residential": {"beds": 20}}, facilities=[OLOMOUC])
    make_service(forms={"residential": {"beds": 10}}, facilities=[DOLANY])
    make_service(forms={"residential": {"beds": 5}}, facilities=[SUMPERK])
    figures = service.find_figures(DAY, Selection(level, "49"))
    assert {row.name: row.capacity.number for row in figures.rows} == expected
    assert figures.rests == ()


def test_without_a_municipality_the_orp_of_the_register_counts(territory):
    make_service(forms={"residential": {"beds": 8}}, facilities=[{**SUMPERK, "municipality_code": None}])
    assert row_of(service.find_figures(DAY, HOMES), "Šumperk").capacity == Cell.of(8)


def test_without_a_territory_everything_lies_outside_and_there_is_no_shape(app):
    make_service(facilities=[OLOMOUC])
    figures = service.find_figures(DAY, HOMES)
    assert figures.rows == ()
    assert figures.total.services == 1
    assert figures.total.rate is NOT_SUPPLIED
    assert service.find_shapes(Level.ORP) is None


def test_rows_come_in_czech_order(territory):
    names = [row.name for row in service.find_figures(DAY, Selection(Level.MUNICIPALITY)).rows]
    assert names == ["Blatec", "Bludov", "Dolany", "Olomouc", "Šumperk"]


def test_the_number_of_queries_does_not_grow_with_the_services(territory, queries):
    def count():
        queries.statements.clear()
        service.find_figures(DAY, HOMES)
        return queries.count

    make_service(facilities=[OLOMOUC])
    few = count()
    for _ in range(10):
        make_service(facilities=[OLOMOUC, SUMPERK])
    assert count() == few == 6


def test_nothing_of_a_secret_facility_is_read_but_that_it_exists(app):
    with secret_places_unchecked():
        make_service(facilities=[{"secret": True, "name": "Kanárek", "orp_code": "7111", "orp_name": "Šumperk"}])
    frame = find_placed(DAY).facilities
    assert frame.drop(columns=["service_id", "secret"]).isna().all(axis=None)
    assert service.list_places(DAY, Selection()) == []


def test_a_link_to_no_service_finds_nothing(app):
    with pytest.raises(NotFound):
        service.find_service(424242, DAY)


def test_a_link_to_an_ended_service_says_so(app):
    stored = make_service(ended_on=date(2020, 1, 1))
    assert not service.find_service(stored.register_id, DAY).is_provided
    assert service.find_service(make_service(ended_on=DAY).register_id, DAY).is_provided


def test_shapes_follow_the_territory_in_force(territory):
    found = service.find_shapes(Level.ORP)
    assert found is service.find_shapes(Level.ORP)
    south, west, north, east = found.bounds
    assert south < 49.5 < north
    assert west < 17 < east
