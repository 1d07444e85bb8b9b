"""Backup and restore of the whole database, the same file for SQLite and PostgreSQL.

A backup is a ZIP: ``manifest.json`` (portal version, schema revision, rows of each table) and one
``<table>.jsonl`` per table with a row a line. It is read in one transaction, so it shows one moment, and
restored in one, so it is there wholly or not at all. It holds password hashes and second-factor secrets:
it is written readable by its owner only and belongs in a safe place.
"""

from __future__ import annotations

import base64
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from sqlalchemy import Connection, Table, insert, select, text

from portal import __version__
from portal.accounts.service.login import end_all_sessions
from portal.core.db import Model, db, writing
from portal.core.errors import Invalid
from portal.core.messages import _m

FORMAT = 1
BATCH_ROWS = 2_000
# Tables that a migration itself puts a row into; such a row is in nobody's way.
FILLED_BY_MIGRATIONS = frozenset({"catalog_version"})

Report = Callable[[str, int], None]


def schema_revision(connection: Connection) -> str | None:
    """The migration the database stands at."""
    return MigrationContext.configure(connection).get_current_revision()


def write_backup(path: Path, report: Report) -> dict[str, int]:
    """Write all tables to ``path``; returns the number of rows by table.

    ``report(table, rows)`` is called as the work goes on. An existing file is replaced only when the new one is whole.
    """
    partial = path.with_name(path.name + ".partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    counts: dict[str, int] = {}
    try:
        with (
            os.fdopen(descriptor, "wb") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive,
        ):
            with _snapshot() as connection:
                for table in Model.metadata.sorted_tables:
                    counts[table.name] = _write_table(connection, archive, table, report)
                manifest = {
                    "format": FORMAT,
                    "portal": __version__,
                    "revision": schema_revision(connection),
                    "rows": counts,
                }
            archive.writestr("manifest.json", json.dumps(manifest, indent=1))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return counts


def restore_backup(path: Path, *, replace: bool, report: Report) -> dict[str, int]:
    """Put a backup into the migrated database; returns the number of rows by table.

    Everybody has to sign in again: a session that ended since the backup was made must not live anew with it.
    Raises Invalid when the file is no backup, was made at another schema revision, is incomplete, or when the
    database already holds rows and ``replace`` is not set.
    """
    try:
        archive = zipfile.ZipFile(path)
        manifest = json.loads(archive.read("manifest.json"))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise Invalid(_m("%(name)s is not a backup of the portal.", name=path.name)) from error
    tables = Model.metadata.sorted_tables
    with archive, writing(), db.engine.begin() as connection:
        _check_manifest(connection, manifest, {table.name for table in tables})
        if not replace and any(_has_rows(connection, table) for table in tables):
            raise Invalid(_m("The database is not empty. Use --replace to put the backup in place of what is there."))
        for table in reversed(tables):
            connection.execute(table.delete())
        counts = {table.name: _read_table(connection, archive, table, report) for table in tables}
        if counts != manifest["rows"]:
            raise Invalid(_m("%(name)s is incomplete: the number of rows does not agree.", name=path.name))
        end_all_sessions(connection)
        if connection.dialect.name == "postgresql":
            _reset_sequences(connection, tables)
    return counts


@contextmanager
def _snapshot() -> Iterator[Connection]:
    """A connection that sees one moment of the whole database."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


def _has_rows(connection: Connection, table: Table) -> bool:
    if table.name in FILLED_BY_MIGRATIONS:
        return False
    return connection.execute(select(table).limit(1)).first() is not None


def _check_manifest(connection: Connection, manifest: dict[str, Any], known: set[str]) -> None:
    if manifest.get("format") != FORMAT or set(manifest.get("rows", {})) != known:
        raise Invalid(
            _m(
                "The backup was made by another version of the portal (%(version)s).",
                version=manifest.get("portal", "?"),
            )
        )
    here = schema_revision(connection)
    if manifest["revision"] != here:
        raise Invalid(
            _m(
                "The backup stands at schema revision %(theirs)s, the database at %(ours)s; they must be the same.",
                theirs=manifest["revision"],
                ours=here or "-",
            )
        )


def _write_table(connection: Connection, archive: zipfile.ZipFile, table: Table, report: Report) -> int:
    count = 0
    order = list(table.primary_key.columns)
    with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as raw:
        out = io.TextIOWrapper(raw, encoding="utf-8", newline="\n")
        rows = connection.execution_options(yield_per=BATCH_ROWS).execute(select(table).order_by(*order))
        for row in rows:
            out.write(json.dumps([_pack(value) for value in row], ensure_ascii=False, separators=(",", ":")))
            out.write("\n")
            count += 1
        out.flush()
        out.detach()
    report(table.name, count)
    return count


def _read_table(connection: Connection, archive: zipfile.ZipFile, table: Table, report: Report) -> int:
    columns = [column.name for column in table.columns]
    count = 0
    for batch in _batches(archive, f"{table.name}.jsonl"):
        rows = [dict(zip(columns, map(_unpack, values), strict=True)) for values in batch]
        connection.execute(insert(table), rows)
        count += len(rows)
    report(table.name, count)
    return count


def _batches(archive: zipfile.ZipFile, name: str) -> Iterator[list[list[Any]]]:
    with archive.open(name) as raw:
        batch: list[list[Any]] = []
        for line in io.TextIOWrapper(raw, encoding="utf-8"):
            batch.append(json.loads(line))
            if len(batch) == BATCH_ROWS:
                yield batch
                batch = []
        if batch:
            yield batch


def _reset_sequences(connection: Connection, tables: list[Table]) -> None:
    """After rows with given ids, PostgreSQL's counters must go on behind the highest."""
    for table in tables:
        column = table.autoincrement_column
        if column is None:
            continue
        connection.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column.name}'),"
                f" COALESCE((SELECT MAX({column.name}) FROM {table.name}), 0) + 1, false)"
            )
        )


def _pack(value: Any) -> Any:
    """JSON has no dates, decimals and bytes: they travel as one-key objects; JSON columns as ``{"j": ...}``."""
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, Decimal):
        return {"n": str(value)}
    if isinstance(value, bytes):
        return {"b": base64.b64encode(value).decode()}
    if isinstance(value, dict | list):
        return {"j": value}
    return value


def _unpack(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    [(kind, stored)] = value.items()
    match kind:
        case "t":
            return datetime.fromisoformat(stored)
        case "d":
            return date.fromisoformat(stored)
        case "n":
            return Decimal(stored)
        case "b":
            return base64.b64decode(stored)
    return stored
