"""Signing in: who gets in, who is told what, when the door closes and when a session ends."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from portal.accounts import passwords, queries
from portal.accounts.models import LoginFailure, User
from portal.accounts.service import users
from portal.core.audit import AuditEntry
from portal.core.clock import frozen_at
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.permissions import OPERATOR, Grant, Role
from portal.core.transaction import transaction
from tests.factories.accounts import PASSWORD, login, make_user

MORNING = datetime(2026, 3, 31, 6, 0, tzinfo=UTC)
EMAIL = "jana@charita.example"


@pytest.fixture(autouse=True)
def _forms_without_token(app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


def sign_in(client, password=PASSWORD, email=EMAIL, wanted=""):
    return client.post("/prihlaseni", data={"email": email, "password": password, "next": wanted})


def is_signed_in(client):
    return client.get("/ucet").status_code == 200


def actions():
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_the_right_password_lets_in_and_is_recorded(client):
    user = make_user(role="planner", email=EMAIL, password=PASSWORD)
    response = sign_in(client)
    assert (response.status_code, response.location) == (302, "/")
    assert is_signed_in(client)
    assert actions()[-1] == "accounts.login"
    assert db.session.get(User, user.id).last_login_at_utc is not None


def test_the_address_may_be_typed_with_capitals_and_spaces(client):
    make_user(email=EMAIL, password=PASSWORD)
    sign_in(client, email=f"  {EMAIL.upper()} ")
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/vykazy?obdobi=2026Q2", "/vykazy?obdobi=2026Q2"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_after_signing_in_one_stays_on_the_portal(client, quick_hashes, wanted, leads_to):
    make_user(email=EMAIL, password=PASSWORD)
    assert sign_in(client, wanted=wanted).location == leads_to


def test_somebody_sent_to_the_login_comes_back_where_they_wanted(client, quick_hashes):
    make_user(role="auditor", email=EMAIL, password=PASSWORD)
    response = client.get("/sprava/uzivatele?q=jana")
    page = client.get(response.location).get_data(as_text=True)
    assert 'name="next" value="/sprava/uzivatele?q=jana"' in page


def page_of(response, email):
    """Status and page without the address that was typed and the token, which carries the second."""
    text = response.get_data(as_text=True).replace(email, "EMAIL").split("<main")[1]
    return response.status_code, re.sub(r'name="csrf_token" value="[^"]*"', "", text)


def test_wrong_unknown_deactivated_and_invited_look_the_same_up_to_the_lock_and_beyond(client, quick_hashes):
    make_user(email="known@charita.example", password=PASSWORD)
    inactive = make_user(email="gone@charita.example", password=PASSWORD)
    make_user(email="invited@charita.example")
    with transaction():
        users.deactivate_user(OPERATOR, user_id=inactive.id)
    emails = [f"{who}@charita.example" for who in ("known", "gone", "invited", "nobody")]
    with frozen_at(MORNING):
        for attempt in range(1, 8):
            passwords_tried = dict.fromkeys(emails, "něco docela jiného") | {"gone@charita.example": PASSWORD}
            pages = {page_of(sign_in(client, passwords_tried[e], e), e) for e in emails}
            assert len(pages) == 1
            ((status, text),) = pages
            assert status == 422
            assert ("je přihlašování s touto e-mailovou adresou uzavřeno do" in text) == (attempt >= 5)
    assert "8:15" in text


def test_unknown_people_cost_one_comparison_as_known_ones_do(client, monkeypatch):
    compared = []
    monkeypatch.setattr(
        "portal.accounts.views.attempts.verify_password", lambda stored, password: compared.append(stored) or False
    )
    make_user(email=EMAIL, password=PASSWORD)
    sign_in(client)
    sign_in(client, email="nobody@charita.example")
    assert len(compared) == 2
    assert compared[1] is None


def test_known_and_unknown_cost_the_same_number_of_statements(client, queries, quick_hashes):
    make_user(role="planner", email=EMAIL, password=PASSWORD)
    counts = []
    for email in (EMAIL, "nobody@charita.example"):
        queries.statements.clear()
        sign_in(client, "něco docela jiného", email)
        counts.append(queries.count)
    assert counts[0] == counts[1]


def test_after_five_failures_even_the_right_password_waits_until_the_lock_ends(client, quick_hashes):
    make_user(email=EMAIL, password=PASSWORD)
    with frozen_at(MORNING):
        for _ in range(5):
            sign_in(client, "něco docela jiného")
        refused = sign_in(client)
        assert refused.status_code == 422
        assert not is_signed_in(client)
        assert actions()[-1] == "accounts.login.locked"
    with frozen_at(MORNING + timedelta(minutes=14, seconds=59)):
        sign_in(client)
        assert not is_signed_in(client)
    with frozen_at(MORNING + timedelta(minutes=15)):
        sign_in(client)
        assert is_signed_in(client)


def test_a_locked_account_is_not_even_compared(client, monkeypatch, quick_hashes):
    make_user(email=EMAIL, password=PASSWORD)
    for _ in range(5):
        sign_in(client, "něco docela jiného")
    monkeypatch.setattr("portal.accounts.views.attempts.verify_password", lambda *_: pytest.fail("compared"))
    sign_in(client)


def test_an_attempt_counts_before_it_is_known_how_it_ends(client, monkeypatch, quick_hashes):
    """So that many at once are not more than five in a row."""
    make_user(email=EMAIL, password=PASSWORD)
    counted = []

    def look(*_):
        counted.append(db.session.scalar(select(LoginFailure.failures)))
        return False

    monkeypatch.setattr("portal.accounts.views.attempts.verify_password", look)
    sign_in(client)
    sign_in(client)
    assert counted == [1, 2]


def test_four_failures_and_then_the_right_password_begin_the_count_anew(client, quick_hashes):
    make_user(email=EMAIL, password=PASSWORD)
    for _ in range(2):
        for _ in range(4):
            sign_in(client, "něco docela jiného")
        sign_in(client)
        assert is_signed_in(client)
        client.post("/odhlaseni")


def test_failures_are_forgotten_after_a_day(client, quick_hashes):
    make_user(email=EMAIL, password=PASSWORD)
    for day in range(6):
        with frozen_at(MORNING + timedelta(days=day, minutes=day)):
            sign_in(client, "něco docela jiného")
    assert db.session.scalar(select(LoginFailure.failures)) == 1


def test_no_address_that_was_typed_is_kept(client, quick_hashes):
    sign_in(client, email="heslo-misto-adresy")
    (stored,) = db.session.scalars(select(LoginFailure.email_digest))
    assert len(stored) == 64
    assert "heslo" not in stored


def test_an_empty_form_says_what_is_missing_and_counts_nothing(client):
    response = client.post("/prihlaseni", data={})
    assert response.status_code == 422
    assert "Zadejte své heslo" in response.get_data(as_text=True)
    assert db.session.scalar(select(LoginFailure)) is None


def test_a_password_hashed_with_old_parameters_is_hashed_anew_at_login(client):
    user = make_user(email=EMAIL, password=PASSWORD)
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with transaction():
        db.session.get(User, user.id).password_hash = weak
    sign_in(client)
    assert is_signed_in(client)
    stored = db.session.get(User, user.id).password_hash
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.verify_password(stored, PASSWORD)


def test_a_session_prepared_by_somebody_else_is_thrown_away_at_login(client, quick_hashes):
    make_user(email=EMAIL, password=PASSWORD)
    with client.session_transaction() as session:
        session["planted"] = "yes"
    before = client.get_cookie("portal_session").value
    sign_in(client)
    with client.session_transaction() as session:
        assert "planted" not in session
    assert client.get_cookie("portal_session").value != before


def test_signing_in_elsewhere_ends_the_earlier_session(app, client, quick_hashes):
    make_user(email=EMAIL, password=PASSWORD)
    other = app.test_client()
    sign_in(client)
    sign_in(other)
    assert is_signed_in(other)
    assert not is_signed_in(client)


def test_signing_out_ends_the_session_even_for_a_copy_of_the_cookie(app, client):
    login(client, make_user())
    thief = app.test_client()
    thief.set_cookie("portal_session", client.get_cookie("portal_session").value)
    assert is_signed_in(thief)
    assert client.post("/odhlaseni").status_code == 302
    assert not is_signed_in(client)
    assert not is_signed_in(thief)


@pytest.mark.parametrize(
    "change",
    [
        lambda user: users.grant_role(OPERATOR, user_id=user.id, grant=Grant(Role.AUDITOR)),
        lambda user: users.revoke_role(OPERATOR, user_id=user.id, grant=Grant(Role.PLANNER)),
        lambda user: users.deactivate_user(OPERATOR, user_id=user.id),
        lambda user: users.set_password(OPERATOR, user_id=user.id, password=PASSWORD),
        lambda user: users.reset_second_factor(OPERATOR, user_id=user.id),
    ],
    ids=["role granted", "role revoked", "deactivated", "password set", "second factor reset"],
)
def test_a_change_of_rights_ends_the_session(client, change):
    user = make_user(role="planner")
    login(client, user)
    assert is_signed_in(client)
    with transaction():
        change(user)
    assert not is_signed_in(client)


def test_a_change_of_the_name_does_not(client):
    user = make_user(role="planner")
    login(client, user)
    with transaction():
        users.change_user(OPERATOR, user_id=user.id, version=1, name="Jana Dvořáková", email=user.email)
    assert "Jana Dvořáková" in client.get("/ucet").get_data(as_text=True)


@pytest.mark.parametrize("cookie", ["1.", "x.y", ".", "99999999999999999999.token", "²." + "t" * 43])
def test_a_session_that_names_nobody_is_nobody(client, cookie):
    with client.session_transaction() as session:
        session["_user_id"] = cookie
    assert not is_signed_in(client)


def test_who_asks_is_found_in_one_statement_however_many_roles(client, queries):
    grants = frozenset({Grant(Role.PLANNER), Grant(Role.AUDITOR), Grant(Role.PROVIDER_EDITOR, "25596641")})
    login(client, make_user(grants=grants))
    queries.statements.clear()
    assert client.get("/ucet/heslo").status_code == 200
    assert [statement for statement in queries.statements if "users" in statement] == queries.statements[:1]
    assert queries.count == 3  # two places of the menu count what waits there


def test_the_public_pages_ask_for_nobody(client, queries):
    queries.statements.clear()
    assert client.get("/prihlaseni").status_code == 200
    assert queries.count == 0


def test_somebody_who_is_signed_in_is_not_asked_again(client):
    login(client, make_user())
    response = client.get("/prihlaseni?next=/ucet")
    assert (response.status_code, response.location) == (302, "/ucet")


def test_the_language_of_the_account_follows_the_person_to_a_new_browser(client, quick_hashes):
    user = make_user(email=EMAIL, password=PASSWORD)
    with transaction():
        db.session.get(User, user.id).language = "en"
    sign_in(client)
    assert "My account" in client.get("/ucet").get_data(as_text=True)


def test_from_one_network_address_only_so_many_attempts_a_minute(app, client, monkeypatch, quick_hashes):
    monkeypatch.setitem(app.config, "LOGIN_LIMITS_IN_TESTS", True)
    limiter = app.extensions["portal_login_limiter"]
    limiter.reset()
    try:
        statuses = [sign_in(client, "něco", f"osoba{n}@kraj.example").status_code for n in range(31)]
        assert statuses == [422] * 30 + [429]
        assert client.get("/prihlaseni").status_code == 200
    finally:
        limiter.reset()


def test_two_people_cannot_have_one_address_in_two_spellings(app):
    make_user(email=EMAIL)
    assert queries.find_user_by_email(EMAIL) is not None
    with pytest.raises(Invalid, match="already belongs"):
        make_user(email=EMAIL.upper())
