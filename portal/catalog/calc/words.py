"""Czech words: cut from a text, freed of diacritics, and compared whatever their ending. Pure.

Two words are taken as forms of one when some paradigm of declension can make both from the same stem:
``šumperku`` and ``Šumperk`` share (hard masculine, ``sumperc``). The endings are those of the school grammar
of Czech, written without diacritics, so that a word typed without them is found as well as one typed with them.
Why not a stemmer: see docs/adr/0008.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

VOWELS = frozenset("aeiouy")
MIN_STEM = 2
MIN_BARE_STEM = 3  # a word without an ending has to be longer to be taken for a stem
RING_MAX_LETTERS = 5  # dům, domu; důl, dolu: short words alone change the vowel

# Endings of all cases, singular and plural, without diacritics; "" is the form without an ending.
_PARADIGMS = {
    "masculine hard": ("", "a", "u", "e", "i", "ovi", "em", "y", "um", "ech", "ich", "ove"),  # dluh, azylant
    "masculine soft": ("", "e", "i", "em", "ovi", "ove", "u", "um", "ich"),  # pečovatel, důchodce
    "masculine -a": ("", "a", "y", "ovi", "u", "o", "ou", "ove", "um", "ich", "ech", "e", "i"),  # invalida
    "masculine -us": ("us", "u", "e", "em", "y", "um", "ech"),  # autismus
    "feminine hard": ("", "a", "y", "e", "i", "u", "o", "ou", "am", "ach", "ami"),  # babička
    "feminine soft": ("", "e", "i", "im", "ich", "emi"),  # péče, Mohelnice
    "feminine -ie": ("ie", "ii", "iim", "iich", "iemi"),  # terapie
    "feminine -ost": ("", "i", "e", "em", "ech", "mi", "im", "ich", "emi"),  # závislost, pomoc
    "neuter hard": ("", "o", "a", "u", "e", "em", "um", "ech", "y", "ach", "ich", "i"),  # lůžko
    "neuter soft": ("", "e", "i", "em", "im", "ich"),  # pole
    "neuter -ete": ("e", "ete", "eti", "etem", "ata", "at", "atum", "atech", "aty"),  # dítě
    "neuter -í": ("i", "im", "ich", "imi"),  # postižení
    "adjective hard": ("y", "eho", "emu", "em", "ym", "a", "e", "ou", "i", "ych", "ymi", "yma"),  # duševní as "tělesný"
    "adjective soft": ("i", "iho", "imu", "im", "ich", "imi", "ima"),  # sociální
}
_ENDINGS: dict[str, tuple[int, ...]] = {
    ending: tuple(number for number, endings in enumerate(_PARADIGMS.values()) if ending in endings)
    for ending in {ending for endings in _PARADIGMS.values() for ending in endings}
}
_LONGEST_ENDING = max(map(len, _ENDINGS))
_ADJECTIVE_HARD = list(_PARADIGMS).index("adjective hard")
_WHOLE_WORD = -1  # the key of a word that no paradigm fits, of a number, of a short word

_TOKEN = re.compile(r"[^\W_]+")

Key = tuple[int, str]


def fold(text: str) -> str:
    """Lower case without diacritics: ``Štíty`` becomes ``stity``."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def split_words(text: str) -> list[str]:
    """The words and numbers of a text in lower case, in order; punctuation and everything else separates."""
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).lower())


@lru_cache(maxsize=100_000)
def declension_keys(word: str) -> frozenset[Key]:
    """(paradigm, stem) pairs that the word can come from; two words that share one are forms of one word.

    ``word`` is one item of ``split_words``. A number, and a word too short for any stem, has only itself.
    """
    plain = fold(word)
    keys = {key for variant in _vowel_variants(word, plain) for key in _keys_of(variant)}
    return frozenset(keys or {(_WHOLE_WORD, plain)})


def _vowel_variants(word: str, plain: str) -> set[str]:
    # "dum" typed without the ring may be "dům", so it has both stems; "dub" with its u written plainly gets them too.
    written_plainly = word == plain
    if len(plain) <= RING_MAX_LETTERS and "u" in plain[:-1] and (written_plainly or "ů" in word):
        return {plain, plain.replace("u", "o")}
    return {plain}


def _keys_of(plain: str) -> set[Key]:
    keys: set[Key] = set()
    if plain.isdigit():
        return keys
    for length in range(min(_LONGEST_ENDING, len(plain) - MIN_STEM) + 1):
        ending = plain[len(plain) - length :]
        stem = plain[: len(plain) - length]
        if ending not in _ENDINGS or stem[-1] in VOWELS or len(stem) < (MIN_STEM if ending else MIN_BARE_STEM):
            continue
        stems = {_same_consonant(stem)}
        if not ending and _has_mobile_e(stem):
            stems.add(_same_consonant(stem[:-2] + stem[-1]))
        for paradigm in _ENDINGS[ending]:
            keys.update((paradigm, stem) for stem in stems)
        if ending == "i" and stem.endswith(("st", "ct")):  # český, čeští; německý, němečtí
            keys.add((_ADJECTIVE_HARD, _same_consonant(stem[:-1] + "k")))
    return keys


def _same_consonant(stem: str) -> str:
    # ruka, ruce; Praha, Praze; hoch, hoši: the last consonant changes before some endings
    if stem.endswith("ch"):
        return stem[:-2] + "s"
    return stem[:-1] + {"k": "c", "h": "z", "g": "z"}.get(stem[-1], stem[-1])


def _has_mobile_e(stem: str) -> bool:
    # domek, domku; Litovel, Litovle; poradna, poraden
    return stem[-2] == "e" and stem[-3] not in VOWELS
