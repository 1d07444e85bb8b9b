"""The map as people meet it: by mouse, by keyboard, on a phone, printed, without scripts."""

import io
import re

import pytest
from pypdf import PdfReader

from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.map.colours import colours_of
from portal.territory import service as territory
from tests.e2e.conftest import NOTE_VIOLATIONS, Watched, watch
from tests.factories.catalog import make_provider, make_service
from tests.factories.serving import serving
from tests.factories.territory import small_territory

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror='window.__ran=1'>{{ 7*7 }}</script>"
OLOMOUC = {"municipality_code": "500496", "municipality_name": "Olomouc", "orp_code": "7107", "point_is_exact": True}
SUMPERK = {"municipality_code": "523704", "municipality_name": "Šumperk", "orp_code": "7111", "point_is_exact": True}
CENTRE_OF_SUMPERK = {**SUMPERK, "lon": 16.97, "lat": 49.97}
HOME, HOSTILE_HOME, SECRET_HOME, CARE_NEXT_DOOR = 501, 502, 503, 504


def store_world(_app):
    with transaction():
        territory.store_territory(OPERATOR, parsed=small_territory())
        make_service(register_id=HOME, name="Domov Lípa", facilities=[CENTRE_OF_SUMPERK])
        make_service(make_provider(HOSTILE), register_id=HOSTILE_HOME, name=HOSTILE, facilities=[CENTRE_OF_SUMPERK])
        make_service(register_id=SECRET_HOME, name="Azyl", facilities=[{"secret": True}])
        make_service(facilities=[{**OLOMOUC, "lon": 17.25, "lat": 49.59}])
        make_service(facilities=[{**OLOMOUC, "lon": 17.27, "lat": 49.595}], type_code="46")
        for register_id, lon in ((CARE_NEXT_DOOR, 17.2500), (505, 17.2502)):
            make_service(
                register_id=register_id,
                type_code="40",
                name=f"Pečovatelky {register_id}",
                facilities=[{**OLOMOUC, "lon": lon, "lat": 49.59}],
            )
        make_service(type_code="37", forms={"outpatient": {"contacts": 5}}, facilities=[], region_wide=True)


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    """Address of a portal with the small territory and a few services on it."""
    with serving(tmp_path_factory.mktemp("map"), store_world) as (address, _):
        yield address


@pytest.fixture
def open_page(browser, portal):
    """A page of the portal; afterwards it must not have asked elsewhere, broken its policy or thrown an error."""
    opened = []

    def open_at(path, *, width=1280, height=900, scripts=True):
        context = browser.new_context(
            locale="cs-CZ", viewport={"width": width, "height": height}, java_script_enabled=scripts
        )
        context.add_init_script(NOTE_VIOLATIONS)
        watched = Watched(context.new_page(), portal)
        watched.page.set_default_timeout(10_000)
        watch(watched)
        opened.append((watched, scripts))
        watched.open(path)
        return watched

    yield open_at
    faults = [fault for watched, scripts in opened for fault in (watched.faults() if scripts else watched.problems)]
    for watched, _ in opened:
        watched.page.context.close()
    assert faults == []


@pytest.fixture
def open_map(open_page):
    def open_at(query="", **how):
        watched = open_page(f"/mapa{query}", **how)
        watched.page.wait_for_selector("#map_canvas[data-drawn]")
        assert watched.page.get_attribute("#map_canvas", "data-drawn") == "true"
        return watched.page

    return open_at


def view_of(page):
    """Latitude, longitude and zoom of the visible link."""
    match = re.search(r"pohled=([\d.]+),([\d.]+),([\d.]+)", page.get_attribute("#map-link", "href"))
    return tuple(float(part) for part in match.groups())


def test_shapes_signs_and_names_are_drawn(open_map):
    page = open_map("?druh=49")
    assert page.locator(".leaflet-overlay-pane path.map-unit").count() == 2
    assert page.locator("path.map-unit--class-1").count() == 1
    assert {page.locator(".map-sign").nth(i).inner_text() for i in range(2)} == {"2", ""}
    assert page.locator(".map-name").all_inner_texts() == ["Olomouc", "Šumperk"]


