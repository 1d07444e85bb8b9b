"""One's own account and the link that sets the first password."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.accounts.models import User
from portal.accounts.passwords import verify_password
from portal.accounts.service import users
from portal.core.clock import frozen_at
from portal.core.db import db
from portal.core.permissions import OPERATOR, Grant, Role
from portal.core.transaction import transaction
from tests.factories.accounts import PASSWORD, login, make_user

MORNING = datetime(2026, 3, 31, 6, 0, tzinfo=UTC)
NEW = "zelený strom u potoka"


@pytest.fixture(autouse=True)
def _forms_without_token(app, monkeypatch, quick_hashes):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


def make_link(user, instant=MORNING):
    with frozen_at(instant), transaction():
        return users.make_password_link(OPERATOR, user_id=user.id)


def use_link(client, token, password=NEW, repeated=None, instant=MORNING):
    with frozen_at(instant):
        form = {"password": password, "repeated": password if repeated is None else repeated}
        return client.post(f"/nastaveni-hesla/{token}", data=form)


def test_the_account_tells_ones_roles(client):
    grants = frozenset({Grant(Role.PROVIDER_EDITOR, "25596641"), Grant(Role.PLANNER)})
    login(client, make_user(grants=grants))
    page = client.get("/ucet").get_data(as_text=True)
    assert "Poskytovatel: editor – 25596641" in page
    assert "Kraj: plánovač" in page


def test_without_a_role_the_account_says_whom_to_ask(client):
    login(client, make_user())
    assert "Zatím nemáte žádnou roli" in client.get("/ucet").get_data(as_text=True)


def test_a_changed_password_signs_out_everywhere_but_here(app, client):
    user = make_user(password=PASSWORD)
    login(client, user)
    other = login(app.test_client(), user)
    response = client.post("/ucet/heslo", data={"current": PASSWORD, "password": NEW, "repeated": NEW})
    assert response.location == "/ucet"
    assert client.get("/ucet").status_code == 200
    assert other.get("/ucet").status_code == 302
    assert verify_password(db.session.get(User, user.id).password_hash, NEW)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, "Zadejte nové heslo"),
        ({"current": "něco docela jiného", "password": NEW, "repeated": NEW}, "Toto není vaše dosavadní heslo"),
        ({"password": NEW, "repeated": NEW}, "Zadejte své heslo"),
        ({"current": PASSWORD, "password": NEW, "repeated": NEW + "x"}, "Nová hesla se liší"),
        ({"current": PASSWORD, "password": "krátké", "repeated": "krátké"}, "nejméně 12 znaků"),
        ({"current": PASSWORD, "password": "heslo1234567", "repeated": "heslo1234567"}, "snadno uhodnout"),
    ],
)
def test_a_password_that_cannot_be_changed_says_why_and_stays(client, form, sentence):
    user = make_user(password=PASSWORD)
    login(client, user)
    response = client.post("/ucet/heslo", data=form)
    assert response.status_code == 422
    assert sentence in response.get_data(as_text=True)
    assert verify_password(db.session.get(User, user.id).password_hash, PASSWORD)


def test_guessing_the_present_password_from_an_open_session_closes_the_door(client):
    login(client, make_user(password=PASSWORD))
    for _ in range(5):
        response = client.post("/ucet/heslo", data={"current": "hádám, hádám", "password": NEW, "repeated": NEW})
    assert "uzavřeno do" in response.get_data(as_text=True)
    right = client.post("/ucet/heslo", data={"current": PASSWORD, "password": NEW, "repeated": NEW})
    assert right.status_code == 422


def test_the_language_is_kept_with_the_account_and_shown_at_once(client):
    user = make_user()
    login(client, user)
    assert client.post("/ucet/jazyk", data={"language": "en"}).location == "/ucet"
    assert "My account" in client.get("/ucet").get_data(as_text=True)
    assert db.session.get(User, user.id).language == "en"


def test_a_language_that_the_portal_does_not_speak_is_refused(client):
    login(client, make_user())
    assert client.post("/ucet/jazyk", data={"language": "de"}).status_code == 422


def test_a_link_sets_the_password_once(client):
    user = make_user(email="novy@kraj.example")
    token = make_link(user)
    with frozen_at(MORNING):
        assert "novy@kraj.example" in client.get(f"/nastaveni-hesla/{token}").get_data(as_text=True)
    assert use_link(client, token).location == "/prihlaseni"
    assert verify_password(db.session.get(User, user.id).password_hash, NEW)
    assert use_link(client, token, "jiný strom u jiné řeky").status_code == 404
    assert verify_password(db.session.get(User, user.id).password_hash, NEW)


def test_looking_at_the_link_does_not_use_it_up(client):
    token = make_link(make_user())
    with frozen_at(MORNING):
        assert [client.get(f"/nastaveni-hesla/{token}").status_code for _ in range(2)] == [200, 200]
    assert use_link(client, token).status_code == 302


def test_a_link_ends_after_three_days(client):
    token = make_link(make_user())
    assert use_link(client, token, instant=MORNING + timedelta(hours=72)).status_code == 404
    assert use_link(client, token, instant=MORNING + timedelta(hours=71, minutes=59)).status_code == 302


def test_a_newer_link_ends_the_older_one(client):
    user = make_user()
    older, newer = make_link(user), make_link(user)
    assert use_link(client, older).status_code == 404
    assert use_link(client, newer).status_code == 302


def test_a_link_ends_with_the_account(client):
    user = make_user()
    token = make_link(user)
    with transaction():
        users.deactivate_user(OPERATOR, user_id=user.id)
        users.activate_user(OPERATOR, user_id=user.id)
    assert use_link(client, token).status_code == 404


def test_the_link_itself_is_not_kept(app):
    user = make_user()
    token = make_link(user)
    stored = db.session.get(User, user.id).password_link_digest
    assert len(stored) == 64
    assert token not in stored


@pytest.mark.parametrize(("password", "repeated"), [("", ""), (NEW, "něco jiného"), ("krátké", "krátké")])
def test_a_password_that_cannot_be_set_leaves_the_link_alive(client, password, repeated):
    token = make_link(make_user())
    assert use_link(client, token, password, repeated).status_code == 422
    assert use_link(client, token).status_code == 302
