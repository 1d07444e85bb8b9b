"""Pages that belong to no feature: the door, the language, the statement of accessibility.

Who comes: everybody, mostly on a phone, often in distress and for the first time; workers of providers and of
the kraj pass through daily on their way to their task. They fear not finding the one thing they came for.
So: one search, then a door for each kind of visitor, no news, no carousel.
"""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from portal.core.errors import NotFound
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.web.gate import requires
from portal.web.home import NEEDS, doors_for
from portal.web.http_cache import public_page
from portal.web.languages import LANGUAGES, remember_language
from portal.web.navigation import visitor
from portal.web.open_data import offers, offers_mark

bp = Blueprint("web", __name__, template_folder="templates")


def _settled() -> int:
    """Version of pages that change only with the program."""
    return 1


@bp.get("/")
@requires(Permission.PUBLIC)
@public_page(_settled)
def home() -> str:
    return render_template("web/home.html", doors=doors_for(visitor()), needs=[str(need) for need in NEEDS])


@bp.get("/jazyk/<code>")
@requires(Permission.PUBLIC)
def switch_language(code: str) -> WerkzeugResponse:
    """Remember the language in a cookie and go back to where the visitor was; never to another site."""
    if code not in LANGUAGES:
        raise NotFound(_m("The portal does not speak this language."))
    answer = redirect(local_path(request.args.get("zpet", "")) or url_for("web.home"))
    remember_language(answer, code)
    return answer


def local_path(wanted: str) -> str | None:
    """The address if it is a path on this portal, else None.

    Browsers read a backslash as a slash and drop control characters, so both are refused rather than cleaned.
    """
    if not wanted.startswith("/") or wanted.startswith("//"):
        return None
    if "\\" in wanted or any(ord(character) < 0x20 or ord(character) == 0x7F for character in wanted):
        return None
    return wanted


@bp.get("/prohlaseni-o-pristupnosti")
@requires(Permission.PUBLIC)
@public_page(_settled)
def accessibility() -> str:
    return render_template("web/accessibility.html")


@bp.get("/otevrena-data")
@requires(Permission.PUBLIC)
@public_page(offers_mark)
def open_data() -> str:
    return render_template("web/open_data.html", offers=offers())


@bp.get("/robots.txt")
@requires(Permission.PUBLIC)
def robots() -> Response:
    """Robots may read the public pages, not the ways in or the searches combined without end."""
    lines = ["User-agent: *", "Disallow: /prihlaseni", "Disallow: /ucet", "Disallow: /sprava", "Disallow: /jazyk/"]
    response = make_response("\n".join(lines) + "\n")
    response.mimetype = "text/plain"
    return response


@bp.get("/favicon.svg")
@requires(Permission.PUBLIC)
def favicon() -> Response:
    """The portal's mark in the region's colours."""
    response = make_response(render_template("web/mark.svg"))
    response.mimetype = "image/svg+xml"
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@bp.get("/favicon.ico")
@requires(Permission.PUBLIC)
def old_favicon() -> WerkzeugResponse:
    return redirect(url_for("web.favicon"), 308)
