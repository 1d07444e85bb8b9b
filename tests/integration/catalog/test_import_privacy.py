"""Names of people and secret addresses: nowhere behind the import, whatever the file holds."""

import io
import logging
import os
from datetime import date

import sqlalchemy as sa
from werkzeug.datastructures import FileStorage

from portal.catalog.models import CatalogImport, Facility, Service
from portal.catalog.queries import columns
from portal.catalog.service.imports.rollback import roll_back_import
from portal.catalog.uploads import Upload, store_upload
from portal.core.db import Model, db
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.demo.register import names
from tests.factories.accounts import login, make_user
from tests.factories.catalog import make_service, secret_places_unchecked
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


STREET, HOUSE = "Zvláštní Jedinečná", "Dům U Zvláštního Znaku"


def entries_with_a_house_in_the_open():
    entries = some_entries(30)
    number = next(n for n, entry in enumerate(entries) if entry["zarizeni"][0]["adresa"])

    def put(entry):
        entry["zarizeni"][0].update(nazev=HOUSE)
        entry["zarizeni"][0]["adresa"].update(ulice={"nazev": STREET})
        entry["doplnujiciInformaceVekoveSkupiny"] = f"Vchod ze {STREET}"

    return changed(entries, number, put), number


def hidden(entries, number):
    return changed(entries, number, lambda entry: entry["zarizeni"][0].update(utajenaAdresa=True))


def assert_nothing_tells_the_house():
    db.session.expire_all()
    stored = whole_database()
    assert STREET.casefold() not in stored
    assert HOUSE.casefold() not in stored


def test_an_address_that_becomes_secret_is_gone_from_the_whole_database(app, tmp_path):
    """Also from what earlier imports kept of it, from the preview and from what a rollback would restore."""
    store_small_territory()
    entries, number = entries_with_a_house_in_the_open()
    take_and_apply(tmp_path, some_entries(30))
    take_and_apply(tmp_path, entries)
    assert STREET.casefold() in whole_database(), "or this test proves nothing"
    take_and_apply(tmp_path, hidden(entries, number))
    assert_nothing_tells_the_house()


def test_the_preview_does_not_show_the_address_that_becomes_secret(app, client, tmp_path):
    store_small_territory()
    entries, number = entries_with_a_house_in_the_open()
    take_and_apply(tmp_path, entries)
    info = take(tmp_path, hidden(entries, number))
    page = login(client, make_user(role="administrator")).get(f"/sprava/importy/{info.id}?druh=changed")
    assert str(entries[number]["portalId"]) in page.text
    assert STREET not in page.text
    assert HOUSE not in page.text


def test_taking_the_import_back_does_not_make_the_address_public_again(app, tmp_path):
    store_small_territory()
    entries, number = entries_with_a_house_in_the_open()
    take_and_apply(tmp_path, entries)
    secret = take_and_apply(tmp_path, hidden(entries, number))
    with transaction():
        roll_back_import(OPERATOR, import_id=secret.id)
    assert_nothing_tells_the_house()
    service = db.session.scalar(sa.select(Service).where(Service.register_id == entries[number]["portalId"]))
    assert service.facilities[0].secret
    again = take(tmp_path, hidden(entries, number))
    assert (again.added, again.ended) == (0, 0)


def test_an_older_preview_that_holds_the_address_is_put_aside(app, tmp_path):
    store_small_territory()
    entries, number = entries_with_a_house_in_the_open()
    take_and_apply(tmp_path, entries)
    rename = changed(entries, number, lambda entry: entry.update(identifikator="7654321"))
    older = take(tmp_path, rename)
    take_and_apply(tmp_path, hidden(entries, number))
    assert_nothing_tells_the_house()
    assert db.session.get(CatalogImport, older.id).state == "discarded"


def test_the_search_index_reads_nothing_of_a_secret_place_even_if_the_table_held_it(app):
    with secret_places_unchecked():
        make_service(facilities=[{"secret": True, "name": HOUSE, "municipality_name": "Šumperk", "orp_code": "7110"}])
    rows = columns.open_facilities(date(2026, 8, 3))
    assert [tuple(row)[1:] for row in rows] == [(None, True, None, None, None, None, None)]


def test_an_upload_whose_job_never_ran_goes_with_the_next_one(tmp_path):
    left = store_upload(an_upload(), tmp_path)[0]
    day_ago = left.stat().st_mtime - 24 * 3600 - 60
    os.utime(left, (day_ago, day_ago))
    fresh = store_upload(an_upload(), tmp_path)[0]
    later = store_upload(an_upload(), tmp_path)[0]
    assert [folder.exists() for folder in (left, fresh, later)] == [False, True, True]


def an_upload():
    return Upload(FileStorage(io.BytesIO(b"{}"), "register.json"), [], [])
