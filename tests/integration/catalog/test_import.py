"""Taking the register in: preview, apply, wait, repeat, take back."""

import json
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from portal.catalog.jobs import take_file
from portal.catalog.models import (
    CatalogImport,
    CatalogImportChange,
    CodeListItem,
    Provider,
    Service,
)
from portal.catalog.service.imports.applying import apply_import, discard_import
from portal.catalog.service.imports.rollback import roll_back_import
from portal.catalog.service.version import current_version
from portal.catalog.types import ImportState
from portal.core.audit import AuditEntry
from portal.core.clock import frozen_at
from portal.core.db import db
from portal.core.errors import Forbidden, ImportRejected, NotFound
from portal.core.permissions import OPERATOR, PUBLIC_ACTOR
from portal.core.transaction import transaction
from tests.factories.register import (
    ABOUT_IMPORTS,
    apply,
    changed,
    count,
    dump,
    find,
    rename,
    some_entries,
    take,
    take_and_apply,
    write_files,
)


def test_without_a_territory_nothing_can_be_placed(app, tmp_path):
    with pytest.raises(ImportRejected, match="no territory"):
        take(tmp_path, some_entries(2))


def test_a_preview_writes_nothing_the_public_sees(territory, tmp_path):
    before, version = dump(), current_version()
    info = take(tmp_path, some_entries(40))
    assert (info.state, info.added, info.changed, info.ended) == (ImportState.PREVIEWED, 40, 0, 0)
    assert dump() == before
    assert current_version() == version


def test_an_applied_file_is_in_the_catalogue_with_all_its_parts(territory, tmp_path):
    entries = some_entries(40)
    version = current_version()
    info = take_and_apply(tmp_path, entries)
    assert info.state is ImportState.APPLIED
    assert current_version() == version + 1
    assert count(Service) == 40
    entry = next(entry for entry in entries if entry["zarizeni"][0]["adresa"])
    service = find(entry["portalId"])
    address = entry["zarizeni"][0]["adresa"]
    facility = service.facilities[0]
    assert service.provider.name == entry["poskytovatel"]["nazev"]
    assert service.identifier == entry["identifikator"]
    assert facility.name == entry["zarizeni"][0]["nazev"]
    assert f"Obec/{facility.municipality_code}" == address["obec"]["id"]
    assert facility.orp_name in ("Olomouc", "Šumperk")
    assert (facility.lon, facility.point_is_exact) != (None, True)
    capacity = entry["formy"][0]["kapacity"][0]
    assert capacity["pocet"] in [c.amount for form in service.forms for c in form.capacities]
    assert {contact.kind for contact in service.contacts} == {"phone", "email", "web"}
    assert count(CodeListItem) > 20


def test_the_same_file_twice_is_taken_once(territory, tmp_path):
    entries = some_entries(40, traps=True)
    first = take_and_apply(tmp_path, entries)
    everything = dump(leave_out=set())
    again = take(tmp_path, entries)
    assert again.repeated
    assert again.id == first.id
    assert apply(again).id == first.id
    assert {name: rows for name, rows in dump(leave_out=set()).items() if name != "catalog_version"} == {
        name: rows for name, rows in everything.items() if name != "catalog_version"
    }


def test_a_preview_of_the_same_file_is_not_made_twice_either(territory, tmp_path):
    entries = some_entries(5)
    assert take(tmp_path, entries).id == take(tmp_path, entries).id


def test_the_preview_names_what_changes_in_which_field(territory, tmp_path):
    entries = some_entries(60)
    take_and_apply(tmp_path, entries)

    def change(entry):
        entry["telefony"] = [{"telefon": "000111222", "poznamka": None}]

    info = take(tmp_path, changed(entries, 3, change))
    assert (info.state, info.added, info.changed, info.ended) == (ImportState.PREVIEWED, 0, 1, 0)
    change_row = db.session.scalar(select(CatalogImportChange).where(CatalogImportChange.import_id == info.id))
    assert change_row.register_id == entries[3]["portalId"]
    assert [difference["field"] for difference in change_row.differences] == ["contacts"]
    assert change_row.differences[0]["new"] == ["+420 000 111 222"]


