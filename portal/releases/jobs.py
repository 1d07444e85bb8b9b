"""Releases in the background: files that are missing after a restore, and a region that was only just filled."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from portal.core.config import Settings
from portal.core.errors import Invalid
from portal.core.jobs import Report, job, recurring
from portal.core.permissions import Actor
from portal.core.settings import current_settings
from portal.core.transaction import reading
from portal.releases import service
from portal.releases.files import published_quarters, releases_folder
from portal.releases.types import State

MINUTE = 23  # of each hour
ALL_JOB = "releases.all"

log = logging.getLogger(__name__)


def is_look_due(local: datetime, _settings: Settings) -> bool:
    """Once an hour."""
    return local.minute == MINUTE


@recurring("releases", is_look_due)
def look_after_files(settings: Settings) -> None:
    """Write files that the folder lacks: the database was restored elsewhere, or the folder was lost."""
    folder = releases_folder(settings.instance_dir)
    done = service.write_missing_files(folder, existing=set(published_quarters(folder)))
    if done:
        log.info("releases: files of %s written again", ", ".join(done))


@job(ALL_JOB)
def publish_all(actor: Actor, report: Report, _arguments: dict[str, Any]) -> dict[str, Any]:
    """Prepare, audit and publish every closed quarter that is not published, the earliest first.

    For a region that was only just filled. A quarter that does not pass the audit stays as it is, for people to see.
    """
    folder = releases_folder(current_settings().instance_dir)
    with reading():
        waiting = [row.period for row in reversed(service.list_quarters(actor)) if row.state is not State.PUBLISHED]
    done, left = [], []
    for number, period in enumerate(waiting, start=1):
        try:
            service.build(actor, period)
            service.audit_release(actor, period)
            service.publish(actor, period, folder)
            done.append(str(period))
        except Invalid:  # nothing was told of it, or the audit opened it
            left.append(str(period))
        report(number, len(waiting))
    return {"published": done, "left": left}
