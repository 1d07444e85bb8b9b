"""Figures that stand out: against the service's own history, and for the kraj against the group."""

from decimal import Decimal
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.cells import NOT_SUPPLIED, Cell
from portal.returns.definition import definition_for
from portal.returns.rules.checking import check
from portal.returns.rules.pack import rules_for
from portal.returns.rules.types import Against, Subject
from portal.returns.types import ALL, CellKey, Period, Severity

Q2 = Period(2026, 2)
FORM = definition_for(Q2)
KEYS = FORM.cells_for("40", ("outreach",))
HOURS, FTE = CellKey("outreach", "direct_hours"), CellKey("outreach", "direct_care_fte")
USERS, COSTS = CellKey(ALL, "users_at_end"), CellKey(ALL, "costs_total")


def subject(cells, history=(), group=()):
    quarters = {Q2.shifted(-back): {USERS: Cell.of(n)} for back, n in enumerate(history, start=1)}
    return Subject(FORM, "40", Q2, KEYS, {key: Cell.of(n) for key, n in cells.items()}, quarters, group)


def said(subject, against):
    rules = [rule for rule in rules_for(Q2) if rule.against is against]
    return [finding.key for finding in check(subject, rules)]


@pytest.mark.parametrize(
    ("now", "history", "is_outlier"),
    [
        (40, (20, 21, 19, 20, 22), True),
        (26, (20, 21, 19, 20, 22), True),  # 6 users off, 3.5 x 1.4826 x 1 = 5.19
        (25, (20, 21, 19, 20, 22), False),  # 5 off
        (90, (20, 60, 40, 80, 10), False),  # wide, so nothing is unusual
        (40, (20, 21, 19, 20), False),  # four quarters say nothing about what is usual
        (25, (20, 20, 20, 20, 20), False),  # all alike: off by no more than is worth a comment
        (26, (20, 20, 20, 20, 20), True),
    ],
)
def test_a_figure_far_from_the_own_series_wants_a_comment(now, history, is_outlier):
    found = said(subject({USERS: now}, history), Against.HISTORY)
    assert found == [USERS] * is_outlier


@given(st.integers(0, 200), st.lists(st.integers(0, 200), min_size=5, max_size=8))
def test_the_rule_agrees_with_its_formula(now, history):
    middle = median(history)
    deviation = 1.4826 * median([abs(one - middle) for one in history])
    expected = abs(now - middle) > 5 and (deviation == 0 or abs(now - middle) / deviation > 3.5)
    assert bool(said(subject({USERS: now}, history), Against.HISTORY)) == expected


def member(hours, fte):
    return {HOURS: Cell.of(hours), FTE: Cell.of(fte)}


GROUP = [member(hours, 2) for hours in (600, 610, 620, 630, 640, 650, 660, 670)]


def test_the_group_is_compared_by_worker_and_not_by_size():
    assert said(subject({HOURS: 3200, FTE: 10}, group=GROUP), Against.GROUP) == []
    assert said(subject({HOURS: 1000, FTE: 10}, group=GROUP), Against.GROUP) == [HOURS]


def test_a_group_under_eight_says_nothing():
    assert said(subject({HOURS: 1000, FTE: 10}, group=GROUP[:7]), Against.GROUP) == []
    gap = {HOURS: Cell.of(600), FTE: NOT_SUPPLIED}
    assert said(subject({HOURS: 1000, FTE: 10}, group=[*GROUP[:7], gap]), Against.GROUP) == []


def test_a_group_in_which_all_are_alike_says_nothing():
    assert said(subject({HOURS: 1000, FTE: 10}, group=[member(600, 2)] * 9), Against.GROUP) == []


def test_without_the_group_all_rules_together_say_nothing_of_it():
    found = check(subject({HOURS: 1000, FTE: 10}), rules_for(Q2))
    assert not any(finding.rule == "unusual_against_group" for finding in found)


def test_a_slip_of_the_unit_is_asked_about():
    staff = dict.fromkeys((CellKey("outreach", "fte_service_workers"),), 4)
    personnel = CellKey(ALL, "costs_personnel")
    found = check(subject({**staff, FTE: 4, personnel: 720}), rules_for(Q2))
    told = [(one.key, one.severity) for one in found if one.rule == "personnel_costs_of_one_worker"]
    assert told == [(personnel, Severity.WARNING)]
    found = check(subject({**staff, FTE: 4, personnel: 720_000}), rules_for(Q2))
    assert not any(one.rule == "personnel_costs_of_one_worker" for one in found)
    found = check(subject({FTE: 40, CellKey(ALL, "users_in_quarter"): 5}), rules_for(Q2))
    assert [one.key for one in found if one.rule == "staff_for_one_user"] == [FTE]


def test_more_can_neither_come_nor_leave_than_there_were():
    new, left, users = (CellKey(ALL, f"users_{one}") for one in ("new", "left", "in_quarter"))
    found = check(subject({new: 11, left: 12, users: 10}), rules_for(Q2))
    wrong = {one.key: one for one in found if one.rule.endswith("within_quarter")}
    assert set(wrong) == {new, left}
    assert str(wrong[new].message) == "There are more new users (11) than users in the whole quarter (10)."
    found = check(subject({new: 10, left: 10, users: Decimal(10)}), rules_for(Q2))
    assert not any(one.rule.endswith("within_quarter") for one in found)
