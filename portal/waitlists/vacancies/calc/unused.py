"""Capacity not used beside people waiting: sums by type and area. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

FIGURES = ("beds", "free", "closed", "reserved", "occupied", "waiting")
WHOLE = "*"  # in place of an area: the region, each person once


def count_places(rows: Iterable[tuple[str, str, str, int]]) -> dict[tuple[str, str], dict[str, int]]:
    """Places by (type, area) and state, and by (type, WHOLE); rows are type, area, state, places."""
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for type_code, area, state, places in rows:
        for key in ((type_code, area), (type_code, WHOLE)):
            found[key][state] += places
    return {key: dict(counts) for key, counts in found.items()}


def count_waiting(rows: Iterable[tuple[str, str, int]], area_of: Mapping[str, str]) -> dict[tuple[str, str], int]:
    """Persons by (type, area of residence) and by (type, WHOLE), each once; rows are type, municipality, person.

    A municipality that nobody knows, or outside the region, is in area "". A person with two applications that name
    different homes counts in both areas, once in the whole.
    """
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for type_code, municipality, person in rows:
        for key in ((type_code, area_of.get(municipality, "")), (type_code, WHOLE)):
            found[key].add(person)
    return {key: len(persons) for key, persons in found.items()}
