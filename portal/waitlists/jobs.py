"""Work of the waiting lists that the worker's clock starts."""

from __future__ import annotations

import logging
from datetime import datetime

from flask import current_app

from portal.core.clock import today
from portal.core.config import Settings
from portal.core.jobs import recurring
from portal.core.mail import is_mail_set
from portal.vault.types import Vault
from portal.waitlists import service
from portal.waitlists.alarms import tell_of_alarms
from portal.waitlists.letters import plan_and_send

EVERY_MINUTES = 15
FIRST_HOUR = 1
ALARM_MINUTES = 5

log = logging.getLogger(__name__)


def current_vault() -> Vault:
    """The vault of this application."""
    vault: Vault = current_app.extensions["portal_vault"]
    return vault


def is_night_due(local: datetime, _settings: Settings) -> bool:
    """Asked again four times an hour from one o'clock on: what is done for the day is not done again, and a worker that
    slept through the night makes up for it.
    """
    return local.hour >= FIRST_HOUR and local.minute % EVERY_MINUTES == 0


@recurring("waitlists", is_night_due)
def nightly(_settings: Settings) -> None:
    """Expire, count who waits elsewhere, ask for confirmations, freeze the quarter that ended."""
    if service.is_night_done(today()):
        return
    log.info("waiting lists: %s", service.do_night(current_vault()))


def is_time_to_write(local: datetime, settings: Settings) -> bool:
    """Four times an hour from the hour of the reminders on: later rounds only try again what failed."""
    return local.hour >= settings.remind_hour and local.minute % EVERY_MINUTES == 0


@recurring("confirmation_letters", is_time_to_write)
def ask_for_confirmations(settings: Settings) -> None:
    """Write to those who keep waiting lists what is to be confirmed; nothing where no mail can go."""
    if not is_mail_set(settings):
        return
    counts = plan_and_send(settings)
    if any(counts.values()):
        log.info("letters about confirmations: %s", counts)


def is_alarm_due(local: datetime, _settings: Settings) -> bool:
    """Every five minutes."""
    return local.minute % ALARM_MINUTES == 0


@recurring("vault_alarms", is_alarm_due)
def watch_vault(settings: Settings) -> None:
    """Tell the kraj of a provider that asks for very many codes."""
    tell_of_alarms(current_vault(), settings)
