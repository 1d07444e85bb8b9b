"""Losses and gains of a scenario fall into classes of the same sizes."""

from hypothesis import given
from hypothesis import strategies as st

from portal.map.access.calc.shift_classes import SIZES, shift_classes

differences = st.lists(
    st.decimals(-50, 50, places=2).filter(lambda each: each != 0).map(float), min_size=1, max_size=60
)


def band_of(upper, value):
    """As the script of maps finds it."""
    return sum(end < value for end in upper)


@given(differences)
def test_each_difference_lies_in_the_band_it_is_drawn_by(values):
    classes = shift_classes(values)
    for value in values:
        band = classes.bands[band_of(classes.upper, value)]
        assert band.low <= value <= band.high
    assert {band_of(classes.upper, value) for value in values} == {
        number for number, used in enumerate(classes.used) if used
    }


@given(differences)
def test_losses_mirror_gains(values):
    bands = shift_classes(values).bands
    assert [(band.low, band.high) for band in bands] == [(-band.high, -band.low) for band in reversed(bands)]
    assert len(bands) <= 2 * SIZES
    assert list(shift_classes(values).upper) == sorted(shift_classes(values).upper)


def test_a_scenario_that_only_gives_has_no_losses_in_its_legend():
    classes = shift_classes([0.1, 0.12, 5.0, 9.0])
    assert classes.used == (False, False, False, True, True, True)


def test_nothing_changed_has_no_classes():
    assert shift_classes([]).bands == ()
