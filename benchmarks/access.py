"""Access of a whole country beside PySAL's ``access``, in the same run on the same municipalities and services.

``python benchmarks/access.py [--quick] [--seed S]``

An invented country of 6 258 municipalities in the bounds of the Czech Republic, their people of very unequal number (a
village of 20, a city of a million), and 7 000 services that stand mostly in the larger ones. Reach 30 km by road,
detour factor 1.3, Gaussian weight. "portal": pairs within reach, both measures and the nearest place. "PySAL access":
its own pairs, and its enhanced two-step catchment with the same weight, one of the two measures; it runs in
``.venv-bench`` (``make bench`` installs it; PORTAL_BENCH_PYTHON names another interpreter). Its figures on the portal's
pairs must be the portal's. A figure that misses its target is marked with "!".
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from pyproj import Transformer

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from portal.map.access.calc.catchment import catchments  # noqa: E402  # the repository has to be on the path first
from portal.map.access.calc.distance import pairs_within  # noqa: E402  # see above
from portal.map.access.types import Decay  # noqa: E402  # see above

MUNICIPALITIES, SERVICES = 6_258, 7_000
RADIUS_KM, DETOUR = 30.0, 1.3
TARGET_S = 3.0
TOLERANCE = 1e-9
BOUNDS = (12.1, 48.6, 18.8, 51.0)
PEER_PYTHON = os.environ.get("PORTAL_BENCH_PYTHON", str(ROOT / ".venv-bench" / "bin" / "python"))


def country(seed: int, municipalities: int, services: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Seats [n, 2], people [n], places [m, 2], capacity [m]."""
    chance = np.random.default_rng(seed)
    west, south, east, north = BOUNDS
    seats = np.column_stack([chance.uniform(west, east, municipalities), chance.uniform(south, north, municipalities)])
    people = np.clip(np.round(chance.lognormal(6.1, 1.3, municipalities)), 20, 1_300_000)
    at = chance.choice(municipalities, services, p=people / people.sum())
    places = seats[at] + chance.normal(0, 0.01, (services, 2))
    return seats, people, places, chance.integers(5, 120, services).astype(float)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the country")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    scale = 10 if options.quick else 1
    seats, people, places, capacity = country(options.seed, MUNICIPALITIES // scale, SERVICES // scale)

    times = []
    for _ in range(5):
        begun = time.perf_counter()
        pairs = pairs_within(seats, places, RADIUS_KM, DETOUR)
        with_pairs = time.perf_counter()
        found = catchments(pairs, people, capacity, RADIUS_KM, Decay.GAUSSIAN)
        times.append((with_pairs - begun, time.perf_counter() - with_pairs))
    pairs_s, catchment_s = min(times, key=sum)
    total = pairs_s + catchment_s
    balance = abs((people * found.per_person).sum() / capacity[found.reached].sum() - 1)
    print(f"{len(seats)} municipalities, {len(places)} services, {len(pairs)} pairs within {RADIUS_KM:g} km by road")
    print(f"portal         pairs {pairs_s:.3f} s, both measures {catchment_s:.3f} s, together {total:.3f} s"
          f"{'' if total < TARGET_S else '  !'}")  # fmt: skip
    print(f"people x access beside capacity: off by {balance:.1e}{'' if balance < TOLERANCE else '  !'}")

    if not Path(PEER_PYTHON).exists():
        print(f"PySAL access    not measured: there is no {PEER_PYTHON}; make bench installs it")
        return 1
    peer = beside(seats, people, places, capacity, pairs)
    off = float(np.max(np.abs(np.array(peer["figures"]) - found.per_person)))
    own_total = peer["pairs_s"] + peer["catchment_s"]
    print(f"PySAL access   pairs {peer['pairs_s']:.2f} s, one measure {peer['catchment_s']:.2f} s, "
          f"together {own_total:.2f} s ({peer['pairs']} pairs)")  # fmt: skip
    print(f"PySAL access   one measure on the portal's pairs {peer['given_s']:.2f} s; "
          f"largest difference of a figure {off:.1e}{'' if off < TOLERANCE else '  !'}")  # fmt: skip
    print(f"the portal is {own_total / total:.1f} times as fast")
    return 0 if total < TARGET_S and balance < TOLERANCE and off < TOLERANCE else 1


def beside(seats: np.ndarray, people: np.ndarray, places: np.ndarray, capacity: np.ndarray, pairs) -> dict:  # type: ignore[no-untyped-def,type-arg]  # a script
    """What the peer says of the same world."""
    to_plane = Transformer.from_crs("EPSG:4326", "EPSG:5514", always_xy=True)
    with tempfile.TemporaryDirectory() as folder:
        world = Path(folder) / "world.npz"
        np.savez(
            world,
            units_m=np.column_stack(to_plane.transform(*seats.T)),
            sites_m=np.column_stack(to_plane.transform(*places.T)),
            people=people,
            supply=capacity,
            detour=DETOUR,
            pair_unit=pairs.unit,
            pair_site=pairs.place,
            pair_km=pairs.distance,
        )
        script = ROOT / "benchmarks" / "_access_peer.py"
        done = subprocess.run(
            [PEER_PYTHON, "-P", str(script), str(world), str(RADIUS_KM)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"the peer failed: {done.stderr[-2000:]}")
        result: dict = json.loads(done.stdout.splitlines()[-1])  # type: ignore[type-arg]  # see above
        return result


if __name__ == "__main__":
    raise SystemExit(main())
