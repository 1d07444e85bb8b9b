"""A waiting list from the first application to the frozen quarter."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from portal.core.clock import frozen_at
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.permissions import OPERATOR, Actor, Grant, Role
from portal.core.transaction import transaction
from portal.returns.types import Period
from portal.waitlists import service
from portal.waitlists.models import Application, ApplicationSnapshot, Client, Person, PersonCode
from portal.waitlists.types import EventKind, ListFilter, OrderRule, State, Step, Urgency
from tests.factories.accounts import OWN_ICO
from tests.factories.vault import person
from tests.factories.waitlists import RECEIVED, apply_for, attributes, make_listed, move, the_vault

EDITOR = Actor(7, "Eva Editorová", frozenset({Grant(Role.PROVIDER_EDITOR, OWN_ICO)}))
KRAJ = Actor(8, "Karel Krajský", frozenset({Grant(Role.KEY_WORKER)}))
NEXT_DAY = datetime(2026, 7, 11, 1, 0, tzinfo=UTC)


def listed(actor, own, **wanted):
    return service.read_list(actor, register_id=own.register_id, wanted=ListFilter(**wanted))


def detail(own, application_id, actor=EDITOR):
    return service.read_application(actor, register_id=own.register_id, application_id=application_id)


def test_a_list_stands_in_the_order_the_applications_came(own):
    late = apply_for(own, "jana", "A-2", received_on=date(2026, 5, 1))
    early = apply_for(own, "petr", "A-1")
    page = listed(EDITOR, own)
    assert [(row.id, row.place) for row in page.rows] == [(early, 1), (late, 2)]
    assert page.may_edit
    assert not listed(KRAJ, own).may_edit


def test_points_of_own_criteria_go_before_the_day(own):
    with transaction():
        service.change_order(
            EDITOR,
            register_id=own.register_id,
            version=0,
            rule=OrderRule.POINTS,
            criteria=[(None, "bydlí v obci", 20), (None, "čeká z nemocnice", 50)],
        )
    order = service.read_order(EDITOR, own.register_id)
    lives_here, from_hospital = order.criteria
    first = apply_for(own, "petr", "A-1", criteria=[lives_here.id])
    second = apply_for(own, "jana", "A-2", received_on=date(2026, 5, 1), criteria=[from_hospital.id])
    assert [(row.id, row.place, row.points) for row in listed(EDITOR, own).rows] == [(second, 1, 50), (first, 2, 20)]
    with transaction():
        service.change_order(
            EDITOR,
            register_id=own.register_id,
            version=order.version,
            rule=OrderRule.POINTS,
            criteria=[(lives_here.id, "bydlí v obci", 60), (from_hospital.id, "čeká z nemocnice", 50)],
        )
    assert [row.id for row in listed(EDITOR, own).rows] == [first, second]
    with pytest.raises(Conflict), transaction():
        service.change_order(
            EDITOR, register_id=own.register_id, version=order.version, rule=OrderRule.DATE, criteria=[]
        )


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, {"A-1", "A-2"}),
        ({"urgency": "urgent"}, {"A-1"}),
        ({"situation": "housing"}, {"A-2"}),
        ({"municipality": "500496"}, {"A-2"}),
        ({"group": "OZP"}, {"A-2"}),
        ({"state": "offered"}, {"A-2"}),
        ({"state": "any"}, {"A-1", "A-2", "A-3"}),
        ({"state": "withdrawn"}, {"A-3"}),
        ({"to_confirm": True}, {"A-1"}),
        ({"page": 2}, set()),
    ],
)
def test_the_list_is_filtered(own, wanted, found):
    apply_for(own, "petr", "A-1", urgency=Urgency.URGENT, received_on=date(2025, 7, 1))
    other = apply_for(own, "jana", "A-2", adverse_situation="housing", municipality_code="500496", target_group="OZP")
    gone = apply_for(own, "karel", "A-3")
    move(own, other, Step.OFFER, date(2026, 6, 1))
    move(own, gone, Step.WITHDRAW, date(2026, 6, 1))
    assert {row.file_reference for row in listed(EDITOR, own, **wanted).rows} == found


def test_a_person_waits_at_a_service_once(own):
    apply_for(own, "petr", "A-1")
    with pytest.raises(Invalid) as refused:
        apply_for(own, "petr", "A-2")
    assert "A-1" in str(refused.value.fields["identity"][0])
    with pytest.raises(Invalid) as used:
        apply_for(own, "jana", "A-1")
    assert list(used.value.fields) == ["file_reference"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reference": "Novák"}, "file_reference"),
        ({"reference": "440612/012"}, "file_reference"),
        ({"received_on": date(2026, 7, 11)}, "received_on"),
        ({"received_on": date(1980, 1, 1)}, "received_on"),
        ({"birth_year": 1066}, "birth_year"),
        ({"can_start_from": date(2066, 1, 1)}, "can_start_from"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(own, changes, field):
    with pytest.raises(Invalid) as refused:
        apply_for(own, "petr", **{"reference": "A-1", **changes})
    assert list(refused.value.fields) == [field]


def test_nobody_is_put_in_without_anything_known_of_the_person(own):
    with pytest.raises(Invalid) as refused, transaction():
        service.add_application(
            EDITOR, vault=the_vault(), register_id=own.register_id, digests=(None,) * 12, attributes=attributes()
        )
    assert list(refused.value.fields) == ["identity"]


def test_an_admission_begins_a_stay_and_a_mistake_takes_it_back(own):
    one = apply_for(own, "petr", "A-1")
    move(own, one, Step.OFFER, date(2026, 6, 1))
    move(own, one, Step.ADMIT, date(2026, 6, 15))
    register = service.read_register(EDITOR, register_id=own.register_id, only_open=True, page=1)
    assert [(stay.started_on, stay.from_list) for stay in register.stays] == [(date(2026, 6, 15), True)]
    assert detail(own, one).row.place is None
    move(own, one, Step.REOPEN, date(2026, 6, 16))
    assert service.read_register(EDITOR, register_id=own.register_id, only_open=False, page=1).total == 0
    assert detail(own, one).row.state is State.WAITING


def test_a_stay_ends_with_its_reason(own):
    with transaction():
        stay_id = service.add_client(
            EDITOR,
            vault=the_vault(),
            register_id=own.register_id,
            digests=person("marie"),
            started_on=RECEIVED,
            municipality_code="outside",
            adverse_situation="loneliness",
        )
    ending = {"register_id": own.register_id, "client_id": stay_id, "version": 1}
    with pytest.raises(Invalid) as refused, transaction():
        service.end_stay(EDITOR, **ending, on=date(2026, 1, 1), reason="bored")
    assert list(refused.value.fields) == ["on", "reason"]
    with transaction():
        service.end_stay(EDITOR, **ending, on=date(2026, 7, 1), reason="deceased")
    _listed, stay = service.read_stay(EDITOR, register_id=own.register_id, client_id=stay_id)
    assert (stay.ended_on, stay.end_reason) == (date(2026, 7, 1), "deceased")
    with pytest.raises(Conflict), transaction():
        service.end_stay(EDITOR, **ending, on=date(2026, 7, 1), reason="home")


def test_a_lost_update_shows_what_is_stored(own):
    one = apply_for(own, "petr", "A-1")
    changing = {"register_id": own.register_id, "application_id": one, "version": 1}
    with transaction():
        service.edit_application(EDITOR, **changing, attributes=attributes("A-1", urgency=Urgency.URGENT))
    with pytest.raises(Conflict) as lost, transaction():
        service.edit_application(EDITOR, **changing, attributes=attributes("A-9"))
    assert (lost.value.current["urgency"], lost.value.current["version"]) == ("urgent", 2)
    with pytest.raises(Conflict), transaction():
        service.move_application(EDITOR, **changing, step=Step.OFFER, on=date(2026, 7, 1))


def test_the_history_tells_who_did_what(own):
    one = apply_for(own, "petr", "A-1")
    with transaction():
        service.edit_application(
            EDITOR,
            register_id=own.register_id,
            application_id=one,
            version=1,
            attributes=attributes("A-1", municipality_code="500496"),
        )
    with transaction():
        service.note_application(EDITOR, register_id=own.register_id, application_id=one, note=" Volá dcera. ")
    move(own, one, Step.REFUSE, date(2026, 7, 2), reason="capacity")
    refused, noted, edited, added = detail(own, one).events
    assert (refused.kind, refused.to_state, refused.reason) == (EventKind.MOVED, State.REFUSED, "capacity")
    assert (noted.kind, noted.note) == (EventKind.NOTED, "Volá dcera.")
    assert (edited.actor_name, edited.changes) == ("Eva Editorová", {"municipality_code": ["523704", "500496"]})
    assert added.kind is EventKind.ADDED
    with pytest.raises(Invalid), transaction():
        service.note_application(EDITOR, register_id=own.register_id, application_id=one, note="rč 440612/012")


def test_what_belongs_to_another_provider_is_not_there(own, foreign):
    theirs = apply_for(foreign, "petr", "B-1")
    with pytest.raises(NotFound):
        listed(EDITOR, foreign)
    with pytest.raises(NotFound):
        detail(own, theirs)
    with pytest.raises(NotFound), transaction():
        service.add_application(
            KRAJ, vault=the_vault(), register_id=own.register_id, digests=person("eva"), attributes=attributes()
        )


def test_no_code_is_common_to_two_providers(own, foreign):
    for number in range(20):
        apply_for(own, f"osoba {number}", f"A-{number}")
        apply_for(foreign, f"osoba {number}", f"B-{number}")
    mine, theirs = (
        set(db.session.scalars(select(Application.code).where(Application.service_id == one.id)))
        for one in (own, foreign)
    )
    assert (len(mine), len(theirs), mine & theirs) == (20, 20, set())
    assert db.session.query(Person).count() == 20


def test_the_kraj_sees_at_once_who_waits_elsewhere_and_the_provider_from_the_next_night_on(own, foreign):
    mine, _theirs = apply_for(own, "petr", "A-1"), apply_for(foreign, "petr", "B-1")
    assert detail(own, mine, KRAJ).row.elsewhere == 1
    assert service.count_elsewhere() == (0, 0)  # nothing of today is told
    assert detail(own, mine).row.elsewhere is None
    with frozen_at(NEXT_DAY):
        assert service.count_elsewhere() == (2, 0)
        assert detail(own, mine).row.elsewhere == 1
        with transaction():
            service.change_rules(
                OPERATOR, confirm_after_days=365, grace_days=30, providers_see_elsewhere=False, version=0
            )
        assert detail(own, mine).row.elsewhere is None
        assert not detail(own, mine).sees_elsewhere
        assert detail(own, mine, KRAJ).row.elsewhere == 1


def test_an_admission_elsewhere_asks_for_confirmation_from_the_next_night_on(own, foreign):
    mine, theirs = apply_for(own, "petr", "A-1"), apply_for(foreign, "petr", "B-1")
    move(foreign, theirs, Step.ADMIT, date(2026, 7, 10))
    service.count_elsewhere()
    assert detail(own, mine).row.asked_since is None
    with frozen_at(NEXT_DAY):
        assert service.count_elsewhere() == (1, 1)
        assert detail(own, mine).row.asked_since == date(2026, 7, 11)
        assert [row.id for row in service.read_confirmations(EDITOR, register_id=own.register_id).rows] == [mine]
        with transaction():
            service.confirm_applications(EDITOR, register_id=own.register_id, ids=[mine], on=date(2026, 7, 11))
        assert service.count_elsewhere() == (1, 0)
        assert detail(own, mine).row.asked_since is None


def test_an_application_nobody_confirms_expires_after_a_year_and_the_grace(own):
    kept = apply_for(own, "jana", "A-2", received_on=date(2025, 6, 11))
    lost = apply_for(own, "petr", "A-1", received_on=date(2025, 6, 10))
    assert detail(own, lost).expires_on == date(2026, 7, 10)
    assert service.expire_applications() == 1
    assert service.expire_applications() == 0
    assert detail(own, lost).row.state is State.EXPIRED
    assert detail(own, lost).events[0].actor_name == "portal"
    assert detail(own, kept).row.state is State.WAITING


def test_the_night_is_done_once_a_day(own):
    assert not service.is_night_done(date(2026, 7, 10))
    night = service.do_night(the_vault())
    assert (night.frozen, night.erased) == ("2026Q2", 0)
    assert service.is_night_done(date(2026, 7, 10))
    assert service.do_night(the_vault()).frozen is None


def test_a_frozen_quarter_shows_its_last_day_and_never_changes(own):
    waited = apply_for(own, "petr", "A-1", received_on=date(2026, 1, 5))
    admitted = apply_for(own, "jana", "A-2")
    apply_for(own, "karel", "A-3", received_on=date(2026, 7, 2))
    long_gone = apply_for(own, "eva", "A-4", received_on=date(2026, 1, 5))
    move(own, long_gone, Step.WITHDRAW, date(2026, 2, 1))
    move(own, admitted, Step.ADMIT, date(2026, 5, 20))
    move(own, waited, Step.OFFER, date(2026, 7, 1))
    with transaction():
        assert service.freeze_quarter(OPERATOR, Period(2026, 2)) == 2
    move(own, waited, Step.DECLINE, date(2026, 7, 3), reason="price")
    with transaction():
        assert service.freeze_quarter(OPERATOR, Period(2026, 2)) == 2
    rows = db.session.scalars(select(ApplicationSnapshot).order_by(ApplicationSnapshot.application_id))
    assert [(row.application_id, row.state) for row in rows] == [(waited, "waiting"), (admitted, "admitted")]
    with pytest.raises(Conflict), transaction():
        service.freeze_quarter(OPERATOR, Period(2026, 3))


def test_an_erased_person_leaves_nothing_but_the_frozen_count(own, foreign):
    mine = apply_for(own, "petr", "A-1")
    other = apply_for(make_listed(OWN_ICO), "petr", "A-7")
    apply_for(foreign, "petr", "B-1")
    move(own, mine, Step.ADMIT, date(2026, 6, 1))
    with transaction():
        service.freeze_quarter(OPERATOR, Period(2026, 2))
    before = set(db.session.scalars(select(ApplicationSnapshot.person_ref)))
    code = db.session.get_one(Application, mine).code
    with transaction():
        service.erase_applicant(EDITOR, vault=the_vault(), register_id=own.register_id, application_id=mine)
    assert db.session.get(Application, other) is None
    assert db.session.query(Client).count() == 0
    assert db.session.query(Person).count() == 1  # still waits at the other provider
    assert the_vault().erased([code]) == [True]
    with transaction():
        service.erase_applicant(
            OPERATOR,
            vault=the_vault(),
            register_id=foreign.register_id,
            application_id=db.session.scalars(select(Application.id)).one(),
        )
    after = set(db.session.scalars(select(ApplicationSnapshot.person_ref)))
    assert db.session.query(Person).count() == db.session.query(PersonCode).count() == 0
    assert (len(before), len(after), before & after) == (1, 1, set())
    assert db.session.query(ApplicationSnapshot).count() == 3


def test_a_restored_backup_does_not_bring_back_who_was_erased(own):
    one = apply_for(own, "petr", "A-1")
    code = db.session.get_one(Application, one).code
    the_vault().forget(OWN_ICO, code)  # as if the portal's rows came from a backup made before
    assert service.erase_again(the_vault()) == 1
    assert db.session.query(Application).count() == 0
    assert service.erase_again(the_vault()) == 0
