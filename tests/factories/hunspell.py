"""Forms of Czech words from hunspell's dictionary: an oracle of inflection that the search does not use.

Debian's package hunspell-cs. Only declension is taken, of nouns and adjectives. Left out, because they make
other words: prefixes (``ne-``, ``nej-``), conjugation (``ústit`` beside the noun ``ústí``), nouns in ``-ost`` and
adverbs made from adjectives, possessives in ``-ův``, comparatives and the colloquial dual in ``-ýma``.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

DECLENSION = frozenset("CDHIKLMPQSUVYZ")
CONJUGATION = frozenset("ABJOTX")
DICTIONARY = Path(os.environ.get("PORTAL_HUNSPELL", "/usr/share/hunspell")) / "cs_CZ"


class CzechForms:
    """``lemmas_of(form)`` and ``forms_of(lemma)``, both in lower case."""

    def __init__(self, words: Iterable[str]) -> None:
        """Keep the lemmas of which at least one form is among ``words``."""
        wanted = {word.lower() for word in words}
        rules = _suffix_rules(DICTIONARY.with_suffix(".aff"))
        self._forms: dict[str, frozenset[str]] = {}
        self._lemmas: dict[str, set[str]] = defaultdict(set)
        for lemma, flags in _entries(DICTIONARY.with_suffix(".dic")):
            declined = set() if CONJUGATION & set(flags) else DECLENSION & set(flags)
            if lemma.endswith(("ý", "í")):
                declined -= {"K"}  # with adjectives it makes nouns in -ost
            forms = {lemma} | {form for flag in declined for form in _inflect(lemma, rules.get(flag, ()))}
            if forms & wanted:
                key = f"{lemma}/{flags}"
                self._forms[key] = frozenset(forms)
                for form in forms:
                    self._lemmas[form].add(key)

    def lemmas_of(self, form: str) -> frozenset[str]:
        return frozenset(self._lemmas.get(form.lower(), ()))

    def forms_of(self, lemma: str) -> frozenset[str]:
        return self._forms[lemma]

    def lemmas(self) -> list[str]:
        return sorted(self._forms)

    def relatives(self, form: str) -> frozenset[str]:
        """Every form of every lemma this form can belong to."""
        return frozenset().union(*(self._forms[lemma] for lemma in self.lemmas_of(form)))


@cache
def _no_dictionary() -> str | None:
    return None if DICTIONARY.with_suffix(".dic").exists() else f"hunspell's Czech dictionary is missing: {DICTIONARY}"


def czech_forms(words: Iterable[str]) -> CzechForms:
    """The oracle for these words; without the dictionary the test is skipped, in CI it fails."""
    if message := _no_dictionary():
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return _forms_of(frozenset(words))


@cache
def _forms_of(words: frozenset[str]) -> CzechForms:
    return CzechForms(words)


Rule = tuple[str, str, re.Pattern[str]]


def _suffix_rules(path: Path) -> dict[str, list[Rule]]:
    rules: dict[str, list[Rule]] = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        parts = line.split()
        if len(parts) >= 5 and parts[0] == "SFX" and not parts[3].startswith(("ův", "ůrův")):
            _kind, flag, strip, add, condition = parts[:5]
            rules[flag].append(
                ("" if strip == "0" else strip, "" if add == "0" else add.split("/")[0], re.compile(condition + "$"))
            )
    return rules


def _entries(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text("utf-8").splitlines()[1:]:
        word, _, flags = line.split("\t")[0].strip().partition("/")
        if word:
            yield word.lower(), flags


def _inflect(word: str, rules: Iterable[Rule]) -> Iterator[str]:
    for strip, add, condition in rules:
        if word.endswith(strip) and condition.search(word):
            yield word[: len(word) - len(strip)] + add
