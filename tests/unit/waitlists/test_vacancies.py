"""States of a place, how long it can be believed, which places meet a wish and in which order."""

import math
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import Invalid
from portal.waitlists.vacancies.calc.asking import read_wish, wish_of_query, write_wish
from portal.waitlists.vacancies.calc.finding import Found, Near, available_on, distance_km, find, matches
from portal.waitlists.vacancies.calc.freshness import capacity_differs, first_shown, freshness
from portal.waitlists.vacancies.calc.grouping import by_service
from portal.waitlists.vacancies.calc.states import STEPS, field_faults, standing_faults, tidied
from portal.waitlists.vacancies.types import (
    ClosedReason,
    FreePlace,
    Freshness,
    PlaceFields,
    Room,
    Sex,
    Sort,
    Standing,
    State,
    Upkeep,
    Wish,
)

TODAY = date(2026, 7, 10)
UPKEEP = Upkeep(14, 28)

days = st.dates(date(2026, 1, 1), date(2027, 6, 1))
standings = st.builds(Standing, st.sampled_from(State), st.none() | st.sampled_from(ClosedReason), st.none() | days)
limits = st.none() | st.integers(0, 120)


def place(number: int = 1, **changes) -> FreePlace:
    values = {
        "id": number,
        "register_id": 100 + number,
        "service_name": f"Domov {number}",
        "type_code": "49",
        "provider_name": "Poskytovatel",
        "places": 1,
        "room": Room.SINGLE,
        "floor": None,
        "barrier_free": False,
        "lift": False,
        "target_group": None,
        "service_groups": ("SENIOR",),
        "sex": None,
        "age_from": None,
        "age_to": None,
        "free_from": None,
        "price_from_czk": None,
        "price_to_czk": None,
        "phone": None,
        "email": None,
        "municipality_code": "523704",
        "municipality_name": "Šumperk",
        "orp_code": "7111",
        "orp_name": "Šumperk",
        "lon": 16.97,
        "lat": 49.965,
        "confirmed_on": TODAY,
        "freshness": Freshness.CURRENT,
        "free_since_utc": datetime(2026, 7, 1, tzinfo=UTC),
        **changes,
    }
    return FreePlace(**values)


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (0, Freshness.CURRENT),
        (14, Freshness.CURRENT),
        (15, Freshness.STALE),
        (28, Freshness.STALE),
        (29, Freshness.HIDDEN),
    ],
)
def test_places_are_marked_and_then_hidden(age: int, expected: Freshness) -> None:
    assert freshness(TODAY - timedelta(days=age), TODAY, UPKEEP) is expected


def test_places_that_nobody_confirmed_are_hidden() -> None:
    assert freshness(None, TODAY, UPKEEP) is Freshness.HIDDEN


@given(days, st.integers(1, 60), st.integers(0, 60))
def test_the_public_sees_exactly_what_is_not_hidden(confirmed_on: date, stale: int, more: int) -> None:
    upkeep = Upkeep(stale, stale + more)
    shown = confirmed_on >= first_shown(TODAY, upkeep)
    assert shown == (freshness(confirmed_on, TODAY, upkeep) is not Freshness.HIDDEN)


@pytest.mark.parametrize(
    ("places", "capacity", "expected"),
    [(20, 20, False), (19, 20, True), (21, 20, True), (0, 20, False), (5, None, False)],
)
def test_the_number_of_places_is_held_against_the_register(places: int, capacity: int | None, expected: bool) -> None:
    assert capacity_differs(places, capacity) is expected


def test_a_place_that_takes_nobody_is_the_only_one_that_cannot_be_reserved() -> None:
    refused = {
        (before, to)
        for before in State
        for to in State
        if "state" in standing_faults(Standing(to, ClosedReason.STAFF), TODAY, before=before)
    }
    assert refused == {(State.CLOSED, State.RESERVED)}
    assert all(state not in STEPS[state] for state in State)


@given(standings)
def test_tidied_states_hold_only_what_belongs_to_them(standing: Standing) -> None:
    tidy = tidied(standing)
    assert tidied(tidy) == tidy
    assert tidy.state is standing.state
    assert (tidy.reason is None) or tidy.state is State.CLOSED
    assert (tidy.free_from is None) or tidy.state in (State.FREE, State.CLOSED)


def test_a_closed_place_needs_a_reason_and_no_day_lies_beyond_a_year() -> None:
    faults = standing_faults(Standing(State.CLOSED, None, TODAY + timedelta(days=400)), TODAY)
    assert set(faults) == {"reason", "free_from"}


@given(limits, limits)
def test_limits_of_age_are_in_order(low: int | None, high: int | None) -> None:
    faults = field_faults(PlaceFields(label="1", age_from=low, age_to=high))
    assert ("age_to" in faults) == (low is not None and high is not None and low > high)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"label": ""}, "label"),
        ({"label": "x" * 41}, "label"),
        ({"places": 0}, "places"),
        ({"floor": 31}, "floor"),
        ({"price_from_czk": 2, "price_to_czk": 1}, "price_to_czk"),
        ({"phone": "zavolejte"}, "phone"),
    ],
)
def test_faults_of_a_description_stand_at_their_field(changes: dict, field: str) -> None:
    assert set(field_faults(PlaceFields(**{"label": "1", **changes}))) == {field}


