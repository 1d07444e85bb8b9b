"""Dates of the quarters for the kraj.

A key worker comes when a provider calls that it will not make it, or when the kraj moves the date for all; they fear
to close the door to somebody by mistake, and to be asked a year later why one provider had more time than another.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext

from portal.core.clock import now_utc
from portal.core.errors import Conflict, Invalid
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.core.transaction import transaction
from portal.returns import service
from portal.returns.types import Period, ReportingDates
from portal.returns.views.pages import Answer, bp, parse_period
from portal.web.formats import day
from portal.web.gate import current_actor, requires
from portal.web.languages import say

Errors = dict[str, list[str]]

FIRST_YEAR, LAST_YEAR = 2000, 2999


@bp.get("/vykazy/terminy")
@requires(Permission.RETURN_BOARD)
def deadlines() -> Answer:
    """All opened quarters with their dates."""
    return _list_page({}, {})


@bp.post("/vykazy/terminy")
@requires(Permission.RETURN_DEADLINES)
def open_quarter() -> Answer:
    """Open another quarter for reporting."""
    given = _given("period", "on_time", "closes")
    try:
        period = Period.parse(given["period"].strip().upper())
    except Invalid as error:
        return _list_page(given, {"period": [say(error.message)]}), 422
    if any(dates.period == period for dates in service.list_periods()):
        return redirect(url_for("returns.quarter_deadlines", period=str(period)), code=303)
    try:
        with transaction():
            on_time_until, closes_on = _days(given)
            service.open_period(current_actor(), period=period, on_time_until=on_time_until, closes_on=closes_on)
    except Invalid as error:
        return _list_page(given, _said(error, "period")), 422
    flash(gettext("The quarter is open for reporting."), "success")
    return redirect(url_for("returns.quarter_deadlines", period=str(period)), code=303)


@bp.get("/vykazy/terminy/<period>")
@requires(Permission.RETURN_BOARD)
def quarter_deadlines(period: str) -> Answer:
    """Dates of one quarter, their history, exceptions; the forms for those who may change them."""
    return _quarter_page(parse_period(period), {"whom": request.args.get("komu", "").strip()[:20]}, {})


@bp.post("/vykazy/terminy/<period>")
@requires(Permission.RETURN_DEADLINES)
def move_deadlines(period: str) -> Answer:
    """Other dates of the quarter, for everybody."""
    quarter = parse_period(period)
    service.read_deadlines(quarter)
    given = _given("on_time", "closes", "reason", "seen")
    try:
        with transaction():
            on_time_until, closes_on = _days(given)
            service.open_period(
                current_actor(),
                period=quarter,
                on_time_until=on_time_until,
                closes_on=closes_on,
                reason=given["reason"],
                seen=_seen(quarter, given),
            )
    except Invalid as error:
        return _quarter_page(quarter, given, _said(error, "on_time")), 422
    except Conflict as error:
        given.pop("seen")
        return _quarter_page(quarter, given, {"on_time": [say(error.message)]}), 409
    flash(gettext("The dates are saved."), "success")
    return redirect(url_for("returns.quarter_deadlines", period=period), code=303)


@bp.post("/vykazy/terminy/<period>/vyjimky")
@requires(Permission.RETURN_DEADLINES)
def grant_exception(period: str) -> Answer:
    """More time for a provider or a service."""
    quarter = parse_period(period)
    given = _given("whom", "last_day", "exception_reason")
    try:
        with transaction():
            granted = service.grant_exception(
                current_actor(),
                period=quarter,
                whom=given["whom"],
                last_day=parse_day(given["last_day"]),
                reason=given["exception_reason"],
            )
    except Invalid as error:
        errors = _said(error, "whom")
        if "reason" in errors:
            errors["exception_reason"] = errors.pop("reason")
        return _quarter_page(quarter, given, errors), 422
    flash(ngettext("More time is granted.", "More time is granted to %(num)s services.", granted), "success")
    return redirect(url_for("returns.quarter_deadlines", period=period), code=303)


@bp.post("/vykazy/terminy/<period>/vyjimky/<int:exception_id>/odvolani")
@requires(Permission.RETURN_DEADLINES)
def withdraw_exception(period: str, exception_id: int) -> Answer:
    """End an exception before its day."""
    quarter = parse_period(period)
    name = f"reason-{exception_id}"
    given = _given(name)
    try:
        with transaction():
            service.withdraw_exception(current_actor(), period=quarter, exception_id=exception_id, reason=given[name])
    except (Invalid, Conflict) as error:
        page = _quarter_page(quarter, given, {name: [say(error.message)]})
        return page, 409 if isinstance(error, Conflict) else 422
    flash(gettext("The exception has ended."), "success")
    return redirect(url_for("returns.quarter_deadlines", period=period), code=303)


@bp.get("/vykazy/terminy/<period>/vyjimky")
@bp.get("/vykazy/terminy/<period>/vyjimky/<int:exception_id>/odvolani")
@requires(Permission.RETURN_BOARD)
def after_exception(period: str, exception_id: int | None = None) -> Answer:
    """A page that answered the sending of a form has the form's address; whoever opens it again gets the quarter."""
    quarter = service.read_deadlines(parse_period(period)).dates.period
    return redirect(url_for("returns.quarter_deadlines", period=str(quarter)), code=303)


