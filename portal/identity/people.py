"""Which column of a list is what, and who stands in its lines. The browser does the same in ``assets/_people.js``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from portal.core.messages import Message
from portal.identity.birth_number import check_birth_number
from portal.identity.dates import Day, read_date
from portal.identity.kinds import linkage_inputs, normalise, read_sex
from portal.identity.names import name_words, simple
from portal.identity.sentences import ABOUT_PERSON, NO_DATE, NO_SEX, NOT_ENOUGH, TELLING
from portal.identity.tables import Line
from portal.identity.types import Identity
from portal.identity.words import WORDS

_HEADINGS: Final[dict[str, str]] = {name: field for field, names in WORDS["headings"].items() for name in names}
_KEPT: Final = frozenset(WORDS["kept_headings"])
_HANDED_ON: Final[dict[str, str]] = WORDS["handed_on"]  # field -> the heading it is given
_WHOLE_NAMES: Final = ("given_surname", "surname_given")
MIN_TELLING: Final = 3  # letters of a name that no kept cell may hold
MIN_DIGITS: Final = 8  # of a birth number


def plain_heading(text: str) -> str:
    """A heading as it is looked up: a-z and 0-9 with single spaces."""
    return re.sub("[^a-z0-9]+", " ", simple(text)).strip()


@dataclass(frozen=True)
class Columns:
    """Where the parts of an identity stand (field of ``WORDS["headings"]`` -> place from 0) and what else is kept."""

    places: Mapping[str, int]
    kept: Sequence[tuple[str, int]]  # heading as written, place

    @property
    def is_enough(self) -> bool:
        """Whether anybody can be told by these columns: a birth number, or a name with a date."""
        has_name = {"given", "surname"} <= self.places.keys() or any(name in self.places for name in _WHOLE_NAMES)
        return "birth_number" in self.places or (has_name and "born" in self.places)


def find_columns(headings: Sequence[str], keep: Sequence[str] = ()) -> Columns:
    """Recognise headings, each field at its first column; ``keep`` names further columns to hand on.

    Only columns that are known to hold nothing of an identity are kept. Own mark, sex and municipality get the headings
    that a waiting list is imported by; a code of the municipality goes before its name.
    """
    places: dict[str, int] = {}
    kept: list[tuple[str, int]] = []
    wanted = {plain_heading(heading) for heading in keep}
    for place, heading in enumerate(headings):
        plain = plain_heading(heading)
        field = _HEADINGS.get(plain)
        is_new = field is not None and field not in places
        if field is not None and is_new:
            places[field] = place
        if field is not None and is_new and field in _HANDED_ON:
            kept.append((_HANDED_ON[field], place))
        elif plain and (plain in _KEPT or plain in wanted):
            kept.append((heading.strip(), place))
    if "municipality" in places:
        kept = [(name, place) for name, place in kept if place == places["municipality"] or not _is_place(name)]
    return Columns(places, kept)


@dataclass(frozen=True)
class Fault:
    """What is wrong on a line; with a warning alone the person still gets a code."""

    code: str
    field: str  # of the identity, or the heading of a column that is handed on
    is_warning: bool = False

    @property
    def message(self) -> Message:
        return ABOUT_PERSON[self.code]


@dataclass(frozen=True)
class Listed:
    """A person of a list: linkage inputs, what may be handed on, and what is doubtful."""

    line: int
    inputs: tuple[str | None, ...]
    birth_year: int | None
    kept: tuple[str, ...]
    faults: tuple[Fault, ...]

    @property
    def is_coded(self) -> bool:
        return not any(not fault.is_warning for fault in self.faults)


def list_people(lines: Sequence[Line], columns: Columns, today: Day | None = None) -> Iterator[Listed]:
    """The people of the lines below the headings, one for each line."""
    for line in lines:
        yield _listed(line, columns, today)


def _listed(line: Line, columns: Columns, today: Day | None) -> Listed:
    who = identity_of(line, columns.places)
    normal = normalise(who)
    inputs = linkage_inputs(who)
    faults = list(faults_of(who, today))
    if not is_enough(inputs):
        faults.append(Fault(NOT_ENOUGH, ""))
    kept = [line.cell(place) for _, place in columns.kept]
    for number, (heading, _) in enumerate(columns.kept):
        if not _is_place(heading) and tells(kept[number], who):
            kept[number] = ""
            faults.append(Fault(TELLING, heading, is_warning=True))
    year = None if normal.born is None else normal.born[0]
    return Listed(line.number, inputs, year, tuple(kept), tuple(faults))


def is_enough(inputs: Sequence[str | None]) -> bool:
    """A birth number, or the name with the date of birth (the second kind), tell a person; less would not."""
    return inputs[0] is not None or inputs[1] is not None


def faults_of(who: Identity, today: Day | None = None) -> Iterator[Fault]:
    """What cannot be read or is doubtful in a typed identity. A birth number only warns."""
    born, sex = read_date(who.born), read_sex(who.sex)
    if who.born.strip() and born is None:
        yield Fault(NO_DATE, "born")
    if who.sex.strip() and sex is None:
        yield Fault(NO_SEX, "sex", is_warning=True)
    doubt = check_birth_number(who.birth_number, born, sex, today).doubt
    if doubt is not None:
        yield Fault(doubt.value, "birth_number", is_warning=True)


def tells(text: str, who: Identity) -> bool:
    """Whether a text holds the person's name, date of birth or birth number."""
    names = {word for word in (*name_words(who.given), *name_words(who.surname)) if len(word) >= MIN_TELLING}
    words = set(re.split("[^a-z]+", simple(text)))
    digits, number = (re.sub("[^0-9]+", "", part) for part in (simple(text), who.birth_number))
    has_number = len(number) >= MIN_DIGITS and (number in digits or number[:6] == digits)
    born = read_date(who.born)
    return bool(words & names) or has_number or (born is not None and read_date(text) == born)


def _is_place(heading: str) -> bool:
    """A municipality may be called as the person is."""
    return any(word in ("obec", "obce", "municipality") for word in plain_heading(heading).split())


def identity_of(line: Line, places: Mapping[str, int]) -> Identity:
    """The typed identity of a line; a whole name is divided by the order that its heading says."""
    given, surname = line.cell(places.get("given")), line.cell(places.get("surname"))
    if "given_surname" in places and not (given and surname):
        given, surname = divide_name(line.cell(places["given_surname"]), surname_first=False)
    elif "surname_given" in places and not (given and surname):
        given, surname = divide_name(line.cell(places["surname_given"]), surname_first=True)
    return Identity(
        given,
        surname,
        line.cell(places.get("born")),
        line.cell(places.get("birth_number")),
        line.cell(places.get("sex")),
        line.cell(places.get("municipality")),
    )


def divide_name(text: str, *, surname_first: bool) -> tuple[str, str]:
    """Given names and surname of a whole name: the surname is its first or its last part, titles aside."""
    parts = [part for part in text.split() if name_words(part) and not _is_title(part)]
    if not parts:
        return "", ""
    surname = parts.pop(0 if surname_first else -1)
    return " ".join(parts), surname


def _is_title(part: str) -> bool:
    """Whether a part beside a name would vanish as a title does."""
    return len(name_words(f"jan {part}")) == 1
