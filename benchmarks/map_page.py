"""The map page beside the same layers as plain folium output: bytes and time to drawn in Chromium.

``python benchmarks/map_page.py [--quick] [--services N]``

Both show every ORP coloured by capacity per 1 000 people with a text for each, the names of ORP, the places of all
services in groups with a popup that names and links each service, a legend and a switch of layers. The portal's is
its whole page (header, form, table, fonts). The peer is what ``folium.Map.save`` writes, its libraries installed from
npm into ``build/map-peer`` and served from this machine, since without them it draws nothing; what npm does not have
(a style of glyphicons, a style that rotates icons) counts as empty, in the peer's favour. Both are compressed with
gzip. "Layers": without the styles, scripts and fonts that all pages of the portal share. "Unpacked": the whole page
before compression. "Drawn": all shapes and the first sign of a service stand in the page and a frame has passed.

Boundaries: the real ones of Olomoucký kraj when PORTAL_SHARED_DATA (or ../shared/data) has them, else schematic ones.
"""

from __future__ import annotations

import argparse
import gzip
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import folium  # noqa: E402  # the repository has to be on the path first
import pandas as pd  # noqa: E402  # see above
from flask_migrate import upgrade  # noqa: E402  # see above
from folium.plugins import MarkerCluster  # noqa: E402  # see above
from playwright.sync_api import Browser, sync_playwright  # noqa: E402  # see above
from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: E402  # see above

from portal.app import create_app  # noqa: E402  # see above
from portal.core.config import load_settings  # noqa: E402  # see above
from portal.core.permissions import OPERATOR  # noqa: E402  # see above
from portal.core.transaction import transaction  # noqa: E402  # see above
from portal.demo.places import load_places  # noqa: E402  # see above
from portal.map import service  # noqa: E402  # see above
from portal.map.types import Selection  # noqa: E402  # see above
from portal.territory import service as territory  # noqa: E402  # see above
from portal.territory.calc.schematic import schematic_territory  # noqa: E402  # see above
from portal.territory.ingest.read import TerritoryFiles, read_territory  # noqa: E402  # see above
from portal.territory.types import Level, ParsedTerritory  # noqa: E402  # see above
from tests.factories.catalog import make_provider, make_service  # noqa: E402  # see above

