"""Makes rules from records: the frequencies by EM, kin apart from strangers by how both grow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from portal.vault.linking.candidates import block_numbers, find_candidates
from portal.vault.linking.estimation import MATCH, OTHER, Estimate, estimate, kin_and_strangers
from portal.vault.linking.patterns import Groups, agreements, count_patterns, with_the_rest
from portal.vault.linking.rules import Rules, Table
from portal.vault.linking.types import Bools, Floats, Ints

FIRST_GUESS: Final = 0.5  # pairs of one person for each record


@dataclass(frozen=True)
class Sample:
    """The estimate of one set of records, of which nothing else need be kept."""

    records: int
    fitted: Estimate


def fit_sample(
    digests: NDArray[np.uint64],
    present: Bools,
    groups: Groups,
    telling: int | None = None,
) -> Sample:
    """Estimate the frequencies in one set of records (``digests`` [n, k, 2], ``present`` [n, k]).

    ``telling``: see ``estimate``.
    """
    numbers = block_numbers(digests, present)
    candidates = find_candidates(numbers)
    patterns, _ = count_patterns(*agreements(numbers, candidates.i, candidates.j), groups)
    records = len(present)
    rest = records * (records - 1) // 2 - len(candidates)
    widths = [len(group) for group in groups]
    return Sample(records, estimate(with_the_rest(patterns, rest, groups), widths, FIRST_GUESS * records, telling))


def fit_rules(
    samples: Sequence[Sample],
    *,
    kinds: Sequence[str],
    groups: Groups,
    lower: float,
    upper: float,
    decides: int | None,
    provenance: dict[str, Any],
) -> Rules:
    """Rules from one or more samples; two sizes of samples tell kin from strangers.

    That needs one group of several kinds at most, in which kin are seen; in the others they agree as strangers do.
    Raises ValueError otherwise.
    """
    sizes = {sample.records for sample in samples}
    wide = [number for number, group in enumerate(groups) if len(group) > 1]
    is_split = max(sizes) > 2 * min(sizes)
    if is_split and len(wide) != 1:
        raise ValueError("kin can be told from strangers in one group only")
    tables, kin_per_record = [], 0.0
    for number, group in enumerate(groups):
        states, expected = _aligned(number, samples)
        match = np.sum([rows[MATCH] for rows in expected], axis=0)
        others = [
            (_rounded(sample.records, sizes), rows[OTHER]) for sample, rows in zip(samples, expected, strict=True)
        ]
        if is_split and number in wide:
            kin, strangers = kin_and_strangers(others)
            kin[states == 0] = 0.0
            kin_per_record = float(kin.sum())
        else:
            strangers = np.sum([pairs for _, pairs in others], axis=0)
            kin = strangers if is_split else np.zeros_like(strangers)
        tables.append(Table(tuple(group), states, np.array([_shares(row) for row in (match, kin, strangers)])))
    return Rules(tuple(kinds), tuple(tables), kin_per_record, lower, upper, decides, provenance)


def _rounded(records: int, sizes: Iterable[int]) -> int:
    """Samples of about one size count as one: the size of the first of them."""
    return next(size for size in sorted(sizes) if size * 1.5 > records and records * 1.5 > size)


def _aligned(group: int, samples: Sequence[Sample]) -> tuple[Ints, list[Floats]]:
    """The states of all samples in ascending order, and the expected pairs of each sample in them."""
    states = np.unique(np.concatenate([sample.fitted.states[group] for sample in samples]))
    rows = []
    for sample in samples:
        found = np.zeros((2, len(states)))
        found[:, np.searchsorted(states, sample.fitted.states[group])] = sample.fitted.expected[group]
        rows.append(found)
    return states, rows


def _shares(pairs: Floats) -> Floats:
    total = pairs.sum()
    return pairs / total if total > 0 else pairs
