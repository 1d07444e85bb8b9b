"""Public figures as they are, and the empty place of withheld ones."""

import pandas as pd
import pytest

from portal.disclosure import Audience, FigureState, from_public_source, withheld


def test_public_figures_are_told_exactly():
    told = from_public_source(pd.DataFrame({"code": ["a"], "value": [3.0], "state": [FigureState.VALUE]}))
    assert (told.audience, told.rows()[0]["value"]) == (Audience.PUBLIC, 3)


@pytest.mark.parametrize(("has_data", "state"), [(True, FigureState.HIDDEN), (False, FigureState.NOT_SUPPLIED)])
def test_withheld_figures_have_rows_without_numbers(has_data, state):
    told = withheld(
        ("code", "value", "state", "norm"), pd.DataFrame({"code": ["a", "b"]}), Audience.PUBLIC, has_data=has_data
    )
    assert told.columns == ("code", "value", "state", "norm")
    assert told.rows() == [{"code": code, "value": None, "state": state, "norm": None} for code in "ab"]


def test_some_rows_of_a_frame_stay_disclosed_to_the_same_readers():
    frame = from_public_source(
        pd.DataFrame({"code": ["a", "b"], "value": [1.0, 2.0], "state": [FigureState.VALUE] * 2})
    )
    some = frame.where([False, True])
    assert (len(some), some.audience, some.rows()[0]["code"]) == (1, Audience.PUBLIC, "b")


def test_rows_stand_in_the_order_asked_for_and_a_missing_one_has_no_number():
    frame = from_public_source(pd.DataFrame({"orp": ["b", "a"], "value": [1.0, 2.0], "state": [FigureState.VALUE] * 2}))
    found = frame.arranged(
        "orp", "code", ["a", "x", "b"], ("code", "value", "state", "norm"), absent=FigureState.HIDDEN
    )
    assert [(row["code"], row["value"], row["state"], row["norm"]) for row in found.rows()] == [
        ("a", 2, FigureState.VALUE, None),
        ("x", None, FigureState.HIDDEN, None),
        ("b", 1, FigureState.VALUE, None),
    ]
    with pytest.raises(ValueError, match="no number"):
        frame.arranged("orp", "code", ["a"], ("code", "value", "state"), absent=FigureState.ZERO)
    twice = from_public_source(pd.DataFrame({"orp": ["a", "a"], "value": [1.0, 2.0], "state": [FigureState.VALUE] * 2}))
    with pytest.raises(ValueError, match="two rows"):
        twice.arranged("orp", "code", ["a"], ("code", "value", "state"), absent=FigureState.HIDDEN)
