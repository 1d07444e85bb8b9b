"""One portal for every kind of test: SQLite and PostgreSQL, migrated once, each test in a rolled-back transaction."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa
from flask import Flask, g, has_app_context
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import settings as hypothesis_settings

from portal.app import create_app
from portal.core import kept
from portal.core.config import Settings, load_settings
from portal.core.db import db
from portal.operation.collecting import keep_started

POSTGRESQL_URL = os.environ.get("PORTAL_TEST_POSTGRESQL_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
IN_CI = os.environ.get("CI") == "true"
MIGRATED: dict[str, str] = {}  # backend -> URL of the database that others are copied from
APPS: dict[str, Flask] = {}  # backend -> the application that tests share
KEPT = ExitStack()  # until the end of the process

# A loaded machine is no reason for a property to fail.
hypothesis_settings.register_profile("portal", deadline=None)
hypothesis_settings.load_profile("portal")


def test_settings(database_url: str, instance: Path, **changes: str) -> Settings:
    return load_settings(
        {
            "PORTAL_ENV": "test",
            "PORTAL_DATABASE_URL": database_url,
            "PORTAL_INSTANCE": str(instance),
            **changes,
        }
    )


test_settings.__test__ = False  # type: ignore[attr-defined]  # read by pytest, which would take it for a test


@contextmanager
def fresh_database(backend: str, folder: Path, *, like: str | None = None) -> Iterator[str]:
    """URL of a database of the backend, gone afterwards: empty, or a copy of one to which nobody is connected."""
    name = f"portal_test_{uuid.uuid4().hex[:12]}"
    source = None if like is None else sa.make_url(like).database
    if backend == "sqlite":
        file = folder / f"{name}.db"
        if source is not None:
            shutil.copyfile(source, file)
        yield f"sqlite:///{file}"
        return
    server = sa.create_engine(POSTGRESQL_URL, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
    try:
        with server.connect() as connection:
            connection.exec_driver_sql(
                f"CREATE DATABASE {name} TEMPLATE {source or 'template0'} ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
            )
    except sa.exc.OperationalError as error:
        message = f"PostgreSQL is not reachable ({POSTGRESQL_URL.split('@')[-1]})"
        if IN_CI:
            pytest.fail(f"{message}: {error}")
        pytest.skip(message)
    try:
        yield str(sa.make_url(POSTGRESQL_URL).set(database=name).render_as_string(hide_password=False))
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.dispose()


@contextmanager
def migrated_database(backend: str, folder: Path) -> Iterator[str]:
    """URL of a database with all tables and nothing in them, gone afterwards.

    The migrations run once in each process; every further database is a copy, which takes a twentieth of the time.
    """
    if backend not in MIGRATED:
        place = Path(KEPT.enter_context(TemporaryDirectory()))
        url = KEPT.enter_context(fresh_database(backend, place))
        app = create_app(test_settings(url, place))
        with app.app_context():
            upgrade()
        dispose(app)
        MIGRATED[backend] = url
    with fresh_database(backend, folder, like=MIGRATED[backend]) as url:
        yield url


@pytest.fixture(
    scope="session",
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)],
)
def backend(request: pytest.FixtureRequest) -> str:
    return request.param


class FreshClient(FlaskClient):
    """Forgets between two requests what belongs to one of them.

    Tests run inside an application context, which requests share instead of pushing their own; so the user and
    the nonce of the first request would be those of all.
    """

    def open(self, *args, **kwargs):
        if has_app_context():
            for name in list(g):
                g.pop(name)
        return super().open(*args, **kwargs)


@pytest.fixture(scope="session")
def migrated_app(backend: str) -> Flask:
    """The application on a migrated, empty database of each backend; one for all files that a process runs."""
    if backend not in APPS:
        folder = Path(KEPT.enter_context(TemporaryDirectory()))
        url = KEPT.enter_context(migrated_database(backend, folder))
        app = APPS[backend] = create_app(test_settings(url, folder))
        app.test_client_class = FreshClient
        KEPT.callback(dispose, app)
    return APPS[backend]


def dispose(app: Flask) -> None:
    """Close the connections of an application to its databases."""
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@contextmanager
def undone(migrated: Flask) -> Iterator[Flask]:
    """The application inside a transaction that is rolled back at the end, with an instance folder of its own.

    Flask-SQLAlchemy ignores a session bound to a connection, so the open connection takes the place of the
    default engine; what the portal commits becomes a savepoint of the outer transaction.
    """
    with migrated.app_context(), TemporaryDirectory(prefix="portal-instance-") as folder:
        settings = migrated.extensions["portal_settings"]
        engines = db._app_engines[migrated]
        engine = engines[None]
        connection = engine.connect()
        outer = connection.begin()
        engines[None] = connection
        db.session.session_factory.configure(join_transaction_mode="create_savepoint")
        migrated.extensions["portal_settings"] = replace(settings, instance_dir=Path(folder))
        kept.forget()
        try:
            yield migrated
        finally:
            migrated.extensions["portal_settings"] = settings
            db.session.remove()
            db.session.session_factory.configure(join_transaction_mode="conditional_savepoint")
            engines[None] = engine
            outer.rollback()
            connection.close()


@pytest.fixture
def app(migrated_app: Flask) -> Iterator[Flask]:
    """The application on an empty database; what the test stores is gone after it, and what was read of it."""
    with undone(migrated_app) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@dataclass
class Queries:
    statements: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Statements that read or wrote data; savepoints of the test harness do not count."""
        return sum(not s.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")) for s in self.statements)


@pytest.fixture
def queries(app: Flask) -> Iterator[Queries]:
    """Counts the statements of a test: ``queries.statements.clear(); client.get(...); queries.count``."""
    seen = Queries()
    connection = db._app_engines[app][None]

    def note(_conn, _cursor, statement, _parameters, _context, _many):
        seen.statements.append(statement)

    sa.event.listen(connection, "before_cursor_execute", note)
    yield seen
    sa.event.remove(connection, "before_cursor_execute", note)


# Files of minutes go first: a worker that began one of them last would let the others wait.
LONG = (
    "tests/e2e/",
    "tests/integration/releases/",
    "tests/integration/accounts/test_every_route.py",
    "tests/migrations/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files before the rest, which stays in its (random) order."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


def pytest_collection_finish() -> None:
    """What was loaded until now stays for all tests."""
    keep_started()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name in the last lines what could not run, and why."""
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason] = reasons.get(reason, 0) + 1
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"COULD NOT RUN: {count} tests ({reason})")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In continuous integration a part that could not run is a failure."""
    KEPT.close()
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if IN_CI and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
