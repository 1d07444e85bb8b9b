"""Several machines on one Redis: they count attempts to sign in together, and one does the jobs of another."""

import os
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest
import redis
from flask import Flask

from portal.app import create_app
from portal.catalog.jobs import ROLLBACK_JOB
from portal.core import jobs
from portal.core.db import db
from portal.core.jobs import JobState, find_job, job_failure, job_progress, start_job
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from tests.conftest import IN_CI, migrated_database, test_settings

ROOT = Path(__file__).resolve().parents[3]
REDIS_URL = os.environ.get("PORTAL_TEST_REDIS_URL", "redis://127.0.0.1:6379").rstrip("/")
DATABASES = range(15, 0, -1)
LINK = "/nastaveni-hesla/nobody-has-this-link"  # counted as signing in is, and compares no password
PER_MINUTE = 30


@pytest.fixture
def redis_url():
    """A database of the server that was empty and is empty again afterwards."""
    try:
        redis.Redis.from_url(REDIS_URL, socket_connect_timeout=3).ping()
    except redis.ConnectionError as error:
        message = f"Redis is not reachable ({REDIS_URL.split('@')[-1]})"
        if IN_CI:
            pytest.fail(f"{message}: {error}")
        pytest.skip(message)
    mark = uuid.uuid4().hex
    for number in DATABASES:
        client = redis.Redis.from_url(f"{REDIS_URL}/{number}")
        if client.dbsize() == 0 and client.set("portal-test", mark, nx=True, ex=600):
            yield f"{REDIS_URL}/{number}"
            client.flushdb()
            client.close()
            return
    pytest.fail("no database of the Redis server is empty")


@pytest.fixture
def machine(backend, tmp_path):
    """Starts machines of one portal: the same database, the same secret; settings as given."""
    started = []

    def start(**changes: str) -> Flask:
        app = create_app(test_settings(url, tmp_path, PORTAL_SECRET_KEY="s" * 40, **changes))
        app.config.update(LOGIN_LIMITS_IN_TESTS=True, WTF_CSRF_ENABLED=False)
        started.append(app)
        return app

    with migrated_database(backend, tmp_path) as url:
        start.database_url = url
        yield start
        for app in started:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


def attempts(app: Flask, count: int) -> list[int]:
    client = app.test_client()
    return [client.post(LINK).status_code for _ in range(count)]


def test_attempts_at_two_machines_add_up(machine, redis_url):
    first, second = (machine(PORTAL_REDIS_URL=redis_url) for _ in range(2))
    assert 429 not in attempts(first, 20)
    assert 429 not in attempts(second, PER_MINUTE - 20)
    assert attempts(second, 1) == attempts(first, 1) == [429]


def test_machines_without_redis_count_apart(machine):
    first, second = machine(), machine()
    assert attempts(first, PER_MINUTE + 1)[-1] == 429
    assert attempts(second, 1) != [429]


def test_while_redis_is_away_each_machine_goes_on_counting(machine):
    app = machine(PORTAL_REDIS_URL="redis://127.0.0.1:1")
    answers = attempts(app, PER_MINUTE + 1)
    assert 500 not in answers
    assert answers.index(429) == PER_MINUTE


def test_a_job_queued_at_one_machine_is_done_at_another_and_seen_at_the_first(machine, redis_url, monkeypatch):
    def count(actor, report, arguments):
        report(3, 4)
        return {"by": actor.name, "sum": sum(arguments["numbers"])}

    monkeypatch.setitem(jobs._handlers, "test.count", count)
    here, there = (machine(PORTAL_REDIS_URL=redis_url, PORTAL_ENV="development") for _ in range(2))
    with here.app_context(), transaction():
        job_id = start_job(OPERATOR, "test.count", {"numbers": [1, 2, 3]})
        assert here.extensions["portal_queue"].pending_count() == 0  # nothing starts before it is stored
    queue = there.extensions["portal_queue"]
    queue.execute(queue.dequeue())
    with here.app_context():
        row = find_job(job_id)
        assert (row.state, row.result) == (JobState.DONE, {"by": OPERATOR.name, "sum": 6})
        assert job_progress(job_id).share == 0.75
    assert queue.pending_count() == 0


def test_a_worker_process_takes_jobs_from_redis(machine, redis_url, tmp_path):
    app = machine(PORTAL_REDIS_URL=redis_url, PORTAL_ENV="development")
    with app.app_context(), transaction():
        job_id = start_job(OPERATOR, ROLLBACK_JOB, {"import_id": None})
    settings = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PORTAL_ENV": "development",
        "PORTAL_INSTANCE": str(tmp_path),
        "PORTAL_SECRET_KEY": "s" * 40,
        "PORTAL_DATABASE_URL": machine.database_url,
        "PORTAL_REDIS_URL": redis_url,
    }
    with subprocess.Popen([sys.executable, "-m", "portal", "worker"], cwd=ROOT, env=settings) as worker:
        try:
            failure = None
            for _ in range(600):
                with app.app_context():
                    row = find_job(job_id)
                    failure = job_failure(row)
                if row.state == JobState.FAILED:
                    break
                assert worker.poll() is None, "the worker ended"
                time.sleep(0.1)
        finally:
            worker.terminate()
    assert "No import has been applied" in str(failure)
