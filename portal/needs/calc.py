"""Sums of needs, and whose seat of an ORP a municipality is. Pure; persons are whole numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from portal.core.cells import Cell, added
from portal.core.czech import fold
from portal.needs.types import Completeness, Place, Progress, Row, Standing
from portal.territory.types import Unit

K = TypeVar("K", bound=Hashable)


def summed_by(rows: Iterable[Row], key: Callable[[Row], K]) -> dict[K, Cell]:
    """Persons of rows by what ``key`` says of a row; the corrected number where there is one."""
    cells: dict[K, list[Cell]] = defaultdict(list)
    for row in rows:
        cells[key(row)].append(row.persons)
    return {place: added(group) for place, group in cells.items()}


def places_of(municipalities: Sequence[Unit], orps: Sequence[Unit]) -> dict[str, Place]:
    """Municipalities by code, in the order given.

    The seat of an ORP is the municipality of its area that is called as the ORP is (every ORP bears the name of its
    seat, Decree 388/2002 Coll.); of several of that name the one with most inhabitants. An ORP without one has no seat.
    """
    names = {orp.code: orp.name for orp in orps}
    seats: dict[str, Unit] = {}
    for unit in municipalities:
        orp = unit.parent_code or ""
        if fold(unit.name) != fold(names.get(orp, "")):
            continue
        if orp not in seats or (unit.population or 0) > (seats[orp].population or 0):
            seats[orp] = unit
    return {
        unit.code: Place(
            unit.code,
            unit.name,
            unit.parent_code or "",
            names.get(unit.parent_code or "", ""),
            is_seat=seats.get(unit.parent_code or "") is unit,
            population=unit.population,
        )
        for unit in municipalities
    }


def gathered_by(code: str, places: Mapping[str, Place]) -> frozenset[str]:
    """Municipalities whose needs this one gathers: those of its ORP when it is the seat, otherwise itself alone."""
    place = places.get(code)
    if place is None:
        return frozenset()
    if not place.is_seat:
        return frozenset({code})
    return frozenset(other.code for other in places.values() if other.orp_code == place.orp_code)


def completeness(standings: Iterable[Standing]) -> list[Completeness]:
    """How far the municipalities of each ORP are, in the order in which the ORP come."""
    counts: dict[tuple[str, str], dict[Progress, int]] = {}
    for one in standings:
        group = counts.setdefault((one.place.orp_code, one.place.orp_name), dict.fromkeys(Progress, 0))
        group[one.progress] += 1
    return [Completeness(code, name, group) for (code, name), group in counts.items()]
