"""What the process keeps of one test's database must not be read in another's."""

import pytest

from portal.core import kept


@pytest.fixture(autouse=True)
def nothing_kept():
    kept.forget()
