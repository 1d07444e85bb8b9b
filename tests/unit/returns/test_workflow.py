"""The way of a return from draft to lock."""

from itertools import product

import pytest

from portal.core.errors import Conflict, Forbidden
from portal.core.permissions import PUBLIC_ACTOR, Actor, Grant, Permission, Role
from portal.returns.types import NOT_STARTED, ReturnAction, ReturnState
from portal.returns.workflow import ACTION_LABELS, STATE_LABELS, actions_of, require, transition

ICO = "25596641"
S, A = ReturnState, ReturnAction
# Written out once more: the table in the code is checked against it, pair by pair.
ALLOWED = {
    (S.DRAFT, A.SUBMIT): S.SUBMITTED,
    (S.RETURNED, A.SUBMIT): S.SUBMITTED,
    (S.SUBMITTED, A.RETURN): S.RETURNED,
    (S.SUBMITTED, A.ACCEPT): S.ACCEPTED,
    (S.ACCEPTED, A.LOCK): S.LOCKED,
    (S.ACCEPTED, A.REOPEN): S.RETURNED,
    (S.LOCKED, A.REOPEN): S.RETURNED,
}


def person(role, ico=None):
    return Actor(1, "Jana", frozenset({Grant(role, ico)}))


@pytest.mark.parametrize(("state", "action"), list(product(ReturnState, ReturnAction)))
def test_each_pair_of_state_and_action_leads_where_it_should_or_nowhere(state, action):
    if (state, action) in ALLOWED:
        assert transition(state, action).target is ALLOWED[state, action]
    else:
        with pytest.raises(Conflict, match="cannot be done now"):
            transition(state, action)


@pytest.mark.parametrize(("state", "action"), ALLOWED)
def test_the_provider_submits_and_the_kraj_decides(state, action):
    submits = action is A.SUBMIT
    assert transition(state, action).permission is (Permission.RETURN_SUBMIT if submits else Permission.RETURN_REVIEW)
    assert transition(state, action).needs_reason == (action in (A.RETURN, A.REOPEN))


@pytest.mark.parametrize("state", [None, *ReturnState])
def test_everybody_is_offered_only_what_the_role_and_the_state_allow(state):
    at = state or S.DRAFT
    expected = {action for (source, action) in ALLOWED if source is at}
    assert actions_of(person(Role.PROVIDER_APPROVER, ICO), state, ICO) == expected & {A.SUBMIT}
    assert actions_of(person(Role.KEY_WORKER), state, ICO) == expected - {A.SUBMIT}
    for other in (
        person(Role.PROVIDER_EDITOR, ICO),
        person(Role.PROVIDER_APPROVER, "00094846"),
        person(Role.PLANNER),
        person(Role.AUDITOR),
        person(Role.ADMINISTRATOR),
        person(Role.MUNICIPALITY_WORKER, "500496"),
        PUBLIC_ACTOR,
    ):
        assert actions_of(other, state, ICO) == frozenset()


def test_an_action_beyond_the_role_is_forbidden():
    require(person(Role.PROVIDER_APPROVER, ICO), Permission.RETURN_SUBMIT, ICO)
    with pytest.raises(Forbidden):
        require(person(Role.PROVIDER_EDITOR, ICO), Permission.RETURN_SUBMIT, ICO)


def test_each_state_and_action_has_its_words():
    assert set(STATE_LABELS) == {NOT_STARTED, *ReturnState}
    assert set(ACTION_LABELS) == set(ReturnAction)
