"""Providers keep their entries true, the kraj answers; on both databases."""

import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from portal.catalog.models import EditProposal, Service
from portal.catalog.service import upkeep
from portal.core.audit import AuditEntry
from portal.core.clock import frozen_at
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, NotFound
from portal.core.permissions import OPERATOR, Actor, Grant, Role
from portal.core.transaction import ConstraintViolated, transaction
from tests.factories.accounts import FOREIGN_ICO, OWN_ICO, login, make_user
from tests.factories.catalog import find_or_make_provider, make_service

EDITOR = Actor(user_id=1, name="Eva", grants=frozenset({Grant(Role.PROVIDER_EDITOR, OWN_ICO)}))
STRANGER = Actor(user_id=2, name="Cyril", grants=frozenset({Grant(Role.PROVIDER_EDITOR, FOREIGN_ICO)}))
NOON = datetime(2026, 8, 3, 10, tzinfo=UTC)


@pytest.fixture
def entry(app) -> int:
    with transaction():
        service = make_service(
            find_or_make_provider(OWN_ICO), type_code="40", name="Domácí péče", phone="583 111 222", email="a@b.example"
        )
    return service.register_id


@pytest.fixture
def editor(app, client):
    return login(client, make_user(role="provider_editor"))


@pytest.fixture
def key_worker(app):
    return login(app.test_client(), make_user(role="key_worker"))


def seen(register_id: int) -> str:
    return upkeep.get_entry(OPERATOR, register_id).fingerprint


def stored(register_id: int) -> Service:
    db.session.expire_all()
    return db.session.scalars(select(Service).where(Service.register_id == register_id)).one()


def propose(register_id: int, **texts: str) -> int:
    with transaction():
        return upkeep.propose(EDITOR, register_id=register_id, texts=texts, comment="", seen=seen(register_id))


def accept(proposal_id: int) -> None:
    with transaction():
        shown = upkeep.get_proposal(proposal_id).fingerprint
        upkeep.accept(OPERATOR, proposal_id=proposal_id, reply="", seen=shown)


def hidden(page: str, name: str) -> str:
    match = re.search(f'name="{name}" value="([^"]*)"', page)
    assert match is not None
    return match[1]


def post(client, path: str, from_page: str, **fields: str):
    """Send the form of a page as a browser would: with its token and its hidden fingerprint."""
    page = client.get(from_page).text
    return client.post(path, data={"csrf_token": hidden(page, "csrf_token"), "seen": hidden(page, "seen"), **fields})


def test_a_confirmation_says_who_and_when_and_shows_in_public(editor, entry):
    path = f"/overeni-udaju/{entry}"
    with frozen_at(NOON):
        assert "nikdy neověřeno" in editor.get("/overeni-udaju").text
        answer = post(editor, f"{path}/potvrzeni", path)
        assert answer.status_code == 302
        assert "ověřeno 3.\xa08.\xa02026" in editor.get(f"/katalog/sluzba/{entry}").text
    assert stored(entry).verified_on == date(2026, 8, 3)
    record = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "catalog.entry.confirmed")).one()
    assert (record.object_key, record.actor_name) == (str(entry), "Jana Nováková")


def test_what_changed_in_between_is_not_confirmed_unseen(editor, entry):
    path = f"/overeni-udaju/{entry}"
    page = editor.get(path).text
    with transaction():
        stored(entry).name = "Jiný název"
    answer = editor.post(
        f"{path}/potvrzeni", data={"csrf_token": hidden(page, "csrf_token"), "seen": hidden(page, "seen")}
    )
    assert answer.status_code == 409
    assert "Jiný název" in answer.text
    assert stored(entry).verified_on is None


def test_an_ended_service_is_not_confirmed(app):
    with transaction():
        ended = make_service(find_or_make_provider(OWN_ICO), ended_on=date(2020, 1, 31)).register_id
    with pytest.raises(Forbidden), transaction():
        upkeep.confirm(EDITOR, register_id=ended, seen=seen(ended))
    assert upkeep.list_own_entries(EDITOR) == []


