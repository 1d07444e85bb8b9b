"""Letters of new free places: once a day, only what is new, ended by a link."""

from datetime import timedelta

import pytest

from portal.core import mail, outbox
from portal.core.clock import frozen_at, now_utc
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.mail import MailFailed
from portal.core.permissions import Actor
from portal.core.transaction import transaction
from portal.waitlists.vacancies import letters, service
from portal.waitlists.vacancies.jobs import is_time_to_write
from portal.waitlists.vacancies.types import State, Wish
from tests.factories.accounts import login, make_user
from tests.factories.vacancies import UPKEEP, add, line, move
from tests.factories.waitlists import make_groups


@pytest.fixture
def worker(app) -> Actor:
    return Actor(user_id=make_user(role="municipality_worker", email="obec@kraj.example").id, name="Obec")


@pytest.fixture
def sent(app, monkeypatch) -> list[mail.Mail]:
    """Letters that went."""
    gone: list[mail.Mail] = []
    monkeypatch.setattr(outbox, "send_mail", lambda _settings, letter: gone.append(letter))
    return gone


def alert(worker: Actor, name: str = "Pro oddělení", **wish) -> int:
    with transaction():
        return service.add_alert(worker, name=name, wish=Wish(**wish), upkeep=UPKEEP)


def send(app) -> dict[str, int]:
    return letters.plan_and_send(app.extensions["portal_settings"])


def test_only_new_places_are_told_and_once_a_day(app, own, worker, sent) -> None:
    add(own, "Tajné jméno")
    alert(worker, type_code="49")
    alert(worker, "Jinde", type_code="50")
    assert send(app)["sent"] == 0  # what was free when the alert was set is known
    add(own, "Pokoj 2", phone="583 999 888")
    assert send(app) == {"planned": 1, "sent": 1, "failed": 0, "dropped": 0}
    add(own, "Pokoj 3", phone="583 999 777")
    assert send(app)["sent"] == 0
    with frozen_at(now_utc() + timedelta(days=1)):
        assert send(app)["sent"] == 1
        assert send(app)["sent"] == 0
    assert [letter.to for letter in sent] == ["obec@kraj.example"] * 2
    assert "583 999 888" in sent[0].body
    assert "583 999 777" not in sent[0].body
    assert "583 999 888" not in sent[1].body
    assert "Jinde" not in sent[0].body + sent[1].body
    assert "Tajné jméno" not in sent[0].body + sent[1].body


def test_a_place_that_becomes_free_again_is_news(app, own, worker, sent) -> None:
    row = add(own)
    alert(worker)
    move(own, row, State.OCCUPIED)
    with frozen_at(now_utc() + timedelta(hours=1)):
        move(own, row, State.FREE)
        assert send(app)["sent"] == 1


def test_a_place_that_is_taken_before_the_letter_goes_is_not_told(app, own, worker, monkeypatch) -> None:
    def unreachable(_settings, _letter):
        raise MailFailed("no server", is_unreachable=True)

    monkeypatch.setattr(outbox, "send_mail", unreachable)
    alert(worker)
    row = add(own)
    assert send(app)["failed"] == 1
    _alerts, told = service.list_alerts(worker)
    assert [(one.state, one.error, one.places) for one in told] == [("failed", "no server", 1)]
    move(own, row, State.OCCUPIED)
    with frozen_at(now_utc() + timedelta(minutes=20)):
        assert send(app) == {"planned": 0, "sent": 0, "failed": 0, "dropped": 1}


def test_a_failed_letter_is_tried_again(app, own, worker, monkeypatch, sent) -> None:
    kept = outbox.send_mail

    def failing(_settings, _letter):
        raise MailFailed("refused")

    monkeypatch.setattr(outbox, "send_mail", failing)
    alert(worker)
    add(own)
    assert send(app)["failed"] == 1
    monkeypatch.setattr(outbox, "send_mail", kept)
    assert send(app)["sent"] == 0
    with frozen_at(now_utc() + timedelta(minutes=16)):
        assert send(app)["sent"] == 1


def test_alerts_are_one_s_own_and_no_two_the_same(worker, own) -> None:
    kept = alert(worker, type_code="49")
    with pytest.raises(Conflict):
        alert(worker, "Jinak", type_code="49")
    with pytest.raises(Invalid) as refused:
        alert(worker, "", type_code="50")
    assert set(refused.value.fields) == {"name"}
    with pytest.raises(Invalid):
        alert(worker, orp="0000")
    with pytest.raises(NotFound), transaction():
        service.end_alert(Actor(user_id=10**6, name="Jiný"), kept)


def test_an_alert_is_set_on_a_page_and_ended_by_a_letter(app, client, own, worker, sent) -> None:
    make_groups()
    user = make_user(role="key_worker")
    page = login(client, user)
    assert "Domovy pro seniory" in page.get("/volna-mista/upozorneni/nove?druh=49&vek=80").text
    refused = page.post("/volna-mista/upozorneni/nove", data={"wish": "druh=49&vek=80", "name": " "})
    assert refused.status_code == 422
    assert page.post("/volna-mista/upozorneni/nove", data={"wish": "druh=49&vek=80", "name": "Já"}).status_code == 303
    assert "věk 80" in page.get("/volna-mista/upozorneni").text
    add(own)
    settings = app.extensions["portal_settings"]
    with transaction():
        service_letters = letters.letters
        service_letters.plan_letters(UPKEEP)
        (due,) = service_letters.due_letters(UPKEEP)
    token = due.parts[0].token
    assert settings.public_url is None or token in letters.compose(settings, due).body
    public = app.test_client()
    assert "Ukončit upozornění" in public.get(f"/volna-mista/upozorneni/konec/{token}").text
    assert len(service.list_alerts(Actor(user_id=user.id))[0]) == 1  # looking at a link ends nothing
    assert "Upozornění skončilo." in public.post(f"/volna-mista/upozorneni/konec/{token}").text
    assert service.list_alerts(Actor(user_id=user.id))[0] == []
    assert "už skončilo" in public.get(f"/volna-mista/upozorneni/konec/{token}").text


def test_the_clock_writes_from_the_hour_of_reminders_on(app) -> None:
    settings = app.extensions["portal_settings"]
    day = now_utc().replace(minute=0)
    assert [is_time_to_write(day.replace(hour=hour), settings) for hour in (6, 7, 23)] == [False, True, True]
    assert not is_time_to_write(day.replace(hour=9, minute=7), settings)


def test_the_state_of_a_place_keeps_its_moment_when_only_its_day_changes(own) -> None:
    row = add(own)
    before = service.list_free(UPKEEP)[0].free_since_utc
    with frozen_at(now_utc() + timedelta(hours=2)):
        move(own, row, State.FREE, free_from=(now_utc() + timedelta(days=3)).date())
        assert line(own, row).standing.free_from is not None
        assert service.list_free(UPKEEP)[0].free_since_utc == before