CHROMIUM = os.environ.get("PORTAL_CHROMIUM", "/usr/bin/chromium")
PEER = ROOT / "build" / "map-peer"
SETTLING_MS = 700  # for what a page still asks for once it is drawn: its icon, say
DAY = date(2026, 8, 3)
# npm packages of the addresses that folium writes; None: the address names package and version itself.
PEER_PACKAGES = {
    r"cdn\.jsdelivr\.net/npm/((?:@[^/]+/)?[^/@]+@[^/]+)/(.+)": None,
    r"code\.jquery\.com/jquery-([\d.]+)\.min\.js": "jquery@{0} dist/jquery.min.js",
    r"cdnjs\.cloudflare\.com/ajax/libs/d3/([\d.]+)/d3\.min\.js": "d3@{0} d3.min.js",
    r"cdnjs\.cloudflare\.com/ajax/libs/leaflet\.markercluster/([\d.]+)/(.+)": "leaflet.markercluster@{0} dist/{1}",
    r"cdnjs\.cloudflare\.com/ajax/libs/Leaflet\.awesome-markers/2\.0\.2/(.+)": "leaflet.awesome-markers@2.0.5 dist/{0}",
}
DRAWN = """
expected => {
  const look = () => {
    const shapes = document.querySelectorAll('.leaflet-overlay-pane path').length
    const signs = document.querySelector('.leaflet-marker-pane .map-sign, .leaflet-marker-pane .marker-cluster')
    if (shapes >= expected && signs) requestAnimationFrame(() => { window.__drawn = performance.now() })
    else requestAnimationFrame(look)
  }
  look()
}
"""
FRAME = re.compile(r"/assets/(web|files)/|/favicon")
NETWORKS = {
    "this machine": None,
    "slow 4G, 1.6 Mbit/s": {"latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8},
}


@dataclass
class Measured:
    sent: int  # bytes on the wire, the whole page
    layers: int  # of them without the portal's frame: its styles, scripts and fonts, which every page of it shares
    unpacked: int
    drawn_ms: float
    again: int  # bytes on the wire of a second visit


def real_territory() -> ParsedTerritory | None:
    folder = Path(os.environ.get("PORTAL_SHARED_DATA") or ROOT.parent / "shared" / "data") / "olomoucky"
    layers = folder / "boundaries_sjtsk"
    if not layers.exists():
        return None
    return read_territory(
        TerritoryFiles("CZ071", layers / "ORP_P.shp", layers / "OBCE_P.shp", folder / "municipalities.csv")
    )


def store_services(number: int) -> None:
    """Invented services where people live; nine in ten at an address, some with several facilities."""
    chance = random.Random(20)
    towns = territory.list_units(Level.MUNICIPALITY)
    people = [town.population or 0 for town in towns]
    providers = [make_provider(f"Sociální služby {town.name}, příspěvková organizace") for town in towns[:80]]
    for index in range(number):
        facilities = []
        for town in chance.choices(towns, people, k=chance.choice((1, 1, 1, 2, 3))):
            facilities.append(
                {
                    "municipality_code": town.code,
                    "municipality_name": town.name,
                    "orp_code": town.parent_code,
                    "street": chance.choice(("Lipová", "Masarykova třída", "Na Vyhlídce", "Zahradní")),
                    "house_number": str(chance.randint(1, 99)),
                    "lon": round((town.seat_lon or 0) + chance.uniform(-0.01, 0.01), 5),
                    "lat": round((town.seat_lat or 0) + chance.uniform(-0.007, 0.007), 5),
                    "point_is_exact": chance.random() < 0.9,
                }
            )
        kind = chance.choice(("37", "39", "40", "44", "46", "49", "49", "50", "62", "65", "66", "69"))
        make_service(chance.choice(providers), type_code=kind, facilities=facilities, name=f"Středisko Pohoda {index}")


def plain_folium() -> str:
    """The same layers with folium's own elements, as its documentation shows them."""
    figures = service.find_figures(DAY, Selection())
    rates = {row.code: float(row.rate.number or 0) for row in figures.rows}
    names = {row.code: row.name for row in figures.rows}
    collection = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "id": code, "geometry": shape, "properties": {"name": names[code], "rate": rates[code]}}
            for code, shape in territory.web_shapes(Level.ORP).items()
        ],
    }
    plain = folium.Map((49.8, 17.2), zoom_start=9, tiles=None)
    plain.options.update(min_zoom=7, max_zoom=17)  # without tiles the groups need them
    table = pd.DataFrame({"code": list(rates), "rate": list(rates.values())})
    coloured = folium.Choropleth(
        geo_data=collection, data=table, columns=["code", "rate"], key_on="feature.id", fill_color="Blues",
        legend_name="clients per 1,000 inhabitants", name="Capacity",
    ).add_to(plain)  # fmt: skip
    folium.GeoJsonTooltip(["name", "rate"], ["ORP", "Rate"]).add_to(coloured.geojson)
    labels = folium.FeatureGroup("Names").add_to(plain)
    for unit in service.list_names(Level.ORP):
        folium.Marker((unit.seat_lat, unit.seat_lon), icon=folium.DivIcon(html=unit.name)).add_to(labels)
    cluster = MarkerCluster(name="Services").add_to(plain)
    for place in service.list_places(DAY, Selection()):
        lines = "".join(
            f'<li><a href="/katalog/sluzba/{one.register_id}">{one.name}</a><br>{one.provider_name}</li>'
            for one in place.services
        )
        popup = folium.Popup(f"<b>{place.address}</b><ul>{lines}</ul>", max_width=300)
        folium.Marker((place.lat, place.lon), popup=popup, tooltip=place.address).add_to(cluster)
    folium.LayerControl(collapsed=False).add_to(plain)
    rendered: str = plain.get_root().render()
    return rendered


