"""An invented country of the size of the real one: 206 ORP, 6 258 municipalities, 7 000 services, 12 quarters.

There are no boundaries of the whole country beside the portal, so the country is a tessellation: cells around seats
that crowd where people live, with borders broken as the real ones of Olomoucký kraj are (about 17 points for a
municipality in the layer that the portal sends). Everything comes from one seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from portal.territory.types import Level, ParsedTerritory, ParsedUnit, Unit

ORPS, MUNICIPALITIES = 206, 6_258
WEST, SOUTH, EAST, NORTH = 12.1, 48.55, 18.85, 51.05
BREAKS = 2  # points between the ends of each border
REGION = "CZ099"
MANY = 50  # people in the smallest municipality


@dataclass(frozen=True)
class Country:
    territory: ParsedTerritory
    lon: np.ndarray
    lat: np.ndarray
    people: np.ndarray


def _seats(random: np.random.Generator) -> np.ndarray:
    """Seats in an oval, denser around some towns."""
    towns = random.uniform((WEST, SOUTH), (EAST, NORTH), (60, 2))
    around = towns[random.integers(0, 60, 3 * MUNICIPALITIES)] + random.normal(0, (0.35, 0.22), (3 * MUNICIPALITIES, 2))
    evenly = random.uniform((WEST, SOUTH), (EAST, NORTH), (6 * MUNICIPALITIES, 2))
    points = random.permutation(np.concatenate([around, evenly]))
    middle, half = (
        np.array([(WEST + EAST) / 2, (SOUTH + NORTH) / 2]),
        np.array([(EAST - WEST) / 2, (NORTH - SOUTH) / 2]),
    )
    inside = points[(((points - middle) / half) ** 2).sum(axis=1) < 0.98]
    return np.unique(inside[: MUNICIPALITIES * 2].round(4), axis=0)


def _spread(points: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """So many of the points, none nearer to another than the rest allows."""
    gap = 0.02
    while True:
        order = random.permutation(len(points))
        tree = shapely.STRtree(shapely.points(points))
        taken = np.zeros(len(points), dtype=bool)
        blocked = np.zeros(len(points), dtype=bool)
        for index in order:
            if not blocked[index]:
                taken[index] = True
                blocked[tree.query(shapely.Point(points[index]).buffer(gap), predicate="contains")] = True
        if taken.sum() >= count:
            return points[taken][:count]
        gap *= 0.8


def _broken(cells: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The same cells with borders that wind: points between the ends of each, moved alike for both neighbours."""
    salt = random.integers(1, 2**31)
    broken = []
    for cell in cells:
        ring = np.round(shapely.get_coordinates(cell), 5)
        points: list[np.ndarray] = []
        for one, two in pairwise(ring):
            points.append(one)
            first, second = sorted([tuple(one), tuple(two)])
            own = np.random.default_rng(abs(hash((salt, first, second))) % 2**32)
            start, end = np.array(first), np.array(second)
            across = np.array([start[1] - end[1], end[0] - start[0]])
            steps = [
                start + (end - start) * (step + 1) / (BREAKS + 1) + across * own.uniform(-0.12, 0.12)
                for step in range(BREAKS)
            ]
            points += steps if tuple(one) == first else steps[::-1]
        broken.append(shapely.Polygon(np.round(np.array(points), 5)))
    return np.array(broken, dtype=object)


def make_country(seed: int = 1) -> Country:
    """The territory as an import would hand it over. Takes some seconds."""
    random = np.random.default_rng(seed)
    seats = _spread(_seats(random), MUNICIPALITIES, random)
    hull = shapely.convex_hull(shapely.multipoints(seats)).buffer(0.05)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(seats), extend_to=hull))
    cells = shapely.intersection(cells, hull)
    tree = shapely.STRtree(shapely.points(seats))
    own = np.array([tree.nearest(shapely.point_on_surface(cell)) for cell in cells])
    cells = _broken(cells[np.argsort(own)], random)
    people = (MANY + random.pareto(1.1, len(seats)) * 450).astype(int).clip(MANY, 1_300_000)
    chosen = np.argsort(-people)[:ORPS]
    orp_of = chosen[shapely.STRtree(shapely.points(seats[chosen])).nearest(shapely.points(seats))]
    return Country(_parsed(seats, cells, people, chosen, orp_of), seats[:, 0], seats[:, 1], people)


def _unit(level: Level, code: str, name: str, parent: str | None, seat: np.ndarray, people: int) -> Unit:
    return Unit(
        level=level,
        code=code,
        name=name,
        nuts_code=REGION if level is Level.REGION else None,
        parent_code=parent,
        seat_lon=float(seat[0]),
        seat_lat=float(seat[1]),
        population=people,
        population_0_14=int(people * 0.16),
        population_65_plus=int(people * 0.2),
        population_80_plus=int(people * 0.04),
    )


def _parsed(
    seats: np.ndarray, cells: np.ndarray, people: np.ndarray, chosen: np.ndarray, orp_of: np.ndarray
) -> ParsedTerritory:
    code_of_orp = {int(seat): f"{1000 + number}" for number, seat in enumerate(chosen)}
    # Codes follow neighbourhood, as the real ones follow districts.
    order = np.lexsort((seats[:, 0], orp_of))
    units = []
    for number, index in enumerate(order):
        unit = _unit(
            Level.MUNICIPALITY,
            f"{500_000 + number}",
            f"Obec {number:04d}",
            code_of_orp[int(orp_of[index])],
            seats[index],
            int(people[index]),
        )
        units.append(ParsedUnit(unit, b"", shapely.to_geojson(cells[index])))
    for seat, code in code_of_orp.items():
        members = orp_of == seat
        shape = shapely.coverage_union_all(cells[members])
        unit = _unit(Level.ORP, code, f"Město {code}", REGION, seats[seat], int(people[members].sum()))
        units.append(ParsedUnit(unit, b"", shapely.to_geojson(shape)))
    whole = _unit(Level.REGION, "9999", "Země", None, seats.mean(axis=0), int(people.sum()))
    units.append(ParsedUnit(whole, b"", shapely.to_geojson(shapely.coverage_union_all(cells))))
    return ParsedTerritory(REGION, "Země", True, "invented tessellation", None, tuple(units))
