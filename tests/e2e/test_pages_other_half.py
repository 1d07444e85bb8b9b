"""Every page of the features that ``test_pages_one_half.py`` leaves out."""

import pytest

from tests.e2e.conftest import OpenAs, Served
from tests.e2e.windows import faults_of_feature
from tests.factories.visits import FEATURES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("feature", FEATURES[1::2])
def test_pages_are_accessible_and_usable_by_keys(served: Served, open_as: OpenAs, feature: str) -> None:
    assert faults_of_feature(served, open_as, feature) == []
