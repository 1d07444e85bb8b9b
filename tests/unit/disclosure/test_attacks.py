"""Readers as attackers. Each attack is run on the naive rule too, where it must succeed, or it would prove nothing.

A figure counts as recovered when the reader can name a number that is certainly within 15 % of another provider's
figure, or when a number on the page, or computed from the page and the own figure, is somebody's very figure.
"""

import random

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portal.disclosure import FigureState
from tests.factories.attacks import (
    is_anothers,
    naive_median,
    published,
    published_median,
    ratios,
    safe_medians,
    span_of_target,
)

P = 0.15
GROUPS = 200


def random_world(chance, providers):
    return [(size * chance.uniform(0.4, 1.0), size) for size in (chance.uniform(1000, 3000) for _ in range(providers))]


def success_rate(attack, sizes, seed=20260401):
    """In what share of random groups the attack of their first provider succeeds."""
    chance = random.Random(seed)
    return np.mean([attack(random_world(chance, chance.choice(sizes))) for _ in range(GROUPS)])


def is_recovered(lowest, highest):
    return highest * (1 - P) <= lowest * (1 + P)  # one number within p % of both ends


pairs = st.builds(lambda size, share: (size * share / 100, size), st.integers(500, 4000), st.integers(5, 150))


@settings(max_examples=50)
@given(st.lists(pairs, min_size=6, max_size=34), st.data())
def test_each_other_figure_may_lie_p_percent_higher_or_lower_for_all_the_reader_knows(world, data):
    assume(published(world)[0]["state"] is FigureState.VALUE)
    reader, target = data.draw(st.permutations(range(len(world))))[:2]
    lowest, highest = span_of_target(published, world, reader, target)
    figure = ratios(world)[target]
    assert lowest <= figure * (1 - P)
    assert highest >= figure * (1 + P)


@given(pairs, pairs)
def test_the_naive_median_of_two_gives_the_other_away(own, other):
    def publish(world):
        return naive_median(world)

    assert is_recovered(*span_of_target(publish, [own, other], 0, 1))
    assert 2 * naive_median([own, other]) - ratios([own])[0] == pytest.approx(ratios([other])[0])
    assert published_median([own, other]) is None


def test_reading_the_median_off_the_page_breaks_the_naive_rule_and_not_ours():
    naive = success_rate(lambda world: is_anothers(naive_median(world), world, 0, within=1e-9), [3, 5, 7])
    ours = success_rate(lambda world: is_anothers(published_median(world), world, 0), [7, 9, 11])
    assert naive > 0.6
    assert ours < 0.1  # what chance does: so many figures lie within 0.1 % of a rounded number


def own_in_the_middle(world):
    """The same group read by the provider just under the median: the best place for an attack."""
    ordered = sorted(world, key=lambda pair: pair[0] / pair[1])
    middle = ordered.pop(len(ordered) // 2 - 1)
    return [middle, *ordered]


def test_differencing_with_the_own_value_breaks_the_naive_rule_and_not_ours():
    def attack(median_of, within):
        def run(world):
            world = own_in_the_middle(world)
            return is_anothers(2 * median_of(world) - ratios(world)[0], world, 0, within=within)

        return run

    assert success_rate(attack(naive_median, 1e-9), [4, 6, 8]) == 1
    assert success_rate(attack(published_median, 1e-3), [6, 8, 10]) < 0.15


def test_comparing_two_quarters_breaks_the_naive_rule_and_not_ours():
    def attack(median_of, within):
        def run(world):  # the last one is new; the others repeat their figures
            newcomer_came = 2 * median_of(world) - median_of(world[:-1])
            return is_anothers(newcomer_came, world, 0, within=within)

        return run

    assert success_rate(attack(naive_median, 1e-9), [4, 6, 8]) > 0.6
    assert success_rate(attack(published_median, 1e-3), [8, 10, 12]) < 0.15


@pytest.mark.parametrize("seed", range(6))
def test_a_newcomer_stays_hidden_even_from_a_reader_sure_that_nobody_else_changed(seed):
    """Rejection sampling of all worlds that fit the own figure and both published medians."""
    chance = random.Random(seed)
    world = random_world(chance, 7)
    before, after = published_median(world[:-1]), published_median(world)
    own, newcomer = ratios(world)[0], ratios(world)[-1]
    guesses = np.random.default_rng(seed).uniform(0.2, 1.3, size=(400_000, 7))
    guesses[:, 0] = own
    fits = np.isclose(safe_medians(guesses[:, :-1]), before) & np.isclose(safe_medians(guesses), after)
    possible = guesses[fits, -1]
    assert len(possible) > 20
    assert not is_recovered(possible.min(), possible.max())
    best = max(np.mean(np.abs(estimate - possible) <= P * possible) for estimate in np.linspace(0.2, 1.3, 56))
    assert best < 0.9
    assert possible.min() * 0.9 <= newcomer <= possible.max() * 1.1


def test_the_attackers_copy_of_the_rule_is_the_rule():
    chance = random.Random(5)
    worlds = [random_world(chance, 7) for _ in range(50)]
    assert [published_median(world) for world in worlds] == pytest.approx(
        safe_medians(np.array([ratios(world) for world in worlds])).tolist()
    )


def test_all_readers_of_a_group_see_the_same_so_that_comparing_notes_adds_nothing():
    chance = random.Random(6)
    world = random_world(chance, 13)
    told = published(world)
    for _ in range(10):
        chance.shuffle(world)
        assert published(world) == told