def test_a_service_gone_from_the_file_is_marked_ended_and_comes_back_when_it_does(territory, tmp_path):
    entries = some_entries(60)
    take_and_apply(tmp_path, entries)
    gone = entries[7]["portalId"]
    with frozen_at(datetime(2026, 9, 1, 12, tzinfo=UTC)):
        info = take_and_apply(tmp_path, entries[:7] + entries[8:])
    assert (info.added, info.changed, info.ended) == (0, 0, 1)
    service = find(gone)
    assert (service.ended_on, service.missing_since) == (date(2026, 8, 31), date(2026, 9, 1))
    assert service.contacts
    with frozen_at(datetime(2026, 9, 1, 13, tzinfo=UTC)):
        again = take_and_apply(tmp_path, changed([*entries[:7], *entries[8:]], 0, rename))
    assert (again.changed, again.ended) == (1, 0)
    with frozen_at(datetime(2026, 9, 5, 12, tzinfo=UTC)):
        take_and_apply(tmp_path, entries)
    service = find(gone)
    assert (service.ended_on, service.missing_since) == (None, None)


def test_a_change_of_more_than_one_in_twenty_waits_and_leaves_the_catalogue_alone(territory, tmp_path):
    entries = some_entries(60)
    take_and_apply(tmp_path, entries)
    live = dump()
    file = entries
    for number in range(4):
        file = changed(file, number, rename)
    info = take(tmp_path, file)
    assert info.state is ImportState.WAITING
    assert "more than 5 %" in str(info.reasons[0])
    with pytest.raises(Forbidden, match="waits"):
        apply(info, confirmed=False)
    assert dump() == live
    assert apply(info, confirmed=True).state is ImportState.APPLIED
    assert find(entries[0]["portalId"]).name == "Nové jméno"


def test_exactly_one_in_twenty_need_not_wait(territory, tmp_path):
    entries = some_entries(67)
    take_and_apply(tmp_path, entries)
    active = sum(not service.ended_on for service in db.session.scalars(select(Service)))
    assert 60 <= active < 80
    file = entries
    plain = [n for n, entry in enumerate(entries) if not entry["datumPoskytovaniDo"] and entry["zarizeni"][0]["adresa"]]
    for number in plain[:3]:
        file = changed(file, number, rename)
    assert take(tmp_path, file).state is ImportState.PREVIEWED


def test_a_truncated_half_of_the_register_waits(territory, tmp_path):
    entries = some_entries(40)
    take_and_apply(tmp_path, entries)
    info = take(tmp_path, entries[:20])
    assert info.state is ImportState.WAITING


def test_the_first_file_of_an_empty_catalogue_need_not_wait_but_one_with_faults_does(territory, tmp_path):
    info = take(tmp_path, some_entries(40, faults=4))
    assert info.state is ImportState.WAITING
    assert info.error_count == 4
    paths = [fault.path for fault in info.faults if fault.is_error]
    assert paths[0].startswith("polozky[0].poskytovatel.ico (portalId 200000)")
    assert any("kapacity[0].pocet" in path for path in paths)
    assert any("zarizeni" in path for path in paths)


def test_a_service_whose_entry_cannot_be_read_stays_as_it_was(territory, tmp_path):
    entries = some_entries(60)
    take_and_apply(tmp_path, entries)

    def spoil(entry):
        entry["formy"] = "pobytová"

    info = take(tmp_path, changed(entries, 2, spoil))
    assert (info.state, info.ended, info.error_count) == (ImportState.WAITING, 0, 1)
    apply(info)
    assert find(entries[2]["portalId"]).ended_on is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"{}", 'no list "polozky"'),
        (b"[]", 'no list "polozky"'),
        (b'{"polozky": null}', 'no list "polozky"'),
        (b'{"polozky": []}', "holds no services"),
        (b'{"polozky": [{"portalId": 1,', "not valid JSON"),
        (b"PK\x03\x04", "compressed"),
        (b"\xff\xfe{}", "not valid JSON"),
        ('{"polozky": [{"nazev": "ř"}]}'.encode("cp1250"), "not valid JSON"),
        (b'{"polozky": [1, 2, 3]}', "lack a field"),
        (b'{"polozky": [{"portalId": 1, "zarizeni": []}]}', "no services of the region"),
    ],
)
def test_a_file_that_is_no_register_is_rejected_with_a_sentence(territory, tmp_path, content, reason):
    take_and_apply(tmp_path, some_entries(5))
    live = dump()
    info = take(tmp_path / "bad", content)
    assert info.state is ImportState.REJECTED
    assert reason in str(info.reasons[0])
    assert dump() == live
    with pytest.raises(Forbidden):
        apply(info)


