"""Layers of the map as people meet them: drawn, changed without shapes, compared, by keyboard, printed, framed."""

import io
import json
import re

import pytest
from pypdf import PdfReader

from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.map.colours import colours_of as class_colours
from portal.territory import service as territory
from tests.e2e.conftest import NOTE_VIOLATIONS, Watched, watch
from tests.factories.accounts import login, make_user
from tests.factories.catalog import make_service
from tests.factories.residences import store_residents
from tests.factories.serving import serving
from tests.factories.territory import small_territory

pytestmark = pytest.mark.browser

OLOMOUC = {
    "municipality_code": "500496",
    "municipality_name": "Olomouc",
    "orp_code": "7107",
    "lon": 17.25,
    "lat": 49.59,
}
SUMPERK = {
    "municipality_code": "523704",
    "municipality_name": "Šumperk",
    "orp_code": "7111",
    "lon": 16.97,
    "lat": 49.97,
}
HOSTILE = "<img src=x onerror='window.__ran=1'>"


def store_world(app):
    with transaction():
        territory.store_territory(OPERATOR, parsed=small_territory())
        home = make_service(name=HOSTILE, facilities=[SUMPERK], forms={"residential": {"beds": 30}})
        make_service(facilities=[OLOMOUC], forms={"residential": {"beds": 12}})
        for period in ("2026Q1", "2026Q2"):
            store_residents(home, [("500496", None, "housing", 40), ("523704", None, "housing", 5)], period=period)
    client = app.test_client()
    login(client, make_user(role="planner"))
    cookie = client.get_cookie("portal_session")
    assert cookie is not None
    return cookie.value


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    """Address of the portal and the session of a planner."""
    with serving(tmp_path_factory.mktemp("layers"), store_world) as served:
        yield served


@pytest.fixture
def open_layers(browser, portal):
    """A page with its maps drawn; afterwards nothing may have gone wrong on it."""
    url, session = portal
    opened = []

    def open_at(query="", *, path="/mapa/vrstvy", who=None, width=1280, height=900):
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


def shown(page):
    return page.get_attribute("#layers-maps", "data-shown")


def pick(page, field, value, expected):
    """Choose in the form, which stays folded on narrow screens, and wait for the figures."""
    if not page.locator(f"#{field}").is_visible():
        page.click(".layers-fold summary")
    page.select_option(f"#{field}", value)
    page.wait_for_function("text => document.querySelector('#layers-maps').dataset.shown === text", arg=expected)


def rows(page):
    return [text.replace("\xa0", " ") for text in page.locator("#figures tbody tr").all_inner_texts()]


def colours_of(page):
    """Colours that cover something of the first map's canvas."""
    found = page.evaluate(
        """() => {
          const canvas = document.querySelector('#layers-first canvas.layers-canvas')
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
          const counts = {}
          for (let at = 0; at < data.length; at += 4) {
            const colour = `${data[at]},${data[at + 1]},${data[at + 2]},${data[at + 3]}`
            counts[colour] = (counts[colour] ?? 0) + 1
          }
          return Object.keys(counts).filter((colour) => counts[colour] > 500)
        }"""
    )
    return set(found)


def test_areas_are_drawn_in_the_colours_of_the_legend(open_layers):
    page = open_layers("?vrstva=kapacita&druh=49").page
    wanted = {",".join(str(part) for part in (*bytes.fromhex(one[1:]), 255)) for one in class_colours(2)}
    assert wanted <= colours_of(page)
    assert page.locator("#layers-first [data-classes] li").all_inner_texts() == ["10", "30"]
    assert "přirozené zlomy" in page.locator("#layers-first [data-method]").inner_text()


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("query", ["?vrstva=kapacita&druh=49&vedle=podpora-obci", "?vrstva=uzivatele&uzemi=obec"])
def test_nobody_is_kept_out(open_layers, width, query):
    watched = open_layers(query, width=width)
    assert watched.accessibility_faults() == []
    assert watched.reflow_faults() == []


