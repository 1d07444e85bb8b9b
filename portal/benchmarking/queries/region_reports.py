"""SELECTs of the documents of the comparison, without their content unless it is asked for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, delete, select

from portal.benchmarking.models import RegionReport
from portal.catalog.models import Service
from portal.core.db import db
from portal.core.jobs import Job


def _asked(user_id: int, now: datetime) -> Select[RegionReport, str]:
    return (
        select(RegionReport, Job.state)
        .join(Job, Job.id == RegionReport.job_id)
        .where(RegionReport.user_id == user_id, RegionReport.expires_at_utc > now)
        .order_by(RegionReport.asked_at_utc.desc(), RegionReport.id)
    )


def region_reports(user_id: int, now: datetime) -> list[tuple[RegionReport, str]]:
    """Documents of a user that have not expired, the latest first, with the states of their jobs."""
    return [(row, state) for row, state in db.session.execute(_asked(user_id, now))]


def region_report(user_id: int, report_id: str, now: datetime) -> tuple[RegionReport, str] | None:
    found = db.session.execute(_asked(user_id, now).where(RegionReport.id == report_id)).one_or_none()
    return None if found is None else (found[0], found[1])


def region_report_content(report_id: str) -> bytes | None:
    return db.session.scalar(select(RegionReport.content).where(RegionReport.id == report_id))


def delete_expired_reports(now: datetime) -> int:
    """Returns how many there were."""
    result: Any = db.session.execute(delete(RegionReport).where(RegionReport.expires_at_utc <= now))
    count: int = result.rowcount
    return count


def types_that_worked(first_day: date, last_day: date) -> set[str]:
    """Types of services that worked on one of the days."""
    return set(
        db.session.scalars(select(Service.type_code).where(Service.worked_between(first_day, last_day)).distinct())
    )
