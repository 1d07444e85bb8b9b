"""Who makes the request: the session cookie, read once, in one statement; and how often one may try to log in."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.wrappers import Response

from portal.accounts.service.login import find_signed_in
from portal.accounts.types import SignedIn
from portal.core.config import Settings
from portal.core.permissions import Actor, Permission
from portal.core.settings import current_settings
from portal.web.gate import declared_permission
from portal.web.navigation import carries_session

SESSION_HOURS = 12  # a working day; without a request for so long, the session is over
ATTEMPTS_PER_ADDRESS = "30 per minute; 300 per hour"  # an office of the kraj shares one address
LIMITED_ENDPOINTS = (
    "accounts.sign_in",
    "accounts.take_second_step",
    "accounts.use_password_link",
    "accounts.change_password",
    "accounts.enrol_second_factor",
    "accounts.remove_second_factor",
    "accounts.replace_recovery_codes",
)
log = logging.getLogger(__name__)

_UNREADABLE = "portal_sessions_unreadable"
# What remains open to somebody who has to take a second factor first.
_OPEN_BEFORE_ENROLMENT = frozenset({"accounts.second_factor", "accounts.enrol_second_factor", "accounts.logout"})


class SessionUser:
    """What Flask-Login asks of a user, over who is signed in."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, person: SignedIn) -> None:
        self.person = person

    def get_id(self) -> str:
        return f"{self.person.id}.{self.person.session_token}"

    @property
    def second_factor_is_obligatory(self) -> bool:
        """In production the roles of the kraj need one."""
        settings = current_settings()
        return settings.is_production and self.person.is_regional

    @property
    def must_enrol(self) -> bool:
        return self.second_factor_is_obligatory and not self.person.has_second_factor

    @property
    def actor(self) -> Actor:
        """Without the second factor that the roles need, the person holds none of them."""
        return Actor(user_id=self.person.id, name=self.person.name) if self.must_enrol else self.person.actor


def current_person() -> SessionUser:
    """The signed-in user of this request, for views that require one."""
    user: SessionUser = current_user._get_current_object()
    return user


def open_session(person: SignedIn) -> None:
    """Begin a session with nothing of what the browser brought before."""
    session.clear()
    session.permanent = True
    login_user(SessionUser(person))


def renew_session(person: SignedIn) -> None:
    """Carry on under the new token after one's own change ended all sessions."""
    login_user(SessionUser(person))


def close_session() -> None:
    logout_user()
    session.clear()


def secret_key() -> str:
    key: str = current_app.config["SECRET_KEY"]
    return key


def _load_user(stored: str) -> SessionUser | None:
    user_id, _, token = stored.partition(".")
    if not user_id.isascii() or not user_id.isdigit() or len(user_id) > 9:
        return None
    try:
        person = find_signed_in(int(user_id), token)
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        # The database is down, or has no connection to spare. Published figures are files and stay there, also for
        # those who are signed in; on other pages the error is told, by a page that does not ask who reads it.
        if g.get(_UNREADABLE) or _is_public():
            log.warning("sessions cannot be looked up (%s); the page is shown as to nobody", type(error).__name__)
            return None
        setattr(g, _UNREADABLE, True)
        raise
    return SessionUser(person) if person is not None else None


def _is_public() -> bool:
    """Whether the page is everybody's; one that does not exist is as well."""
    return request.endpoint is None or declared_permission(current_app, request.endpoint) is Permission.PUBLIC


def _enrolment_first() -> Response | None:
    endpoint = request.endpoint
    if endpoint is None or endpoint in _OPEN_BEFORE_ENROLMENT or not carries_session():
        return None
    if declared_permission(current_app, endpoint) is Permission.PUBLIC:
        return None
    if current_user.is_authenticated and current_person().must_enrol:
        return redirect(url_for("accounts.second_factor"))
    return None


def init_login(app: Flask) -> None:
    """Sessions and the duty of a second factor. Before ``init_gate``, which asks who is there."""
    app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(hours=SESSION_HOURS)
    manager = LoginManager()
    manager.session_protection = None  # the token does this work; addresses of phones change by themselves
    manager.user_loader(_load_user)
    manager.init_app(app)
    app.before_request(_enrolment_first)


def init_login_limits(app: Flask) -> None:
    """Attempts per network address, counted in Redis where there is one. After the blueprints are registered.

    Tests share one address, so there the limits hold only where a test sets ``LOGIN_LIMITS_IN_TESTS``.
    """
    settings: Settings = app.extensions["portal_settings"]
    limiter = Limiter(
        get_remote_address,
        app=app,
        storage_uri=settings.redis_url or "memory://",
        strategy="fixed-window",
        headers_enabled=True,
        in_memory_fallback_enabled=bool(settings.redis_url),
        key_prefix="portal",
    )

    # It asks before every page whether there is a limit; only pages of this package have one.
    hooks = app.before_request_funcs
    hooks.setdefault("accounts", []).append(hooks[None].pop())

    def exempt() -> bool:
        return app.testing and not app.config.get("LOGIN_LIMITS_IN_TESTS")

    for endpoint in LIMITED_ENDPOINTS:
        limit = limiter.shared_limit(ATTEMPTS_PER_ADDRESS, scope="login", exempt_when=exempt)
        view: Callable[..., Any] = app.view_functions[endpoint]
        app.view_functions[endpoint] = limit(view)
    app.extensions["portal_login_limiter"] = limiter
