"""Dates of a quarter, exceptions with an end, and what they open and close."""

import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from portal.core.audit import AuditEntry
from portal.core.clock import frozen_at
from portal.core.db import db
from portal.returns.models import ReportingPeriod, ReturnCell
from tests.factories.accounts import OWN_ICO, login, make_user
from tests.factories.catalog import make_provider
from tests.factories.returns import make_exception, make_period, make_reporting_service, make_return
from tests.factories.returns_pages import GOOD, Q2, words

DATES = f"/vykazy/terminy/{Q2}"
CLOSED = datetime(2026, 8, 12, 8, 0, tzinfo=UTC)  # everybody else's quarter closed on 9 August at midnight
LAST_MOMENT = datetime(2026, 8, 20, 21, 59, 59, tzinfo=UTC)  # 23:59:59 in Prague
MIDNIGHT = datetime(2026, 8, 20, 22, 0, tzinfo=UTC)


@pytest.fixture
def worker(app, service):
    return login(app.test_client(), make_user(role="key_worker", name="Karel Krajský"))


def send(client, address, **values):
    return client.post(address, data=values)


def test_dates_are_moved_with_a_reason_that_stays(worker):
    page = worker.get(DATES)
    seen = re.search(r'name="seen" value="([^"]+)"', page.text)[1]
    values = {"on_time": "31. 7. 2026", "closes": "31.8.2026", "seen": seen}
    refused = send(worker, DATES, **values, reason="  ")
    assert refused.status_code == 422
    assert "Napište, proč se termíny posouvají." in words(refused)
    assert 'value="31. 7. 2026"' in refused.text
    assert send(worker, DATES, **values, reason="Výpadek sítě").status_code == 303
    stored = db.session.get(ReportingPeriod, str(Q2))
    assert (stored.on_time_until, stored.closes_on) == (date(2026, 8, 1), date(2026, 9, 1))
    text = words(worker.get(DATES))
    assert "Karel Krajský: včas do 24. 7. 2026 → 31. 7. 2026, otevřeno do 8. 8. 2026 → 31. 8. 2026 Výpadek sítě" in text
    again = send(worker, DATES, **values, reason="Ještě jednou")
    assert again.status_code == 409
    assert "Termíny mezitím posunul někdo jiný." in words(again)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"on_time": "zítra"}, "Napište den jako 20. 8. 2026."),
        ({"closes": "31. 2. 2026"}, "Napište den jako 20. 8. 2026."),
        ({"on_time": "30. 6. 2025"}, "nemůže skončit dřív než samo čtvrtletí"),
        ({"closes": "20. 7. 2026"}, "nemůže uzavřít dřív"),
    ],
)
def test_dates_that_cannot_be_are_told_at_their_field(worker, values, sentence):
    seen = re.search(r'name="seen" value="([^"]+)"', worker.get(DATES).text)[1]
    given = {"on_time": "31. 7. 2026", "closes": "31. 8. 2026", "reason": "Protože", "seen": seen, **values}
    answer = send(worker, DATES, **given)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "Protože" in answer.text


def test_a_quarter_is_opened_in_the_browser(worker):
    answer = send(worker, "/vykazy/terminy", period="2026q3", on_time="25. 10. 2026", closes="15. 11. 2026")
    assert answer.status_code == 303
    assert db.session.get(ReportingPeriod, "2026Q3").closes_on == date(2026, 11, 16)
    assert "3. čtvrtletí 2026" in words(worker.get("/vykazy/terminy"))
    wrong = send(worker, "/vykazy/terminy", period="podzim", on_time="", closes="")
    assert wrong.status_code == 422
    assert "podzim" in wrong.text


def test_more_time_opens_a_closed_quarter_until_its_end_and_no_longer(service, editor, approver, worker, kraj):
    with frozen_at(CLOSED):
        assert editor.client.post(editor.address, data={"version": "0", "residential-beds": "41"}).status_code == 409
        answer = send(worker, f"{DATES}/vyjimky", whom=OWN_ICO, last_day="2026-08-20", exception_reason="Nemoc účetní")
        assert answer.status_code == 303
        assert "platí" in words(worker.get(DATES))
        assert "Kraj prodloužil termín do 20. 8. 2026." in words(editor.client.get("/vykazy"))
        assert editor.client.post(editor.address, data={"version": "0", "residential-beds": "41"}).status_code == 303
    with frozen_at(MIDNIGHT):
        answer = editor.client.post(editor.address, data={"version": "1", "residential-beds": "42"})
        assert answer.status_code == 409
        assert "čtvrtletí se uzavřelo po 20. 8. 2026" in words(answer)
        assert "42" in answer.text
        assert "skončila" in words(worker.get(DATES))
        assert "Uzavřeno bez odevzdání" in words(editor.client.get("/vykazy"))
    with frozen_at(LAST_MOMENT):
        assert approver.post("/odeslani", **GOOD).status_code == 303
    assert db.session.scalar(select(ReturnCell.value).where(ReturnCell.field == "beds")) == 40
    with frozen_at(MIDNIGHT):  # and what came within the exception is not late
        assert "po termínu" not in words(kraj.get("/kontrola"))
        assert "po termínu" not in words(worker.get("/vykazy")).split("Odesláno dne")[-1]


