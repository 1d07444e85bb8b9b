"""Backup of the vault's database: one SQLite file, whichever database it comes from or goes to. Never the keys."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, delete, func, insert, select, true, update

from portal.core.config import VaultSettings
from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.vault.database import create_tables, has_tables, make_engine, read_facts, unit, upsert
from portal.vault.keys import Keys, read_keys
from portal.vault.models import codes, counters, facts, metadata, numbers, persons, records, tombstones
from portal.vault.registering import erase_persons_without_codes, hold, mark_of

BLOCK_ROWS = 20_000
# Of these a restore takes nothing away: what was erased stays erased, what was counted stays counted.
KEPT = (tombstones, counters)


def write_backup(settings: VaultSettings, path: Path, forbidden: Collection[Path]) -> dict[str, int]:
    """Copy one moment of all tables to ``path``; returns the rows of each.

    Raises Invalid for a path in one of the ``forbidden`` folders (the portal's and the vault's own) or that exists.
    """
    path = path.resolve()
    if any(path.is_relative_to(folder.resolve()) for folder in (*forbidden, settings.folder)):
        raise Invalid(_m("A backup of the vault may not lie in the folder of the portal or of the vault."))
    if path.exists():
        raise Invalid(_m("%(path)s is there already.", path=path))
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    source, target = make_engine(settings.database_url), make_engine(f"sqlite:///{partial}")
    try:
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with unit(source) as connection:
            hold(connection)
            key_id = read_facts(connection)["key_id"]
            create_tables(target, key_id)
            with unit(target) as other:
                counts = _copy(connection, other)
    except BaseException:
        target.dispose()
        partial.unlink(missing_ok=True)
        raise
    finally:
        source.dispose()
        target.dispose()
    os.replace(partial, path)
    return counts


def restore_backup(settings: VaultSettings, path: Path, *, replace: bool) -> dict[str, int]:
    """Put a backup in place of what is there. Who was erased since the backup stays erased.

    Raises Invalid when persons are there and ``replace`` is not said, and for a backup under other keys.
    """
    keys = read_keys(settings.folder)
    source, target = make_engine(f"sqlite:///{path.resolve()}"), make_engine(settings.database_url)
    try:
        if not has_tables(source):
            raise Invalid(_m("%(name)s is no backup of the vault.", name=path.name))
        if not has_tables(target):
            create_tables(target, keys.wraps[-1].id)
        return _restore(source, target, keys, replace=replace)
    finally:
        source.dispose()
        target.dispose()


def _restore(source: Engine, target: Engine, keys: Keys, *, replace: bool) -> dict[str, int]:
    with unit(source) as other, unit(target) as connection:
        hold(connection)
        key_id = read_facts(other)["key_id"]
        if keys.chain(key_id) is None:
            raise Invalid(_m("The database of the vault belongs to another key file."))
        if not replace and connection.execute(select(persons.c.id).limit(1)).first():
            raise Invalid(_m("There are persons in the vault. Use --replace to put the backup in their place."))
        for table in reversed(metadata.sorted_tables):
            if table not in (*KEPT, facts, numbers):
                connection.execute(delete(table))
        counts = _copy(other, connection)
        connection.execute(update(facts).where(facts.c.name == "key_id").values(value=key_id))
        highest = connection.execute(select(func.max(records.c.id))).scalar() or 0
        people = connection.execute(select(func.max(persons.c.id))).scalar() or 0
        connection.execute(update(numbers).values(next=max(highest, people) + 1))
        _erase_again(connection, keys.tombstone_secret)
        return counts


def _copy(source: Connection, target: Connection) -> dict[str, int]:
    return {
        table.name: _copy_table(source, target, table)
        for table in metadata.sorted_tables
        if table not in (facts, numbers)
    }


def _copy_table(source: Connection, target: Connection, table: Table) -> int:
    statement = upsert(target, table).on_conflict_do_nothing() if table in KEPT else insert(table)
    done = 0
    rows = source.execution_options(yield_per=BLOCK_ROWS).execute(select(table))
    for block in rows.mappings().partitions():
        target.execute(statement, [dict(row) for row in block])
        done += len(block)
    return done


def _erase_again(connection: Connection, secret: bytes) -> None:
    """Codes that have a tombstone, then persons without any code."""
    marks = set(connection.execute(select(tombstones.c.mark)).scalars())
    if not marks:
        return
    erased = [code for code in connection.execute(select(codes.c.code)).scalars() if mark_of(code, secret) in marks]
    for some in _parts(erased):
        connection.execute(delete(codes).where(codes.c.code.in_(some)))
    erase_persons_without_codes(connection, true())


def _parts(values: Sequence[bytes]) -> list[Sequence[bytes]]:
    return [values[start : start + BLOCK_ROWS] for start in range(0, len(values), BLOCK_ROWS)]
