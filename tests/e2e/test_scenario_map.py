"""What a scenario changes, on a map of its own: drawn in the colours of its legend, and told without it."""

import re

import pytest

from tests.e2e.conftest import OpenAs

pytestmark = pytest.mark.browser

SCENARIO = "/mapa/co-kdyz?druh=49&dosah=30&misto-1=obec:500496&zmena-1=20"


@pytest.mark.parametrize("width", [1280, 360])
def test_the_changes_are_drawn_and_nobody_is_kept_out(open_as: OpenAs, width: int) -> None:
    watched = open_as("planner", viewport={"width": width, "height": 900})
    page = watched.open(SCENARIO)
    page.wait_for_selector("#scenario-map[data-drawn=true]")
    lines = page.locator("#scenario-canvas [data-classes] li").all_inner_texts()
    assert any(re.match(r"\+\d", line) for line in lines)
    assert not any(line.startswith("−") for line in lines)  # nobody loses, so no loss stands in the legend
    label = page.locator("#scenario-canvas [data-canvas]").get_attribute("aria-label")
    assert label is not None
    assert label.startswith("Dostupnost se zlepší")
    assert watched.accessibility_faults() + watched.reflow_faults() == []
    assert watched.faults() == []


def test_an_area_tells_its_difference_under_the_pointer(open_as: OpenAs) -> None:
    page = open_as("planner").open(SCENARIO)
    page.wait_for_selector("#scenario-map[data-drawn=true]")
    differences = page.locator("#figures tbody tr td:last-child").all_inner_texts()
    canvas = page.locator("#scenario-canvas [data-canvas]")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    told = set()
    for across in range(1, 12):
        for down in range(1, 12):
            page.mouse.move(box["x"] + box["width"] * across / 12, box["y"] + box["height"] * down / 12)
            tooltip = page.locator(".layers-tooltip")
            if tooltip.count():
                told.add(tooltip.locator("div > div").first.inner_text().split(" (")[0])
    assert told & set(differences)


def test_without_scripts_the_table_says_the_same(open_as: OpenAs) -> None:
    watched = open_as("planner", java_script_enabled=False)
    page = watched.open(SCENARIO)
    assert page.locator(".govuk-inset-text").is_visible()
    assert page.locator("#scenario-map").is_hidden()
    assert page.locator("#figures tbody tr").count() > 0
