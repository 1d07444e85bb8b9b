"""The portal in a browser: a server in a thread, Chromium, and a page that remembers everything that went wrong."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NoReturn

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright

from tests.access.rows import ANONYMOUS
from tests.conftest import IN_CI
from tests.e2e.layers import store_world
from tests.factories.serving import serving
from tests.factories.visits import Town, settle

# The shell draws the same and has no window of its own, which would take a third of the time.
NAMED = os.environ.get("PORTAL_CHROMIUM")
BROWSERS = [Path(NAMED)] if NAMED else [Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium")]
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # nothing is loaded from elsewhere
]
WCAG_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
CONTROLS = {
    "button",
    "checkbox",
    "combobox",
    "link",
    "listbox",
    "menuitem",
    "radio",
    "searchbox",
    "slider",
    "spinbutton",
    "switch",
    "tab",
    "textbox",
}
NOTE_VIOLATIONS = """
window.__violations = [];
document.addEventListener('securitypolicyviolation',
  (event) => window.__violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`));
"""
RUN_AXE = """
async (tags) => (await axe.run(document, { runOnly: tags })).violations.map(
  (v) => `${v.id} (${v.impact}): ${v.nodes.map((n) => n.target.join(' ')).slice(0, 5).join(', ')}`)
"""
TOO_WIDE = """
() => {
  const room = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth <= room) return []
  const contained = ['auto', 'scroll', 'hidden']
  const scrolls = (e) => e && (contained.includes(getComputedStyle(e).overflowX) || scrolls(e.parentElement))
  return [...document.querySelectorAll('body *')]
    .filter((e) => e.getBoundingClientRect().right > room + 1 && !scrolls(e.parentElement))
    .slice(0, 5).map((e) => `${e.tagName}.${e.className} ends at ${Math.round(e.getBoundingClientRect().right)}`)
    .concat([`page is ${document.documentElement.scrollWidth} wide`])
}
"""
WIDER_THAN_ITS_REGION = """
() => [...document.querySelectorAll('.portal-table')]
  .filter((region) => region.scrollWidth > region.clientWidth)
  .map((region) => `${region.getAttribute('aria-labelledby')}: ${region.scrollWidth} in ${region.clientWidth}`)
"""


@dataclass
class Watched:
    """A page of the browser and all that went wrong on it."""

    page: Page
    base_url: str
    problems: list[str] = field(default_factory=list)

    def open(self, path: str, until: Literal["load", "networkidle"] = "networkidle") -> Page:
        self.page.goto(self.base_url + path, wait_until=until)
        return self.page

    def faults(self) -> list[str]:
        """Console, network and policy so far."""
        return self.problems + [f"CSP: {found}" for found in self.page.evaluate("window.__violations")]

    def accessibility_faults(self) -> list[str]:
        """What axe-core finds, and controls without a name, which axe does not see everywhere."""
        self.page.evaluate(AXE.read_text("utf-8"))
        found = [f"axe: {violation}" for violation in self.page.evaluate(RUN_AXE, WCAG_TAGS)]
        return found + [f"no name: {role}" for role in nameless_controls(self.page)]

    def reflow_faults(self, width: int = 320) -> list[str]:
        """What sticks out of a window of this width (WCAG 2.2, success criterion 1.4.10)."""
        size = self.page.viewport_size
        self.page.set_viewport_size({"width": width, "height": 640})
        found = [f"{width} px: {wide}" for wide in self.page.evaluate(TOO_WIDE)]
        assert size is not None
        self.page.set_viewport_size(size)
        return found


def nameless_controls(page: Page) -> list[str]:
    session = page.context.new_cdp_session(page)
    nodes: list[dict[str, Any]] = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [
        node["role"]["value"]
        for node in nodes
        if not node.get("ignored")
        and node.get("role", {}).get("value") in CONTROLS
        and not node.get("name", {}).get("value", "").strip()
    ]


def missing(reason: str) -> NoReturn:
    if IN_CI:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = next((path for path in BROWSERS if path.exists()), None)
    if chromium is None:
        missing(f"browser tests: no Chromium at {' or '.join(map(str, BROWSERS))} (set PORTAL_CHROMIUM)")
    if not AXE.exists():
        missing("browser tests: axe-core is not installed (npm ci)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Served:
    url: str
    town: Town


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The portal with everybody and every feature's objects, on a port of its own."""
    with serving(tmp_path_factory.mktemp("e2e"), settle) as (url, town):
        yield Served(url, town)


OpenAs = Callable[..., Watched]


@pytest.fixture
def open_as(browser: Browser, served: Served) -> Iterator[OpenAs]:
    """``open_as("planner")`` is a watched page of that person, ``open_as()`` of the public; options: of the context."""
    contexts = []

    def open_page(who: str = ANONYMOUS, **options: Any) -> Watched:
        context = browser.new_context(locale="cs-CZ", **{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        if who != ANONYMOUS:
            context.add_cookies([{"name": "portal_session", "value": served.town.cookies[who], "url": served.url}])
        context.add_init_script(NOTE_VIOLATIONS)
        watched = Watched(context.new_page(), served.url)
        watch(watched)
        return watched

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def layers_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Address of the portal and the session of a planner."""
    with serving(tmp_path_factory.mktemp("layers"), store_world) as served:
        yield served


@pytest.fixture
def open_layers(browser: Browser, layers_portal: tuple[str, str]) -> Iterator[OpenAs]:
    """A page with its maps drawn; afterwards nothing may have gone wrong on it."""
    url, session = layers_portal
    opened: list[Watched] = []

    def open_at(
        query: str = "", *, path: str = "/mapa/vrstvy", who: str | None = None, width: int = 1280, height: int = 900
    ) -> Watched:
        context = browser.new_context(locale="cs-CZ", viewport={"width": width, "height": height})
        context.add_init_script(NOTE_VIOLATIONS)
        if who == "planner":
            context.add_cookies([{"name": "portal_session", "value": session, "url": url}])
        watched = Watched(context.new_page(), url)
        watched.page.set_default_timeout(10_000)
        watch(watched)
        opened.append(watched)
        watched.open(f"{path}{query}")
        watched.page.wait_for_selector("#layers-maps[data-drawn=true]")
        return watched

    yield open_at
    faults = [fault for watched in opened for fault in watched.faults()]
    for watched in opened:
        watched.page.context.close()
    assert faults == []


def watch(watched: Watched) -> None:
    def on_request(request: Request) -> None:
        if not request.url.startswith((watched.base_url, "data:", "blob:")):
            watched.problems.append(f"asks elsewhere: {request.url}")

    def on_console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            watched.problems.append(f"console {message.type}: {message.text}")

    def on_response(response: Response) -> None:
        if response.status >= 400:
            watched.problems.append(f"{response.status}: {response.url}")

    watched.page.on("request", on_request)
    watched.page.on("console", on_console)
    watched.page.on("response", on_response)
    watched.page.on("pageerror", lambda error: watched.problems.append(f"script: {error}"))
