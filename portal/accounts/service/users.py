"""Administration of people: create, change, roles, deactivate, unlock, one-time links. Everything is audited.

What changes somebody's rights ends their session. The last active administrator cannot be taken away.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from email_validator import EmailNotValidError, validate_email

from portal.accounts import queries
from portal.accounts.models import RoleGrant, User
from portal.accounts.passwords import hash_password, password_faults
from portal.accounts.service.login import forget_failures, new_session_token
from portal.accounts.types import ROLE_NAMES, normalised_email, searchable
from portal.core import audit
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.messages import Message, _m
from portal.core.permissions import Actor, Grant, Role

LINK_VALID = timedelta(hours=72)
MAX_NAME_CHARS = 200
_NO_USER = _m("There is no such user.")


def get_user(user_id: int) -> User:
    """The person, held for this unit of work. Raises NotFound."""
    user = queries.find_user(user_id, for_update=True)
    if user is None:
        raise NotFound(_NO_USER)
    return user


def get_user_id(email: str) -> int:
    """Raises NotFound with the address in its sentence."""
    user = queries.find_user_by_email(normalised_email(email))
    if user is None:
        raise NotFound(_m("Nobody has the address %(email)s.", email=email.strip()))
    return user.id


def create_user(
    actor: Actor, *, email: str, name: str, grants: frozenset[Grant] = frozenset(), password: str | None = None
) -> int:
    """Create an active person and return the id; without a password, a one-time link has to follow.

    Raises Invalid for a malformed or taken address, an empty name or a weak password.
    """
    address, wanted_name = _checked_person(email, name)
    if queries.find_user_by_email(address) is not None:
        taken = _m("The address %(email)s already belongs to a user.", email=address)
        raise Invalid(taken, {"email": [taken]})
    if password is not None:
        check_password(password, about=(address, wanted_name))
    user = User(
        email=address,
        name=wanted_name,
        search_text=searchable(wanted_name, address),
        is_active=True,
        password_hash=hash_password(password) if password is not None else None,
        session_token=new_session_token(),
        created_at_utc=now_utc(),
    )
    user.grants = [RoleGrant(role=grant.role, scope_code=grant.scope_code or "") for grant in sorted_grants(grants)]
    db.session.add(user)
    db.session.flush()
    _record(actor, "accounts.user.created", user, {"email": address, "roles": [_text(grant) for grant in grants]})
    return user.id


def change_user(actor: Actor, *, user_id: int, version: int, name: str, email: str) -> None:
    """Change name and address. Raises Conflict with the stored values when somebody else was first."""
    user = get_user(user_id)
    if user.version != version:
        raise Conflict(
            _m("Somebody else has changed this user meanwhile."),
            {"name": user.name, "email": user.email, "version": user.version},
        )
    address, wanted_name = _checked_person(email, name)
    other = queries.find_user_by_email(address)
    if other is not None and other.id != user.id:
        taken = _m("The address %(email)s already belongs to a user.", email=address)
        raise Invalid(taken, {"email": [taken]})
    changes = {
        field: {"from": old, "to": new}
        for field, old, new in (("name", user.name, wanted_name), ("email", user.email, address))
        if old != new
    }
    if not changes:
        return
    user.name, user.email, user.search_text = wanted_name, address, searchable(wanted_name, address)
    user.version += 1
    db.session.flush()
    _record(actor, "accounts.user.changed", user, changes)


def grant_role(actor: Actor, *, user_id: int, grant: Grant) -> None:
    """Raises Invalid when the person has the role already."""
    user = get_user(user_id)
    if any(Grant(Role(row.role), row.scope_code or None) == grant for row in user.grants):
        has = _m("The user already has the role %(role)s.", role=ROLE_NAMES[grant.role])
        raise Invalid(has, {"role": [has]})
    user.grants.append(RoleGrant(role=grant.role, scope_code=grant.scope_code or ""))
    _end_sessions(user)
    _record(actor, "accounts.role.granted", user, {"role": _text(grant)})


def revoke_role(actor: Actor, *, user_id: int, grant: Grant) -> None:
    """Raises NotFound when the person does not have the role, Invalid for the last administrator's."""
    administrators = queries.active_administrator_ids()
    user = get_user(user_id)
    found = next(
        (row for row in user.grants if row.role == grant.role and (row.scope_code or None) == grant.scope_code), None
    )
    if found is None:
        raise NotFound(_m("The user does not have the role %(role)s.", role=ROLE_NAMES[grant.role]))
    if grant.role is Role.ADMINISTRATOR:
        _keep_an_administrator(user, administrators)
    user.grants.remove(found)
    _end_sessions(user)
    _record(actor, "accounts.role.revoked", user, {"role": _text(grant)})


