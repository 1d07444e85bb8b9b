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
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks._country import MUNICIPALITIES  # noqa: E402 - the repository has to be on the path first
from benchmarks._map_world import TYPES, fill  # noqa: E402 - as above
from benchmarks.catalog_world import catalogue_app  # noqa: E402 - as above
from benchmarks.map_page import real_territory  # noqa: E402 - as above
from portal.core import kept  # noqa: E402 - as above
from portal.core.clock import today  # noqa: E402 - as above
from portal.map.service import find_shapes  # noqa: E402 - as above
from portal.map.shapes import web_shapes  # noqa: E402 - as above
from portal.returns.types import Period  # noqa: E402 - as above
from portal.territory.types import Level  # noqa: E402 - as above
from tests.factories.accounts import login, make_user  # noqa: E402 - as above

CHROMIUM = os.environ.get("PORTAL_CHROMIUM", "/usr/bin/chromium")
SERVICES = 7_000
LAYERS = (
    *("kapacita", "sluzby", "pusobnost", "uzivatele", "uzivatele-na-1000", "pokryti"),
    *("neuspokojeni", "neuspokojeni-na-1000", "podpora-obci"),
)


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
