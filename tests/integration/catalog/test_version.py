from portal.catalog.service.version import bump_version, current_version
from portal.core.db import db
from portal.core.transaction import transaction
from tests.factories.catalog import make_service


def test_each_change_of_the_catalogue_counts_once(app):
    before = current_version()
    with transaction():
        bump_version()
    with transaction():
        bump_version()
    assert current_version() == before + 2


def test_a_service_made_for_a_test_is_whole(app):
    service = make_service(type_code="44", forms={"residential": {"beds": 7}, "outreach": {"clients": 3}}, phone="1")
    db.session.expire_all()
    assert [(form.form, form.capacities[0].amount) for form in service.forms] == [("outreach", 3), ("residential", 7)]
    assert service.facilities[0].municipality_name == "Šumperk"
    assert service.contacts[0].value == "1"
