"""Reminders that the kraj sends by hand: whom and what, once, and what became of them."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest

from portal.core.clock import frozen_at
from portal.core.db import db
from portal.core.mail import MailFailed
from portal.core.permissions import OPERATOR
from portal.returns import letters
from portal.returns.models import Reminder
from portal.returns.queries.reminders import MAX_ATTEMPTS
from portal.returns.service import assign_key_worker
from portal.returns.views import reminders as reminder_views
from tests.factories.accounts import OWN_ICO, login, make_user
from tests.factories.catalog import make_provider
from tests.factories.returns import make_period, make_reporting_service, make_return
from tests.factories.returns_pages import Q2, words

PAGE, SENT = f"/vykazy/pripominky?obdobi={Q2}", f"/vykazy/pripominky/{Q2}"


@pytest.fixture
def quarter(app):
    """Charita has handed in one of two, Úsměv nothing, Hotovo everything; each has an editor."""
    make_period(Q2)
    charita, usmev, done = make_provider("Charita Háj", ico=OWN_ICO), make_provider("Úsměv"), make_provider("Hotovo")
    make_return(make_reporting_service(charita, name="Odeslaná"), Q2, state="submitted")
    make_return(make_reporting_service(charita, name="Načatá", type_code="46"), Q2, state="draft")
    make_reporting_service(usmev, name="Nezačatá")
    make_return(make_reporting_service(done, name="Celá"), Q2, state="accepted")
    make_user(role="provider_editor", name="Eva Editorová", email="eva@sluzby.example")
    make_user(role="provider_editor", name="Čeněk Čilý", email="cenek@sluzby.example", provider=usmev.ico)
    make_user(role="provider_editor", name="Hana Hotová", email="hana@sluzby.example", provider=done.ico)
    return {"charita": charita, "usmev": usmev}


@pytest.fixture
def worker(app):
    return make_user(role="key_worker", name="Karel Krajský")


@pytest.fixture
def kraj(app, worker):
    return login(app.test_client(), worker)


@pytest.fixture
def outbox(monkeypatch):
    """Addresses written to; those in ``broken`` fail."""

    class Outbox(list):
        broken: set[str] = set()

    box = Outbox()

    def take(settings, mail):
        if mail.to in box.broken:
            raise MailFailed("550 no such mailbox")
        box.append(mail.to)

    monkeypatch.setattr(letters, "send_mail", take)
    return box


def send(client, kind="now", **more):
    return client.post(PAGE, data={"pripominka": kind, **more})


def test_the_preview_shows_whom_and_what(kraj, quarter):
    page = words(kraj.get(PAGE))
    assert "Dopis dostanou 2 lidé" in page
    assert "Čeněk Čilý cenek@sluzby.example Čeština Nezačatá" in page
    assert "Eva Editorová eva@sluzby.example Čeština Načatá (§ 46)" in page
    assert page.index("Čeněk") < page.index("Eva Editorová")
    assert "Chybí čtvrtletní výkazy za 2. čtvrtletí 2026" in page
    for absent in ("Hana Hotová", "Odeslaná", "Celá"):
        assert absent not in page


def test_sending_writes_to_everybody_once(kraj, quarter, outbox):
    answer = send(kraj)
    assert (answer.status_code, answer.location) == (303, SENT)
    assert sorted(outbox) == ["cenek@sluzby.example", "eva@sluzby.example"]
    page = words(kraj.get(SENT))
    assert "2 dopisy se odesílají." in page
    assert "Eva Editorová eva@sluzby.example mimořádná, od kraje 1 10. 7. 2026 10:00 odesláno 10. 7. 2026 10:00" in page
    assert send(kraj).status_code == 303
    assert len(outbox) == 2
    assert "Nic nového neodešlo" in words(kraj.get(SENT))
    assert "2 lidé už tuto připomínku mají" in words(kraj.get(PAGE))


def test_tomorrow_is_another_day(kraj, quarter, outbox):
    send(kraj)
    with frozen_at(datetime(2026, 7, 11, 8, 0, tzinfo=UTC)):
        send(kraj)
    assert len(outbox) == 4


def test_a_kind_of_the_calendar_sent_by_hand_does_not_go_by_itself_again(app, kraj, quarter, outbox):
    send(kraj, kind="before-3")
    assert len(outbox) == 2
    with frozen_at(datetime(2026, 7, 21, 8, 0, tzinfo=UTC)):
        counts = letters.plan_and_send(
            OPERATOR, app.extensions["portal_settings"], datetime(2026, 7, 21, tzinfo=UTC).date()
        )
    assert counts["planned"] == 0


def test_only_those_of_the_filter_are_written_to(kraj, worker, quarter, outbox):
    assign_key_worker(OPERATOR, icos=[quarter["usmev"].ico], user_id=worker.id)
    assert "Dopis dostane 1 člověk" in words(kraj.get(f"{PAGE}&pracovnik=ja"))
    kraj.post(f"{PAGE}&pracovnik=ja", data={"pripominka": "now"})
    assert outbox == ["cenek@sluzby.example"]


@pytest.mark.parametrize("kind", ["", "before-5", "now-2026-07-10"])
def test_a_kind_that_there_is_not(kraj, quarter, outbox, kind):
    answer = send(kraj, kind=kind)
    assert answer.status_code == 422
    assert "Vyberte, která připomínka se má odeslat." in words(answer)
    assert outbox == []


def test_what_failed_is_shown_and_tried_again(kraj, quarter, outbox):
    outbox.broken = {"eva@sluzby.example"}
    send(kraj)
    page = kraj.get(f"{SENT}?stav=failed")
    assert "neodesláno 550 no such mailbox 1 pokus, další od 10. 7. 2026 10:15" in words(page)
    assert "Čeněk" not in words(page)
    key = re.search(r'name="key" value="(\w+)"', unescape(page.text))[1]
    assert kraj.post(f"{SENT}/znovu", data={"key": "0" * 32}).status_code == 303
    assert "Není co zkoušet znovu." in words(kraj.get(SENT))
    outbox.broken = set()
    kraj.post(f"{SENT}/znovu", data={"key": key})
    assert outbox == ["cenek@sluzby.example", "eva@sluzby.example"]
    kraj.post(f"{SENT}/znovu")
    assert len(outbox) == 2


def test_what_failed_for_good_is_tried_again_when_somebody_asks(kraj, quarter, outbox):
    outbox.broken = {"eva@sluzby.example", "cenek@sluzby.example"}
    send(kraj)
    db.session.query(Reminder).update({"attempts": MAX_ATTEMPTS})
    db.session.commit()
    assert "5 pokusů Zkusit znovu" in words(kraj.get(SENT))
    outbox.broken = set()
    kraj.post(f"{SENT}/znovu")
    assert len(outbox) == 2


def test_a_portal_without_a_mail_server_says_so(kraj, quarter, outbox, monkeypatch):
    monkeypatch.setattr(reminder_views, "is_mail_set", lambda settings: False)
    page = kraj.get(PAGE)
    assert "Portál nemá poštovní server, takže žádný dopis odejít nemůže." in words(page)
    assert 'name="pripominka" value=' not in page.text
    for answer in (send(kraj), kraj.post(f"{SENT}/znovu")):
        assert answer.status_code == 422
        assert "Poštu nelze odesílat" in words(answer)
    assert db.session.query(Reminder).count() == 0


def test_nothing_yet_and_nobody_to_write_to(kraj):
    assert "žádné čtvrtletí" in words(kraj.get("/vykazy/pripominky"))
    make_period(Q2)
    assert "Není komu psát" in words(kraj.get(PAGE))
    assert "zatím žádná připomínka neodešla" in words(kraj.get(SENT))
    assert kraj.get(f"{SENT}?stav=x").status_code == 400


def test_the_number_of_queries_does_not_grow(kraj, quarter, outbox, queries):
    def count(address):
        queries.statements.clear()
        assert kraj.get(address).status_code == 200
        return queries.count

    send(kraj, kind="before-14")
    few = [count(PAGE), count(SENT)]
    for number in range(20):
        provider = make_provider()
        make_reporting_service(provider)
        make_user(role="provider_editor", email=f"u{number}@sluzby.example", provider=provider.ico)
    send(kraj, kind="before-14")
    assert len(outbox) == 22
    assert [count(PAGE), count(SENT)] == few


def test_my_providers_in_the_list_of_returns(kraj, worker, quarter):
    assign_key_worker(OPERATOR, icos=[quarter["usmev"].ico], user_id=worker.id)
    page = words(kraj.get(f"/vykazy?obdobi={Q2}&pracovnik=ja"))
    assert "Nezačatá" in page
    assert "Načatá" not in page
    others = words(kraj.get(f"/vykazy?obdobi={Q2}&pracovnik=nikdo"))
    assert "Nezačatá" not in others
    assert "Načatá" in others
    assert "pracovnik=ja" in kraj.get(f"/vykazy?obdobi={Q2}&pracovnik=ja").text