def find_package(address: str) -> tuple[str, str] | None:
    """Package with version, and path in it, of an address outside; None when npm does not have it."""
    for pattern, form in PEER_PACKAGES.items():
        if match := re.fullmatch(r"https://" + pattern, address):
            package, path = match.groups() if form is None else form.format(*match.groups()).split()
            return package, path
    return None


class PeerSite:
    """Serves the plain page with its libraries from this machine."""

    def __init__(self, page: str) -> None:
        self.files: dict[str, Path] = {}
        self.absent: list[str] = []
        packages = set()
        for address in sorted(set(re.findall(r'(?:src|href)="(https://[^"]+\.(?:js|css))"', page))):
            found = find_package(address)
            local = "/peer/" + address.removeprefix("https://")
            page = page.replace(address, local)
            if found is None:
                self.absent.append(address)
            else:
                packages.add(found[0])
                self.files[local] = PEER / "node_modules" / found[0].rpartition("@")[0] / found[1]
        self.page = page
        install(packages)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        path = environ["PATH_INFO"]
        if path == "/":
            start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-cache")])
            return [self.page.encode()]
        file = self.files.get(path) or self._beside(path)
        body = file.read_bytes() if file is not None and file.is_file() else b""
        kind = {"js": "text/javascript", "css": "text/css", "png": "image/png", "woff2": "font/woff2"}
        headers = [("Content-Type", kind.get(path.rpartition(".")[2], "application/octet-stream"))]
        start_response("200 OK", [*headers, ("Cache-Control", "public, max-age=31536000, immutable")])
        return [body]

    def _beside(self, path: str) -> Path | None:
        """Images and fonts that a style of the same package names."""
        for local, file in self.files.items():
            folder = local.rpartition("/")[0]
            if path.startswith(f"{folder}/"):
                return file.parent / path.removeprefix(f"{folder}/")
            above = folder.rpartition("/")[0]
            if path.startswith(f"{above}/webfonts/"):
                return file.parent.parent / path.removeprefix(f"{above}/")
        return None


def install(packages: set[str]) -> None:
    """The peer's libraries, exact versions, into build/map-peer."""
    wanted = [name for name in sorted(packages) if not (PEER / "node_modules" / name.rpartition("@")[0]).exists()]
    if not wanted:
        return
    PEER.mkdir(parents=True, exist_ok=True)
    (PEER / "package.json").write_text('{"name": "map-peer", "private": true}\n')
    command = ["npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", *sorted(packages)]
    if subprocess.run(command, cwd=PEER, capture_output=True).returncode:
        raise SystemExit(f"the peer's libraries cannot be installed: {' '.join(wanted)}")


def compressed(site: Any) -> Any:
    """The same compression for both: gzip for every text that is not compressed yet, kept once made."""
    kept: dict[bytes, bytes] = {}

    def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        environ["HTTP_ACCEPT_ENCODING"] = "gzip"  # assets built with brotli too would be compared with gzip
        seen: list[Any] = []
        body = b"".join(site(environ, lambda status, headers, *_: seen.extend((status, list(headers)))))
        status, headers = seen
        names = {name.lower(): value for name, value in headers}
        if "content-encoding" not in names and names.get("content-type", "").startswith(("text/", "application/json")):
            body = kept.setdefault(body, gzip.compress(body, mtime=0))
            headers = [pair for pair in headers if pair[0].lower() != "content-length"]
            headers += [("Content-Encoding", "gzip"), ("Content-Length", str(len(body)))]
        start_response(status, headers)
        return [body]

    return answer


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        """Only the figures are of interest."""


