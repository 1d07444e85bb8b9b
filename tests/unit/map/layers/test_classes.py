"""Classes: every figure in one of them, by the method that the legend names."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.map.calc import natural_classes
from portal.map.layers.calc.classes import MOST_DISTINCT, classify, usual_method
from portal.map.layers.types import Method

positive = st.lists(st.integers(1, 10_000).map(lambda number: number / 100), min_size=1, max_size=200)
SEQUENTIAL = (Method.NATURAL, Method.QUANTILES, Method.EQUAL)


@pytest.mark.parametrize("method", SEQUENTIAL)
@given(figures=positive)
def test_every_figure_lies_in_the_band_of_its_class(method, figures):
    values = np.array(figures)
    found = classify(values, method)
    assert 1 <= len(found.bands) <= 5
    for value, number in zip(values, found.numbers(values), strict=True):
        band = found.bands[number]
        assert band.low <= value <= band.high or value == pytest.approx(band.low)


@pytest.mark.parametrize("method", SEQUENTIAL)
def test_zero_and_no_number_are_in_no_class(method):
    values = np.array([0.0, np.nan, 3.0, 4.0])
    found = classify(values, method)
    assert found.numbers(values)[:2].tolist() == [-1, -1]
    assert min(band.low for band in found.bands) == 3
    assert classify(np.array([0.0, np.nan]), method).bands == ()


def test_natural_breaks_are_those_of_the_exact_search():
    values = np.array([1, 1, 2, 10, 11, 12, 50, 52, 90, 91, 200], dtype=float)
    assert list(classify(values, Method.NATURAL).bands) == natural_classes(values)


def test_natural_breaks_of_many_figures_end_at_figures_and_stay_near_the_exact_ones():
    random = np.random.default_rng(7)
    values = np.round(np.concatenate([random.normal(centre, 2, 400) for centre in (20, 60, 120, 180, 260)]), 3)
    assert len(np.unique(values)) > MOST_DISTINCT
    found = classify(values, Method.NATURAL)
    assert np.bincount(found.numbers(values)).tolist() == [400] * 5
    assert {band.high for band in found.bands} <= set(values)


def test_quantiles_hold_about_as_many_areas_each_and_equal_figures_stay_together():
    assert np.bincount(classify(np.arange(1.0, 101.0), Method.QUANTILES).numbers(np.arange(1.0, 101.0))).tolist() == (
        [20] * 5
    )
    crowded = np.array([1.0] * 90 + [2.0] * 10)
    assert np.bincount(classify(crowded, Method.QUANTILES).numbers(crowded)).tolist() == [90, 10]


def test_equal_intervals_are_equal():
    bands = classify(np.array([10.0, 12.0, 60.0]), Method.EQUAL).bands
    assert [band.high - band.low for band in bands] == pytest.approx([10.0] * 5)


def test_distances_from_the_norm_meet_the_norm_from_above():
    found = classify(np.array([]), Method.NORM)
    distances = np.array([-25.0, -20.0, -0.01, 0.0, 9.99, 10.0, 20.0, np.nan])
    assert found.numbers(distances).tolist() == [0, 1, 2, 3, 3, 4, 5, -1]
    assert len(found.bands) == 6


def test_a_country_is_divided_by_quantiles_unless_asked_otherwise():
    assert usual_method(13, has_norm=False) is Method.NATURAL
    assert usual_method(6_258, has_norm=False) is Method.QUANTILES
    assert usual_method(13, has_norm=True) is Method.NORM
