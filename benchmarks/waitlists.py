"""Waiting lists with up to a million applications of 300 000 persons: adding one, its alert, the list, the night.

    python -m benchmarks.waitlists [--sizes 10000,100000,1000000] [--folder FOLDER]

Fills an SQLite database of each size in bulk, each in a process of its own, and prints medians and the slowest of the
tries; then the exponent with which each median grows from the least to the greatest size (1 is linear). FOLDER is kept
and used again when it is given.
"""

from __future__ import annotations

import argparse
import math
import os
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, insert, select, text

from portal.app import create_app
from portal.catalog.models import Provider, Service
from portal.core.config import load_settings
from portal.core.db import db
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.waitlists import service
from portal.waitlists.models import Application, Person, PersonCode
from portal.waitlists.types import Attributes, ListFilter, Urgency, group_of

PROVIDERS, SERVICES = 100, 500
PERSONS_SHARE = 0.3
TRIES = 30
CHUNK = 20_000
STATES = ("waiting", "waiting", "waiting", "offered", "admitted", "withdrawn")


def fill(applications: int) -> None:
    """Providers, services, persons with their codes, applications; without histories."""
    with transaction() as session:
        for number in range(PROVIDERS):
            session.add(Provider(name=f"Poskytovatel {number}", ico=f"{90_000_000 + number}"))
        session.flush()
        providers = list(session.scalars(select(Provider.id).order_by(Provider.id)))
        session.execute(
            insert(Service),
            [
                {
                    "register_id": 200_000 + number,
                    "provider_id": providers[number % PROVIDERS],
                    "type_code": ("49", "50", "40", "39")[number % 4],
                    "name": f"Služba {number}",
                    "region_wide": False,
                }
                for number in range(SERVICES)
            ],
        )
        services = [tuple(row) for row in session.execute(select(Service.id, Service.provider_id))]
    persons = [secrets.token_bytes(16) for _ in range(int(applications * PERSONS_SHARE))]
    for start in range(0, len(persons), CHUNK):
        with transaction() as session:
            session.execute(
                insert(Person),
                [
                    {"ref": ref, "is_certain": True, "sure_group": group_of(ref), "probable_group": group_of(ref)}
                    for ref in persons[start : start + CHUNK]
                ],
            )
    for start in range(0, applications, CHUNK):
        _fill_chunk(range(start, min(start + CHUNK, applications)), persons, services)
    with transaction() as session:
        session.execute(text("ANALYZE"))


def _fill_chunk(numbers: range, persons: list[bytes], services: list[tuple[int, int]]) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    codes, rows = [], []
    for number in numbers:
        service_id, provider_id = services[(number // len(persons) * 131 + number * 7) % len(services)]
        ref, code = persons[number % len(persons)], secrets.token_bytes(16)
        state = STATES[number % len(STATES)]
        day = date(2025, 6, 1) + timedelta(days=number % 380)
        codes.append({"code": code, "provider_id": provider_id, "person_ref": ref})
        rows.append(
            {
                "service_id": service_id,
                "code": code,
                "person_ref": ref,
                "file_reference": f"S-{number}",
                "received_on": day,
                "state": state,
                "state_on": day,
                "state_at_utc": now,
                "points": number % 50,
                "adverse_situation": "dependence_on_care",
                "municipality_code": "unknown",
                "urgency": "usual",
                "confirmed_on": day,
                "decided_on": None if state in ("waiting", "offered") else day,
                "version": 1,
                "created_at_utc": now,
            }
        )
    with transaction() as session:
        session.execute(insert(PersonCode).prefix_with("OR IGNORE"), codes)
        known = set(session.scalars(select(PersonCode.code).where(PersonCode.code.in_([one["code"] for one in codes]))))
        session.execute(insert(Application), [row for row in rows if row["code"] in known])


def timed(name: str, work: Callable[[int], object], tries: int = TRIES) -> tuple[str, float]:
    """The name and the median in milliseconds."""
    spent = []
    for number in range(tries):
        begun = time.perf_counter()
        work(number)
        spent.append((time.perf_counter() - begun) * 1000)
        db.session.remove()
    median = statistics.median(spent)
    print(f"{name:58} median {median:9.1f} ms, slowest {max(spent):9.1f} ms", flush=True)
    return name, median


def measure(app: Flask) -> dict[str, float]:
    vault = app.extensions["portal_vault"]
    register_ids = list(db.session.scalars(select(Service.register_id).order_by(Service.id).limit(TRIES + 1)))
    attributes = Attributes("X-1", date(2026, 3, 2), "housing", None, "unknown", Urgency.USUAL)

    def add(number: int) -> None:
        register_id = register_ids[number]
        digests = tuple(secrets.token_bytes(32) for _ in range(12))
        with transaction():
            added = service.add_application(
                OPERATOR, vault=vault, register_id=register_id, digests=digests, attributes=attributes
            )
        detail = service.read_application(OPERATOR, register_id=register_id, application_id=added)
        assert detail.row.elsewhere == 0

    def read_list(number: int) -> None:
        service.read_list(OPERATOR, register_id=register_ids[number], wanted=ListFilter())

    # A process writes its statements once, at the first application; a busy machine shows it as the slowest of all.
    return dict(
        [
            timed("the first one of a process and its alert", lambda _number: add(TRIES), tries=1),
            timed("adding one and its alert (code, write, place, elsewhere)", add),
            timed("a page of a waiting list with its order, for the kraj", read_list),
            timed("a page of all services with their counts", lambda _number: service.list_services(OPERATOR)),
            timed("counting who waits elsewhere, whole region", lambda _number: service.count_elsewhere(), tries=1),
        ]
    )


def measure_size(applications: int, folder: Path) -> dict[str, float]:
    """Medians in milliseconds by name."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PORTAL_VAULT_DAILY_POINTS", "100000000")
    app = create_app(load_settings({"PORTAL_ENV": "test", "PORTAL_INSTANCE": str(folder)}))
    with app.app_context():
        upgrade()
        if not db.session.scalar(select(func.count()).select_from(Service)):
            fill(applications)
        counts = [db.session.scalar(select(func.count()).select_from(table)) for table in (Application, Person)]
        print(f"applications {counts[0]}, persons {counts[1]}")
        return measure(app)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000,1000000", metavar="LIST")
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]
    alone = partial(ProcessPoolExecutor, 1, mp_context=get_context("spawn"))
    with tempfile.TemporaryDirectory(prefix="portal-waitlists-") as temporary:
        medians = []
        for size in sizes:
            with alone() as process:
                medians.append(
                    process.submit(measure_size, size, (given.folder or Path(temporary)) / str(size)).result()
                )
    if len(sizes) > 1:
        grown = math.log(sizes[-1] / sizes[0])
        for name, least in medians[0].items():
            print(f"{name:58} grows with the power {math.log(medians[-1][name] / least) / grown:.2f}")


if __name__ == "__main__":
    main()
