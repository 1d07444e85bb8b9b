"""Access by floating catchments: beside plain loops, and what must hold whatever the figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.map.access.calc.catchment import catchments, mean_access, weights
from portal.map.access.calc.distance import Pairs, pairs_within
from portal.map.access.types import Decay
from tests.factories.access import plain_access, small_world

SEEDS = st.integers(min_value=0, max_value=10_000)
RADII = st.sampled_from([3.0, 20.0, 45.0, 400.0])


def computed(world, radius, decay=Decay.GAUSSIAN, detour=1.3):
    units, people, sites, supply = world
    return catchments(pairs_within(units, sites, radius, detour), people, supply, radius, decay)


@given(SEEDS, RADII, st.sampled_from(Decay))
def test_arrays_give_what_plain_loops_give(seed, radius, decay):
    world = units, people, sites, supply = small_world(seed)
    found = computed(world, radius, decay)
    plain = plain_access(units, people, sites, supply, radius, 1.3, decay)
    np.testing.assert_allclose(found.per_person, plain.per_person, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(found.balanced, plain.balanced, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(found.nearest, plain.nearest, rtol=1e-8)
    assert found.places.tolist() == plain.places


@given(SEEDS, RADII, st.sampled_from(Decay))
def test_people_times_access_is_the_capacity_that_somebody_reaches(seed, radius, decay):
    world = _, people, _, supply = small_world(seed)
    found = computed(world, radius, decay)
    assert (people * found.per_person).sum() == pytest.approx(supply[found.reached].sum())


@given(SEEDS, RADII, st.sampled_from(Decay))
def test_the_balanced_index_counts_each_person_and_each_level_of_service_once(seed, radius, decay):
    world = _, people, _, _ = small_world(seed)
    found = computed(world, radius, decay)
    assert found.demand.sum() == pytest.approx(people[found.places > 0].sum())
    assert found.balanced.sum() == pytest.approx(found.level.sum())


@given(SEEDS)
def test_the_order_of_rows_does_not_matter(seed):
    units, people, sites, supply = world = small_world(seed)
    chance = np.random.default_rng(seed)
    rows, columns = chance.permutation(len(units)), chance.permutation(len(sites))
    found = computed(world, 30.0)
    other = computed((units[rows], people[rows], sites[columns], supply[columns]), 30.0)
    np.testing.assert_allclose(other.per_person, found.per_person[rows])
    np.testing.assert_allclose(other.balanced, found.balanced[rows])


@given(SEEDS)
def test_a_municipality_split_in_two_keeps_its_access_but_not_its_balanced_index(seed):
    units, people, sites, supply = small_world(seed)
    reached = int(np.argmax(computed((units, people, sites, supply), 45.0).per_person * (people > 1)))
    halved = np.append(people, people[reached] / 2)
    halved[reached] /= 2
    whole = computed((units, people, sites, supply), 45.0)
    split = computed((np.vstack([units, units[reached]]), halved, sites, supply), 45.0)
    assert split.per_person[reached] == pytest.approx(whole.per_person[reached])
    assert split.balanced[reached] < whole.balanced[reached]


def test_a_published_figure_of_the_balanced_index():
    # Two municipalities of 100 people, two places of 10; the first reaches both places alike, the second the second
    # one alone. Demand: 50 and 150; levels 0.2 and 1/15; of the second level each municipality takes a half.
    pairs = Pairs(np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([1.0, 1.0, 1.0]))
    found = catchments(pairs, np.array([100.0, 100.0]), np.array([10.0, 10.0]), 5.0, Decay.UNIFORM)
    assert found.demand.tolist() == [50.0, 150.0]
    assert found.balanced.tolist() == pytest.approx([0.2 + 1 / 30, 1 / 30])
    assert found.per_person.tolist() == pytest.approx([0.1 + 0.05, 0.05])


def test_a_place_without_people_hands_nothing_out_and_says_so():
    pairs = Pairs(np.array([0]), np.array([0]), np.array([1.0]))
    found = catchments(pairs, np.array([0.0]), np.array([10.0]), 5.0, Decay.UNIFORM)
    assert (found.per_person.tolist(), found.reached.tolist(), found.places.tolist()) == ([0.0], [False], [1])


def test_people_who_are_not_known_compete_with_nobody():
    pairs = Pairs(np.array([0, 1]), np.array([0, 0]), np.array([1.0, 1.0]))
    found = catchments(pairs, np.array([50.0, np.nan]), np.array([10.0]), 5.0, Decay.UNIFORM)
    assert found.per_person[0] == pytest.approx(0.2)


def test_a_place_without_capacity_is_not_within_reach():
    pairs = Pairs(np.array([0]), np.array([0]), np.array([1.0]))
    found = catchments(pairs, np.array([50.0]), np.array([0.0]), 5.0, Decay.GAUSSIAN)
    assert (found.places.tolist(), found.nearest.tolist()) == ([0], [np.inf])


def test_weight_falls_from_one_to_nothing_at_the_radius():
    given_weights = weights(np.array([0.0, 15.0, 30.0, 31.0]), 30.0, Decay.GAUSSIAN)
    assert given_weights.tolist() == pytest.approx([1.0, 0.7013, 0.0, 0.0], abs=1e-4)
    assert weights(np.array([0.0, 30.0, 30.1]), 30.0, Decay.UNIFORM).tolist() == [1.0, 1.0, 0.0]


def test_the_mean_is_over_people():
    assert mean_access(np.array([1.0, 4.0]), np.array([300.0, 100.0])) == pytest.approx(1.75)
    assert mean_access(np.array([1.0]), np.array([0.0])) is None
