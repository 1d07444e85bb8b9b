"""Words of need: what people call their trouble, and which services answer it. Pure; read from a definition file."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from portal.catalog.calc.words import fold, split_words

NEEDS_FILE = Path(__file__).parent.parent / "definitions" / "needs.toml"


@dataclass(frozen=True)
class Need:
    """Phrases as tuples of words; the types that answer, the likeliest first; words of target groups, any of them."""

    phrases: tuple[tuple[str, ...], ...]
    types: tuple[str, ...]
    group_words: tuple[str, ...]


@dataclass(frozen=True)
class Needs:
    ignored_words: frozenset[str]  # folded
    needs: tuple[Need, ...]

    def is_ignored(self, word: str) -> bool:
        """Whether a typed word says nothing about what is sought ("v", "pro", "hledám")."""
        return fold(word) in self.ignored_words


def parse_needs(document: Mapping[str, Any], known_types: Collection[str]) -> Needs:
    """Check the definitions and cut the phrases into words.

    Raises ValueError naming the phrase: unknown keys or types, a need without an answer, a phrase of ignored words
    alone, the same phrase in two needs.
    """
    ignored = frozenset(fold(word) for word in document["ignored_words"])
    seen: set[tuple[str, ...]] = set()
    needs = []
    for entry in document["needs"]:
        label = (entry.get("phrases") or ["?"])[0]
        if not {"phrases"} < set(entry) <= {"phrases", "types", "group_words"}:
            raise ValueError(f"need {label!r}: phrases and types or group_words are expected, nothing else")
        if unknown := [code for code in entry.get("types", ()) if code not in known_types]:
            raise ValueError(f"need {label!r}: unknown service types {unknown}")
        phrases = []
        for text in entry["phrases"]:
            words = tuple(word for word in split_words(text) if fold(word) not in ignored)
            if not words:
                raise ValueError(f"need {label!r}: phrase {text!r} consists of ignored words")
            if words in seen:
                raise ValueError(f"need {label!r}: phrase {text!r} stands twice")
            seen.add(words)
            phrases.append(words)
        needs.append(Need(tuple(phrases), tuple(entry.get("types", ())), tuple(entry.get("group_words", ()))))
    return Needs(ignored, tuple(needs))


@cache
def load_needs(known_types: frozenset[str]) -> Needs:
    """The needs that the portal ships."""
    return parse_needs(tomllib.loads(NEEDS_FILE.read_text(encoding="utf-8")), known_types)
