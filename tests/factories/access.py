"""A plain second way to compute access, and small worlds to compute it in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from portal.map.access.types import Decay

EARTH_KM = 6371.0088


def plain_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance by the law of cosines in vector form: another formula than the portal's."""

    def vector(point: tuple[float, float]) -> tuple[float, float, float]:
        lon, lat = map(math.radians, point)
        return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)

    u, v = vector(a), vector(b)
    cross = (u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0])
    return EARTH_KM * math.atan2(math.sqrt(sum(c * c for c in cross)), sum(x * y for x, y in zip(u, v, strict=True)))


def plain_weight(distance: float, radius: float, decay: Decay) -> float:
    if decay is Decay.UNIFORM:
        return 1.0 if distance <= radius else 0.0
    if distance >= radius:
        return 0.0
    edge = math.exp(-0.5)
    return (math.exp(-0.5 * (distance / radius) ** 2) - edge) / (1 - edge)


@dataclass
class PlainAccess:
    per_person: list[float]
    balanced: list[float]
    nearest: list[float]
    places: list[int]


def plain_access(
    units: Any, people: Any, sites: Any, supply: Any, radius: float, detour: float, decay: Decay
) -> PlainAccess:
    """Loops over everything, as the formulas in ``calc.catchment`` are written down."""
    n, m = len(units), len(sites)
    distance = [[detour * plain_km(tuple(units[i]), tuple(sites[j])) for j in range(m)] for i in range(n)]
    w = [[plain_weight(distance[i][j], radius, decay) if supply[j] > 0 else 0.0 for j in range(m)] for i in range(n)]
    competing = [sum(people[k] * w[k][j] for k in range(n)) for j in range(m)]
    of_unit = [sum(w[i]) for i in range(n)]
    of_place = [sum(w[i][j] for i in range(n)) for j in range(m)]
    demand = [sum(people[i] * w[i][j] / of_unit[i] for i in range(n) if w[i][j]) for j in range(m)]
    level = [supply[j] / demand[j] if demand[j] else 0.0 for j in range(m)]
    reached = [[j for j in range(m) if w[i][j] > 0] for i in range(n)]
    return PlainAccess(
        [sum(supply[j] * w[i][j] / competing[j] for j in reached[i] if competing[j]) for i in range(n)],
        [sum(level[j] * w[i][j] / of_place[j] for j in reached[i]) for i in range(n)],
        [min((distance[i][j] for j in reached[i]), default=math.inf) for i in range(n)],
        [len(reached[i]) for i in range(n)],
    )


def small_world(seed: int, units: int = 40, sites: int = 25) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Units [n, 2], people [n], sites [m, 2], supply [m], over some 100 km; some are without people or supply."""
    chance = np.random.default_rng(seed)

    def points(count: int) -> np.ndarray:
        return np.column_stack([chance.uniform(16.7, 17.9, count), chance.uniform(49.3, 50.3, count)])

    people = chance.integers(0, 900, units).astype(float)
    people[0] = 0
    supply = chance.integers(0, 60, sites).astype(float)
    supply[0] = 0
    return points(units), people, points(sites), supply


@contextmanager
def times_file(
    rows: Iterable[tuple[str, str, object]], heading: str = "from,to,minutes", encoding: str = "utf-8"
) -> Iterator[Path]:
    """A CSV file of travel times, gone afterwards; the separator is that of the heading."""
    separator = ";" if ";" in heading else ","
    lines = [heading, *(separator.join(map(str, row)) for row in rows)]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "doby.csv"
        path.write_text("\n".join(lines) + "\n", encoding=encoding)
        yield path
