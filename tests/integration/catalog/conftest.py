"""The small territory that imports of the register are placed in."""

import pytest
from flask import Flask

from tests.factories.territory import store_small_territory


@pytest.fixture
def territory(app: Flask) -> None:
    store_small_territory()
