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
BEGINNING: Final = 2  # letters of a surname that its tail leaves out
TAIL: Final = 3  # last letters of a given name


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
    plain = simple(text).strip()
    return plain if len(plain) == 6 and plain.isdigit() else None


def normalise(identity: Identity) -> Normal:
    """The identity in one form. The typed date of birth goes before the one in the birth number, which fills a gap,
    unless the number's check digit is right: then the number is.
    """
    born = read_date(identity.born) if identity.born else None
    sex = read_sex(identity.sex) if identity.sex else None
    number: Checked = check_birth_number(identity.birth_number, born, sex)
    return Normal(
        given=given_forms(identity.given),
        surname=surname_forms(identity.surname),
        born=number.born if number.is_proven and number.born else born or number.born,
        birth_number=number.digits,
        certain_number=number.digits if number.is_certain else None,
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


def _year_and_month(who: Normal) -> str | None:
    return None if who.born is None else _iso(who.born)[:7]


def _year_and_day(who: Normal) -> str | None:
    return None if who.born is None else f"{who.born[0]}-{who.born[2]}"


def _day_of_year(who: Normal) -> str | None:
    return None if who.born is None else _iso(who.born)[5:]


def _names_either_way(who: Normal) -> str | None:
    """Given name and surname in alphabetical order: the same when they stood in each other's place."""
    return joined(*sorted((who.given.first, who.surname.first)))


def _surname_tail(who: Normal) -> str:
    """What follows the first letters of the last part of the surname: an error there leaves it as it is."""
    last = who.surname.last
    return last[BEGINNING:] if len(last) > BEGINNING + 1 else last


KINDS: Final[tuple[Kind, ...]] = (
    Kind("birth_number", lambda who: who.certain_number),
    Kind("names_either_way_born", lambda who: joined(_names_either_way(who), _born_either_way(who))),
    Kind("sounds_born", lambda who: joined(who.surname.sound, who.given.sound, _born(who))),
    Kind("given_initial_born", lambda who: joined(who.given.first, who.surname.first[:1], _born(who))),
    Kind("given_tail_born", lambda who: joined(who.given.first, _surname_tail(who), _born(who))),
    Kind("given_born_municipality", lambda who: joined(who.given.first, _born(who), who.municipality)),
    Kind("surname_initial_born", lambda who: joined(who.surname.stem, who.given.first[:1], _born(who))),
    Kind("surname_tail_born", lambda who: joined(who.surname.stem, who.given.first[-TAIL:], _born(who))),
    Kind("names_year_month", lambda who: joined(who.surname.stem, who.given.first, _year_and_month(who))),
    Kind("names_year_day", lambda who: joined(who.surname.stem, who.given.first, _year_and_day(who))),
    Kind("names_day_of_year", lambda who: joined(who.surname.stem, who.given.first, _day_of_year(who))),
    Kind("names_municipality", lambda who: joined(who.surname.stem, who.given.first, who.municipality)),
)
"""Kind 0 is the birth number, which decides; the others propose. Chosen by trial: docs/linking.md.

Every one but the last holds at least two parts of the date of birth, so that no digest is frequent enough to be
recognised by how often it occurs; each error of one field leaves some of them as they were.
"""


def linkage_inputs(identity: Identity) -> tuple[str | None, ...]:
    """The strings of one identity, one for each of ``KINDS``; None where what it needs is not known."""
    who = normalise(identity)
    return tuple(kind.derive(who) for kind in KINDS)


_PREFIXES: Final = tuple(f"kissos/{VERSION}/{kind.code}/".encode() for kind in KINDS)


def oprf_input(kind: int, text: str) -> bytes:
    """The bytes that are blinded for a string of ``KINDS[kind]``: strings of two kinds never meet."""
    return _PREFIXES[kind] + text.encode("ascii")
