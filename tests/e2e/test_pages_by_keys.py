"""Every page of every feature, walked through with the Tab key alone."""

import pytest

from tests.e2e.conftest import OpenAs, Served
from tests.e2e.windows import Windows, faults_by_keys
from tests.factories.visits import FEATURES, html_visits

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("feature", FEATURES)
def test_pages_are_usable_by_keys(served: Served, open_as: OpenAs, feature: str) -> None:
    windows, faults = Windows(open_as), []
    for visit in html_visits(served.town, feature):
        found = faults_by_keys(windows.of(visit.who), visit.path)
        faults += [f"{visit.path} as {visit.who}: {fault}" for fault in found]
    assert faults == []
