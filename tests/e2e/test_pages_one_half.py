"""Every page of every second feature, in a browser: accessible, quiet, contained, narrow, usable by keys.

Beside it lie ``test_pages_other_half.py`` with the other features, ``test_further_pages.py`` and
``test_pages_without_scripts.py``, which run at the same time.
"""

import pytest

from tests.e2e.conftest import OpenAs, Served
from tests.e2e.windows import faults_of_feature
from tests.factories.visits import FEATURES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("feature", FEATURES[::2])
def test_pages_are_accessible_and_usable_by_keys(served: Served, open_as: OpenAs, feature: str) -> None:
    assert faults_of_feature(served, open_as, feature) == []
