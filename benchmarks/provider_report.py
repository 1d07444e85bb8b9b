"""The provider's report at scale: server time of page and files for the provider with the most services.

``python benchmarks/provider_report.py [--quick] [--scale N]``: a demonstration region of scale 10 (--quick: 1) on
SQLite, its provider with the most services, the whole answer of the portal without the network. Milliseconds are those
of the processor, so that others on the machine do not count.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select

from portal.accounts.service import users as accounts
from portal.app import create_app
from portal.benchmarking.service import list_periods, provider_report
from portal.catalog.models import Provider, Service
from portal.core.config import load_settings
from portal.core.db import db
from portal.core.permissions import OPERATOR, Grant, Role
from portal.core.transaction import transaction
from portal.demo.region import create_region
from portal.operation.collecting import keep_started

TRIALS = 40
LIMIT_MS = 300
PASSWORD = "mereni-rychlosti-2026"


def largest_provider() -> tuple[str, int]:
    """IČO and number of services."""
    count = func.count(Service.id)
    query = select(Provider.ico, count).join(Service).group_by(Provider.ico).order_by(count.desc(), Provider.ico)
    ico, services = db.session.execute(query.limit(1)).one()
    return ico, services


def p95_ms(work: Callable[[], Any], trials: int = TRIALS) -> tuple[float, float]:
    """95th percentile and median of some trials after two to warm up, each with a session of its own."""
    found = []
    for trial in range(trials + 2):
        db.session.remove()
        started = time.process_time()
        work()
        if trial >= 2:
            found.append(1000 * (time.process_time() - started))
    return statistics.quantiles(found, n=20)[-1], statistics.median(found)


def measure(app: Flask) -> None:
    ico, services = largest_provider()
    with transaction():
        grant = Grant(Role.PROVIDER_EDITOR, ico)
        accounts.create_user(
            OPERATOR, email="mereni@kraj.example", name="Měření", grants=frozenset({grant}), password=PASSWORD
        )
    client = app.test_client()
    page = client.get("/prihlaseni").text
    token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    form = {"csrf_token": token, "email": "mereni@kraj.example", "password": PASSWORD}
    assert client.post("/prihlaseni", data=form).status_code == 302
    address = f"/srovnani/poskytovatel/{ico}"
    assert client.get(address).status_code == 200
    report = provider_report(OPERATOR, ico, list_periods(ico)[0])
    print(f"largest provider: {services} services, {len(report.figures)} figures")
    read = p95_ms(lambda: provider_report(OPERATOR, ico, report.period))
    print(f"reading the report: p95 {read[0]:.0f} ms, median {read[1]:.0f} ms")
    for tail in ("", "/csv", "/xlsx", "/pdf"):
        p95, median = p95_ms(lambda tail=tail: client.get(address + tail).close(), TRIALS if not tail else 8)
        bound = f" (at most {LIMIT_MS}: {'met' if p95 <= LIMIT_MS else 'NOT MET'})" if not tail else ""
        print(f"{tail.strip('/') or 'page'}: p95 {p95:.0f} ms, median {median:.0f} ms{bound}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a region of scale 1")
    parser.add_argument("--scale", type=int, default=10)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = {"PORTAL_ENV": "test", "PORTAL_INSTANCE": folder}
        app = create_app(load_settings({**settings, "PORTAL_DATABASE_URL": f"sqlite:///{Path(folder) / 'world.db'}"}))
        with app.app_context():
            upgrade()
            scale = 1 if given.quick else given.scale
            create_region(scale=scale, seed=1, with_logins=False, tell=lambda message: None, with_releases=False)
            keep_started()  # as the server does, which has not made a region before
            measure(app)


if __name__ == "__main__":
    main()
