"""The Czech order of words. Pure."""

from __future__ import annotations

import unicodedata

_CH = "\u0001"  # stands for the letter ch while ranking
_ALPHABET = (
    "0 1 2 3 4 5 6 7 8 9 aá b c č dď eéě f g h " + _CH + " ií j k l m nň oó p q r ř s š tť uúů v w x yý z ž"
).split(" ")


class _Ranks(dict[int, str]):
    """Code of a letter to a sign that sorts as the letter does; other letters as their base letter, signs first."""

    def __missing__(self, code: int) -> str:
        self[code] = self.get(ord(_base(chr(code))), "\0")
        return self[code]


def _base(letter: str) -> str:
    return unicodedata.normalize("NFD", letter)[0]


_RANKS = _Ranks({ord(letter): chr(rank) for rank, group in enumerate(_ALPHABET, start=1) for letter in group})


def czech_sort_key(text: str) -> tuple[str, str]:
    """Key for ``sorted`` in the order of ČSN 97 6030: č, ř, š, ž and ch are letters, other accents decide last.

    Letters outside the Czech alphabet sort by their base letter; spaces and punctuation before all letters.
    """
    lowered = text.casefold().replace("ch", _CH)
    return lowered.translate(_RANKS), lowered


def fold(text: str) -> str:
    """The text in small letters without accents: what two spellings of a name have in common."""
    return "".join(_base(letter) for letter in text.casefold())
