"""Work of the vacancies that the worker's clock starts: letters of alerts, the snapshot of the day."""

from __future__ import annotations

import logging
from datetime import datetime

from portal.core.config import Settings
from portal.core.jobs import recurring
from portal.core.mail import is_mail_set
from portal.core.transaction import ConstraintViolated, transaction
from portal.waitlists.vacancies.letters import plan_and_send
from portal.waitlists.vacancies.service import take_snapshot
from portal.waitlists.vacancies.types import Upkeep

EVERY_MINUTES = 15
SNAPSHOT_HOUR = 20  # in the evening, when what was written during the day is in

log = logging.getLogger(__name__)


def is_time_to_write(local: datetime, settings: Settings) -> bool:
    """Four times an hour from the hour of the reminders on: who was written to today is not written to again."""
    return local.hour >= settings.remind_hour and local.minute % EVERY_MINUTES == 0


@recurring("vacancy_alerts", is_time_to_write)
def write_alerts(settings: Settings) -> None:
    """Tell people of new free places; nothing where no mail can go."""
    if not is_mail_set(settings):
        return
    counts = plan_and_send(settings)
    if any(counts.values()):
        log.info("alerts of free places: %s", counts)


def is_time_to_count(local: datetime, _settings: Settings) -> bool:
    """Again until midnight, so that a worker that slept at that hour makes up for it."""
    return local.hour >= SNAPSHOT_HOUR and local.minute % EVERY_MINUTES == 0


@recurring("vacancy_snapshot", is_time_to_count)
def count_places(settings: Settings) -> None:
    """Keep what places and waiting lists are like today, once a day."""
    try:
        with transaction():
            taken = take_snapshot(Upkeep(settings.vacancy_stale_days, settings.vacancy_hidden_days))
    except ConstraintViolated:
        return  # another worker counted at the same moment
    if taken:
        log.info("places counted: services %s", taken)
