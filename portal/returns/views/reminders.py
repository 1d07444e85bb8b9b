"""Reminders that the kraj sends by hand, and what became of all of them.

A key worker comes some days before the date or after it and writes to everybody at once; they fear to write to
somebody who has sent everything, to write twice, and to believe that a letter went when it did not.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext

from portal.core.errors import Invalid
from portal.core.jobs import start_job
from portal.core.mail import is_mail_set
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.core.settings import current_settings
from portal.core.transaction import ConstraintViolated, transaction
from portal.returns import service
from portal.returns.followup import REMINDER_STATES, Letter, ReminderPlan
from portal.returns.jobs import SEND_JOB
from portal.returns.letters import compose
from portal.returns.service.manual_reminders import NOW
from portal.returns.service.reminders import store_plan
from portal.returns.types import Period
from portal.returns.views.overview import FollowUp, asked_or_404, follow_up_context, read_follow_up
from portal.returns.views.pages import Answer, bp, parse_period
from portal.web.gate import current_actor, requires
from portal.web.languages import LANGUAGES, say

ROWS_PER_PAGE = 50
STATE_NAMES = {
    "waiting": _m("waits for sending"),
    "sending": _m("being sent"),
    "failed": _m("failed"),
    "sent": _m("sent"),
    "dropped": _m("not needed any more"),
}
STATE_COLOURS = {"waiting": "blue", "sending": "blue", "failed": "red", "sent": "green", "dropped": "grey"}


@bp.get("/vykazy/pripominky")
@requires(Permission.RETURN_REMIND)
def reminders() -> Answer:
    """Whom a reminder would go to now and what it says."""
    asked = read_follow_up()
    if asked is None:
        return render_template("returns/reminders.html", asked=None, errors={})
    return _preview(asked, request.args.get("pripominka", "") or NOW)


@bp.post("/vykazy/pripominky")
@requires(Permission.RETURN_REMIND)
def send_reminders() -> Answer:
    """Plan the letters and let the worker send them; the same kind never goes twice to one person."""
    asked, settings = asked_or_404(), current_settings()
    period = asked.wanted.dates.period
    try:
        if not is_mail_set(settings):
            raise Invalid(_m("No mail can be sent: set PORTAL_SMTP_URL."))
        with transaction():
            plan = _plan(asked, request.form.get("pripominka", ""))
            count = len(plan.planned)
            if count:
                store_plan(current_actor(), period, plan.planned, compose(settings))
                start_job(current_actor(), SEND_JOB, {})
    except Invalid as error:
        errors = {name: [say(message) for message in messages] for name, messages in error.fields.items()}
        return _preview(asked, NOW, errors or {"": [say(error.message)]}), 422
    except ConstraintViolated:
        count = 0  # the same was sent at the same moment, mostly by a second click
    if count:
        flash(ngettext("%(num)s letter is on its way.", "%(num)s letters are on their way.", count), "success")
    else:
        flash(gettext("Nothing new was sent: everybody chosen has this reminder, or has handed in."), "warning")
    return redirect(url_for("returns.sent_reminders", period=str(period)), code=303)


@bp.get("/vykazy/pripominky/<period>")
@requires(Permission.RETURN_BOARD)
def sent_reminders(period: str) -> Answer:
    """What was sent, what failed, what waits."""
    return _sent_page(parse_period(period), {})


@bp.post("/vykazy/pripominky/<period>/znovu")
@requires(Permission.RETURN_REMIND)
def retry_reminders(period: str) -> Answer:
    """Try failed letters again: the one whose key is sent, otherwise all of the quarter."""
    quarter = service.read_deadlines(parse_period(period)).dates.period
    if not is_mail_set(current_settings()):
        return _sent_page(quarter, {"": [gettext("No mail can be sent: set PORTAL_SMTP_URL.")]}), 422
    with transaction():
        count = service.try_again(current_actor(), quarter, request.form.get("key") or None)
        if count:
            start_job(current_actor(), SEND_JOB, {})
    if count:
        flash(ngettext("%(num)s letter is tried again.", "%(num)s letters are tried again.", count), "success")
    else:
        flash(gettext("There is nothing to try again."), "warning")
    return redirect(url_for("returns.sent_reminders", period=period), code=303)


@bp.get("/vykazy/pripominky/<period>/znovu")
@requires(Permission.RETURN_BOARD)
def after_retry(period: str) -> Answer:
    """A page that answered the sending of a form has the form's address; whoever opens it again gets the list."""
    quarter = service.read_deadlines(parse_period(period)).dates.period
    return redirect(url_for("returns.sent_reminders", period=str(quarter)), code=303)


def _plan(asked: FollowUp, kind: str) -> ReminderPlan:
    settings = current_settings()
    return service.plan_by_hand(asked.wanted, kind, settings.remind_before_days, settings.remind_after_days)


def _preview(asked: FollowUp, kind: str, errors: dict[str, list[str]] | None = None) -> str:
    settings = current_settings()
    plan = _plan(asked, kind)
    people = [one.addressee for one in plan.planned]
    write = compose(settings)
    letters: dict[str, Letter] = {}
    for person in people:  # one letter shows them all, in each language that somebody reads
        if person.language not in letters:
            letters[person.language] = write(person, asked.wanted.dates.period)
    pages = max(1, -(-len(people) // ROWS_PER_PAGE))
    page = min(max(asked.page, 1), pages)
    kinds = service.kinds_by_hand(settings.remind_before_days, settings.remind_after_days)
    context = follow_up_context(asked)
    return render_template(
        "returns/reminders.html",
        **context | {"page_address": lambda number: asked.address("returns.reminders", pripominka=kind, strana=number)},
        errors=errors or {},
        kinds=[(code, say(name)) for code, name in kinds],
        kind=kind,
        people=people[(page - 1) * ROWS_PER_PAGE : page * ROWS_PER_PAGE],
        count=len(people),
        had=plan.had,
        page=page,
        pages=pages,
        letters=[(code, LANGUAGES.get(code, code), letter) for code, letter in sorted(letters.items())],
        languages=LANGUAGES,
        may_mail=is_mail_set(settings),
        as_files=settings.smtp_url is None,
    )


def _sent_page(period: Period, errors: dict[str, list[str]]) -> str:
    dates = service.read_deadlines(period).dates
    state, page = request.args.get("stav", ""), request.args.get("strana", "1")
    if state not in ("", *REMINDER_STATES) or not (page.isascii() and page.isdigit() and len(page) < 7):
        raise Invalid(_m("The list cannot be shown in this way. Choose from what is offered."))
    found = service.list_sent(dates, state=state, page=int(page))

    def address(page: int = 1, state: str = state) -> str:
        given = {"stav": state, "strana": str(page) if page > 1 else ""}
        chosen = {name: value for name, value in given.items() if value}
        return url_for("returns.sent_reminders", period=str(period), **chosen)  # type: ignore[arg-type]  # texts only

    return render_template(
        "returns/reminders_sent.html",
        dates=dates,
        found=found,
        state=state,
        errors=errors,
        states=[(code, say(name)) for code, name in STATE_NAMES.items()],
        state_names={code: say(name) for code, name in STATE_NAMES.items()},
        state_colours=STATE_COLOURS,
        kind_names=lambda kinds: ", ".join(dict.fromkeys(say(service.kind_name(kind)) for kind in kinds)),
        address=address,
        may_remind=current_actor().can(Permission.RETURN_REMIND),
    )