def deactivate_user(actor: Actor, *, user_id: int) -> None:
    """The person can no longer log in; nothing of what they did is lost. Raises Invalid for the last administrator."""
    administrators = queries.active_administrator_ids()
    user = get_user(user_id)
    if not user.is_active:
        return
    _keep_an_administrator(user, administrators)
    user.is_active = False
    user.password_link_digest = user.password_link_expires_at_utc = None
    _end_sessions(user)
    _record(actor, "accounts.user.deactivated", user)


def activate_user(actor: Actor, *, user_id: int) -> None:
    user = get_user(user_id)
    if user.is_active:
        return
    user.is_active = True
    _end_sessions(user)
    _record(actor, "accounts.user.activated", user)


def unlock_user(actor: Actor, *, user_id: int) -> None:
    user = get_user(user_id)
    forget_failures(user.email)
    _record(actor, "accounts.user.unlocked", user)


def reset_second_factor(actor: Actor, *, user_id: int) -> None:
    """For a lost phone: the person enrols anew after the next login."""
    user = get_user(user_id)
    user.totp_seed = user.totp_last_step = None
    queries.forget_recovery_codes(user.id)
    _end_sessions(user)
    _record(actor, "accounts.second_factor.reset", user)


def set_password(actor: Actor, *, user_id: int, password: str) -> None:
    """Set a password for somebody (command line). Raises Invalid for a weak one."""
    user = get_user(user_id)
    check_password(password, about=(user.email, user.name))
    store_password(user, password)
    _record(actor, "accounts.password.set", user)


def make_password_link(actor: Actor, *, user_id: int) -> str:
    """A token for one setting of the password within 72 hours; it replaces earlier ones. Kept as a digest only.

    Raises Invalid for somebody who is deactivated.
    """
    user = get_user(user_id)
    if not user.is_active:
        raise Invalid(_m("The user is deactivated; activate the user first."))
    token = secrets.token_urlsafe(32)
    user.password_link_digest = _link_digest(token)
    user.password_link_expires_at_utc = now_utc() + LINK_VALID
    db.session.flush()
    _record(actor, "accounts.password_link.made", user)
    return token


def find_email_of_link(token: str) -> str | None:
    """Whose password the link sets; None for a link that is unknown, used or too old."""
    user = queries.find_user_by_link(_link_digest(token), now_utc())
    return user.email if user is not None else None


def use_password_link(*, token: str, password: str) -> None:
    """Set the password and use the link up. Raises NotFound for a dead link, Invalid for a weak password."""
    user = queries.find_user_by_link(_link_digest(token), now_utc(), for_update=True)
    if user is None:
        raise NotFound(_m("This link is no longer valid. Ask the administrator for a new one."))
    check_password(password, about=(user.email, user.name))
    store_password(user, password)
    forget_failures(user.email)
    _record(Actor(user_id=user.id, name=user.name), "accounts.password.set", user, {"by": "link"})


def check_password(password: str, *, about: tuple[str, ...]) -> None:
    """Raises Invalid on the field ``password``."""
    if faults := password_faults(password, about=about):
        raise Invalid(faults[0], {"password": faults})


def store_password(user: User, password: str) -> None:
    user.password_hash = hash_password(password)
    user.password_link_digest = user.password_link_expires_at_utc = None
    _end_sessions(user)


def sorted_grants(grants: frozenset[Grant]) -> list[Grant]:
    return sorted(grants, key=lambda grant: (grant.role, grant.scope_code or ""))


def _keep_an_administrator(user: User, administrators: set[int]) -> None:
    if administrators == {user.id}:
        raise Invalid(_m("This is the last active administrator. Give the role to somebody else first."))


def _end_sessions(user: User) -> None:
    user.session_token = new_session_token()
    db.session.flush()


def _checked_person(email: str, name: str) -> tuple[str, str]:
    """Address and name as they are kept. Raises Invalid with the faults of both fields."""
    address, wanted = normalised_email(email), " ".join(name.replace("\0", "").split())
    faults: dict[str, list[Message]] = {}
    if not wanted:
        faults["name"] = [_m("Enter the name of the user.")]
    elif len(wanted) > MAX_NAME_CHARS:
        faults["name"] = [_m("The name can have at most %(count)s characters.", count=MAX_NAME_CHARS)]
    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        faults["email"] = [_m("Enter an e-mail address in the form name@example.cz.")]
    if faults:
        raise Invalid(next(iter(faults.values()))[0], faults)
    return address, wanted


def _link_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _text(grant: Grant) -> str:
    return f"{grant.role}:{grant.scope_code}" if grant.scope_code else str(grant.role)


def _record(actor: Actor, action: str, user: User, details: Mapping[str, Any] | None = None) -> None:
    audit.record(actor, action, object_kind="user", object_key=user.id, details=details)
