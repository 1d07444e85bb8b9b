"""What the kraj decides about a return."""

from __future__ import annotations

from collections.abc import Mapping

from portal.core.db import db
from portal.core.errors import Conflict, Invalid
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.returns.models import Return, ReturnNote
from portal.returns.readings import ReportingService, ReturnReading
from portal.returns.service.reading import compose, find_reachable
from portal.returns.service.steps import take_step
from portal.returns.types import CellKey, Period, ReportingDates, ReturnAction, ReturnState
from portal.returns.workflow import require, transition

MAX_REASON_CHARS = 2000


def accept_return(actor: Actor, *, register_id: int, period: Period, version: int) -> ReturnReading:
    """Accept a submitted return. Raises NotFound, Forbidden, Conflict."""
    return _decide(actor, register_id, period, version, ReturnAction.ACCEPT)


def lock_return(actor: Actor, *, register_id: int, period: Period, version: int) -> ReturnReading:
    """Lock an accepted return for good; only a reasoned reopening changes it. Raises NotFound, Forbidden, Conflict."""
    return _decide(actor, register_id, period, version, ReturnAction.LOCK)


def send_back(
    actor: Actor,
    *,
    register_id: int,
    period: Period,
    version: int,
    reasons: Mapping[CellKey, str],
    overall: str = "",
) -> ReturnReading:
    """Return a submitted return to its provider, with a reason on each cell to correct and perhaps one for the whole.

    Raises Invalid when there is no reason at all; NotFound, Forbidden, Conflict.
    """
    head, dates, stored = _decidable(actor, register_id, period, version)
    transition(ReturnState(stored.state), ReturnAction.RETURN)
    given = {key: reason.strip()[:MAX_REASON_CHARS] for key, reason in reasons.items() if reason.strip()}
    whole = overall.strip()[:MAX_REASON_CHARS] or None
    if not given and whole is None:
        raise Invalid(_m("Write at least one reason, so that the provider knows what to correct."))
    for key, reason in given.items():
        db.session.add(
            ReturnNote(return_id=stored.id, round=stored.round, form=key.form, field=key.field, reason=reason)
        )
    take_step(actor, stored, ReturnAction.RETURN, head=head, reason=whole)
    return compose(actor, head, dates, stored)


def reopen_return(actor: Actor, *, register_id: int, period: Period, version: int, reason: str) -> ReturnReading:
    """Give an accepted or locked return back to its provider. Raises Invalid without a reason; NotFound,
    Forbidden, Conflict.
    """
    head, dates, stored = _decidable(actor, register_id, period, version)
    transition(ReturnState(stored.state), ReturnAction.REOPEN)
    if not reason.strip():
        raise Invalid(_m("Write why the return is opened again."))
    take_step(actor, stored, ReturnAction.REOPEN, head=head, reason=reason.strip()[:MAX_REASON_CHARS])
    return compose(actor, head, dates, stored)


def _decide(actor: Actor, register_id: int, period: Period, version: int, action: ReturnAction) -> ReturnReading:
    head, dates, stored = _decidable(actor, register_id, period, version)
    take_step(actor, stored, action, head=head, reason=None)
    return compose(actor, head, dates, stored)


def _decidable(
    actor: Actor, register_id: int, period: Period, version: int
) -> tuple[ReportingService, ReportingDates, Return]:
    head, dates, stored = find_reachable(actor, register_id, period, for_update=True)
    require(actor, Permission.RETURN_REVIEW, head.provider_ico)
    if stored is None:
        raise Conflict(_m("Nobody has begun this return yet."))
    if stored.version != version:
        raise Conflict(_m("Somebody else changed the return in the meantime. Look at it again before you decide."))
    return head, dates, stored
