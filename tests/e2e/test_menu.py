"""The main menu: one line for everybody, its groups opened by mouse, keys and without scripts."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.access.rows import ACTORS
from tests.e2e.conftest import OpenAs

pytestmark = pytest.mark.browser

LINES_OF_THE_MENU = """
() => new Set([...document.querySelectorAll('#navigation > li')].map((item) => item.getBoundingClientRect().top)).size
"""


def group(page: Page, name: str) -> Locator:
    return page.locator("#navigation details").filter(has=page.get_by_text(name, exact=True))


@pytest.mark.parametrize("who", ACTORS)
@pytest.mark.parametrize("language", ["cs", "en"])
def test_the_menu_keeps_to_one_line_and_to_a_narrow_phone(open_as: OpenAs, who: str, language: str) -> None:
    watched = open_as(who, extra_http_headers={"Accept-Language": language})
    page = watched.open("/")
    assert page.evaluate(LINES_OF_THE_MENU) == 1
    for details in page.locator("#navigation details").all():
        details.locator("summary").click()
        expect(details.locator("a").first).to_be_visible()
        assert page.evaluate(LINES_OF_THE_MENU) == 1
        assert watched.accessibility_faults() == []
    page.set_viewport_size({"width": 320, "height": 640})
    page.locator(".govuk-js-service-navigation-toggle").click()
    for summary in page.locator("#navigation details:not([open]) summary").all():
        summary.click()
    assert watched.accessibility_faults() + watched.reflow_faults() + watched.faults() == []


def test_a_group_is_opened_walked_and_shut_by_keys(open_as: OpenAs) -> None:
    page = open_as("key_worker").open("/vykazy")
    waiting = group(page, "Čekání a potřeba")
    waiting.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(waiting.get_by_role("link", name="Pořadníky")).to_be_visible()
    page.keyboard.press("Tab")
    expect(waiting.get_by_role("link", name="Pořadníky")).to_be_focused()
    page.keyboard.press("Escape")
    expect(waiting.locator("summary")).to_be_focused()
    expect(waiting.get_by_role("link", name="Pořadníky")).to_be_hidden()
    page.keyboard.press("Enter")
    waiting.get_by_role("link").last.focus()
    page.keyboard.press("Tab")
    expect(waiting.get_by_role("link", name="Pořadníky")).to_be_hidden()


def test_an_open_group_shuts_when_another_opens_or_the_page_is_pressed(open_as: OpenAs) -> None:
    page = open_as("key_worker").open("/vykazy")
    group(page, "Služby").locator("summary").click()
    group(page, "Čekání a potřeba").locator("summary").click()
    expect(group(page, "Služby").get_by_role("link", name="Mapa")).to_be_hidden()
    page.locator(".portal-footer").click(position={"x": 5, "y": 5})
    expect(page.locator("#navigation details[open]")).to_have_count(0)


def test_without_scripts_an_open_group_covers_nothing(open_as: OpenAs) -> None:
    page = open_as("key_worker", java_script_enabled=False).open("/vykazy")
    before = page.locator("h1").bounding_box()
    group(page, "Čekání a potřeba").locator("summary").click()
    after = page.locator("h1").bounding_box()
    last = group(page, "Čekání a potřeba").get_by_role("link").last.bounding_box()
    assert before
    assert after
    assert last
    assert after["y"] > before["y"]
    assert last["y"] + last["height"] < after["y"]


def test_the_group_of_the_page_is_marked_and_so_is_its_link(open_as: OpenAs) -> None:
    page = open_as("key_worker").open("/poradniky")
    expect(page.locator(".govuk-service-navigation__item--active summary")).to_have_text("Čekání a potřeba")
    expect(page.locator("#navigation a[aria-current='page']")).to_have_text("Pořadníky")
