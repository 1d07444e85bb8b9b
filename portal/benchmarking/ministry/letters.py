"""Letters that tell a provider's people of a question about a difference: their text, and sending them.

A letter holds no figure and not the question either, which may hold one: only where to read it.
"""

from __future__ import annotations

from flask_babel import gettext

from portal.benchmarking.ministry.service import letters
from portal.benchmarking.ministry.service.letters import DueLetter
from portal.core.config import Settings
from portal.core.mail import Mail
from portal.core.transaction import transaction
from portal.web.languages import in_language


def compose(settings: Settings, due: DueLetter) -> Mail:
    """The letter in the language of its reader."""
    with in_language(due.language):
        lines = [
            gettext("Good day,"),
            "",
            gettext(
                "the region has a question about a figure of %(year)s of the service %(service)s (%(provider)s) that"
                " the ministry has otherwise than your returns.",
                year=due.year,
                service=due.service_name,
                provider=due.provider_name,
            ),
            "",
        ]
        path = f"/srovnani/dotazy/{due.year}/{due.register_id}/{due.item}"
        if settings.public_url:
            address = f"{settings.public_url.rstrip('/')}{path}"
            lines += [gettext("Read it and answer here, after you sign in: %(address)s", address=address), ""]
        else:
            lines += [gettext("Sign in to the portal and open “Questions of the region about returns”."), ""]
        lines += [gettext("If anything is unclear, write to %(email)s.", email=settings.contact_email), ""]
        subject = gettext("A question about a yearly figure of your service")
    body = "\n".join([*lines, settings.region_name]).replace("\u00a0", " ") + "\n"
    return Mail(due.email, subject, body, f"question-{due.id}-{due.attempts + 1}")


def send_waiting(settings: Settings) -> dict[str, int]:
    """Send all letters whose time has come, each for itself; a server that does not answer ends the round.

    Returns how many were sent, failed, and dropped since the question was answered or settled meanwhile.
    """
    with transaction():
        dropped = letters.drop_settled()
        due = letters.due_letters()
    counts = letters.OUTBOX.post(settings, due, compose)
    return {**counts, "dropped": dropped}
