"""Percentiles of groups and metrics of services, beside the same work by named peers, in one run.

    python benchmarks/benchmarking.py            60 000 services, and 2.4 million values (60 000 x 40 quarters)
    python benchmarks/benchmarking.py --quick    60 000 services only, fewer repetitions

Prints for each task the best time of several runs and the ratio to the fastest peer (below 1: the portal is faster).
DuckDB takes part when it is installed. Results are compared before they are timed.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from portal.benchmarking.metrics import evaluate
from portal.benchmarking.service.releases import shipped_catalogue
from portal.core.cells import CellState
from portal.core.quantiles import group_percentiles
from portal.returns.types import Period

PERCENTS = [10, 25, 50, 75, 90]
SERVICES = 60_000
QUARTERS = 40
TYPES = 33
PERIOD = Period(2026, 2)
MISSING_SHARE = 0.05
SEED = 108_2006


def best_seconds(work: Callable[[], Any], repeats: int) -> float:
    """The shortest of several runs: the others were disturbed."""
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return min(taken)


def report(title: str, timed: dict[str, float]) -> None:
    fastest_peer = min(seconds for name, seconds in timed.items() if name != "portal")
    print(f"\n{title}")
    for name, seconds in timed.items():
        print(f"  {name:<34}{seconds * 1000:>10.1f} ms")
    print(f"  portal / fastest peer             {timed['portal'] / fastest_peer:>10.2f} x")


def values_of(services: int, quarters: int) -> pd.DataFrame:
    """Shares of services, some missing, each in the group of its type and quarter."""
    chance = np.random.default_rng(SEED)
    value = chance.gamma(8, 0.08, services * quarters)
    value[chance.random(len(value)) < MISSING_SHARE] = np.nan
    group = np.repeat(np.arange(quarters), services) * TYPES + chance.integers(0, TYPES, services * quarters)
    return pd.DataFrame({"group": group, "value": value})


def by_pandas(frame: pd.DataFrame) -> pd.DataFrame:
    found = frame.groupby("group")["value"].quantile([percent / 100 for percent in PERCENTS]).unstack()
    return found.set_axis([f"p{percent}" for percent in PERCENTS], axis=1)


def by_numpy_loop(frame: pd.DataFrame) -> pd.DataFrame:
    present = frame.dropna()
    rows = {group: np.percentile(values.to_numpy(), PERCENTS) for group, values in present.groupby("group")["value"]}
    return pd.DataFrame.from_dict(rows, orient="index", columns=[f"p{percent}" for percent in PERCENTS])


def by_duckdb(frame: pd.DataFrame) -> pd.DataFrame:
    duckdb = importlib.import_module("duckdb")
    shares = [percent / 100 for percent in PERCENTS]
    found = duckdb.sql(
        f'SELECT "group", quantile_cont(value, {shares}) AS q FROM frame'
        ' WHERE NOT isnan(value) GROUP BY "group" ORDER BY "group"'
    ).df()
    columns = [f"p{percent}" for percent in PERCENTS]
    return pd.DataFrame(found["q"].tolist(), index=found["group"], columns=columns)


def compare_percentiles(services: int, quarters: int, repeats: int) -> None:
    frame = values_of(services, quarters)
    peers = {
        f"pandas {version('pandas')} groupby.quantile": by_pandas,
        f"numpy {version('numpy')} group by group": by_numpy_loop,
    }
    if importlib.util.find_spec("duckdb"):
        peers[f"DuckDB {version('duckdb')} quantile_cont"] = by_duckdb

    def portal() -> pd.DataFrame:
        return group_percentiles(frame["value"], frame["group"], PERCENTS)

    own = portal()
    for name, peer in peers.items():
        expected = peer(frame)
        np.testing.assert_allclose(own[expected.columns], expected, rtol=1e-9, err_msg=name)
    timed = {"portal": best_seconds(portal, repeats)}
    timed |= {name: best_seconds(lambda peer=peer: peer(frame), repeats) for name, peer in peers.items()}
    report(f"Percentiles {PERCENTS} of {len(frame):,} values in {len(own):,} groups", timed)


def cells_of(services: int) -> pd.DataFrame:
    """Both cells of two forms for each service, some not supplied."""
    chance = np.random.default_rng(SEED)
    fields = [(form, field) for form in ("outreach", "outpatient") for field in ("direct_hours", "direct_care_fte")]
    frame = pd.DataFrame(
        {
            "service_id": np.repeat(np.arange(services), len(fields)),
            "form": np.tile([form for form, _ in fields], services),
            "field": np.tile([field for _, field in fields], services),
            "value": chance.uniform(1, 2000, services * len(fields)),
        }
    )
    frame["state"] = CellState.VALUE
    frame["period"] = str(PERIOD)
    absent = chance.random(len(frame)) < MISSING_SHARE
    frame.loc[absent, "state"] = CellState.NOT_SUPPLIED
    frame.loc[absent, "value"] = np.nan
    return frame


def plain_utilisation(cells: pd.DataFrame) -> pd.Series[float]:
    """The same arithmetic without states, checks and reasons."""
    wide = cells.set_index(["service_id", "field", "form"])["value"].unstack("form")
    summed = wide.sum(axis=1, skipna=False).unstack("field")
    return summed["direct_hours"] / (summed["direct_care_fte"] * PERIOD.working_time_fund_hours)


def compare_metrics(services: int, repeats: int) -> None:
    cells = cells_of(services)

    catalogue = shipped_catalogue()

    def portal() -> pd.DataFrame:
        return evaluate(catalogue, "direct_work_utilisation", cells, [PERIOD], forms=["all"])

    np.testing.assert_allclose(portal()["value"], plain_utilisation(cells), rtol=1e-12)
    timed = {
        "portal": best_seconds(portal, repeats),
        f"pandas {version('pandas')}, no states": best_seconds(lambda: plain_utilisation(cells), repeats),
    }
    report(f"Use of direct-work capacity of {services:,} services from {len(cells):,} cells", timed)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="under 20 seconds")
    quick = parser.parse_args(arguments).quick
    compare_percentiles(SERVICES, 1, repeats=5 if quick else 15)
    compare_metrics(SERVICES, repeats=3 if quick else 7)
    if not quick:
        compare_percentiles(SERVICES, QUARTERS, repeats=5)


if __name__ == "__main__":
    main(sys.argv[1:])
