"""Error pages: a sentence, what to do now, a reference number that the log knows, never a stack trace."""

from __future__ import annotations

import logging
import secrets

from flask import Flask, Response, make_response, render_template, request
from flask_babel import gettext, lazy_gettext
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as WerkzeugResponse

from portal.core.errors import Conflict, Forbidden, Invalid, NotFound, PortalError
from portal.core.transaction import ConstraintViolated
from portal.web.languages import say

log = logging.getLogger(__name__)

# Status -> heading, what to do now. Other statuses of 4xx are shown as 400, of 5xx as 500.
WORDS = {
    400: (
        lazy_gettext("The portal does not understand this request"),
        lazy_gettext("Check the address or go back and try it again."),
    ),
    403: (
        lazy_gettext("You have no access here"),
        lazy_gettext("If you need it for your work, ask the administrator of the portal at the regional authority."),
    ),
    404: (
        lazy_gettext("There is no such page"),
        lazy_gettext("The address may be mistyped, or the page is no longer here. Try to find what you need:"),
    ),
    405: (
        lazy_gettext("The page cannot be used like this"),
        lazy_gettext("Go back and use the links and buttons of the portal."),
    ),
    409: (
        lazy_gettext("The data changed in the meantime"),
        lazy_gettext("Somebody else changed them while you worked. Go back, reload the page and check the values."),
    ),
    413: (
        lazy_gettext("The file or the text is too large"),
        lazy_gettext("Send a smaller file, or divide it."),
    ),
    429: (
        lazy_gettext("Too many attempts"),
        lazy_gettext("Wait a minute and try it again."),
    ),
    500: (
        lazy_gettext("Something went wrong on our side"),
        lazy_gettext("Nothing that you saved before is lost. Try it again in a while."),
    ),
}
WITHOUT_REFERENCE = (404, 405)


def new_reference() -> str:
    """A short number people can read over the phone; the log line carries the same."""
    return "-".join(f"{secrets.randbelow(10_000):04d}" for _ in range(2))


def _logged_path() -> str:
    """The path without the token of a one-time link: whoever reads the log must not be able to use the link."""
    token = (request.view_args or {}).get("token")
    return request.path.replace(token, "…") if token else request.path


def error_page(status: int, *, sentence: str | None = None, reference: str | None = None) -> Response:
    """The page for a status; one that people may call about carries a reference, written to the log."""
    kind = status if status in WORDS else (500 if status >= 500 else 400)
    if reference is None and kind not in WITHOUT_REFERENCE:
        reference = new_reference()
        log.warning("reference %s: status %s for %s %s", reference, status, request.method, _logged_path())
    title, advice = WORDS[kind]
    page = render_template(
        "web/error.html", status=status, title=title, advice=advice, sentence=sentence, reference=reference
    )
    return make_response(page, status)


def _http_error(error: HTTPException) -> WerkzeugResponse:
    status = error.code or 500
    if status < 400:
        return error.get_response()  # a redirect raised by routing
    response = error_page(status)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(error.valid_methods)
    return response


def _csrf_error(_error: CSRFError) -> Response:
    return error_page(
        400, sentence=gettext("The form was open for too long. Go back, reload the page and send it again.")
    )


def _portal_error(error: PortalError) -> Response:
    statuses = {NotFound: 404, Forbidden: 403, Conflict: 409, Invalid: 400}
    status = next((code for kind, code in statuses.items() if isinstance(error, kind)), 400)
    return error_page(status, sentence=None if status == 404 else say(error.message))


def _constraint_error(error: ConstraintViolated) -> Response:
    reference = new_reference()
    log.error("reference %s: constraint %s failed on %s", reference, error.name, _logged_path())
    return error_page(409, reference=reference)


def _unexpected_error(error: Exception) -> Response:
    reference = new_reference()
    log.exception("reference %s: %s %s", reference, request.method, _logged_path(), exc_info=error)
    try:
        return error_page(500, reference=reference)
    except Exception:
        # What broke the page (no database, no assets) breaks the frame of the error page too.
        log.exception("reference %s: the error page failed as well", reference)
        return make_response(
            f'<!DOCTYPE html><html lang="cs"><head><meta charset="utf-8"><title>{WORDS[500][0]}</title></head>'
            f"<body><h1>{escape(WORDS[500][0])}</h1><p>{escape(reference)}</p></body></html>",
            500,
        )


def init_errors(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(PortalError, _portal_error)
    app.register_error_handler(ConstraintViolated, _constraint_error)
    app.register_error_handler(Exception, _unexpected_error)
