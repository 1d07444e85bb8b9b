"""Addresses of pages, each put together once.

A page names some twenty places of the portal, and the router works each out anew: a tenth of the time of a page.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Flask, current_app, request, url_for

MAX_KEPT = 4_096


@lru_cache(MAX_KEPT)
def _address(_app: int, _script_root: str, endpoint: str, values: tuple[tuple[str, str | int], ...]) -> str:
    return url_for(endpoint, **dict(values))  # type: ignore[arg-type]  # names of variables, never of its options


def kept_url_for(endpoint: str, **values: Any) -> str:
    """``url_for`` within a request; what is relative, external or anchored goes to Flask's own each time."""
    plain = endpoint[0] != "." and all(name[0] != "_" and type(value) in (str, int) for name, value in values.items())
    if not plain:
        return url_for(endpoint, **values)
    return _address(id(current_app.jinja_env), request.script_root, endpoint, tuple(values.items()))


def init_addresses(app: Flask) -> None:
    """Let templates use it under the usual name."""
    app.jinja_env.globals["url_for"] = kept_url_for