@pytest.mark.parametrize("width", [1280, 360])
def test_nobody_is_kept_out(open_page, width):
    watched = open_page("/mapa", width=width)
    watched.page.wait_for_selector("#map_canvas[data-drawn=true]")
    assert watched.accessibility_faults() == []
    watched.page.locator(".map-sign--place").first.click()
    watched.page.locator(".map-popup").wait_for()
    watched.page.locator(".leaflet-pan-anim").wait_for(state="detached")
    assert watched.accessibility_faults() == []


def test_controls_speak_czech(open_map):
    page = open_map()
    names = page.locator("#map_canvas [aria-label], #map_canvas [title]").evaluate_all(
        "found => found.map(element => element.getAttribute('aria-label') ?? element.title)"
    )
    assert {"Přiblížit", "Oddálit", "Vrstvy"} <= set(names)
    assert not {"Zoom in", "Zoom out", "Layers", "Close popup"} & set(names)
    assert page.locator(".leaflet-control-attribution").inner_text().startswith("Hranice: ")


def test_a_place_opens_and_closes_by_keyboard_and_gives_the_focus_back(open_map):
    page = open_map("?druh=49")
    page.focus("#map_canvas")
    for _ in range(20):
        page.keyboard.press("Tab")
        if "Šumperk" in (page.evaluate("document.activeElement.getAttribute('aria-label')") or ""):
            break
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Lipová 12, Šumperk: 2 služby"
    page.keyboard.press("Enter")
    popup = page.locator(".map-popup")
    popup.wait_for()
    assert "Domov Lípa" in popup.inner_text()
    assert page.locator(".leaflet-popup-close-button").get_attribute("aria-label") == "Zavřít"
    assert page.evaluate("document.querySelector('.leaflet-popup').contains(document.activeElement)")
    page.keyboard.press("Escape")
    popup.wait_for(state="detached")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Lipová 12, Šumperk: 2 služby"


def test_a_group_opens_by_keyboard(open_map):
    page = open_map()
    group = page.locator(".map-sign--group").first
    group.focus()
    before = view_of(page)[2]
    page.keyboard.press("Enter")
    page.wait_for_function("zoom => !document.querySelector('#map-link').href.includes(zoom)", arg=f",{before:g}")
    assert view_of(page)[2] > before


def test_names_from_outside_are_written_as_text(open_map):
    page = open_map("?druh=49")
    page.locator(".map-sign--place", has_text="2").click()
    popup = page.locator(".map-popup")
    popup.wait_for()
    assert popup.inner_text().count(HOSTILE) == 2
    assert page.locator("#map_canvas img").count() == 0
    assert page.evaluate("window.__ran") is None


def test_the_permanent_link_brings_the_same_view_back(open_map, portal):
    page = open_map("?druh=49&uzemi=obec")
    page.locator(".leaflet-control-zoom-in").click()
    page.get_by_label("Kapacita", exact=True).uncheck()
    page.wait_for_function("() => document.querySelector('#map-link').href.includes('vrstvy=nazvy,sluzby')")
    page.wait_for_timeout(400)  # the zoom moves for a quarter of a second
    link = page.get_attribute("#map-link", "href")
    assert page.url == portal + link
    again = open_map(link.removeprefix("/mapa"))
    assert view_of(again) == pytest.approx(view_of(page), abs=0.001)
    assert not again.get_by_label("Kapacita", exact=True).is_checked()
    assert again.get_by_label("Služby", exact=True).is_checked()
    assert again.locator("path.map-unit").count() == 0
    assert again.locator("select#uzemi").input_value() == "obec"


def test_another_selection_keeps_the_view(open_map):
    page = open_map("?pohled=49.97,16.97,11")
    page.select_option("#druh", "49")
    page.get_by_role("button", name="Zobrazit").click()
    page.wait_for_url("**druh=49**")
    page.wait_for_selector("#map_canvas[data-drawn=true]")
    assert view_of(page) == pytest.approx((49.97, 16.97, 11), abs=0.001)


