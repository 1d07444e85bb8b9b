"""Charts of the comparison for the kraj are drawn inside the page, on a phone too, without breaking its policy."""

import pytest

from tests.e2e.conftest import OpenAs

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["/srovnani", "/srovnani/typy", "/srovnani/rada"])
def test_charts_are_drawn_inside_the_page(open_as: OpenAs, path: str, width: int) -> None:
    watched = open_as("planner", viewport={"width": width, "height": 800})
    page = watched.open(f"{path}?druh=46&obdobi=2026Q2")
    page.locator("[data-chart] .main-svg").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert watched.faults() == []
