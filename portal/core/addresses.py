"""Addresses as people write them, brought to words that can be compared. Pure."""

from __future__ import annotations

import re

from portal.core.czech import fold

_WORD = re.compile(r"[^\W_]+")
_POSTCODE = re.compile(r"\b(\d{3})\s(\d{2})\b", re.ASCII)
_KIND_OF_NUMBER = re.compile(r"\bc(?:is(?:lo)?)?[\s.]*(?:p|ev|e|o)?[\s.]*(?=\d)")  # "č.p. 45", "čp. 45", "č. 45"
_WHOLE = {"nam": "namesti", "tr": "trida", "nabr": "nabrezi", "gen": "generala"}  # RÚIAN itself shortens some
_STREET = re.compile(r"(?:^|,)\s*ulice\s+|\bul\b\.?(?=\s*\w)")  # but "Nová Ulice" is a part of Olomouc


def address_words(text: str) -> list[str]:
    """Words and numbers of an address in small letters without accents: "nám. Míru 12/3a" is namesti, miru, 12, 3a.

    A postcode is one word; "č.p." and the like before a number, and the word for a street, say nothing.
    """
    plain = _POSTCODE.sub(r"\1\2", " ".join(fold(text).split()))
    plain = _STREET.sub(" ", _KIND_OF_NUMBER.sub(" ", plain))
    return [_WHOLE.get(word, word) for word in _WORD.findall(plain)]


def is_number(word: str) -> bool:
    """Whether a word of an address is a number of a house, perhaps with a letter, or a postcode."""
    return word[:1].isdigit()
