import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.quantiles import percentile
from portal.disclosure import MEDIAN, STATISTICS, Audience, FigureState, Reason, Thresholds, group_for_provider
from portal.disclosure.rules import rounded, safe_median
from tests.factories.attacks import BY, contributions, published, ratios


def even_world(providers):
    """Providers of similar size whose shares lie between 40 and 100 %."""
    return [(400 + 600 * number / providers, 1000) for number in range(providers)]


def by_statistic(world):
    return {row["statistic"]: row for row in published(world)}


def shown(world):
    return {name for name, row in by_statistic(world).items() if row["state"] is not FigureState.HIDDEN}


@pytest.mark.parametrize(
    ("providers", "names", "at_least"),
    [
        (1, set(), 0),
        (5, set(), 0),
        (6, {MEDIAN}, 6),
        (11, {MEDIAN}, 6),
        (12, {MEDIAN, "p25", "p75"}, 12),
        (29, {MEDIAN, "p25", "p75"}, 12),
        (30, set(STATISTICS), 30),
    ],
)
def test_what_is_told_depends_on_the_number_of_providers(providers, names, at_least):
    world = even_world(providers)
    assert shown(world) == names
    assert {row["at_least"] for row in published(world)} == {at_least}


def test_nothing_more_than_the_agreed_statistics_is_told():
    rows = published(even_world(40))
    assert [row["statistic"] for row in rows] == list(STATISTICS)
    assert set(rows[0]) == {*BY, "statistic", "value", "state", "reason", "at_least"}
    assert not set(STATISTICS) & {"min", "max", "mean", "rank", "n", "p0", "p50", "p100"}


def test_services_of_one_provider_count_once():
    five_providers = pd.concat([contributions(even_world(5))] * 3, ignore_index=True)
    rows = group_for_provider(five_providers, by=BY).rows()
    assert {row["reason"] for row in rows} == {Reason.TOO_FEW_PROVIDERS}


def test_a_provider_stands_with_the_sum_of_its_services():
    split = contributions(even_world(6))
    halves = pd.concat(
        [split.assign(numerator=split["numerator"] * part, denominator=500.0) for part in (0.3, 0.7)], ignore_index=True
    )
    assert group_for_provider(halves, by=BY).rows() == group_for_provider(split, by=BY).rows()


def test_a_provider_that_makes_up_the_group_by_its_many_services_hides_it():
    many = contributions([(700, 1000)] * 6)
    of_one = many[many["provider_ico"].eq("00000000")]
    rows = group_for_provider(pd.concat([many, *[of_one] * 60]), by=BY).rows()
    assert {(row["state"], row["reason"]) for row in rows} == {(FigureState.HIDDEN, Reason.TOO_CONCENTRATED)}
    assert {row["at_least"] for row in rows} == {6}


def test_a_hidden_figure_has_a_state_a_reason_and_no_number():
    row = by_statistic(even_world(4))[MEDIAN]
    assert (row["value"], row["state"], row["reason"]) == (None, FigureState.HIDDEN, Reason.TOO_FEW_PROVIDERS)


def test_a_median_of_zero_is_a_zero_and_not_hidden():
    row = by_statistic([(0, 1000)] * 6 + [(500, 1000)] * 3)[MEDIAN]
    assert (row["value"], row["state"]) == (0.0, FigureState.ZERO)


def test_groups_are_told_apart_and_sorted():
    two = pd.concat(
        [contributions(even_world(6)).assign(form="outpatient"), contributions(even_world(3)).assign(form="outreach")]
    )
    rows = [row for row in group_for_provider(two, by=BY).rows() if row["statistic"] == MEDIAN]
    assert [(row["form"], row["state"]) for row in rows] == [
        ("outpatient", FigureState.VALUE),
        ("outreach", FigureState.HIDDEN),
    ]


def test_one_column_may_name_the_group():
    rows = group_for_provider(contributions(even_world(6)), by=["form"]).rows()
    assert rows[0]["form"] == "all"


def test_no_contributions_are_no_groups():
    told = group_for_provider(contributions([]), by=BY)
    assert len(told) == 0
    assert told.audience is Audience.PROVIDER


def test_a_stricter_region_hides_more():
    rows = group_for_provider(contributions(even_world(12)), by=BY, thresholds=Thresholds(quartiles_from=20)).rows()
    assert {row["statistic"] for row in rows if row["state"] is FigureState.VALUE} == {MEDIAN}


@pytest.mark.parametrize("pair", [(-1, 5), (1, 0), (math.nan, 5), (1, math.inf)])
def test_parts_that_are_no_parts_are_refused(pair):
    with pytest.raises(ValueError, match="finite, not negative"):
        group_for_provider(contributions([*even_world(6), pair]), by=BY)


def test_contributions_say_whose_they_are():
    with pytest.raises(ValueError, match="provider_ico"):
        group_for_provider(contributions(even_world(6)).drop(columns="provider_ico"), by=BY)


pairs = st.tuples(st.integers(0, 5000), st.integers(500, 5000))


@given(st.lists(pairs, min_size=1, max_size=45), st.randoms(use_true_random=False))
def test_neither_order_nor_names_of_providers_play_a_part(world, chance):
    frame = contributions(world)
    renamed = frame.assign(provider_ico=chance.sample(frame["provider_ico"].tolist(), len(frame)))
    shuffled = renamed.sample(frac=1, random_state=chance.randrange(1000))
    assert group_for_provider(shuffled, by=BY).rows() == published(world)


@given(st.lists(pairs, min_size=1, max_size=45))
def test_every_number_told_is_the_rounded_statistic_of_providers(world):
    for name, row in by_statistic(world).items():
        if row["value"] is not None:
            exact = ratios(world)
            expected = safe_median(exact, 2) if name == MEDIAN else rounded(percentile(exact, int(name[1:])), 2)
            assert row["value"] == expected
