"""Pairs worth comparing: those that share a digest of some kind, found by sorting, never by comparing all pairs."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from portal.vault.linking.types import Bools, Candidates, Ints

MOST_IN_BLOCK: Final = 300
MISSING: Final = -1


def block_numbers(digests: NDArray[np.uint64], present: Bools) -> NDArray[np.int32]:
    """[n, k]: equal numbers in a column where the digests of the kind are equal, MISSING where there is none.

    ``digests`` is [n, k, 2] (16 bytes as two words), ``present`` [n, k].
    """
    records, kinds = present.shape
    numbers = np.full((records, kinds), MISSING, dtype=np.int32)
    for kind in range(kinds):
        rows = np.flatnonzero(present[:, kind])
        if len(rows) == 0:
            continue
        high, low = digests[rows, kind, 0], digests[rows, kind, 1]
        order = np.argsort(high, kind="stable")
        is_new = high[order][1:] != high[order][:-1]
        if ((low[order][1:] != low[order][:-1]) & ~is_new).any():  # two digests with the same first half
            order = np.lexsort((low, high))
            is_new = (high[order][1:] != high[order][:-1]) | (low[order][1:] != low[order][:-1])
        numbers[rows[order], kind] = np.concatenate(([0], np.cumsum(is_new)))
    return numbers


def find_candidates(numbers: NDArray[np.int32], most: int = MOST_IN_BLOCK) -> Candidates:
    """All pairs that agree in some kind, but for blocks of more than ``most`` records."""
    firsts: list[Ints] = []
    seconds: list[Ints] = []
    left_out = 0
    is_compared = np.zeros(numbers.shape, dtype=np.bool_)  # the record's block of that kind was gone through
    for kind in range(numbers.shape[1]):
        i, j, dropped, compared_rows = _pairs_in_blocks(numbers[:, kind], most)
        left_out += dropped
        is_compared[compared_rows, kind] = True
        is_new = np.ones(len(i), dtype=np.bool_)
        for earlier in range(kind):
            column = numbers[:, earlier]
            is_new &= (column[i] != column[j]) | ~is_compared[i, earlier]
        firsts.append(i[is_new])
        seconds.append(j[is_new])
    return Candidates(np.concatenate(firsts), np.concatenate(seconds), left_out)


def _pairs_in_blocks(column: NDArray[np.int32], most: int) -> tuple[Ints, Ints, int, Ints]:
    """Pairs i < j of equal numbers, how many were left out, and the rows of the blocks that were compared."""
    rows = np.flatnonzero(column != MISSING)
    order = rows[np.argsort(column[rows], kind="stable")]  # within a block the rows ascend
    sizes = np.bincount(column[rows]) if len(rows) else np.zeros(0, dtype=np.int64)
    starts = np.cumsum(sizes) - sizes
    firsts, seconds, compared = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for size in np.unique(sizes[(sizes > 1) & (sizes <= most)]):
        members = order[starts[sizes == size][:, None] + np.arange(size)]
        a, b = np.triu_indices(size, 1)
        firsts.append(members[:, a].ravel())
        seconds.append(members[:, b].ravel())
        compared.append(members.ravel())
    large = sizes[sizes > most].astype(np.int64)
    return (
        np.concatenate(firsts),
        np.concatenate(seconds),
        int((large * (large - 1) // 2).sum()),
        np.concatenate(compared),
    )