def test_a_missing_code_list_is_named(territory, tmp_path):
    files = write_files(tmp_path, some_entries(3))
    (files.lists_folder / "druhy-socialni-sluzby.json").unlink()
    info = take(tmp_path, some_entries(3))
    assert info.state is ImportState.REJECTED
    assert "druhy-socialni-sluzby.json" in str(info.reasons[0])


def test_a_discarded_import_changes_nothing_and_cannot_be_applied(territory, tmp_path):
    info = take(tmp_path, some_entries(5))
    with transaction():
        discard_import(OPERATOR, import_id=info.id)
    with pytest.raises(Forbidden):
        apply(info)
    with pytest.raises(Forbidden), transaction():
        discard_import(OPERATOR, import_id=info.id)
    assert count(Service) == 0


def test_who_may_not_import_can_neither_apply_nor_take_back(territory, tmp_path):
    info = take(tmp_path, some_entries(5))
    with pytest.raises(Forbidden), transaction():
        apply_import(PUBLIC_ACTOR, import_id=info.id)
    with pytest.raises(Forbidden), transaction():
        roll_back_import(PUBLIC_ACTOR)


def test_an_import_that_does_not_exist_is_not_found(territory):
    with pytest.raises(NotFound), transaction():
        apply_import(OPERATOR, import_id=404)


def test_each_step_is_in_the_audit_log(territory, tmp_path):
    take_and_apply(tmp_path, some_entries(5))
    with transaction():
        roll_back_import(OPERATOR)
    take(tmp_path, b"")
    actions = list(db.session.scalars(select(AuditEntry.action).where(AuditEntry.object_kind == "catalog_import")))
    assert actions == [
        "catalog.import.previewed",
        "catalog.import.applied",
        "catalog.import.rolled_back",
        "catalog.import.rejected",
    ]


def test_the_number_of_statements_does_not_grow_with_the_services_of_a_chunk(territory, tmp_path, queries):
    counts = []
    for services in (10, 200):
        queries.statements.clear()
        take_and_apply(tmp_path, some_entries(services))
        first = queries.count
        queries.statements.clear()
        with transaction():
            roll_back_import(OPERATOR)
        counts.append((first, queries.count))
    assert counts[0] == counts[1]


def test_a_later_and_richer_territory_moves_places_without_counting_as_a_change(territory, tmp_path):
    entries = some_entries(20)
    take_and_apply(tmp_path, entries)
    codes = [
        facility["adresa"]["kodAdresnihoMista"]
        for entry in entries
        for facility in entry["zarizeni"]
        if facility["adresa"] and facility["adresa"]["kodAdresnihoMista"]
    ]
    files = write_files(tmp_path, entries)
    addresses = tmp_path / "adresy.csv"
    write_addresses(addresses, codes, municipality="500496")
    info = take_file(OPERATOR, type(files)(files.register, files.lists_folder, (addresses,)))
    assert info.state is ImportState.PREVIEWED
    assert info.changed > 10
    assert info.counted == 0
    apply(info)
    exact = [f for s in db.session.scalars(select(Service)) for f in s.facilities if f.point_is_exact]
    assert len(exact) == len(codes)
    assert all(16 < facility.lon < 19 and 49 < facility.lat < 51 for facility in exact)


def write_addresses(path, codes, municipality):
    head = (
        "Kód ADM;Kód obce;Název obce;Kód MOMC;Název MOMC;Kód obvodu Prahy;Název obvodu Prahy;Kód části obce;"
        "Název části obce;Kód ulice;Název ulice;Typ SO;Číslo domovní;Číslo orientační;Znak čísla orientačního;PSČ;"
        "Souřadnice Y;Souřadnice X;Platí Od"
    )
    rows = [
        f"{code};{municipality};Olomouc;;;;;1;Olomouc;;;č.p.;2;;;77900;546000.00;1121000.00;2022-08-24T00:00:00"
        for code in codes
    ]
    path.write_text("\r\n".join([head, *rows]) + "\r\n", encoding="cp1250", newline="")


def test_stored_provider_data_and_record_hold_what_the_register_says_and_no_more(territory, tmp_path):
    entries = some_entries(5)
    take_and_apply(tmp_path, entries)
    record = json.loads(find(entries[0]["portalId"]).record)
    assert set(record) == {
        "register_id", "identifier", "type_code", "provider", "name", "started_on", "ended_on", "region_wide",
        "age_note", "target_groups", "age_groups", "contacts", "forms", "facilities",
    }  # fmt: skip
    assert count(Provider) <= 5
    assert count(CatalogImport) == 1
    assert ABOUT_IMPORTS.isdisjoint(dump())
