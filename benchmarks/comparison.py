"""The comparison at scale: pages over HTTP, the job that recomputes metrics, percentiles, metrics beside plain pandas.

    python benchmarks/comparison.py                      scales 1, 10 and 100: 20 000 services x 40 quarters
    python benchmarks/comparison.py --quick              scales 1 and 2
    python benchmarks/comparison.py --postgresql URL     the same in new databases of that server

Prints seconds and ratios; what misses its bound is marked. Times of the job and of arithmetic are seconds of this
process (CPU), so that others on the machine matter less; pages and percentiles are seconds by the clock. The world of
scale 100 takes some minutes to build and 2 GB of disk on SQLite.
"""

from __future__ import annotations

import argparse
import gc
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import psycopg
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import make_url

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks.comparison_world import (  # noqa: E402 - the repository has to be on the path first
    LARGEST_ICO,
    LARGEST_TYPE,
    QUARTERS,
    World,
    fill,
)
from portal.app import create_app  # noqa: E402 - as above
from portal.benchmarking import queries  # noqa: E402 - as above
from portal.benchmarking.metrics import evaluate, returns_of  # noqa: E402 - as above
from portal.benchmarking.service import current_catalogue, values  # noqa: E402 - as above
from portal.core.config import load_settings  # noqa: E402 - as above
from portal.core.db import db  # noqa: E402 - as above
from portal.core.permissions import Role  # noqa: E402 - as above
from portal.core.quantiles import group_percentiles  # noqa: E402 - as above
from portal.operation.collecting import keep_started  # noqa: E402 - as above
from portal.returns.types import SERVICE_FORMS  # noqa: E402 - as above
from tests.factories.accounts import login, make_user  # noqa: E402 - as above

TRIALS = 40
PARTS = {
    "read": (values, "figures_frame"),
    "evaluate": (values, "values_from"),
    "delete": (queries, "delete_values"),
    "write": (queries, "insert_values"),
}


def seconds(work: Callable[[], Any], trials: int = 5, clock: Callable[[], float] = time.perf_counter) -> float:
    """The least time of some trials."""
    found = []
    for _ in range(trials):
        started = clock()
        work()
        found.append(clock() - started)
    return min(found)


def mark(value: float, bound: float) -> str:
    return f"(at most {bound}: {'met' if value <= bound else 'NOT MET'})"


def memory() -> str:
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB"


