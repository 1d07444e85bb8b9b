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