def test_a_change_of_layer_and_time_asks_for_numbers_alone(open_layers):
    watched = open_layers("?vrstva=kapacita", who="planner")
    page = watched.page
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    pick(page, "vrstva", "uzivatele", "uzivatele 2026Q2")
    assert rows(page) == ["Olomouc\t6 000\t40", "Šumperk\t4 000\t5"]
    slider = page.locator("#layers-time")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => document.querySelector('#layers-maps').dataset.shown === 'uzivatele 2026Q1'")
    assert slider.get_attribute("aria-valuetext") == "1. čtvrtletí 2026"
    assert len([address for address in asked if "hodnoty.json" in address]) == 2
    assert [address for address in asked if "/mapa/" in address and "hodnoty.json" not in address] == []
    assert float(page.get_attribute("#layers-maps", "data-changed-ms")) < 2_000


def test_the_region_draws_lines_from_residence_to_service(open_layers):
    page = open_layers("?vrstva=uzivatele", who="planner").page
    before = page.evaluate("document.querySelector('#layers-first canvas.layers-canvas').toDataURL()")
    page.get_by_label("Čáry z bydliště do služby").check()
    page.wait_for_function(
        "before => document.querySelector('#layers-first canvas.layers-canvas').toDataURL() !== before", arg=before
    )
    link = page.get_attribute("#layers-link", "href").replace("/mapa/vrstvy", "")
    assert open_layers(link, who="planner").page.get_by_label("Čáry z bydliště do služby").is_checked()
    public = open_layers("?vrstva=uzivatele").page
    assert public.get_by_label("Čáry z bydliště do služby").count() == 0


def test_two_layers_stand_side_by_side_and_move_together(open_layers):
    page = open_layers("?vrstva=kapacita&druh=49").page
    assert not page.locator("#layers-second").is_visible()
    pick(page, "vedle", "sluzby", shown(page))
    page.locator("#layers-second").wait_for()
    page.wait_for_function("() => document.querySelector('#layers-second [data-title]').textContent.includes('Služby')")
    left, right = (
        page.locator(f"{which} .layers-map__canvas").bounding_box() for which in ("#layers-first", "#layers-second")
    )
    assert left["y"] == right["y"]
    page.click("#layers-second .leaflet-control-zoom-in")
    page.wait_for_function(
        """() => { const scales = [...document.querySelectorAll('.leaflet-control-scale-line')].map(e => e.textContent)
                   return scales.length === 2 && scales[0] === scales[1] }"""
    )
    assert "vedle=sluzby" in page.get_attribute("#layers-link", "href")


def test_one_layer_stands_beside_itself_at_another_time_and_the_link_knows_it(open_layers):
    page = open_layers("?vrstva=uzivatele&vedle=uzivatele", who="planner").page
    title = "#layers-second [data-title]"
    assert "2. čtvrtletí 2026" in page.inner_text(title)
    page.select_option("#vedle-obdobi", "2026Q1")
    page.wait_for_function(f"() => document.querySelector('{title}').textContent.includes('1. čtvrtletí 2026')")
    assert "2. čtvrtletí 2026" in page.inner_text("#layers-first [data-title]")
    again = open_layers(page.get_attribute("#layers-link", "href").replace("/mapa/vrstvy", ""), who="planner").page
    assert "1. čtvrtletí 2026" in again.inner_text(title)
    assert again.input_value("#vedle-obdobi") == "2026Q1"


def test_the_link_brings_the_view_back(open_layers, portal):
    page = open_layers("?vrstva=sluzby&uzemi=obec").page
    page.click(".leaflet-control-zoom-in")
    page.wait_for_function("() => document.querySelector('#layers-link').href.includes('pohled=')")
    link = page.get_attribute("#layers-link", "href")
    view = re.search(r"pohled=[^&]+", link)[0]
    again = open_layers(link.replace("/mapa/vrstvy", "")).page
    assert view in again.get_attribute("#layers-link", "href")
    assert shown(again) == shown(page)
    assert portal[0] in again.url