def parse_day(text: str) -> date | None:
    """A day as a browser sends it (2026-08-20) or as Czechs write it (20. 8. 2026); None for anything else."""
    text = "".join(text.split())
    try:
        if "." in text:
            day_, month, year = (int(part) for part in text.strip(".").split("."))
            text = f"{year:04}-{month:02}-{day_:02}"
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _given(*names: str) -> dict[str, str]:
    return {name: request.form.get(name, "") for name in names}


def _days(given: dict[str, str]) -> tuple[date, date]:
    """People write the last day that still belongs; kept is the first that no longer does. Raises Invalid."""
    lasts = {name: parse_day(given[name]) for name in ("on_time", "closes")}
    on_time, closes = lasts.values()
    if on_time is None or closes is None:
        message = _m("Write the day as 20. 8. 2026.")
        raise Invalid(message, {name: [message] for name, last in lasts.items() if last is None})
    return on_time + timedelta(days=1), closes + timedelta(days=1)


def _seen(period: Period, given: dict[str, str]) -> ReportingDates:
    try:
        on_time, closes = (date.fromisoformat(part) for part in given["seen"].split("/"))
    except ValueError:
        raise Invalid(_m("The form is not complete. Load the page again.")) from None
    return ReportingDates(period, on_time, closes)


def _said(error: Invalid, otherwise: str) -> Errors:
    fields = error.fields or {otherwise: [error.message]}
    return {name: [say(message) for message in messages] for name, messages in fields.items()}


def _list_page(given: dict[str, str], errors: Errors) -> str:
    periods = service.list_periods()
    following = periods[0].period.next if periods else Period.of(now_utc().date()).previous
    return render_template(
        "returns/deadlines.html",
        periods=periods,
        given={"period": str(following), **given},
        errors=errors,
        now=now_utc(),
        may_edit=current_actor().can(Permission.RETURN_DEADLINES),
    )


def _quarter_page(period: Period, given: dict[str, Any], errors: Errors) -> str:
    quarter = service.read_deadlines(period)
    dates = quarter.dates
    return render_template(
        "returns/quarter_deadlines.html",
        quarter=quarter,
        dates=dates,
        given={
            "on_time": day(dates.last_day_on_time),
            "closes": day(dates.last_day_open),
            "seen": f"{dates.on_time_until}/{dates.closes_on}",
            **given,
        },
        errors=errors,
        now=now_utc(),
        may_edit=current_actor().can(Permission.RETURN_DEADLINES),
    )
