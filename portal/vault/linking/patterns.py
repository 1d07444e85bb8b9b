"""How the pairs agree: patterns over kinds, and how often each occurs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portal.vault.linking.candidates import MISSING
from portal.vault.linking.types import Bools, Ints

Groups = tuple[tuple[int, ...], ...]
"""Kinds whose agreements depend on one another stand in one group; groups are taken as independent in a class."""


def agreements(numbers: NDArray[np.int32], i: Ints, j: Ints) -> tuple[Ints, Ints]:
    """For each pair the bits of the kinds in which it agrees, and of those that both records have."""
    agreeing, known = np.zeros(len(i), np.int64), np.zeros(len(i), np.int64)
    for kind in range(numbers.shape[1]):
        left, right = numbers[i, kind], numbers[j, kind]
        has_both = (left != MISSING) & (right != MISSING)
        known |= has_both.astype(np.int64) << kind
        agreeing |= ((left == right) & has_both).astype(np.int64) << kind
    return agreeing, known


def state(bits: Ints, group: tuple[int, ...]) -> Ints:
    """The bits of the kinds of a group, moved together."""
    found = np.zeros(len(bits), np.int64)
    for place, kind in enumerate(group):
        found |= (bits >> kind & 1) << place
    return found


@dataclass(frozen=True)
class Patterns:
    """``states[g, p]`` of group g in pattern p, ``is_known[g, p]`` (some kind of the group is there in both records),
    ``pairs[p]`` that have the pattern.
    """

    states: Ints
    is_known: Bools
    pairs: Ints

    def __len__(self) -> int:
        return len(self.pairs)


def count_patterns(agreeing: Ints, known: Ints, groups: Groups) -> tuple[Patterns, Ints]:
    """The different patterns by groups, and the number of the pattern of each pair."""
    width = max((len(group) for group in groups), default=0) + 1
    if width * len(groups) > 62:
        raise ValueError("too many kinds for one pattern")
    keys = np.zeros(len(agreeing), np.int64)
    for place, group in enumerate(groups):
        is_known = (state(known, group) != 0).astype(np.int64)
        keys |= (state(agreeing, group) << 1 | is_known) << (place * width)
    found, which, pairs = np.unique(keys, return_inverse=True, return_counts=True)
    parts = [(found >> (place * width)) & ((1 << width) - 1) for place in range(len(groups))]
    states = np.array([part >> 1 for part in parts]).reshape(len(groups), -1)
    is_known = np.array([part & 1 == 1 for part in parts]).reshape(len(groups), -1)
    return Patterns(states, is_known, pairs), which.ravel()


def with_the_rest(patterns: Patterns, pairs: int) -> Patterns:
    """With the pairs that were not compared since they agree in nothing, as one pattern in which all is known."""
    groups = len(patterns.states)
    return Patterns(
        np.concatenate([patterns.states, np.zeros((groups, 1), np.int64)], axis=1),
        np.concatenate([patterns.is_known, np.ones((groups, 1), np.bool_)], axis=1),
        np.append(patterns.pairs, pairs),
    )
