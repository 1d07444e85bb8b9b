"""Persons linked: by the vault, by people, counted, taken back, erased."""

import json
from datetime import timedelta
from hashlib import blake2b

import pytest
from sqlalchemy import func, select

from portal.core.audit import AuditEntry
from portal.core.clock import frozen_at
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.jobs import Job
from portal.core.messages import _m
from portal.core.permissions import OPERATOR, Actor, Grant, Role
from portal.core.transaction import transaction
from portal.demo.population.records import generate
from portal.identity.kinds import linkage_inputs, oprf_input
from portal.identity.types import Identity
from portal.vault.rotation import rotate
from portal.vault.types import VaultUnavailable
from portal.waitlists import service as waitlists
from portal.waitlists.links import jobs, service
from portal.waitlists.links.commands import link_command
from portal.waitlists.links.models import LinkingRun, PersonPair, PersonPairEvent
from portal.waitlists.links.types import PairState, Verdict, View
from portal.waitlists.models import Application, Person
from portal.waitlists.types import group_of
from tests.factories.accounts import FOREIGN_ICO, OWN_ICO, login, make_user
from tests.factories.links import make_pair, make_person
from tests.factories.vault import fresh_vault, person
from tests.factories.waitlists import apply_for, make_groups, the_vault
from tests.integration.waitlists.conftest import NOW

KRAJ = Actor(8, "Karel Krajský", frozenset({Grant(Role.KEY_WORKER)}))
AUDITOR = Actor(9, "Alena Auditorová", frozenset({Grant(Role.AUDITOR)}))
EDITOR = Actor(7, "Eva Editorová", frozenset({Grant(Role.PROVIDER_EDITOR, OWN_ICO)}))


def groups():
    query = select(Person.ref, Person.sure_group, Person.probable_group)
    return {ref: (sure, probable) for ref, sure, probable in db.session.execute(query)}


def people():
    db.session.expire_all()
    return db.session.execute(
        select(func.count(Person.probable_group.distinct()), func.count(Person.sure_group.distinct()))
    ).one()


def state(pair):
    return db.session.scalar(select(PersonPair.state).where(PersonPair.id == pair))


def version(pair):
    return db.session.scalar(select(PersonPair.version).where(PersonPair.id == pair))


def say(pair, verdict, actor=KRAJ, comment=""):
    with transaction():
        service.decide(actor, pair_id=pair, version=version(pair), verdict=verdict, comment=comment)


def take_back(pair):
    with transaction():
        service.undo(KRAJ, pair_id=pair, version=version(pair))


@pytest.fixture(autouse=True)
def _own_vault(app, tmp_path, monkeypatch):
    """Of each test alone, since linking looks at all persons of the vault."""
    with fresh_vault(tmp_path) as vault:
        monkeypatch.setitem(app.extensions, "portal_vault", vault)
        yield


@pytest.fixture
def linked(own, foreign):
    """One person at two providers, with and without the birth number, among others: linked by itself. Its pair."""
    with transaction():
        waitlists.derive_codes(the_vault(), OWN_ICO, [person(f"jiný {number}") for number in range(300)])
    apply_for(own, "Jana")
    apply_for(foreign, "Jana", "F-1", has_birth_number=False)
    service.do_linking(the_vault())
    [pair] = db.session.scalars(select(PersonPair.id))
    return pair


def test_decisions_are_remembered_and_can_be_undone(linked):
    assert (state(linked), people()) == (PairState.AUTO, (301, 301))
    say(linked, Verdict.DIFFERENT, comment="Sestry")
    assert (state(linked), people()) == (PairState.SPLIT, (302, 302))
    service.do_linking(the_vault())
    assert (state(linked), people()) == (PairState.SPLIT, (302, 302))
    assert service.list_pairs(KRAJ).total == 0
    take_back(linked)
    assert (state(linked), people()) == (PairState.AUTO, (301, 301))
    say(linked, Verdict.SAME)
    service.do_linking(the_vault())
    assert (state(linked), people()) == (PairState.LINKED, (301, 301))
    told = service.read_pair(AUDITOR, linked).events
    assert [(one.kind, one.actor_name, one.comment) for one in told] == [
        ("same", KRAJ.name, None),
        ("undone", KRAJ.name, None),
        ("different", KRAJ.name, "Sestry"),
    ]


def test_linking_again_changes_nothing_and_the_rotation_of_the_vault_keeps_links(linked):
    say(linked, Verdict.SAME)
    before = groups(), state(linked), version(linked)
    service.do_linking(the_vault())
    vault = the_vault()
    rotate(vault._settings, lambda *_: None)
    service.do_linking(vault)
    assert (groups(), state(linked), version(linked)) == before
    assert db.session.scalar(select(func.count()).select_from(PersonPair)) == 1
    [run] = {(one.persons, one.records, one.rules_version) for one in db.session.scalars(select(LinkingRun))}
    assert run[:2] == (302, 302)


