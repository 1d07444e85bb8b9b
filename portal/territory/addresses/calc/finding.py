"""Which streets a person may mean. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from portal.core.addresses import address_words, is_number
from portal.core.spelling import repaired
from portal.territory.addresses.types import ParsedStreet

MOST_WORDS = 12  # a longer text is no address


@dataclass(frozen=True)
class Wanted:
    """What was written: ``names`` of a street and of places, ``numbers`` of a house, a street or a postcode."""

    names: tuple[str, ...]
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class ChosenStreet:
    """A street that the words may mean, with the numbers that are left for its houses.

    ``houses``: where the part was meant, one of these is the number of the house itself, which is unique in the part.
    """

    number: int
    numbers: tuple[str, ...]
    is_exact: bool
    houses: tuple[int, ...] = ()


def wanted_of(text: str) -> Wanted:
    """Words of a text in any order, with or without accents, commas and postcode."""
    words = address_words(text)[:MOST_WORDS]
    names = tuple(dict.fromkeys(word for word in words if not is_number(word)))
    return Wanted(names, tuple(word for word in words if is_number(word)))


def chosen_streets(streets: Iterable[ParsedStreet], wanted: Wanted) -> list[ChosenStreet]:
    """Streets that the words may mean, in their order, each once; the exact reading of one that has two."""
    found: dict[int, ChosenStreet] = {}
    for street in streets:
        chosen = _by_part(street, wanted) if street.part_words else _by_name(street, wanted)
        if chosen is not None and (street.number not in found or chosen.is_exact):
            found[street.number] = chosen
    return [found[number] for number in sorted(found)]


def mended_streets(
    streets: Iterable[ParsedStreet], typed: Sequence[Mapping[str, int]], numbers: tuple[str, ...]
) -> list[tuple[int, ChosenStreet]]:
    """Streets that mistyped words may mean with the number of errors, the fewest first; each once.

    ``typed``: options of each word of a name. Without a number one of them has to be of the street's own name.
    """
    found: dict[int, tuple[int, ChosenStreet]] = {}
    for street in streets:
        mended = repaired(typed, {*street.words, *street.place_words})
        if mended is None:
            continue
        names, errors = mended
        if not numbers and not any(word.startswith(name) for name in names for word in street.words):
            continue  # only the municipality was written, which is no street
        for chosen in chosen_streets([street], Wanted(tuple(dict.fromkeys(names)), numbers)):
            former = found.get(chosen.number)
            if former is None or (errors, not chosen.is_exact) < (former[0], not former[1].is_exact):
                found[chosen.number] = (errors, chosen)
    return sorted(found.values(), key=lambda one: (one[0], not one[1].is_exact, one[1].number))


def _by_name(street: ParsedStreet, wanted: Wanted) -> ChosenStreet | None:
    """Each word begins a word of the street, its part or its municipality.

    Exact is a street whose whole name was written and of whose words none was cut short. A number that belongs to the
    name ("17. listopadu") is not looked for among the houses again.
    """
    around = {*street.words, *street.place_words}
    if not _begin(wanted.names, around):
        return None
    left = Counter(wanted.numbers) - Counter(street.words)
    is_exact = around.issuperset(wanted.names) and {*wanted.names, *wanted.numbers}.issuperset(street.words)
    return ChosenStreet(street.number, tuple(sorted(left.elements())), is_exact)


def _by_part(street: ParsedStreet, wanted: Wanted) -> ChosenStreet | None:
    """Only the part, perhaps with its municipality, and the number of a house: "Dolany 12" where streets have names."""
    houses = tuple(sorted({int(number) for number in wanted.numbers if number.isdecimal() and len(number) < 5}))
    if not houses or not _begin(wanted.names, street.place_words):
        return None
    names = set(wanted.names)
    is_exact = names.issubset(street.place_words) and names.issuperset(street.part_words)
    return ChosenStreet(street.number, tuple(sorted(wanted.numbers)), is_exact, houses)


def _begin(names: Iterable[str], words: Iterable[str]) -> bool:
    return all(any(word.startswith(name) for word in words) for name in names)
