"""Work of the returns in the background: sending letters that somebody asked for, and the daily reminders."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from flask import current_app

from portal.core.clock import today
from portal.core.config import Settings
from portal.core.jobs import Report, job, recurring
from portal.core.mail import is_mail_set
from portal.core.permissions import OPERATOR, Actor
from portal.returns.letters import plan_and_send, send_waiting

SEND_JOB = "returns.reminders.send"
EVERY_MINUTES = 15

log = logging.getLogger(__name__)


@job(SEND_JOB)
def send_reminders(_actor: Actor, _report: Report, _arguments: dict[str, Any]) -> dict[str, Any]:
    """Send what waits."""
    return send_waiting(current_app.extensions["portal_settings"])


def is_time_to_remind(local: datetime, settings: Settings) -> bool:
    """Four times an hour from the hour that is set until midnight.

    What was planned once is never planned again, so the later rounds only try again what failed, and make up for a
    worker that did not run at that hour.
    """
    return local.hour >= settings.remind_hour and local.minute % EVERY_MINUTES == 0


@recurring("reminders", is_time_to_remind)
def remind_daily(settings: Settings) -> None:
    """Plan and send the reminders that fall on today; nothing where no mail can go."""
    if not is_mail_set(settings):
        return
    counts = plan_and_send(OPERATOR, settings, today())
    if any(counts.values()):
        log.info("reminders: %s", counts)
