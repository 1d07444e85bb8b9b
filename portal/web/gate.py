"""The access gate: every view declares the permission it needs; one that declares none answers nobody."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.core.permissions import PUBLIC_ACTOR, Actor, Permission

View = TypeVar("View", bound=Callable[..., Any])

LOGIN_ENDPOINT = "accounts.login"
_ATTRIBUTE = "portal_permission"

log = logging.getLogger(__name__)


def requires(permission: Permission) -> Callable[[View], View]:
    """Declare the permission of a view; goes under ``@blueprint.route``."""

    def declare(view: View) -> View:
        setattr(view, _ATTRIBUTE, permission)
        return view

    return declare


def declared_permission(app: Flask, endpoint: str) -> Permission | None:
    """The permission an endpoint declares, or None."""
    return getattr(app.view_functions[endpoint], _ATTRIBUTE, None)


def current_actor() -> Actor:
    """Who makes this request. Views hand it on; nothing below a view asks."""
    if current_user and current_user.is_authenticated:
        actor: Actor = current_user.actor
        return actor
    return PUBLIC_ACTOR


def check_access() -> Response | None:
    """Let the request through only when the actor holds the view's permission."""
    endpoint = request.endpoint
    if endpoint is None:
        return None  # no such page: the router answers 404
    permission = declared_permission(current_app, endpoint)
    if permission is None:
        log.error("endpoint %s declares no permission", endpoint)
        abort(403)
    if permission is Permission.PUBLIC:
        return None
    actor = current_actor()
    if actor.can(permission):
        return None
    if actor.user_id is None:
        here = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for(LOGIN_ENDPOINT, next=here))
    abort(403)


def init_gate(app: Flask) -> None:
    if "static" in app.view_functions:
        setattr(app.view_functions["static"], _ATTRIBUTE, Permission.PUBLIC)
    app.before_request(check_access)
