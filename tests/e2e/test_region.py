"""Charts of the comparison for the kraj are drawn inside the page, on a phone too, without breaking its policy."""

from pathlib import Path
from struct import unpack

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


@pytest.mark.parametrize(
    ("path", "files"),
    [
        ("/srovnani", ["prehled-2026Q2-46", "desetiny-2026Q2-46", "srovnani-2026Q2-46"]),
        ("/srovnani/typy", ["typy-2026Q2"]),
        ("/srovnani/rada", ["rada-46"]),
    ],
)
@pytest.mark.parametrize("width", [360, 1280])
def test_each_chart_and_the_bullets_are_saved_as_a_picture(
    open_as: OpenAs, tmp_path: Path, path: str, files: list[str], width: int
) -> None:
    watched = open_as("planner", viewport={"width": width, "height": 800})
    page = watched.open(f"{path}?druh=46&obdobi=2026Q2&ukazatel=direct_work_utilisation&forma=outpatient")
    page.locator("[data-chart] .main-svg").first.wait_for()
    buttons = page.get_by_role("button", name="Stáhnout jako PNG")
    assert buttons.count() == len(files)
    for place, name in enumerate(files):
        buttons.nth(place).focus()
        with page.expect_download() as saved:
            page.keyboard.press("Enter")
        assert saved.value.suggested_filename == f"{name}-direct_work_utilisation-outpatient.png"
        saved.value.save_as(tmp_path / "picture.png")
        content = (tmp_path / "picture.png").read_bytes()
        assert content.startswith(b"\x89PNG")
        wide, high = unpack(">II", content[16:24])
        assert wide == 2000  # the same on a phone
        on_page = buttons.nth(place).evaluate(
            "(b) => b.closest('section')?.querySelector('.comparison-chart').offsetHeight ?? 0"
        )
        assert high >= 2 * on_page
    assert watched.faults() == []


def test_a_chart_of_a_group_says_so(open_as: OpenAs) -> None:
    page = open_as("planner").open("/srovnani?druh=46&obdobi=2026Q2&skupina=forma:outpatient")
    words = ", s formou: ambulantní"
    assert page.locator("h2").first.inner_text().endswith(words)
    headings = page.locator("[data-picture]").evaluate_all("buttons => buttons.map((button) => button.dataset.heading)")
    assert [heading.endswith(words) for heading in headings] == [True] * 3
    assert page.locator("#services caption").inner_text() == "Služby skupiny"
