"""Layers of the map of a whole country: bytes of shapes and values, time of the server, drawing in Chromium.

``python benchmarks/map_layers.py [--quick] [--limits]``

206 ORP, 6 258 municipalities, 7 000 services, 12 quarters (``--quick``: 3). There are no boundaries of the country
here, so its shapes are an invented tessellation (``_country.py``) of the detail that the real ones of a region have;
the real ones of Olomoucký kraj, where they are, are packed beside it and set against the number of municipalities.

Time of the server: a whole answer of values, made for somebody of the kraj, each for another choice of layer, quarter,
type and level than the one before, when each choice has been asked for once (and the first time for each layer and
quarter); beside it the time of the processor, which other programs on the machine do not lengthen. In Chromium: the
page of municipalities with an empty cache until the map stands, and changes of layer, quarter and type from the moment
of choosing until the map stands again. ``--limits`` fails where a limit is broken: 400 kB, 30 kB, 50 ms (95th
percentile), 2 s, 200 ms.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks._country import MUNICIPALITIES, make_country  # noqa: E402 - the repository has to be on the path first
from benchmarks.catalog_world import catalogue_app  # noqa: E402 - as above
from benchmarks.map_page import real_territory  # noqa: E402 - as above
from portal.catalog.models import Facility, Service  # noqa: E402 - as above
from portal.catalog.service.version import bump_version  # noqa: E402 - as above
from portal.core import kept  # noqa: E402 - as above
from portal.core.clock import now_utc, today  # noqa: E402 - as above
from portal.core.db import db  # noqa: E402 - as above
from portal.core.permissions import OPERATOR  # noqa: E402 - as above
from portal.core.transaction import transaction  # noqa: E402 - as above
from portal.grants.models import GrantFigure  # noqa: E402 - as above
from portal.map.service import find_shapes  # noqa: E402 - as above
from portal.map.shapes import web_shapes  # noqa: E402 - as above
from portal.returns.models import (  # noqa: E402 - as above
    ReportingPeriod,
    Return,
    ReturnResidence,
    ReturnResidencePart,
)
from portal.returns.types import Period  # noqa: E402 - as above
from portal.territory import service as territory  # noqa: E402 - as above
from portal.territory.types import Level  # noqa: E402 - as above
from portal.waitlists.need.models import NeedCount, NeedQuarter  # noqa: E402 - as above
from tests.factories.accounts import login, make_user  # noqa: E402 - as above

CHROMIUM = os.environ.get("PORTAL_CHROMIUM", "/usr/bin/chromium")
SERVICES = 7_000
RESIDENCES = 8  # rows of a return's territory part
TYPES = ("40", "46", "49")
SITUATIONS = ("housing", "debts", "loneliness")
LAYERS = (
    *("kapacita", "sluzby", "pusobnost", "uzivatele", "uzivatele-na-1000", "pokryti"),
    *("neuspokojeni", "neuspokojeni-na-1000", "podpora-obci"),
)
CHUNK = 20_000


def insert(model: type[Any], rows: Iterator[dict[str, Any]]) -> None:
    part: list[dict[str, Any]] = []
    for row in rows:
        part.append(row)
        if len(part) == CHUNK:
            db.session.execute(sa.insert(model.__table__), part)
            part = []
    if part:
        db.session.execute(sa.insert(model.__table__), part)


def fill(quarters: list[Period]) -> None:
    """Country, places of services in it, returns with residences, counts of need, municipal support."""
    country = make_country()
    dice = np.random.default_rng(5)
    with transaction():
        territory.store_territory(OPERATOR, parsed=country.territory)
    towns = territory.list_units(Level.MUNICIPALITY)
    weights = np.array([town.population or 1 for town in towns], dtype=float)
    weights /= weights.sum()
    with transaction():
        facilities = list(db.session.scalars(sa.select(Facility.id).where(Facility.secret.is_(False))))
        for facility, town in zip(facilities, dice.choice(len(towns), len(facilities), p=weights), strict=True):
            db.session.execute(
                sa.update(Facility)
                .where(Facility.id == facility)
                .values(municipality_code=towns[town].code, orp_code=towns[town].parent_code)
            )
        bump_version()
        services = list(db.session.scalars(sa.select(Service.id).order_by(Service.id)))
        insert(ReportingPeriod, iter([_period(quarter) for quarter in quarters]))
        insert(Return, _returns(services, quarters))
        insert(
            ReturnResidencePart,
            ({"return_id": n + 1, "state": "supplied", "version": 1} for n in range(len(services) * len(quarters))),
        )
        insert(
            ReturnResidence, _residences(len(services) * len(quarters), [town.code for town in towns], weights, dice)
        )
        insert(NeedQuarter, iter([_counted(quarter) for quarter in quarters]))
        codes = [town.code for town in towns] + [unit.code for unit in territory.list_units(Level.ORP)]
        insert(NeedCount, _needs(quarters, codes, dice))
        insert(GrantFigure, _support(services, [town.code for town in towns], quarters[-1].year - 1, dice))


def _period(quarter: Period) -> dict[str, Any]:
    on_time = quarter.last_day + timedelta(days=25)
    return {
        "period": str(quarter),
        "on_time_until": on_time,
        "closes_on": on_time + timedelta(days=15),
        "opened_at_utc": now_utc(),
    }


def _returns(services: list[int], quarters: list[Period]) -> Iterator[dict[str, Any]]:
    at = now_utc()
    for number, (quarter, service) in enumerate(product(quarters, services), start=1):
        yield {
            "id": number,
            "service_id": service,
            "period": str(quarter),
            "form_version": "2026",
            "state": "accepted",
            "version": 1,
            "round": 1,
            "created_at_utc": at,
            "first_submitted_at_utc": at,
            "submitted_at_utc": at,
            "decided_at_utc": at,
        }


def _residences(
    returns: int, codes: list[str], weights: np.ndarray, dice: np.random.Generator
) -> Iterator[dict[str, Any]]:
    for number in range(1, returns + 1):
        for town in set(dice.choice(len(codes), RESIDENCES, p=weights).tolist()):
            yield {
                "return_id": number,
                "municipality_code": codes[town],
                "target_group": str(town % 5),
                "adverse_situation": SITUATIONS[town % 3],
                "persons": int(1 + town % 17),
            }


def _counted(quarter: Period) -> dict[str, Any]:
    return {
        "period": str(quarter),
        "counted_on": quarter.last_day,
        "counted_at_utc": now_utc(),
        "is_closed": True,
        "applications": 1,
        "links": "0" * 64,
    }


def _needs(quarters: list[Period], areas: list[str], dice: np.random.Generator) -> Iterator[dict[str, Any]]:
    figures = [column.name for column in NeedCount.__table__.columns if column.name.endswith(("_most", "_least"))]
    for quarter, kind in product(quarters, ("all", *TYPES)):
        for area, persons in zip(areas, dice.integers(0, 60, len(areas)).tolist(), strict=True):
            if persons:
                yield {
                    "period": str(quarter),
                    "type_code": kind,
                    "situation": "all",
                    "target_group": "all",
                    "area": area,
                    "applications": persons,
                    "waiting_n": 0,
                    "waited_n": 0,
                    **dict.fromkeys(figures, persons),
                }


def _support(services: list[int], codes: list[str], year: int, dice: np.random.Generator) -> Iterator[dict[str, Any]]:
    for service, town in product(services, range(3)):
        code = codes[int(dice.integers(len(codes)))] if town else codes[service % len(codes)]
        yield {
            "service_id": service,
            "municipality_code": code,
            "year": year,
            "kind": ("running", "gift", "rent")[town],
            "side": "municipality",
            "state": "value",
            "value": int(dice.integers(1, 900_000)),
            "contract": "",
            "note": "",
            "source": "region",
            "version": 1,
            "changed_at_utc": now_utc(),
            "actor_name": "benchmark",
        }


def choices(quarters: list[Period], count: int) -> list[str]:
    """Queries of views, each another than the one before."""
    chance = random.Random(3)
    return [
        f"vrstva={chance.choice(LAYERS)}&uzemi={chance.choice(('obec', 'obec', 'orp'))}"
        f"&obdobi={chance.choice(quarters)}&druh={chance.choice(('', *TYPES))}"
        for _ in range(count)
    ]


def server_times(app: Flask, quarters: list[Period]) -> dict[str, float]:
    """Milliseconds of answers of values: of columns not yet read, and of those that are kept."""
    client = app.test_client()
    with app.app_context():
        login(client, make_user(role="planner"))
        kept.forget()

    def ask(query: str) -> tuple[float, float, int, dict[str, Any]]:
        begun, worked = time.perf_counter(), time.process_time()
        answer = client.get(f"/mapa/vrstvy/hodnoty.json?{query}", headers={"Accept-Encoding": "gzip"})
        passed, used = 1_000 * (time.perf_counter() - begun), 1_000 * (time.process_time() - worked)
        assert answer.status_code == 200, (query, answer.text)
        return passed, used, len(answer.data), json.loads(gzip.decompress(answer.data))

    cold = [
        ask(query)[0]
        for query in dict.fromkeys(f"vrstva={n}&uzemi=obec&obdobi={q}" for n, q in product(LAYERS, quarters))
    ]
    for name, quarter in product(LAYERS, quarters):
        ask(f"vrstva={name}&uzemi=orp&obdobi={quarter}")
    warm, processor, sizes = [], [], []
    wanted = choices(quarters, 300)
    for query in wanted:
        ask(query)
    for query in wanted:
        passed, used, size, found = ask(query)
        warm.append(passed)
        processor.append(used)
        if found["level"] == "obec":
            sizes.append(size)
    return {
        "first_ms_median": statistics.median(cold),
        "first_ms_max": max(cold),
        "warm_ms_median": statistics.median(warm),
        "warm_ms_p95": float(np.percentile(warm, 95)),
        "warm_cpu_ms_p95": float(np.percentile(processor, 95)),
        "values_bytes_max": max(sizes),
    }


class _Quiet(WSGIRequestHandler):
    def log(self, *_arguments: Any) -> None:
        pass


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def drawn(browser: Browser, address: str, cookie: str | None) -> tuple[Page, float]:
    """A page with an empty cache, and milliseconds from going there until the map stood."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="cs-CZ")
    if cookie:
        context.add_cookies([{"name": "portal_session", "value": cookie, "url": address}])
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(f"{address}/mapa/vrstvy?vrstva=uzivatele&uzemi=obec", wait_until="commit")
    page.wait_for_selector("#layers-maps[data-drawn=true]")
    return page, float(page.get_attribute("#layers-maps", "data-drawn-ms") or "nan")


