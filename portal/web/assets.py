"""Built assets: hashed names from the manifest, served here with headers that let browsers keep them for ever.

A name carries a hash of its contents, so an unchanged file is never asked for again and a changed one has
another name. Compressed twins (.br, .gz) are made at build time.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Request, Response, abort, current_app, request, send_from_directory, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from portal.core.permissions import Permission
from portal.web.gate import requires

DIST = Path(__file__).parent / "static" / "dist"
BUILD_COMMAND = "node portal/web/assets/build.mjs"
ONE_YEAR_S = 365 * 24 * 3600
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_MANIFEST = "portal_asset_manifest"

bp = Blueprint("assets", __name__)


class AssetsNotBuilt(RuntimeError):
    """The assets were not built, or an asset of this name is not among them."""


@cache
def _read_manifest(path: Path, _modified_ns: int) -> dict[str, str]:
    manifest: dict[str, str] = json.loads(path.read_text("utf-8"))
    return manifest


def manifest() -> dict[str, str]:
    """Logical name -> built file name. Raises AssetsNotBuilt; read again when rebuilt during development."""
    known: dict[str, str] | None = current_app.extensions.get(_MANIFEST)
    if known is not None:
        return known
    path = DIST / "manifest.json"
    try:
        found = _read_manifest(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise AssetsNotBuilt(f"the assets are not built; run: {BUILD_COMMAND}") from None
    if not (current_app.debug or current_app.testing):
        current_app.extensions[_MANIFEST] = found
    return found


def asset_path(name: str) -> Path:
    """The built file of an asset, for what the server itself reads. Raises AssetsNotBuilt."""
    try:
        return DIST / manifest()[name]
    except KeyError:
        raise AssetsNotBuilt(f"no built asset {name!r}; run: {BUILD_COMMAND}") from None


def asset(name: str) -> str:
    """Address of a built asset, e.g. ``asset("web/portal.css")``. Raises AssetsNotBuilt."""
    try:
        return url_for("assets.file", name=manifest()[name])
    except KeyError:
        raise AssetsNotBuilt(f"no built asset {name!r}; is its source there? then run: {BUILD_COMMAND}") from None


def build_id() -> str:
    """Changes whenever any built asset does; pages kept by browsers depend on it."""
    built = manifest()
    return f"{built['web/portal.css']}{built['web/portal.js']}{len(built)}"


@bp.get("/assets/<path:name>")
@requires(Permission.PUBLIC)
def file(name: str) -> Response:
    """One built file, in the best compression the browser takes."""
    if name not in _served():
        abort(404)
    accepted = request.accept_encodings
    for encoding, suffix in _ENCODINGS:
        if accepted[encoding] > 0 and (DIST / f"{name}{suffix}").is_file():
            response = send_from_directory(DIST, f"{name}{suffix}", mimetype=_mimetype(name), etag=False)
            response.headers["Content-Encoding"] = encoding
            break
    else:
        response = send_from_directory(DIST, name, mimetype=_mimetype(name), etag=False)
    response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR_S}, immutable"
    response.headers["Vary"] = "Accept-Encoding"
    return response


def _served() -> set[str]:
    return set(manifest().values())


def _mimetype(name: str) -> str:
    kinds = {
        ".css": "text/css; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".json": "application/json",
        ".svg": "image/svg+xml",
        ".png": "image/png",
        ".woff2": "font/woff2",
    }
    return kinds.get(Path(name).suffix, "application/octet-stream")


class SessionsOfPages(SecureCookieSessionInterface):
    """Sessions of pages alone: an asset that varied by cookie would be fetched again after every sign-in.

    Who brings no cookie gets an empty session at once, and what stayed empty is not looked at again.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        brought = self.get_cookie_name(app) in request.cookies
        if request.blueprint != bp.name and (brought or session.accessed or session.modified):
            super().save_session(app, session, response)


def init_assets(app: Flask) -> None:
    app.session_interface = SessionsOfPages()
    app.register_blueprint(bp)
    app.jinja_env.globals["asset"] = asset
