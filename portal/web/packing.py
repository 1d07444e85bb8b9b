"""Data for scripts: compressed where the browser takes it, and kept for ever where the address holds a hash."""

from __future__ import annotations

import gzip

from flask import Response, request

MAX_AGE_S = 365 * 24 * 3600
FAST = 6  # of gzip, for what is packed for each answer


def packed(content: bytes, gzipped: bytes | None = None) -> Response:
    """JSON, compressed where the browser takes it: only for what holds no secret that its length could tell.

    ``gzipped``: the same, packed before.
    """
    if request.accept_encodings["gzip"] <= 0:
        response = Response(content, mimetype="application/json")
    else:
        response = Response(gzipped or gzip.compress(content, FAST, mtime=0), mimetype="application/json")
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response


def unchanging(response: Response) -> Response:
    """The answer, marked for browsers to keep for ever: its address holds the hash of its contents."""
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE_S}, immutable"
    return response
