"""Which people and which places lie within reach of each other, and how far. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

EARTH_KM = 6371.0088  # mean radius, IUGG
STRIP = 256  # places computed at once: their cosines stay in the cache of the processor

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Pairs:
    """Pairs within reach: index of the people's unit, index of the place, distance. Three arrays of one length."""

    unit: Indices
    place: Indices
    distance: Floats

    def __len__(self) -> int:
        return len(self.unit)


def straight_km(lon: Floats, lat: Floats, to_lon: Floats, to_lat: Floats) -> Floats:
    """Great-circle distance in km (haversine) of points in degrees; arrays of one shape, NaN gives NaN."""
    phi, to_phi = np.radians(lat), np.radians(to_lat)
    half = np.sin((to_phi - phi) / 2) ** 2
    half = half + np.cos(phi) * np.cos(to_phi) * np.sin(np.radians(to_lon - lon) / 2) ** 2
    distance: Floats = 2 * EARTH_KM * np.arcsin(np.sqrt(half))
    return distance


def pairs_within(units: Floats, places: Floats, radius_km: float, detour: float = 1.0) -> Pairs:
    """Pairs not farther than ``radius_km`` by road, taken as the straight line times ``detour``.

    ``units`` [n, 2] and ``places`` [m, 2]: longitude and latitude in degrees; a row with NaN is in no pair. Grouped by
    place. No n times m table arises: places are taken in strips from south to north, each beside the units of its
    latitudes alone, and cosines on the unit sphere find the candidates.
    """
    known = _from_the_south(units)
    standing = _from_the_south(places)
    straight = radius_km / detour
    if known.size == 0 or standing.size == 0:
        return _joined([])
    latitudes, vectors = units[known, 1], _on_sphere(units[known])
    reach_degrees = np.degrees(straight / EARTH_KM) + 1e-9
    least_cosine = np.cos(min(straight / EARTH_KM, np.pi)) - 1e-12
    found: list[Pairs] = []
    for start in range(0, standing.size, STRIP):
        strip = standing[start : start + STRIP]
        first = np.searchsorted(latitudes, places[strip[0], 1] - reach_degrees, "left")
        last = np.searchsorted(latitudes, places[strip[-1], 1] + reach_degrees, "right")
        near = _on_sphere(places[strip]) @ vectors[first:last].T >= least_cosine
        row, column = np.divmod(np.flatnonzero(near), max(last - first, 1))
        place, unit = strip[row], known[first + column]
        distance = detour * straight_km(units[unit, 0], units[unit, 1], places[place, 0], places[place, 1])
        near = distance <= radius_km
        found.append(Pairs(unit[near], place[near], distance[near]))
    return _joined(found)


def _from_the_south(points: Floats) -> Indices:
    known = np.flatnonzero(np.isfinite(points).all(axis=1))
    return known[np.argsort(points[known, 1], kind="stable")]


def _on_sphere(points: Floats) -> Floats:
    lon, lat = np.radians(points[:, 0]), np.radians(points[:, 1])
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _joined(found: list[Pairs]) -> Pairs:
    if not found:
        return Pairs(np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp), np.zeros(0))
    return Pairs(
        np.concatenate([pairs.unit for pairs in found]),
        np.concatenate([pairs.place for pairs in found]),
        np.concatenate([pairs.distance for pairs in found]),
    )


def pairs_of_times(
    unit_codes: NDArray[np.str_],
    place_codes: NDArray[np.str_],
    times: tuple[NDArray[np.str_], NDArray[np.str_], Floats],
    radius: float,
) -> Pairs:
    """Pairs not farther than ``radius`` minutes by a matrix of ``times`` (from, to, minutes).

    A place lies where its municipality does. A pair that the matrix does not have is out of reach, but a municipality
    reaches itself in no time. ``unit_codes`` [n] are distinct; ``place_codes`` [m] may repeat, "" is nowhere.
    """
    start, end, minutes = times
    within = (minutes <= radius) & (start != end)
    own = np.intersect1d(unit_codes, place_codes)
    inside = (start == end) & (minutes <= radius)
    told = np.isin(own, start[start == end])
    start, end, minutes = (
        np.concatenate([start[within], start[inside], own[~told]]),
        np.concatenate([end[within], end[inside], own[~told]]),
        np.concatenate([minutes[within], minutes[inside], np.zeros(int((~told).sum()))]),
    )
    unit_order = np.argsort(unit_codes, kind="stable")
    sorted_units = unit_codes[unit_order]
    at = np.searchsorted(sorted_units, start)
    at[at == len(sorted_units)] = 0
    known = sorted_units[at] == start if len(sorted_units) else np.zeros(len(start), dtype=bool)
    start_index, end, minutes = unit_order[at[known]] if len(sorted_units) else at[known], end[known], minutes[known]
    # Each row of the matrix goes to all places of its target municipality.
    place_order = np.argsort(place_codes, kind="stable")
    sorted_places = place_codes[place_order]
    first, last = np.searchsorted(sorted_places, end, "left"), np.searchsorted(sorted_places, end, "right")
    counts = last - first
    rows = np.repeat(np.arange(len(end)), counts)
    offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    place = place_order[first[rows] + offsets]
    unit, distance = start_index[rows], minutes[rows].astype(float)
    order = np.lexsort((unit, place))
    return Pairs(unit[order].astype(np.intp), place[order].astype(np.intp), distance[order])
