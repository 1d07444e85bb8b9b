"""Free places with many services: the public page, a narrow search, the download, the letters of alerts.

    python -m benchmarks.vacancies [--services 7000] [--places 10] [--free 0.3]

Fills an SQLite database of its own; ``free`` is the share of places that are free. Prints medians of five tries, each
computed anew: the copies of pages that are kept until something changes are not used.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from flask_migrate import upgrade

from portal.app import create_app
from portal.catalog.models import Facility, Provider, Service
from portal.core.bulk import store_rows
from portal.core.clock import today
from portal.core.config import load_settings
from portal.core.db import db
from portal.core.transaction import transaction
from portal.waitlists.vacancies import service
from portal.waitlists.vacancies.models import VacancyList, VacancyPlace
from portal.waitlists.vacancies.types import Room, Upkeep, Wish
from tests.factories.territory import store_small_territory

TRIES = 5
UPKEEP = Upkeep(14, 28)
TOWNS = (("500496", "Olomouc", "7107"), ("523704", "Šumperk", "7111"), ("500801", "Blatec", "7107"))
TYPES = ("49", "50", "51", "52", "48")


def fill(services: int, places: int, free: float, seed: int = 7) -> None:
    chance, now = np.random.default_rng(seed), datetime(2026, 1, 1, tzinfo=UTC)
    with transaction() as session:
        session.add_all(
            Provider(name=f"Poskytovatel {n}", ico=f"{90_000_000 + n}", phone="583 999 000") for n in range(300)
        )
        session.flush()
        providers = list(session.scalars(db.select(Provider.id).order_by(Provider.id)))
        store_rows(
            Service,
            [
                {
                    "register_id": 200_000 + n,
                    "provider_id": providers[n % len(providers)],
                    "type_code": TYPES[n % len(TYPES)],
                    "name": f"Služba {n}",
                    "region_wide": False,
                }
                for n in range(services)
            ],
        )
        ids = list(session.scalars(db.select(Service.id).order_by(Service.id)))
        store_rows(
            Facility,
            [
                {
                    "service_id": one,
                    "register_id": 500_000 + n,
                    "secret": False,
                    "point_is_exact": False,
                    "municipality_code": TOWNS[n % len(TOWNS)][0],
                    "municipality_name": TOWNS[n % len(TOWNS)][1],
                    "orp_code": TOWNS[n % len(TOWNS)][2],
                    "orp_name": TOWNS[n % len(TOWNS)][1],
                }
                for n, one in enumerate(ids)
            ],
        )
        store_rows(
            VacancyList,
            [
                {
                    "service_id": one,
                    "confirmed_on": today(),
                    "confirmed_at_utc": now,
                    "confirmed_by_user_id": None,
                    "confirmed_by_name": "",
                    "version": 1,
                }
                for one in ids
            ],
        )
        rooms = [str(room) for room in Room]
        store_rows(
            VacancyPlace,
            [
                {
                    "service_id": one,
                    "label": f"P{n}",
                    "places": 1,
                    "state": "free" if chance.random() < free else "occupied",
                    "free_since_utc": now,
                    "room": rooms[n % len(rooms)],
                    "municipality_code": TOWNS[at % len(TOWNS)][0],
                    "floor": n % 4,
                    "barrier_free": n % 2 == 0,
                    "lift": False,
                    "version": 1,
                }
                for at, one in enumerate(ids)
                for n in range(places)
            ],
        )


def timed(name: str, work: Callable[[], object]) -> None:
    spent = []
    for _ in range(TRIES):
        begun = time.perf_counter()
        work()
        spent.append((time.perf_counter() - begun) * 1000)
        db.session.remove()
    print(f"{name:52} median {statistics.median(spent):8.1f} ms, slowest {max(spent):8.1f} ms", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", type=int, default=7_000)
    parser.add_argument("--places", type=int, default=10)
    parser.add_argument("--free", type=float, default=0.3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="portal-vacancies-") as folder:
        app = create_app(load_settings({"PORTAL_ENV": "test", "PORTAL_INSTANCE": str(Path(folder))}))
        with app.app_context():
            upgrade()
            store_small_territory()
            fill(given.services, given.places, given.free)
            timed("the first page of everything", lambda: service.search(Wish(), UPKEEP))
            timed("one type in one ORP", lambda: service.search(Wish(type_code="49", orp="7107"), UPKEEP))
            timed("nearest to a municipality", lambda: service.search(Wish(near="523704"), UPKEEP))
            timed("one service, on its own page", lambda: service.read_free(200_000, UPKEEP))
            timed("counts for the map", lambda: service.free_places_by_municipality(UPKEEP))
            timed("all as for the download", lambda: service.find_all(Wish(), UPKEEP))


if __name__ == "__main__":
    main()
