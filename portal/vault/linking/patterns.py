"""How the pairs agree: patterns over kinds, and how often each occurs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portal.vault.linking.candidates import MISSING
from portal.vault.linking.types import Ints

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
    """``states[g, p]``: the kinds of group g that agree in pattern p, one bit each; ``known[g, p]``: those that both
    records have; ``pairs[p]`` that have the pattern.
    """

    states: Ints
    known: Ints
    pairs: Ints

    def __len__(self) -> int:
        return len(self.pairs)


def count_patterns(agreeing: Ints, known: Ints, groups: Groups) -> tuple[Patterns, Ints]:
    """The different patterns by groups, and the number of the pattern of each pair."""
    if 2 * sum(len(group) for group in groups) > 62:
        raise ValueError("too many kinds for one pattern")
    keys, shift, shifts = np.zeros(len(agreeing), np.int64), 0, []
    for group in groups:
        keys |= (state(agreeing, group) | state(known, group) << len(group)) << shift
        shifts.append(shift)
        shift += 2 * len(group)
    found, which, pairs = np.unique(keys, return_inverse=True, return_counts=True)
    states = [found >> shift & whole(group) for shift, group in zip(shifts, groups, strict=True)]
    masks = [found >> shift + len(group) & whole(group) for shift, group in zip(shifts, groups, strict=True)]
    shape = (len(groups), len(found))
    return Patterns(np.array(states).reshape(shape), np.array(masks).reshape(shape), pairs), which.ravel()


def whole(group: tuple[int, ...]) -> int:
    """The state in which all kinds of the group agree."""
    return (1 << len(group)) - 1


def with_the_rest(patterns: Patterns, pairs: int, groups: Groups) -> Patterns:
    """With the pairs that were not compared since they agree in nothing, as one pattern in which all is known."""
    everything = np.array([[whole(group)] for group in groups])
    return Patterns(
        np.concatenate([patterns.states, np.zeros_like(everything)], axis=1),
        np.concatenate([patterns.known, everything], axis=1),
        np.append(patterns.pairs, pairs),
    )
