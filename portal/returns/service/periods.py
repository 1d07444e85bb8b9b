"""Quarters that the kraj opens for reporting."""

from __future__ import annotations

from datetime import date

from portal.core import audit
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.core.permissions import Actor
from portal.returns.definition import definition_for
from portal.returns.models import ReportingPeriod
from portal.returns.queries import single
from portal.returns.types import Period, ReportingDates


def open_period(actor: Actor, *, period: Period, on_time_until: date, closes_on: date) -> ReportingDates:
    """Open a quarter for reporting, or move the dates of one that is open.

    Both days are the first that no longer belong: ``on_time_until`` the first late one, ``closes_on`` the first
    closed one. Raises Invalid when they lie within the quarter, in the wrong order, or no form is valid for it.
    """
    definition_for(period)
    if on_time_until <= period.last_day:
        raise Invalid(_m("The quarter is not over on the day until which returns are on time."))
    if closes_on < on_time_until:
        raise Invalid(_m("The quarter cannot close before the day until which returns are on time."))
    stored = db.session.get(ReportingPeriod, str(period))
    if stored is None:
        stored = ReportingPeriod(period=str(period), opened_at_utc=now_utc())
        db.session.add(stored)
    stored.on_time_until, stored.closes_on = on_time_until, closes_on
    audit.record(
        actor,
        "returns.period.opened",
        object_kind="reporting_period",
        object_key=str(period),
        details={"on_time_until": on_time_until.isoformat(), "closes_on": closes_on.isoformat()},
    )
    db.session.flush()
    return single.dates_of(stored)


def list_periods() -> list[ReportingDates]:
    """All opened quarters, the latest first."""
    return single.list_periods()