def test_the_table_is_sorted_and_leads_to_the_map_by_keyboard(open_layers):
    page = open_layers("?vrstva=kapacita&druh=49").page
    page.focus("#figures thead button[data-key=value]")
    page.keyboard.press("Enter")
    assert [row.split("\t")[0] for row in rows(page)] == ["Šumperk", "Olomouc"]
    assert page.locator("#figures th[aria-sort=descending]").count() == 1
    assert "razeni=-hodnota" in page.get_attribute("#layers-link", "href")
    page.focus("#figures tbody button")
    page.keyboard.press("Enter")
    tooltip = page.locator(".layers-tooltip")
    tooltip.wait_for()
    assert tooltip.inner_text().replace("\xa0", " ").splitlines() == [
        "Šumperk",
        "30 (lůžka na 1 000 osob ve věku 65 a více let)",
    ]
    page.focus("#layers-first .layers-map__canvas")
    before = page.get_attribute("#layers-link", "href")
    page.keyboard.press("+")
    page.wait_for_function(
        "before => document.querySelector('#layers-link').getAttribute('href') !== before", arg=before
    )


def test_the_view_is_told_to_those_who_do_not_see_it(open_layers):
    page = open_layers("?vrstva=kapacita&druh=49").page
    assert "Nejméně má Olomouc: 10, nejvíc Šumperk: 30" in page.inner_text("#layers-summary")
    assert page.get_attribute("#layers-summary", "aria-live") == "polite"
    assert "nejvíc Šumperk: 30" in page.get_attribute("#layers-first [data-canvas]", "aria-label")


NOTE_TEXTS = """() => {
window.__written = []
const write = CanvasRenderingContext2D.prototype.fillText
CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
  window.__written.push(text)
  return write.call(this, text, ...rest)
}
}"""


def test_the_picture_says_all_that_the_page_says_of_the_map(open_layers, portal, tmp_path):
    page = open_layers("?vrstva=uzivatele&cary=1&vedle=kapacita", who="planner").page
    page.evaluate(NOTE_TEXTS)
    with page.expect_download() as caught:
        page.click("#layers-png")
    path = tmp_path / "map.png"
    caught.value.save_as(path)
    assert caught.value.suggested_filename == "mapa-uzivatele-2026Q2.png"
    assert path.read_bytes().startswith(b"\x89PNG")
    written = " ".join(page.evaluate("window.__written"))
    for which in ("#layers-first", "#layers-second"):
        for part in ("[data-title]", "[data-unit]", "[data-classes] li", "[data-method]"):
            for text in page.locator(f"{which} {part}").all_inner_texts():
                assert text in written, text
    assert "nejtlustší 40" in written
    for note in page.locator("#layers-notes li").all_inner_texts():
        assert note in written, note
    assert "Zdroj: přijaté čtvrtletní výkazy." in written
    assert "Hranice: " in written
    # An address has no spaces and is broken where the picture ends.
    assert f"{portal[0]}/mapa/vrstvy?vrstva=uzivatele" in written
    assert page.url in "".join(page.evaluate("window.__written"))


def joined(text):
    """Without spaces: a reader of PDF puts some beside letters of another part of the font."""
    return "".join(text.split())


def test_the_whole_map_is_printed_with_its_legend_source_and_address(open_layers):
    page = open_layers("?vrstva=uzivatele&cary=1&vedle=kapacita", who="planner").page
    sheets = [joined(sheet.extract_text()) for sheet in PdfReader(io.BytesIO(page.pdf(format="A4"))).pages]
    for text in ("Uživatelé podle bydliště", "nejtlustší 40", "lůžka na 1 000 obyvatel", "přirozené zlomy"):
        assert sheets[0].count(joined(text)) >= 1, text
    told = "".join(sheets)
    for text in ("Hranice: ", "Zdroj: přijaté čtvrtletní výkazy.", page.url):
        assert joined(text) in told, text
    page.emulate_media(media="print")
    drawn = page.evaluate(
        """() => [...document.querySelectorAll('.layers-map')].map((figure) => {
          const sheet = figure.querySelector('.layers-map__sheet')
          const box = sheet.getBoundingClientRect()
          const map = figure.querySelector('[data-canvas]')
          return [box.width / box.height / (sheet.width / sheet.height), map.offsetWidth]
        })"""
    )
    assert drawn == [[pytest.approx(1, abs=0.01), 0], [pytest.approx(1, abs=0.01), 0]], "nothing is cut off"


