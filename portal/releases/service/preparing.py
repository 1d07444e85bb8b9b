"""How preparing in the background stands: what runs, and why the last attempt at a quarter failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.core.clock import now_utc
from portal.core.jobs import JobState, job_failure
from portal.core.messages import Message, _m
from portal.releases import queries

PREPARE_JOB = "releases.prepare"
STUCK_AFTER = timedelta(hours=1)  # a quarter takes seconds: a job open for so long has lost its worker


@dataclass(frozen=True)
class Preparation:
    """The last time that a quarter was prepared from the page; ``failure`` None while it runs and if it ended well."""

    begun_at: datetime
    is_running: bool
    failure: Message | None


def preparations() -> Mapping[str, Preparation]:
    """By quarter. One statement."""
    found: dict[str, Preparation] = {}
    for job in queries.jobs(PREPARE_JOB):
        period = str(job.arguments["period"])
        if period not in found:  # the youngest comes first
            is_open = job.state in (JobState.WAITING, JobState.RUNNING)
            is_stuck = is_open and job.created_at_utc < now_utc() - STUCK_AFTER
            failure = _m("The preparation never came to its end. Start it again.") if is_stuck else job_failure(job)
            found[period] = Preparation(job.created_at_utc, is_open and not is_stuck, failure)
    return found
