"""Recounting need beside the same counts in plain SQL: ``python -m benchmarks.need [--sizes 10000,100000,1000000]``.

Invented applications of as many persons as three tenths of them, at 200 services of 20 types, 402 municipalities in 13
ORP, on SQLite. "Recount" is what ``portal waitlists recount`` does for the open quarter: people, lists and users are
read, all parts counted twice (confirmed and probable links), waiting times taken, the counts stored; and the flow of
five years. "SQL" asks the database for the ladder of the sixteen ways of dividing alone, by confirmed links alone,
without waiting times and without storing: COUNT(DISTINCT) grouped. To be fair to it, those who wait are joined once
with their person, type and area into a table in memory, in short whole numbers, with statistics, and each way of
dividing reads that table alone. It is stopped after ``--most-seconds``, and then only a bound is told. Both numbers of
persons must be the same.
"""

from __future__ import annotations

import argparse
import json
import math
import sqlite3
import sys
import tempfile
import time
from datetime import timedelta
from itertools import combinations
from pathlib import Path

import numpy as np
from flask_migrate import upgrade

from portal.app import create_app
from portal.core.clock import today
from portal.core.config import load_settings
from portal.core.db import db
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.waitlists.need import service
from portal.waitlists.need.types import Part
from tests.factories.catalog import find_or_make_provider, make_service
from tests.factories.territory import store_small_territory

TYPES = [str(number) for number in (*range(39, 53), *range(54, 60))]
STATES = ["waiting"] * 6 + ["offered", "admitted", "refused", "withdrawn"]
SITUATIONS = ["housing", "debts", "dependence_on_care", "violence", "loneliness", "health", "work", "family"]
TOWNS = ["500496", "500801", "501646", "523704", "569178", "outside", "unknown"]
DIMENSIONS = ("s.type_code", "a.adverse_situation", "coalesce(a.target_group, 'not_told')", "o.area")


def fill(path: Path, size: int, seed: int = 7) -> None:
    """Rows straight into the tables: the service would take hours for a million."""
    chance = np.random.default_rng(seed)
    persons = size * 3 // 10
    link = sqlite3.connect(path)
    refs = [chance.bytes(16) for _ in range(persons)]
    own = [int.from_bytes(ref[:8], "big") >> 1 for ref in refs]
    probable = [own[place - 1] if place % 20 == 0 and place else own[place] for place in range(persons)]
    link.executemany("INSERT INTO people VALUES (?,1,?,?)", zip(refs, own, probable, strict=True))
    services = [row[0] for row in link.execute("SELECT id FROM services ORDER BY id")]
    provider = link.execute("SELECT id FROM providers ORDER BY id").fetchone()[0]
    link.executemany("INSERT INTO person_codes VALUES (?,?,?)", ((ref, provider, ref) for ref in refs))
    day = today()
    who = chance.integers(0, persons, size)
    ages = chance.integers(0, 900, size)
    picks = {
        name: chance.integers(0, len(values), size)
        for name, values in (("state", STATES), ("situation", SITUATIONS), ("town", TOWNS))
    }
    groups = chance.integers(0, 12, size)
    confirmed = (ages * chance.random(size)).astype(int)
    urgent = chance.integers(0, 6, size)
    at = chance.integers(0, len(services), size)
    names = [row[1] for row in link.execute("PRAGMA table_info(applications)")]

    def rows():
        taken = set()
        for place in range(size):
            state = STATES[picks["state"][place]]
            ref = refs[who[place]]
            service_id = services[at[place]]
            is_open = state in ("waiting", "offered")
            if is_open and (service_id, ref) in taken:
                state, is_open = "withdrawn", False
            if is_open:
                taken.add((service_id, ref))
            received = day - timedelta(days=int(ages[place]))
            values = {
                "id": place + 1,
                "service_id": service_id,
                "code": ref,
                "person_ref": ref,
                "file_reference": f"A-{place}",
                "received_on": received.isoformat(),
                "state": state,
                "state_on": day.isoformat(),
                "state_at_utc": "2026-01-01 00:00:00",
                "points": 0,
                "adverse_situation": SITUATIONS[picks["situation"][place]],
                "target_group": None if groups[place] == 0 else f"G{groups[place]}",
                "municipality_code": TOWNS[picks["town"][place]],
                "urgency": ("urgent", "ahead", "usual", "usual", "usual", "usual")[urgent[place]],
                "confirmed_on": (day - timedelta(days=int(confirmed[place]))).isoformat(),
                "decided_on": None if is_open else day.isoformat(),
                "reason": "capacity" if state == "refused" else None,
                "version": 1,
                "created_at_utc": "2026-01-01 00:00:00",
            }
            yield tuple(values.get(name) for name in names)

    link.executemany(f"INSERT INTO applications VALUES ({','.join('?' * len(names))})", rows())
    link.commit()
    link.execute("ANALYZE")
    link.commit()
    link.close()


