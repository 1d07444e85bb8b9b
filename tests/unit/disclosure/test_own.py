"""Rows of one's own among those of everybody, and numbers per a published amount."""

import pandas as pd
import pytest

from portal.core.errors import Forbidden
from portal.core.permissions import OPERATOR, Actor, Grant, Role
from portal.disclosure import (
    Audience,
    FigureState,
    from_public_source,
    own_counts_for_municipality,
    safe_counts,
    withheld,
)

WORKER = Actor(user_id=1, grants=frozenset({Grant(Role.MUNICIPALITY_WORKER, "500496")}))


def everybodys(*codes):
    return withheld(("code", "value", "state"), pd.DataFrame({"code": codes}), Audience.PUBLIC, has_data=True)


def own(**values):
    return safe_counts(pd.DataFrame({"code": list(values), "value": list(values.values())}), Audience.MUNICIPALITY)


def told(frame):
    return {row["code"]: (row["value"], row["state"]) for row in frame.rows()}


def test_own_rows_stand_in_place_of_those_of_the_same_key_and_order():
    frame = everybodys("a", "b", "c").with_own(own(b=23), "code")
    assert told(frame) == {
        "a": (None, FigureState.HIDDEN),
        "b": (25, FigureState.VALUE),
        "c": (None, FigureState.HIDDEN),
    }
    assert list(told(frame)) == ["a", "b", "c"]
    assert (frame.audience, frame.columns) == (Audience.MUNICIPALITY, ("code", "value", "state"))


def test_a_small_count_stays_hidden_over_a_number_that_everybody_sees():
    public = from_public_source(pd.DataFrame({"code": ["a"], "value": [3.0], "state": [FigureState.VALUE]}))
    assert told(public.with_own(own(a=3), "code")) == {"a": (None, FigureState.HIDDEN)}


def test_a_row_of_another_table_or_a_double_one_is_a_mistake():
    with pytest.raises(ValueError, match="one row for each code"):
        everybodys("a").with_own(own(x=23), "code")
    with pytest.raises(ValueError, match="one row for each code"):
        everybodys("a", "a").with_own(own(a=23), "code")


def test_numbers_per_people_keep_their_states():
    frame = own(a=20, b=20, c=20, d=3).per([400, 0, float("nan"), 400], 1000)
    assert told(frame) == {
        "a": (50, FigureState.VALUE),
        "b": (None, FigureState.NOT_APPLICABLE),
        "c": (None, FigureState.NOT_SUPPLIED),
        "d": (None, FigureState.HIDDEN),
    }
    assert frame.audience is Audience.MUNICIPALITY


def test_a_rate_is_rounded_halves_up_and_a_little_is_not_nothing():
    frame = own(a=20, b=20, c=20).per([6_000, 160_000, 100_000_000], 1000)
    assert [value for value, _ in told(frame).values()] == [3.33, 0.13, 0.0002]
    assert {state for _, state in told(frame).values()} == {FigureState.VALUE}


def test_sums_of_an_orp_are_own_only_for_who_gathers_it():
    sums = pd.DataFrame({"area": ["7107"], "value": [12.0], "state": [FigureState.VALUE]})
    assert own_counts_for_municipality(sums, WORKER, {"7107"}, column="area").audience is Audience.MUNICIPALITY
    for actor, gathered in ((WORKER, {"500496"}), (Actor(), {"7107"}), (OPERATOR, {"7107"})):
        with pytest.raises(Forbidden):
            own_counts_for_municipality(sums, actor, gathered, column="area")
