"""Pictures of the newcomer's walk for the documentation, at the width of a desk and of a phone.

``python -m tools.screenshots http://127.0.0.1:8000``                   all steps into docs/screenshots
``python -m tools.screenshots http://127.0.0.1:8000 --only home login``  some of them
``python -m tools.screenshots --list``                                  names of the steps

The portal must be running with demonstration data and demonstration logins (``make run``). Chromium is taken from
PORTAL_CHROMIUM or /usr/bin/chromium. Steps of one person share a session, in the order of the list, so that the walk
may go on where the step before stopped.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from portal.demo.logins import demo_logins

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = os.environ.get("PORTAL_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
WIDTHS = {"desk": 1280, "phone": 360}
MAX_HEIGHT = 2400  # a longer page is cut: nobody scrolls a picture
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
    whole: bool = True  # the whole page, or only the first screen of it


def fill(label: str, text: str) -> Do:
    """Write into the field with this label."""
    return lambda page: page.get_by_label(label).first.fill(text)


def choose(label: str, text: str) -> Do:
    """Choose an entry of a list, or check a box or a radio when ``text`` is empty."""

    def act(page: Page) -> None:
        control = page.get_by_label(label).first
        if text:
            control.select_option(label=text)
        else:
            control.check()

    return act


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


STEPS: list[Step] = [
    Step("home", path="/"),
    Step("login", path="/prihlaseni"),
    Step("home-of-a-provider", who="provider_approver", path="/"),
    Step("home-of-the-region", who="key_worker", path="/"),
    Step("users", who="administrator", path="/sprava/uzivatele"),
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


def take(browser: Browser, base_url: str, steps: Sequence[Step], width: int, folder: Path) -> list[Path]:
    """Walk through the steps in windows of one width; returns the files written."""
    pages: dict[str, Page] = {}
    written = []
    for step in steps:
        if step.who not in pages:
            context = browser.new_context(locale="cs-CZ", viewport={"width": width, "height": 900})
            if step.who != PUBLIC:
                sign_in(context, base_url, step.who)
            pages[step.who] = context.new_page()
        page = pages[step.who]
        if step.path is not None:
            answer = page.goto(base_url + step.path, wait_until="networkidle")
            if answer is None or answer.status >= 400:
                raise RuntimeError(f"step {step.name}: {step.path} answered {answer and answer.status}")
        for act in step.do:
            act(page)
        page.evaluate("document.fonts.ready")
        target = folder / f"{step.name}-{width}.png"
        page.evaluate("window.scrollTo(0, 0)")
        height = page.evaluate("document.documentElement.scrollHeight")
        if step.whole:
            clip = {"x": 0, "y": 0, "width": width, "height": min(height, MAX_HEIGHT)}
            page.screenshot(path=target, full_page=True, clip=clip)
        else:
            page.screenshot(path=target)
        written.append(target)
        print(f"{target.relative_to(folder.parent)}", file=sys.stderr)
    for page in pages.values():
        page.context.close()
    return written


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Pictures of the newcomer's walk.")
    parser.add_argument("base_url", nargs="?", default="http://127.0.0.1:8000")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screenshots")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="names of steps")
    parser.add_argument("--list", action="store_true", help="print the names of the steps")
    chosen = parser.parse_args(arguments)
    if chosen.list:
        print("\n".join(step.name for step in STEPS))
        return 0
    unknown = set(chosen.only or ()) - {step.name for step in STEPS}
    if unknown:
        parser.error(f"no such step: {', '.join(sorted(unknown))}")
    steps = [step for step in STEPS if not chosen.only or step.name in chosen.only]
    chosen.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            for width in WIDTHS.values():
                take(browser, chosen.base_url.rstrip("/"), steps, width, chosen.out)
        except RuntimeError as error:
            print(f"screenshots: {error}", file=sys.stderr)
            return 1
        finally:
            browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
