"""Pages of municipal support with a whole country in them: 206 ORP, 6 258 municipalities, 7 000 services, four years.

    python -m benchmarks.grants [--folder FOLDER] [--services 7000] [--tries 5]

Fills an SQLite database of its own in bulk and prints for each page the first answer, in which nothing is kept in
memory yet, and the median of the next ones, in milliseconds of processor time, which other programs do not change.
FOLDER is kept and used again when it is given.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, insert, select, text

from portal.app import create_app
from portal.catalog.models import Provider, Service
from portal.core.config import load_settings
from portal.core.db import db
from portal.core.permissions import Grant, Role
from portal.core.transaction import transaction
from portal.grants.models import GrantFigure
from portal.territory.models import TerritoryUnit, TerritoryVersion
from tests.factories.accounts import login, make_user

ORPS, MUNICIPALITIES = 206, 6_258
YEARS = (2022, 2023, 2024, 2025)
TYPES = ("40", "49", "50", "39", "37", "46", "51", "69")
KINDS = (("running", 1.0), ("investment", 0.1), ("gift", 0.1), ("rent", 0.08), ("founder", 0.05))
SERVICES_OF_PROVIDER = 4
CHUNK = 20_000
NOW = datetime(2026, 1, 1, tzinfo=UTC)
PAGES = (
    *(f"/dotace?rok=2025&podle={view}" for view in ("sluzby", "druhy", "poskytovatele", "obce", "orp")),
    "/dotace?rok=2025&druh=49",
    "/dotace?rok=2025&strana=20",
    "/dotace/obec/500000",
    "/dotace/velikosti?rok=2025",
    "/dotace/soubor.csv?rok=2025&podle=sluzby",
    "/dotace/soubor.csv?rok=2025&podle=obce",
)
RECORDS = ("/dotace/zaznamy?rok=2025", "/dotace/zaznamy?rok=2025&stav=differs", "/dotace/zaznamy?rok=2025&obec=500000")


def fill(services: int) -> None:
    """Territory without shapes, providers, services, figures of both sides; without histories."""
    chance = random.Random(1)
    with transaction() as session:
        version = TerritoryVersion(
            region_code="0000", valid_from=date(2021, 1, 1), schematic=True, source="benchmark", content_hash="0" * 64,
            findings=[], imported_at_utc=NOW,
        )  # fmt: skip
        session.add(version)
        session.flush()
        units = [{"level": "region", "code": "0000", "name": "Země", "parent_code": None, "population": None}]
        units += [
            {"level": "orp", "code": f"{1000 + n}", "name": f"Město {n}", "parent_code": "0000", "population": 50_000}
            for n in range(ORPS)
        ]
        units += [
            {
                "level": "municipality",
                "code": f"{500_000 + n}",
                "name": f"Obec {n}",
                "parent_code": f"{1000 + n % ORPS}",
                "population": chance.randint(50, 5_000),
            }
            for n in range(MUNICIPALITIES)
        ]
        session.execute(insert(TerritoryUnit), [{"version_id": version.id, **unit} for unit in units])
        session.execute(
            insert(Provider),
            [
                {"name": f"Poskytovatel {n}", "ico": f"{10_000_000 + n}"}
                for n in range(services // SERVICES_OF_PROVIDER)
            ],
        )
        providers = list(session.scalars(select(Provider.id).order_by(Provider.id)))
        session.execute(
            insert(Service),
            [
                {
                    "register_id": 100_000 + n,
                    "provider_id": providers[n % len(providers)],
                    "type_code": TYPES[n % len(TYPES)],
                    "name": f"Služba {n}",
                    "region_wide": False,
                }
                for n in range(services)
            ],
        )
        ids = list(session.scalars(select(Service.id).order_by(Service.id)))
    rows: list[dict[str, Any]] = []
    for service_id in ids:
        rows += _figures(chance, service_id)
        if len(rows) > CHUNK or service_id == ids[-1]:
            with transaction() as session:
                session.execute(insert(GrantFigure), rows)
            rows = []
    with transaction() as session:
        session.execute(text("ANALYZE"))


def _figures(chance: random.Random, service_id: int) -> list[dict[str, Any]]:
    if chance.random() > 0.8:
        return []
    orp = chance.randrange(ORPS)
    near = [orp + ORPS * n for n in range(MUNICIPALITIES // ORPS)]
    rows = []
    for number in chance.sample(near, chance.randint(1, 8)):
        for year in YEARS:
            for kind, share in KINDS:
                if chance.random() < share:
                    amount = Decimal(chance.randint(0, 400) * 500)
                    rows.append(_row(service_id, f"{500_000 + number}", year, kind, "municipality", amount))
                    if chance.random() < 0.4:
                        other = amount + (500 if chance.random() < 0.1 else 0)
                        rows.append(_row(service_id, f"{500_000 + number}", year, kind, "provider", other))
    return rows


def _row(service_id: int, code: str, year: int, kind: str, side: str, amount: Decimal) -> dict[str, Any]:
    return {
        "service_id": service_id,
        "municipality_code": code,
        "year": year,
        "kind": kind,
        "side": side,
        "state": "value" if amount else "zero",
        "value": amount,
        "contract": "",
        "note": "",
        "source": side,
        "version": 1,
        "changed_at_utc": NOW,
        "actor_name": "B",
    }


def told(client: Any, address: str, tries: int) -> str:
    """First answer, median of the next, size of the page."""
    times = []
    for _try in range(tries + 1):
        before = time.process_time()
        answer = client.get(address)
        size = len(answer.get_data())
        times.append((time.process_time() - before) * 1_000)
        answer.close()
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}")
    return f"{times[0]:8.0f} {statistics.median(times[1:]):8.0f} {size / 1_000:8.0f} kB  {address}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--services", type=int, default=7_000)
    parser.add_argument("--tries", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as spare:
        folder = given.folder or Path(spare)
        folder.mkdir(parents=True, exist_ok=True)
        app: Flask = create_app(load_settings({"PORTAL_ENV": "test", "PORTAL_INSTANCE": str(folder)}))
        with app.app_context():
            upgrade()
            if not db.session.scalar(select(func.count()).select_from(Service)):
                fill(given.services)
            print("figures:", db.session.scalar(select(func.count()).select_from(GrantFigure)))
            people = {
                "public": app.test_client(),
                "kraj": login(
                    app.test_client(), make_user(role=Role.PLANNER, email=f"kraj.{time.time_ns()}@kraj.example")
                ),
                "municipality": login(
                    app.test_client(),
                    make_user(
                        grants=frozenset({Grant(Role.MUNICIPALITY_WORKER, "500000")}),
                        email=f"obec.{time.time_ns()}@obec.example",
                    ),
                ),
            }
            db.session.remove()
        print("milliseconds of processor time: first, median of the next, size")
        for who, pages in (("public", PAGES), ("kraj", (*PAGES[:3], *RECORDS)), ("municipality", RECORDS[:2])):
            print(who)
            for address in pages:
                print(told(people[who], address, given.tries), flush=True)


if __name__ == "__main__":
    main()
