"""Linking in the background: every night by the worker's clock, and when somebody of the kraj asks for it."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from portal.core.clock import today
from portal.core.config import Settings
from portal.core.jobs import Report, job, recurring
from portal.core.permissions import Actor
from portal.vault.types import VaultUnavailable
from portal.waitlists.jobs import current_vault
from portal.waitlists.links import service

LINK_JOB = "waitlists.links.run"
EVERY_MINUTES, AT_MINUTE = 15, 5

log = logging.getLogger(__name__)


@job(LINK_JOB)
def link_now(actor: Actor, _report: Report, _arguments: dict[str, Any]) -> dict[str, Any]:
    """Link all persons now."""
    service.do_linking(current_vault(), actor)
    return {}


def is_linking_due(local: datetime, _settings: Settings) -> bool:
    """From five past midnight, before it is counted who waits elsewhere; a worker that slept makes up for it."""
    return local.minute % EVERY_MINUTES == AT_MINUTE


@recurring("person_links", is_linking_due)
def nightly(_settings: Settings) -> None:
    """Link all persons once a day."""
    if service.is_linked_on(today()):
        return
    try:
        service.do_linking(current_vault())
    except VaultUnavailable as error:
        log.warning("persons cannot be linked: %s", error)