def changed(page: Page, rounds: int) -> list[float]:
    """Milliseconds of changes of type, quarter and layer, in turn."""
    found = []
    last = page.locator("#obdobi option").count() - 1
    for number in range(rounds):
        for field, value in (
            ("druh", TYPES[number % 3]),
            ("obdobi", page.locator("#obdobi option").nth((number + 1) % (last + 1)).get_attribute("value")),
            ("vrstva", LAYERS[3 + number % 5]),
        ):
            page.evaluate("delete document.querySelector('#layers-maps').dataset.changedMs")
            page.select_option(f"#{field}", value)
            page.wait_for_selector("#layers-maps[data-changed-ms]")
            found.append(float(page.get_attribute("#layers-maps", "data-changed-ms") or "nan"))
    return found


def in_chromium(app: Flask, rounds: int) -> dict[str, float]:
    client = app.test_client()
    with app.app_context():
        login(client, make_user(role="planner"))
    session = client.get_cookie("portal_session")
    assert session is not None
    with served(app) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        drawn(browser, address, session.value)[0].context.close()  # the first answer fills what the server keeps
        times = []
        for _ in range(rounds):
            page, passed = drawn(browser, address, session.value)
            times.append(passed)
            if len(times) < rounds:
                page.context.close()
        changes = changed(page, rounds)
        asked = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
        browser.close()
    return {
        "drawn_ms_median": statistics.median(times),
        "drawn_ms_max": max(times),
        "change_ms_median": statistics.median(changes),
        "change_ms_p95": float(np.percentile(changes, 95)),
        "shapes_asked_for": float(sum("topojson" in name for name in asked)),
    }


