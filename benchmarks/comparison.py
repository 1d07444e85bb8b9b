"""The comparison at scale: /srovnani for a type, percentiles of groups, metrics against plain arithmetic.

``python benchmarks/comparison.py [--quick]``: 20 000 services x 40 quarters (--quick: a twentieth of the services) with
values of two metrics stored in bulk on SQLite. Prints seconds and ratios; a ratio above its bound is marked.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from flask_migrate import upgrade
from sqlalchemy import insert

from portal.app import create_app
from portal.benchmarking import queries
from portal.benchmarking.metrics import evaluate, returns_of
from portal.benchmarking.service import current_catalogue
from portal.benchmarking.service.region import Wish, standing
from portal.benchmarking.service.values import fingerprints_of
from portal.catalog.models import Provider, Service, ServiceForm
from portal.catalog.types import service_types
from portal.core.clock import now_utc
from portal.core.config import load_settings
from portal.core.db import db
from portal.core.permissions import OPERATOR
from portal.core.quantiles import group_percentiles
from portal.core.transaction import transaction
from portal.returns.definition import definition_for
from portal.returns.models import ReportingPeriod, Return
from portal.returns.types import Period

QUARTERS = [Period(2026, 2).shifted(-back) for back in reversed(range(40))]
TYPES = list(service_types())
METRIC = "direct_work_utilisation"
TRIALS = 20


def seconds(work: Callable[[], Any], trials: int = 5) -> float:
    """The least time of some trials."""
    found = []
    for _ in range(trials):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return min(found)


def fill(services: int) -> None:
    """A world of so many services with accepted returns and values in every quarter."""
    now = now_utc()
    numbers = range(1, services + 1)
    random = np.random.default_rng(1)
    with transaction() as session:
        session.execute(insert(Provider), [{"id": n, "ico": f"{n:08}", "name": f"Poskytovatel {n}"} for n in numbers])
        shared = {"region_wide": False, "kept_fields": [], "record": "{}", "record_hash": ""}
        rows = [
            {
                "id": n,
                "register_id": n,
                "provider_id": n,
                "type_code": TYPES[n % len(TYPES)],
                "name": f"S {n}",
                **shared,
            }
            for n in numbers
        ]
        session.execute(insert(Service), rows)
        forms = [{"service_id": n, "form": "outpatient", "nonstop": False} for n in numbers]
        session.execute(insert(ServiceForm), forms)
        periods = [
            {"period": str(q), "on_time_until": q.last_day, "closes_on": q.last_day, "opened_at_utc": now}
            for q in QUARTERS
        ]
        session.execute(insert(ReportingPeriod), periods)
        for quarter in QUARTERS:
            common = {
                "period": str(quarter),
                "form_version": definition_for(quarter).code,
                "state": "accepted",
                "version": 1,
                "round": 1,
                "created_at_utc": now,
                "first_submitted_at_utc": now,
            }
            session.execute(insert(Return), [{"service_id": n, **common} for n in numbers])
            shares = random.uniform(0.2, 1.0, services)
            for metric in (METRIC, "cost_per_user"):
                frame = pd.DataFrame(
                    {"service_id": numbers, "metric": metric, "form": "all", "period": str(quarter), "state": "value"}
                )
                queries.insert_values(frame.assign(value=shares, numerator=shares, denominator=1.0))
        queries.set_fingerprints(fingerprints_of(current_catalogue()), now)


def measure_page(services: int) -> None:
    wish = Wish(TYPES[1], METRIC, "all", QUARTERS[-1])
    standing(OPERATOR, wish)
    found = []
    for _ in range(TRIALS):
        db.session.remove()
        started = time.perf_counter()
        standing(OPERATOR, wish)
        found.append(time.perf_counter() - started)
    p95 = statistics.quantiles(found, n=20)[-1]
    of_type = services // len(TYPES)
    print(f"comparison of a type ({of_type} services, service layer): p95 {1000 * p95:.0f} ms", mark(p95, 0.3))


def measure_percentiles(groups: int, rows: int) -> None:
    random = np.random.default_rng(2)
    frame = pd.DataFrame({"g": random.integers(0, groups, rows), "v": random.uniform(0, 1, rows)})
    quantiles = [0.1, 0.25, 0.5, 0.75, 0.9]
    own = seconds(lambda: group_percentiles(frame["v"], frame["g"], (10, 25, 50, 75, 90)))
    by_pandas = seconds(lambda: frame.groupby("g")["v"].quantile(quantiles))
    base = duckdb.connect()
    base.execute("CREATE TABLE f AS SELECT * FROM frame")
    by_duckdb = seconds(lambda: base.execute(f"SELECT g, quantile_cont(v, {quantiles}) FROM f GROUP BY g").fetchall())
    fastest = min(by_pandas, by_duckdb)
    print(
        f"percentiles of {rows} values in {groups} groups: {own:.3f} s, pandas {by_pandas:.3f} s,"
        f" DuckDB {by_duckdb:.3f} s, ratio to the fastest {own / fastest:.2f}",
        mark(own / fastest, 2),
    )


def measure_metrics(services: int) -> None:
    """One ratio over all services and quarters against the same arithmetic in plain pandas."""
    random = np.random.default_rng(3)
    keys = pd.MultiIndex.from_product([map(str, QUARTERS), range(services)], names=["period", "service_id"])
    wide = pd.DataFrame(
        {"hours": random.uniform(1, 900, len(keys)), "fte": random.uniform(1, 9, len(keys))}, index=keys
    )
    parts = [
        wide.reset_index()[["period", "service_id"]].assign(form="outpatient", field=field, state="value", value=values)
        for field, values in (("direct_hours", wide["hours"].to_numpy()), ("direct_care_fte", wide["fte"].to_numpy()))
    ]
    cells = pd.concat(parts, ignore_index=True).astype({"period": "category", "field": "category", "state": "category"})
    returns = returns_of(cells, {"direct_hours", "direct_care_fte"})
    fund = wide.index.get_level_values("period").map({str(q): q.working_time_fund_hours for q in QUARTERS})
    catalogue = current_catalogue()
    own = seconds(lambda: evaluate(catalogue, METRIC, returns, forms=["outpatient"]), 3)
    plain = seconds(lambda: (wide["hours"] / (wide["fte"] * fund.to_numpy())).to_frame("value"), 3)
    print(
        f"one form of a metric, {len(wide)} returns: {own:.3f} s, plain pandas {plain:.3f} s, ratio {own / plain:.1f}",
        mark(own / plain, 5),
    )


def mark(value: float, bound: float) -> str:
    return f"(at most {bound}: {'met' if value <= bound else 'NOT MET'})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a twentieth of the services")
    services = 1_000 if parser.parse_args().quick else 20_000
    with tempfile.TemporaryDirectory() as folder:
        settings = {"PORTAL_ENV": "test", "PORTAL_INSTANCE": folder}
        app = create_app(load_settings({**settings, "PORTAL_DATABASE_URL": f"sqlite:///{Path(folder) / 'world.db'}"}))
        with app.app_context():
            upgrade()
            started = time.perf_counter()
            fill(services)
            print(f"world of {services} services x {len(QUARTERS)} quarters: {time.perf_counter() - started:.0f} s")
            measure_page(services)
            measure_percentiles(33 * len(QUARTERS), 120_000 if services == 1_000 else 2_400_000)
            measure_metrics(services)
    print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB at most")


if __name__ == "__main__":
    main()
