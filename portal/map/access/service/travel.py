"""The matrix of travel times in force, as the computation takes it."""

from __future__ import annotations

from functools import lru_cache

from portal.map.access import queries
from portal.map.access.calc.matrix import Times, unpack


def travel_mark() -> str | None:
    """Hash of the matrix in force; None without any. One query."""
    found = queries.in_force()
    return None if found is None else found[1]


def find_times() -> Times | None:
    """The matrix in force; None before the first one. One query, two the first time a process asks for it."""
    found = queries.in_force()
    return None if found is None else _kept_times(*found)


@lru_cache(maxsize=2)
def _kept_times(import_id: int, _content_hash: str) -> Times:
    content = queries.matrix_of(import_id)
    if content is None:
        raise LookupError(f"import {import_id} has no matrix")
    return unpack(content)
