import pytest

from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.releases import queries
from portal.releases.files import releases_folder
from portal.releases.service.sources import Source
from portal.returns.types import Period
from portal.waitlists import service as waitlists
from portal.waitlists.need.queries.columns import number_of
from tests.factories.need import random_rows, store_world
from tests.factories.releases import closed_quarter, make_reported_costs
from tests.factories.territory import store_small_territory

Q2 = Period(2026, 2)


@pytest.fixture
def folder(app):
    """Where the releases of this test lie."""
    return releases_folder(app.extensions["portal_settings"].instance_dir)


@pytest.fixture
def lists(app):
    """Frozen lists of 150 applications and accepted returns of the same quarter."""
    store_small_territory()
    store_world(*random_rows(3, 150, number_of(Q2.first_day), number_of(Q2.last_day)))
    closed_quarter(Q2)
    make_reported_costs(Q2)
    with transaction():
        waitlists.freeze_quarter(OPERATOR, Q2)


def change(client, address, what):
    page = (
        client.get("/zverejneni").text if "csrf_token" in client.get("/zverejneni").text else client.get(address).text
    )
    token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    return client.post(address, data={"csrf_token": token, "what": what})


def published_amounts(stored):
    parts = queries.release(stored.period, "parts").parts["costs_by_type"]
    return Source.from_stored("costs_by_type", stored.exact["costs_by_type"], parts).amount_table().amounts
