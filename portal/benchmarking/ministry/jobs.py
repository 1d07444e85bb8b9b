"""Work of the ministry's reporting in the background: letters about questions to providers."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from portal.benchmarking.ministry.letters import send_waiting
from portal.core.config import Settings
from portal.core.jobs import Report, job, recurring
from portal.core.mail import is_mail_set
from portal.core.permissions import Actor
from portal.core.settings import current_settings

SEND_JOB = "ministry.letters.send"
EVERY_MINUTES = 15

log = logging.getLogger(__name__)


@job(SEND_JOB)
def send_letters(_actor: Actor, _report: Report, _arguments: dict[str, Any]) -> dict[str, Any]:
    """Send what waits."""
    return send_waiting(current_settings())


def is_time_to_try(local: datetime, _settings: Settings) -> bool:
    return local.minute % EVERY_MINUTES == 0


@recurring("question-letters", is_time_to_try)
def try_again(settings: Settings) -> None:
    """Try letters that failed, or that a worker left behind; nothing where no mail can go."""
    if not is_mail_set(settings):
        return
    counts = send_waiting(settings)
    if any(counts.values()):
        log.info("letters about questions: %s", counts)
