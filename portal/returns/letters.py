"""Text of the reminders, and sending them: what a person gets, in that person's language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask_babel import gettext, ngettext

from portal.core.clock import today
from portal.core.config import Settings
from portal.core.mail import Mail, MailFailed, send_mail
from portal.core.permissions import Actor
from portal.core.transaction import ConstraintViolated, transaction
from portal.returns.followup import Addressee, Letter
from portal.returns.service import reminders
from portal.returns.types import Period
from portal.web.formats import day
from portal.web.languages import in_language, say


def compose(settings: Settings) -> Callable[[Addressee, Period], Letter]:
    """The writer of letters of this portal."""

    def write(person: Addressee, period: Period) -> Letter:
        with in_language(person.language):
            return _written(settings, person, period)

    return write


def _written(settings: Settings, person: Addressee, period: Period) -> Letter:
    quarter, count = say(period.label), len(person.services)
    lines = [
        gettext("Good day,"),
        "",
        ngettext(
            "the return for %(period)s is still missing from %(num)s service:",
            "the returns for %(period)s are still missing from %(num)s services:",
            count,
            period=quarter,
        ),
        "",
    ]
    for one in person.services:
        if today() <= one.dates.last_day_on_time:
            until = gettext("on time until %(day)s", day=day(one.dates.last_day_on_time))
        else:
            until = gettext(
                "was due by %(day)s, can be handed in until %(last)s",
                day=day(one.dates.last_day_on_time),
                last=day(one.dates.last_day_open),
            )
        lines.append(f"- {one.service.provider_name}: {one.service.name} (§ {one.service.type_code}), {until}")
    lines.append("")
    if settings.public_url:
        lines += [
            gettext("You will find them here: %(address)s", address=f"{settings.public_url.rstrip('/')}/vykazy"),
            "",
        ]
    lines += [
        gettext("If you cannot make it in time, write to %(email)s.", email=settings.contact_email),
        "",
        settings.region_name,
    ]
    subject = gettext("Quarterly returns for %(period)s are missing", period=quarter)
    return Letter(subject, "\n".join(lines).replace("\u00a0", " ") + "\n")


def plan_and_send(actor: Actor, settings: Settings, on: date) -> dict[str, int]:
    """Plan what falls on the day, then send all that waits; returns how many were planned, sent, failed and dropped."""
    planned = 0
    for period, messages in reminders.plan_due(on, settings.remind_before_days, settings.remind_after_days):
        try:
            with transaction():
                planned += reminders.store_plan(actor, period, messages, compose(settings))
        except ConstraintViolated:
            continue  # another worker planned the same at the same moment
    return {"planned": planned, **send_waiting(settings)}


def send_waiting(settings: Settings) -> dict[str, int]:
    """Send all messages whose time has come, each for itself; a server that does not answer ends the round.

    Returns how many were sent, failed, and dropped since the returns came in meanwhile.
    """
    with transaction():
        reminders.give_up_stuck()
        due = reminders.due_messages()
        dropped = [one.key for one in due if one.person is None]
        reminders.drop_messages(dropped)
    write = compose(settings)
    sent = failed = 0
    for one in due:
        if one.person is None:
            continue
        letter = write(one.person, one.period)
        with transaction():
            if not reminders.claim_message(one.key, one.person, letter):
                continue
        error: MailFailed | None = None
        try:
            send_mail(settings, Mail(one.person.email, letter.subject, letter.body, one.key))
        except MailFailed as failure:
            error = failure
        with transaction():
            reminders.settle_message(one.key, None if error is None else error.reason)
        sent, failed = sent + (error is None), failed + (error is not None)
        if error is not None and error.is_unreachable:
            break
    return {"sent": sent, "failed": failed, "dropped": len(dropped)}
