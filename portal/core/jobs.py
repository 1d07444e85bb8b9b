"""Long work in the background: a row tells how it ended, the queue tells how far it is.

Beside jobs that people start there is recurring work, which the worker's clock starts.

A job runs once, in a worker (``portal worker``), inside an application context. Its progress goes through the
queue's own storage, not through the database, since the job may hold the database's only write lock.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from flask import Flask, current_app
from huey import MemoryHuey, RedisHuey, SqliteHuey
from huey.api import Huey
from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.clock import PRAGUE, now_utc
from portal.core.config import Settings
from portal.core.db import Model, UtcDateTime, db
from portal.core.errors import PortalError
from portal.core.messages import Message, _m, message_as_dict, message_from_dict
from portal.core.permissions import Actor, Grant, Role
from portal.core.settings import current_settings
from portal.core.transaction import after_commit, transaction

log = logging.getLogger(__name__)


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Model):
    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(10))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    result: Mapped[dict[str, Any]] = mapped_column(JSON)
    error: Mapped[str | None]  # a message as JSON, see job_failure
    user_id: Mapped[int | None]
    created_at_utc: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    finished_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Progress:
    done: int = 0
    total: int = 0

    @property
    def share(self) -> float | None:
        """0 to 1, None while the total is not known."""
        return min(1.0, self.done / self.total) if self.total else None


Report = Callable[[int, int], None]
Handler = Callable[[Actor, Report, dict[str, Any]], dict[str, Any]]

_handlers: dict[str, Handler] = {}


def job(kind: str) -> Callable[[Handler], Handler]:
    """Register what does the work of one kind of job: ``handler(actor, report(done, total), arguments)``."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


@dataclass(frozen=True)
class Recurring:
    """Work that the worker does by itself; ``is_due`` is asked once a minute, with the time in Prague."""

    name: str
    is_due: Callable[[datetime, Settings], bool]
    work: Callable[[Settings], None]


_recurring: dict[str, Recurring] = {}


def recurring(
    name: str, is_due: Callable[[datetime, Settings], bool]
) -> Callable[[Callable[[Settings], None]], Callable[[Settings], None]]:
    """Register recurring work: ``work(settings)`` runs in an application context whenever ``is_due(local, settings)``.

    Several workers may do it at the same moment, so it must bear that.
    """

    def register(work: Callable[[Settings], None]) -> Callable[[Settings], None]:
        _recurring[name] = Recurring(name, is_due, work)
        return work

    return register


def make_queue(settings: Settings) -> Huey:
    """The queue: Redis where one is set, a file in the instance folder otherwise, at once in tests."""
    if settings.environment == "test":
        return MemoryHuey("portal", immediate=True)
    if settings.redis_url:
        return RedisHuey("portal", url=settings.redis_url)
    return SqliteHuey("portal", filename=str(settings.instance_dir / "queue.db"))


def init_jobs(app: Flask, settings: Settings) -> None:
    queue = make_queue(settings)

    @queue.task(name="run_job")
    def run_job(job_id: str, actor: dict[str, Any]) -> None:
        with app.app_context():
            _run(job_id, _actor_from(actor))

    for one in _recurring.values():
        _schedule(app, settings, queue, one)
    app.extensions["portal_queue"] = queue
    app.extensions["portal_run_job"] = run_job


def _schedule(app: Flask, settings: Settings, queue: Huey, one: Recurring) -> None:
    def is_due(moment: datetime) -> bool:
        """The queue tells UTC without a zone."""
        return one.is_due(moment.replace(tzinfo=UTC).astimezone(PRAGUE), settings)

    @queue.periodic_task(is_due, name=f"recurring_{one.name}")
    def run_recurring() -> None:
        with app.app_context():
            try:
                one.work(current_settings())
            except Exception:
                log.exception("recurring work %s failed", one.name)


def start_job(actor: Actor, kind: str, arguments: dict[str, Any]) -> str:
    """Queue a job within the present unit of work; it starts once that is committed. Returns the job's id."""
    job_id = uuid.uuid4().hex
    db.session.add(
        Job(
            id=job_id,
            kind=kind,
            state=JobState.WAITING,
            arguments=arguments,
            result={},
            user_id=actor.user_id,
            created_at_utc=now_utc(),
        )
    )
    run_job = current_app.extensions["portal_run_job"]
    after_commit(lambda: run_job(job_id, _actor_as_dict(actor)))
    return job_id


def find_job(job_id: str) -> Job | None:
    return db.session.scalar(select(Job).where(Job.id == job_id))


def list_open_jobs(kinds: Collection[str]) -> list[Job]:
    """Jobs of these kinds that wait or run, oldest first."""
    open_states = (JobState.WAITING, JobState.RUNNING)
    statement = select(Job).where(Job.kind.in_(kinds), Job.state.in_(open_states))
    return list(db.session.scalars(statement.order_by(Job.created_at_utc)))


def last_job(kinds: Collection[str]) -> Job | None:
    """The youngest job of these kinds."""
    statement = select(Job).where(Job.kind.in_(kinds)).order_by(Job.created_at_utc.desc(), Job.id.desc()).limit(1)
    return db.session.scalar(statement)


def job_failure(row: Job) -> Message | None:
    """Why a job failed, for people; None when it did not."""
    return message_from_dict(json.loads(row.error)) if row.error else None


def job_progress(job_id: str) -> Progress:
    queue: Huey = current_app.extensions["portal_queue"]
    stored = queue.get(f"progress:{job_id}", peek=True)
    return Progress(*json.loads(stored)) if stored else Progress()


def _run(job_id: str, actor: Actor) -> None:
    queue: Huey = current_app.extensions["portal_queue"]

    def report(done: int, total: int) -> None:
        queue.put(f"progress:{job_id}", json.dumps([done, total]))

    with transaction():
        row = db.session.get_one(Job, job_id)
        row.state = JobState.RUNNING
        kind, arguments = row.kind, dict(row.arguments)
    result: dict[str, Any] = {}
    failure: Message | None = None
    try:
        result = _handlers[kind](actor, report, arguments)
    except PortalError as error:
        failure = error.message
    except Exception:
        failure = _m("The job failed unexpectedly; the log of the portal says more under %(id)s.", id=job_id)
        log.exception("job %s (%s) failed", job_id, kind)
    with transaction():
        row = db.session.get_one(Job, job_id)
        row.state = JobState.FAILED if failure else JobState.DONE
        row.error = json.dumps(message_as_dict(failure)) if failure else None
        row.result = result
        row.finished_at_utc = now_utc()


def _actor_as_dict(actor: Actor) -> dict[str, Any]:
    grants = sorted((str(grant.role), grant.scope_code) for grant in actor.grants)
    return {"user_id": actor.user_id, "name": actor.name, "operator": actor.is_operator, "grants": grants}


def _actor_from(stored: dict[str, Any]) -> Actor:
    return Actor(
        user_id=stored["user_id"],
        name=stored["name"],
        is_operator=stored["operator"],
        grants=frozenset(Grant(Role(role), scope) for role, scope in stored["grants"]),
    )
