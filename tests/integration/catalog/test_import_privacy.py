"""Names of people and secret addresses: nowhere behind the import, whatever the file holds."""

import logging

import sqlalchemy as sa

from portal.catalog.models import Facility, Service
from portal.core.db import Model, db
from portal.demo.register import names
from tests.factories.accounts import login, make_user
from tests.factories.register import changed, some_entries, take, take_and_apply
from tests.factories.territory import store_small_territory

# Stems, since names come in cases.
MARKS = tuple(word.casefold()[:-1] for word in (*names.SECRET_STREETS, *names.GIVEN_NAMES, *names.SURNAMES))


def whole_database():
    text = []
    for table in Model.metadata.sorted_tables:
        for row in db.session.execute(sa.select(table)):
            text.append(" ".join(str(value) for value in row))
    return "\n".join(text).casefold()


def assert_unmarked(text):
    for mark in MARKS:
        assert mark not in text.casefold()


def test_the_file_holds_the_marks_or_this_module_proves_nothing():
    text = str(some_entries(400, traps=True)).casefold()
    assert all(mark in text for mark in MARKS)


def test_no_name_of_a_person_and_no_secret_street_reaches_database_log_or_page(app, client, caplog, tmp_path):
    caplog.set_level(logging.DEBUG)
    store_small_territory()
    entries = some_entries(400, traps=True)
    take_and_apply(tmp_path, entries)
    faulty = some_entries(400, traps=True, faults=8)
    info = take(tmp_path, faulty)
    assert info.error_count
    assert_unmarked(whole_database())
    assert_unmarked(caplog.text)
    administrator = login(client, make_user(role="administrator"))
    for kind in ("added", "changed", "ended"):
        page = administrator.get(f"/sprava/importy/{info.id}?druh={kind}")
        assert page.status_code == 200
        assert_unmarked(page.text)


def test_a_secret_facility_has_no_place_in_any_column_and_no_name(app, tmp_path):
    store_small_territory()
    take_and_apply(tmp_path, some_entries(400, traps=True))
    secret = list(db.session.scalars(sa.select(Facility).where(Facility.secret)))
    assert len(secret) >= 10
    for facility in secret:
        places = (
            facility.name, facility.street, facility.house_number, facility.postcode, facility.municipality_code,
            facility.municipality_name, facility.orp_code, facility.orp_name, facility.address_place_code,
            facility.lon, facility.lat,
        )  # fmt: skip
        assert places == (None,) * len(places)


def test_an_address_that_becomes_secret_is_gone_from_the_service_and_its_record(app, tmp_path):
    store_small_territory()
    entries = some_entries(30)
    number = next(n for n, entry in enumerate(entries) if entry["zarizeni"][0]["adresa"])
    street = "Zvláštní Jedinečná"
    entries = changed(entries, number, lambda entry: entry["zarizeni"][0]["adresa"].update(ulice={"nazev": street}))
    take_and_apply(tmp_path, entries)
    hide = changed(entries, number, lambda entry: entry["zarizeni"][0].update(utajenaAdresa=True))
    take_and_apply(tmp_path, hide)
    service = db.session.scalar(sa.select(Service).where(Service.register_id == entries[number]["portalId"]))
    assert street not in service.record
    assert all(facility.street != street for facility in service.facilities)
