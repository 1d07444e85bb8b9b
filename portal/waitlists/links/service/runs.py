"""How linking in the background stands: whether it runs, and why it failed the last time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.core.clock import now_utc
from portal.core.jobs import JobState, job_failure, last_job
from portal.core.messages import Message, _m
from portal.waitlists.links import queries

LINK_JOB = "waitlists.links.run"
STUCK_AFTER = timedelta(hours=6)  # a million records take minutes: a job open for so long has lost its worker
RETRY_AFTER = timedelta(hours=1)  # of the nightly work, after a failure


@dataclass(frozen=True)
class FailedRun:
    """``reference`` is the number under which the log says more."""

    at_utc: datetime
    reference: str
    reason: Message


@dataclass(frozen=True)
class LinkingState:
    is_running: bool
    failure: FailedRun | None

    def may_start(self, at_utc: datetime) -> bool:
        """Whether the clock may start linking: nothing runs, and a failure lies far enough behind."""
        return not self.is_running and (self.failure is None or self.failure.at_utc <= at_utc - RETRY_AFTER)


def linking_state() -> LinkingState:
    """Two statements. A failure counts until linking has run since."""
    job = last_job([LINK_JOB])
    if job is None:
        return LinkingState(is_running=False, failure=None)
    if job.state in (JobState.WAITING, JobState.RUNNING):
        if job.created_at_utc > now_utc() - STUCK_AFTER:
            return LinkingState(is_running=True, failure=None)
        return LinkingState(
            False, _unless_linked_since(job.created_at_utc, job.id, _m("Linking never came to its end."))
        )
    reason = job_failure(job)
    if reason is None:
        return LinkingState(is_running=False, failure=None)
    return LinkingState(False, _unless_linked_since(job.finished_at_utc or job.created_at_utc, job.id, reason))


def _unless_linked_since(at_utc: datetime, reference: str, reason: Message) -> FailedRun | None:
    run = queries.last_run()
    return None if run is not None and run.at_utc > at_utc else FailedRun(at_utc, reference, reason)
