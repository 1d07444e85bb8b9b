"""Valid birth numbers for many people at once (Act 133/2000 Coll., § 13)."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

FIRST_YEAR_OF_TEN: Final = 1954
LAST_YEAR_OF_EXCEPTION: Final = 1985
ENDINGS: Final = 998  # 001 to 998; 000 and 999 stand for an unknown ending in many programs
_STRIDE: Final = 7  # coprime with ENDINGS: the numbers of one day do not follow one another


def birth_numbers(
    years: NDArray[np.int64], months: NDArray[np.int64], days: NDArray[np.int64], is_woman: NDArray[np.bool_]
) -> NDArray[np.object_]:
    """A different valid number for each person: nine digits before 1954, since then ten and divisible by eleven, with
    the exception of a remainder ten written as 0, which was given until 1985.
    """
    stems = (years % 100) * 10_000 + (months + 50 * is_woman) * 100 + days
    keys = stems + (years // 100) * 1_000_000
    ranks = _ranks(keys)
    if len(ranks) and ranks.max() >= ENDINGS // 2:
        raise ValueError("more people born on one day than there are birth numbers")
    endings = 1 + (keys * 13 + ranks * _STRIDE) % ENDINGS
    is_ten = years >= FIRST_YEAR_OF_TEN
    nine = stems * 1000 + endings
    # A remainder of ten has no check digit after 1985: such a number was not given and the next free one is taken.
    forbidden = is_ten & (years > LAST_YEAR_OF_EXCEPTION)
    taken = set(zip(keys[forbidden].tolist(), endings[forbidden].tolist(), strict=True))
    for place in np.flatnonzero(forbidden & (nine % 11 == 10)):
        key, ending = int(keys[place]), int(endings[place])
        while (key, ending) in taken or (int(stems[place]) * 1000 + ending) % 11 == 10:
            ending = 1 + ending % ENDINGS
        taken.add((key, ending))
        nine[place] = int(stems[place]) * 1000 + ending
    check = (-(nine * 10)) % 11 % 10  # the digit that makes ten divisible by eleven; 0 where none does
    short = np.char.zfill(nine.astype(str), 9)
    return np.where(is_ten, np.char.add(short, check.astype(str)), short).astype(object)


def _ranks(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """0, 1, 2 ... within equal keys, in the order of the rows."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    sizes = np.diff(np.concatenate((starts, [len(keys)])))
    ranks = np.empty(len(keys), dtype=np.int64)
    ranks[order] = np.arange(len(keys)) - np.repeat(starts, sizes)
    return ranks
