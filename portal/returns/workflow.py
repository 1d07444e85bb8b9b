"""The way of a return from draft to lock, as data. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.core.errors import Conflict, Forbidden
from portal.core.messages import Message, _m
from portal.core.permissions import Actor, Permission
from portal.returns.types import NOT_STARTED, ReturnAction, ReturnState


@dataclass(frozen=True)
class Transition:
    """Where an action leads, who may take it, and whether it must be explained."""

    target: ReturnState
    permission: Permission
    needs_reason: bool = False


TRANSITIONS: Mapping[tuple[ReturnState, ReturnAction], Transition] = {
    (ReturnState.DRAFT, ReturnAction.SUBMIT): Transition(ReturnState.SUBMITTED, Permission.RETURN_SUBMIT),
    (ReturnState.RETURNED, ReturnAction.SUBMIT): Transition(ReturnState.SUBMITTED, Permission.RETURN_SUBMIT),
    (ReturnState.SUBMITTED, ReturnAction.RETURN): Transition(ReturnState.RETURNED, Permission.RETURN_REVIEW, True),
    (ReturnState.SUBMITTED, ReturnAction.ACCEPT): Transition(ReturnState.ACCEPTED, Permission.RETURN_REVIEW),
    (ReturnState.ACCEPTED, ReturnAction.LOCK): Transition(ReturnState.LOCKED, Permission.RETURN_REVIEW),
    (ReturnState.ACCEPTED, ReturnAction.REOPEN): Transition(ReturnState.RETURNED, Permission.RETURN_REVIEW, True),
    (ReturnState.LOCKED, ReturnAction.REOPEN): Transition(ReturnState.RETURNED, Permission.RETURN_REVIEW, True),
}

STATE_LABELS: Mapping[str, Message] = {
    NOT_STARTED: _m("Not started"),
    ReturnState.DRAFT: _m("Draft"),
    ReturnState.SUBMITTED: _m("Submitted"),
    ReturnState.RETURNED: _m("Returned"),
    ReturnState.ACCEPTED: _m("Accepted"),
    ReturnState.LOCKED: _m("Locked"),
}

ACTION_LABELS: Mapping[str, Message] = {
    ReturnAction.SUBMIT: _m("submitted for review"),
    ReturnAction.RETURN: _m("returned to be corrected"),
    ReturnAction.ACCEPT: _m("accepted"),
    ReturnAction.LOCK: _m("locked against changes"),
    ReturnAction.REOPEN: _m("opened again"),
}


def transition(state: ReturnState, action: ReturnAction) -> Transition:
    """Where the action leads from this state. Raises Conflict when it leads nowhere."""
    found = TRANSITIONS.get((state, action))
    if found is None:
        raise Conflict(
            _m("This cannot be done now: the state of the return is “%(state)s”.", state=STATE_LABELS[state])
        )
    return found


def require(actor: Actor, permission: Permission, ico: str) -> None:
    """Raises Forbidden unless the actor holds the permission for this provider."""
    if not actor.can_for_provider(permission, ico):
        raise Forbidden(_m("Your role does not allow this for the return."))


def actions_of(actor: Actor, state: ReturnState | None, ico: str) -> frozenset[ReturnAction]:
    """What the actor may do with a return of this provider in this state (None: nobody began it)."""
    return frozenset(
        action
        for (source, action), step in TRANSITIONS.items()
        if source is (state or ReturnState.DRAFT) and actor.can_for_provider(step.permission, ico)
    )
