"""The database: one SQLAlchemy extension, the same tables on SQLite and PostgreSQL.

SQLite is opened with foreign keys and WAL. Its driver begins transactions late and upgrades a reading one
to a writing one only when nobody wrote in between, so transactions are begun here, and a writing unit of
work says so at its beginning (``writing()``): it then waits for its turn instead of failing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Engine, MetaData, Numeric, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass
from sqlalchemy.types import TypeDecorator

BUSY_TIMEOUT_MS = 15_000
MAPPED_BYTES = 1 << 30  # of the file are read from the memory of the system, without a copy: half of the time

_begin_writing: ContextVar[bool] = ContextVar("begin_writing", default=False)


class Model(DeclarativeBase):
    """Base of all tables; constraint names are fixed, since errors on fields are found by them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Model)

__all__ = ["Connection", "ExactNumber", "MappedAsDataclass", "Model", "UtcDateTime", "db", "writing"]


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware UTC in Python, naive UTC in SQLite, timestamptz in PostgreSQL."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ExactNumber(TypeDecorator[Decimal]):
    """NUMERIC(14, 2) as Decimal. SQLite keeps a double, which holds 14 digits exactly; it is rounded back."""

    impl = Numeric(14, 2)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        plain: Numeric[Any] = Numeric(14, 2, asdecimal=False)
        return dialect.type_descriptor(plain if dialect.name == "sqlite" else Numeric(14, 2))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        exact = round(Decimal(value), 2)
        return float(exact) if dialect.name == "sqlite" else exact

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else round(Decimal(repr(value) if isinstance(value, float) else value), 2)


@contextmanager
def writing() -> Iterator[None]:
    """Transactions begun inside mean to write: SQLite takes the write lock at once and waits for it."""
    token = _begin_writing.set(True)
    try:
        yield
    finally:
        _begin_writing.reset(token)


@event.listens_for(Engine, "connect")
def _configure_sqlite(dbapi_connection: Any, _record: Any) -> None:
    if not isinstance(dbapi_connection, sqlite3.Connection):
        return
    dbapi_connection.isolation_level = None  # "begin" below is ours
    cursor = dbapi_connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute(f"PRAGMA mmap_size = {MAPPED_BYTES}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _begin_writing.get() else "BEGIN")