@contextmanager
def served(site: Any) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, compressed(site), threaded=True, request_handler=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def visit(browser: Browser, address: str, shapes: int, network: dict[str, float] | None) -> Measured:
    """One visit with an empty cache, and a second one."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="cs-CZ")
    page = context.new_page()
    page.set_default_timeout(120_000)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    if network is not None:
        session.send("Network.emulateNetworkConditions", {"offline": False, **network})
    addresses: dict[str, str] = {}
    sent: dict[str, int] = {}
    unpacked: dict[str, int] = {}
    session.on("Network.responseReceived", lambda e: addresses.update({e["requestId"]: e["response"]["url"]}))
    session.on("Network.loadingFinished", lambda e: sent.update({e["requestId"]: int(e["encodedDataLength"])}))
    session.on(
        "Network.dataReceived",
        lambda e: unpacked.update({e["requestId"]: unpacked.get(e["requestId"], 0) + int(e["dataLength"])}),
    )
    page.add_init_script(f"({DRAWN.strip()})({shapes})")
    page.goto(address, wait_until="load")
    page.wait_for_function("() => window.__drawn")
    drawn = float(page.evaluate("window.__drawn"))
    page.wait_for_timeout(SETTLING_MS)
    layers = sum(size for number, size in sent.items() if not FRAME.search(addresses[number]))
    first, bulk = sum(sent.values()), sum(unpacked.values())
    page.goto(address, wait_until="load")
    page.wait_for_timeout(SETTLING_MS)
    result = Measured(first, layers, bulk, drawn, sum(sent.values()) - first)
    context.close()
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one visit each, on this machine alone")
    parser.add_argument("--services", type=int, default=450)
    options = parser.parse_args()
    rounds = 1 if options.quick else 5
    networks = {"this machine": None} if options.quick else NETWORKS
    parsed = real_territory()
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(load_settings({"PORTAL_INSTANCE": folder}))
        with app.app_context():
            upgrade()
            with transaction():
                territory.store_territory(OPERATOR, parsed=parsed or schematic_territory(*load_places()))
                store_services(options.services)
            shapes = len(territory.web_shapes(Level.ORP))
            peer = PeerSite(plain_folium())
        boundaries = "real boundaries" if parsed else "schematic boundaries (the real ones are not here)"
        print(f"{shapes} ORP with {boundaries}, {options.services} services; Chromium, median of {rounds}")
        print("counted as empty for the peer: " + (", ".join(peer.absent) or "nothing"))
        with served(app.wsgi_app) as portal, served(peer) as plain, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            visit(browser, f"{portal}/mapa", shapes, None)  # the first answer fills what the server keeps
            for name, network in networks.items():
                compare(browser, name, network, (f"{portal}/mapa", f"{plain}/"), shapes, rounds)
            browser.close()


def compare(browser: Browser, name: str, network: Any, addresses: tuple[str, str], shapes: int, rounds: int) -> None:
    columns = ("sent kB", "layers kB", "unpacked kB", "drawn ms", "2nd visit kB")
    print(f"\n{name:<26}" + "".join(f"{column:>14}" for column in columns))
    results = []
    for who, address in zip(("portal /mapa", f"plain folium {folium.__version__}"), addresses, strict=True):
        visits = [visit(browser, address, shapes, network) for _ in range(rounds)]
        medians = [statistics.median(getattr(one, part.name) for one in visits) for part in fields(Measured)]
        results.append(medians)
        shown = [
            value if part.name == "drawn_ms" else value / 1e3
            for value, part in zip(medians, fields(Measured), strict=True)
        ]
        print(f"  {who:<24}" + "".join(f"{value:>14.0f}" for value in shown))
    ratios = [ours / max(theirs, 1) for ours, theirs in zip(*results, strict=True)]
    print(f"  {'ratio portal / folium':<24}" + "".join(f"{ratio:>14.2f}" for ratio in ratios))


if __name__ == "__main__":
    main()
