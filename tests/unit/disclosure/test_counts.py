"""Counts of persons: exact for the kraj, never small and never sharp for anybody else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import Forbidden
from portal.core.permissions import OPERATOR, Actor, Grant, Role
from portal.disclosure import (
    Audience,
    CountThresholds,
    FigureState,
    exact_counts_for_region,
    safe_count,
    safe_counts,
    safe_wait,
)

LIMITS = CountThresholds()
persons = st.integers(0, 4_000)


def table(counts, **columns):
    return pd.DataFrame({"value": counts, **columns})


@given(persons)
def test_a_count_is_hidden_up_to_seven_and_otherwise_a_multiple_of_five_near_it(count):
    told = safe_count(count, LIMITS)
    if count <= 7:
        assert told is None
    elif count < 10:
        assert told in (8, 10)  # never less than what "less than 8" rules out
    else:
        assert told % 5 == 0
        assert abs(told - count) <= 2


@given(st.integers(8, 60), st.integers(0, 4_000), st.integers(5, 50))
def test_a_stricter_region_hides_more_and_rounds_more(hidden_to, count, step):
    told = safe_count(count, CountThresholds(hidden_to=hidden_to, round_to=step))
    assert (told is None) == (count <= hidden_to)
    if told is not None:
        assert told > hidden_to
        assert abs(told - count) <= max(step, hidden_to)


def test_a_negative_count_is_a_mistake():
    with pytest.raises(ValueError, match="not negative"):
        safe_count(-1, LIMITS)


@pytest.mark.parametrize(
    "changes",
    [
        {"hidden_to": 6},
        {"round_to": 4},
        {"wait_persons": 11},
        {"wait_providers": 2},
        {"wait_share_percent": 51},
        {"wait_share_percent": 0},
    ],
)
def test_thresholds_are_never_laxer_than_the_defaults(changes):
    with pytest.raises(ValueError, match=next(iter(changes))):
        CountThresholds(**changes)


@given(st.lists(persons, min_size=1, max_size=12))
def test_a_total_is_the_sum_of_what_is_published(counts):
    rows = safe_counts(table(counts), Audience.PUBLIC, totals=[]).rows()
    cells, total = rows[:-1], rows[-1]
    published = [row["value"] for row in cells if row["state"] is FigureState.VALUE]
    assert total["is_total"]
    assert total["value"] == (sum(published) if published else None)
    assert all((row["state"] is FigureState.HIDDEN) == (count <= 7) for row, count in zip(cells, counts, strict=True))


@given(st.lists(persons, min_size=1, max_size=12), st.randoms())
def test_the_order_of_rows_and_small_changes_of_hidden_cells_change_nothing(counts, chance):
    numbered = table(counts, place=range(len(counts)))
    mixed = numbered.sample(frac=1, random_state=chance.randint(0, 1_000))
    other = numbered.assign(value=[count if count > 7 else chance.randint(0, 7) for count in counts])

    def told(data):
        return {row["place"]: row["value"] for row in safe_counts(data, Audience.PUBLIC, totals=[]).rows()}

    assert told(numbered) == told(mixed) == told(other)


def test_totals_by_a_column_are_sums_of_their_own_cells():
    data = table([20, 3, 12, 2], type_code=["49", "49", "50", "52"], area=["7107", "7111", "7107", "7107"])
    rows = safe_counts(data, Audience.MUNICIPALITY, totals=["type_code"]).rows()
    totals = [(row["type_code"], row["area"], row["value"], row["state"]) for row in rows if row["is_total"]]
    assert totals == [
        ("49", None, 20.0, FigureState.VALUE),
        ("50", None, 10.0, FigureState.VALUE),
        ("52", None, None, FigureState.HIDDEN),
    ]


def test_without_totals_there_are_only_the_cells():
    assert [row["value"] for row in safe_counts(table([8, 7]), Audience.PUBLIC).rows()] == [10.0, None]


@pytest.mark.parametrize("count", [2.5, np.nan, np.inf])
def test_what_is_no_count_is_refused(count):
    with pytest.raises(ValueError, match="whole numbers"):
        safe_counts(table([count]), Audience.PUBLIC)


def test_the_region_has_no_use_for_rough_counts():
    with pytest.raises(ValueError, match="exact"):
        safe_counts(table([10]), Audience.REGION)


@pytest.mark.parametrize("role", [Role.KEY_WORKER, Role.PLANNER, Role.AUDITOR])
def test_the_region_sees_exact_counts(role):
    data = table([3.0], state=[FigureState.VALUE])
    found = exact_counts_for_region(data, Actor(1, "A", frozenset({Grant(role)})))
    assert found.audience is Audience.REGION
    assert found.rows()[0]["value"] == 3


@pytest.mark.parametrize(
    "grants",
    [(), (Grant(Role.ADMINISTRATOR),), (Grant(Role.PROVIDER_APPROVER, "1"),), (Grant(Role.MUNICIPALITY_WORKER, "1"),)],
)
def test_nobody_else_sees_exact_counts(grants):
    with pytest.raises(Forbidden):
        exact_counts_for_region(table([3.0], state=[FigureState.VALUE]), Actor(1, "A", frozenset(grants)))
    exact_counts_for_region(table([3.0], state=[FigureState.VALUE]), OPERATOR)


DAYS = [float(days) for days in range(100, 700, 50)]  # twelve persons


def test_a_range_of_waiting_is_whole_months_and_never_narrower_than_measured():
    assert safe_wait(DAYS, ["a", "b", "c"] * 4, LIMITS) == (7, 17)  # 237.5 and 512.5 days


@pytest.mark.parametrize(
    ("days", "providers"),
    [
        (DAYS[:11], (["a", "b", "c"] * 4)[:11]),  # too few persons
        (DAYS, ["a", "b"] * 6),  # too few providers
        (DAYS, ["a"] * 7 + ["b", "c", "d", "e", "f"]),  # one admitted more than a half
        ([], []),
    ],
)
def test_too_little_behind_a_range_tells_nothing(days, providers):
    assert safe_wait(days, providers, LIMITS) is None


@pytest.mark.parametrize("stricter", [{"wait_persons": 13}, {"wait_providers": 4}, {"wait_share_percent": 33}])
def test_a_region_may_ask_for_more_behind_a_range(stricter):
    providers = ["a", "b", "c"] * 4
    assert safe_wait(DAYS, providers, LIMITS) is not None
    assert safe_wait(DAYS, providers, CountThresholds(**stricter)) is None


@given(st.lists(st.tuples(st.integers(0, 5_000), st.sampled_from("abcdef")), max_size=40))
def test_a_range_holds_the_quartiles(world):
    days, providers = [float(each[0]) for each in world], [each[1] for each in world]
    told = safe_wait(days, providers, LIMITS)
    if told is not None:
        low, high = np.quantile(days, [0.25, 0.75])
        month = 365.25 / 12
        assert told[0] * month <= low <= high <= told[1] * month + 1e-9
        assert len(days) >= 12
        assert len(set(providers)) >= 3
