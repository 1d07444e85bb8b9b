"""The frame of all pages, worked with a keyboard, in print, on a phone, in two languages."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import WIDER_THAN_ITS_REGION, OpenAs, Served
from tests.factories.visits import html_visits

pytestmark = pytest.mark.browser

FOCUSED = "document.activeElement.textContent.trim()"


def tab_until(page: Page, wanted: str, at_most: int = 30) -> None:
    for _ in range(at_most):
        page.keyboard.press("Tab")
        if wanted in page.evaluate(FOCUSED):
            return
    pytest.fail(f"{wanted!r} was not reached by {at_most} presses of Tab")


def test_the_first_press_of_tab_offers_to_skip_to_the_content(open_as: OpenAs) -> None:
    page = open_as().open("/")
    page.keyboard.press("Tab")
    link = page.locator(".govuk-skip-link")
    expect(link).to_be_focused()
    box = link.bounding_box()
    assert box is not None
    assert box["height"] > 20
    page.keyboard.press("Enter")
    expect(page.locator("#main-content")).to_be_focused()


def test_every_door_of_the_home_page_is_reached_by_keyboard(open_as: OpenAs) -> None:
    page = open_as().open("/")
    for link in page.locator(".portal-tile__links a").all():
        text = link.inner_text()
        tab_until(page, text, at_most=40)


def test_what_has_the_focus_is_seen(open_as: OpenAs) -> None:
    page = open_as().open("/")
    for _ in range(page.locator("a:visible, button:visible, input:visible").count()):
        page.keyboard.press("Tab")
        style = page.evaluate(
            """() => { const s = getComputedStyle(document.activeElement)
                       return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.backgroundColor] }"""
        )
        assert style[0] != "none" or style[2] != "none", page.evaluate(FOCUSED)


def test_on_a_phone_the_menu_opens_by_its_button(open_as: OpenAs) -> None:
    page = open_as("administrator", viewport={"width": 360, "height": 640}).open("/")
    button = page.locator(".govuk-js-service-navigation-toggle")
    expect(button).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#navigation")).to_be_hidden()
    button.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#navigation")).to_be_visible()


def test_the_language_is_switched_on_the_same_page_and_stays(open_as: OpenAs) -> None:
    watched = open_as()
    page = watched.open("/prohlaseni-o-pristupnosti")
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(f"{watched.base_url}/prohlaseni-o-pristupnosti")
    expect(page.locator("h1")).to_have_text("Accessibility statement")
    assert page.evaluate("document.documentElement.lang") == "en"
    page.reload()
    expect(page.locator("h1")).to_have_text("Accessibility statement")
    assert watched.faults() == []


def test_a_page_that_came_back_from_the_browsers_store_still_runs_its_scripts(open_as: OpenAs) -> None:
    watched = open_as(viewport={"width": 360, "height": 640})
    watched.open("/")
    watched.open("/prohlaseni-o-pristupnosti")
    page = watched.open("/")
    expect(page.locator("html.js")).to_have_count(1)
    page.go_back()
    page.go_forward()
    expect(page.locator("html.js")).to_have_count(1)
    assert watched.faults() == []


def test_on_paper_there_is_the_content_alone(open_as: OpenAs) -> None:
    page = open_as().open("/prohlaseni-o-pristupnosti")
    page.emulate_media(media="print")
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".portal-header__tools")).to_be_hidden()
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.portal-footer')).backgroundColor")
        == "rgba(0, 0, 0, 0)"
    )


def test_a_page_that_is_not_there_says_so_in_the_look_of_the_portal(open_as: OpenAs) -> None:
    watched = open_as()
    page = watched.open("/neni")
    expect(page.locator("h1")).to_have_text("Taková stránka tu není")
    assert watched.accessibility_faults() == []
    assert watched.reflow_faults() == []


def test_enlarged_text_does_not_cover_other_text(open_as: OpenAs) -> None:
    """WCAG 2.2, success criterion 1.4.12: spacing of text set by the reader."""
    watched = open_as(viewport={"width": 360, "height": 640})
    page = watched.open("/")
    page.evaluate(
        """() => { const sheet = new CSSStyleSheet()
                   sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: 0.12em !important; ' +
                                     'word-spacing: 0.16em !important } p { margin-bottom: 2em !important }')
                   document.adoptedStyleSheets = [sheet] }"""
    )
    assert watched.reflow_faults() == []


@pytest.mark.parametrize("who", ["key_worker", "provider_editor"])
def test_on_a_phone_no_table_of_returns_scrolls_sideways(served: Served, open_as: OpenAs, who: str) -> None:
    seen = 0
    for visit in html_visits(served.town, "returns"):
        watched = open_as(who if visit.path == "/vykazy" else visit.who, viewport={"width": 320, "height": 640})
        page = watched.open(visit.path)
        for details in page.locator("main details").all():
            details.evaluate("element => { element.open = true }")
        assert page.evaluate(WIDER_THAN_ITS_REGION) == [], visit.path
        seen += page.locator(".portal-table--stacked td[data-label]").count()
        watched.page.context.close()
    assert seen


def fonts_of(page: Page) -> set[str]:
    addresses = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    return {address.rpartition("/")[2].rpartition("-")[0] for address in addresses if address.endswith(".woff2")}


@pytest.mark.parametrize("path", ["/", "/katalog", "/srovnani", "/prohlaseni-o-pristupnosti", "/prihlaseni"])
@pytest.mark.parametrize("language", ["cs", "en"])
def test_czech_and_english_pages_need_only_the_small_fonts(open_as: OpenAs, path: str, language: str) -> None:
    page = open_as(extra_http_headers={"Accept-Language": language}).open(path)
    assert fonts_of(page) <= {f"daily-{weight}-{script}" for weight in (400, 700) for script in ("latin", "latin-ext")}
    assert "daily-400-latin" in fonts_of(page)


def test_a_name_from_afar_fetches_the_rest_of_the_font(open_as: OpenAs) -> None:
    page = open_as().open("/")
    page.evaluate(
        """async () => {
          document.querySelector('h1').textContent = 'Ñandú Çelik, Cătălin Ștefănescu'
          await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
          await document.fonts.ready
        }"""
    )
    assert {"rest-700-latin", "rest-700-latin-ext"} <= fonts_of(page)
    assert page.evaluate("document.fonts.check('700 48px Roboto', 'Ñăș')")
