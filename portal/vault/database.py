"""The vault's own database: SQLite in its folder, or PostgreSQL. No other part of the portal opens it."""

from __future__ import annotations

import logging
import os
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, Date, Engine, Table, bindparam, create_engine, event, insert, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from portal.core.db import writing
from portal.core.messages import _m
from portal.vault.models import SCHEMA_VERSION, facts, metadata, numbers
from portal.vault.types import VaultUnavailable

log = logging.getLogger(__name__)

CACHE_KIB = 64 * 1024
_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


def make_engine(database_url: str) -> Engine:
    """An engine whose errors never show what was stored. A SQLite file is its owner's alone."""
    engine = create_engine(database_url, hide_parameters=True, pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
    _engines.add(engine)
    return engine


def _configure_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten
    cursor.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    cursor.close()


def _forget_connections() -> None:
    for engine in _engines:
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_forget_connections)


@contextmanager
def unit(engine: Engine, *, reads: bool = False) -> Iterator[Connection]:
    """One transaction: a writing one, or one that only ``reads`` and sees one moment.

    Raises VaultUnavailable when the database fails; its words stay unsaid, for they may quote what is stored.
    """
    if reads and engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    try:
        with nullcontext() if reads else writing(), engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        cause = error.orig
        code = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)
        log.error("the vault's database failed: %s %s", type(cause).__name__, code or "")
        raise VaultUnavailable(_m("The vault of codes cannot be used now. Try again later.")) from None


def wipe_log(engine: Engine) -> None:
    """SQLite's log of changes still holds what was just erased: take it over into the file and empty it.

    Does nothing where others are reading; they or the next erasure do it.
    """
    if engine.dialect.name != "sqlite":
        return
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.close()
    finally:
        raw.close()


def has_tables(engine: Engine) -> bool:
    """Whether a vault was ever set up in this database. Raises VaultUnavailable."""
    path = engine.url.database
    if engine.dialect.name == "sqlite" and path and not os.path.exists(path):
        return False
    with unit(engine) as connection:
        return inspect(connection).has_table(facts.name)


def create_tables(engine: Engine, key_id: str) -> None:
    """Set an empty vault up whose digests are wrapped up to that key."""
    path = engine.url.database
    if engine.dialect.name == "sqlite" and path:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    with unit(engine) as connection:
        metadata.create_all(connection)
        connection.execute(
            insert(facts),
            [{"name": "schema_version", "value": str(SCHEMA_VERSION)}, {"name": "key_id", "value": key_id}],
        )
        connection.execute(insert(numbers), {"name": "records", "next": 1})


def read_facts(connection: Connection) -> dict[str, str]:
    """Version of the schema and id of the last wrapping key. Raises VaultUnavailable for another version."""
    found = {row.name: row.value for row in connection.execute(select(facts))}
    if found.get("schema_version") != str(SCHEMA_VERSION):
        raise VaultUnavailable(_m("The database of the vault was made by another version of the portal."))
    return found


def upsert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can say ON CONFLICT, which both databases know under the same words."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def put(connection: Connection, table: Table, rows: Iterable[tuple[Any, ...]], *, change: str | None) -> None:
    """Insert rows, whole and in the order of the table's columns. Of rows whose key is there already only the column
    ``change`` is written, or nothing.

    Rows go to the driver as they are: a million persons are five million rows, on each of which SQLAlchemy would spend
    more than the database.
    """
    if connection.dialect.name == "postgresql":
        sql, names, _days = _written(connection, table, change)
        connection.exec_driver_sql(sql, [dict(zip(names, row, strict=True)) for row in rows])
        return
    sql, _names, days = _written(connection, table, change)
    connection.exec_driver_sql(sql, [_with_written_days(row, days) for row in rows])


_Written = tuple[str, Sequence[str], Sequence[int]]  # the statement, names of the columns, which of them are days
_WRITTEN: dict[tuple[str, Table, str | None], _Written] = {}


def _written(connection: Connection, table: Table, change: str | None) -> _Written:
    """The statement of ``put``, written once for each database: to write it costs more than to execute it."""
    place = (connection.dialect.name, table, change)
    if place not in _WRITTEN:
        key = [column.name for column in table.primary_key]
        statement = upsert(connection, table).values({column.name: bindparam(column.name) for column in table.columns})
        if change is None:
            statement = statement.on_conflict_do_nothing(index_elements=key)
        else:
            statement = statement.on_conflict_do_update(index_elements=key, set_={change: statement.excluded[change]})
        compiled = statement.compile(dialect=connection.dialect)
        names = [column.name for column in table.columns]
        days = [number for number, column in enumerate(table.columns) if isinstance(column.type, Date)]
        if connection.dialect.name != "postgresql" and compiled.positiontup != names:
            raise RuntimeError("the columns do not stand in the order of the table")
        _WRITTEN[place] = (str(compiled), names, days)
    return _WRITTEN[place]


def _with_written_days(row: tuple[Any, ...], days: Sequence[int]) -> tuple[Any, ...]:
    """SQLite has no days; they are stored as SQLAlchemy writes them."""
    return tuple(value.isoformat() if number in days else value for number, value in enumerate(row))
