"""Layers of the map as a picture and on paper, and on narrow screens: nothing that the page says is lost."""

import io

import pytest
from pypdf import PdfReader

from tests.e2e.layers import pick

pytestmark = pytest.mark.browser

NOTE_TEXTS = """() => {
window.__written = []
const write = CanvasRenderingContext2D.prototype.fillText
CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
  window.__written.push(text)
  return write.call(this, text, ...rest)
}
}"""


def test_the_picture_says_all_that_the_page_says_of_the_map(open_layers, layers_portal, tmp_path):
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
    assert f"{layers_portal[0]}/mapa/vrstvy?vrstva=uzivatele" in written
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


@pytest.mark.parametrize("path", ["/mapa/vrstvy?vrstva=kapacita&uzemi=obec", "/mapa?druh=49"])
def test_caption_and_names_stay_in_sight_while_the_table_scrolls(browser, layers_portal, path):
    context = browser.new_context(locale="cs-CZ", viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(layers_portal[0] + path, wait_until="networkidle")
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
