"""Codes of persons over the line: for the browser of somebody who is signed in, and for a provider's own program.

Asked thousands of times when a list is coded, by programs; what the provider fears is that identity leaves its
computer, what the kraj fears is that somebody tries out strangers. So only blinded points and digests come here, each
counted and limited for the provider by the vault, and a known person is answered exactly as an unknown one.

``POST /zadatele/kody/body``  {"points": [hex, ...]} -> {"points": [hex, ...]}
``POST /zadatele/kody``       {"people": [[hex or null, ...], ...]} -> {"codes": [hex, ...]}

Both take "provider" (IČO) from those who work for several. A key (``Authorization: Bearer``) stands for its provider.
An error is {"message": sentence}.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, current_app, jsonify, request
from flask_wtf.csrf import validate_csrf
from werkzeug.wrappers import Response
from wtforms import ValidationError

from portal.core.errors import Forbidden, Invalid, NotFound, PortalError
from portal.core.messages import Message, _m
from portal.core.permissions import Permission
from portal.core.transaction import transaction
from portal.vault.types import MAX_BATCH, POINT_BYTES, LimitReached, VaultUnavailable
from portal.waitlists import service
from portal.waitlists.forms import digests_of, hex_bytes
from portal.waitlists.jobs import current_vault
from portal.waitlists.views.blueprint import codes_bp
from portal.web.gate import current_actor, requires
from portal.web.languages import say

STATUSES: dict[type[PortalError], int] = {
    Forbidden: 403,
    NotFound: 404,
    LimitReached: 429,
    VaultUnavailable: 503,
    Invalid: 422,
}
_FORM = _m("The request does not have the form that it should.")


@codes_bp.post("/zadatele/kody/body")
@requires(Permission.PUBLIC)  # the key or the session is asked for below
def points() -> Response:
    """Blinded points multiplied by the vault's secret."""

    def work(ico: str) -> dict[str, Any]:
        given = [hex_bytes(text, POINT_BYTES) for text in _listed("points")]
        return {"points": [point.hex() for point in service.evaluate_points(current_vault(), ico, given)]}

    return _answered(work)


@codes_bp.post("/zadatele/kody")
@requires(Permission.PUBLIC)  # the key or the session is asked for below
def codes() -> Response:
    """The provider's codes of persons told by their digests."""

    def work(ico: str) -> dict[str, Any]:
        people = [digests_of(one) for one in _listed("people")]
        return {"codes": [one.code.hex() for one in service.derive_codes(current_vault(), ico, people)]}

    return _answered(work)


def _answered(work: Callable[[str], dict[str, Any]]) -> Response:
    try:
        with transaction():
            body = work(_provider())
    except PortalError as error:
        status = next((code for kind, code in STATUSES.items() if isinstance(error, kind)), 400)
        answer = _refused(error.message, status)
        if isinstance(error, LimitReached | VaultUnavailable):
            answer.headers["Retry-After"] = str(error.retry_after_s)
        return answer
    answer = jsonify(body)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _provider() -> str:
    """IČO of the provider for whom is asked. Raises what becomes an answer; aborts without a way in."""
    header = request.headers.get("Authorization", "")
    if header:
        found = service.actor_of_token(header.removeprefix("Bearer ")) if header.startswith("Bearer ") else None
        if found is None:
            abort(_refused(_m("The key is not known, or it was withdrawn."), 401))
        return found[1]
    if current_app.config["WTF_CSRF_ENABLED"]:
        try:
            validate_csrf(request.headers.get("X-CSRFToken"))
        except ValidationError:
            abort(_refused(_m("The page was open for too long. Load it again."), 400))
    actor = current_actor()
    if actor.user_id is None:
        abort(_refused(_m("Sign in first."), 401))
    named = _body().get("provider")
    return service.provider_of(actor, named if isinstance(named, str) else None)


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Invalid(_FORM)
    return body


def _listed(name: str) -> list[Any]:
    found = _body().get(name)
    if not isinstance(found, list):
        raise Invalid(_FORM)
    if len(found) > MAX_BATCH:
        raise Invalid(_m("At most %(number)s at once can be asked of the vault.", number=MAX_BATCH))
    return found


def _refused(message: Message, status: int) -> Response:
    answer = jsonify({"message": say(message)})
    answer.status_code = status
    answer.headers["Cache-Control"] = "no-store"
    return answer
