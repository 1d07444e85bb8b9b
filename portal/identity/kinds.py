"""Linkage inputs: the strings made of one identity, over which the vault computes keyed digests.

The order of ``KINDS`` is the order of an application's digests and never changes; a kind is added at the end, and one
whose strings change gets a new code (``..._2``), since digests of the two can not be compared. Every string is made of
a-z, 0-9, "-" and "|", so that it has the same bytes in Python and in the browser (``assets/_kinds.js``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from portal.identity.birth_number import Checked, check_birth_number
from portal.identity.dates import Day, iso, read_date
from portal.identity.names import given_forms, simple, surname_forms
from portal.identity.types import Identity, Normal, Sex
from portal.identity.words import WORDS

VERSION: Final = 1
_MEN: Final = frozenset(WORDS["men"])
_WOMEN: Final = frozenset(WORDS["women"])
INITIALS: Final = 3  # first letters of a surname


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of linkage input; ``derive`` gives its string, or None where a part of it is not known."""

    code: str
    derive: Callable[[Normal], str | None]


@lru_cache(maxsize=256)
def read_sex(text: str) -> Sex | None:
    plain = simple(text).strip(" .")
    return Sex.MALE if plain in _MEN else Sex.FEMALE if plain in _WOMEN else None


@lru_cache(maxsize=1 << 14)
def _municipality(text: str) -> str | None:
    plain = text.strip()
    return plain if len(plain) == 6 and plain.isascii() and plain.isdigit() else None


def normalise(identity: Identity) -> Normal:
    """The identity in one form. The typed date of birth goes before the one in the birth number, which fills a gap."""
    born = read_date(identity.born) if identity.born else None
    sex = read_sex(identity.sex) if identity.sex else None
    number: Checked = check_birth_number(identity.birth_number, born, sex)
    return Normal(
        given=given_forms(identity.given),
        surname=surname_forms(identity.surname),
        born=born or number.born,
        birth_number=number.digits,
        sex=sex or number.sex,
        municipality=_municipality(identity.municipality),
    )


def joined(*parts: str | None) -> str | None:
    """The parts with "|" between them, or None where any is empty."""
    return "|".join(parts) if all(parts) else None  # type: ignore[arg-type]  # all() leaves no None


@lru_cache(maxsize=1 << 17)
def _iso(born: Day) -> str:
    return iso(*born)


def _born(who: Normal) -> str | None:
    return None if who.born is None else _iso(who.born)


def _born_either_way(who: Normal) -> str | None:
    """Day and month in order of size: the same for 2. 5. and 5. 2. of a year."""
    if who.born is None:
        return None
    year, month, day = who.born
    return iso(year, min(month, day), max(month, day))


def _year(who: Normal) -> str | None:
    return None if who.born is None else str(who.born[0])


def _day_of_year(who: Normal) -> str | None:
    return None if who.born is None else _iso(who.born)[5:]


def _names_either_way(who: Normal) -> str | None:
    """Given name and surname in alphabetical order: the same when they stood in each other's place."""
    return joined(*sorted((who.given.first, who.surname.first)))


def _digits_either_way(who: Normal) -> str | None:
    """The digits of the birth number in order of size: the same when two of them are exchanged."""
    return None if who.birth_number is None else "".join(sorted(who.birth_number))


KINDS: Final[tuple[Kind, ...]] = (
    Kind("birth_number", lambda who: who.birth_number),
    Kind("names_born", lambda who: joined(who.surname.full, who.given.first, _born(who))),
    Kind("names_born_exchanged", lambda who: joined(who.surname.stem, who.given.first, _born_either_way(who))),
    Kind("names_exchanged_born", lambda who: joined(_names_either_way(who), _born(who))),
    Kind("given_initials_born", lambda who: joined(who.given.first, who.surname.first[:INITIALS], _born(who))),
    Kind("sounds_born", lambda who: joined(who.surname.sound, who.given.sound, _born(who))),
    Kind("surname_sound_born", lambda who: joined(who.surname.sound, _born(who))),
    Kind("given_born", lambda who: joined(who.given.first, who.sex, _born(who))),
    Kind("names_year", lambda who: joined(who.surname.stem, who.given.first, _year(who))),
    Kind("names_day", lambda who: joined(who.surname.stem, who.given.first, _day_of_year(who))),
    Kind("birth_number_digits", lambda who: joined(_digits_either_way(who), who.surname.sound)),
    Kind("born_municipality", lambda who: joined(_born(who), who.sex, who.municipality)),
)
"""Kind 0 is the birth number, which decides; the others propose."""


def linkage_inputs(identity: Identity) -> tuple[str | None, ...]:
    """The strings of one identity, one for each of ``KINDS``; None where what it needs is not known."""
    who = normalise(identity)
    return tuple(kind.derive(who) for kind in KINDS)


_PREFIXES: Final = tuple(f"kissos/{VERSION}/{kind.code}/".encode() for kind in KINDS)


def oprf_input(kind: int, text: str) -> bytes:
    """The bytes that are blinded for a string of ``KINDS[kind]``: strings of two kinds never meet."""
    return _PREFIXES[kind] + text.encode("ascii")
