"""The letter to the kraj about an alarm of the vault."""

from __future__ import annotations

import logging

from flask_babel import gettext

from portal.core.config import Settings
from portal.core.mail import Mail, MailFailed, is_mail_set, send_mail
from portal.core.transaction import transaction
from portal.vault.types import Usage, Vault, VaultUnavailable
from portal.waitlists.service.alarms import record_new_alarms
from portal.web.formats import day
from portal.web.languages import in_language

log = logging.getLogger(__name__)


def tell_of_alarms(vault: Vault, settings: Settings) -> None:
    """Record what is new and write to the kraj's address; a letter that fails stays in the record of changes."""
    try:
        with transaction():
            new = record_new_alarms(vault)
    except VaultUnavailable as error:
        log.warning("alarms of the vault cannot be read: %s", error)
        return
    for usage in new if is_mail_set(settings) else ():
        try:
            send_mail(settings, write_alarm(settings, usage))
        except MailFailed as error:
            log.warning("the letter about an alarm of the vault did not go: %s", error.reason)


def write_alarm(settings: Settings, usage: Usage) -> Mail:
    """In Czech, the language of the kraj."""
    with in_language("cs"):
        subject = gettext("Alarm of the vault of codes: provider %(ico)s", ico=usage.provider)
        body = gettext(
            "On %(day)s the provider with IČO %(ico)s asked for %(points)s evaluations and %(people)s codes of persons;"
            " %(refused)s calls were refused. That is more than usual. Ask the provider whether it imported a list;"
            " otherwise somebody may be trying out identities under its account.",
            day=day(usage.day),
            ico=usage.provider,
            points=usage.points,
            people=usage.people,
            refused=usage.refused,
        )
    return Mail(settings.contact_email, subject, body + "\n", f"vault-alarm-{usage.provider}-{usage.day.isoformat()}")
