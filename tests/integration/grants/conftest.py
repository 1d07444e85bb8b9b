"""Nothing kept by one test is read by another: their databases begin alike."""

import pytest

from portal.core import kept


@pytest.fixture(autouse=True)
def _nothing_kept():
    kept.forget()
    yield
    kept.forget()
