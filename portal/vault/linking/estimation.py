"""Frequencies of patterns among pairs of one person and among others, estimated without knowing which is which (EM).

Two classes of pairs. Within a class the groups of kinds are independent, and within a group any pattern has its own
frequency, so kinds made of the same fields are not counted twice. With the birth number as a group of its own, the
pairs that both have one teach the rest what agreement is worth; without one the groups teach each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from portal.vault.linking.patterns import Patterns
from portal.vault.linking.types import Bools, Floats, Ints

MATCH: Final = 0
OTHER: Final = 1
AGREES_FIRST: Final = 0.9  # the share of agreement among matches that the estimation starts from
DOUBT: Final = 0.5  # pairs of others added to each state: what was hardly seen is not certain
ROUNDS: Final = 500
PRECISION: Final = 1e-7
_TINY: Final = 1e-300


@dataclass(frozen=True)
class Estimate:
    """``states[g]`` of group g in ascending order with their expected numbers of pairs ``expected[g]`` [2, states] in
    each class, among the pairs in which the group is known; ``sizes`` [2], pairs in each class.
    """

    states: tuple[Ints, ...]
    expected: tuple[Floats, ...]
    sizes: Floats

    def shares(self, group: int) -> Floats:
        """[2, states]: the frequency of each state in each class, rows sum to 1."""
        expected = self.expected[group]
        return np.asarray(expected / expected.sum(axis=1, keepdims=True))


def estimate(patterns: Patterns, widths: Sequence[int], match_pairs: float, telling: int | None = None) -> Estimate:
    """Fit the two classes to ``patterns`` of all pairs (with ``with_the_rest``).

    ``widths[g]``: kinds in group g. ``match_pairs``: a first guess of the number of pairs of one person. ``telling``: a
    group (names and date of birth) in all of whose kinds only records of one person agree. Without that knowledge a
    pair that agrees in everything and yet bears two numbers may as well be two persons as one number mistyped.
    """
    total = float(patterns.pairs.sum())
    states, places = [], []
    for row in patterns.states:
        values, place = np.unique(row, return_inverse=True)
        states.append(values)
        places.append(place.ravel())
    shares = [
        _start(values, width, place, patterns) for values, width, place in zip(states, widths, places, strict=True)
    ]
    sizes = np.array([match_pairs, total - match_pairs])
    expected: list[Floats] = []
    for _ in range(ROUNDS):
        if telling is not None:
            _only_matches(shares[telling], states[telling], widths[telling], total)
        is_match = probabilities(_logs(shares, places, patterns, sizes))
        expected = [
            _expected(is_match, place, is_known, patterns.pairs, len(values))
            for values, place, is_known in zip(states, places, (patterns.known != 0), strict=True)
        ]
        shares = [found / found.sum(axis=1, keepdims=True) for found in expected]
        if telling is not None:
            expected[telling][OTHER, states[telling] == (1 << widths[telling]) - 1] = DOUBT
        matches = float((is_match * patterns.pairs).sum())
        moved = abs(matches - sizes[MATCH])
        sizes = np.array([matches, total - matches])
        if moved <= PRECISION * max(matches, 1.0):
            break
    return Estimate(tuple(states), tuple(expected), sizes)


def _start(states: Ints, width: int, place: Ints, patterns: Patterns) -> Floats:
    """Matches agree in most kinds; others as all pairs do."""
    agreeing = np.bitwise_count(states.astype(np.uint64)).astype(float)
    match = AGREES_FIRST**agreeing * (1 - AGREES_FIRST) ** (width - agreeing)
    other = np.bincount(place, weights=patterns.pairs, minlength=len(states)) + DOUBT
    return np.array([match / match.sum(), other / other.sum()])


def _only_matches(shares: Floats, states: Ints, width: int, total: float) -> None:
    shares[OTHER, states == (1 << width) - 1] = DOUBT / total


def _logs(shares: list[Floats], places: list[Ints], patterns: Patterns, sizes: Floats) -> Floats:
    """[2, patterns]: log of the expected number of pairs with the pattern in each class."""
    logs = np.log(np.maximum(sizes, _TINY))[:, None] + np.zeros((2, len(patterns)))
    for share, place, is_known in zip(shares, places, (patterns.known != 0), strict=True):
        logs += np.where(is_known, np.log(np.maximum(share, _TINY))[:, place], 0.0)
    return logs


def probabilities(logs: Floats) -> Floats:
    """Of the first class beside all others, from logs [classes, patterns] of their expected numbers."""
    highest = logs.max(axis=0)
    parts = np.exp(logs - highest)
    return np.asarray(parts[MATCH] / parts.sum(axis=0))


def _expected(is_match: Floats, place: Ints, is_known: Bools, pairs: Ints, states: int) -> Floats:
    known = pairs * is_known
    match = np.bincount(place, weights=is_match * known, minlength=states)
    other = np.bincount(place, weights=(1 - is_match) * known, minlength=states)
    return np.array([match, other + DOUBT])


def kin_and_strangers(others: Sequence[tuple[int, Floats]]) -> tuple[Floats, Floats]:
    """Splits what others agree in by how it grows with the number of records.

    ``others``: for each sample its records n and the expected pairs of others by state. Twins, fathers with sons and
    couples grow with n, strangers who happen to agree with n squared. Gives pairs of kin for each record and of
    strangers for each pair of records, both by state and never negative. One sample alone is all strangers.
    """
    small, large = min(others, key=lambda row: row[0]), max(others, key=lambda row: row[0])
    if small[0] == large[0]:
        squares = sum(_all_pairs(records) for records, _ in others)
        strangers = np.sum([pairs for _, pairs in others], axis=0) / squares
        return np.zeros_like(strangers), strangers
    n, m = small[0], large[0]
    few = np.mean([pairs for records, pairs in others if records == n], axis=0)
    many = np.mean([pairs for records, pairs in others if records == m], axis=0)
    slope = (many / m - few / n) / (_all_pairs(m) / m - _all_pairs(n) / n)
    kin = few / n - slope * _all_pairs(n) / n
    only_strangers = (few + many) / (_all_pairs(n) + _all_pairs(m))
    only_kin = (few + many) / (n + m)
    strangers = np.where(kin < 0, only_strangers, np.maximum(slope, 0.0))
    kin = np.where(kin < 0, 0.0, np.where(slope < 0, only_kin, kin))
    return kin, strangers


def _all_pairs(records: int) -> float:
    return records * (records - 1) / 2
