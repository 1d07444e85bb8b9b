"""Two providers with a waiting list each, on a day in July 2026."""

from datetime import UTC, datetime

import pytest

from portal.catalog.models import Service
from portal.core.clock import frozen_at
from tests.factories.accounts import FOREIGN_ICO, OWN_ICO
from tests.factories.waitlists import make_listed

NOW = datetime(2026, 7, 10, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _forms_without_token(app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture(autouse=True)
def clock():
    with frozen_at(NOW):
        yield


@pytest.fixture
def own(app) -> Service:
    return make_listed(OWN_ICO)


@pytest.fixture
def foreign(app) -> Service:
    return make_listed(FOREIGN_ICO)
