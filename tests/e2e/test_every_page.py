"""Every page of every feature, in a browser: accessible, quiet, contained, narrow.

Beside it lie ``test_pages_by_keys.py``, ``test_further_pages.py`` and ``test_pages_without_scripts.py``, which run
at the same time.
"""

import pytest

from tests.e2e.conftest import OpenAs, Served
from tests.e2e.windows import Windows, faults_of
from tests.factories.visits import FEATURES, html_visits

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("feature", FEATURES)
def test_pages_are_accessible_quiet_contained_and_narrow_enough(served: Served, open_as: OpenAs, feature: str) -> None:
    windows, faults = Windows(open_as), []
    for visit in html_visits(served.town, feature):
        found = faults_of(windows.of(visit.who), visit.path)
        faults += [f"{visit.path} as {visit.who}: {fault}" for fault in found]
    assert faults == []
