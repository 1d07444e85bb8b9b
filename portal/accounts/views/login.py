"""Signing in and out.

Workers of providers come four times a year in a hurry, with a password they last typed a quarter ago; people of the
kraj come daily. They fear being locked out before a deadline, so the page says what happens after wrong attempts, when
it ends and who can help.
"""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.accounts.passwords import hash_password, needs_rehash
from portal.accounts.service import login as service
from portal.accounts.session import close_session, open_session, secret_key
from portal.accounts.types import LoginAttempt, SignedIn
from portal.accounts.views.attempts import check_password, fault_of, locked_sentence
from portal.accounts.views.blueprint import bp
from portal.core.clock import now_utc
from portal.core.permissions import Permission
from portal.core.transaction import transaction
from portal.web.gate import current_actor, requires
from portal.web.languages import remember_language
from portal.web.views import local_path

SECOND_STEP_MINUTES = 10
_SECOND_STEP = "second_step"

Answer = str | Response | tuple[str, int]


@bp.get("/prihlaseni")
@requires(Permission.PUBLIC)
def login() -> Answer:
    wanted = local_path(request.args.get("next", ""))
    if current_user.is_authenticated:
        return redirect(wanted or url_for("web.home"))
    return _login_page(email="", wanted=wanted)


@bp.post("/prihlaseni")
@requires(Permission.PUBLIC)
def sign_in() -> Answer:
    email, password = request.form.get("email", ""), request.form.get("password", "")
    wanted = local_path(request.form.get("next", ""))
    errors = _missing(email, password)
    if errors:
        return _login_page(email=email, wanted=wanted, errors=errors), 422
    checked = check_password(email, password)
    attempt = checked.attempt
    if not checked.is_right or attempt.user_id is None:
        sentence = gettext(
            "The e-mail address or the password is not right. After %(count)s wrong attempts in a row, "
            "signing in closes for %(minutes)s minutes.",
            count=service.MAX_FAILURES,
            minutes=service.LOCK_MINUTES,
        )
        return _login_page(email=email, wanted=wanted, errors={"email": [fault_of(checked, sentence)]}), 422
    if attempt.has_second_factor:
        session.clear()
        session[_SECOND_STEP] = {
            "user_id": attempt.user_id,
            "token": attempt.session_token,
            "until": int(now_utc().timestamp()) + SECOND_STEP_MINUTES * 60,
            "next": wanted,
        }
        return redirect(url_for("accounts.second_step"))
    with transaction():
        person = service.finish_login(user_id=attempt.user_id, rehashed=_rehashed(attempt, password))
    if person is None:
        return redirect(url_for("accounts.login"))
    return _begin(person, wanted)


@bp.get("/prihlaseni/druhy-faktor")
@requires(Permission.PUBLIC)
def second_step() -> Answer:
    if _pending() is None:
        return redirect(url_for("accounts.login"))
    return render_template("accounts/second_step.html", errors={})


@bp.post("/prihlaseni/druhy-faktor")
@requires(Permission.PUBLIC)
def take_second_step() -> Answer:
    pending = _pending()
    if pending is None:
        return redirect(url_for("accounts.login"))
    with transaction():
        step = service.take_second_step(
            user_id=pending["user_id"],
            session_token=pending["token"],
            code=request.form.get("code", ""),
            secret_key=secret_key(),
        )
    if step.signed_in is not None:
        return _begin(step.signed_in, pending["next"])
    sentence = (
        locked_sentence(step.locked_until_utc)
        if step.locked_until_utc is not None
        else gettext("The code is not right. Enter the newest code of the application; each code can be used once.")
    )
    return render_template("accounts/second_step.html", errors={"code": [sentence]}), 422


@bp.post("/odhlaseni")
@requires(Permission.PUBLIC)
def logout() -> Response:
    """Public, so that a session that is over already ends without an error."""
    with transaction():
        service.end_session(current_actor())
    close_session()
    return redirect(url_for("web.home"))


def _login_page(*, email: str, wanted: str | None, errors: dict[str, list[str]] | None = None) -> str:
    return render_template("accounts/login.html", email=email, next=wanted or "", errors=errors or {})


def _missing(email: str, password: str) -> dict[str, list[str]]:
    errors = {}
    if not email.strip():
        errors["email"] = [gettext("Enter your e-mail address.")]
    if not password:
        errors["password"] = [gettext("Enter your password.")]
    return errors


def _rehashed(attempt: LoginAttempt, password: str) -> str | None:
    """The password hashed anew when the parameters of hashing have changed since."""
    stored = attempt.password_hash
    return hash_password(password) if stored is not None and needs_rehash(stored) else None


def _pending() -> dict[str, Any] | None:
    """A login whose password was right and whose code is awaited, within its minutes."""
    pending: dict[str, Any] | None = session.get(_SECOND_STEP)
    if pending is None or pending["until"] < now_utc().timestamp():
        return None
    return pending


def _begin(person: SignedIn, wanted: str | None) -> Response:
    open_session(person)
    response = redirect(wanted or url_for("web.home"))
    if person.language is not None:
        remember_language(response, person.language)
    return response
