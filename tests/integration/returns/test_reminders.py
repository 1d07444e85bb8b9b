"""Reminders: who gets one on which day, once, and what a broken mail server does not spoil."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from portal.catalog.models import Service
from portal.core.clock import frozen_at
from portal.core.db import db
from portal.core.mail import MailFailed
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.returns import letters
from portal.returns.models import Reminder, Return
from tests.factories.accounts import OWN_ICO, make_user
from tests.factories.catalog import make_provider
from tests.factories.returns import make_period, make_reporting_service, make_return
from tests.factories.returns_pages import Q2


@pytest.fixture
def settings(app):
    return app.extensions["portal_settings"]


@pytest.fixture
def missing(app):
    """Two services of one provider are missing, one has handed in; on time until 24 July."""
    make_period(Q2)
    provider = make_provider("Charita Háj", ico=OWN_ICO)
    make_reporting_service(provider, name="Nová")
    make_return(make_reporting_service(provider, name="Načatá"), Q2, state="draft")
    make_return(make_reporting_service(provider, name="Odeslaná"), Q2, state="submitted")


def remind(settings, day, month=7):
    moment = datetime(2026, month, day, 8, 0, tzinfo=UTC)
    with frozen_at(moment):
        return letters.plan_and_send(OPERATOR, settings, moment.date())


def mailbox(settings):
    files = sorted((settings.instance_dir / "mail").glob("*.eml"))
    return [message_from_bytes(file.read_bytes(), policy=default) for file in files]


def test_one_letter_sums_up_all_services_in_the_person_s_language(settings, missing):
    make_user(role="provider_editor", email="eva@sluzby.example")
    english = make_user(role="provider_approver", email="ann@sluzby.example")
    english.language = "en"
    db.session.flush()
    assert remind(settings, 10) == {"planned": 2, "sent": 2, "failed": 0, "dropped": 0}
    found = {letter["To"]: letter for letter in mailbox(settings)}
    czech, other = found["eva@sluzby.example"], found["ann@sluzby.example"]
    assert czech["Subject"] == "Chybí čtvrtletní výkazy za 2. čtvrtletí 2026"
    assert "- Charita Háj: Nová (§ 46), včas do 24. 7. 2026" in czech.get_content()
    assert "Načatá" in czech.get_content()
    assert "Odeslaná" not in czech.get_content()
    assert "on time until 24 July 2026" in other.get_content()


def test_each_kind_goes_once_and_on_its_day(settings, missing):
    make_user(role="provider_editor")
    sent = {day: remind(settings, day)["sent"] for day in (9, 10, 11, 20, 21, 22, 24)}
    assert sent == {9: 0, 10: 1, 11: 0, 20: 0, 21: 1, 22: 0, 24: 0}
    assert [remind(settings, day)["sent"] for day in (25, 26, 31)] == [1, 0, 1]
    assert {row.kind for row in db.session.query(Reminder)} == {"before-14", "before-3", "after-1", "after-7"}


def test_a_letter_that_fails_is_tried_again_and_holds_nobody(settings, missing, monkeypatch):
    for address in ("a@sluzby.example", "b@sluzby.example", "c@sluzby.example"):
        make_user(role="provider_editor", email=address)
    send, broken = letters.send_mail, {"b@sluzby.example"}

    def fail_for_some(given, mail):
        if mail.to in broken:
            raise MailFailed("550 no such mailbox")
        send(given, mail)

    monkeypatch.setattr(letters, "send_mail", fail_for_some)
    assert remind(settings, 10) == {"planned": 3, "sent": 2, "failed": 1, "dropped": 0}
    assert [row.error for row in db.session.query(Reminder).where(Reminder.state == "failed")] == [
        "550 no such mailbox"
    ]
    broken.clear()
    assert remind(settings, 11) == {"planned": 0, "sent": 1, "failed": 0, "dropped": 0}
    assert len(mailbox(settings)) == 3


def states():
    return [row.state for row in db.session.query(Reminder).order_by(Reminder.id)]


def hand_in(service_name=None):
    with transaction() as session:
        for row in session.query(Service):
            if service_name in (None, row.name):
                session.query(Return).where(Return.service_id == row.id).delete()
                make_return(row, Q2, state="submitted")


class Killed(BaseException):
    """The machine went out while a letter was on its way."""


def killed(given, mail):
    raise Killed


def at(hour, minute=0, day=10):
    return frozen_at(datetime(2026, 7, day, hour, minute, tzinfo=UTC))


def die_sending(settings, monkeypatch, *, hour=8):
    with monkeypatch.context() as patched, at(hour):
        patched.setattr(letters, "send_mail", killed)
        with pytest.raises(Killed):
            letters.plan_and_send(OPERATOR, settings, datetime(2026, 7, 10, tzinfo=UTC).date())


def test_a_letter_whose_sender_died_is_tried_again_after_an_hour(settings, missing, monkeypatch):
    make_user(role="provider_editor")
    die_sending(settings, monkeypatch)
    assert states() == ["sending"]
    with at(8, 59):
        assert letters.send_waiting(settings) == {"sent": 0, "failed": 0, "dropped": 0}
    with at(9, 0):
        assert letters.send_waiting(settings) == {"sent": 1, "failed": 0, "dropped": 0}
    assert states() == ["sent"]
    assert len(mailbox(settings)) == 1


def test_a_letter_whose_sender_always_dies_fails_in_the_end(settings, missing, monkeypatch):
    make_user(role="provider_editor")
    for hour in (8, 10, 12, 14, 16):
        die_sending(settings, monkeypatch, hour=hour)
    with at(18):
        assert letters.send_waiting(settings) == {"sent": 0, "failed": 0, "dropped": 0}
    assert [(row.state, row.error) for row in db.session.query(Reminder)] == [("failed", "interrupted")]


def test_before_another_attempt_the_returns_are_looked_at_again(settings, missing, monkeypatch):
    make_user(role="provider_editor")
    die_sending(settings, monkeypatch)
    hand_in("Nová")
    with at(9):
        assert letters.send_waiting(settings)["sent"] == 1
    body = mailbox(settings)[0].get_content()
    assert "Načatá" in body
    assert "Nová" not in body


def test_a_letter_is_dropped_when_the_returns_came_in_meanwhile(settings, missing, monkeypatch):
    make_user(role="provider_editor")
    die_sending(settings, monkeypatch)
    hand_in()
    with at(9):
        assert letters.send_waiting(settings) == {"sent": 0, "failed": 0, "dropped": 1}
    assert states() == ["dropped"]
    assert mailbox(settings) == []


def test_two_workers_do_not_take_the_same_letter(settings, missing, monkeypatch):
    make_user(role="provider_editor")
    seen = []

    def meanwhile_another(given, mail):
        seen.append(letters.send_waiting(settings))
        send(given, mail)

    send = letters.send_mail
    monkeypatch.setattr(letters, "send_mail", meanwhile_another)
    assert remind(settings, 10)["sent"] == 1
    assert seen == [{"sent": 0, "failed": 0, "dropped": 0}]
    assert len(mailbox(settings)) == 1


def test_who_can_no_longer_hand_in_is_not_reminded(settings, missing):
    make_user(role="provider_editor")
    late = replace(settings, remind_after_days=(14, 15))
    assert remind(late, 7, month=8)["sent"] == 1  # the last day open is 8 August
    assert remind(late, 9, month=8) == {"planned": 0, "sent": 0, "failed": 0, "dropped": 0}


def test_after_the_date_the_letter_says_until_when_it_still_can_be_handed_in(settings, missing):
    make_user(role="provider_editor")
    assert remind(settings, 25)["sent"] == 1
    assert "termín byl 24. 7. 2026, odevzdat lze ještě do 8. 8. 2026" in mailbox(settings)[0].get_content()
