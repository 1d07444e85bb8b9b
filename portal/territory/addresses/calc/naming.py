"""From address places to points with labels and to streets with words. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from portal.core.addresses import address_words, is_number
from portal.core.czech import czech_sort_key
from portal.territory.addresses.types import (
    AddressRow,
    ParsedAddresses,
    ParsedStreet,
    PointColumns,
    UnknownMunicipality,
)

PART_SIGN = "="
_HOUSE = re.compile(r" (?:č\.ev\. )?\d+(?:/\w+)?$")
_POSTCODE = re.compile(r"^\d{3} \d{2} ")
Street = tuple[str, str, str, str]  # name, municipality, part, code of the municipality


def label_of(row: AddressRow) -> str:
    """The address as people write it: "Horní náměstí 12/3, 779 00 Olomouc", "Blatec 45, 783 75 Blatec".

    Beside a street stands the part of the municipality where it is called otherwise ("Náves 5, Holice, 779 00
    Olomouc"); without a street the part takes its place.
    """
    house = f"č.ev. {row.house}" if row.is_registered else str(row.house)
    number = f"{house}/{row.orientation}" if row.orientation else house
    town = f"{row.postcode[:3]} {row.postcode[3:]} {row.municipality_name}".strip()
    parts = [f"{_name(row)} {number}", town]
    if row.street and row.part and row.part != row.municipality_name:
        parts.insert(1, row.part)
    return ", ".join(parts)


def without_number(label: str) -> str:
    """The street or part of a label: "Horní náměstí, Olomouc" of "Horní náměstí 12/3, 779 00 Olomouc"."""
    parts = label.split(", ")
    first = _HOUSE.sub("", parts[0])
    return ", ".join(dict.fromkeys([first, *parts[1:-1], _POSTCODE.sub("", parts[-1])]))


def numbers_of(row: AddressRow) -> str:
    """What may be written beside the street, each between spaces: " 12 3a 77900 "."""
    return f" {' '.join(text for text in (str(row.house), row.orientation.casefold(), row.postcode) if text)} "


def _name(row: AddressRow) -> str:
    return row.street or row.part or row.municipality_name


def _street(row: AddressRow) -> Street:
    return (_name(row), row.municipality_name, row.part, row.municipality_code)


def starts_of(street: ParsedStreet) -> list[str]:
    """What a search of a street can begin with: its name from each word on, its part. Numbers alone begin nothing."""
    words = street.words
    starts = dict.fromkeys(" ".join(words[at:]) for at, word in enumerate(words) if not is_number(word))
    return [*starts, *([part_start(" ".join(street.part_words))] if street.part_words else [])]


def part_start(name: str) -> str:
    """The beginning of a part of a municipality, apart from those of streets."""
    return f"{PART_SIGN}{name}"


def assembled(
    rows: Sequence[AddressRow],
    *,
    source: str,
    without_point: int = 0,
    unknown: Sequence[UnknownMunicipality] = (),
) -> ParsedAddresses:
    """Points in the order of their codes; streets are numbered in Czech order, which is the order of a search."""
    rows = sorted(rows, key=lambda row: row.code)
    streets = sorted({_street(row) for row in rows}, key=lambda street: (*map(czech_sort_key, street), street))
    number_of = {street: number for number, street in enumerate(streets, start=1)}
    points = PointColumns()
    for row in rows:
        points.code.append(row.code)
        points.municipality_code.append(row.municipality_code)
        points.street_number.append(number_of[_street(row)])
        points.house.append(row.house)
        points.numbers.append(numbers_of(row))
        points.label.append(label_of(row))
        points.lon.append(row.lon)
        points.lat.append(row.lat)
    return ParsedAddresses(
        source=source,
        streets=tuple(_parsed(street, number) for street, number in number_of.items()),
        points=points,
        municipalities=len({row.municipality_code for row in rows}),
        without_point=without_point,
        unknown=tuple(unknown),
    )


def _parsed(street: Street, number: int) -> ParsedStreet:
    name, municipality, part, _code = street
    words, part_words = tuple(address_words(name)), tuple(address_words(part or municipality))
    around = dict.fromkeys([*part_words, *address_words(municipality)])
    return ParsedStreet(number, words, tuple(around), () if words == part_words else part_words)