def test_the_most_neglected_entries_stand_first(app):
    with frozen_at(NOON), transaction():
        provider = find_or_make_provider(OWN_ICO)
        for name, verified_on in (
            ("čerstvá", date(2026, 7, 1)),
            ("loňská", date(2025, 12, 1)),
            ("stará", date(2024, 1, 1)),
            ("nikdy", None),
        ):
            make_service(provider, name=name, verified_on=verified_on)
    with frozen_at(NOON):
        found = upkeep.list_own_entries(EDITOR)
    assert [(entry.name, entry.freshness.value) for entry in found] == [
        ("stará", "overdue"),
        ("nikdy", "never"),
        ("loňská", "due"),
        ("čerstvá", "fresh"),
    ]


def test_an_entry_changed_by_an_import_after_the_confirmation_says_so(editor, app):
    with transaction():
        make_service(find_or_make_provider(OWN_ICO), verified_on=date(2026, 1, 1), changed_on=date(2026, 2, 1))
    assert "Registr od té doby údaje změnil, a to 1.\xa02.\xa02026" in editor.get("/overeni-udaju").text


def test_a_proposal_goes_from_the_provider_through_the_kraj_to_the_public(editor, key_worker, entry):
    path = f"/overeni-udaju/{entry}/uprava"
    answer = post(
        editor, path, path, name="Domácí péče", phone="583 999 888 (dispečink)\r\n777 111 222", email="a@b.example",
        web="", description="Chodíme za vámi domů.", age_note="", hours_outreach="po-pá 7-19", comment="Nová ústředna",
    )  # fmt: skip
    assert answer.status_code == 302
    assert "583 999 888" not in editor.get(f"/katalog/sluzba/{entry}").text
    proposal = db.session.scalars(select(EditProposal)).one()
    assert set(proposal.changes) == {"phone", "description", "hours_outreach"}

    review = key_worker.get("/sprava/navrhy").text
    assert "Čeká 1 návrh" in review
    page = f"/sprava/navrhy/{proposal.id}"
    assert "Nová ústředna" in key_worker.get(page).text
    assert post(key_worker, f"{page}/prijeti", page, reply="Děkujeme").status_code == 302

    public = editor.get(f"/katalog/sluzba/{entry}").text
    assert "583 999 888" in public
    assert "(dispečink)" in public
    assert "po-pá 7-19" in public
    assert "Chodíme za vámi domů." in public
    assert set(stored(entry).kept_fields) == {"hours_outreach", "phone"}
    assert stored(entry).verified_on is None  # only the provider's own confirmation sets it
    assert "Děkujeme" in editor.get(f"/overeni-udaju/{entry}").text


def test_the_kraj_declines_with_a_reason(editor, key_worker, entry):
    proposal_id = propose(entry, name="Nej služba")
    page = f"/sprava/navrhy/{proposal_id}"
    refused = post(key_worker, f"{page}/odmitnuti", page, reply=" ")
    assert refused.status_code == 422
    assert "Napište důvod" in refused.text
    assert post(key_worker, f"{page}/odmitnuti", page, reply="Název je v registru jiný").status_code == 302
    assert stored(entry).name == "Domácí péče"
    assert "Název je v registru jiný" in editor.get(f"/overeni-udaju/{entry}").text


def test_a_planner_may_look_but_not_decide(app, client, entry):
    proposal_id = propose(entry, name="Nový název")
    planner = login(client, make_user(role="planner"))
    page = planner.get(f"/sprava/navrhy/{proposal_id}")
    assert page.status_code == 200
    assert "Přijmout" not in page.text


def test_the_provider_takes_its_proposal_back_and_makes_another(editor, entry):
    proposal_id = propose(entry, name="Překlep")
    with pytest.raises(Conflict, match="already waits"):
        propose(entry, name="Druhý")
    page = editor.get(f"/overeni-udaju/{entry}").text
    answer = editor.post(f"/overeni-udaju/navrhy/{proposal_id}/zpet", data={"csrf_token": hidden(page, "csrf_token")})
    assert answer.status_code == 302
    assert propose(entry, name="Druhý") != proposal_id
    with pytest.raises(Conflict, match="already been settled"), transaction():
        upkeep.withdraw(EDITOR, proposal_id=proposal_id)


