"""One's own account: roles, password, language; and the page where a one-time link sets the first password.

Everybody with an account comes once, to set the password, and then hardly ever. They fear doing something they cannot
take back; so each thing has its own page and says what it will end.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.accounts.passwords import MIN_CHARS
from portal.accounts.scopes import described_grant, scope_names
from portal.accounts.service import own, users
from portal.accounts.session import current_person, renew_session
from portal.accounts.types import ordered_grants
from portal.accounts.views.attempts import check_password, fault_of
from portal.accounts.views.blueprint import bp
from portal.core.errors import Invalid
from portal.core.permissions import Permission
from portal.core.transaction import transaction
from portal.web.gate import current_actor, requires
from portal.web.languages import remember_language, say

Answer = str | Response | tuple[str, int]
Errors = dict[str, list[str]]


def said(error: Invalid) -> Errors:
    """The faults of a form by field, in the reader's language; those of no field under the empty name."""
    fields = {name: [say(message) for message in messages] for name, messages in error.fields.items()}
    return fields or {"": [say(error.message)]}


@bp.get("/ucet")
@requires(Permission.SIGNED_IN)
def account() -> str:
    return _account_page({})


def _account_page(errors: Errors) -> str:
    user = current_person()
    grants = ordered_grants(user.person.grants)
    names = scope_names(grants)
    return render_template(
        "accounts/account.html",
        owner=user.person,
        roles=[described_grant(grant, names) for grant in grants],
        obligatory=user.second_factor_is_obligatory,
        errors=errors,
    )


@bp.post("/ucet/jazyk")
@requires(Permission.SIGNED_IN)
def change_language() -> Answer:
    language = request.form.get("language", "")
    try:
        with transaction():
            own.change_language(current_actor(), language=language)
    except Invalid as error:
        return _account_page(said(error)), 422
    response = redirect(url_for("accounts.account"))
    remember_language(response, language)
    return response


@bp.get("/ucet/heslo")
@requires(Permission.SIGNED_IN)
def password() -> str:
    return _password_page({})


def _password_page(errors: Errors) -> str:
    email = current_person().person.email
    return render_template("accounts/password.html", errors=errors, min_chars=MIN_CHARS, email=email)


@bp.post("/ucet/heslo")
@requires(Permission.SIGNED_IN)
def change_password() -> Answer:
    current, wanted = request.form.get("current", ""), request.form.get("password", "")
    errors = _unequal(wanted) or own_password_fault(current, "current")
    if not errors:
        try:
            with transaction():
                person = own.change_password(current_actor(), password=wanted)
        except Invalid as error:
            errors = said(error)
        else:
            renew_session(person)
            flash(gettext("Your password is changed. You have been signed out everywhere else."), "success")
            return redirect(url_for("accounts.account"))
    return _password_page(errors), 422


@bp.get("/nastaveni-hesla/<token>")
@requires(Permission.PUBLIC)
def password_link(token: str) -> Answer:
    email = users.find_email_of_link(token)
    if email is None:
        return render_template("accounts/dead_link.html"), 404
    return render_template("accounts/password_link.html", email=email, errors={}, min_chars=MIN_CHARS)


@bp.post("/nastaveni-hesla/<token>")
@requires(Permission.PUBLIC)
def use_password_link(token: str) -> Answer:
    email = users.find_email_of_link(token)
    if email is None:
        return render_template("accounts/dead_link.html"), 404
    wanted = request.form.get("password", "")
    errors = _unequal(wanted)
    if not errors:
        try:
            with transaction():
                users.use_password_link(token=token, password=wanted)
        except Invalid as error:
            errors = said(error)
        else:
            flash(gettext("Your password is set. Sign in with it."), "success")
            return redirect(url_for("accounts.login"))
    return render_template("accounts/password_link.html", email=email, errors=errors, min_chars=MIN_CHARS), 422


def own_password_fault(password: str, field: str) -> Errors:
    """Errors of a form that asks for one's own password once more; wrong ones count as failed logins do."""
    if not password:
        return {field: [gettext("Enter your password.")]}
    checked = check_password(current_person().person.email, password)
    if checked.is_right:
        return {}
    return {field: [fault_of(checked, gettext("This is not your present password."))]}


def _unequal(wanted: str) -> Errors:
    if not wanted:
        return {"password": [gettext("Enter the new password.")]}
    if request.form.get("repeated", "") != wanted:
        return {"repeated": [gettext("The two new passwords differ. Type the same one twice.")]}
    return {}