@contextmanager
def portal_on(scale: int, server: str | None) -> Iterator[Flask]:
    """A portal on a new database."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'world.db'}"
        name = f"portal_benchmark_{scale}"
        if server is not None:
            _drop(server, name)
            url = make_url(server).set(database=name).render_as_string(hide_password=False)
            with psycopg.connect(_plain(server), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
        settings = {"PORTAL_ENV": "test", "PORTAL_INSTANCE": folder, "PORTAL_DATABASE_URL": url}
        app = create_app(load_settings(settings))
        app.config["WTF_CSRF_ENABLED"] = False
        with app.app_context():
            upgrade()
            yield app
            db.session.remove()
            db.engine.dispose()
        if server is not None:
            _drop(server, name)


def _plain(server: str) -> str:
    return make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)


def _drop(server: str, name: str) -> None:
    with psycopg.connect(_plain(server), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")


def measure_job(world: World) -> dict[str, float]:
    """CPU seconds of recomputing everything where values are kept already, whole and by parts."""
    parts = dict.fromkeys(PARTS, 0.0)
    originals = {name: getattr(module, function) for name, (module, function) in PARTS.items()}

    def timed(name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **words: Any) -> Any:
            started = time.process_time()
            try:
                return originals[name](*arguments, **words)
            finally:
                parts[name] += time.process_time() - started

        return call

    for name, (module, function) in PARTS.items():
        setattr(module, function, timed(name))
    try:
        stored = values.recompute(lambda _done, _total: None)  # the first time: nothing to delete
        parts.update(dict.fromkeys(PARTS, 0.0))
        by_clock, by_cpu = time.perf_counter(), time.process_time()
        values.recompute(lambda _done, _total: None)
        whole = time.process_time() - by_cpu
        by_clock = time.perf_counter() - by_clock
    finally:
        for name, (module, function) in PARTS.items():
            setattr(module, function, originals[name])
    words = ", ".join(f"{name} {taken:.2f}" for name, taken in parts.items())
    print(
        f"job: {stored} values of {world.returns} returns in {whole:.1f} s of CPU ({words}), {by_clock:.1f} s by the"
        f" clock; memory at most {memory()}"
    )
    return {**parts, "whole": whole}


def measure_pages(app: Flask) -> None:
    client = login(app.test_client(), make_user(role=Role.PLANNER))
    last = QUARTERS[-1]
    type_page = f"/srovnani?druh={LARGEST_TYPE}&obdobi={last}&ukazatel=direct_work_utilisation&forma=all"
    pages = {
        "/srovnani, largest type": (type_page, 0.3),
        "/srovnani/typy": (f"/srovnani/typy?obdobi={last}&ukazatel=cost_per_user&forma=all", None),
        "report of the largest provider": (f"/srovnani/poskytovatel/{LARGEST_ICO}?obdobi={last}", 0.3),
    }
    keep_started()  # as the server does
    for name, (path, bound) in pages.items():
        by_clock, by_cpu = [], []
        for number in range(TRIALS + 3):
            started, began = time.perf_counter(), time.process_time()
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.status_code)
            if number >= 3:  # the first ones warm up
                by_clock.append(time.perf_counter() - started)
                by_cpu.append(time.process_time() - began)
        p95, cpu = (statistics.quantiles(found, n=20)[-1] for found in (by_clock, by_cpu))
        text = (
            f"{name}: p95 {1000 * p95:.0f} ms by the clock, {1000 * cpu:.0f} ms of CPU, {len(answer.data) // 1024} kB"
        )
        print(text, mark(p95, bound) if bound else "")


def measure_percentiles(groups: int, rows: int, server: str | None) -> None:
    random = np.random.default_rng(2)
    frame = pd.DataFrame({"g": random.integers(0, groups, rows), "v": random.uniform(0, 1, rows)})
    quantiles = [0.1, 0.25, 0.5, 0.75, 0.9]
    base = duckdb.connect()
    base.execute("CREATE TABLE f AS SELECT * FROM frame")
    peers: dict[str, float] = {
        "pandas": seconds(lambda: frame.groupby("g")["v"].quantile(quantiles)),
        "DuckDB": seconds(
            lambda: base.execute(f"SELECT g, quantile_cont(v, {quantiles}) FROM f GROUP BY g").fetchall()
        ),
    }
    if server is not None:
        with psycopg.connect(_plain(server)) as connection:
            connection.execute("CREATE TEMP TABLE f (g int, v float8)")
            with connection.cursor() as cursor, cursor.copy("COPY f FROM STDIN WITH (FORMAT csv)") as copy:
                copy.write(frame.to_csv(index=False, header=False))
            connection.execute("ANALYZE f")
            query = f"SELECT g, percentile_cont(ARRAY{quantiles}) WITHIN GROUP (ORDER BY v) FROM f GROUP BY g"
            peers["PostgreSQL"] = seconds(lambda: connection.execute(query).fetchall(), 2)
    own = seconds(lambda: group_percentiles(frame["v"], frame["g"], (10, 25, 50, 75, 90)))
    fastest = min(peers.values())
    words = ", ".join(f"{name} {taken:.3f} s" for name, taken in peers.items())
    print(
        f"percentiles of {rows} values in {groups} groups: {own:.3f} s; {words}; ratio to the fastest"
        f" {own / fastest:.2f}",
        mark(own / fastest, 2),
    )


def measure_arithmetic(world: World) -> None:
    """All shipped metrics from columns in memory, beside plain pandas over the same columns."""
    random = np.random.default_rng(3)
    catalogue = current_catalogue()
    wide, cells = _columns(world, random)
    returns = returns_of(cells, set(cells["field"].cat.categories))
    del cells
    gc.collect()
    quarter = np.repeat(np.arange(len(QUARTERS)), world.services)
    fund = pd.Series(np.array([float(q.working_time_fund_hours) for q in QUARTERS])[quarter])
    days = pd.Series(np.array([float(q.days) for q in QUARTERS])[quarter])

    def own() -> None:
        for name in catalogue:
            evaluate(catalogue, name, returns)

    taken = seconds(own, 3, time.process_time)
    for words, with_states in (("numbers alone, a gap is NaN", False), ("with the states of the figures", True)):
        work = partial(_plain_pandas, wide, fund, days, with_states=with_states)
        plain = seconds(work, 3, time.process_time)
        print(
            f"all metrics over {len(wide)} returns, in memory: {taken:.2f} s; plain pandas, {words}: {plain:.2f} s;"
            f" ratio {taken / plain:.2f}",
            mark(taken / plain, 5),
        )


def _columns(world: World, random: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Numbers as a wide frame (NaN: there is none), and the same as cells in rows."""
    asked = [(form, field) for form in SERVICE_FORMS for field in ("direct_hours", "direct_care_fte")]
    asked += [("residential", "beds"), ("residential", "bed_days_used")]
    asked += [("all", field) for field in ("users_in_quarter", "users_new", "refused_applicants", "fte_management")]
    asked += [("all", field) for field in ("costs_total", "revenues_total", "revenue_municipalities")]
    wide, parts = {}, []
    service = np.tile(np.arange(1, world.services + 1), len(QUARTERS))
    quarter = np.repeat(np.arange(len(QUARTERS)), world.services)
    names = [sorted({form for form, _ in asked}), sorted({field for _, field in asked}), ["value", "not_supplied"]]
    for form, field in asked:
        has = np.tile(world.forms[form], len(QUARTERS)) if form in world.forms else np.ones(world.returns, dtype=bool)
        values = np.where(random.random(world.returns) < 0.03, np.nan, random.uniform(1, 900, world.returns))
        wide[f"{field}_{form}"] = np.where(has, values, np.nan)
        parts.append(
            pd.DataFrame(
                {
                    "service_id": service[has],
                    "period": pd.Categorical.from_codes(quarter[has], [str(q) for q in QUARTERS]),
                    "form": pd.Categorical.from_codes(np.full(has.sum(), names[0].index(form)), names[0]),
                    "field": pd.Categorical.from_codes(np.full(has.sum(), names[1].index(field)), names[1]),
                    "state": pd.Categorical.from_codes(np.isnan(values[has]).astype(int), names[2]),
                    "value": values[has],
                }
            )
        )
    return pd.DataFrame(wide), pd.concat(parts, ignore_index=True)


