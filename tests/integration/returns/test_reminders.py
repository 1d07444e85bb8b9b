"""Reminders: who gets one on which day, once, and what a broken mail server does not spoil."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from portal.core.clock import frozen_at
from portal.core.db import db
from portal.core.mail import MailFailed
from portal.core.permissions import OPERATOR
from portal.returns import letters
from portal.returns.models import Reminder
from tests.factories.accounts import OWN_ICO, make_user
from tests.factories.catalog import make_provider
from tests.factories.returns import make_period, make_reporting_service, make_return
from tests.factories.returns_pages import Q2


@pytest.fixture
def settings(app, tmp_path):
    return replace(app.extensions["portal_settings"], instance_dir=tmp_path)


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
    assert remind(settings, 10) == {"planned": 2, "sent": 2, "failed": 0}
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
    assert remind(settings, 10) == {"planned": 3, "sent": 2, "failed": 1}
    assert [row.error for row in db.session.query(Reminder).where(Reminder.state == "failed")] == [
        "550 no such mailbox"
    ]
    broken.clear()
    assert remind(settings, 11) == {"planned": 0, "sent": 1, "failed": 0}
    assert len(mailbox(settings)) == 3
