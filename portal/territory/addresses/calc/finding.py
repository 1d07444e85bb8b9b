"""Which streets a person may mean. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from portal.core.addresses import address_words, is_number
from portal.territory.addresses.types import ParsedStreet

MOST_WORDS = 12  # a longer text is no address


@dataclass(frozen=True)
class Wanted:
    """What was written: ``names`` of a street and of places, ``numbers`` of a house, a street or a postcode."""

    names: tuple[str, ...]
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class ChosenStreet:
    """A street that the words may mean, with the numbers that are left for its houses."""

    number: int
    numbers: tuple[str, ...]
    is_exact: bool


def wanted_of(text: str) -> Wanted:
    """Words of a text in any order, with or without accents, commas and postcode."""
    words = address_words(text)[:MOST_WORDS]
    names = tuple(dict.fromkeys(word for word in words if not is_number(word)))
    return Wanted(names, tuple(word for word in words if is_number(word)))


def chosen_streets(streets: Iterable[ParsedStreet], wanted: Wanted) -> list[ChosenStreet]:
    """Streets where each word begins a word of the street, its part or its municipality; in their order, each once.

    Exact is one whose whole name was written and of whose words none was cut short. A number that belongs to the name
    ("17. listopadu") is not looked for among the houses again.
    """
    found: dict[int, ChosenStreet] = {}
    for street in streets:
        around = {*street.words, *street.place_words}
        if street.number in found or not all(any(word.startswith(name) for word in around) for name in wanted.names):
            continue
        written = {*wanted.names, *wanted.numbers}
        left = Counter(wanted.numbers) - Counter(street.words)
        found[street.number] = ChosenStreet(
            street.number,
            tuple(sorted(left.elements())),
            is_exact=around.issuperset(wanted.names) and written.issuperset(street.words),
        )
    return [found[number] for number in sorted(found)]
