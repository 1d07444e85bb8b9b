"""The way of an application from waiting to its end, as data. Pure.

waiting -> offered -> admitted | declined
waiting | offered -> admitted, refused, withdrawn, deceased, expired
offered -> waiting (the offer was taken back)
any end -> waiting (a mistake, or the person asks again under the same file)
Who waits or has an offer may confirm the interest at any time; the state stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from portal.core.errors import Conflict, Invalid
from portal.core.messages import Message, _m
from portal.waitlists.types import OPEN_STATES, REASONS, State, Step

_ENDS: Mapping[Step, State] = {
    Step.ADMIT: State.ADMITTED,
    Step.REFUSE: State.REFUSED,
    Step.WITHDRAW: State.WITHDRAWN,
    Step.DIE: State.DECEASED,
    Step.EXPIRE: State.EXPIRED,
}

TRANSITIONS: Mapping[tuple[State, Step], State] = {
    **{(state, Step.CONFIRM): state for state in OPEN_STATES},
    (State.WAITING, Step.OFFER): State.OFFERED,
    (State.OFFERED, Step.DEFER): State.WAITING,
    (State.OFFERED, Step.DECLINE): State.DECLINED,
    **{(state, step): end for state in OPEN_STATES for step, end in _ENDS.items()},
    **{(state, Step.REOPEN): State.WAITING for state in State if not state.is_open},
}


def next_state(state: State, step: Step) -> State:
    """Where the step leads from this state. Raises Conflict when it leads nowhere."""
    found = TRANSITIONS.get((state, step))
    if found is None:
        raise Conflict(_m("This cannot be done now: the state of the application is “%(state)s”.", state=state.label))
    return found


def steps_from(state: State) -> tuple[Step, ...]:
    """What can be done in this state, in the order of ``Step``."""
    return tuple(step for step in Step if (state, step) in TRANSITIONS)


def check_step(step: Step, reason: str | None, on: date | None, since: date, today: date) -> str | None:
    """The reason to be stored with a step (None where the step has none).

    ``since`` is the day of the present state, or of the application for a confirmation, which changes no state; a
    step lies between it and ``today``. Raises Invalid by field (``reason``, ``on``).
    """
    fields: dict[str, list[Message]] = {}
    known = REASONS.get(step)
    if known is not None and reason not in known:
        fields["reason"] = [_m("Choose the reason.")]
    if on is None:
        fields["on"] = [_m("Write the day as 20. 8. 2026.")]
    elif on > today:
        fields["on"] = [_m("This day is yet to come.")]
    elif on < since:
        is_early = _m("This day lies before the day of the application.")
        fields["on"] = [
            is_early if step is Step.CONFIRM else _m("This day lies before the last change of the application.")
        ]
    if fields:
        raise Invalid(next(iter(fields.values()))[0], fields)
    return reason if known is not None else None
