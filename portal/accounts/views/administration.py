"""Administration of users.

The kraj's administrator comes rarely, mostly because somebody is new, has left, or stands locked out on the last day
for returns; the auditor looks on. They fear giving too much to the wrong person and locking everybody out; so roles say
what they are for, every change is recorded and the last administrator stays.
"""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.accounts.scope_codes import checked_grant
from portal.accounts.scopes import described_grant, scope_names, scope_warning
from portal.accounts.service import listing, users
from portal.accounts.types import ROLE_NAMES, ROLE_TASKS, UserFilter, UserRow, UserState, find_role
from portal.accounts.views.blueprint import bp
from portal.accounts.views.own import Answer, Errors, said
from portal.core.errors import Conflict, Invalid
from portal.core.messages import _m
from portal.core.permissions import Grant, Permission, Role
from portal.core.transaction import transaction
from portal.web.gate import current_actor, requires
from portal.web.languages import say
from portal.web.paging import page_number

STATE_NAMES = {
    UserState.ACTIVE: _m("active"),
    UserState.INVITED: _m("without a password"),
    UserState.LOCKED: _m("locked out"),
    UserState.INACTIVE: _m("deactivated"),
}
STATE_COLOURS = {
    UserState.ACTIVE: "green",
    UserState.INVITED: "yellow",
    UserState.LOCKED: "red",
    UserState.INACTIVE: "grey",
}


@bp.get("/sprava/uzivatele", endpoint="users")
@requires(Permission.USER_READ)
def list_users() -> str:
    wanted = _filter()
    found = listing.list_users(wanted)
    names = scope_names(grant for row in found.rows for grant in row.grants)
    query: dict[str, Any] = {"q": wanted.text or None, "role": wanted.role, "stav": wanted.state}
    return render_template(
        "accounts/users.html",
        wanted=wanted,
        page=found.page,
        rows=[(row, [described_grant(grant, names) for grant in row.grants]) for row in found.rows],
        address=lambda number: url_for("accounts.users", strana=number, **query),
        may_manage=current_actor().can(Permission.USER_MANAGE),
        role_choices=[(role.value, say(ROLE_NAMES[role])) for role in Role],
        state_choices=[(state.value, say(STATE_NAMES[state])) for state in UserState],
        state_names=STATE_NAMES,
        state_colours=STATE_COLOURS,
    )


def _filter() -> UserFilter:
    """Raises Invalid for a role, state or page that is none."""
    role, state = (request.args.get(name, "") for name in ("role", "stav"))
    wanted_state = next((known for known in UserState if known.value == state), None)
    if (role and find_role(role) is None) or (state and wanted_state is None):
        raise Invalid(_m("The list cannot be filtered in this way. Choose from the values offered."))
    return UserFilter(
        text=request.args.get("q", "").strip()[:100],
        role=find_role(role),
        state=wanted_state,
        page=page_number(),
    )


@bp.get("/sprava/uzivatele/novy")
@requires(Permission.USER_MANAGE)
def new_user() -> str:
    return _new_user_page({}, {})


@bp.post("/sprava/uzivatele/novy")
@requires(Permission.USER_MANAGE)
def create_user() -> Answer:
    form = {name: request.form.get(name, "") for name in ("email", "name", "role", "scope_code")}
    errors: Errors = {}
    grant: Grant | None = None
    try:
        grant = _grant_of(form) if form["role"] else None
    except Invalid as error:
        errors = said(error)
    try:
        with transaction():
            user_id = users.create_user(
                current_actor(),
                email=form["email"],
                name=form["name"],
                grants=frozenset({grant} if grant else ()),
            )
            if errors:
                raise Invalid(_m("Please correct the following"))
            token = users.make_password_link(current_actor(), user_id=user_id)
    except Invalid as error:
        return _new_user_page(form, {name: faults for name, faults in (said(error) | errors).items() if name}), 422
    if grant is not None:
        _flash_warning(grant)
    return _link_page(user_id, token, is_new=True)


def _new_user_page(form: dict[str, str], errors: Errors) -> str:
    return render_template("accounts/user_new.html", form=form, errors=errors, roles=_role_choices())


@bp.get("/sprava/uzivatele/<int:user_id>")
@requires(Permission.USER_READ)
def user(user_id: int) -> str:
    return _user_page(user_id)


def _user_page(user_id: int, **changes: Any) -> str:
    row = listing.get_user_row(user_id)
    names = scope_names(row.grants)
    values = {
        "errors": {},
        "form": {"name": row.name, "email": row.email, "version": row.version},
        "role_form": {},
        "conflict": None,
        **changes,
    }
    return render_template(
        "accounts/user.html",
        user=row,
        roles=[(grant, described_grant(grant, names), say(ROLE_TASKS[grant.role])) for grant in row.grants],
        role_choices=_role_choices(),
        state_name=STATE_NAMES[row.state],
        state_colour=STATE_COLOURS[row.state],
        is_inactive=row.state is UserState.INACTIVE,
        may_manage=current_actor().can(Permission.USER_MANAGE),
        may_read_record=current_actor().can(Permission.AUDIT_READ),
        **values,
    )


