"""An identity as it is typed, and what remains of it after normalisation. Neither is ever stored or sent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Sex(StrEnum):
    MALE = "m"
    FEMALE = "f"


@dataclass(frozen=True, slots=True)
class Identity:
    """Texts as somebody typed them or as they stand in a list; an empty one is not known."""

    given: str = ""
    surname: str = ""
    born: str = ""
    birth_number: str = ""
    sex: str = ""
    municipality: str = ""  # code of the Czech Statistical Office, six digits


@dataclass(frozen=True, slots=True)
class NameForms:
    """One name in the forms that linkage inputs are made of; all in letters a-z, all empty for no name.

    full: all parts in alphabetical order, joined by a hyphen (Nováková-Svobodová = Svobodová Nováková);
    first: the part typed first, without particles; stem: ``first`` as a man and a woman of one family share it;
    last: the stem of the part typed last; sound: how ``stem`` sounds, vowels after the first letter left out.
    """

    full: str = ""
    first: str = ""
    stem: str = ""
    last: str = ""
    sound: str = ""


NO_NAME = NameForms()


@dataclass(frozen=True, slots=True)
class Normal:
    """A normalised identity. ``born`` is (year, month, day); ``birth_number`` nine or ten digits.

    ``certain_number`` is the birth number where it can be a right one; one that fails its check decides nothing.
    """

    given: NameForms
    surname: NameForms
    born: tuple[int, int, int] | None
    birth_number: str | None
    certain_number: str | None
    sex: Sex | None
    municipality: str | None
