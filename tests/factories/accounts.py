"""People for tests, and a way in that needs no password."""

import itertools

from flask.testing import FlaskClient

from portal.accounts import queries
from portal.accounts.models import User
from portal.accounts.scope_codes import checked_grant
from portal.accounts.service import users
from portal.core.db import db
from portal.core.permissions import OPERATOR, Actor, Grant, Role
from portal.core.transaction import transaction

OWN_ICO = "25596641"
FOREIGN_ICO = "00094846"
OWN_MUNICIPALITY = "500496"
PASSWORD = "modrý vlak jede v noci"

_numbers = itertools.count(1)


def make_user(
    *,
    role: Role | str | None = None,
    provider: str | None = None,
    municipality: str | None = None,
    grants: frozenset[Grant] = frozenset(),
    name: str = "Jana Nováková",
    email: str | None = None,
    password: str | None = None,
) -> User:
    """A stored, active person. Roles of a provider are for ``OWN_ICO``, of a municipality for ``OWN_MUNICIPALITY``,
    unless said otherwise. Without ``password`` the person can only come in through ``login``."""
    if role is not None:
        wanted = Role(role)
        default = {"provider": provider or OWN_ICO, "municipality": municipality or OWN_MUNICIPALITY}
        grants = grants | {checked_grant(wanted, default.get(wanted.scope.value))}
    with transaction():
        user_id = users.create_user(
            OPERATOR,
            email=email or f"osoba{next(_numbers)}@kraj.example",
            name=name,
            grants=grants,
            password=password,
        )
    user = queries.find_user(user_id)
    assert user is not None
    return user


def municipality_actor(*codes: str, user_id: int = 1) -> Actor:
    """Who works for these municipalities; nobody of that id has to be stored."""
    return Actor(user_id, "Obec", frozenset(Grant(Role.MUNICIPALITY_WORKER, code) for code in codes))


def login(client: FlaskClient, user: User) -> FlaskClient:
    """Let the client carry a session of this person, as after signing in."""
    db.session.refresh(user)
    with client.session_transaction() as session:
        session["_user_id"] = f"{user.id}.{user.session_token}"
        session["_fresh"] = True
    return client
