"""Unchanged public pages, answered without rendering them.

A view marked ``@public_page(version)`` depends, for visitors who bring no session, only on the version of its
content, the language, the address and the day. From these comes the ETag: a browser that still has the page
gets 304, another one gets the body rendered for somebody before it. The body kept here holds a placeholder in
place of the nonce, and each answer gets a fresh one.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response, current_app, g, make_response, request, session

from portal.core.clock import today
from portal.web.assets import build_id
from portal.web.languages import current_language
from portal.web.navigation import carries_session

View = TypeVar("View", bound=Callable[..., Any])
ReadVersion = Callable[[], Hashable]

MAX_KEPT_BYTES = 32 * 1024 * 1024
MAX_PAGE_BYTES = 1024 * 1024
MAX_NOTED = 10_000  # addresses; the bodies are limited by their bytes
VERSION_FRESH_S = 1.0  # other processes may have changed the content since; so long may a visitor see the old
NOTE = "portal.page"  # where a view tells the server what its page depends on
EXTENSION = "portal_page_cache"

Address = tuple[str, str, str, str, str]  # scheme, host, path, query, language


@dataclass(frozen=True)
class Note:
    """What a page depends on besides its address."""

    key: str
    read: ReadVersion
    version: Hashable
    day: date
    nonce: str


@dataclass(frozen=True)
class NotedPage:
    """A whole answer, with the placeholder in place of the nonce."""

    key: str
    headers: list[tuple[str, str]]
    body: bytes


@dataclass
class PageCache:
    """Rendered bodies of one process, the least recently used dropped first, and versions lately read."""

    max_bytes: int = MAX_KEPT_BYTES
    version_fresh_s: float = VERSION_FRESH_S
    placeholder: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    _bodies: OrderedDict[str, tuple[bytes, str]] = field(default_factory=OrderedDict)
    _bytes: int = 0
    _noted: dict[Address, tuple[Note, list[tuple[str, str]]]] = field(default_factory=dict)
    _versions: dict[ReadVersion, tuple[float, Hashable]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def version(self, read: ReadVersion) -> Hashable:
        """The version of the content, read at most once in ``version_fresh_s`` seconds."""
        now = time.monotonic()
        known = self._versions.get(read)
        if known is not None and now - known[0] < self.version_fresh_s:
            return known[1]
        version = read()
        self._versions[read] = (now, version)
        return version

    def note(self, address: Address, note: Note, headers: list[tuple[str, str]]) -> None:
        """Remember the headers of an answer; the body is kept by its key."""
        plain = [(name, value.replace(note.nonce, self.placeholder)) for name, value in headers if name != "Set-Cookie"]
        with self._lock:
            if len(self._noted) >= MAX_NOTED:
                self._noted.clear()
            self._noted[address] = (note, plain)

    def noted(self, address: Address, day: date) -> NotedPage | None:
        """The answer noted for the address, while the version it was made from is known to be the present one."""
        entry = self._noted.get(address)
        if entry is None:
            return None
        note, headers = entry
        known = self._versions.get(note.read)
        if known is None or time.monotonic() - known[0] >= self.version_fresh_s:
            return None
        kept = self.find(note.key)
        if kept is None or known[1] != note.version or note.day != day:
            return None
        return NotedPage(note.key, headers, kept[0])

    def find(self, key: str) -> tuple[bytes, str] | None:
        with self._lock:
            kept = self._bodies.get(key)
            if kept is not None:
                self._bodies.move_to_end(key)
            return kept

    def keep(self, key: str, body: bytes, mimetype: str) -> None:
        if len(body) > min(MAX_PAGE_BYTES, self.max_bytes):
            return
        with self._lock:
            replaced = self._bodies.pop(key, None)
            self._bytes += len(body) - (len(replaced[0]) if replaced else 0)
            self._bodies[key] = (body, mimetype)
            while self._bytes > self.max_bytes:
                _, (dropped, _kind) = self._bodies.popitem(last=False)
                self._bytes -= len(dropped)

    def forget(self) -> None:
        """Drop everything, e.g. between tests."""
        with self._lock:
            self._bodies.clear()
            self._noted.clear()
            self._versions.clear()
            self._bytes = 0


def public_page(version: ReadVersion) -> Callable[[View], View]:
    """Mark a public GET view whose answer changes only with ``version()``; goes under ``@requires(PUBLIC)``.

    Such a view must not write into the session, which flashing a message and a CSRF token do; an answer that
    did is sent but never kept. Visitors with a session always get a page made for them.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def answer(*args: Any, **kwargs: Any) -> Response:
            if request.method not in ("GET", "HEAD") or carries_session():
                return make_response(view(*args, **kwargs))
            cache: PageCache = current_app.extensions[EXTENSION]
            content = cache.version(version)
            g.page_version = (version, content)
            key = _key(content)
            if request.if_none_match.contains_weak(key):
                return _marked(Response(status=304), key)
            kept = cache.find(key)
            if kept is not None:
                body, mimetype = kept
                response = _marked(Response(_with_fresh_nonce(body, cache), mimetype=mimetype), key)
            else:
                response = _rendered(cache, key, view, args, kwargs)
            if cache.find(key) is not None:
                request.environ[NOTE] = Note(key, version, content, today(), g.csp_nonce)
            return response

        return cast(View, answer)

    return mark


def page_version(read: ReadVersion) -> Hashable:
    """The version that the page of this request is made from: a view that hands it on asks for it once, not twice.

    Read anew where the page is made for a visitor with a session.
    """
    note: tuple[ReadVersion, Hashable] | None = g.get("page_version")
    return note[1] if note is not None and note[0] is read else read()


def _rendered(cache: PageCache, key: str, view: Callable[..., Any], args: Any, kwargs: Any) -> Response:
    g.csp_nonce = cache.placeholder
    try:
        response = make_response(view(*args, **kwargs))
    finally:
        del g.csp_nonce
    if response.is_streamed or response.mimetype != "text/html":
        return _marked(response, key) if response.status_code == 200 else response
    body = response.get_data()
    response.set_data(_with_fresh_nonce(body, cache))
    if response.status_code != 200:
        return response
    if not session.modified and "Set-Cookie" not in response.headers:
        cache.keep(key, body, response.mimetype)
        return _marked(response, key)
    return response


def _with_fresh_nonce(body: bytes, cache: PageCache) -> bytes:
    nonce = g.csp_nonce = secrets.token_urlsafe(16)
    return body.replace(cache.placeholder.encode(), nonce.encode())


def _key(version: Hashable) -> str:
    parts = (
        build_id(),
        str(version),
        current_language(),
        today().isoformat(),
        request.host,
        request.path,
        request.query_string.decode("latin-1"),
    )
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def _marked(response: Response, key: str) -> Response:
    # Weak: two answers differ in their nonce. Private, since a kept nonce must not be shared between visitors.
    response.set_etag(key, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Cookie"
    return response
