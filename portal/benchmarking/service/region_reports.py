"""Documents of the comparison for the kraj: what they tell, and how long and for whom they are kept.

A document holds exact figures of single providers. It is kept in the database, since whoever makes it and whoever hands
it over may be different machines; for the person alone who asked for it, for a day, and for that person to delete.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.benchmarking import queries
from portal.benchmarking.metrics import Catalogue, Span, parse_span
from portal.benchmarking.models import RegionReport
from portal.benchmarking.norms import norm_on
from portal.benchmarking.service.comparison import list_lines
from portal.benchmarking.service.metrics import current_catalogue
from portal.benchmarking.service.norms import current_norms
from portal.benchmarking.service.region import Standing, Wish, check_region, check_type, days_of, standing
from portal.benchmarking.service.series import Series, series
from portal.benchmarking.types import Norm
from portal.catalog.types import service_types
from portal.core import audit
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.errors import Forbidden, NotFound
from portal.core.jobs import JobState, start_job
from portal.core.messages import _m
from portal.core.permissions import Actor

REPORT_JOB = "benchmarking.region-report"
KEPT_FOR = timedelta(hours=24)
MAX_KEPT = 10  # documents of one person; the oldest makes room for a new one
QUARTERS = 12  # of the series in a document

audit.name_actions(
    {"region_report.asked": _m("PDF report of the comparison asked for")},
    kinds={"region_report": _m("PDF report of the comparison")},
)


@dataclass(frozen=True)
class LineReading:
    """One measure and form of a type: all its services in the period, and the quarters that led there."""

    standing: Standing
    series: Series


@dataclass(frozen=True)
class TypeReading:
    """A type on its measures with a norm (on its first measure where none of them has one)."""

    type_code: str
    span: Span
    lines: tuple[LineReading, ...]


def read_types(
    actor: Actor, span: Span, type_code: str | None = None, *, passed: Callable[[int, int], None] = lambda _d, _t: None
) -> list[TypeReading]:
    """One type, or all that had a service at work in the period, in the order of the Act.

    A number of queries for each type and measure, whatever the number of services. ``passed(done, total)`` is called
    after each type. Raises Forbidden, Invalid for an unknown type or a metric that cannot be evaluated.
    """
    check_region(actor)
    if type_code is not None:
        check_type(type_code)
        codes = [type_code]
    else:
        present = queries.types_that_worked(*days_of(span))
        codes = [code for code in service_types() if code in present]
    catalogue, norms = current_catalogue(), current_norms()
    found = []
    for place, code in enumerate(codes, start=1):
        found.append(TypeReading(code, span, tuple(_lines(actor, code, span, catalogue, norms))))
        passed(place, len(codes))
    return found


def _lines(
    actor: Actor, type_code: str, span: Span, catalogue: Catalogue, norms: Sequence[Norm]
) -> Iterator[LineReading]:
    lines = list_lines(type_code, norms)
    last_day = days_of(span)[1]
    normed = [line for line in lines if norm_on(norms, line, last_day) is not None]
    for line in normed or lines[:1]:
        wish = Wish(type_code, line.measure.metric, line.form, span)
        yield LineReading(
            standing(actor, wish, catalogue=catalogue),
            series(actor, wish, count=QUARTERS, register_id=None, catalogue=catalogue),
        )


# Documents that were asked for.


@dataclass(frozen=True)
class ReportInfo:
    """A document without its content. ``job_state`` is what the job that makes it says."""

    id: str
    job_id: str
    type_code: str | None  # None: the whole network
    span: Span
    language: str
    size: int
    job_state: JobState
    asked_at_utc: datetime
    made_at_utc: datetime | None
    expires_at_utc: datetime

    @property
    def is_made(self) -> bool:
        return self.made_at_utc is not None

    @property
    def is_open(self) -> bool:
        return self.job_state in (JobState.WAITING, JobState.RUNNING)


def ask_report(actor: Actor, *, type_code: str | None, span: Span, language: str) -> str:
    """Have a document made, within a unit of work; one that is being made already is not begun anew. Returns its id.

    Raises Forbidden, Invalid for an unknown type.
    """
    user_id = _reader(actor)
    if type_code is not None:
        check_type(type_code)
    now = now_utc()
    queries.delete_expired_reports(now)
    own = _reports(user_id, now)
    wanted = (type_code, span, language)
    for each in own:
        if each.is_open and (each.type_code, each.span, each.language) == wanted:
            return each.id
    for each in own[MAX_KEPT - 1 :]:
        db.session.delete(db.session.get_one(RegionReport, each.id))
    row = RegionReport(
        id=uuid.uuid4().hex, user_id=user_id, type_code=type_code, period=str(span), language=language, size=0
    )
    row.asked_at_utc, row.expires_at_utc = now, now + KEPT_FOR
    row.job_id = start_job(actor, REPORT_JOB, {"report_id": row.id})
    db.session.add(row)
    details = {"type": type_code, "period": str(span)}
    audit.record(actor, "region_report.asked", object_kind="region_report", object_key=row.id, details=details)
    db.session.flush()
    return row.id


def list_reports(actor: Actor) -> list[ReportInfo]:
    """The actor's documents, the latest first. Raises Forbidden."""
    return _reports(_reader(actor), now_utc())


def get_report(actor: Actor, report_id: str) -> ReportInfo:
    """Raises Forbidden, NotFound for one that is somebody else's, expired or deleted."""
    found = queries.region_report(_reader(actor), report_id, now_utc())
    if found is None:
        raise NotFound(_m("There is no such report. Reports are deleted after a day."))
    return _info(*found)


def report_content(actor: Actor, report_id: str) -> tuple[ReportInfo, bytes]:
    """The document itself. Raises as ``get_report`` does, NotFound also while it is not made."""
    info = get_report(actor, report_id)
    content = queries.region_report_content(report_id)
    if content is None:
        raise NotFound(_m("The report is not made yet."))
    return info, content


def delete_report(actor: Actor, report_id: str) -> None:
    """Raises as ``get_report`` does."""
    db.session.delete(db.session.get_one(RegionReport, get_report(actor, report_id).id))
    db.session.flush()


def keep_content(report_id: str, content: bytes) -> bool:
    """Keep what a job made; False where nobody waits for it any more."""
    row = db.session.get(RegionReport, report_id)
    if row is None:
        return False
    row.content, row.size, row.made_at_utc = content, len(content), now_utc()
    db.session.flush()
    return True


def drop_expired_reports() -> int:
    """Delete documents whose time is over. Returns how many there were."""
    return queries.delete_expired_reports(now_utc())


def _reports(user_id: int, now: datetime) -> list[ReportInfo]:
    return [_info(row, state) for row, state in queries.region_reports(user_id, now)]


def _info(row: RegionReport, state: str) -> ReportInfo:
    return ReportInfo(
        id=row.id,
        job_id=row.job_id,
        type_code=row.type_code,
        span=parse_span(row.period),
        language=row.language,
        size=row.size,
        job_state=JobState(state),
        asked_at_utc=row.asked_at_utc,
        made_at_utc=row.made_at_utc,
        expires_at_utc=row.expires_at_utc,
    )


def _reader(actor: Actor) -> int:
    check_region(actor)
    if actor.user_id is None:
        raise Forbidden(_m("Reports are kept for people who sign in."))
    return actor.user_id
