"""The way of an application: every state with every step."""

from datetime import date

import pytest

from portal.core.errors import Conflict, Invalid
from portal.waitlists.calc.steps import TRANSITIONS, check_step, next_state, steps_from
from portal.waitlists.types import DeclineReason, RefusalReason, State, Step

OPEN = (State.WAITING, State.OFFERED)
# Written anew, state by state, as people would read it in the law and in the rules of the kraj.
MEANT = {
    State.WAITING: {
        Step.CONFIRM: State.WAITING,
        Step.OFFER: State.OFFERED,
        Step.ADMIT: State.ADMITTED,
        Step.REFUSE: State.REFUSED,
        Step.WITHDRAW: State.WITHDRAWN,
        Step.DIE: State.DECEASED,
        Step.EXPIRE: State.EXPIRED,
    },
    State.OFFERED: {
        Step.CONFIRM: State.OFFERED,
        Step.DEFER: State.WAITING,
        Step.ADMIT: State.ADMITTED,
        Step.REFUSE: State.REFUSED,
        Step.DECLINE: State.DECLINED,
        Step.WITHDRAW: State.WITHDRAWN,
        Step.DIE: State.DECEASED,
        Step.EXPIRE: State.EXPIRED,
    },
    **{state: {Step.REOPEN: State.WAITING} for state in State if state not in OPEN},
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("step", list(Step))
def test_a_step_leads_where_it_is_meant_to_and_nowhere_else(state, step):
    meant = MEANT[state].get(step)
    if meant is None:
        with pytest.raises(Conflict, match=str(state.label)):
            next_state(state, step)
    else:
        assert next_state(state, step) is meant


@pytest.mark.parametrize("state", list(State))
def test_what_is_offered_is_what_can_be_done(state):
    assert set(steps_from(state)) == set(MEANT[state])
    assert list(steps_from(state)) == sorted(steps_from(state), key=list(Step).index)


def test_every_state_can_be_reached_and_left():
    assert set(TRANSITIONS.values()) == set(State)
    assert {state for state, _step in TRANSITIONS} == set(State)


SINCE, TODAY = date(2026, 3, 1), date(2026, 7, 10)


@pytest.mark.parametrize("on", [SINCE, date(2026, 5, 5), TODAY])
def test_a_step_lies_between_the_last_one_and_today(on):
    assert check_step(Step.OFFER, None, on, SINCE, TODAY) is None


@pytest.mark.parametrize("on", [None, date(2026, 2, 28), date(2026, 7, 11)])
def test_a_step_on_another_day_is_refused(on):
    with pytest.raises(Invalid) as refused:
        check_step(Step.OFFER, None, on, SINCE, TODAY)
    assert list(refused.value.fields) == ["on"]


def test_refusing_and_declining_need_a_reason_of_their_own():
    assert check_step(Step.REFUSE, "capacity", TODAY, SINCE, TODAY) == RefusalReason.CAPACITY
    assert check_step(Step.DECLINE, "price", TODAY, SINCE, TODAY) == DeclineReason.PRICE
    for step, reason in ((Step.REFUSE, "price"), (Step.REFUSE, None), (Step.DECLINE, "capacity")):
        with pytest.raises(Invalid) as refused:
            check_step(step, reason, TODAY, SINCE, TODAY)
        assert list(refused.value.fields) == ["reason"]


def test_other_steps_keep_no_reason():
    assert check_step(Step.ADMIT, "capacity", TODAY, SINCE, TODAY) is None


def test_the_reasons_of_refusing_are_those_of_the_return():
    assert [f"refused_{reason}" for reason in RefusalReason] == [
        "refused_other_service",
        "refused_capacity",
        "refused_health",
        "refused_terminated",
    ]
