"""The second factor: set up, asked for, used up, lost; and the duty of those who work for the kraj."""

import dataclasses
import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import func, select

from portal.accounts.models import RecoveryCode, User
from portal.accounts.second_factor import derived_secret
from portal.accounts.service import users
from portal.core.audit import AuditEntry
from portal.core.clock import frozen_at
from portal.core.db import db
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from tests.factories.accounts import PASSWORD, login, make_user

MORNING = datetime(2026, 3, 31, 6, 0, 5, tzinfo=UTC)
EMAIL = "klara@kraj.example"


@pytest.fixture(autouse=True)
def _forms_without_token(app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture(autouse=True)
def _passwords_fit_by_themselves(monkeypatch):
    """Hashing is tried elsewhere; here a password fits when it is the one that the factory sets."""
    monkeypatch.setattr(
        "portal.accounts.views.attempts.verify_password",
        lambda stored, password: stored is not None and password == PASSWORD,
    )
    monkeypatch.setattr("portal.accounts.service.users.hash_password", lambda password: "hash")
    monkeypatch.setattr("portal.accounts.views.login.needs_rehash", lambda stored: False)


@pytest.fixture
def production(app, monkeypatch):
    settings = dataclasses.replace(app.extensions["portal_settings"], environment="production")
    monkeypatch.setitem(app.extensions, "portal_settings", settings)


def secret_of(client):
    page = client.get("/ucet/druhy-faktor").get_data(as_text=True)
    return re.search(r'accounts-key">([A-Z2-7 ]+)<', page).group(1).replace(" ", "")


def code(secret, instant=MORNING):
    return pyotp.TOTP(secret).at(instant)


def enrol(client, instant=MORNING):
    """Set up the second factor; returns its secret and the recovery codes."""
    with frozen_at(instant):
        secret = secret_of(client)
        page = client.post("/ucet/druhy-faktor", data={"code": code(secret, instant)}).get_data(as_text=True)
    return secret, re.findall(r"<code>([A-Z2-9-]{19})</code>", page)


def sign_in(client):
    return client.post("/prihlaseni", data={"email": EMAIL, "password": PASSWORD, "next": "/ucet"})


def is_signed_in(client):
    return client.get("/ucet").status_code == 200


@pytest.fixture
def klara(client):
    user = make_user(role="key_worker", email=EMAIL, password=PASSWORD)
    login(client, user)
    return user


def test_the_key_is_shown_until_a_code_proves_that_the_phone_has_it(client, klara):
    assert secret_of(client) == secret_of(client)
    with frozen_at(MORNING):
        wrong = client.post("/ucet/druhy-faktor", data={"code": "000000"})
    assert wrong.status_code == 422
    assert db.session.get(User, klara.id).totp_seed is None
    secret, codes = enrol(client)
    assert len(codes) == 8
    assert is_signed_in(client)
    assert "Zrušit druhý faktor" in client.get("/ucet/druhy-faktor").get_data(as_text=True)
    assert secret not in client.get("/ucet/druhy-faktor").get_data(as_text=True)


def test_the_database_keeps_neither_the_key_nor_the_recovery_codes(app, client, klara):
    secret, codes = enrol(client)
    user = db.session.get(User, klara.id)
    stored = [user.totp_seed, *db.session.scalars(select(RecoveryCode.digest))]
    assert secret not in " ".join(stored)
    assert not any(code.replace("-", "") in " ".join(stored).upper() for code in codes)
    assert derived_secret(user.totp_seed, app.config["SECRET_KEY"]) == secret
    assert secret not in str(list(db.session.scalars(select(AuditEntry.details))))


def test_the_qr_code_is_an_image_within_the_page(client, klara):
    assert 'src="data:image/svg+xml' in client.get("/ucet/druhy-faktor").get_data(as_text=True)


def test_the_password_alone_no_longer_lets_in(app, client, klara):
    secret, _codes = enrol(client)
    other = app.test_client()
    later = MORNING + timedelta(minutes=5)
    with frozen_at(later):
        assert sign_in(other).location == "/prihlaseni/druhy-faktor"
        assert not is_signed_in(other)
        response = other.post("/prihlaseni/druhy-faktor", data={"code": code(secret, later)})
        assert response.location == "/ucet"
        assert is_signed_in(other)


def test_a_code_seen_over_the_shoulder_cannot_be_used_again(app, client, klara):
    secret, _codes = enrol(client)
    later = MORNING + timedelta(minutes=5)
    with frozen_at(later):
        for attempt, lets_in in ((app.test_client(), True), (app.test_client(), False)):
            sign_in(attempt)
            attempt.post("/prihlaseni/druhy-faktor", data={"code": code(secret, later)})
            assert is_signed_in(attempt) is lets_in


def test_the_code_that_set_the_factor_up_does_not_sign_in(app, client, klara):
    secret, _codes = enrol(client)
    other = app.test_client()
    with frozen_at(MORNING):
        sign_in(other)
        assert other.post("/prihlaseni/druhy-faktor", data={"code": code(secret)}).status_code == 422


def test_a_recovery_code_lets_in_once(app, client, klara):
    _secret, codes = enrol(client)
    for typed, lets_in in ((codes[0].lower(), True), (codes[0], False), (codes[1].replace("-", " "), True)):
        other = app.test_client()
        sign_in(other)
        other.post("/prihlaseni/druhy-faktor", data={"code": typed})
        assert is_signed_in(other) is lets_in
    assert list(db.session.scalars(select(AuditEntry.action))).count("accounts.recovery_code.used") == 2


def test_a_recovery_code_of_somebody_else_does_not(app, client, klara):
    other_person = app.test_client()
    login(other_person, make_user(role="planner"))
    _secret, codes = enrol(other_person)
    enrol(client)
    other = app.test_client()
    sign_in(other)
    other.post("/prihlaseni/druhy-faktor", data={"code": codes[0]})
    assert not is_signed_in(other)


def test_guessing_codes_closes_the_door_although_the_password_is_right_each_time(app, client, klara):
    secret, _codes = enrol(client)
    other, later = app.test_client(), MORNING + timedelta(minutes=5)
    with frozen_at(later):
        for _ in range(5):
            sign_in(other)
            answer = other.post("/prihlaseni/druhy-faktor", data={"code": "000000"})
        assert "uzavřeno do" in answer.get_data(as_text=True)
        right = other.post("/prihlaseni/druhy-faktor", data={"code": code(secret, later)})
        assert right.status_code == 422
        assert sign_in(other).status_code == 422
    assert not is_signed_in(other)


def test_the_second_step_waits_ten_minutes_and_no_longer(app, client, klara):
    secret, _codes = enrol(client)
    other, begun = app.test_client(), MORNING + timedelta(minutes=5)
    with frozen_at(begun):
        sign_in(other)
    late = begun + timedelta(minutes=10, seconds=1)
    with frozen_at(late):
        response = other.post("/prihlaseni/druhy-faktor", data={"code": code(secret, late)})
    assert response.location == "/prihlaseni"
    assert not is_signed_in(other)


def test_a_reset_between_the_two_steps_ends_the_login(app, client, klara):
    secret, _codes = enrol(client)
    other, later = app.test_client(), MORNING + timedelta(minutes=5)
    with frozen_at(later):
        sign_in(other)
        with transaction():
            users.set_password(OPERATOR, user_id=klara.id, password="úplně jiné dlouhé heslo")
        other.post("/prihlaseni/druhy-faktor", data={"code": code(secret, later)})
    assert not is_signed_in(other)


def test_the_second_step_without_the_first_leads_to_the_login(client):
    assert client.get("/prihlaseni/druhy-faktor").location == "/prihlaseni"
    assert client.post("/prihlaseni/druhy-faktor", data={"code": "123456"}).location == "/prihlaseni"


def test_in_production_a_worker_of_the_kraj_first_sets_it_up(client, production):
    login(client, make_user(role="administrator"))
    for path in ("/ucet", "/sprava/uzivatele", "/sprava/zaznam-zmen"):
        response = client.get(path)
        assert (response.status_code, response.location) == (302, "/ucet/druhy-faktor")
    assert client.post("/sprava/uzivatele/novy", data={}).location == "/ucet/druhy-faktor"
    enrol(client)
    assert client.get("/sprava/uzivatele").status_code == 200


def test_until_then_the_public_pages_show_them_no_more_than_the_public(client, production):
    login(client, make_user(role="administrator"))
    page = client.get("/").get_data(as_text=True)
    assert "/sprava/uzivatele" not in page
    enrol(client)
    assert "/sprava/uzivatele" in client.get("/").get_data(as_text=True)


def test_in_production_they_cannot_remove_it(client, klara, production):
    enrol(client)
    response = client.post("/ucet/druhy-faktor/zruseni", data={"password_remove": PASSWORD})
    assert response.status_code == 403
    assert db.session.get(User, klara.id).totp_seed is not None


def test_providers_choose_for_themselves(client, production):
    login(client, make_user(role="provider_editor", password=PASSWORD))
    assert client.get("/ucet").status_code == 200
    enrol(client)
    response = client.post("/ucet/druhy-faktor/zruseni", data={"password_remove": PASSWORD})
    assert response.location == "/ucet"
    assert "není nastaven" in client.get("/ucet").get_data(as_text=True)


@pytest.mark.parametrize(
    ("path", "field"), [("zruseni", "password_remove"), ("zalozni-kody", "password_codes")], ids=["remove", "codes"]
)
def test_removing_it_or_new_codes_need_the_password_once_more(client, klara, path, field):
    _secret, codes = enrol(client)
    before = set(db.session.scalars(select(RecoveryCode.digest)))
    for typed in ("", "jiné heslo než moje"):
        assert client.post(f"/ucet/druhy-faktor/{path}", data={field: typed}).status_code == 422
    assert set(db.session.scalars(select(RecoveryCode.digest))) == before
    assert len(codes) == len(before)


def test_new_recovery_codes_end_the_old_ones(app, client, klara):
    _secret, old = enrol(client)
    page = client.post("/ucet/druhy-faktor/zalozni-kody", data={"password_codes": PASSWORD}).get_data(as_text=True)
    new = re.findall(r"<code>([A-Z2-9-]{19})</code>", page)
    assert len(set(new) - set(old)) == 8
    other = app.test_client()
    sign_in(other)
    other.post("/prihlaseni/druhy-faktor", data={"code": old[0]})
    assert not is_signed_in(other)


def test_a_lost_phone_is_forgotten_by_the_administrator(app, client, klara):
    enrol(client)
    with transaction():
        users.reset_second_factor(OPERATOR, user_id=klara.id)
    assert db.session.scalar(select(func.count()).select_from(RecoveryCode)) == 0
    other = app.test_client()
    assert sign_in(other).location == "/ucet"
    assert is_signed_in(other)


def test_setting_it_up_twice_keeps_the_first(client, klara):
    enrol(client)
    seed = db.session.get(User, klara.id).totp_seed
    assert client.post("/ucet/druhy-faktor", data={"code": "123456"}).location == "/ucet/druhy-faktor"
    assert db.session.get(User, klara.id).totp_seed == seed
