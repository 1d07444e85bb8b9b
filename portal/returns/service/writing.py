"""What every writing of a provider begins with: the return that may be written, begun if need be."""

from __future__ import annotations

from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.errors import Conflict
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.returns.definition import definition_for
from portal.returns.models import Return
from portal.returns.readings import ReportingService
from portal.returns.service.reading import find_reachable, is_open
from portal.returns.types import Period, ReportingDates, ReturnState
from portal.returns.workflow import require


def find_writable(
    actor: Actor, register_id: int, period: Period
) -> tuple[ReportingService, ReportingDates, Return | None]:
    """The service, the quarter and the return, kept from others until the unit of work ends.

    Raises NotFound, Forbidden (may read, not write), Conflict when it is no longer the provider's, or the quarter is
    closed for it.
    """
    head, dates, stored = find_reachable(actor, register_id, period, for_update=True)
    require(actor, Permission.RETURN_EDIT, head.provider_ico)
    state = None if stored is None else ReturnState(stored.state)
    if not is_open(state, dates.is_closed(now_utc())):
        if state in (None, ReturnState.DRAFT):
            raise Conflict(_m("The quarter is closed; the return can no longer be changed."))
        raise Conflict(_m("The return was already submitted; it can no longer be changed."))
    return head, dates, stored


def begin(head: ReportingService, dates: ReportingDates) -> Return:
    """A draft without cells, of version 0: nobody has saved a figure of it."""
    begun = Return(
        service_id=head.id,
        period=str(dates.period),
        form_version=definition_for(dates.period).code,
        state=ReturnState.DRAFT,
        version=0,
        round=0,
        created_at_utc=now_utc(),
    )
    db.session.add(begun)
    db.session.flush()
    return begun