def test_erasing_a_person_removes_its_pairs_and_groups_the_others_anew(own, foreign):
    middle = apply_for(own, "Jana")
    ref = db.session.get_one(Application, middle).person_ref
    with transaction():
        one, other = make_person(), make_person()
        ids = [make_pair(ref, end).id for end in (one, other)]
    for pair in ids:
        say(pair, Verdict.SAME, comment="Z téže obce")
    assert people() == (1, 1)
    with transaction():
        waitlists.erase_applicant(OPERATOR, vault=the_vault(), register_id=own.register_id, application_id=middle)
    assert people() == (2, 2)
    assert groups() == {ref: (group_of(ref), group_of(ref)) for ref in (one, other)}
    for model in (PersonPair, PersonPairEvent):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0


def test_decisions_that_contradict_others_are_refused(app):
    with transaction():
        a, b, c = sorted(make_person() for _ in range(3))
        ab, bc, ac = (make_pair(*two).id for two in ((a, b), (b, c), (a, c)))
    say(ab, Verdict.SAME)
    say(bc, Verdict.SAME)
    with pytest.raises(Invalid) as refused:
        say(ac, Verdict.DIFFERENT)
    assert list(refused.value.fields) == ["verdict"]
    take_back(bc)
    say(ac, Verdict.DIFFERENT)
    with pytest.raises(Invalid):
        say(bc, Verdict.SAME)
    assert people() == (2, 2)
    with pytest.raises(Invalid):
        say(ab, Verdict.LATER)
    with pytest.raises(Invalid) as named:
        say(bc, Verdict.LATER, comment="r. č. 445612/0123")
    assert list(named.value.fields) == ["comment"]
    # Linking finds none of the three; what people decided holds, and what they took back is proposed no more.
    service.do_linking(the_vault())
    assert [state(pair) for pair in (ab, ac, bc)] == [PairState.LINKED, PairState.SPLIT, PairState.GONE]
    assert people() == (2, 2)


def test_a_lost_decision_is_told_and_only_key_workers_decide(app):
    with transaction():
        pair = make_pair().id
    say(pair, Verdict.LATER)
    with pytest.raises(Conflict), transaction():
        service.decide(KRAJ, pair_id=pair, version=0, verdict=Verdict.SAME)
    for actor in (AUDITOR, EDITOR):
        with pytest.raises(Forbidden), transaction():
            service.decide(actor, pair_id=pair, version=1, verdict=Verdict.SAME)
    with pytest.raises(Forbidden):
        service.read_pair(EDITOR, pair)
    assert service.list_pairs(AUDITOR).total == 1


def test_the_record_of_changes_names_a_pair_by_its_number_alone(linked):
    say(linked, Verdict.SAME, comment="Ulice Dlouhá")
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action.like("waitlists.links.%"))).all()
    assert {entry.object_key for entry in entries} >= {str(linked)}
    written = json.dumps([[entry.object_key, entry.details] for entry in entries], default=str)
    pair = db.session.get_one(PersonPair, linked)
    assert "Dlouhá" not in written
    assert not any(ref.hex() in written or repr(ref) in written for ref in (pair.a_ref, pair.b_ref))


def test_the_night_links_once_a_day(own, app):
    apply_for(own, "Jana")
    for _ in range(2):
        jobs.nightly(app.extensions["portal_settings"])
    assert db.session.scalar(select(func.count()).select_from(LinkingRun)) == 1


@pytest.fixture
def broken(monkeypatch):
    """A vault that cannot be reached until ``broken.clear()``."""
    fault: list[Exception] = [VaultUnavailable(_m("The vault does not answer."))]

    def linking(vault, actor=OPERATOR):
        if fault:
            raise fault[0]
        return kept(vault, actor)

    kept = service.do_linking
    monkeypatch.setattr(service, "do_linking", linking)
    return fault


def test_a_linking_that_failed_is_shown_with_its_number_and_can_be_repeated(own, client, broken):
    apply_for(own, "Jana")
    login(client, make_user(role=Role.KEY_WORKER))
    assert client.post("/poradniky/vazby/prepocet").status_code == 303
    job = db.session.scalars(select(Job)).one()
    shown = client.get("/poradniky/vazby").text
    for words in ("Propojení selhalo", job.id, "The vault does not answer.", "Zkusit propojit znovu"):
        assert words in shown
    broken[0] = RuntimeError("ledger")
    with frozen_at(NOW + timedelta(minutes=1)):
        client.post("/poradniky/vazby/prepocet")
    shown = client.get("/poradniky/vazby").text
    assert "neočekávaně selhala" in shown
    assert "ledger" not in shown
    auditor = login(client.application.test_client(), make_user(role=Role.AUDITOR))
    read = auditor.get("/poradniky/vazby").text
    assert "Propojení selhalo" in read
    assert "Zkusit propojit znovu" not in read
    broken.clear()
    with frozen_at(NOW + timedelta(minutes=2)):
        client.post("/poradniky/vazby/prepocet")
    assert "Propojení selhalo" not in client.get("/poradniky/vazby").text


