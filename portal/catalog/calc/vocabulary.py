"""The words that occur in the catalogue, and which of them a typed word means. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from rapidfuzz import process
from rapidfuzz.distance import OSA

from portal.catalog.calc.words import Key, declension_keys, fold

MIN_PREFIX_LETTERS = 3
MIN_LETTERS_TO_CORRECT = 4
LETTERS_FOR_TWO_TYPOS = 8  # shorter words differ by one letter often enough to be another word


class Match(IntEnum):
    """How a typed word was understood, best first."""

    FORM = 0  # a form of the same word
    PREFIX = 1  # the beginning of a word
    CORRECTED = 2  # a word that differs by a typing error
    NONE = 3


@dataclass(frozen=True)
class WordMatch:
    """Terms meant by one typed word; ``corrected`` is the word the reader probably wanted to type."""

    kind: Match
    terms: frozenset[int]
    corrected: str | None = None


NOTHING = WordMatch(Match.NONE, frozenset())


class Vocabulary:
    """Words with their numbers (terms), in the order they were first seen."""

    def __init__(self, words: Mapping[str, int]) -> None:
        """``words``: word in lower case -> how many services have it; the number decides between corrections."""
        self._term_of = {word: term for term, word in enumerate(words)}
        self._words = list(words)
        self._frequency = list(words.values())
        self._plain = [fold(word) for word in self._words]
        self._terms_by_key: dict[Key, list[int]] = defaultdict(list)
        for term, word in enumerate(self._words):
            if not word.isdigit():
                for key in declension_keys(word):
                    self._terms_by_key[key].append(term)
        self._sorted = sorted(
            (term for term, plain in enumerate(self._plain) if not plain.isdigit()), key=self._plain.__getitem__
        )
        self._correctable = {
            term: plain
            for term, plain in enumerate(self._plain)
            if len(plain) >= MIN_LETTERS_TO_CORRECT - 1 and plain.isalpha()
        }
        self._known: dict[str, WordMatch] = {}

    def __len__(self) -> int:
        return len(self._words)

    def term(self, word: str) -> int:
        """Number of a word of the vocabulary. Raises KeyError for another."""
        return self._term_of[word]

    def word(self, term: int) -> str:
        return self._words[term]

    def forms(self, word: str) -> frozenset[int]:
        """Terms that are forms of the same word."""
        if word.isdigit():  # an identification number is right or wrong
            return frozenset({self._term_of[word]}) if word in self._term_of else frozenset()
        return frozenset(term for key in declension_keys(word) for term in self._terms_by_key.get(key, ()))

    def match(self, word: str) -> WordMatch:
        """Forms of the word; without any, words it begins; without any, words a typing error away."""
        found = self._known.get(word)
        if found is None:
            if len(self._known) > 10_000:
                self._known.clear()
            found = self._known[word] = self._match(word)
        return found

    def _match(self, word: str) -> WordMatch:
        if terms := self.forms(word):
            return WordMatch(Match.FORM, terms)
        if word.isdigit():
            return NOTHING
        if terms := self._beginning_with(fold(word)):
            return WordMatch(Match.PREFIX, terms)
        return self._correct(fold(word))

    def _beginning_with(self, plain: str) -> frozenset[int]:
        if len(plain) < MIN_PREFIX_LETTERS:
            return frozenset()
        low = end = bisect_left(self._sorted, plain, key=self._plain.__getitem__)
        while end < len(self._sorted) and self._plain[self._sorted[end]].startswith(plain):
            end += 1
        return frozenset(self._sorted[low:end])

    def _correct(self, plain: str) -> WordMatch:
        if len(plain) < MIN_LETTERS_TO_CORRECT:
            return NOTHING
        allowed = 2 if len(plain) >= LETTERS_FOR_TWO_TYPOS else 1
        near = process.extract(plain, self._correctable, scorer=OSA.distance, score_cutoff=allowed, limit=None)
        if not near:
            return NOTHING
        # the fewest errors; then the same first letter, since people seldom miss that; then the commonest word
        _plain, _distance, best = min(
            near, key=lambda found: (found[1], found[0][0] != plain[0], -self._frequency[found[2]], found[0])
        )
        return WordMatch(Match.CORRECTED, self.forms(self._words[best]), self._words[best])
