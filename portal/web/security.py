"""Headers that keep a page to itself: strict CSP with a nonce, no framing, no referrer outside."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, request

from portal.core.config import Settings
from portal.core.db import _begin_writing

LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")  # checks of health come from the machine itself
NOBODY = "'none'"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def csp_nonce() -> str:
    """The nonce of this response, the same for every tag of it."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def content_security_policy(nonce: str, frame_ancestors: Sequence[str] = ()) -> str:
    # blob: lets the chart's own PNG button read what it drew; data: is Leaflet's and the CSS's small images.
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}' 'strict-dynamic'",
            "worker-src 'self'",  # blinding of identities; 'strict-dynamic' would need a nonce that workers cannot give
            f"style-src 'self' 'nonce-{nonce}'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            f"frame-ancestors {' '.join(frame_ancestors) or NOBODY}",
            "object-src 'none'",
            "manifest-src 'self'",
        )
    )


def _set_headers(response: Response) -> Response:
    headers = response.headers
    # A view that may stand in frames of other sites names them; all others may not.
    ancestors: Sequence[str] = g.get("frame_ancestors", ())
    # A 304 would replace the policy of the page that the browser kept by one with another nonce.
    if response.mimetype == "text/html" and response.status_code != 304:
        headers["Content-Security-Policy"] = content_security_policy(csp_nonce(), ancestors)
    headers["X-Content-Type-Options"] = "nosniff"
    if not ancestors:  # the older header knows no list of sites
        headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store" if "cookie" in request.headers else "no-cache"
    return response


def _begin_as_writer() -> None:
    # A request that may write takes its turn from its first statement on; see core.db.
    if request.method not in SAFE_METHODS:
        g.writing_token = _begin_writing.set(True)


def _end_as_writer(_error: BaseException | None) -> None:
    token = g.pop("writing_token", None)
    if token is not None:
        _begin_writing.reset(token)


def _refuse_other_hosts(hosts: frozenset[str]) -> None:
    """Whole addresses, such as that of a one-time link, are written with the host the request names."""
    if (urlsplit(f"//{request.host}").hostname or "") not in hosts:
        abort(400)


def init_security(app: Flask) -> None:
    settings: Settings = app.extensions["portal_settings"]
    if settings.public_url is not None:
        hosts = frozenset({urlsplit(settings.public_url).hostname or "", *LOCAL_HOSTS})
        app.before_request(lambda: _refuse_other_hosts(hosts))
    app.before_request(_begin_as_writer)
    app.teardown_request(_end_as_writer)
    app.after_request(_set_headers)
    app.jinja_env.globals["csp_nonce"] = csp_nonce
