import math
from decimal import ROUND_HALF_EVEN, Context, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.disclosure import Reason, Thresholds
from portal.disclosure.rules import passes_dominance, passes_p_percent, rounded, safe_median, why_hidden

amounts = st.lists(st.integers(0, 10_000), min_size=1, max_size=15)


@given(amounts)
def test_the_p_percent_rule_is_the_one_of_whole_numbers(parts):
    largest, *rest = sorted(parts, reverse=True)
    expected = largest > 0 and 100 * sum(rest[1:]) >= 15 * largest
    assert passes_p_percent(np.array(parts, dtype=float), 15) == expected


@given(amounts)
def test_dominance_is_the_share_of_the_two_largest(parts):
    expected = sum(parts) > 0 and 100 * sum(sorted(parts)[-2:]) <= 85 * sum(parts)
    assert passes_dominance(np.array(parts, dtype=float), 2, 85) == expected


def test_the_bounds_themselves_pass():
    assert passes_p_percent(np.array([100.0, 50, 15]), 15)
    assert not passes_p_percent(np.array([100.0, 50, 14.9]), 15)
    assert passes_dominance(np.array([50.0, 35, 15]), 2, 85)
    assert not passes_dominance(np.array([50.0, 35.1, 14.9]), 2, 85)


@pytest.mark.parametrize("parts", [[], [0.0, 0.0, 0.0], [5.0], [5.0, 5.0]])
def test_nobody_hides_behind_nothing(parts):
    assert not passes_p_percent(np.array(parts), 15)


def test_a_total_of_zero_hides_nobody():
    assert not passes_dominance(np.zeros(3), 2, 85)


EVEN = np.full(6, 100.0)
ONE_LARGE = np.array([5000.0, 100, 100, 100, 100, 100])


@pytest.mark.parametrize(
    ("numerators", "denominators", "reason"),
    [
        (EVEN, EVEN, None),
        (EVEN[:5], EVEN[:5], Reason.TOO_FEW_PROVIDERS),
        (ONE_LARGE, EVEN, Reason.TOO_CONCENTRATED),
        (EVEN, ONE_LARGE, Reason.TOO_CONCENTRATED),
        (np.zeros(6), EVEN, Reason.TOO_CONCENTRATED),
        # two share nearly all: p % holds (15 of 100), dominance does not
        (np.array([100.0, 100, 5, 5, 5, 5]), EVEN, Reason.TOO_CONCENTRATED),
    ],
)
def test_both_sides_of_the_ratio_are_guarded(numerators, denominators, reason):
    assert why_hidden(numerators, denominators, Thresholds()) is reason


@given(st.floats(1e-6, 1e6))
def test_two_significant_digits_are_those_of_decimal_arithmetic(value):
    exact = Context(prec=2, rounding=ROUND_HALF_EVEN).create_decimal(Decimal(value))
    assert rounded(value, 2) == pytest.approx(float(exact), rel=1e-12)


@pytest.mark.parametrize(
    ("value", "shown"), [(0.7249, 0.72), (1.049, 1.0), (0.0451, 0.045), (0.0, 0.0), (12.34, 12.0), (0.999, 1.0)]
)
def test_examples_of_rounding(value, shown):
    assert rounded(value, 2) == shown


def test_the_safe_median_mixes_neighbours_even_in_an_odd_group():
    # 45th of seven: 0.3 x 0.5 + 0.7 x 0.6; 55th: 0.7 x 0.6 + 0.3 x 0.9; mean 0.63, the exact median 0.60
    assert safe_median(np.array([0.1, 0.2, 0.5, 0.6, 0.9, 1.0, 1.1]), 2) == 0.63


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"min_providers": 5}, "min_providers"),
        ({"p_percent": 10}, "p_percent"),
        ({"dominance_contributors": 1}, "dominance_contributors"),
        ({"dominance_percent": 90}, "dominance_percent"),
        ({"dominance_percent": 0}, "dominance_percent"),
        ({"quartiles_from": 11}, "quartiles_from"),
        ({"deciles_from": 29}, "deciles_from"),
        ({"significant_digits": 3}, "significant_digits"),
        ({"significant_digits": 0}, "significant_digits"),
    ],
)
def test_a_region_may_be_stricter_but_never_laxer(change, name):
    with pytest.raises(ValueError, match=f"laxer than the defaults: {name}"):
        Thresholds(**change)
    stricter = Thresholds(min_providers=10, p_percent=20, dominance_percent=70, significant_digits=1)
    assert why_hidden(EVEN, EVEN, stricter) is Reason.TOO_FEW_PROVIDERS
    assert math.isclose(rounded(0.7249, stricter.significant_digits), 0.7)
