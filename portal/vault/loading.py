"""All wrapped digests as arrays, for linking inside the vault."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from portal.vault.models import persons, records
from portal.vault.types import MAX_KINDS, REF_BYTES, WRAPPED_BYTES

BLOCK_ROWS = 20_000


@dataclass(frozen=True)
class LoadedDigests:
    """n records of m persons, k kinds. Records are ordered by their number, so also by the time they came.

    ``digests[r, k]`` are the 16 bytes of kind k as two uint64 (little-endian), zeros where ``present[r, k]`` is False.
    ``persons[r]`` is the row of ``refs`` that the record belongs to; ``refs[p]`` are the 16 bytes of a ``person_ref``.
    """

    record_ids: NDArray[np.int64]  # [n]
    persons: NDArray[np.int64]  # [n]
    digests: NDArray[np.uint64]  # [n, k, 2]
    present: NDArray[np.bool_]  # [n, k]
    refs: NDArray[np.uint8]  # [m, 16]
    is_certain: NDArray[np.bool_]  # [m]

    @property
    def kinds(self) -> int:
        return int(self.digests.shape[1])


def load_digests(connection: Connection) -> LoadedDigests:
    """Read everything: about 16 bytes for each record and kind, 200 MB for a million records of twelve kinds."""
    people = connection.execute(select(persons.c.id, persons.c.ref, persons.c.is_certain).order_by(persons.c.id)).all()
    person_ids = np.fromiter((row[0] for row in people), np.int64, len(people))
    refs = np.frombuffer(b"".join(row[1] for row in people), np.uint8).reshape(-1, REF_BYTES)
    is_certain = np.fromiter((row[2] for row in people), np.bool_, len(people))
    del people
    amount: int = connection.execute(select(func.count()).select_from(records)).scalar_one()
    longest: int = connection.execute(select(func.max(func.length(records.c.digests)))).scalar() or 0
    kinds = longest // WRAPPED_BYTES
    record_ids = np.empty(amount, np.int64)
    owners = np.empty(amount, np.int64)
    present = np.empty(amount, np.int64)
    digests = np.zeros((amount, longest), np.uint8)
    rows = connection.execution_options(yield_per=BLOCK_ROWS).execute(
        select(records.c.id, records.c.person_id, records.c.present, records.c.digests).order_by(records.c.id)
    )
    start = 0
    for block in rows.partitions():
        here = slice(start, start + len(block))
        record_ids[here] = [row[0] for row in block]
        owners[here] = [row[1] for row in block]
        present[here] = [row[2] for row in block]
        joined = b"".join(row[3].ljust(longest, b"\0") for row in block)
        digests[here] = np.frombuffer(joined, np.uint8).reshape(-1, longest)
        start += len(block)
    bits = np.arange(min(kinds, MAX_KINDS), dtype=np.int64)
    return LoadedDigests(
        record_ids=record_ids,
        persons=np.searchsorted(person_ids, owners),
        digests=digests.view("<u8").reshape(amount, kinds, 2),
        present=(present[:, None] >> bits & 1).astype(np.bool_),
        refs=refs,
        is_certain=is_certain,
    )