def test_places_of_services_are_drawn_over_the_areas(open_layers):
    page = open_layers("?vrstva=sluzby").page
    with page.expect_response(lambda response: "sluzby.json" in response.url):
        page.get_by_label("Kde služby jsou").check()
    assert page.evaluate("window.__ran") is None


def test_downloads_follow_the_choice(open_layers):
    page = open_layers("?vrstva=kapacita").page
    pick(page, "druh", "49", shown(page))
    page.wait_for_function("() => document.querySelector('#layers-files a').href.includes('druh=49')")
    with page.expect_download() as caught:
        page.click("#layers-files a[data-kind=geojson]")
    found = json.loads(caught.value.path().read_text())
    assert {feature["properties"]["value"] for feature in found["features"]} == {10, 30}


def test_the_map_alone_for_frames_of_other_sites(open_layers):
    watched = open_layers("?vrstva=kapacita&druh=49", path="/mapa/vlozit")
    assert watched.accessibility_faults() == []
    assert watched.page.locator("nav").count() == 0
    assert watched.page.get_attribute("#layers-link", "href").startswith("/mapa/vrstvy?")


def test_without_scripts_the_table_says_the_same(browser, portal):
    context = browser.new_context(locale="cs-CZ", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{portal[0]}/mapa/vrstvy?vrstva=kapacita&druh=49&razeni=-hodnota")
    assert [row.split("\t")[0] for row in rows(page)] == ["Šumperk", "Olomouc"]
    assert not page.locator("#layers-maps").is_visible()
    assert page.locator(".govuk-inset-text").first.is_visible()
    context.close()


def wait_for_text(page, selector, text):
    page.wait_for_function(
        "([selector, text]) => document.querySelector(selector).textContent.includes(text)", arg=[selector, text]
    )


def rows_of(page, table):
    return [text.replace("\xa0", " ") for text in page.locator(f"{table} tbody tr").all_inner_texts()]


def test_the_second_layer_has_a_table_and_a_sentence_that_follow_the_choice(open_layers):
    page = open_layers("?vrstva=sluzby&druh=49").page
    assert not page.locator("#layers-beside").is_visible()
    assert not page.get_by_role("link", name="Tabulka druhé vrstvy").is_visible()
    pick(page, "vedle", "kapacita", shown(page))
    wait_for_text(page, "#layers-summary-second", "nejvíc Šumperk: 30")
    assert rows_of(page, "#figures-second") == ["Olomouc\t6 000\t10", "Šumperk\t4 000\t30"]
    assert page.locator("#layers-notes-second li").count() > 1
    assert "vrstva=kapacita" in page.get_attribute("#layers-files-second a", "href")
    # What the first layer is not narrowed to stays offered for the second one, and stays in the link.
    assert page.locator("#jednotka").is_visible()
    pick(page, "obyvatel", "vsichni", shown(page))
    wait_for_text(page, "#layers-second [data-unit]", "obyvatel")
    told = page.inner_text("#layers-summary-second")
    again = open_layers(page.get_attribute("#layers-link", "href").replace("/mapa/vrstvy", "")).page
    assert again.inner_text("#layers-summary-second") == told
    again.get_by_role("link", name="Tabulka druhé vrstvy").click()
    again.wait_for_selector("#layers-maps[data-drawn=true]")
    assert again.inner_text("#layers-summary") == told
    assert rows(again) == rows_of(page, "#figures-second")
    pick(page, "vedle", "", shown(page))
    page.locator("#layers-beside").wait_for(state="hidden")
    assert page.inner_text("#layers-summary-second") == ""


def test_lines_have_a_legend_and_a_table_that_follow_the_view(open_layers):
    watched = open_layers("?vrstva=uzivatele", who="planner")
    page = watched.page
    assert not page.locator("#layers-lines").is_visible()
    page.get_by_label("Čáry z bydliště do služby").check()
    page.locator("#layers-lines").wait_for()
    page.click("#layers-lines summary")
    assert rows_of(page, "#layers-lines-table") == ["Olomouc\tŠumperk\t40"]
    assert "nejtlustší 40" in page.inner_text("#layers-first [data-width]")
    assert watched.accessibility_faults() == []
    pick(page, "vrstva", "kapacita", "kapacita 2026Q2")
    assert not page.locator("#layers-lines").is_visible()
    assert page.locator("#layers-first [data-width]").count() == 0


def test_the_tab_is_named_by_what_is_shown_and_the_map_says_its_title_once(open_layers):
    page = open_layers("?vrstva=uzivatele", who="planner").page
    whole = page.title()
    assert "2. čtvrtletí 2026" in whole
    page.locator("#layers-time").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => document.querySelector('#layers-maps').dataset.shown === 'uzivatele 2026Q1'")
    assert page.title() == whole.replace("2. čtvrtletí", "1. čtvrtletí")
    label = page.get_attribute("#layers-first [data-canvas]", "aria-label")
    assert label.count(page.inner_text("#layers-title")) == 1


@pytest.mark.parametrize("path", ["/mapa/vrstvy", "/mapa/vlozit"])
def test_the_scale_lies_beside_the_attribution_on_a_phone(open_layers, path):
    page = open_layers("?vrstva=kapacita", path=path, width=360).page
    scale, attribution = (
        page.locator(f"#layers-first .leaflet-control-{which}").bounding_box() for which in ("scale", "attribution")
    )
    assert scale["y"] + scale["height"] <= attribution["y"]


def test_a_hidden_layer_names_no_time_that_its_title_does_not_have(open_layers):
    page = open_layers("?vrstva=kapacita").page
    assert page.locator("#layers-slider").is_visible()

    def without_time(route):
        told = route.fetch().json()
        assert len(told["times"]) > 1
        route.fulfill(json={**told, "time": None})

    page.route("**/hodnoty.json*", without_time)
    pick(page, "druh", "49", "kapacita")
    assert not page.locator("#layers-slider").is_visible()


@pytest.mark.parametrize("path", ["/mapa/vrstvy?vrstva=kapacita&uzemi=obec", "/mapa?druh=49"])
def test_caption_and_names_stay_in_sight_while_the_table_scrolls(browser, portal, path):
    context = browser.new_context(locale="cs-CZ", viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(portal[0] + path, wait_until="networkidle")
    region = page.locator(".portal-table:has(#figures)")
    assert region.evaluate("node => { node.scrollLeft = 60; return node.scrollLeft }") > 20
    for part in ("#figures .portal-table__caption", "#figures tbody th >> nth=0"):
        box = page.locator(part).bounding_box()
        assert box["x"] >= 15, part
        assert box["x"] + box["width"] <= 320 - 15, part
    context.close()


def test_choices_follow_the_layer(open_layers):
    page = open_layers("?vrstva=kapacita").page
    assert page.locator("#obdobi").is_visible()
    pick(page, "vrstva", "vyuziti-prace", "vyuziti-prace")
    for gone in ("obdobi", "forma", "jednotka", "tridy", "vedle-obdobi"):
        assert not page.locator(f"#{gone}").is_visible(), gone
    pick(page, "vedle", "kapacita", "vyuziti-prace")
    for back in ("forma", "jednotka", "tridy", "vedle-obdobi"):
        page.locator(f"#{back}").wait_for()
