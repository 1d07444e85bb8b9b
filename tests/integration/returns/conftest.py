"""A provider with one residential service, its editor and approver, and people of the kraj."""

import pytest

from portal.catalog.models import Service
from portal.core.clock import frozen_at
from portal.core.transaction import transaction
from tests.factories.accounts import OWN_ICO, login, make_user
from tests.factories.catalog import make_provider
from tests.factories.returns import make_period, make_reporting_service
from tests.factories.returns_pages import IN_TIME, Q2, Person


@pytest.fixture(autouse=True)
def _forms_without_token(app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture(autouse=True)
def clock():
    with frozen_at(IN_TIME):
        yield


@pytest.fixture
def service(app) -> Service:
    """Stored for good, so that it outlives a request that fails."""
    with transaction():
        make_period(Q2)
        provider = make_provider("Charita Háj", ico=OWN_ICO)
        return make_reporting_service(provider, type_code="49", forms=("residential",), name="Domov Pod Lipami")


def person(app, service, role, name):
    client = login(app.test_client(), make_user(role=role, name=name))
    return Person(client, f"/vykazy/{service.register_id}/{Q2}")


@pytest.fixture
def editor(app, service):
    return person(app, service, "provider_editor", "Eva Editorová")


@pytest.fixture
def approver(app, service):
    return person(app, service, "provider_approver", "Alena Schvalovací")


@pytest.fixture
def kraj(app, service):
    return person(app, service, "key_worker", "Karel Krajský")


@pytest.fixture
def auditor(app, service):
    return person(app, service, "auditor", "Anna Auditorová")
