"""Every page of every feature, in a browser: accessible, quiet, contained, narrow, usable by keys, without scripts."""

import pytest

from tests.e2e.conftest import OpenAs, Served, Watched
from tests.e2e.keyboard import keyboard_faults
from tests.e2e.pages import PAGES
from tests.factories.visits import FEATURES, html_visits

pytestmark = pytest.mark.browser


def faults_of(watched: Watched, path: str) -> list[str]:
    watched.open(path)
    return watched.accessibility_faults() + watched.reflow_faults() + keyboard_faults(watched.page) + watched.faults()


@pytest.mark.parametrize("feature", FEATURES)
def test_pages_are_accessible_quiet_contained_and_narrow_enough(served: Served, open_as: OpenAs, feature: str) -> None:
    faults = []
    for visit in html_visits(served.town, feature):
        watched = open_as(visit.who)
        faults += [f"{visit.path} as {visit.who}: {fault}" for fault in faults_of(watched, visit.path)]
        watched.page.context.close()
    assert faults == []


@pytest.mark.parametrize("number", range(len(PAGES)))
def test_further_pages_are_the_same(served: Served, open_as: OpenAs, number: int) -> None:
    who, address = PAGES[number]
    path = address if isinstance(address, str) else address(served.town.world)
    assert faults_of(open_as(who), path) == []


@pytest.mark.parametrize("feature", FEATURES)
def test_pages_work_without_scripts(served: Served, open_as: OpenAs, feature: str) -> None:
    faults = []
    for visit in html_visits(served.town, feature):
        watched = open_as(visit.who, java_script_enabled=False, viewport={"width": 360, "height": 640})
        page = watched.open(visit.path)
        if not page.locator("h1").is_visible():
            faults.append(f"{visit.path}: no heading to be seen")
        if page.locator("#navigation").count() and not page.locator("#navigation").is_visible():
            faults.append(f"{visit.path}: the menu cannot be opened")
        faults += [f"{visit.path}: {problem}" for problem in watched.problems]
        watched.page.context.close()
    assert faults == []
