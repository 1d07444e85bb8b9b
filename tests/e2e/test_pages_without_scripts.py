"""Every page of every feature in a browser without scripts, on a phone."""

import pytest

from tests.e2e.conftest import OpenAs, Served
from tests.e2e.windows import Windows
from tests.factories.visits import FEATURES, html_visits

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("feature", FEATURES)
def test_pages_work_without_scripts(served: Served, open_as: OpenAs, feature: str) -> None:
    windows = Windows(open_as, java_script_enabled=False, viewport={"width": 360, "height": 640})
    faults = []
    for visit in html_visits(served.town, feature):
        watched = windows.of(visit.who)
        page = watched.open(visit.path, until="load")  # without scripts nothing comes later
        if not page.locator("h1").is_visible():
            faults.append(f"{visit.path}: no heading to be seen")
        if page.locator("#navigation").count() and not page.locator("#navigation").is_visible():
            faults.append(f"{visit.path}: the menu cannot be opened")
        faults += [f"{visit.path}: {problem}" for problem in watched.problems]
    assert faults == []
