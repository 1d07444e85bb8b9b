"""A matrix of travel times as one packed value, and what a new one changes. Pure."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portal.map.access.calc.distance import Floats


@dataclass(frozen=True)
class Times:
    """Travel times: three arrays of one length, ordered by start and end; codes of municipalities, minutes."""

    start: NDArray[np.str_]
    end: NDArray[np.str_]
    minutes: Floats

    def __len__(self) -> int:
        return len(self.start)

    @property
    def parts(self) -> tuple[NDArray[np.str_], NDArray[np.str_], Floats]:
        return self.start, self.end, self.minutes


NO_TIMES = Times(np.zeros(0, dtype="U6"), np.zeros(0, dtype="U6"), np.zeros(0))


@dataclass(frozen=True)
class Comparison:
    """What the pairs of a new matrix are beside those of the old one, in numbers of pairs."""

    new: int
    changed: int
    same: int
    gone: int


def times_of(start: list[str], end: list[str], minutes: list[float]) -> Times:
    """A matrix of rows in any order; minutes are kept to hundredths."""
    if not start:
        return NO_TIMES
    starts, ends = np.array(start, dtype="U6"), np.array(end, dtype="U6")
    order = np.lexsort((ends, starts))
    return Times(starts[order], ends[order], np.round(np.array(minutes, dtype=float), 2)[order])


def pack(times: Times) -> bytes:
    """The matrix as bytes, compressed; the same matrix gives the same arrays back."""
    target = io.BytesIO()
    hundredths = np.round(times.minutes * 100).astype(np.int32)
    np.savez_compressed(target, start=times.start, end=times.end, hundredths=hundredths)
    return target.getvalue()


def unpack(content: bytes) -> Times:
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return Times(arrays["start"], arrays["end"], arrays["hundredths"] / 100)


def hash_of(times: Times) -> str:
    digest = hashlib.sha256()
    for part in (times.start.astype("U6"), times.end.astype("U6"), np.round(times.minutes * 100).astype("<i4")):
        digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()


def compared(times: Times, former: Times) -> Comparison:
    """Pairs that are new, have other minutes, are the same, or are in the former matrix alone."""
    keys, former_keys = _keys(times), _keys(former)
    _, mine, theirs = np.intersect1d(keys, former_keys, assume_unique=True, return_indices=True)
    same = int((times.minutes[mine] == former.minutes[theirs]).sum())
    return Comparison(len(keys) - len(mine), len(mine) - same, same, len(former_keys) - len(theirs))


def _keys(times: Times) -> NDArray[np.str_]:
    joined: NDArray[np.str_] = np.char.add(np.char.add(times.start, ">"), times.end)
    return joined
