"""Distances and who is within reach of whom."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from portal.map.access.calc.distance import Pairs, pairs_of_times, pairs_within, straight_km
from tests.factories.access import plain_km, small_world


def as_set(pairs: Pairs) -> dict[tuple[int, int], float]:
    found = {(u, p): d for u, p, d in zip(pairs.unit.tolist(), pairs.place.tolist(), pairs.distance, strict=True)}
    assert len(found) == len(pairs)
    return found


def test_the_sphere_is_near_enough_to_the_ellipsoid():
    # Olomouc to Šumperk, seats; PROJ computes on WGS 84.
    found = straight_km(np.array([17.25]), np.array([49.59]), np.array([16.97]), np.array([49.97]))
    _, _, metres = Geod(ellps="WGS84").inv(17.25, 49.59, 16.97, 49.97)
    assert found[0] == pytest.approx(metres / 1000, rel=0.003)


@given(st.integers(0, 10_000), st.sampled_from([1.0, 17.0, 60.0, 500.0]), st.sampled_from([1.0, 1.3, 2.0]))
def test_pairs_are_those_that_plain_loops_find(seed, radius, detour):
    units, _, sites, _ = small_world(seed, 300, 30)
    expected = {
        (i, j): detour * plain_km(tuple(units[i]), tuple(sites[j]))
        for i in range(len(units))
        for j in range(len(sites))
        if detour * plain_km(tuple(units[i]), tuple(sites[j])) <= radius
    }
    found = as_set(pairs_within(units, sites, radius, detour))
    assert found.keys() == expected.keys()
    assert [found[key] for key in expected] == pytest.approx(list(expected.values()))


def test_more_places_than_a_strip_are_all_found():
    units, _, sites, _ = small_world(3, 50, 900)
    assert len(pairs_within(units, sites, 5_000.0)) == 50 * 900


def test_points_that_are_not_known_are_in_no_pair():
    units = np.array([[17.0, 49.5], [np.nan, np.nan]])
    sites = np.array([[17.0, 49.5], [np.nan, 49.0]])
    assert as_set(pairs_within(units, sites, 10.0)) == {(0, 0): 0.0}
    assert len(pairs_within(units[1:], sites, 10.0)) == 0
    assert len(pairs_within(units, sites[1:], 10.0)) == 0


CODES = np.array(["500496", "523704", "569178"])


def times(*rows):
    start, end, minutes = zip(*rows, strict=True) if rows else ((), (), ())
    return np.array(start, dtype="U6"), np.array(end, dtype="U6"), np.array(minutes, dtype=float)


def test_each_pair_of_the_matrix_goes_to_all_places_of_its_target():
    places = np.array(["523704", "523704", "500496", ""])
    found = as_set(pairs_of_times(CODES, places, times(("500496", "523704", 42.0), ("569178", "523704", 9.5)), 60.0))
    assert found == {(0, 0): 42.0, (0, 1): 42.0, (2, 0): 9.5, (2, 1): 9.5, (1, 0): 0.0, (1, 1): 0.0, (0, 2): 0.0}


def test_a_pair_beyond_the_radius_or_of_unknown_municipalities_is_out_of_reach():
    places = np.array(["523704"])
    matrix = times(("500496", "523704", 42.0), ("569178", "523704", 9.5), ("999999", "523704", 1.0))
    assert as_set(pairs_of_times(CODES, places, matrix, 30.0)) == {(2, 0): 9.5, (1, 0): 0.0}


def test_what_the_matrix_says_of_a_municipality_itself_holds():
    matrix = times(("523704", "523704", 7.0))
    assert as_set(pairs_of_times(CODES, np.array(["523704"]), matrix, 30.0)) == {(1, 0): 7.0}
    assert as_set(pairs_of_times(CODES, np.array(["523704"]), matrix, 5.0)) == {}


def test_no_units_no_pairs():
    nothing = np.zeros(0, dtype="U6")
    assert len(pairs_of_times(nothing, np.array(["523704"]), times(("523704", "523704", 7.0)), 30.0)) == 0
