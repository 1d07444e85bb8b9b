import math
import random
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.quantiles import group_percentiles, percentile

shares = st.floats(0, 3, allow_nan=False, width=32)
gaps_too = st.one_of(shares, st.just(math.nan))
PERCENTS = [0, 10, 25, 50, 75, 90, 100]


def plain_percentile(values, percent):
    """Hyndman and Fan, type 7, in exact fractions."""
    ordered = sorted(Fraction(value) for value in values)
    place = Fraction(len(ordered) - 1) * percent / 100
    lower = math.floor(place)
    upper = min(lower + 1, len(ordered) - 1)
    return ordered[lower] + (place - lower) * (ordered[upper] - ordered[lower])


@given(st.lists(shares, min_size=1, max_size=40), st.integers(0, 100))
def test_a_percentile_is_the_one_of_plain_fractions(values, percent):
    assert percentile(values, percent) == pytest.approx(float(plain_percentile(values, percent)), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [([7], 50, 7), ([1, 2], 50, 1.5), ([3, 1, 2], 50, 2), ([1, 2, 3, 4], 25, 1.75), ([1, 2, 3, 4], 100, 4)],
)
def test_known_percentiles(values, percent, expected):
    assert percentile(values, percent) == expected


def test_nothing_has_no_percentile():
    assert math.isnan(percentile([], 50))


def test_a_gap_is_not_guessed_over():
    with pytest.raises(ValueError, match="gaps"):
        percentile([1.0, math.nan], 50)


@pytest.mark.parametrize("percent", [-1, 101])
def test_there_is_no_percentage_beyond_the_whole(percent):
    with pytest.raises(ValueError, match="between 0 and 100"):
        percentile([1.0], percent)
    with pytest.raises(ValueError, match="between 0 and 100"):
        group_percentiles(pd.Series([1.0]), pd.Series([1]), [percent])


@given(st.lists(st.tuples(st.integers(0, 5), gaps_too), max_size=60))
def test_groups_agree_with_one_group_at_a_time(rows):
    found = group_percentiles(pd.Series([v for _, v in rows], dtype=float), pd.Series([g for g, _ in rows]), PERCENTS)
    assert list(found.index) == sorted({group for group, _ in rows})
    for group, row in found.iterrows():
        own = [value for member, value in rows if member == group]
        present = [value for value in own if not math.isnan(value)]
        assert (row["n"], row["missing"]) == (len(present), len(own) - len(present))
        for percent in PERCENTS:
            expected = percentile(present, percent)
            assert row[f"p{percent}"] == pytest.approx(expected, rel=1e-12, abs=1e-15, nan_ok=True)


@given(st.lists(st.tuples(st.integers(0, 5), gaps_too), min_size=1, max_size=60), st.randoms(use_true_random=False))
def test_the_order_of_rows_plays_no_part(rows, chance):
    shuffled = chance.sample(rows, len(rows))
    one, other = (
        group_percentiles(pd.Series([v for _, v in some]), pd.Series([g for g, _ in some]), PERCENTS)
        for some in (rows, shuffled)
    )
    pd.testing.assert_frame_equal(one, other)


@given(st.lists(st.tuples(st.integers(0, 5), gaps_too), min_size=1, max_size=60))
def test_a_missing_value_more_changes_only_the_count_of_missing(rows):
    values, groups = [v for _, v in rows], [g for g, _ in rows]
    before = group_percentiles(pd.Series(values), pd.Series(groups), PERCENTS)
    after = group_percentiles(pd.Series([*values, math.nan]), pd.Series([*groups, groups[0]]), PERCENTS)
    assert after.loc[groups[0], "missing"] == before.loc[groups[0], "missing"] + 1
    pd.testing.assert_frame_equal(before.drop(columns="missing"), after.drop(columns="missing"))


@given(st.lists(shares, min_size=1, max_size=30))
def test_everybody_twice_keeps_the_ends_and_cannot_leave_them(values):
    doubled = values * 2
    assert percentile(doubled, 0) == percentile(values, 0)
    assert percentile(doubled, 100) == percentile(values, 100)
    assert min(values) <= percentile(doubled, 50) <= max(values)


def test_more_groups_than_sixteen_bits_are_told_apart():
    chance = random.Random(1)
    groups = pd.Series(list(range(70_000)) * 2).sample(frac=1, random_state=1).reset_index(drop=True)
    values = pd.Series([chance.random() for _ in groups])
    found = group_percentiles(values, groups, [50])
    expected = values.groupby(groups).mean()  # the median of two
    np.testing.assert_allclose(found["p50"], expected)


def test_values_and_groups_go_together():
    with pytest.raises(ValueError, match="do not go with"):
        group_percentiles(pd.Series([1.0]), pd.Series([1, 2]), [50])
