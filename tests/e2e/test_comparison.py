"""The overview of the comparison: drawn, walked over by keys, and no more than the table below it says."""

import json
import re

import pytest
from playwright.sync_api import Route

from tests.e2e.conftest import OpenAs

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [360, 1280])
def test_the_chart_is_drawn_inside_the_page_without_breaking_its_policy(open_as: OpenAs, width: int) -> None:
    watched = open_as("planner", viewport={"width": width, "height": 800})
    page = watched.open("/srovnani?druh=46&obdobi=2026Q2")
    bars = page.locator("#comparison-chart .bars .point")
    bars.first.wait_for()
    assert bars.count() == page.locator("#services svg.bullet").count() == 2
    box = page.locator("#comparison-chart .main-svg").first.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= width
    assert page.locator("#comparison-chart .xtick text").all_text_contents() == ["1", "2", "3", "4"]
    assert page.locator("#comparison-chart :is([data-title^=Share], [aria-label^=Share])").count() == 0
    assert page.locator("#comparison-chart .modebar-btn").count() > 1
    assert watched.faults() == []


def test_arrow_keys_say_the_services_from_the_highest(open_as: OpenAs) -> None:
    watched = open_as("planner")
    page = watched.open("/srovnani?druh=46&obdobi=2026Q2")
    page.locator("#comparison-chart .bars .point").first.wait_for()
    page.locator("#comparison-chart").focus()
    said = []
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "Home"):
        page.keyboard.press(key)
        said.append(page.locator("#comparison-said").inner_text().replace("\xa0", " "))
    assert re.search(r": 75 %, norma splněna$", said[0])
    assert re.search(r": 50 %, pod normou$", said[1])
    assert said[2:] == [said[1], said[0]]
    assert page.locator("#comparison-chart .hoverlayer .hovertext").count() == 1
    assert watched.faults() == []


def test_names_are_shown_as_they_are_written(open_as: OpenAs) -> None:
    watched = open_as("planner")

    def rename(route: Route) -> None:
        answer = route.fetch()
        names = re.compile(r'(id="comparison-names"[^>]*>).*?(?=</script>)')
        strange = json.dumps([["<b>A</b> & B", "P"]] * 2).replace("<", r"\u003c")
        route.fulfill(response=answer, body=names.sub(lambda found: found[1] + strange, answer.text()))

    watched.page.route(re.compile(r"/srovnani\?"), rename)
    page = watched.open("/srovnani?druh=46&obdobi=2026Q2")
    page.locator("#comparison-chart .bars .point").first.wait_for()
    page.locator("#comparison-chart").focus()
    page.keyboard.press("ArrowRight")
    label = page.locator("#comparison-chart .hoverlayer .hovertext").text_content()
    assert label is not None
    assert label.startswith("<b>A</b> & B")
    assert page.locator("#comparison-said").inner_text().startswith("<b>A</b> & B, P")
    assert watched.faults() == []


def test_each_bullet_says_in_words_what_it_draws(open_as: OpenAs) -> None:
    page = open_as("planner").open("/srovnani?druh=46&obdobi=2026Q2")
    names = [name.replace("\xa0", " ") for name in page.locator("#services svg.bullet title").all_text_contents()]
    assert re.search(r": hodnota 75,0 %, norma 60 %, medián 62,5 %$", names[0])
    assert re.search(r": hodnota 50,0 %, norma 60 %, medián 62,5 %$", names[1])
