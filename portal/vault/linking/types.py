"""What linking takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from portal.core.errors import Invalid

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Decision(IntEnum):
    """What follows for a pair of records. Kept in the portal by name."""

    PROPOSED = 1  # between the thresholds: a person decides
    LINKED = 2  # above the upper one
    CONFLICT = 3  # above the upper one, but it would join what must stay apart: a person decides
    CERTAIN = 4  # the same birth number


@dataclass(frozen=True)
class Candidates:
    """Pairs of records i < j with at least one equal digest, each once, in a deterministic order.

    ``left_out`` counts pairs of records that share a digest with so many others that the block was not compared; a pair
    that is found by another digest as well is counted too, so it is an upper bound.
    """

    i: Ints
    j: Ints
    left_out: int

    def __len__(self) -> int:
        return len(self.i)


@dataclass(frozen=True)
class Links:
    """Pairs from the lower threshold up, the likeliest first, and the persons that follow.

    ``i``, ``j``: records. ``agreeing``: bit k is set where the digests of kind k are equal. ``weight``: log2 of how
    much more frequent the pattern is among pairs of one person than among others. ``probability``: that both are one
    person's. ``sure[r]`` and ``probable[r]``: the first record of the person that record r belongs to, by certain and
    linked pairs, and by proposed pairs too; there are ``len(unique(probable))`` to ``len(unique(sure))`` of them.
    """

    i: Ints
    j: Ints
    agreeing: Ints
    weight: Floats
    probability: Floats
    decision: Ints
    sure: Ints
    probable: Ints
    compared: int
    left_out: int

    def __len__(self) -> int:
        return len(self.i)


class InvalidRules(Invalid):
    """A file of rules that does not hold what it should."""
