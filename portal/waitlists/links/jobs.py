"""Linking in the background: every night by the worker's clock, and when somebody of the kraj asks for it."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from portal.core.clock import now_utc, today
from portal.core.config import Settings
from portal.core.jobs import Report, job, recurring, start_job
from portal.core.permissions import OPERATOR, Actor
from portal.core.transaction import transaction
from portal.vault.types import VaultUnavailable
from portal.waitlists.jobs import current_vault
from portal.waitlists.links import service

LINK_JOB = service.LINK_JOB
EVERY_MINUTES, AT_MINUTE = 15, 5

log = logging.getLogger(__name__)


@job(LINK_JOB)
def link_now(actor: Actor, _report: Report, _arguments: dict[str, Any]) -> dict[str, Any]:
    """Link all persons now."""
    try:
        service.do_linking(current_vault(), actor)
    except VaultUnavailable as error:
        log.warning("persons cannot be linked: %s", error)
        raise
    return {}


def is_linking_due(local: datetime, _settings: Settings) -> bool:
    """From five past midnight, before it is counted who waits elsewhere; a worker that slept makes up for it."""
    return local.minute % EVERY_MINUTES == AT_MINUTE


@recurring("person_links", is_linking_due)
def nightly(_settings: Settings) -> None:
    """Link all persons once a day, as a job: whether it failed and why is seen on the work list of the kraj."""
    if not service.is_linked_on(today()) and service.linking_state().may_start(now_utc()):
        with transaction():
            start_job(OPERATOR, LINK_JOB, {})