def test_the_night_tries_again_an_hour_after_a_failure(own, app, broken):
    apply_for(own, "Jana")
    settings = app.extensions["portal_settings"]
    for minutes, tried in ((0, 1), (15, 1), (61, 2)):
        with frozen_at(NOW + timedelta(minutes=minutes)):
            jobs.nightly(settings)
            assert db.session.scalar(select(func.count()).select_from(Job)) == tried
            assert service.linking_state().failure is not None
    broken.clear()
    with frozen_at(NOW + timedelta(hours=3)):
        jobs.nightly(settings)
        assert service.is_linked_on(NOW.date())
        assert service.linking_state() == service.LinkingState(is_running=False, failure=None)


def test_a_linking_whose_worker_died_is_told_and_hinders_no_further_one(app):
    with transaction():
        db.session.add(
            Job(id="ab" * 16, kind=jobs.LINK_JOB, state="running", arguments={}, result={}, created_at_utc=NOW)
        )
    with frozen_at(NOW + timedelta(minutes=5)):
        assert service.linking_state().is_running
    with frozen_at(NOW + timedelta(hours=7)):
        state = service.linking_state()
        assert (state.is_running, state.failure.reference) == (False, "ab" * 16)
        assert state.may_start(NOW + timedelta(hours=7))


def test_key_workers_decide_on_pages(client, linked, queries):
    make_groups()
    login(client, make_user(role=Role.KEY_WORKER))
    with transaction():
        following = make_pair(probability=0.3).id
        best = make_pair(probability=0.5).id
    for address, most in (("", 15), ("?stav=all", 15), (f"/{best}", 15), (f"/{linked}/skupina", 14)):
        queries.statements.clear()
        assert client.get(f"/poradniky/vazby{address}").status_code == 200
        assert queries.count <= most, queries.statements
    page = client.get("/poradniky/vazby").text
    assert page.index(f"/vazby/{best}") < page.index(f"/vazby/{following}")
    assert service.list_pairs(KRAJ).total == 2
    assert client.get("/poradniky/vazby?stav=x").status_code == 400
    answer = client.post(f"/poradniky/vazby/{best}", data={"version": 0, "verdict": "same"})
    assert answer.location.endswith(f"/vazby/{following}")
    late = client.post(f"/poradniky/vazby/{best}", data={"version": 0, "verdict": "different", "comment": "Moje věta"})
    assert late.status_code == 409
    assert "Moje věta" in late.text
    assert client.post(f"/poradniky/vazby/{best}/zpet", data={"version": 1}).status_code == 303
    assert state(best) == PairState.PROPOSED
    split = client.post(f"/poradniky/vazby/{linked}", data={"version": 0, "verdict": "different", "from": "group"})
    assert split.location.endswith(f"/vazby/{linked}/skupina")
    both = client.get(split.location).text
    pair = db.session.get_one(PersonPair, linked)
    assert not any(ref.hex() in both for ref in (pair.a_ref, pair.b_ref))
    assert service.list_pairs(KRAJ, view=View.SPLIT).total == 1


def test_persons_of_an_invented_population_are_counted_within_two_per_cent(own, foreign, app):
    population = generate(400, 0.15, 5)
    records, truth = population.records, population.truth
    fields = ("given_name", "surname", "date_of_birth", "birth_number", "sex", "municipality_code")
    asked = [
        tuple(
            None if text is None else blake2b(oprf_input(kind, text), key=b"of a test").digest()[:32]
            for kind, text in enumerate(linkage_inputs(Identity(*row)))
        )
        for row in zip(*(records[name] for name in fields), strict=True)
    ]
    with transaction():
        for remainder, ico in enumerate((OWN_ICO, FOREIGN_ICO)):
            waitlists.derive_codes(the_vault(), ico, asked[remainder::2])
    apart = db.session.scalar(select(func.count()).select_from(Person))
    answer = app.test_cli_runner().invoke(link_command, ["--json"])
    told = json.loads(answer.stdout)
    least, most = told["persons"]["least"], told["persons"]["most"]
    persons = truth["person"].nunique()
    assert least <= most < apart
    # Records that have nothing in common with the person's others are found by nobody, so the range may lie higher.
    assert all(abs(counted - persons) <= 0.02 * persons for counted in (least, most))
    assert told["run"]["records"] >= told["run"]["persons"] == apart
    assert told["counts"]["auto"] == len(told["linked"]) > 0
    assert told["counts"]["proposed"] + told["counts"]["conflict"] == len(told["candidates"])
    # The vault itself counts the same persons by the same decisions.
    found = the_vault().link([], [])
    members = {group.ref: (group.sure, group.probable) for group in found.groups}
    for reading, counted in ((0, most), (1, least)):
        assert len({members.get(ref, (ref, ref))[reading] for ref in groups()}) == counted
    again = json.loads(app.test_cli_runner().invoke(link_command, ["--stored", "--json"]).stdout)
    assert again == told
