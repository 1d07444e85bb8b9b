"""``portal user``: the exit status is 0 only on success, data go to standard output, sentences to standard error."""

import json

import pytest
from sqlalchemy import select

from portal.accounts.commands import user_group
from portal.accounts.models import RoleGrant, User
from portal.accounts.passwords import verify_password
from portal.accounts.service import login as login_service
from portal.core.audit import AuditEntry
from portal.core.db import db
from portal.core.errors import Invalid, NotFound
from portal.core.transaction import transaction
from tests.factories.accounts import OWN_ICO, PASSWORD, make_user

EMAIL = "editor@charita.example"


@pytest.fixture
def portal_user(app, quick_hashes):
    runner = app.test_cli_runner()

    def run(*arguments, given=None):
        return runner.invoke(user_group, arguments, input=given)

    return run


def create(portal_user, *arguments, given=PASSWORD + "\n"):
    return portal_user("create", "--email", EMAIL, *arguments, given=given)


def stored():
    return db.session.scalar(select(User).where(User.email == EMAIL))


def test_a_user_is_created_with_the_password_from_standard_input(portal_user):
    result = create(portal_user, "--role", "provider_editor", "--provider", OWN_ICO)
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "je založen: Poskytovatel: editor" in result.stderr
    assert PASSWORD not in result.output
    assert verify_password(stored().password_hash, PASSWORD)
    assert [(row.role, row.scope_code) for row in stored().grants] == [("provider_editor", OWN_ICO)]
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.actor_name, entry.user_id) == ("portal", None)


def test_a_municipality_is_given_by_its_code(portal_user):
    assert create(portal_user, "--role", "municipality_worker", "--municipality", "500496").exit_code == 0
    assert stored().grants[0].scope_code == "500496"


@pytest.mark.parametrize(
    ("arguments", "given", "sentence"),
    [
        (["--role", "provider_editor"], PASSWORD, "Enter the IČO"),
        (["--role", "provider_editor", "--provider", "12345678"], PASSWORD, "not a valid IČO"),
        (["--role", "planner", "--provider", OWN_ICO], PASSWORD, "region as a whole"),
        (["--role", "planner"], "krátké", "at least 12"),
        (["--role", "planner"], "", "at least 12"),
        (["--role", "provider_editor", "--provider", OWN_ICO, "--municipality", "500496"], PASSWORD, "not to both"),
    ],
)
def test_what_cannot_be_created_is_refused_and_leaves_nothing(portal_user, arguments, given, sentence):
    result = create(portal_user, *arguments, given=given)
    assert result.exit_code != 0
    assert isinstance(result.exception, Invalid)
    assert sentence in str(result.exception)
    assert stored() is None


def test_an_unknown_role_names_the_known_ones(portal_user):
    result = create(portal_user, "--role", "king")
    assert result.exit_code == 2
    assert "key_worker" in result.stderr


def test_the_same_address_is_not_created_twice(portal_user):
    create(portal_user, "--role", "planner")
    result = create(portal_user, "--role", "auditor")
    assert isinstance(result.exception, Invalid)
    assert [row.role for row in stored().grants] == ["planner"]


def test_roles_are_granted_and_revoked(portal_user):
    make_user(role="planner", email=EMAIL)
    assert portal_user("grant", "--email", EMAIL.upper(), "--role", "auditor").exit_code == 0
    assert portal_user("revoke", "--email", EMAIL, "--role", "planner").exit_code == 0
    assert list(db.session.scalars(select(RoleGrant.role))) == ["auditor"]
    assert isinstance(portal_user("revoke", "--email", EMAIL, "--role", "planner").exception, NotFound)


def test_the_list_is_one_json_with_roles_and_states(portal_user):
    make_user(role="provider_editor", email=EMAIL, name="Žofie Ťulpíková", password=PASSWORD)
    make_user(name="Adam Nový", email="adam@kraj.example")
    result = portal_user("list", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == [
        {
            "email": "adam@kraj.example",
            "name": "Adam Nový",
            "state": "invited",
            "second_factor": False,
            "last_login_at_utc": None,
            "roles": [],
        },
        {
            "email": EMAIL,
            "name": "Žofie Ťulpíková",
            "state": "active",
            "second_factor": False,
            "last_login_at_utc": None,
            "roles": [{"role": "provider_editor", "scope_code": OWN_ICO}],
        },
    ]


def test_the_plain_list_has_a_line_for_each(portal_user):
    make_user(role="provider_editor", email=EMAIL)
    result = portal_user("list")
    assert result.stdout == f"{EMAIL}\tJana Nováková\tinvited\tprovider_editor:{OWN_ICO}\n"
    assert "Nalezen 1 uživatel." in result.stderr


def test_people_are_deactivated_and_activated(portal_user):
    make_user(email=EMAIL)
    assert portal_user("deactivate", "--email", EMAIL).exit_code == 0
    assert stored().is_active is False
    assert portal_user("activate", "--email", EMAIL).exit_code == 0
    assert stored().is_active is True


def test_the_last_administrator_stays_for_the_command_line_too(portal_user):
    make_user(role="administrator", email=EMAIL)
    assert isinstance(portal_user("deactivate", "--email", EMAIL).exception, Invalid)
    assert stored().is_active is True


def test_a_lock_is_ended(portal_user):
    make_user(email=EMAIL)
    for _ in range(5):
        with transaction():
            login_service.begin_login(email=EMAIL)
    assert portal_user("unlock", "--email", EMAIL).exit_code == 0
    with transaction():
        assert not login_service.begin_login(email=EMAIL).is_refused


def test_a_password_is_set_and_ends_sessions(portal_user):
    user = make_user(email=EMAIL)
    before = user.session_token
    assert portal_user("password", "--email", EMAIL, given=PASSWORD).exit_code == 0
    assert verify_password(stored().password_hash, PASSWORD)
    assert stored().session_token != before


def test_a_second_factor_is_forgotten(portal_user):
    user = make_user(email=EMAIL)
    with transaction():
        user.totp_seed = "seed"
    assert portal_user("reset-second-factor", "--email", EMAIL).exit_code == 0
    assert stored().totp_seed is None


@pytest.mark.parametrize("command", ["deactivate", "activate", "unlock", "password", "reset-second-factor"])
def test_an_unknown_address_is_said(portal_user, command):
    result = portal_user(command, "--email", "nobody@kraj.example", given=PASSWORD)
    assert isinstance(result.exception, NotFound)
    assert "nobody@kraj.example" in str(result.exception)
