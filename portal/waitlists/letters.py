"""The letter about the yearly confirmation to those who keep a waiting list. It tells services and numbers alone."""

from __future__ import annotations

from flask_babel import gettext, ngettext

from portal.core.config import Settings
from portal.core.mail import Mail
from portal.core.transaction import ConstraintViolated, transaction
from portal.waitlists.service import letters
from portal.waitlists.service.letters import DueConfirmationLetter, ServiceToConfirm
from portal.web.formats import day
from portal.web.languages import in_language


def compose(settings: Settings, due: DueConfirmationLetter) -> Mail:
    """The letter in the language of its reader."""
    with in_language(due.language):
        total = sum(one.count for one in due.services)
        subject = ngettext(
            "Confirm the interest of %(num)s applicant", "Confirm the interest of %(num)s applicants", total
        )
        lines = [
            gettext("Good day,"),
            "",
            gettext(
                "once a year it has to be confirmed that those who wait still want the service. Ask them and note it in"
                " the portal; what nobody confirms expires."
            ),
            "",
        ]
        for one in due.services:
            lines += _service(settings, one)
        lines += [
            gettext("If you cannot make it in time, write to %(email)s.", email=settings.contact_email),
            "",
            settings.region_name,
        ]
    return Mail(
        due.email, subject, "\n".join(lines).replace("\u00a0", " ") + "\n", f"confirm-{due.id}-{due.attempts + 1}"
    )


def _service(settings: Settings, one: ServiceToConfirm) -> list[str]:
    said = ngettext(
        "- %(name)s: %(num)s application, expires on %(day)s",
        "- %(name)s: %(num)s applications, the first expires on %(day)s",
        one.count,
        name=one.name,
        day=day(one.first_expires_on),
    )
    base = (settings.public_url or "").rstrip("/")
    return [said, *([f"  {base}/poradniky/{one.register_id}/potvrzeni"] if base else []), ""]


def plan_and_send(settings: Settings) -> dict[str, int]:
    """Plan what falls on today, then send all that waits; returns how many were planned, sent, failed and dropped."""
    planned = 0
    try:
        with transaction():
            planned = letters.plan_confirmation_letters(settings.confirm_letter_days)
    except ConstraintViolated:
        pass  # another worker planned the same at the same moment
    due = letters.due_confirmation_letters()
    return {"planned": planned, **letters.OUTBOX.post(settings, due, compose, is_void=lambda one: not one.services)}
