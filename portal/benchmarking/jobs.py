"""Documents of the comparison in the background, and what its clock does: publish groups, delete old documents."""

from __future__ import annotations

import io
import logging
from datetime import datetime
from typing import IO, Any

from portal.benchmarking.metrics import Span
from portal.benchmarking.reports.region import network_document, type_document
from portal.benchmarking.service.region_reports import (
    REPORT_JOB,
    drop_expired_reports,
    get_report,
    keep_content,
    read_types,
)
from portal.benchmarking.service.releases import publish_due
from portal.core.clock import now_utc
from portal.core.config import Settings
from portal.core.jobs import Report, job, recurring
from portal.core.permissions import OPERATOR, Actor
from portal.core.transaction import reading, transaction
from portal.web.languages import in_language
from portal.web.pdf import write_pdf

log = logging.getLogger(__name__)

MINUTE = 7  # of each hour
PUBLISH_EVERY_MINUTES = 15


def write_region_report(actor: Actor, span: Span, type_code: str | None, target: IO[bytes], report: Report) -> None:
    """The document of one type or of the whole network, in the language that is spoken now.

    Half of the progress is reading, half laying out. Raises as ``read_types`` does.
    """
    with reading():
        readings = read_types(actor, span, type_code, passed=lambda done, total: report(done, 2 * total))
    made_at = now_utc()
    if type_code is not None:
        document = type_document(readings[0], made_at)
    else:
        document = network_document(readings, span, made_at, passed=lambda done, total: report(total + done, 2 * total))
    write_pdf(document, target)
    report(1, 1)


@job(REPORT_JOB)
def make_region_report(actor: Actor, report: Report, arguments: dict[str, Any]) -> dict[str, Any]:
    """Make the document that somebody asked for. Its content goes into the one row that the asker reads."""
    with reading():
        info = get_report(actor, arguments["report_id"])
    target = io.BytesIO()
    with in_language(info.language):
        write_region_report(actor, info.span, info.type_code, target, report)
    with transaction():
        kept = keep_content(info.id, target.getvalue())
    return {"kept": kept}


def is_time_to_delete(local: datetime, _settings: Settings) -> bool:
    return local.minute == MINUTE


@recurring("region_reports", is_time_to_delete)
def delete_expired(_settings: Settings) -> None:
    """Delete documents whose time is over."""
    with transaction():
        count = drop_expired_reports()
    if count:
        log.info("%s reports of the comparison deleted after their time", count)


def is_time_to_publish(local: datetime, settings: Settings) -> bool:
    """Four times an hour, so that a quarter follows soon after the last decision that it waited for."""
    return settings.publish_groups_after is not None and local.minute % PUBLISH_EVERY_MINUTES == 0


@recurring("groups", is_time_to_publish)
def publish_by_the_clock(settings: Settings) -> None:
    """Publish the groups of quarters that are due; nothing where people alone publish."""
    if settings.publish_groups_after is None:
        return
    for period in publish_due(OPERATOR, settings.publish_groups_after):
        log.info("groups of %s published", period)
