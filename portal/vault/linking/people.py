"""The same for persons of the vault, who may have several records each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portal.vault.linking.linking import Known, link
from portal.vault.linking.rules import Rules
from portal.vault.linking.types import Bools, Floats, Ints


@dataclass(frozen=True)
class LinkedPeople:
    """Pairs of different persons a < b (rows of the vault), each once, the likeliest first; for the rest see ``Links``.

    ``sure[p]`` and ``probable[p]``: the person that stands for all that are person p.
    """

    a: Ints
    b: Ints
    agreeing: Ints
    weight: Floats
    probability: Floats
    decision: Ints
    sure: Ints
    probable: Ints
    compared: int
    left_out: int

    def __len__(self) -> int:
        return len(self.a)


def link_people(
    digests: NDArray[np.uint64], present: Bools, persons: Ints, rules: Rules, known: Known | None = None
) -> LinkedPeople:
    """Link persons by their records (``digests`` [n, k, 2], ``present`` [n, k], ``persons`` [n] as rows 0 to m - 1).

    Every person must have a record. ``known`` holds pairs of persons: linked before, and split before. Records of one
    person stay together; of several pairs of records the likeliest speaks for two persons.
    """
    known = known or Known()
    count = int(persons.max()) + 1 if len(persons) else 0
    order = np.argsort(persons, kind="stable")
    owners = persons[order]
    first = order[np.searchsorted(owners, np.arange(count))]
    is_next = owners[1:] == owners[:-1]
    own = np.stack([order[:-1][is_next], order[1:][is_next]], axis=1)
    same = np.concatenate([own, first[known.same]])
    links = link(digests, present, rules, known=Known(same, first[known.different]))
    a, b = np.minimum(persons[links.i], persons[links.j]), np.maximum(persons[links.i], persons[links.j])
    _, best = np.unique(a * max(count, 1) + b, return_index=True)
    best = np.sort(best[a[best] != b[best]])
    return LinkedPeople(
        a=a[best],
        b=b[best],
        agreeing=links.agreeing[best],
        weight=links.weight[best],
        probability=links.probability[best],
        decision=links.decision[best],
        sure=persons[links.sure[first]],
        probable=persons[links.probable[first]],
        compared=links.compared,
        left_out=links.left_out,
    )
