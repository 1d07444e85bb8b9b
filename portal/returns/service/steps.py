"""One step of the workflow: the state, its history and the audit entry change together."""

from __future__ import annotations

from portal.core import audit
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.permissions import Actor
from portal.returns.models import Return, ReturnEvent
from portal.returns.readings import ReportingService
from portal.returns.service.changes import counts, tell_counted_changed
from portal.returns.types import ReturnAction, ReturnState
from portal.returns.workflow import require, transition


def take_step(
    actor: Actor, stored: Return, action: ReturnAction, *, head: ReportingService, reason: str | None
) -> None:
    """Move the return along. Raises Conflict for a step that its state does not know, Forbidden without the right."""
    state = ReturnState(stored.state)
    step = transition(state, action)
    require(actor, step.permission, head.provider_ico)
    now = now_utc()
    stored.state = step.target
    stored.version += 1
    if action is ReturnAction.SUBMIT:
        stored.round += 1
        stored.first_submitted_at_utc = stored.first_submitted_at_utc or now
        stored.submitted_at_utc, stored.submitted_by_user_id = now, actor.user_id
    else:
        stored.decided_at_utc, stored.decided_by_user_id = now, actor.user_id
    db.session.add(
        ReturnEvent(
            return_id=stored.id,
            action=action,
            from_state=state,
            to_state=step.target,
            at_utc=now,
            user_id=actor.user_id,
            actor_name=actor.name,
            reason=reason,
        )
    )
    audit.record(
        actor,
        f"returns.{action}",
        object_kind="return",
        object_key=f"{head.register_id}/{stored.period}",
        details={"from": str(state), "to": str(step.target), "version": stored.version},
    )
    db.session.flush()
    if counts(state) != counts(step.target):
        tell_counted_changed([stored.id])
