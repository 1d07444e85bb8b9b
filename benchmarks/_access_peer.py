"""PySAL's ``access`` on the same municipalities and services, run by its own interpreter (requirements/bench.txt).

``.venv-bench/bin/python -P benchmarks/_access_peer.py WORLD.npz RADIUS_KM``

``WORLD.npz`` holds plane coordinates of both in metres, people, capacity, and the pairs that the portal found with
their distances by road. Prints one line of JSON: seconds for the pairs by its own ``create_euclidean_distance`` and for
its enhanced two-step catchment on them; then its figures on the portal's own pairs, for comparison of the numbers.
"""

from __future__ import annotations

import json
import math
import sys
import time
import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
from access import Access

warnings.filterwarnings("ignore")


def weight(distance: float) -> float:
    """The Gaussian of Dai (2010), as the portal's: 1 at the place, 0 at the radius. The peer asks for each pair."""
    return max(0.0, (math.exp(-0.5 * (distance / RADIUS) ** 2) - EDGE) / (1 - EDGE))


world = np.load(sys.argv[1])
RADIUS = float(sys.argv[2])
EDGE = math.exp(-0.5)
demand = gpd.GeoDataFrame(
    {"id": np.arange(len(world["people"])), "people": world["people"]},
    geometry=gpd.points_from_xy(*world["units_m"].T),
    crs="EPSG:5514",
)
supply = gpd.GeoDataFrame(
    {"id": np.arange(len(world["supply"])), "beds": world["supply"]},
    geometry=gpd.points_from_xy(*world["sites_m"].T),
    crs="EPSG:5514",
)


def model(**cost: object) -> Access:
    return Access(
        demand_df=demand, demand_index="id", demand_value="people",
        supply_df=supply, supply_index="id", supply_value=["beds"], **cost,
    )  # fmt: skip


begun = time.perf_counter()
own = model()
own.create_euclidean_distance(name="euclidean", threshold=RADIUS / float(world["detour"]) * 1000)
with_pairs = time.perf_counter()
own.cost_df["road"] = own.cost_df["euclidean"] * float(world["detour"]) / 1000
own.cost_names.append("road")
own.enhanced_two_stage_fca(name="e2sfca", cost="road", max_cost=RADIUS, weight_fn=weight)
finished = time.perf_counter()

pairs = pd.DataFrame({"from": world["pair_unit"], "to": world["pair_site"], "road": world["pair_km"]})
given = model(cost_df=pairs, cost_origin="from", cost_dest="to", cost_name="road")
begun_given = time.perf_counter()
given.enhanced_two_stage_fca(name="e2sfca", cost="road", max_cost=RADIUS, weight_fn=weight)
finished_given = time.perf_counter()
figures = given.access_df["e2sfca_beds"].fillna(0.0)
print(
    json.dumps(
        {
            "pairs_s": with_pairs - begun,
            "catchment_s": finished - with_pairs,
            "pairs": len(own.cost_df),
            "given_s": finished_given - begun_given,
            "figures": figures.sort_index().round(12).tolist(),
        }
    )
)
