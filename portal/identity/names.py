"""Names of people as they are written, brought to one form. The browser does the same in ``assets/_names.js``.

Case, accents, titles before and after, brackets with another name, apostrophes, hyphens and spaces do not matter;
letters of other alphabets are written as travel documents write them (Ukrainian by the resolution of 2010).
What is left has letters a to z only, so that both programs agree whatever their version of Unicode.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from portal.identity.types import NO_NAME, NameForms
from portal.identity.words import WORDS

_LETTERS: Final[dict[str, str]] = WORDS["letters"] | dict.fromkeys(WORDS["joining"], "")
_TITLES: Final = frozenset(WORDS["titles"])
_CAREFUL_TITLES: Final = frozenset(WORDS["titles_with_dot_or_after_comma"])
_TITLE_PAIRS: Final = frozenset(tuple(pair.split(" ")) for pair in WORDS["title_pairs"])
_GENERATIONS: Final = frozenset(WORDS["generations"])
_BORN_AS: Final = frozenset(WORDS["born_as"])
_PARTICLES: Final = frozenset(WORDS["particles"])
_UNKNOWN: Final = frozenset(WORDS["unknown"])

_BRACKETED: Final = re.compile(r"[(\[{].*")
_NOT_WRITTEN: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_KEPT: Final = re.compile("[a-z0-9]")
_BETWEEN: Final = re.compile(r"[^a-z.,]+")
CACHED_NAMES: Final = 1 << 18


@lru_cache(maxsize=4096)
def _letter(letter: str) -> str:
    """A small letter as one or more of a-z 0-9; a dot, a comma and a slash as they are; anything else as a space."""
    known = _LETTERS.get(letter)
    if known is not None:
        return known
    if letter in ".,/":
        return letter
    parts = unicodedata.normalize("NFKD", letter)
    kept = "".join(part for part in parts if _KEPT.match(part))
    if kept:
        return kept
    return "" if all("\u0300" <= part <= "\u036f" for part in parts) else " "


def simple(text: str) -> str:
    """The text in a-z, 0-9, dots, commas, slashes and spaces."""
    if text.isascii() and "'" not in text and "`" not in text and text.isalnum():
        return text.lower()
    small = unicodedata.normalize("NFC", _NOT_WRITTEN.sub("", text)).lower()
    return "".join(map(_letter, small))


def _is_title(piece: str, careful: bool) -> bool:
    return piece in _TITLES or (careful and piece in _CAREFUL_TITLES)


def _pieces_without_titles(chunk: str, after_comma: bool) -> list[str]:
    """The words of one part between spaces, in which only dots divide."""
    dotted = "." in chunk
    whole = chunk.replace(".", "")
    if _is_title(whole, dotted or after_comma):
        return []
    return [piece for piece in chunk.split(".") if piece and not _is_title(piece, dotted or after_comma)]


def _all_pieces(text: str) -> list[str]:
    return [piece for piece in re.split("[ .,]+", text) if piece]


def _until_another_name(words: list[str]) -> list[str]:
    """Without what follows "roz." and the like: the other name of the same person."""
    for place, word in enumerate(words):
        if place and word in _BORN_AS:
            return words[:place]
    return words


def _without_pairs(words: list[str]) -> list[str]:
    """Without titles written with a space inside: Ph. D."""
    kept: list[str] = []
    for word in words:
        if kept and (kept[-1], word) in _TITLE_PAIRS:
            kept.pop()
        else:
            kept.append(word)
    return kept


def name_words(text: str) -> tuple[str, ...]:
    """The words of a name in the order typed, without titles; empty where there is none or it says "unknown"."""
    plain = _BETWEEN.sub(" ", simple(_BRACKETED.sub("", text)))
    words: list[str] = []
    for place, part in enumerate(plain.split(",")):
        for chunk in part.split():
            words.extend(_pieces_without_titles(chunk, after_comma=place > 0))
    words = _until_another_name(_without_pairs(words))
    while len(words) > 1 and words[-1] in _GENERATIONS:
        words.pop()
    if not words:  # a name that looks like a title, and nothing beside it
        words = _all_pieces(plain)[:1]
    return () if all(word in _UNKNOWN for word in words) else tuple(words)


_FLEETING: Final = re.compile(r"([^aeiouy])e([lcknr])$")
_FEMALE: Final = re.compile(r"(?:ova|eva|ov|ev)$")
_MIN_STEM: Final = 3


@lru_cache(maxsize=CACHED_NAMES)
def stem(word: str) -> str:
    """What the surnames of a man and a woman of one family have in common.

    Novák, Nováková: novak; Svoboda, Svobodová: svobod; Novotný, Novotná: novotn; Havel, Havlová: havl.
    At least three letters stay.
    """
    shorter = _FEMALE.sub("", word)
    if shorter == word or len(shorter) < _MIN_STEM:
        shorter = word[:-1] if word[-1:] in tuple("aeiouy") and len(word) > _MIN_STEM else word
    return _FLEETING.sub(r"\1\2", shorter) if len(shorter) > _MIN_STEM + 1 else shorter


# In this order; each is a spelling of the one sound in Czech, German, Polish and Hungarian names.
_SOUNDS: Final[tuple[tuple[str, str], ...]] = (
    ("shch", "s"),
    ("tsch", "c"),
    ("sch", "s"),
    ("sh", "s"),
    ("sz", "s"),
    ("zh", "s"),
    ("ch", "h"),
    ("kh", "h"),
    ("ck", "k"),
    ("cz", "c"),
    ("tz", "c"),
    ("ts", "c"),
    ("ds", "c"),
    ("th", "t"),
    ("ph", "f"),
    ("qu", "kv"),
    ("q", "k"),
    ("w", "v"),
    ("x", "ks"),
    ("y", "i"),
    ("j", "i"),
    ("b", "p"),
    ("d", "t"),
    ("g", "k"),
    ("v", "f"),
    ("z", "s"),
)
_TWICE: Final = re.compile(r"(.)\1+")
_VOWELS: Final = re.compile("[aeiou]+")


@lru_cache(maxsize=CACHED_NAMES)
def sound(word: str) -> str:
    """A short code of how a folded word sounds: voiced as voiceless, y and j as i, doubled letters once, and only the
    first of its vowels, if it begins with one (as "a", whichever it is).
    """
    for written, heard in _SOUNDS:
        word = word.replace(written, heard)
    word = _TWICE.sub(r"\1", word)
    begins = "a" if word[:1] in tuple("aeiou") else ""
    return begins + _TWICE.sub(r"\1", _VOWELS.sub("", word))


@lru_cache(maxsize=CACHED_NAMES)
def surname_forms(text: str) -> NameForms:
    words = name_words(text)
    if not words:
        return NO_NAME
    own = [word for word in words if word not in _PARTICLES] or list(words)
    root = stem(own[0])
    return NameForms("-".join(sorted(own)), own[0], root, stem(own[-1]), sound(root))


@lru_cache(maxsize=CACHED_NAMES)
def given_forms(text: str) -> NameForms:
    words = name_words(text)
    if not words:
        return NO_NAME
    return NameForms("-".join(sorted(words)), words[0], words[0], words[-1], sound(words[0]))
