"""Municipal support without a mouse, and the form of a record on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.core.permissions import Grant, Role
from portal.grants.types import Kind
from tests.e2e.conftest import NOTE_VIOLATIONS, Watched, watch
from tests.factories.accounts import login, make_user
from tests.factories.grants import store_support
from tests.factories.returns import make_reporting_service
from tests.factories.serving import serving
from tests.factories.territory import store_small_territory

pytestmark = pytest.mark.browser

BLATEC, DOLANY = "500801", "501646"
DESK, PHONE = 1280, 360
MORE_TABS_THAN_THE_PAGE_HAS = 60


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, tuple[str, str]]]:
    """Address; the session of a worker of Dolany and the path of a record of it in which nothing is told."""

    def fill(app):
        store_small_territory()
        made = make_reporting_service()
        store_support(made.id, BLATEC, 2025, {Kind.RUNNING: 600})
        client = login(app.test_client(), make_user(grants=frozenset({Grant(Role.MUNICIPALITY_WORKER, DOLANY)})))
        cookie = client.get_cookie("portal_session")
        assert cookie is not None
        return cookie.value, f"/dotace/zaznamy/2025/{DOLANY}/{made.register_id}"

    with serving(tmp_path_factory.mktemp("support"), fill) as served:
        yield served


@pytest.fixture
def open_at(browser: Browser, portal):
    """A watched page of the worker; afterwards nothing may have gone wrong on it."""
    url, (session, _record) = portal
    opened: list[Watched] = []

    def open_page(path: str, width: int, **options) -> Watched:
        context = browser.new_context(locale="cs-CZ", viewport={"width": width, "height": 800}, **options)
        context.add_cookies([{"name": "portal_session", "value": session, "url": url}])
        context.add_init_script(NOTE_VIOLATIONS)
        watched = Watched(context.new_page(), url)
        watch(watched)
        opened.append(watched)
        watched.open(path)
        return watched

    yield open_page
    for watched in opened:
        watched.page.context.close()


def tab_to(page: Page, selector: str) -> None:
    """Go on with the Tab key until the focus is on what is looked for and in sight."""
    wanted = page.locator(selector)
    for _step in range(MORE_TABS_THAN_THE_PAGE_HAS):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            expect(wanted).to_be_in_viewport()
            return
    pytest.fail(f"Tab does not lead to {selector}")


def enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_reader_changes_the_view_opens_a_municipality_and_takes_the_file_by_keyboard(open_at, width):
    page = open_at("/dotace?rok=2025", width).page
    tab_to(page, "#podle")
    page.keyboard.type("Podle obcí")
    tab_to(page, "form:has(#podle) button")
    enter(page)
    assert "podle=obce" in page.url
    tab_to(page, "#obec")
    page.keyboard.type("Dolany")
    tab_to(page, "form:has(#obec) button")
    enter(page)
    expect(page.locator("h1")).to_contain_text("Dolany")
    expect(page.locator("main")).to_contain_text("U této obce nikdo žádnou podporu neuvedl.")
    tab_to(page, ".govuk-back-link")
    enter(page)
    tab_to(page, "#support tbody a >> nth=0")
    enter(page)
    expect(page.locator("h1")).to_contain_text("Blatec")
    page.go_back()
    tab_to(page, "main a:has-text('CSV')")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    rows = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    assert len(rows) == 6, "every municipality, also those of which nobody told anything"


def test_on_a_phone_the_kinds_are_lines_that_open_and_faults_open_theirs(open_at, portal):
    watched = open_at(portal[1][1], PHONE)
    page = watched.page
    amounts = page.locator("input[name$='-amount']")
    expect(amounts).to_have_count(len(Kind))
    assert not any(amounts.nth(at).is_visible() for at in range(len(Kind)))
    tab_to(page, "details:has(#gift-amount) summary")
    page.keyboard.press("Enter")
    tab_to(page, "#gift-amount")
    page.keyboard.type("pět")
    tab_to(page, "#gift-note")
    page.keyboard.type("ze sbírky")
    page.locator("#gift-amount").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    watched.problems.clear()  # 422 is the answer that was asked for
    expect(page.locator("#gift-note")).to_have_value("ze sbírky")
    expect(page.locator("#gift-amount")).to_be_visible()
    expect(page.locator("#running-amount")).to_be_hidden()
    tab_to(page, ".govuk-error-summary a")
    page.keyboard.press("Enter")
    expect(page.locator("#gift-amount")).to_be_focused()
    assert watched.faults() == []


def test_on_a_desk_all_fields_are_in_sight_and_no_line_opens_them(open_at, portal):
    watched = open_at(portal[1][1], DESK)
    page = watched.page
    for kind in Kind:
        expect(page.locator(f"#{kind}-amount")).to_be_visible()
        expect(page.locator(f"details:has(#{kind}-amount) summary")).to_be_hidden()
    expect(page.locator("legend", has_text="Dary")).to_be_visible()
    tops = {page.locator(f"#gift-{part}").bounding_box()["y"] for part in ("amount", "contract", "date", "note")}
    assert len(tops) == 1, "one row"
    assert watched.faults() == []


def test_without_scripts_a_closed_line_still_sends_what_it_holds(open_at, portal):
    page = open_at(portal[1][1], PHONE, java_script_enabled=False).page
    page.locator("details:has(#rent-amount) summary").click()
    page.fill("#rent-amount", "dvanáct")
    page.locator("details:has(#rent-amount) summary").click()
    expect(page.locator("#rent-amount")).to_be_hidden()
    page.locator("button[value='amounts-municipality']").click()
    expect(page.locator("#rent-amount")).to_be_visible()
    expect(page.locator("#rent-amount")).to_have_value("dvanáct")
