"""Which place a person means: a municipality, an address of the register, or coordinates. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from portal.core.czech import fold
from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.map.surroundings.types import MOST_CANDIDATES, Place
from portal.territory.types import Unit

_POINT = re.compile(r"(?:bod:)?\s*(\d{2}[.,]\d{1,8})\s*°?\s*[nN]?\s*[,; ]\s*(\d{1,2}[.,]\d{1,8})\s*°?\s*[eE]?")
_TOWN = re.compile(r"obec:(\d{6})", re.ASCII)
LAT_BOUNDS, LON_BOUNDS = (48.0, 51.5), (11.5, 19.5)


def find_places(text: str, units: Sequence[Unit], orps: Mapping[str, str], addresses: Iterable[Place]) -> list[Place]:
    """Places that a text may mean, the surest first; one alone is meant for sure. At most MOST_CANDIDATES.

    Latitude and longitude in degrees, with points or Czech commas; a municipality by "obec:500496" or its name; else
    municipalities whose name begins so, and ``addresses`` that hold all the words. Raises Invalid for coordinates that
    lie outside the Czech Republic.
    """
    plain = " ".join(text.split())
    point = _POINT.fullmatch(plain)
    if point is not None:
        return [_point(*(float(part.replace(",", ".")) for part in point.groups()))]
    towns = _towns(units, orps)
    coded = _TOWN.fullmatch(plain)
    if coded is not None:
        return [place for place in towns if place.key == plain]
    wanted = fold(plain)
    if not wanted:
        return []
    folded = [(fold(place.label.split(" (", 1)[0]), place) for place in towns]
    exact = [place for name, place in folded if name == wanted]
    if exact:
        return exact[:MOST_CANDIDATES]
    begun = [place for name, place in folded if name.startswith(wanted)]
    words = _words(wanted)
    held = [place for place in addresses if _holds(_words(fold(place.label)), words)]
    return [*begun, *held][:MOST_CANDIDATES]


def _point(lat: float, lon: float) -> Place:
    if not (LAT_BOUNDS[0] <= lat <= LAT_BOUNDS[1] and LON_BOUNDS[0] <= lon <= LON_BOUNDS[1]):
        raise Invalid(
            _m("This point is outside the Czech Republic. Write latitude and longitude, such as 49.59, 17.25.")
        )
    return point_place(f"{lat:g}, {lon:g}", lon, lat)


def point_place(label: str, lon: float, lat: float) -> Place:
    """A place by its coordinates, to about a metre."""
    return Place(f"bod:{lat:.5f},{lon:.5f}", label, lon, lat)


def _towns(units: Sequence[Unit], orps: Mapping[str, str]) -> list[Place]:
    """Municipalities with a seat; one of several with the same name says its ORP too."""
    names = Counter(unit.name for unit in units)
    found = []
    for unit in units:
        if unit.seat_lon is None or unit.seat_lat is None:
            continue
        orp = orps.get(unit.parent_code or "", "")
        label = unit.name if names[unit.name] == 1 else f"{unit.name} (ORP {orp})"
        found.append(Place(f"obec:{unit.code}", label, unit.seat_lon, unit.seat_lat))
    return found


def _words(text: str) -> list[str]:
    return re.findall(r"[^\s,./()-]+", text)


def _holds(label: Sequence[str], wanted: Sequence[str]) -> bool:
    return bool(wanted) and all(any(word.startswith(each) for word in label) for each in wanted)
