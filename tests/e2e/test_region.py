"""Charts of the comparison for the kraj are drawn inside the page, on a phone too, without breaking its policy."""

import pytest

from tests.e2e.conftest import WIDER_THAN_ITS_REGION, OpenAs

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["/srovnani", "/srovnani/typy", "/srovnani/rada"])
def test_charts_are_drawn_inside_the_page(open_as: OpenAs, path: str, width: int) -> None:
    watched = open_as("planner", viewport={"width": width, "height": 800})
    page = watched.open(f"{path}?druh=46&obdobi=2026Q2")
    page.locator("[data-chart] .main-svg").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert watched.faults() == []


@pytest.mark.parametrize("path", ["/srovnani/typy", "/srovnani/rada"])
def test_on_a_phone_their_tables_are_cards(open_as: OpenAs, path: str) -> None:
    watched = open_as("planner", viewport={"width": 320, "height": 640})
    page = watched.open(f"{path}?druh=46&obdobi=2026Q2")
    assert page.evaluate(WIDER_THAN_ITS_REGION) == []
    card = page.locator(".portal-table--stacked tbody tr").first
    labels = card.locator("td").evaluate_all("cells => cells.map((cell) => cell.dataset.label)")
    heads = page.locator(".portal-table--stacked thead th").all_text_contents()
    assert [label for label in labels if label] == heads[1 : len([label for label in labels if label]) + 1]
    assert watched.accessibility_faults() == []
