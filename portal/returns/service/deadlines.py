"""Dates of a quarter and exceptions from them, as the kraj sets them."""

from __future__ import annotations

from datetime import date, timedelta

from portal.core import audit
from portal.core.clock import now_utc, today
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.messages import Message, _m
from portal.core.permissions import Actor
from portal.returns.definition import definition_for
from portal.returns.followup import QuarterDeadlines
from portal.returns.models import ReportingPeriod, ReportingPeriodChange, ReturnException
from portal.returns.queries import deadlines
from portal.returns.types import Period, ReportingDates, midnight

MAX_REASON_CHARS = 2000
ICO_DIGITS, IDENTIFIER_DIGITS = 8, 7

audit.name_actions(
    {
        "returns.period.opened": _m("Quarter opened for reporting, or its dates moved"),
        "returns.exception.granted": _m("More time granted for a quarter"),
        "returns.exception.withdrawn": _m("More time for a quarter withdrawn"),
    },
    kinds={"reporting_period": _m("quarter"), "return_exception": _m("exception from the dates of a quarter")},
)


def open_period(
    actor: Actor,
    *,
    period: Period,
    on_time_until: date,
    closes_on: date,
    reason: str = "",
    seen: ReportingDates | None = None,
) -> ReportingDates:
    """Open a quarter for reporting, or move the dates of one that is open; the same dates again change nothing.

    Both days are the first that no longer belong: ``on_time_until`` the first late one, ``closes_on`` the first
    closed one. Moving them needs a reason. ``seen`` are the dates that the person looked at while moving them.
    Raises Invalid when they lie within the quarter, in the wrong order, without a reason, or no form is valid for
    the quarter; Conflict when somebody else moved them in the meantime.
    """
    definition_for(period)
    fields: dict[str, list[Message]] = {}
    if on_time_until <= period.last_day:
        fields["on_time"] = [_m("The quarter is not over on the day until which returns are on time.")]
    elif closes_on < on_time_until:
        fields["closes"] = [_m("The quarter cannot close before the day until which returns are on time.")]
    stored = deadlines.find_period(period, for_update=True)
    before = None if stored is None else deadlines.dates_of(stored)
    after = ReportingDates(period, on_time_until, closes_on)
    if seen is not None and before != seen:
        raise Conflict(_m("Somebody else moved the dates in the meantime. Look at them again before you save."))
    why = reason.strip()[:MAX_REASON_CHARS]
    if before is not None and before != after and not why:
        fields["reason"] = [_m("Write why the dates are moved.")]
    if fields:
        raise Invalid(next(iter(fields.values()))[0], fields)
    if before == after:
        return after
    if stored is None:
        stored = ReportingPeriod(period=str(period), opened_at_utc=now_utc())
        db.session.add(stored)
    stored.on_time_until, stored.closes_on = on_time_until, closes_on
    db.session.flush()
    db.session.add(
        ReportingPeriodChange(
            period=str(period),
            at_utc=now_utc(),
            user_id=actor.user_id,
            actor_name=actor.name,
            from_on_time_until=None if before is None else before.on_time_until,
            from_closes_on=None if before is None else before.closes_on,
            to_on_time_until=on_time_until,
            to_closes_on=closes_on,
            reason=why,
        )
    )
    audit.record(
        actor,
        "returns.period.opened",
        object_kind="reporting_period",
        object_key=str(period),
        details={"on_time_until": on_time_until.isoformat(), "closes_on": closes_on.isoformat(), "reason": why},
    )
    db.session.flush()
    return after


def read_deadlines(period: Period) -> QuarterDeadlines:
    """A quarter's dates with their history and exceptions. Raises NotFound for one that the kraj did not open."""
    stored = deadlines.find_period(period)
    if stored is None:
        raise NotFound(_m("The kraj has not opened this quarter."))
    return QuarterDeadlines(deadlines.dates_of(stored), deadlines.changes_of(period), deadlines.exceptions_of(period))


def grant_exception(actor: Actor, *, period: Period, whom: str, last_day: date | None, reason: str) -> int:
    """Give a provider (IČO) or a service (registration identifier) more time, the last day included.

    Returns how many exceptions that makes: one, or one for each service that shares the identifier. Raises NotFound
    for a quarter that is not open; Invalid, by field, for somebody whom the register does not know, for a day that
    has passed or gives no more time than everybody has, and without a reason.
    """
    stored = deadlines.find_period(period)
    if stored is None:
        raise NotFound(_m("The kraj has not opened this quarter."))
    fields: dict[str, list[Message]] = {}
    targets = _addressed("".join(whom.split()))
    if not targets:
        fields["whom"] = [
            _m("The register knows no such provider or service. Write 8 digits of the IČO or 7 of the identifier.")
        ]
    if last_day is None:
        fields["last_day"] = [_m("Write the day as 20. 8. 2026.")]
    elif last_day < today():
        fields["last_day"] = [_m("This day has passed.")]
    elif last_day < stored.on_time_until:
        fields["last_day"] = [_m("Everybody has time until this day.")]
    why = reason.strip()[:MAX_REASON_CHARS]
    if not why:
        fields["reason"] = [_m("Write why more time is granted.")]
    if fields or last_day is None:
        raise Invalid(next(iter(fields.values()))[0], fields)
    until = last_day + timedelta(days=1)
    made = [
        ReturnException(
            period=str(period),
            provider_id=provider_id,
            service_id=service_id,
            until=until,
            ends_at_utc=midnight(until),
            reason=why,
            granted_at_utc=now_utc(),
            granted_by_user_id=actor.user_id,
            granted_by_name=actor.name,
        )
        for provider_id, service_id in targets
    ]
    db.session.add_all(made)
    db.session.flush()
    for one in made:
        audit.record(
            actor,
            "returns.exception.granted",
            object_kind="return_exception",
            object_key=one.id,
            details={"period": str(period), "to": whom, "last_day": last_day.isoformat(), "reason": why},
        )
    return len(made)


def withdraw_exception(actor: Actor, *, period: Period, exception_id: int, reason: str) -> None:
    """End an exception now; what was submitted under it stays on time.

    Raises NotFound, Invalid without a reason, Conflict when it has ended already.
    """
    stored = deadlines.find_exception(exception_id)
    if stored is None or stored.period != str(period):
        raise NotFound(_m("There is no such exception."))
    now = now_utc()
    if stored.ends_at_utc <= now:
        raise Conflict(_m("The exception has already ended."))
    why = reason.strip()[:MAX_REASON_CHARS]
    if not why:
        message = _m("Write why the exception is withdrawn.")
        raise Invalid(message, {f"reason-{exception_id}": [message]})
    stored.ends_at_utc = stored.withdrawn_at_utc = now
    stored.withdrawn_by_name, stored.withdrawn_reason = actor.name, why
    audit.record(
        actor,
        "returns.exception.withdrawn",
        object_kind="return_exception",
        object_key=exception_id,
        details={"period": str(period), "reason": why},
    )
    db.session.flush()


def _addressed(whom: str) -> list[tuple[int, int | None]]:
    if whom.isascii() and whom.isdigit() and len(whom) == ICO_DIGITS:
        return deadlines.find_addressed(ico=whom)
    if whom.isascii() and whom.isdigit() and len(whom) == IDENTIFIER_DIGITS:
        return deadlines.find_addressed(identifier=whom)
    return []
