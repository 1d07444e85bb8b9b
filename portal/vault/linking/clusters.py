"""From pairs to persons: the likeliest pairs first, and never across what must stay apart."""

from __future__ import annotations

import numpy as np

from portal.vault.linking.types import Bools, Ints


class Persons:
    """Records joined into persons (union and find), with two guards against chains.

    ``number[r]``: the digest of the birth number as a small integer, negative where there is none. Two different
    numbers come into one person only over a pair of records that bear them and that was strong enough in spite of it;
    never over a third record that has no number. Records that a person of the kraj has split stay apart.
    """

    def __init__(self, number: Ints) -> None:
        self._parent = list(range(len(number)))
        self._number: list[int] = number.tolist()
        self._numbers: dict[int, set[int]] = {}  # of roots with more than one
        self._apart: dict[int, set[int]] = {}  # roots that must not be joined

    def find(self, record: int) -> int:
        parent = self._parent
        root = record
        while parent[root] != root:
            root = parent[root]
        while parent[record] != root:
            parent[record], record = root, parent[record]
        return root

    def keep_apart(self, one: int, other: int) -> bool:
        """False if they are one person already."""
        a, b = self.find(one), self.find(other)
        if a == b:
            return False
        self._apart.setdefault(a, set()).add(b)
        self._apart.setdefault(b, set()).add(a)
        return True

    def join(self, one: int, other: int, *, is_told: bool = False) -> bool:
        """Make them one person; False if a guard forbids it. ``is_told``: by a decision, which only a split forbids."""
        a, b = self.find(one), self.find(other)
        if a == b:
            return True
        if b in self._apart.get(a, ()):
            return False
        both = self._numbers_of(a) | self._numbers_of(b)
        if not is_told and len(both) > max(len(self._numbers_of(a)), len(self._numbers_of(b))):
            mine, others = self._number[one], self._number[other]
            if mine < 0 or others < 0 or mine == others:
                return False
        a, b = min(a, b), max(a, b)  # a person is called by its first record
        self._parent[b] = a
        if both:
            self._number_root(a, both)
        for root in self._apart.pop(b, ()):
            self._apart[root].discard(b)
            self._apart[root].add(a)
            self._apart.setdefault(a, set()).add(root)
        return True

    def _numbers_of(self, root: int) -> set[int]:
        return self._numbers.get(root) or ({self._number[root]} if self._number[root] >= 0 else set())

    def _number_root(self, root: int, numbers: set[int]) -> None:
        self._numbers[root] = numbers

    def roots(self) -> Ints:
        """For each record the first record of its person."""
        parent = np.array(self._parent, dtype=np.int64)
        while True:
            further = parent[parent]
            if (further == parent).all():
                return parent
            parent = further


def join_pairs(persons: Persons, i: Ints, j: Ints, *, is_told: bool = False) -> Bools:
    """Join the pairs in their order; for each whether its records are one person after it."""
    joined = [persons.join(a, b, is_told=is_told) for a, b in zip(i.tolist(), j.tolist(), strict=True)]
    return np.array(joined, dtype=np.bool_)
