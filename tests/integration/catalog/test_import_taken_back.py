"""An import is taken back as if it had never been; what providers settled stays."""

from datetime import UTC, date, datetime

import pytest

from portal.catalog.models import (
    Contact,
    Service,
)
from portal.catalog.queries import imports as queries
from portal.catalog.service.imports.rollback import roll_back_import
from portal.catalog.types import ImportState
from portal.core.clock import frozen_at
from portal.core.errors import Conflict, Forbidden, NotFound
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.returns.models import Return
from tests.factories.register import (
    apply,
    changed,
    count,
    dump,
    find,
    rename,
    some_entries,
    take,
    take_and_apply,
)
from tests.factories.returns import make_return


def test_apply_and_rollback_leave_no_trace_in_the_catalogue(territory, tmp_path):
    entries = some_entries(80, traps=True)
    take_and_apply(tmp_path, entries[:70])
    before = dump()
    file = changed(entries, 5, rename)
    file = changed(file, 9, lambda entry: entry["poskytovatel"].update(nazev="Přejmenovaný, z. s."))
    info = take_and_apply(tmp_path, [*file[:30], *file[31:]])
    assert dump() != before
    with transaction():
        back = roll_back_import(OPERATOR)
    assert back.id == info.id
    assert back.state is ImportState.ROLLED_BACK
    assert dump() == before


def test_rolling_back_the_first_import_empties_the_catalogue(territory, tmp_path):
    before = dump()
    take_and_apply(tmp_path, some_entries(20, traps=True))
    with transaction():
        roll_back_import(OPERATOR)
    assert dump() == before
    with pytest.raises(NotFound), transaction():
        roll_back_import(OPERATOR)


def test_a_file_taken_back_can_be_taken_again(territory, tmp_path):
    entries = some_entries(10)
    first = take_and_apply(tmp_path, entries)
    with transaction():
        roll_back_import(OPERATOR, import_id=first.id)
    second = take_and_apply(tmp_path, entries)
    assert second.id != first.id
    assert count(Service) == 10


def test_only_the_last_import_can_be_taken_back_then_the_one_before(territory, tmp_path):
    entries = some_entries(60)
    first = take_and_apply(tmp_path, entries)
    second = take_and_apply(tmp_path, changed(entries, 0, rename))
    with pytest.raises(Forbidden, match=str(second.id)), transaction():
        roll_back_import(OPERATOR, import_id=first.id)
    for expected in (second, first):
        with transaction():
            assert roll_back_import(OPERATOR).id == expected.id


def test_what_the_provider_settled_survives_an_import_and_a_rollback(territory, tmp_path):
    entries = some_entries(60)
    take_and_apply(tmp_path, entries)
    number = next(n for n, entry in enumerate(entries) if not entry["datumPoskytovaniDo"])
    register_id = entries[number]["portalId"]
    with transaction():
        service = find(register_id)
        service.verified_on = date(2026, 8, 1)
        service.description = "Vaříme každý den."
        service.in_network = True
        service.kept_fields = ["phone", "name", f"hours_{service.forms[0].form}"]
        service.name = "Jméno od poskytovatele"
        service.forms[0].hours = "jen v úterý"
        service.contacts = [Contact(kind="phone", value="+420 000 000 001")]

    def change(entry):
        rename(entry)
        entry["telefony"] = [{"telefon": "000999999"}]
        entry["emaily"] = [{"email": "novy@dum.example"}]
        for form in entry["formy"]:
            form["casoveRozsahy"] = "jindy"

    def settled():
        service = find(register_id)
        contacts = {contact.kind: contact.value for contact in service.contacts}
        return (
            service.name,
            service.verified_on,
            service.description,
            service.in_network,
            service.forms[0].hours,
            contacts["phone"],
        )

    before = settled()
    with frozen_at(datetime(2026, 9, 1, 12, tzinfo=UTC)):
        take_and_apply(tmp_path, changed(entries, number, change))
    assert settled() == before
    service = find(register_id)
    assert {contact.value for contact in service.contacts} >= {"novy@dum.example"}
    assert "+420 000 999 999" not in {contact.value for contact in service.contacts}
    assert service.changed_on == date(2026, 9, 1) > service.verified_on
    with transaction():
        service.description = "Vaříme dvakrát denně."
    with transaction():
        roll_back_import(OPERATOR)
    assert settled() == (*before[:2], "Vaříme dvakrát denně.", *before[3:])
    assert "novy@dum.example" not in {contact.value for contact in find(register_id).contacts}


def test_a_preview_made_before_another_import_cannot_be_applied_any_more(territory, tmp_path):
    entries = some_entries(60)
    take_and_apply(tmp_path, entries)
    slow = take(tmp_path, changed(entries, 0, rename))
    quick = take(tmp_path, changed(entries, 1, rename))
    apply(quick)
    with pytest.raises(Conflict):
        apply(slow)
    assert find(entries[0]["portalId"]).name != "Nové jméno"


def test_an_import_whose_service_has_a_return_already_cannot_be_taken_back_and_says_which(territory, tmp_path):
    entries = some_entries(12)
    take_and_apply(tmp_path, entries)
    numbers = sorted(entry["portalId"] for entry in entries)
    store_returns(numbers[8:9])
    with pytest.raises(Conflict, match=rf"1 service it added .*in the register: {numbers[8]}\)"), transaction():
        roll_back_import(OPERATOR)
    store_returns(numbers[3:8])
    before = dump()
    first = ", ".join(map(str, numbers[3:8]))
    with pytest.raises(Conflict, match=rf"6 services it added .*in the register: {first}, …\)"), transaction():
        roll_back_import(OPERATOR)
    assert dump() == before


def test_a_return_of_a_service_that_was_there_before_is_in_nobodys_way(territory, tmp_path):
    entries = some_entries(60)
    take_and_apply(tmp_path, entries[:59])
    store_returns([entries[5]["portalId"]])
    before = dump()
    take_and_apply(tmp_path, changed(entries, 5, rename))
    with transaction():
        roll_back_import(OPERATOR)
    assert dump() == before


def test_a_return_begun_while_an_import_is_taken_back_stops_it(territory, tmp_path, monkeypatch):
    entries = some_entries(3)
    take_and_apply(tmp_path, entries)
    store_returns([entries[0]["portalId"]])
    before = dump()
    look = queries.added_services_in_use
    answers = iter([lambda _import_id: [], look])
    monkeypatch.setattr(queries, "added_services_in_use", lambda import_id: next(answers)(import_id))
    with pytest.raises(Conflict, match=str(entries[0]["portalId"])), transaction():
        roll_back_import(OPERATOR)
    assert dump() == before


def test_a_service_gone_from_the_register_ends_and_keeps_its_returns(territory, tmp_path):
    entries = some_entries(60)
    take_and_apply(tmp_path, entries)
    store_returns([entries[7]["portalId"]])
    take_and_apply(tmp_path, entries[:7] + entries[8:])
    assert find(entries[7]["portalId"]).ended_on is not None
    assert count(Return) == 1


def store_returns(register_ids):
    with transaction():
        for register_id in register_ids:
            make_return(find(register_id), "2026Q2", state="draft")
