"""Letters about the yearly confirmation: to whom, how often, what they tell and what they never do."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.accounts.models import User
from portal.core import mail, outbox
from portal.core.clock import frozen_at
from portal.core.db import db
from portal.core.mail import MailFailed
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.waitlists import letters, service
from portal.waitlists.jobs import is_time_to_write
from portal.waitlists.models import Application, ConfirmationLetter
from tests.conftest import Queries
from tests.factories.accounts import FOREIGN_ICO, make_user
from tests.factories.waitlists import apply_for, make_listed
from tests.integration.waitlists.conftest import NOW

OLD = date(2025, 7, 1)  # confirmed more than a year before the day of the tests
NOTHING = {"planned": 0, "sent": 0, "failed": 0, "dropped": 0}


@pytest.fixture
def sent(app, monkeypatch) -> list[mail.Mail]:
    """Letters that went."""
    gone: list[mail.Mail] = []
    monkeypatch.setattr(outbox, "send_mail", lambda _settings, letter: gone.append(letter))
    return gone


@pytest.fixture
def people(own, foreign) -> None:
    make_user(role="provider_editor", email="editor@dum.example")
    make_user(role="provider_approver", email="vedouci@dum.example")
    make_user(role="provider_editor", provider=FOREIGN_ICO, email="jinde@jinde.example")
    make_user(role="key_worker", email="kraj@kraj.example")


def send(app) -> dict[str, int]:
    return letters.plan_and_send(app.extensions["portal_settings"])


def confirm(listed, application_id):
    with transaction():
        service.confirm_applications(
            OPERATOR, register_id=listed.register_id, ids=[application_id], on=date(2026, 7, 10)
        )


def test_those_who_keep_the_list_are_told_what_waits_and_no_more(app, own, foreign, people, sent):
    apply_for(own, "jana", "SOC-731/25", received_on=OLD)
    apply_for(own, "petr", "SOC-732/25", received_on=date(2025, 6, 20))
    apply_for(own, "eva", "SOC-733/26")
    apply_for(foreign, "adam", "X-1")
    assert send(app) == {"planned": 2, "sent": 2, "failed": 0, "dropped": 0}
    assert sorted(letter.to for letter in sent) == ["editor@dum.example", "vedouci@dum.example"]
    letter = sent[0]
    assert letter.subject == "Potvrďte zájem 2 žadatelů"
    assert f"{own.name}: 2 žádosti, první vyprší 20. 7. 2026" in letter.body.replace("\u00a0", " ")
    codes = [code.hex() for code in db.session.scalars(db.select(Application.code))]
    assert not any(word in letter.body for word in ["SOC-7", *codes, *(code[:8] for code in codes)])


def test_nobody_is_written_to_twice_within_the_days_that_are_set(app, own, people, sent):
    apply_for(own, "jana", received_on=OLD)
    send(app)
    assert send(app) == NOTHING
    for days, letters_so_far in ((13, 2), (14, 4), (27, 4)):
        with frozen_at(NOW + timedelta(days=days)):
            send(app)
            assert len(sent) == letters_so_far, days


def test_what_was_confirmed_meanwhile_needs_no_letter(app, own, people, monkeypatch, sent):
    kept = outbox.send_mail

    def unreachable(_settings, _letter):
        raise MailFailed("no server", is_unreachable=True)

    application = apply_for(own, "jana", received_on=OLD)
    monkeypatch.setattr(outbox, "send_mail", unreachable)
    assert send(app) == {"planned": 2, "sent": 0, "failed": 1, "dropped": 0}
    confirm(own, application)
    monkeypatch.setattr(outbox, "send_mail", kept)
    with frozen_at(NOW + timedelta(minutes=20)):
        assert send(app) == {"planned": 0, "sent": 0, "failed": 0, "dropped": 2}
    assert sent == []


def test_a_letter_that_failed_is_tried_again_and_given_up_after_some_attempts(app, own, people, monkeypatch):
    tried = []

    def refused(_settings, letter):
        tried.append(letter.to)
        raise MailFailed("refused")

    apply_for(own, "jana", received_on=OLD)
    monkeypatch.setattr(outbox, "send_mail", refused)
    for hours in range(24 * 3):
        with frozen_at(NOW + timedelta(hours=hours)):
            send(app)
    assert tried.count("editor@dum.example") == 6
    assert set(db.session.scalars(db.select(ConfirmationLetter.error))) == {"refused"}


def test_somebody_who_left_the_provider_gets_no_letter(app, own, people, sent):
    apply_for(own, "jana", received_on=OLD)
    with transaction():
        assert letters.letters.plan_confirmation_letters(14) == 2
    with transaction():
        db.session.execute(db.update(User).where(User.email == "editor@dum.example").values(is_active=False))
    assert send(app) == {"planned": 0, "sent": 1, "failed": 0, "dropped": 1}


def test_an_admission_elsewhere_asks_too_without_naming_the_place(app, own, people, sent):
    application = apply_for(own, "jana")
    with transaction():
        db.session.get_one(Application, application).asked_since = date(2026, 7, 9)
    assert send(app)["sent"] == 2
    assert "1 žádost" in sent[0].body


def test_the_letter_speaks_the_language_of_its_reader(app, own, sent):
    user = make_user(role="provider_editor")
    apply_for(own, "jana", received_on=OLD)
    with transaction():
        user.language = "en"
    send(app)
    assert sent[0].subject == "Confirm the interest of 1 applicant"


def test_many_lists_cost_as_many_statements_as_one(app, own, people, sent, queries: Queries):
    spent = []
    for number in range(3):
        for listed in (own, make_listed(name=f"Dům {number}")):
            apply_for(listed, f"osoba {number} {listed.id}", f"S-{number}/{listed.id}", received_on=OLD)
        with transaction():
            db.session.execute(db.delete(ConfirmationLetter))
        queries.statements.clear()
        send(app)
        spent.append(queries.count)
    assert spent[0] == spent[1] == spent[2]


def test_the_clock_writes_from_the_hour_that_is_set(app):
    settings = app.extensions["portal_settings"]
    assert not is_time_to_write(datetime(2026, 7, 10, settings.remind_hour - 1, 45, tzinfo=UTC), settings)
    assert is_time_to_write(datetime(2026, 7, 10, settings.remind_hour, 0, tzinfo=UTC), settings)
    assert not is_time_to_write(datetime(2026, 7, 10, settings.remind_hour, 7, tzinfo=UTC), settings)
