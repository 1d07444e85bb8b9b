"""The shortest way to an unchanged public page: answered before the application is entered.

Pages made by ``public_page`` views (http_cache.py) are noted here under what their answer depends on besides the
version of the content: host, scheme, address, language. While the version is known to be fresh and the day is
the same, the next visitor without a session gets the noted answer with a nonce of his own, or 304. Everything
else goes on to the application; so does one request whenever the version has to be read again.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from werkzeug.http import parse_cookie, parse_etags

from portal.core.clock import today
from portal.web.http_cache import EXTENSION, NOTE, Address, NotedPage, PageCache
from portal.web.languages import DEFAULT_LANGUAGE, LANGUAGE_COOKIE, LANGUAGES
from portal.web.navigation import SESSION_COOKIES

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]

_ONLY_WITH_BODY = frozenset({"content-type", "content-length", "content-security-policy"})


def address_of(environ: Environ) -> Address | None:
    """What the page of this request is noted under; None when it may only come from the application."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return None
    language, cookie = DEFAULT_LANGUAGE, environ.get("HTTP_COOKIE", "")
    if cookie:
        cookies = parse_cookie(cookie)
        if any(name in cookies for name in SESSION_COOKIES):
            return None
        wanted = cookies.get(LANGUAGE_COOKIE, "")
        language = wanted if wanted in LANGUAGES else DEFAULT_LANGUAGE
    return (
        environ["wsgi.url_scheme"],
        environ.get("HTTP_HOST", ""),
        environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""),
        environ.get("QUERY_STRING", ""),
        language,
    )


class FastPages:
    """WSGI middleware in front of the application; behind whatever rewrites host and scheme."""

    def __init__(self, application: Wsgi, cache: PageCache) -> None:
        self.application = application
        self.cache = cache

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        address = address_of(environ)
        if address is None:
            return self.application(environ, start_response)
        noted = self.cache.noted(address, today())
        if noted is None:
            return self._observe(address, environ, start_response)
        return self._answer(noted, environ, start_response)

    def _answer(self, page: NotedPage, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        kept_by_browser = environ.get("HTTP_IF_NONE_MATCH")
        if kept_by_browser and parse_etags(kept_by_browser).contains_weak(page.key):
            start_response("304 NOT MODIFIED", [h for h in page.headers if h[0].lower() not in _ONLY_WITH_BODY])
            return [b""]
        nonce = secrets.token_urlsafe(16)
        headers = [
            (name, value.replace(self.cache.placeholder, nonce)) if name == "Content-Security-Policy" else (name, value)
            for name, value in page.headers
        ]
        start_response("200 OK", headers)
        if environ["REQUEST_METHOD"] == "HEAD":
            return [b""]
        return [page.body.replace(self.cache.placeholder.encode(), nonce.encode())]

    def _observe(self, address: Address, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Let the application answer and note its headers when its view says that the page may be kept."""

        def started(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            note = environ.get(NOTE)
            if note is not None and status.startswith("200 ") and environ["REQUEST_METHOD"] == "GET":
                self.cache.note(address, note, headers)
            return start_response(status, headers, *rest)

        return self.application(environ, started)


def init_http_cache(app: Flask) -> None:
    """Keep pages of this application; call before whatever rewrites host and scheme is put in front of it."""
    # Tests roll their database back, so equal versions may stand for different content there.
    cache = PageCache(max_bytes=0, version_fresh_s=0) if app.testing else PageCache()
    app.extensions[EXTENSION] = cache
    app.wsgi_app = FastPages(app.wsgi_app, cache)  # type: ignore[method-assign]  # Flask's own way
