"""``portal user``: people and roles from the command line, for the first administrator and for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click
from flask.cli import with_appcontext
from flask_babel import gettext, ngettext

from portal.accounts.scope_codes import checked_grant
from portal.accounts.scopes import described_grant, scope_names, scope_warning
from portal.accounts.service import listing, users
from portal.accounts.types import UserFilter, UserRow, find_role
from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.core.permissions import OPERATOR, Grant, Role
from portal.core.transaction import transaction
from portal.web.languages import say

EVERYBODY = 1_000_000
Command = TypeVar("Command", bound=Callable[..., Any])

email_option = click.option("--email", required=True, help="Address that the user signs in with.")


def grant_options(command: Command) -> Command:
    """The options that name one role and its scope."""
    for option in (
        click.option("--municipality", help="ČSÚ code, for the role of a municipality."),
        click.option("--provider", help="IČO, for the roles of a provider."),
        click.option("--role", required=True, type=click.Choice([role.value for role in Role])),
    ):
        command = option(command)
    return command


@click.group("user")
def user_group() -> None:
    """Users and their roles."""


@user_group.command("create")
@email_option
@grant_options
@click.option("--name", help="Name and surname; by default what stands before @.")
@with_appcontext
def create_command(email: str, role: str, provider: str | None, municipality: str | None, name: str | None) -> None:
    """Create a user with one role. The password is read from standard input, or asked for on a terminal."""
    grant = _grant(role, provider, municipality)
    password = _read_password()
    with transaction():
        users.create_user(
            OPERATOR,
            email=email,
            name=name or email.strip().partition("@")[0],
            grants=frozenset({grant}),
            password=password,
        )
    _warn(grant)
    _tell(
        gettext("User %(email)s is created: %(role)s.", email=email, role=described_grant(grant, scope_names([grant])))
    )


@user_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
@with_appcontext
def list_command(as_json: bool) -> None:
    """List users with their roles and states."""
    rows = listing.list_users(UserFilter(), page_size=EVERYBODY).rows
    if as_json:
        click.echo(json.dumps([_as_json(row) for row in rows], ensure_ascii=False, indent=1))
        return
    for row in rows:
        roles = ", ".join(_grant_text(grant) for grant in row.grants)
        click.echo(f"{row.email}\t{row.name}\t{row.state.value}\t{roles}")
    _tell(ngettext("%(num)s user found.", "%(num)s users found.", len(rows)))


@user_group.command("grant")
@email_option
@grant_options
@with_appcontext
def grant_command(email: str, role: str, provider: str | None, municipality: str | None) -> None:
    """Give a user one more role."""
    grant = _grant(role, provider, municipality)
    with transaction():
        users.grant_role(OPERATOR, user_id=users.get_user_id(email), grant=grant)
    _warn(grant)
    _tell(gettext("The role is granted. The user has to sign in again."))


@user_group.command("revoke")
@email_option
@grant_options
@with_appcontext
def revoke_command(email: str, role: str, provider: str | None, municipality: str | None) -> None:
    """Take a role away."""
    with transaction():
        users.revoke_role(OPERATOR, user_id=users.get_user_id(email), grant=_grant(role, provider, municipality))
    _tell(gettext("The role is taken away. The user has to sign in again."))


@user_group.command("deactivate")
@email_option
@with_appcontext
def deactivate_command(email: str) -> None:
    """Let a user no longer sign in."""
    with transaction():
        users.deactivate_user(OPERATOR, user_id=users.get_user_id(email))
    _tell(gettext("The user is deactivated and can no longer sign in."))


@user_group.command("activate")
@email_option
@with_appcontext
def activate_command(email: str) -> None:
    """Let a deactivated user sign in again."""
    with transaction():
        users.activate_user(OPERATOR, user_id=users.get_user_id(email))
    _tell(gettext("The user is active again."))


@user_group.command("unlock")
@email_option
@with_appcontext
def unlock_command(email: str) -> None:
    """End the lock after wrong attempts."""
    with transaction():
        users.unlock_user(OPERATOR, user_id=users.get_user_id(email))
    _tell(gettext("The user is unlocked and can try to sign in again."))


@user_group.command("password")
@email_option
@with_appcontext
def password_command(email: str) -> None:
    """Set a user's password, read from standard input or asked for on a terminal."""
    user_id = users.get_user_id(email)
    password = _read_password()
    with transaction():
        users.set_password(OPERATOR, user_id=user_id, password=password)
    _tell(gettext("The password is set. The user has to sign in again."))


@user_group.command("reset-second-factor")
@email_option
@with_appcontext
def reset_second_factor_command(email: str) -> None:
    """Remove a user's second factor, for a lost phone."""
    with transaction():
        users.reset_second_factor(OPERATOR, user_id=users.get_user_id(email))
    _tell(gettext("The second factor is removed. The user sets a new one after signing in."))


COMMANDS: tuple[click.Command, ...] = (user_group,)


def _grant(role: str, provider: str | None, municipality: str | None) -> Grant:
    wanted = find_role(role)
    assert wanted is not None  # click offers the roles alone
    if provider and municipality:
        raise Invalid(_m("A role is bound to a provider or to a municipality, not to both."))
    return checked_grant(wanted, provider or municipality)


def _read_password() -> str:
    if sys.stdin.isatty():
        password: str = click.prompt(
            gettext("Password"), hide_input=True, confirmation_prompt=gettext("Password once more"), err=True
        )
        return password
    return sys.stdin.readline().rstrip("\r\n")


def _warn(grant: Grant) -> None:
    warning = scope_warning(grant)
    if warning is not None:
        _tell(say(warning))


def _tell(sentence: str) -> None:
    click.echo(sentence, err=True)


def _grant_text(grant: Grant) -> str:
    return f"{grant.role.value}:{grant.scope_code}" if grant.scope_code else grant.role.value


def _as_json(row: UserRow) -> dict[str, Any]:
    return {
        "email": row.email,
        "name": row.name,
        "state": row.state.value,
        "second_factor": row.has_second_factor,
        "last_login_at_utc": row.last_login_at_utc.isoformat() if row.last_login_at_utc else None,
        "roles": [{"role": grant.role.value, "scope_code": grant.scope_code} for grant in row.grants],
    }