def _plain_pandas(wide: pd.DataFrame, fund: Any, days: Any, *, with_states: bool) -> pd.DataFrame:
    """What an analyst writes: the ratios of each form and of the whole, forms without figures left out of sums."""

    def whole(field: str) -> pd.Series[float]:
        return wide[[f"{field}_{form}" for form in SERVICE_FORMS]].sum(axis=1, min_count=1)

    hours, staff = whole("direct_hours"), whole("direct_care_fte")
    costs, users, beds = wide["costs_total_all"], wide["users_in_quarter_all"], wide["bed_days_used_residential"]
    pairs = {
        f"direct_work_utilisation_{form}": (wide[f"direct_hours_{form}"], wide[f"direct_care_fte_{form}"] * fund)
        for form in SERVICE_FORMS
    } | {
        "direct_work_utilisation": (hours, staff * fund),
        "occupancy": (beds, wide["beds_residential"] * days),
        "cost_per_direct_hour": (costs, hours),
        "cost_per_bed_day": (costs, beds),
        "cost_per_user": (costs, users),
        "users_per_fte": (users, staff),
        "municipal_share": (wide["revenue_municipalities_all"], wide["revenues_total_all"]),
        "refused_per_admitted": (wide["refused_applicants_all"], wide["users_new_all"]),
        "direct_care_fte_share": (staff, staff + wide["fte_management_all"]),
        "direct_hours_per_user": (hours, users),
    }
    found: dict[str, Any] = {name: above / below for name, (above, below) in pairs.items()}
    if with_states:
        for name, (above, below) in pairs.items():
            gap = above.isna() | below.isna()
            states = np.select([gap, below.eq(0), above.eq(0)], [3, 2, 1], 0).astype(np.int8)
            found[f"{name}_state"] = pd.Categorical.from_codes(states, ["value", "zero", "undefined", "not_supplied"])
    return pd.DataFrame(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="scales 1 and 2")
    parser.add_argument("--postgresql", metavar="URL", help="a server, as postgresql+psycopg://user@host/postgres")
    parser.add_argument("--scales", metavar="LIST", help="other scales, such as 1,10")
    chosen = parser.parse_args()
    scales = [int(scale) for scale in (chosen.scales or ("1,2" if chosen.quick else "1,10,100")).split(",")]
    measure_percentiles(33 * len(QUARTERS), 120_000 if chosen.quick else 2_400_000, chosen.postgresql)
    per_service: dict[int, float] = {}
    for scale in scales:
        with portal_on(scale, chosen.postgresql) as app:
            started = time.perf_counter()
            world = fill(scale)
            taken = time.perf_counter() - started
            print(f"\nscale {scale}: {world.services} services x {len(QUARTERS)} quarters, filled in {taken:.0f} s")
            per_service[scale] = measure_job(world)["whole"] / world.services
            measure_pages(app)
            if scale == scales[-1]:
                measure_arithmetic(world)
    first, last = per_service[scales[0]], per_service[scales[-1]]
    words = ", ".join(f"scale {scale}: {1000 * cost:.2f} ms" for scale, cost in per_service.items())
    print(
        f"\njob per service: {words}; from the least scale to the greatest {last / first:.2f}", mark(last / first, 1.2)
    )
    print(f"memory at most {memory()}")


if __name__ == "__main__":
    main()