def test_a_link_from_a_service_centres_on_it_and_opens_it(open_map):
    page = open_map(f"?sluzba={HOME}")
    page.locator(".map-popup").wait_for()
    assert "Domov Lípa" in page.locator(".map-popup").inner_text()
    assert view_of(page)[:2] == pytest.approx((49.97, 16.97), abs=0.1)
    assert view_of(page)[2] == 12


def test_a_service_among_others_opens_with_its_town_in_sight(open_map):
    page = open_map(f"?sluzba={CARE_NEXT_DOOR}")
    assert f"Pečovatelky {CARE_NEXT_DOOR}" in page.locator(".map-popup").inner_text()
    assert page.locator(".leaflet-marker-pane .map-sign--group").count() == 1
    assert view_of(page)[2] == 12


def test_a_link_with_a_service_and_a_view_keeps_the_view(open_map):
    page = open_map(f"?sluzba={HOME}&pohled=49.95,16.95,12.5")
    page.locator(".map-popup").wait_for()
    assert view_of(page) == pytest.approx((49.95, 16.95, 12.5), abs=0.03)


def test_a_link_from_a_service_with_a_secret_address_says_why_it_is_missing(open_map):
    page = open_map(f"?sluzba={SECRET_HOME}")
    assert "„Azyl“ nemá na mapě místo" in page.inner_text("main")
    assert page.locator(".map-popup").count() == 0


def test_the_map_can_be_skipped(open_map):
    page = open_map()
    page.get_by_role("link", name="Přeskočit mapu").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('#figures').getBoundingClientRect().top < innerHeight")
    page.keyboard.press("Tab")
    assert page.evaluate("!document.querySelector('#map_canvas').contains(document.activeElement)")


def test_the_map_itself_says_that_its_boundaries_are_schematic(open_map):
    page = open_map()
    assert page.locator(".map-frame .map-notice").is_visible()


def test_the_legend_names_the_colour_of_every_shape(open_map):
    page = open_map("?druh=49&uzemi=obec")
    kinds = "nodes => [...new Set(nodes.map(n => [...n.classList].find(c => c.startsWith('map-unit--'))))].sort()"
    drawn = page.locator(".leaflet-overlay-pane path.map-unit").evaluate_all(kinds)
    explained = page.locator(".map-legend .map-unit").evaluate_all(kinds)
    assert drawn == explained
    colour = "node => getComputedStyle(node).fill"
    for kind in drawn:
        shape = page.locator(f".leaflet-overlay-pane path.{kind}").first.evaluate(colour)
        assert shape == page.locator(f".map-legend .{kind}").evaluate(colour)


@pytest.mark.parametrize("width", [320, 360])
def test_a_narrow_window_needs_no_sideways_scrolling(open_page, width):
    watched = open_page("/mapa?druh=49", width=width, height=640)
    assert watched.reflow_faults(width) == []
    assert watched.page.locator("#map_canvas").bounding_box()["width"] <= width


def test_without_scripts_the_page_says_so_and_the_table_stands(open_page):
    page = open_page("/mapa?druh=49", scripts=False).page
    assert "Mapa potřebuje JavaScript" in page.locator("main").inner_text()
    assert page.locator("#map_canvas").is_hidden()
    assert page.locator("#figures").is_visible()
    assert page.locator("#figures tbody tr").count() == 3


def test_print_keeps_map_legend_and_table(open_map):
    page = open_map()
    page.emulate_media(media="print")
    assert page.locator("#map_canvas").is_visible()
    assert page.locator(".map-legend").is_visible()
    assert page.locator("#figures").is_visible()
    assert page.locator("#map-filter").is_hidden()


def test_shapes_that_cannot_be_loaded_are_told_of(open_page):
    watched = open_page("/mapa")
    watched.page.route("**/mapa/uzemi/**", lambda route: route.abort())
    watched.page.reload()
    watched.page.wait_for_selector("#map_canvas[data-drawn=failed]")
    assert "nepodařilo načíst" in watched.page.locator("#map_canvas").inner_text()
    assert watched.page.locator(".map-sign").count() > 0
    assert all("uzemi" in problem or "Failed to" in problem for problem in watched.problems)
    watched.problems.clear()


