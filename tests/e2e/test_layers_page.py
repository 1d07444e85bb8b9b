"""Layers of the map as people meet them: drawn, changed without shapes, compared, by keyboard, framed."""

import json
import re

import pytest

from portal.map.colours import colours_of as class_colours
from tests.e2e.layers import colours_of, pick, rows, shown

pytestmark = pytest.mark.browser


def test_areas_are_drawn_in_the_colours_of_the_legend(open_layers):
    page = open_layers("?vrstva=kapacita&druh=49").page
    wanted = {",".join(str(part) for part in (*bytes.fromhex(one[1:]), 255)) for one in class_colours(2)}
    assert wanted <= colours_of(page)
    assert page.locator("#layers-first [data-classes] li").all_inner_texts() == ["10", "30"]
    assert "přirozené zlomy" in page.locator("#layers-first [data-method]").inner_text()


def names_on(page):
    """Names of areas that the first map shows."""
    return page.locator("#layers-first canvas.layers-canvas").get_attribute("data-names")


def test_areas_are_named_where_their_names_fit(open_layers):
    """The one with more people first; from far off an area is smaller than its name, which then is left out."""
    page = open_layers("?vrstva=kapacita&druh=49").page
    assert names_on(page) == "Olomouc, Šumperk"
    page = open_layers("?vrstva=kapacita&druh=49&orp=7107&uzemi=obec").page
    named = names_on(page).split(", ")
    assert "Olomouc" in named
    assert "Šumperk" not in named  # of another ORP than the one asked for
    page = open_layers("?vrstva=kapacita&druh=49&pohled=49.78,17.1,6").page
    assert names_on(page) == ""


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


def test_the_link_brings_the_view_back(open_layers, layers_portal):
    page = open_layers("?vrstva=sluzby&uzemi=obec").page
    page.click(".leaflet-control-zoom-in")
    page.wait_for_function("() => document.querySelector('#layers-link').href.includes('pohled=')")
    link = page.get_attribute("#layers-link", "href")
    view = re.search(r"pohled=[^&]+", link)[0]
    again = open_layers(link.replace("/mapa/vrstvy", "")).page
    assert view in again.get_attribute("#layers-link", "href")
    assert shown(again) == shown(page)
    assert layers_portal[0] in again.url


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


def test_without_scripts_the_table_says_the_same(browser, layers_portal):
    context = browser.new_context(locale="cs-CZ", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{layers_portal[0]}/mapa/vrstvy?vrstva=kapacita&druh=49&razeni=-hodnota")
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
