"""Counting in the background."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from portal.core.clock import today
from portal.core.config import Settings
from portal.core.jobs import Report, job, recurring
from portal.core.permissions import Actor
from portal.core.settings import current_settings
from portal.disclosure import CountThresholds
from portal.waitlists import service as waitlists
from portal.waitlists.need import service

EVERY_MINUTES, MINUTE = 15, 7
FIRST_HOUR = 1
RECOUNT_JOB = "waitlists.need.recount"

log = logging.getLogger(__name__)


def public_limits() -> CountThresholds:
    """The rules that this portal sets for what it tells of waiting."""
    settings = current_settings()
    return CountThresholds(
        wait_persons=settings.wait_persons,
        wait_providers=settings.wait_providers,
        wait_share_percent=settings.wait_share_percent,
    )


def is_count_due(local: datetime, _settings: Settings) -> bool:
    """Between the quarters of an hour, so that the night's work on the lists has had its turn."""
    return local.hour >= FIRST_HOUR and local.minute % EVERY_MINUTES == MINUTE


@recurring("need", is_count_due)
def count_need(_settings: Settings) -> None:
    """Once a day, after the lists' own night: what expired then is counted as expired."""
    day = today()
    if not waitlists.is_night_done(day) or service.is_counted(day):
        return
    log.info("need: %s", service.recount(limits=public_limits()))


@job(RECOUNT_JOB)
def count_in_job(_actor: Actor, _report: Report, _arguments: dict[str, Any]) -> dict[str, Any]:
    """Count at once what is not counted yet; for a region that was only just filled."""
    return {"quarters": list(service.recount(limits=public_limits()).quarters)}
