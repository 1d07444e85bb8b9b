"""Services at their address: the register's codes of address places and RÚIAN's points."""

from sqlalchemy import select

from portal.catalog.jobs import take_file
from portal.catalog.models import CatalogImport, Service
from portal.catalog.types import ImportState
from portal.core.db import db
from portal.core.permissions import OPERATOR
from portal.territory.addresses.ingest import read_addresses
from tests.factories.addresses import SMALL_REGION, Address, content_of, row_of, write_archive
from tests.factories.register import apply, some_entries, write_files


def test_addresses_come_in_an_archive_too_and_stand_where_the_map_has_them(territory, tmp_path):
    entries = some_entries(20)
    codes = address_codes(entries)
    places = [Address(code, house=str(number)) for number, code in enumerate(codes, start=1)]
    rows = [row_of(place) for place in places]
    archive = write_archive(tmp_path / "kraj.zip", {"CSV/20260101_OB_500496_ADR.csv": content_of(rows)})
    files = write_files(tmp_path, entries)
    apply(take_file(OPERATOR, type(files)(files.register, files.lists_folder, (archive,))))
    points = read_addresses([archive], SMALL_REGION).points
    there = dict(zip(points.code, zip(points.lon, points.lat, strict=True), strict=True))
    exact = [f for s in db.session.scalars(select(Service)) for f in s.facilities if f.point_is_exact]
    assert len(exact) == len(codes)
    assert {(f.lon, f.lat) for f in exact} == {there[f.address_place_code] for f in exact}


def test_a_faulty_address_file_is_told_by_its_row(territory, tmp_path):
    entries = some_entries(5)
    addresses = tmp_path / "adresy.csv"
    addresses.write_bytes(content_of([row_of(Address(1), {"Souřadnice Y": "1121000", "Souřadnice X": "546000"})]))
    files = write_files(tmp_path, entries)
    info = take_file(OPERATOR, type(files)(files.register, files.lists_folder, (addresses,)))
    assert info.state is ImportState.REJECTED
    assert str(info.reasons[0]) == "The address files have 1 fault."
    stored = db.session.get(CatalogImport, info.id)
    assert [fault["path"] for fault in stored.row_errors] == ["adresy.csv:2"]
    elsewhere = tmp_path / "jinde.csv"
    elsewhere.write_bytes(content_of([row_of(Address(1, town=("554782", "Praha")))]))
    info = take_file(OPERATOR, type(files)(files.register, files.lists_folder, (elsewhere,)))
    assert info.state is ImportState.REJECTED
    assert "holds no address point of Olomoucký kraj" in str(info.reasons[0])


def address_codes(entries):
    """Codes of address places, each once."""
    found = (
        facility["adresa"]["kodAdresnihoMista"]
        for entry in entries
        for facility in entry["zarizeni"]
        if facility["adresa"] and facility["adresa"]["kodAdresnihoMista"]
    )
    return list(dict.fromkeys(found))
