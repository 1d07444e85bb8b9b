"""How well words are found whatever their ending, against hunspell's dictionary."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

from portal.catalog.calc.vocabulary import Vocabulary
from portal.catalog.calc.words import fold, split_words
from portal.catalog.types import service_types
from tests.factories.catalog_words import DESCRIPTIONS, NAMES, TARGET_GROUPS, TOWNS
from tests.factories.hunspell import czech_forms


@dataclass(frozen=True)
class SearchQuality:
    """Means over all forms asked for."""

    recall: float
    precision: float
    questions: int


def corpus_words() -> set[str]:
    """The words of an invented catalogue."""
    texts = [*TARGET_GROUPS, *TOWNS, *NAMES, *DESCRIPTIONS, *(kind.name_cs for kind in service_types().values())]
    return {word for text in texts for word in split_words(text) if len(word) > 2 and word.isalpha()}


def search_quality(words: set[str], *, typed_plainly: bool) -> SearchQuality:
    """Ask for every case and number of every word; ``typed_plainly``: without diacritics."""
    oracle = czech_forms(words)
    vocabulary = Vocabulary(dict.fromkeys(sorted(words), 1))
    meant_by: dict[str, set[str]] = {}  # a word typed without diacritics may mean several
    for word in words:
        for form in oracle.relatives(word):
            if len(form) > 2:
                meant_by.setdefault(fold(form) if typed_plainly else form, set()).update(oracle.relatives(form))
    recalls, precisions = [], []
    for form, meant in meant_by.items():
        found = {vocabulary.word(term) for term in vocabulary.forms(form)}
        recalls.append(len(found & meant) / len(meant & words))
        if found:
            precisions.append(len(found & meant) / len(found))
    return SearchQuality(fmean(recalls), fmean(precisions), len(recalls))