def test_an_exception_of_a_service_leaves_the_provider_s_others_closed(service, worker, editor):
    service.identifier = "7654321"
    other = make_reporting_service(service.provider, name="Druhá")
    foreign = make_reporting_service(make_provider("Cizí"))
    with frozen_at(CLOSED):
        send(worker, f"{DATES}/vyjimky", whom="765 4321", last_day="20. 8. 2026", exception_reason="Nový program")
        assert "Domov Pod Lipami Charita Háj, IČO" in words(worker.get(DATES))
        assert 'name="version"' in editor.get().text
        assert 'name="version"' not in editor.client.get(f"/vykazy/{other.register_id}/{Q2}").text
    stranger = login(worker.application.test_client(), make_user(role="provider_editor", provider=foreign.provider.ico))
    with frozen_at(CLOSED):
        assert 'name="version"' not in stranger.get(f"/vykazy/{foreign.register_id}/{Q2}").text


def test_the_late_ones_leave_out_those_with_more_time(service, worker):
    late, early = make_reporting_service(name="Opozdilá"), make_reporting_service(name="Prodloužená")
    make_exception(Q2, early.provider, last_day=date(2026, 8, 20))
    waiting = make_reporting_service(name="Čekající")
    make_exception(Q2, waiting, last_day=date(2026, 8, 20))
    with frozen_at(CLOSED):
        make_return(late, Q2, state="submitted")
        make_return(early, Q2, state="submitted")
        page = words(worker.get("/vykazy?po-terminu=1"))
    assert "Opozdilá" in page
    assert "Domov Pod Lipami" in page
    assert "Prodloužená" not in page
    assert "Čekající" not in page
    with frozen_at(MIDNIGHT):
        page = words(worker.get("/vykazy?po-terminu=1"))
    assert "Čekající" in page
    assert "Prodloužená" not in page


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"whom": "00000000"}, "Registr nezná takového poskytovatele ani službu."),
        ({"whom": "Charita"}, "Registr nezná takového poskytovatele ani službu."),
        ({"last_day": "9. 7. 2026"}, "Tento den už minul."),
        ({"last_day": "24. 7. 2026"}, "Do tohoto dne mají čas všichni."),
        ({"last_day": "x"}, "Napište den jako 20. 8. 2026."),
        ({"exception_reason": " "}, "Napište, proč se termín prodlužuje."),
    ],
)
def test_an_exception_that_cannot_be_is_told_at_its_field(worker, values, sentence):
    given = {"whom": OWN_ICO, "last_day": "20. 8. 2026", "exception_reason": "Nemoc účetní", **values}
    answer = send(worker, f"{DATES}/vyjimky", **given)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "Výjimky z termínů" not in words(answer)
    for typed in given.values():
        assert typed.strip() in answer.text


def test_an_exception_is_withdrawn_with_a_reason_and_what_came_under_it_stays_on_time(service, worker, approver, kraj):
    granted = make_exception(Q2, service.provider, last_day=date(2026, 8, 31))
    address = f"{DATES}/vyjimky/{granted.id}/odvolani"
    with frozen_at(CLOSED):
        assert approver.post("/odeslani", **GOOD).status_code == 303
    with frozen_at(LAST_MOMENT):
        assert "Napište, proč se výjimka odvolává." in words(send(worker, address))
        assert send(worker, address, **{f"reason-{granted.id}": "Omyl"}).status_code == 303
        text = words(worker.get(DATES))
        assert "odvolána" in text
        assert "Karel Krajský: Omyl" in text
        assert send(worker, address, **{f"reason-{granted.id}": "Omyl"}).status_code == 409
        assert "po termínu" not in words(kraj.get("/kontrola"))
    actions = set(db.session.scalars(select(AuditEntry.action)))
    assert "returns.exception.withdrawn" in actions


def test_a_return_is_reopened_after_the_quarter_closed_and_can_be_corrected(service, approver, kraj):
    approver.post("/odeslani", **GOOD)
    kraj.post("/prijeti")
    with frozen_at(CLOSED):
        assert kraj.post("/znovuotevreni", reason="").status_code == 422
        assert kraj.post("/znovuotevreni", reason="Chyba v nákladech").status_code == 303
        assert approver.post("/odeslani", **{**GOOD, "residential-beds": "41"}).status_code == 303


def test_an_exception_of_another_quarter_does_not_reach_this_one(service, editor):
    make_period("2026Q1")
    make_exception("2026Q1", service.provider, last_day=date(2026, 12, 31))
    with frozen_at(CLOSED):
        assert 'name="version"' not in editor.get().text