@bp.post("/sprava/uzivatele/<int:user_id>")
@requires(Permission.USER_MANAGE)
def change_user(user_id: int) -> Answer:
    form = {name: request.form.get(name, "") for name in ("name", "email", "version")}
    try:
        with transaction():
            users.change_user(
                current_actor(),
                user_id=user_id,
                version=int(form["version"]) if form["version"].isdecimal() else 0,
                name=form["name"],
                email=form["email"],
            )
    except Invalid as error:
        return _user_page(user_id, form=form, errors=said(error)), 422
    except Conflict as error:
        form["version"] = str(error.current["version"])
        return _user_page(user_id, form=form, conflict=error.current), 409
    flash(gettext("The changes are saved."), "success")
    return _to_user(user_id)


@bp.post("/sprava/uzivatele/<int:user_id>/role")
@requires(Permission.USER_MANAGE)
def grant_role(user_id: int) -> Answer:
    form = {name: request.form.get(name, "") for name in ("role", "scope_code")}
    try:
        with transaction():
            grant = _grant_of(form)
            users.grant_role(current_actor(), user_id=user_id, grant=grant)
    except Invalid as error:
        return _user_page(user_id, role_form=form, errors=said(error)), 422
    _flash_warning(grant)
    flash(gettext("The role is granted. The user has to sign in again."), "success")
    return _to_user(user_id)


@bp.post("/sprava/uzivatele/<int:user_id>/role/odebrani")
@requires(Permission.USER_MANAGE)
def revoke_role(user_id: int) -> Answer:
    form = {name: request.form.get(name, "") for name in ("role", "scope_code")}
    try:
        with transaction():
            users.revoke_role(current_actor(), user_id=user_id, grant=_grant_of(form))
    except Invalid as error:
        return _user_page(user_id, errors={"": [say(error.message)]}), 422
    flash(gettext("The role is taken away. The user has to sign in again."), "success")
    return _to_user(user_id)


@bp.post("/sprava/uzivatele/<int:user_id>/deaktivace")
@requires(Permission.USER_MANAGE)
def deactivate_user(user_id: int) -> Answer:
    try:
        with transaction():
            users.deactivate_user(current_actor(), user_id=user_id)
    except Invalid as error:
        return _user_page(user_id, errors={"": [say(error.message)]}), 422
    flash(gettext("The user is deactivated and can no longer sign in."), "success")
    return _to_user(user_id)


@bp.post("/sprava/uzivatele/<int:user_id>/aktivace")
@requires(Permission.USER_MANAGE)
def activate_user(user_id: int) -> Response:
    with transaction():
        users.activate_user(current_actor(), user_id=user_id)
    flash(gettext("The user is active again."), "success")
    return _to_user(user_id)


@bp.post("/sprava/uzivatele/<int:user_id>/odemceni")
@requires(Permission.USER_MANAGE)
def unlock_user(user_id: int) -> Response:
    with transaction():
        users.unlock_user(current_actor(), user_id=user_id)
    flash(gettext("The user is unlocked and can try to sign in again."), "success")
    return _to_user(user_id)


@bp.post("/sprava/uzivatele/<int:user_id>/druhy-faktor")
@requires(Permission.USER_MANAGE)
def reset_second_factor(user_id: int) -> Response:
    with transaction():
        users.reset_second_factor(current_actor(), user_id=user_id)
    flash(gettext("The second factor is removed. The user sets a new one after signing in."), "success")
    return _to_user(user_id)


@bp.post("/sprava/uzivatele/<int:user_id>/odkaz")
@requires(Permission.USER_MANAGE)
def make_password_link(user_id: int) -> Answer:
    try:
        with transaction():
            token = users.make_password_link(current_actor(), user_id=user_id)
    except Invalid as error:
        return _user_page(user_id, errors={"": [say(error.message)]}), 422
    return _link_page(user_id, token, is_new=False)


def _link_page(user_id: int, token: str, *, is_new: bool) -> str:
    """The link is in this answer alone: neither in the address nor in the session nor in the log."""
    row: UserRow = listing.get_user_row(user_id)
    return render_template(
        "accounts/link.html",
        user=row,
        is_new=is_new,
        link=url_for("accounts.password_link", token=token, _external=True),
    )


def _grant_of(form: dict[str, str]) -> Grant:
    role = find_role(form["role"])
    if role is None:
        fault = _m("Choose a role.")
        raise Invalid(fault, {"role": [fault]})
    return checked_grant(role, form["scope_code"])


def _role_choices() -> list[tuple[str, str, str]]:
    return [(role.value, say(ROLE_NAMES[role]), say(ROLE_TASKS[role])) for role in Role]


def _flash_warning(grant: Grant) -> None:
    warning = scope_warning(grant)
    if warning is not None:
        flash(say(warning), "warning")


def _to_user(user_id: int) -> Response:
    return redirect(url_for("accounts.user", user_id=user_id))
