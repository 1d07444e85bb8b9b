"""Pictures of the newcomer's walk for the documentation, at the width of a desk and of a phone.

``python -m tools.screenshots``                    all steps into docs/screenshots
``python -m tools.screenshots --only home login``  keeps only the pictures of these steps
``python -m tools.screenshots --list``             names of the steps

It makes a demonstration region in a temporary folder and serves a copy of it for each width, since the walk changes
it: the return that is submitted and accepted on the desk waits again on the phone. Chromium is taken from
PORTAL_CHROMIUM or /usr/bin/chromium. Steps of one person share a session, in the order of the list, so that the walk
goes on where the step before stopped.
"""

from __future__ import annotations

import argparse
import base64
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from portal.demo.logins import demo_logins

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = os.environ.get("PORTAL_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
WIDTHS = (1280, 360)  # a desk and a phone
MAX_HEIGHT = 1800  # a longer page is cut: nobody scrolls a picture
PATIENCE_S = 60
PNG_TO_WEBP = """
async (png) => {
  const image = new Image()
  image.src = `data:image/png;base64,${png}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = image.width
  canvas.height = image.height
  canvas.getContext('2d').drawImage(image, 0, 0)
  return canvas.toDataURL('image/webp', 0.8)
}
"""
PUBLIC = ""

Do = Callable[[Page], None]


@dataclass(frozen=True)
class Step:
    """One picture: its file name, who looks (a demonstration role, or the public), where, and what is done first.

    Without ``path`` the step goes on where the one before it, of the same person, stopped.
    """

    name: str
    who: str = PUBLIC
    path: str | None = None
    do: Sequence[Do] = ()


def fill(label: str, text: str) -> Do:
    """Write into the field with this label."""
    return lambda page: page.get_by_label(label).first.fill(text)


def press(name: str) -> Do:
    """Press the button of this name and wait for the page after it."""

    def act(page: Page) -> None:
        page.get_by_role("button", name=name).first.click()
        page.wait_for_load_state("networkidle")

    return act


def follow(name: str) -> Do:
    """Follow the first link of this name inside the page's content."""

    def act(page: Page) -> None:
        page.locator("main").get_by_role("link", name=name).first.click()
        page.wait_for_load_state("networkidle")

    return act


def show(selector: str) -> Do:
    """Wait until something is there to be seen, e.g. a drawn map."""
    return lambda page: page.locator(selector).first.wait_for(state="visible")


def search_for(words: str) -> Do:
    """Write what is needed into the box of the home page and press Enter."""

    def act(page: Page) -> None:
        page.locator("input[name=q]").first.fill(words)
        page.locator("input[name=q]").first.press("Enter")
        page.wait_for_load_state("networkidle")

    return act


def as_last_quarter(only: Sequence[str] = (), but: Sequence[str] = ()) -> Do:
    """Write into the boxes (all, or those with these labels) the figures of the quarter before, shown beside them."""

    def act(page: Page) -> None:
        for field in page.locator(".returns-field", has=page.locator("input[inputmode]")).all():
            label = field.locator("label").first.inner_text().rsplit(",", 1)[0].strip()
            if label in but or (only and label not in only):
                continue
            shown = field.locator(".returns-field__last").inner_text()
            field.locator("input[inputmode]").fill(shown.split(":")[1].split("–")[0].strip())

    return act


def explain(words: str) -> Do:
    """Answer whatever the form asks about in a comment."""

    def act(page: Page) -> None:
        for box in page.get_by_label("Komentář pro kraj").all():
            box.fill(words)

    return act


def mark(selector: str) -> Do:
    """Check a box by its selector."""
    return lambda page: page.locator(selector).first.check()


STEPS: list[Step] = [
    Step("home", path="/"),
    Step("search", do=[search_for("domov důchodců u Šumperka")]),
    Step("service", do=[follow("Domov U Zvonkohry")]),
    Step("map-with-the-service", do=[follow("Ukázat na mapě"), show(".leaflet-popup")]),
    Step("map-of-a-type", path="/mapa?druh=40", do=[show("path.leaflet-interactive")]),
    Step("login", path="/prihlaseni", do=[fill("E-mailová adresa", "statutar@poskytovatel.example")]),
    Step("returns", who="provider_approver", path="/vykazy"),
    Step(
        "return-with-mistakes",
        who="provider_approver",
        do=[
            follow("Vyplnit – Domov U Zvonkohry"),
            as_last_quarter(but=("Uživatelé za čtvrtletí", "Příspěvek na péči")),
            fill("Pracovníci v sociálních službách", "sedm"),
            mark("#all-revenue_care_allowance-na"),
            press("Odeslat ke kontrole"),
        ],
    ),
    Step(
        "return-submitted",
        who="provider_approver",
        do=[
            as_last_quarter(only=("Pracovníci v sociálních službách", "Uživatelé za čtvrtletí")),
            explain("Příspěvek od července přijímá zřizovatel."),
            press("Uložit a vyplnit bydliště uživatelů"),
            press("Beze změny oproti minulému čtvrtletí"),
            press("Odeslat ke kontrole"),
        ],
    ),
    Step("board", who="key_worker", path="/vykazy?stav=submitted"),
    Step("review", who="key_worker", do=[follow("Domov U Zvonkohry")]),
    Step("return-accepted", who="key_worker", do=[press("Přijmout výkaz")]),
    Step("comparison", who="key_worker", path="/srovnani?druh=49", do=[show("#comparison-chart .bars .point")]),
    Step("comparison-of-the-provider", who="provider_approver", path="/srovnani"),
    Step("users", who="administrator", path="/sprava/uzivatele"),
    Step("imports", who="administrator", path="/sprava/importy"),
]


def sign_in(context: BrowserContext, base_url: str, role: str) -> None:
    """Come in as the demonstration person of the role. Raises RuntimeError when the portal does not let them in."""
    person = next(login for login in demo_logins("", "") if login.grant.role == role)
    page = context.new_page()
    page.goto(f"{base_url}/prihlaseni")
    page.locator("input[name=email]").fill(person.email)
    page.locator("input[name=password]").fill(person.password)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_load_state("networkidle")
    if "/prihlaseni" in page.url:
        raise RuntimeError(f"{person.email} was not let in; are the demonstration logins on?")
    page.close()


def take(browser: Browser, base_url: str, wanted: set[str], width: int, folder: Path, suffix: str) -> None:
    """Walk through the steps in windows of one width and keep the pictures of those wanted."""
    pages: dict[str, Page] = {}
    for step in STEPS:
        if step.who not in pages:
            context = browser.new_context(locale="cs-CZ", viewport={"width": width, "height": 900})
            if step.who != PUBLIC:
                sign_in(context, base_url, step.who)
            context.set_default_timeout(15_000)
            pages[step.who] = context.new_page()
        page = pages[step.who]
        if step.path is not None:
            answer = page.goto(base_url + step.path, wait_until="networkidle")
            if answer is None or answer.status >= 400:
                raise RuntimeError(f"step {step.name}: {step.path} answered {answer and answer.status}")
        for act in step.do:
            act(page)
        if step.name in wanted:
            picture(page, folder / f"{step.name}-{width}.{suffix}")
    for page in pages.values():
        page.context.close()


def picture(page: Page, target: Path) -> None:
    """Write what the page shows from its top, at most MAX_HEIGHT of it, as the suffix of the file says."""
    page.evaluate("document.fonts.ready")
    size = page.viewport_size
    assert size is not None
    # A window as high as the page: what sticks to the window's edge then stands where the page ends.
    height = min(page.evaluate("document.documentElement.scrollHeight"), MAX_HEIGHT)
    page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
    page.evaluate("window.scrollTo(0, 0)")
    image = page.screenshot(animations="disabled")
    page.set_viewport_size(size)
    target.write_bytes(image if target.suffix == ".png" else as_webp(page.context, image))
    print(target.name, file=sys.stderr)


def as_webp(context: BrowserContext, png: bytes) -> bytes:
    """The same picture in a tenth of the bytes or so; the browser knows the format, so nothing else has to."""
    blank = context.new_page()
    written = blank.evaluate(PNG_TO_WEBP, base64.b64encode(png).decode())
    blank.close()
    return base64.b64decode(written.partition(",")[2])


def portal(instance: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start the portal's command on the data of this folder, whatever database the environment names."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    command = [sys.executable, "-m", "portal", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env={**environment, "PORTAL_INSTANCE": str(instance)})


def prepare(instance: Path) -> None:
    """A demonstration region in this folder. Raises RuntimeError when it cannot be made."""
    for arguments in (["db", "upgrade"], ["demo"]):
        if portal(instance, *arguments).wait() != 0:
            raise RuntimeError(f"portal {' '.join(arguments)} failed")


@contextmanager
def served(instance: Path) -> Iterator[str]:
    """The address of a portal on the data of this folder, while it is needed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = portal(instance, "serve", "--port", str(port), "--processes", "1")
    try:
        wait_for(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    """Until somebody answers there. Raises RuntimeError when the server ended or took too long."""
    latest = time.monotonic() + PATIENCE_S
    while server.poll() is None and time.monotonic() < latest:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the portal did not start")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Pictures of the newcomer's walk.")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screenshots")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="names of steps whose pictures are wanted")
    parser.add_argument("--width", nargs="+", type=int, default=list(WIDTHS), help="widths of the window")
    parser.add_argument("--format", choices=("webp", "png"), default="webp")
    parser.add_argument("--list", action="store_true", help="print the names of the steps")
    chosen = parser.parse_args(arguments)
    if chosen.list:
        print("\n".join(step.name for step in STEPS))
        return 0
    wanted = set(chosen.only or (step.name for step in STEPS))
    unknown = wanted - {step.name for step in STEPS}
    if unknown:
        parser.error(f"no such step: {', '.join(sorted(unknown))}")
    chosen.out.mkdir(parents=True, exist_ok=True)
    try:
        with TemporaryDirectory(prefix="portal-screenshots-") as folder, sync_playwright() as playwright:
            prepare(Path(folder) / "fresh")
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=ARGUMENTS, env={**os.environ, "LANGUAGE": "cs"}
            )
            for width in chosen.width:
                instance = shutil.copytree(Path(folder) / "fresh", Path(folder) / str(width))
                with served(instance) as base_url:
                    take(browser, base_url, wanted, width, chosen.out, chosen.format)
            browser.close()
    except RuntimeError as error:
        print(f"screenshots: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