@pytest.mark.parametrize(
    ("changes", "wish", "meets"),
    [
        ({}, Wish(), True),
        ({}, Wish(type_code="50"), False),
        ({}, Wish(service=101), True),
        ({}, Wish(service=102), False),
        ({}, Wish(orp="7111"), True),
        ({"orp_code": None}, Wish(orp="7111"), False),
        ({}, Wish(group="SENIOR"), True),
        ({}, Wish(group="OZP"), False),
        ({"target_group": "OZP"}, Wish(group="SENIOR"), False),
        ({"sex": Sex.WOMEN}, Wish(sex=Sex.WOMEN), True),
        ({"sex": Sex.WOMEN}, Wish(sex=Sex.MEN), False),
        ({}, Wish(sex=Sex.MEN), True),
        ({"age_from": 65}, Wish(age=64), False),
        ({"age_from": 65, "age_to": 65}, Wish(age=65), True),
        ({"age_to": 60}, Wish(age=61), False),
        ({}, Wish(accessible=True), False),
        ({"barrier_free": True}, Wish(accessible=True), True),
        ({}, Wish(room=Room.DOUBLE), False),
        ({"free_from": TODAY + timedelta(days=5)}, Wish(by=TODAY + timedelta(days=4)), False),
        ({"free_from": TODAY + timedelta(days=5)}, Wish(by=TODAY + timedelta(days=5)), True),
        ({}, Wish(by=TODAY - timedelta(days=5)), True),
    ],
)
def test_a_place_meets_a_wish(changes: dict, wish: Wish, meets: bool) -> None:
    assert matches(place(**changes), wish, TODAY) is meets


def test_the_soonest_come_first_and_then_the_czech_order() -> None:
    later = place(1, free_from=TODAY + timedelta(days=3), service_name="Azyl")
    passed = place(2, free_from=TODAY - timedelta(days=30), service_name="Chata")
    now, czech = place(3, service_name="Dům"), place(4, service_name="Čáp")
    assert [one.place.id for one in find([later, passed, now, czech], Wish(), TODAY)] == [4, 3, 2, 1]
    assert available_on(passed, TODAY) == TODAY


def test_the_nearest_come_first_and_the_unknown_last() -> None:
    secret = place(1, municipality_code=None, lon=None, lat=None)
    far, inside = place(2, municipality_code="500496", lon=17.25, lat=49.59), place(3, lon=None, lat=None)
    found = find([secret, far, inside], Wish(near="523704", sort=Sort.NEAREST), TODAY, Near("523704", 16.97, 49.965))
    assert [one.place.id for one in found] == [3, 2, 1]
    assert next(one.distance_km for one in found) == 0
    assert found[2].distance_km is None
    # The same by the law of cosines.
    a, b = math.radians(49.965), math.radians(49.59)
    angle = math.acos(math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(math.radians(17.25 - 16.97)))
    assert found[1].distance_km == pytest.approx(6371 * angle, rel=1e-6)
    assert distance_km(far, Near("523704", None, None)) is None


@given(
    st.builds(
        Wish,
        type_code=st.none() | st.sampled_from(["49", "50"]),
        service=st.none() | st.integers(0, 10**8),
        orp=st.none() | st.just("7111"),
        near=st.none() | st.just("523704"),
        group=st.none() | st.just("SENIOR"),
        sex=st.none() | st.sampled_from(Sex),
        age=st.none() | st.integers(0, 120),
        accessible=st.booleans(),
        room=st.none() | st.sampled_from(Room),
        by=st.none() | days,
        sort=st.sampled_from(Sort),
    )
)
def test_an_address_gives_its_wish_back(wish: Wish) -> None:
    assert wish_of_query(write_wish(wish, page=3)) == wish


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("druh", "999"),
        ("vek", "mnoho"),
        ("vek", "121"),
        ("vek", "-1"),
        ("od", "zítra"),
        ("pokoj", "velký"),
        ("pohlavi", "x"),
        ("razeni", "jinak"),
        ("sluzba", "9" * 20),
    ],
)
def test_what_cannot_be_asked_is_told_at_its_field(name: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_wish({name: value})
    assert set(refused.value.fields) == {name}


def test_places_of_a_service_stand_together_and_those_that_are_the_same_are_added_up() -> None:
    home = {"register_id": 7, "service_name": "Domov"}
    first = place(1, **home, room=Room.SINGLE, places=2)
    other_room = place(2, **home, room=Room.DOUBLE)
    elsewhere = place(3, register_id=8)
    same_as_first = place(4, **home, room=Room.SINGLE, places=3)
    services = by_service(Found(one, None) for one in (first, elsewhere, other_room, same_as_first))
    assert [one.best.place.register_id for one in services] == [7, 8]
    assert [(line.place.room, line.place.places) for line in services[0].added_up().lines] == [
        (Room.SINGLE, 5),
        (Room.DOUBLE, 1),
    ]
    assert sum(one.places for one in services) == 7
