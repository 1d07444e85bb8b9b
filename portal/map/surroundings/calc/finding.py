"""Which place a person means: a municipality, an address of the register or a point of one, or coordinates. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from portal.core.addresses import address_words, is_number
from portal.core.czech import czech_sort_key, fold
from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.core.spelling import Spelling, near_texts, repaired
from portal.map.access.calc.distance import straight_km
from portal.map.surroundings.types import Place
from portal.territory.addresses.types import MOST_SUGGESTED, AddressPoint, FoundAddresses, SuggestedAddresses
from portal.territory.types import Unit

_POINT = re.compile(r"(?:bod:)?\s*(\d{2}[.,]\d{1,8})\s*°?\s*[nN]?\s*[,; ]\s*(\d{1,2}[.,]\d{1,8})\s*°?\s*[eE]?")
_TOWN = re.compile(r"obec:(\d{6})", re.ASCII)
_ADDRESS = re.compile(r"adresa:(\d{1,9})", re.ASCII)
SAME_KM = 0.1  # a point of the register and of RÚIAN for the same door
LAT_BOUNDS, LON_BOUNDS = (48.0, 51.5), (11.5, 19.5)


def find_places(text: str, units: Sequence[Unit], orps: Mapping[str, str], addresses: Iterable[Place]) -> list[Place]:
    """Places that a text may mean, the surest first; one alone is meant for sure.

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
        return exact
    begun = [place for name, place in folded if name.startswith(wanted)]
    words = _words(wanted)
    held = [place for place in addresses if _holds(_words(fold(place.label)), words)]
    return [*begun, *held]


def address_code(text: str) -> int | None:
    """The code of an address place that a text is ("adresa:22334455"); None for every other text."""
    coded = _ADDRESS.fullmatch(text.strip())
    return None if coded is None else int(coded.group(1))


def asks_for_address(text: str, places: Sequence[Place]) -> bool:
    """Whether address points are looked for, beside what ``find_places`` found of the text.

    Not for coordinates, a code or the name of a municipality. Where something was found without the number of a house,
    that is meant: points of a whole street would bury it.
    """
    plain = " ".join(text.split())
    if _POINT.fullmatch(plain) or _TOWN.fullmatch(plain):
        return False
    if any(place.key.startswith("obec:") and fold(place.label.split(" (", 1)[0]) == fold(plain) for place in places):
        return False
    return not places or any(map(is_number, address_words(plain)))


def with_points(text: str, places: Sequence[Place], found: FoundAddresses) -> list[Place]:
    """``places`` and address points together; what is the same door in both is the point, which says its postcode.

    Where points are exact, an address of the register that only begins so is not meant ("Dlouhá 71" by "Dlouhá 7").
    """
    words = set(address_words(text))
    towns = [place for place in places if place.key.startswith("obec:")]
    doors = [
        place
        for place in places
        if not place.key.startswith("obec:")
        and not any(_is_same_door(place, point) for point in found.points)
        and (not found.is_exact or words <= set(address_words(place.label)))
    ]
    return [*towns, *doors, *(address_place(point) for point in found.points)]


def near_towns(text: str, units: Sequence[Unit], orps: Mapping[str, str]) -> list[Place]:
    """Municipalities whose whole name a text may be with typing errors, the fewest first."""
    towns: dict[str, list[Place]] = {}
    for place in _towns(units, orps):
        towns.setdefault(fold(place.label.split(" (", 1)[0]), []).append(place)
    return [place for name, _errors in near_texts(fold(" ".join(text.split())), list(towns)) for place in towns[name]]


def near_addresses(text: str, addresses: Sequence[Place]) -> list[Place]:
    """Addresses of the register that a text may mean with typing errors in its names, the fewest first."""
    words = [(place, set(address_words(place.label))) for place in addresses]
    spelling = Spelling(word for _place, held in words for word in held)
    typed = address_words(text)
    names = [spelling.options(word) for word in typed if not is_number(word)]
    numbers = {word for word in typed if is_number(word)}
    found = []
    for place, held in words:
        mended = repaired(names, held) if names and numbers <= held else None
        if mended is not None:
            found.append((mended[1], place))
    return [place for _errors, place in sorted(found, key=lambda one: (one[0], czech_sort_key(one[1].label)))]


def suggested_places(
    text: str, towns: Sequence[Place], doors: Sequence[Place], suggested: SuggestedAddresses
) -> list[Place]:
    """Municipalities, addresses of the register and of RÚIAN together, at most MOST_SUGGESTED; the same door once.

    A street is looked for by its name. Where a municipality is meant, addresses need a number to be meant too.
    """
    points = suggested.points
    if towns and not any(map(is_number, address_words(text))):
        doors = []
    apart = [place for place in doors if not any(_is_same_door(place, point) for point in points)]
    streets = [Place(street.label, street.label, street.lon, street.lat) for street in suggested.streets]
    found: dict[str, Place] = {}
    for place in [*towns, *apart, *map(address_place, points), *streets]:
        found.setdefault(place.label, place)
    return list(found.values())[:MOST_SUGGESTED]


def _is_same_door(place: Place, point: AddressPoint) -> bool:
    """Whether an address of the register stands at the point: in the same spot, or near it with the same words."""
    if point_place("", point.lon, point.lat).key == point_place("", place.lon, place.lat).key:
        return True
    ends = ([place.lon], [place.lat], [point.lon], [point.lat])
    km = float(straight_km(*(np.array(end) for end in ends))[0])
    return km < SAME_KM and set(address_words(place.label)) <= set(address_words(point.label))


def address_place(point: AddressPoint) -> Place:
    return Place(f"adresa:{point.code}", point.label, point.lon, point.lat)


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
