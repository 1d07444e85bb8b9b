"""Error pages: a sentence, a reference number that the log knows, never a stack trace."""

from __future__ import annotations

import logging
import secrets

from flask import Flask, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from portal.core.errors import Conflict, Forbidden, Invalid, NotFound, PortalError
from portal.core.transaction import ConstraintViolated
from portal.web.languages import say

log = logging.getLogger(__name__)

Answer = tuple[str, int]


def new_reference() -> str:
    """A short number people can read over the phone; the log line carries the same."""
    return "-".join(f"{secrets.randbelow(10_000):04d}" for _ in range(2))


def error_page(status: int, *, sentence: str | None = None, reference: str | None = None) -> Answer:
    known = status if status in (400, 403, 404, 405, 409, 413, 429, 500) else (500 if status >= 500 else 400)
    return (
        render_template("web/error.html", status=status, kind=known, sentence=sentence, reference=reference),
        status,
    )


def _http_error(error: HTTPException) -> Answer:
    status = error.code or 500
    if status < 400:
        return error.get_response(), status  # type: ignore[return-value]  # a redirect raised by routing
    return error_page(status)


def _csrf_error(_error: CSRFError) -> Answer:
    return error_page(
        400, sentence=gettext("The form was open for too long. Go back, reload the page and send it again.")
    )


def _portal_error(error: PortalError) -> Answer:
    statuses = {NotFound: 404, Forbidden: 403, Conflict: 409, Invalid: 400}
    status = next((code for kind, code in statuses.items() if isinstance(error, kind)), 400)
    return error_page(status, sentence=None if status == 404 else say(error.message))


def _constraint_error(error: ConstraintViolated) -> Answer:
    reference = new_reference()
    log.error("reference %s: constraint %s failed on %s", reference, error.name, request.path)
    return error_page(409, reference=reference)


def _unexpected_error(error: Exception) -> Answer:
    reference = new_reference()
    log.exception("reference %s: %s %s", reference, request.method, request.path, exc_info=error)
    return error_page(500, reference=reference)


def init_errors(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(PortalError, _portal_error)
    app.register_error_handler(ConstraintViolated, _constraint_error)
    app.register_error_handler(Exception, _unexpected_error)
