"""Persons, their records and codes: who is known, who is new, who is erased."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, delete, exists, select, update

from portal.core.clock import today
from portal.vault.database import put, upsert
from portal.vault.models import codes, digests, numbers, persons, records, tombstones
from portal.vault.types import (
    CODE_BYTES,
    DIGEST_BYTES,
    MAX_KINDS,
    REF_BYTES,
    WRAPPED_BYTES,
    Digests,
    InvalidDigests,
    Registered,
)
from portal.vault.wrapping import Wrap

BIRTH_NUMBER = 0
VECTOR_KIND = 255  # all digests of a record, taken together
LOOKUP_ROWS = 5_000
NOTHING = bytes(WRAPPED_BYTES)

T = TypeVar("T")

Key = tuple[int, bytes]  # kind, digest


@dataclass(frozen=True)
class Vector:
    """The wrapped digests of one record, as they are stored."""

    present: int  # bit n: kind n is there
    digests: bytes  # 16 bytes for each kind, zeros where it is missing

    @property
    def key(self) -> Key:
        """By which an identical record is found. The digests are keyed, so a plain hash of them is."""
        return VECTOR_KIND, hashlib.sha256(self.present.to_bytes(8, "big") + self.digests).digest()[:WRAPPED_BYTES]

    @property
    def birth_number(self) -> Key | None:
        return (BIRTH_NUMBER, self.digests[:WRAPPED_BYTES]) if self.present & 1 else None

    @property
    def keys(self) -> Iterator[Key]:
        """All that decide who it is, the stronger first."""
        if self.birth_number:
            yield self.birth_number
        yield self.key


@dataclass(frozen=True)
class Found:
    record_id: int
    person_id: int
    ref: bytes


def check_digests(people: Sequence[Digests]) -> None:
    """Raises InvalidDigests for a wrong length, and for a person of whom nothing is known."""
    for position, person in enumerate(people):
        whole = all(digest is None or (isinstance(digest, bytes) and len(digest) == DIGEST_BYTES) for digest in person)
        if not whole or len(person) > MAX_KINDS or all(digest is None for digest in person):
            raise InvalidDigests(position)


def wrap_person(person: Digests, wrap: Wrap) -> Vector:
    """Wrap each digest."""
    present = sum(1 << kind for kind, digest in enumerate(person) if digest is not None)
    return Vector(present, b"".join([NOTHING if digest is None else wrap(digest) for digest in person]))


def register(connection: Connection, provider: str, vectors: Sequence[Vector]) -> list[Registered]:
    """Codes for these records in their order; see ``Vault.register``.

    Known and new persons go through the same statements with the same number of rows: what is there already is
    written again. Within ``hold``, so that nobody becomes two persons at the same moment.
    """
    day = today()
    first = _take_numbers(connection, len(vectors))
    keys = [list(vector.keys) for vector in vectors]
    found = _find(connection, {key for each in keys for key in each})
    chosen = [_choose(found, own, number) for number, own in enumerate(keys, start=first)]
    given = _codes_of(connection, provider, {one.person_id for one in chosen})
    for one in chosen:
        given.setdefault(one.person_id, secrets.token_bytes(CODE_BYTES))
    _write(connection, provider, day, list(zip(vectors, chosen, strict=True)), given)
    return [
        Registered(given[one.person_id], one.ref, vector.birth_number is not None)
        for vector, one in zip(vectors, chosen, strict=True)
    ]


def _choose(found: dict[Key, Found], keys: Sequence[Key], number: int) -> Found:
    """The record and person of these keys, new under ``number`` where there is none; remembered in ``found``."""
    known = next((found[key] for key in keys if key in found), None)
    same = found.get(keys[-1])
    one = same or Found(
        number, known.person_id if known else number, known.ref if known else secrets.token_bytes(REF_BYTES)
    )
    for key in keys:
        found.setdefault(key, one)
    return one


def hold(connection: Connection) -> None:
    """Whoever else registers, erases or rotates waits until this transaction ends; to be its first statement."""
    connection.execute(update(numbers).values(next=numbers.c.next))


def _take_numbers(connection: Connection, amount: int) -> int:
    """The first of as many free numbers."""
    here = numbers.c.name == "records"
    connection.execute(update(numbers).where(here).values(next=numbers.c.next + amount))
    after: int = connection.execute(select(numbers.c.next).where(here)).scalar_one()
    return after - amount


def _find(connection: Connection, keys: Iterable[Key]) -> dict[Key, Found]:
    found: dict[Key, Found] = {}
    by_kind: dict[int, list[bytes]] = {}
    for kind, digest in sorted(keys):
        by_kind.setdefault(kind, []).append(digest)
    query = (
        select(digests.c.digest, digests.c.record_id, records.c.person_id, persons.c.ref)
        .join(records, records.c.id == digests.c.record_id)
        .join(persons, persons.c.id == records.c.person_id)
    )
    for kind, wanted in by_kind.items():
        for some in _parts(wanted):
            here = (digests.c.kind == kind) & digests.c.digest.in_(some)
            for digest, record_id, person_id, ref in connection.execute(query.where(here)):
                found[kind, digest] = Found(record_id, person_id, ref)
    return found


def _codes_of(connection: Connection, provider: str, person_ids: Iterable[int]) -> dict[int, bytes]:
    given: dict[int, bytes] = {}
    for some in _parts(sorted(person_ids)):
        here = (codes.c.provider == provider) & codes.c.person_id.in_(some)
        rows = connection.execute(select(codes.c.person_id, codes.c.code).where(here))
        given.update((person_id, code) for person_id, code in rows)
    return given


def _write(
    connection: Connection,
    provider: str,
    day: date,
    chosen: Sequence[tuple[Vector, Found]],
    given: dict[int, bytes],
) -> None:
    certain = {one.person_id for vector, one in chosen if vector.birth_number}
    refs = {one.person_id: one.ref for _, one in chosen}
    stored = {one.record_id: (vector, one) for vector, one in chosen}
    by_key = {key: one.record_id for vector, one in chosen for key in vector.keys}
    for table, rows in (
        (persons, [(n, ref, n in certain, day) for n, ref in sorted(refs.items())]),
        (records, [(n, own.person_id, v.present, v.digests, day) for n, (v, own) in sorted(stored.items())]),
        (digests, [(kind, digest, n, day) for (kind, digest), n in sorted(by_key.items())]),
        (codes, [(provider, n, code, day) for n, code in sorted(given.items())]),
    ):
        put(connection, table, rows, change="used_on")


def forget(connection: Connection, provider: str, code: bytes, secret: bytes) -> None:
    """Erase the code; with a person's last code all that is known of the person."""
    day = today()
    connection.execute(
        upsert(connection, tombstones).on_conflict_do_nothing(), {"mark": mark_of(code, secret), "made_on": day}
    )
    here = (codes.c.provider == provider) & (codes.c.code == code)
    person_id = connection.execute(select(codes.c.person_id).where(here)).scalar()
    connection.execute(delete(codes).where(here))
    if person_id is not None:
        erase_persons_without_codes(connection, persons.c.id == person_id)