def measure_shapes() -> dict[str, float]:
    begun = time.perf_counter()
    found = find_shapes(Level.MUNICIPALITY)
    passed = time.perf_counter() - begun
    assert found is not None
    return {"shapes_bytes": found.size, "shapes_are_sound": float(found.is_sound), "shapes_built_s": passed}


def real_shapes() -> tuple[int, int] | None:
    """Municipalities and bytes of the real boundaries, if they are here."""
    parsed = real_territory()
    if parsed is None:
        return None
    shapes = {
        item.unit.code: json.loads(item.web_geojson) for item in parsed.units if item.unit.level is Level.MUNICIPALITY
    }
    return len(shapes), web_shapes(shapes).size


LIMITS = {
    "shapes_bytes": 400_000,
    "values_bytes_max": 30_000,
    "warm_ms_p95": 50,
    "drawn_ms_median": 2_000,
    "change_ms_median": 200,
    "shapes_asked_for": 1,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="3 quarters and fewer rounds")
    parser.add_argument("--limits", action="store_true", help="fail where a limit is broken")
    options = parser.parse_args()
    count, rounds = (3, 3) if options.quick else (12, 7)
    now = Period.of(today()).previous
    quarters = [now.shifted(back) for back in range(1 - count, 1)]
    with tempfile.TemporaryDirectory() as folder:
        app = catalogue_app(Path(folder), SERVICES)
        begun = time.perf_counter()
        with app.app_context():
            fill(quarters)
            filled = time.perf_counter() - begun
            figures = measure_shapes()
        print(f"{MUNICIPALITIES} municipalities of an invented tessellation, {SERVICES} services, {count} quarters")
        print(f"filled in {filled:.0f} s")
        figures |= server_times(app, quarters)
        figures |= in_chromium(app, rounds)
    real = real_shapes()
    if real is not None:
        number, size = real
        as_many = size * MUNICIPALITIES / number
        print(f"real boundaries: {number} municipalities in {size} bytes, {as_many:.0f} for as many as above")
    for name, value in figures.items():
        limit = f"  (limit {LIMITS[name]:,})" if name in LIMITS else ""
        print(f"{name:<20} {value:>12,.1f}{limit}")
    broken = [name for name, limit in LIMITS.items() if figures[name] > limit]
    if options.limits and broken:
        raise SystemExit(f"limits broken: {', '.join(broken)}")


if __name__ == "__main__":
    main()
