"""Weigh the pairs of a set of records by the rules, decide, and tell the persons that follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portal.vault.linking.candidates import MISSING, MOST_IN_BLOCK, block_numbers, find_candidates
from portal.vault.linking.clusters import Persons, join_pairs
from portal.vault.linking.patterns import Patterns, agreements, count_patterns
from portal.vault.linking.rules import Rules
from portal.vault.linking.types import Bools, Decision, Floats, Ints, Links

_ROUNDS: Final = 200
_TINY: Final = 1e-300


def _no_pairs() -> NDArray[np.int64]:
    return np.zeros((0, 2), dtype=np.int64)


@dataclass(frozen=True)
class Known:
    """What was decided before: pairs of records [m, 2] that are one person's, and that are not."""

    same: NDArray[np.int64] = field(default_factory=_no_pairs)
    different: NDArray[np.int64] = field(default_factory=_no_pairs)


def link(
    digests: NDArray[np.uint64],
    present: Bools,
    rules: Rules,
    *,
    known: Known | None = None,
    most_in_block: int = MOST_IN_BLOCK,
) -> Links:
    """Link n records with k digests each (``digests`` [n, k, 2], ``present`` [n, k]).

    Raises ValueError where the kinds are not those of the rules. The result depends on the records' order only where
    two pairs are equally probable.
    """
    if present.shape[1] != len(rules.kinds):
        raise ValueError(f"{present.shape[1]} kinds of digests, rules for {len(rules.kinds)}")
    known = known or Known()
    records = len(present)
    numbers = block_numbers(digests, present)
    candidates = find_candidates(numbers, most_in_block)
    agreeing, has_both = agreements(numbers, candidates.i, candidates.j)
    patterns, which = count_patterns(agreeing, has_both, rules.groups)
    probability, weight = weigh(patterns, rules, records)
    probability, weight = probability[which], weight[which]

    number = (
        np.full(records, MISSING, np.int64) if rules.decides is None else numbers[:, rules.decides].astype(np.int64)
    )
    i, j = candidates.i, candidates.j
    is_certain = (
        np.zeros(len(i), np.bool_) if rules.decides is None else (agreeing >> rules.decides & 1).astype(np.bool_)
    )
    probability = np.where(is_certain, 1.0, probability)
    kept = np.flatnonzero(probability >= rules.lower)
    kept = kept[np.lexsort((j[kept], i[kept], -weight[kept], -probability[kept]))]
    i, j, probability, is_certain = i[kept], j[kept], probability[kept], is_certain[kept]

    decision = np.where(
        is_certain, Decision.CERTAIN, np.where(probability >= rules.upper, Decision.LINKED, Decision.PROPOSED)
    )
    persons = Persons(number)
    join_pairs(persons, *known.same.T, is_told=True)
    for one, other in known.different.tolist():
        persons.keep_apart(one, other)
    _same_numbers(persons, number)
    by_itself = np.flatnonzero(decision == Decision.LINKED)
    joined = join_pairs(persons, i[by_itself], j[by_itself])
    decision[by_itself[~joined]] = Decision.CONFLICT
    sure = persons.roots()
    join_pairs(persons, i[decision == Decision.PROPOSED], j[decision == Decision.PROPOSED])
    return Links(
        i=i,
        j=j,
        agreeing=agreeing[kept],
        weight=weight[kept],
        probability=probability,
        decision=decision.astype(np.int64),
        sure=sure,
        probable=persons.roots(),
        compared=len(candidates),
        left_out=candidates.left_out,
    )


def _same_numbers(persons: Persons, number: Ints) -> None:
    """Exact by birth number, before anything is weighed."""
    rows = np.flatnonzero(number >= 0)
    order = rows[np.argsort(number[rows], kind="stable")]
    same = number[order][1:] == number[order][:-1]
    join_pairs(persons, order[:-1][same], order[1:][same])


def weigh(patterns: Patterns, rules: Rules, records: int) -> tuple[Floats, Floats]:
    """For each pattern the probability of one person, and log2 of its frequency among matches beside all others.

    What a pattern is worth is fixed by the rules. How many pairs of one person there are to be found depends on the
    lists, so it is estimated here (EM with fixed frequencies).
    """
    logs = rules.logs(patterns)
    everything = records * (records - 1) / 2
    kin = min(rules.kin_per_record * records, everything / 2)
    matches = min(records * 0.5, everything / 2)
    probability = np.zeros(len(patterns))
    for _ in range(_ROUNDS):
        sizes = np.array([matches, kin, max(everything - matches - kin, 1.0)])
        parts = np.exp(logs + np.log(np.maximum(sizes, _TINY))[:, None])
        probability = parts[0] / np.maximum(parts.sum(axis=0), _TINY)
        found = max(float((probability * patterns.pairs).sum()), 1e-3)
        if abs(found - matches) <= 1e-9 * matches:
            break
        matches = found
    others = (parts[1] + parts[2]) / (sizes[1] + sizes[2])
    weight = logs[0] / np.log(2) - np.log2(np.maximum(others, _TINY))
    return probability, np.asarray(weight)
