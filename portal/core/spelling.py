"""Words that somebody may have meant by a mistyped one. Pure; words are folded (small letters without accents)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

LETTERS_FOR_ONE_TYPO, LETTERS_FOR_TWO = 4, 8  # shorter words differ by one letter often enough to be another word
MOST_OPTIONS = 6


def allowed_typos(word: str) -> int:
    """Letters missing, added, exchanged or swapped with their neighbour that a word of this length may have."""
    if len(word) < LETTERS_FOR_ONE_TYPO:
        return 0
    return 2 if len(word) >= LETTERS_FOR_TWO else 1


def near_texts(text: str, known: Sequence[str], *, most: int = MOST_OPTIONS) -> list[tuple[str, int]]:
    """Known texts that differ by typing errors, with their number (optimal string alignment); the nearest first.

    Of those equally near, the ones with the same first letter, which people seldom miss.
    """
    allowed = allowed_typos(text)
    if not allowed:
        return []
    near = process.extract(text, known, scorer=OSA.distance, score_cutoff=allowed, limit=None)
    found = sorted((int(typos), one[0] != text[0], one) for one, typos, _at in near if typos)
    return [(one, typos) for typos, _other_letter, one in found[:most]]


class Spelling:
    """The words of a vocabulary, and which of them a typed word may mean."""

    def __init__(self, words: Iterable[str]) -> None:
        self._all = sorted(set(words))
        self._words = [word for word in self._all if word.isalpha() and len(word) >= LETTERS_FOR_ONE_TYPO - 1]

    def __len__(self) -> int:
        return len(self._all)

    def options(self, word: str) -> dict[str, int]:
        """The word without an error where it is one or begins one; then words near it with the number of their errors,
        the nearest first. Nothing for a word that nobody can have meant.
        """
        at = bisect_left(self._all, word)
        begins = at < len(self._all) and self._all[at].startswith(word)
        return {**({word: 0} if begins else {}), **dict(near_texts(word, self._words))}


def repaired(typed: Sequence[Mapping[str, int]], words: Iterable[str]) -> tuple[tuple[str, ...], int] | None:
    """The options by which every typed word stands among ``words``, and their errors together; None without them.

    ``typed``: options of each word. The word as it was typed may be only the beginning of one.
    """
    there = set(words)
    picked, errors = [], 0
    for options in typed:
        for option, typos in options.items():
            if option in there or (not typos and any(word.startswith(option) for word in there)):
                picked.append(option)
                errors += typos
                break
        else:
            return None
    return tuple(picked), errors