def test_the_database_itself_refuses_a_second_open_proposal(entry):
    propose(entry, name="První")
    service_id = stored(entry).id
    with pytest.raises(ConstraintViolated) as caught, transaction() as session:
        session.add(EditProposal(service_id=service_id, state="open", changes={}, proposed_at_utc=NOON))
    assert caught.value.name == "uq_catalog_edit_proposals_service_id"


def test_a_form_sent_over_a_changed_entry_shows_both(editor, entry):
    path = f"/overeni-udaju/{entry}/uprava"
    page = editor.get(path).text
    with transaction():
        stored(entry).name = "Název od kolegy"
    answer = editor.post(
        path, data={"csrf_token": hidden(page, "csrf_token"), "seen": hidden(page, "seen"), "name": "Můj název"}
    )
    assert answer.status_code == 409
    assert "Název od kolegy" in answer.text
    assert 'value="Můj název"' in answer.text
    assert db.session.scalars(select(EditProposal)).all() == []


def test_faults_of_the_form_stand_on_their_fields_and_nothing_is_lost(editor, entry):
    path = f"/overeni-udaju/{entry}/uprava"
    answer = post(editor, path, path, name="", phone="zavolejte", email="a@b.example", comment="hm")
    assert answer.status_code == 422
    assert "Vyplňte název služby." in answer.text
    assert "„zavolejte“ není telefonní číslo" in answer.text
    assert ">zavolejte</textarea>" in answer.text
    assert ">hm</textarea>" in answer.text


def test_a_proposal_that_changes_nothing_is_sent_back(editor, entry):
    path = f"/overeni-udaju/{entry}/uprava"
    answer = post(editor, path, path, name="Domácí péče", phone="583 111 222", email="a@b.example")
    assert answer.status_code == 422
    assert "Nic se neliší" in answer.text


def test_the_kraj_accepts_only_what_it_has_seen(key_worker, entry):
    proposal_id = propose(entry, name="Nový název")
    page = f"/sprava/navrhy/{proposal_id}"
    before = key_worker.get(page).text
    with transaction():
        stored(entry).name = "Název z registru"
    fields = {"csrf_token": hidden(before, "csrf_token"), "seen": hidden(before, "seen")}
    answer = key_worker.post(f"{page}/prijeti", data=fields)
    assert answer.status_code == 409
    assert "Název z registru" in answer.text  # what stands there now is shown beside the proposal
    assert post(key_worker, f"{page}/prijeti", page).status_code == 302
    assert stored(entry).name == "Nový název"


def test_a_proposal_is_settled_once(entry):
    proposal_id = propose(entry, name="Nový název")
    accept(proposal_id)
    with pytest.raises(Conflict, match="already been settled"), transaction():
        upkeep.decline(OPERATOR, proposal_id=proposal_id, reply="přece ne")
    assert stored(entry).name == "Nový název"


def test_contacts_can_be_taken_away(entry):
    accept(propose(entry, phone="", email=""))
    assert stored(entry).contacts == []
    assert set(stored(entry).kept_fields) == {"email", "phone"}


def test_entries_and_proposals_of_others_look_missing(entry):
    proposal_id = propose(entry, name="Nový název")
    for attempt in (
        lambda: upkeep.get_entry(STRANGER, entry),
        lambda: upkeep.confirm(STRANGER, register_id=entry, seen=""),
        lambda: upkeep.propose(STRANGER, register_id=entry, texts={}, comment="", seen=""),
        lambda: upkeep.withdraw(STRANGER, proposal_id=proposal_id),
    ):
        with pytest.raises(NotFound), transaction():
            attempt()
    assert upkeep.list_own_entries(STRANGER) == []


def test_lists_ask_a_fixed_number_of_times(editor, key_worker, app, queries):
    def asked(who, path: str) -> int:
        db.session.expunge_all()
        queries.statements.clear()
        assert who.get(path).status_code == 200
        return queries.count

    with transaction():
        first = make_service(find_or_make_provider(OWN_ICO)).register_id
    propose(first, name="Jedna")
    before = [asked(editor, "/overeni-udaju"), asked(key_worker, "/sprava/navrhy")]
    for _ in range(4):
        with transaction():
            register_id = make_service(find_or_make_provider(OWN_ICO)).register_id
        propose(register_id, name="Další")
    assert [asked(editor, "/overeni-udaju"), asked(key_worker, "/sprava/navrhy")] == before