def by_sql(path: Path, most_seconds: float) -> tuple[float, int] | None:
    """Seconds for the ladder of all sixteen ways of dividing, and the number of persons who wait at all.

    None when it was stopped.
    """
    link = sqlite3.connect(path)
    link.execute("PRAGMA temp_store = MEMORY")
    link.execute("PRAGMA cache_size = -524288")
    link.execute("CREATE TEMP TABLE o (code TEXT PRIMARY KEY, area TEXT)")
    link.executemany(
        "INSERT INTO o VALUES (?, ?)",
        [
            ("500496", "7107"),
            ("500801", "7107"),
            ("501646", "7107"),
            ("523704", "7111"),
            ("569178", "7111"),
            ("outside", "outside"),
            ("unknown", "unknown"),
        ],
    )
    year = (today() - timedelta(days=365)).isoformat()
    day = today().isoformat()
    confirmed = f"a.confirmed_on > '{year}'"
    able = f"{confirmed} AND (a.can_start_from IS NULL OR a.can_start_from <= '{day}') AND a.urgency <> 'ahead'"
    urgent = f"{able} AND a.urgency = 'urgent'"
    steps = ", ".join(f"count(DISTINCT CASE WHEN step >= {step} THEN person END)" for step in range(4))
    start, total = time.perf_counter(), 0
    link.set_progress_handler(lambda: time.perf_counter() - start > most_seconds, 100_000)
    try:
        link.execute(
            "CREATE TEMP TABLE w AS SELECT"
            f" {', '.join(f'{one} AS d{place}' for place, one in enumerate(DIMENSIONS))}, p.sure_group AS person,"
            f" CASE WHEN {urgent} THEN 3 WHEN {able} THEN 2 WHEN {confirmed} THEN 1 ELSE 0 END AS step"
            " FROM applications a JOIN people p ON p.ref = a.person_ref"
            " JOIN services s ON s.id = a.service_id LEFT JOIN o ON o.code = a.municipality_code"
            " WHERE a.state IN ('waiting', 'offered')"
        )
        link.execute("ANALYZE temp.w")
        for count in range(len(DIMENSIONS) + 1):
            for chosen in combinations([f"d{place}" for place in range(len(DIMENSIONS))], count):
                heads = "".join(f"{one}, " for one in chosen)
                groups = f" GROUP BY {', '.join(chosen)}" if chosen else ""
                found = link.execute(f"SELECT {heads}count(*), {steps} FROM w{groups}").fetchall()
                if not chosen:
                    total = found[0][1]
    except sqlite3.OperationalError as error:
        if "interrupted" not in str(error):
            raise
        return None
    finally:
        link.close()
    return time.perf_counter() - start, total


def measure(size: int, most_seconds: float) -> dict[str, float | None]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "need.db"
        settings = load_settings(
            {"PORTAL_ENV": "test", "PORTAL_DATABASE_URL": f"sqlite:///{path}", "PORTAL_INSTANCE": folder}
        )
        app = create_app(settings)
        with app.app_context():
            upgrade()
            store_small_territory()
            with transaction():
                provider = find_or_make_provider("25596641")
                for number in range(200):
                    make_service(provider, type_code=TYPES[number % len(TYPES)])
            db.session.remove()
            fill(path, size)
            start = time.perf_counter()
            done = service.recount()
            ours = time.perf_counter() - start
            print(json.dumps({"applications": size, "recount_s": round(ours, 2)}), flush=True)  # SQL may take long
            need = service.read_need(OPERATOR, Part())
            assert need is not None
            told = {row["figure"]: row["value"] for row in need.now.rows()}
            db.session.remove()
            db.engine.dispose()
        found = by_sql(path, most_seconds)
    shared: dict[str, float | None] = {"applications": size, "parts": done.parts, "recount_s": round(ours, 2)}
    if found is None:
        return {
            **shared,
            "sql_s": None,
            "sql_stopped_after_s": most_seconds,
            "times_sql_below": round(ours / most_seconds, 2),
        }
    sql, persons = found
    if told["persons"] != persons:
        raise SystemExit(f"persons differ: {told['persons']} and {persons}")
    return {**shared, "sql_s": round(sql, 2), "times_sql": round(ours / sql, 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--most-seconds", type=float, default=300, help="after which the count in SQL is stopped")
    given = parser.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]
    found = []
    for size in sizes:
        found.append(measure(size, given.most_seconds))
        print(json.dumps(found[-1]), flush=True)
    if len(found) > 1:
        first, last = found[0], found[-1]
        exponent = math.log(last["recount_s"] / first["recount_s"]) / math.log(
            last["applications"] / first["applications"]
        )
        print(json.dumps({"growth_exponent": round(exponent, 2)}))


if __name__ == "__main__":
    sys.exit(main())
