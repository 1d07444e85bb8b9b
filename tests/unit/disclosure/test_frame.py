import copy
import math
import pickle

import pandas as pd
import pytest

from portal.core.errors import Forbidden
from portal.core.permissions import OPERATOR, PUBLIC_ACTOR, Actor, Grant, Role
from portal.disclosure import Audience, DisclosedFrame, FigureState, exact_for_region, own_for_provider

FIGURES = pd.DataFrame(
    {
        "provider_ico": ["00000001", "00000002"],
        "value": [0.5, math.nan],
        "state": [FigureState.VALUE, FigureState.NOT_SUPPLIED],
    }
)


def actor(role, scope_code=None):
    return Actor(user_id=1, name="Test", grants=frozenset({Grant(role, scope_code)}))


def test_only_the_rules_make_one():
    for key in (None, object(), "key"):
        with pytest.raises(TypeError, match="made by the functions of"):
            DisclosedFrame(key, FIGURES, Audience.REGION)


def test_nobody_inherits_from_it():
    with pytest.raises(TypeError, match="no subclasses"):

        class Leaky(DisclosedFrame):
            pass


def test_it_does_not_change():
    frame = exact_for_region(FIGURES, OPERATOR)
    with pytest.raises(AttributeError, match="does not change"):
        frame._data = FIGURES
    with pytest.raises(AttributeError, match="does not change"):
        del frame._audience
    copied = frame.to_frame()
    copied.loc[0, "value"] = 0.9
    assert frame.rows()[0]["value"] == 0.5


def test_the_source_changed_later_changes_nothing_in_it():
    source = FIGURES.copy()
    frame = exact_for_region(source, OPERATOR)
    source.loc[0, "value"] = 0.9
    assert frame.rows()[0]["value"] == 0.5


def test_it_is_not_stored_or_copied():
    frame = exact_for_region(FIGURES, OPERATOR)
    with pytest.raises(TypeError, match="not stored"):
        pickle.dumps(frame)
    with pytest.raises(TypeError, match="not stored"):
        copy.copy(frame)


def test_rows_are_plain_and_gaps_are_none():
    frame = exact_for_region(FIGURES, OPERATOR)
    assert len(frame) == 2
    assert frame.columns == ("provider_ico", "value", "state")
    assert frame.rows()[1] == {"provider_ico": "00000002", "value": None, "state": FigureState.NOT_SUPPLIED}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (FIGURES.drop(columns="state"), "need the columns"),
        (FIGURES.assign(state="fine"), "unknown states"),
        (FIGURES.assign(value=1.0), "exactly when its state says so"),
        (FIGURES.assign(state=FigureState.HIDDEN), "exactly when its state says so"),
    ],
)
def test_figures_whose_numbers_and_states_disagree_are_refused(data, sentence):
    with pytest.raises(ValueError, match=sentence):
        exact_for_region(data, OPERATOR)


@pytest.mark.parametrize("role", [Role.KEY_WORKER, Role.PLANNER, Role.AUDITOR])
def test_the_region_sees_everybody_exactly(role):
    frame = exact_for_region(FIGURES, actor(role))
    assert frame.audience is Audience.REGION
    assert len(frame) == 2


@pytest.mark.parametrize(
    "stranger",
    [
        PUBLIC_ACTOR,
        actor(Role.PROVIDER_EDITOR, "00000001"),
        actor(Role.MUNICIPALITY_WORKER, "500496"),
        actor(Role.ADMINISTRATOR),
    ],
)
def test_nobody_else_sees_everybody(stranger):
    with pytest.raises(Forbidden):
        exact_for_region(FIGURES, stranger)


def test_a_provider_sees_its_own_rows():
    frame = own_for_provider(FIGURES.head(1), actor(Role.PROVIDER_EDITOR, "00000001"))
    assert frame.audience is Audience.PROVIDER
    assert own_for_provider(FIGURES, actor(Role.PLANNER)).audience is Audience.REGION


def test_a_row_of_another_provider_stops_everything():
    with pytest.raises(Forbidden):
        own_for_provider(FIGURES, actor(Role.PROVIDER_EDITOR, "00000001"))
    with pytest.raises(Forbidden):
        own_for_provider(FIGURES.head(1), actor(Role.ADMINISTRATOR))


def test_an_administrator_who_also_works_for_a_provider_sees_that_provider():
    both = Actor(
        user_id=1,
        name="Test",
        grants=frozenset({Grant(Role.ADMINISTRATOR), Grant(Role.PROVIDER_EDITOR, "00000001")}),
    )
    assert own_for_provider(FIGURES.head(1), both).audience is Audience.PROVIDER
