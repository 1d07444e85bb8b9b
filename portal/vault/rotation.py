"""Another wrapping key: what is stored goes through it once more, nobody's identity is needed.

The new key is in the key file before the database is changed, and the database says up to which key its digests are
wrapped; so an interrupted rotation is taken up again, and other processes see the new key by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, select, update

from portal.core.clock import today
from portal.core.config import VaultSettings
from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.vault.database import make_engine, put, read_facts, unit
from portal.vault.keys import Keys, read_keys, write_keys
from portal.vault.models import digests, facts, records
from portal.vault.registering import Vector, hold
from portal.vault.types import WRAPPED_BYTES
from portal.vault.wrapping import Wrap, wrap_through

BLOCK_ROWS = 20_000

Report = Callable[[int], None]


@dataclass(frozen=True)
class Rotated:
    key_id: str
    records: int


def rotate(settings: VaultSettings, report: Report) -> Rotated:
    """Wrap all that is stored under a new key; ``report(records)`` tells how far it is.

    One transaction: registrations wait. Raises ConfigError, VaultUnavailable, Invalid.
    """
    keys = read_keys(settings.folder)
    engine = make_engine(settings.database_url)
    try:
        with unit(engine) as connection:
            hold(connection)
            last = read_facts(connection)["key_id"]
            through = keys.chain(last)
            if through is None:
                raise Invalid(_m("The database of the vault belongs to another key file."))
            if keys.wraps[-1].id == last:
                keys = _add_key(settings, keys)
            missing = [key.secret for key in keys.wraps[len(through) :]]
            amount = _rewrap(connection, wrap_through(missing), report)
            connection.execute(update(facts).where(facts.c.name == "key_id").values(value=keys.wraps[-1].id))
    finally:
        engine.dispose()
    return Rotated(keys.wraps[-1].id, amount)


def _add_key(settings: VaultSettings, keys: Keys) -> Keys:
    longer = keys.with_another(today())
    write_keys(settings.folder, longer, is_new=False)
    return longer


def _rewrap(connection: Connection, wrap: Wrap, report: Report) -> int:
    """Records in their order; the digests that decide are made anew from them, the first record wins as before."""
    connection.execute(delete(digests))
    done = 0
    for block in _blocks(connection):
        rows: list[tuple[Any, ...]] = []
        by_key: dict[tuple[int, bytes], tuple[Any, ...]] = {}
        for number, person_id, present, stored, used_on in block:
            vector = _wrapped(present, stored, wrap)
            rows.append((number, person_id, present, vector.digests, used_on))
            for key in vector.keys:
                by_key.setdefault(key, (*key, number, used_on))
        put(connection, records, rows, change="digests")
        put(connection, digests, [by_key[key] for key in sorted(by_key)], change=None)
        done += len(block)
        report(done)
    return done


def _blocks(connection: Connection) -> Iterator[Sequence[Any]]:
    query = select(records).order_by(records.c.id)
    last = 0
    while block := connection.execute(query.where(records.c.id > last).limit(BLOCK_ROWS)).all():
        yield block
        last = block[-1].id


def _wrapped(present: int, stored: bytes, wrap: Wrap) -> Vector:
    """Each digest that is there through the new key; zeros stay zeros."""
    parts = [stored[at : at + WRAPPED_BYTES] for at in range(0, len(stored), WRAPPED_BYTES)]
    return Vector(present, b"".join(wrap(part) if present >> n & 1 else part for n, part in enumerate(parts)))
