"""Work of the returns in the background: letters that somebody asked for, daily reminders, large files of returns."""

from __future__ import annotations

import logging
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from portal.core.clock import today
from portal.core.config import Settings
from portal.core.errors import ImportRejected
from portal.core.jobs import Report, job, recurring
from portal.core.mail import is_mail_set
from portal.core.messages import _m
from portal.core.permissions import OPERATOR, Actor
from portal.core.settings import current_settings
from portal.returns.letters import plan_and_send, send_waiting
from portal.returns.taking import take_file
from portal.returns.types import Period
from portal.web.languages import in_language

SEND_JOB = "returns.reminders.send"
CHECK_JOB = "returns.file.check"
FILE_NAME = "file"
EVERY_MINUTES = 15

log = logging.getLogger(__name__)


@job(SEND_JOB)
def send_reminders(_actor: Actor, _report: Report, _arguments: dict[str, Any]) -> dict[str, Any]:
    """Send what waits."""
    return send_waiting(current_settings())


@job(CHECK_JOB)
def check_uploaded(actor: Actor, report: Report, arguments: dict[str, Any]) -> dict[str, Any]:
    """Preview an uploaded file of returns; the upload is deleted whatever happens."""
    folder = Path(arguments["folder"])
    try:
        with in_language(arguments["language"]):
            info = take_file(actor, folder / FILE_NAME, arguments["name"], Period.parse(arguments["period"]), report)
        return {"import_id": info.id}
    except ImportRejected as error:
        if not error.rows:
            raise
        row = error.rows[0]  # a job tells one sentence
        message = _m("%(fault)s Line %(row)s: %(what)s", fault=error.message, row=row.row or "", what=row.message)
        raise ImportRejected(message) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
