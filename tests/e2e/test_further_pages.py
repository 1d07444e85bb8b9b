"""Pages in states that no list of features has: accessible, quiet, contained, narrow, usable by keys."""

import pytest

from tests.e2e.conftest import OpenAs, Served
from tests.e2e.pages import PAGES
from tests.e2e.windows import faults_of

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("number", range(len(PAGES)))
def test_further_pages_are_the_same(served: Served, open_as: OpenAs, number: int) -> None:
    who, address = PAGES[number]
    path = address if isinstance(address, str) else address(served.town.world)
    assert faults_of(open_as(who), path) == []
