"""Every page of every feature: parses, keeps to itself, carries exactly the headers that protect its reader."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import html5lib
import pytest
from werkzeug.datastructures import Headers

from portal.app import create_app
from portal.core.db import db
from tests.access.rows import ANONYMOUS
from tests.conftest import migrated_database, test_settings
from tests.factories.visits import page_rows, settle, visits_of

HTML = "{http://www.w3.org/1999/xhtml}"
ENDPOINTS = sorted({row.endpoint for row in page_rows()})
LOADED = ("src", "srcset", "data", "poster", "action", "formaction", "background", "{http://www.w3.org/1999/xlink}href")


@dataclass
class Page:
    path: str
    who: str
    text: str
    headers: Headers
    faults: list[str] = field(default_factory=list)

    @cached_property
    def parsed(self) -> tuple[Any, list[Any]]:
        """The tree, and the faults that were met on the way."""
        parser = html5lib.HTMLParser()
        return parser.parse(self.text), parser.errors

    def tree(self) -> Any:
        return self.parsed[0]

    def __str__(self) -> str:
        return f"{self.path} as {self.who}"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[Page]]]:
    """Endpoint -> its HTML pages, as the public and as somebody signed in where both may see them."""
    folder = tmp_path_factory.mktemp("pages")
    with migrated_database("sqlite", folder) as url:
        app = create_app(test_settings(url, folder))
        with app.app_context():
            town = settle(app)
        found: dict[str, list[Page]] = {}
        for row in page_rows():
            for visit in visits_of(town, row):
                client = app.test_client()
                if visit.who != ANONYMOUS:
                    client.set_cookie("portal_session", town.cookies[visit.who])
                with client.get(visit.path) as answer:
                    assert answer.status_code in row.expected, f"{visit} answers {answer.status_code}"
                    if answer.status_code == 200 and answer.mimetype == "text/html":
                        page = Page(visit.path, visit.who, answer.text, answer.headers)
                        found.setdefault(row.endpoint, []).append(page)
        found["404"] = [Page("/neni", ANONYMOUS, *_missing(app.test_client()))]
        yield found
        with app.app_context():
            db.engine.dispose()


def _missing(client: Any) -> tuple[str, Headers]:
    answer = client.get("/neni")
    return answer.text, answer.headers


def every(pages: dict[str, list[Page]]) -> list[Page]:
    return [page for group in pages.values() for page in group]


def test_the_portal_has_pages_to_look_at(pages: dict[str, list[Page]]) -> None:
    assert {"web.home", "web.accessibility", "accounts.login", "accounts.users", "404"} <= set(pages)


def test_every_page_parses_without_a_fault(pages: dict[str, list[Page]]) -> None:
    faults = []
    for page in every(pages):
        faults += [f"{page}: {code} {values} at {position}" for position, code, values in page.parsed[1]]
    assert faults == []


def test_no_page_loads_anything_from_elsewhere(pages: dict[str, list[Page]]) -> None:
    faults = []
    for page in every(pages):
        for element in page.tree().iter():
            addresses = [element.get(name) for name in LOADED if element.get(name)]
            if element.tag == f"{HTML}link":
                addresses.append(element.get("href"))
            faults += [f"{page}: {address}" for address in addresses if not _own(address)]
        faults += [f"{page}: {found}" for found in re.findall(r"url\(['\"]?(?!data:|/(?!/)|#)[^)]*", page.text)]
    assert faults == []


def _own(address: str) -> bool:
    return address.startswith(("#", "?", "data:")) or (address.startswith("/") and not address.startswith("//"))


def test_links_lead_by_known_ways_alone(pages: dict[str, list[Page]]) -> None:
    known = ("http://", "https://", "mailto:", "tel:")
    faults = [
        f"{page}: {link.get('href')}"
        for page in every(pages)
        for link in page.tree().iter(f"{HTML}a")
        if not _own(link.get("href", "")) and not link.get("href", "").startswith(known)
    ]
    assert faults == []


def test_scripts_and_styles_carry_the_nonce_of_their_answer(pages: dict[str, list[Page]]) -> None:
    faults = []
    for page in every(pages):
        nonce = re.search(r"script-src 'nonce-([^']+)'", page.headers["Content-Security-Policy"])
        assert nonce is not None
        for element in page.tree().iter():
            runs = element.tag in (f"{HTML}script", f"{HTML}style") and element.get("type") != "application/json"
            if runs and element.get("nonce") != nonce.group(1):
                faults.append(f"{page}: {element.tag} has nonce {element.get('nonce')}")
            faults += [
                f"{page}: {name} on {element.tag}"
                for name in element.attrib
                if isinstance(name, str) and (name == "style" or name.startswith("on"))
            ]
    assert faults == []


def test_every_page_has_one_heading_a_title_and_a_language(pages: dict[str, list[Page]]) -> None:
    faults = []
    for page in every(pages):
        tree = page.tree()
        headings = list(tree.iter(f"{HTML}h1"))
        titles = ["".join(element.itertext()).strip() for element in tree.iter(f"{HTML}title")]
        if len(headings) != 1 or not "".join(headings[0].itertext()).strip():
            faults.append(f"{page}: {len(headings)} main headings")
        if not titles[0] or titles[0].startswith("–"):
            faults.append(f"{page}: title {titles[0]!r}")
        if tree.get("lang") != "cs":
            faults.append(f"{page}: language {tree.get('lang')}")
    assert faults == []


def test_every_id_on_a_page_is_there_once(pages: dict[str, list[Page]]) -> None:
    faults = []
    for page in every(pages):
        ids = [element.get("id") for element in page.tree().iter() if element.get("id")]
        faults += [f"{page}: {name}" for name in sorted(set(ids)) if ids.count(name) > 1]
    assert faults == []


def test_no_page_speaks_english_to_a_czech_reader(pages: dict[str, list[Page]]) -> None:
    leaked = re.compile(r"\b(GOV\.UK|Error:|Skip to main|Previous page|Next page|This field is)\b")
    assert [str(page) for page in every(pages) if leaked.search(page.text)] == []


def test_every_page_carries_exactly_the_headers_that_protect_its_reader(pages: dict[str, list[Page]]) -> None:
    for page in every(pages):
        headers = page.headers
        policy = re.sub(r"nonce-[\w-]{22}", "nonce-N", headers["Content-Security-Policy"])
        assert policy == (
            "default-src 'none'; script-src 'nonce-N' 'strict-dynamic'; worker-src 'self'; style-src 'self' 'nonce-N'; "
            "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'; object-src 'none'; manifest-src 'self'"
        ), page
        protecting = {
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        }
        assert {name: headers.get(name) for name in protecting} == protecting, page
        kept = headers["Cache-Control"]
        assert kept == "no-store" if page.who != ANONYMOUS else kept in ("private, no-cache", "no-cache", "no-store"), (
            page
        )
        assert "Server" not in headers
        assert "Strict-Transport-Security" not in headers  # only over HTTPS; tried below


def test_over_https_browsers_are_told_to_stay_there(tmp_path) -> None:
    client = create_app(test_settings("sqlite://", tmp_path)).test_client()
    answer = client.get("/", base_url="https://portal.example")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_every_override_of_the_design_system_that_templates_use_is_built():
    """The style sheet holds single overrides; a class that it lacks would change nothing, and nobody would see it."""
    root = Path(__file__).resolve().parents[2] / "portal"
    built = set(re.findall(r"\.govuk-\\!-([a-z0-9-]+)", (root / "web/assets/styles/_govuk.scss").read_text()))
    used = {
        name
        for page in root.rglob("templates/**/*.html")
        for name in re.findall(r"govuk-!-([a-z0-9-]+)", page.read_text())
    }
    assert used == built