def erase_persons_without_codes(connection: Connection, among: ColumnElement[bool]) -> None:
    """Persons whom no provider has any more, with their records and digests."""
    left = select(persons.c.id).where(among, ~exists().where(codes.c.person_id == persons.c.id))
    theirs = select(records.c.id).where(records.c.person_id.in_(left))
    connection.execute(delete(digests).where(digests.c.record_id.in_(theirs)))
    connection.execute(delete(records).where(records.c.person_id.in_(left)))
    connection.execute(delete(persons).where(among, ~exists().where(codes.c.person_id == persons.c.id)))


def mark_of(code: bytes, secret: bytes) -> bytes:
    """The keyed hash by which an erased code is known."""
    return hmac.digest(secret, code, "sha256")[:WRAPPED_BYTES]


def find_erased(connection: Connection, asked: Sequence[bytes], secret: bytes) -> list[bool]:
    """For each code whether it was erased."""
    marks = [mark_of(code, secret) for code in asked]
    known: set[bytes] = set()
    for some in _parts(sorted(set(marks))):
        known.update(connection.execute(select(tombstones.c.mark).where(tombstones.c.mark.in_(some))).scalars())
    return [mark in known for mark in marks]


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), LOOKUP_ROWS):
        yield values[start : start + LOOKUP_ROWS]