def test_map_and_legend_have_the_colours_of_the_one_scale(open_map):
    page = open_map("?druh=49")
    fills = {
        (place, name): page.evaluate("path => getComputedStyle(document.querySelector(path)).fill", f"{place} .{name}")
        for place in (".map-canvas", ".map-legend")
        for name in ("map-unit--class-1", "map-unit--class-2")
    }
    lowest, highest = (f"rgb({', '.join(str(part) for part in bytes.fromhex(one[1:]))})" for one in colours_of(2))
    assert set(fills.values()) == {lowest, highest}
    assert all(fill == (lowest if name == "map-unit--class-1" else highest) for (_, name), fill in fills.items())


def test_names_lie_under_no_sign_and_on_no_other_name(open_map):
    page = open_map("?druh=49")
    page.locator(".map-name__text:not(.map-name__text--covered)").first.wait_for()
    boxes = page.evaluate(
        """() => ['.map-sign', '.map-name__text:not(.map-name__text--covered)'].map((name) =>
             [...document.querySelectorAll(`.map-canvas ${name}`)].map((each) => {
               const { left, top, right, bottom } = each.getBoundingClientRect()
               return [left, top, right, bottom]
             }))"""
    )
    signs, names = boxes
    assert len(names) == 2
    for number, (left, top, right, bottom) in enumerate(names):
        for other in [*signs, *names[:number]]:
            assert right < other[0] or other[2] < left or bottom < other[1] or other[3] < top


@pytest.mark.parametrize(("north", "is_below"), [(0.3, True), (-0.027, False)])
def test_a_name_gives_way_to_the_sign_over_its_seat_and_stays_nearest_to_it(open_page, north, is_below):
    page = open_page("/").page

    def with_neighbour(route):
        """Šumperk so far to the north of Olomouc, or a few pixels to the south."""
        answer = route.fetch()
        body = re.sub(r'"Šumperk",[\d.]+,[\d.]+', f'"Šumperk",{49.594 + north},17.2508', answer.text())
        route.fulfill(response=answer, body=body)

    page.route("**/mapa?*", with_neighbour)
    page.goto(page.url + "mapa?druh=40&pohled=49.7,17.25,9")
    page.locator(".map-name__text:not(.map-name__text--covered)").first.wait_for()
    seat, name, sign = page.evaluate(
        """() => ['.map-name', '.map-name__text', '.map-canvas .map-sign'].map((each) => {
             const { left, right, top, bottom } = document.querySelector(each).getBoundingClientRect()
             return { left, right, top, bottom }
           })"""
    )
    assert sign["left"] < seat["left"] < sign["right"], "the sign covers the seat"
    assert (name["top"] > sign["bottom"], name["bottom"] < sign["top"]) == (is_below, not is_below)


def test_the_whole_region_lies_above_the_attribution(open_page):
    page = open_page("/mapa", width=360).page

    def with_long_source(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("Hranice: ", f"Hranice: {'zdroj ' * 80}"))

    page.route("**/mapa", with_long_source)
    page.reload()
    page.wait_for_selector("#map_canvas[data-drawn=true]")
    attribution = page.locator(".leaflet-control-attribution").bounding_box()
    assert attribution["height"] > 100
    for shape in page.locator("path.map-unit").all():
        box = shape.bounding_box()
        assert box["y"] + box["height"] <= attribution["y"] + 2


def test_the_whole_map_is_printed_with_its_address(open_map):
    page = open_map("?druh=49")
    page.click(".leaflet-control-zoom-in")
    page.wait_for_function("() => document.querySelector('#map-address').textContent.includes('pohled=')")
    paper = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.pdf(format="A4"))).pages)
    assert page.url in "".join(paper.split())
    size = "() => { const box = document.querySelector('.map-canvas'); return [box.clientWidth, box.clientHeight] }"
    screen = page.evaluate(size)
    page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1000})
    assert page.evaluate(size) == screen, "of the same size, only smaller on paper"
    assert page.locator(".map-canvas").bounding_box()["width"] <= 690
    page.evaluate("() => window.dispatchEvent(new Event('afterprint'))")
    assert page.get_attribute(".map-canvas", "style") in (None, "", "position: relative;")
