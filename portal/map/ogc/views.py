"""Layers for programs: OGC API - Features.

A geographer of the kraj or of a town opens the address in QGIS once and comes back to it for years; a developer reads
it from a script at night. They want the same figures that the map shows, with codes that join to their own tables.
They fear coordinates in another order, an answer that ends after the first thousand features without a word, and a
zero where nothing is known. So the order is longitude, latitude (CRS84), each part names the next one, and every
figure carries its state beside it.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flask import Blueprint, Response, request, url_for

from portal.core.clock import now_utc, today
from portal.core.errors import Invalid, NotFound
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.core.settings import current_settings
from portal.map.layers.tables import rows_of
from portal.map.ogc import calc, documents, service
from portal.map.ogc.types import Box, Collection, Item
from portal.territory.types import Level
from portal.waitlists.vacancies.types import Upkeep
from portal.web.gate import requires
from portal.web.languages import say

bp = Blueprint("ogc", __name__, url_prefix="/ogc")


def _address(part: str, **values: Any) -> str:
    return url_for(f"ogc.{part}", _external=True, **values)


@bp.errorhandler(Invalid)
def _invalid(error: Invalid) -> Response:
    return _told({"code": "InvalidParameterValue", "description": say(error.message)}, status=400)


@bp.errorhandler(NotFound)
def _missing(error: NotFound) -> Response:
    return _told({"code": "NotFound", "description": say(error.message)}, status=404)


@bp.get("")
@requires(Permission.PUBLIC)
def landing() -> Response:
    """The landing page."""
    calc.known_parameters(request.args)
    return _told(documents.landing(current_settings().region_name, _address))


@bp.get("/conformance")
@requires(Permission.PUBLIC)
def conformance() -> Response:
    """Parts of the standard that are kept."""
    calc.known_parameters(request.args)
    return _told(documents.conformance())


@bp.get("/api")
@requires(Permission.PUBLIC)
def api() -> Response:
    """The description of the interface."""
    calc.known_parameters(request.args)
    content = documents.openapi(current_settings().region_name, service.list_collections(), _address)
    return _told(content, documents.OPENAPI)


@bp.get("/collections")
@requires(Permission.PUBLIC)
def collections() -> Response:
    """All collections."""
    calc.known_parameters(request.args)
    extents: dict[Level | None, Box | None] = {level: _extent(level) for level in (None, *service.LEVEL_WORDS)}
    return _told(documents.collections([(one, extents[one.level]) for one in service.list_collections()], _address))


def _extent(level: Level | None) -> Box | None:
    if level is None:
        return calc.extent_of([item.bounds for item in service.read_places(today())])
    return calc.extent_of([bounds for _geometry, bounds in service.read_shapes(level).values()])


@bp.get("/collections/<collection>")
@requires(Permission.PUBLIC)
def collection(collection: str) -> Response:
    """One collection."""
    found = service.get_collection(collection)
    calc.known_parameters(request.args)
    return _told(documents.collection(found, _extent(found.level), _address))


@bp.get("/collections/<collection>/items")
@requires(Permission.PUBLIC)
def items(collection: str) -> Response:
    """A part of the features of a collection."""
    found = service.get_collection(collection)
    asked = calc.parse_asked(request.args)
    page = calc.page_of(_items_of(found), asked)
    kept_query = {name: value for name, value in request.args.items() if name not in ("limit", "offset")}

    def written(moment: str) -> str:
        return documents.items(found, asked, page, kept_query, moment, _address)

    moment = now_utc().strftime("%Y-%m-%dT%H:%M:%SZ")
    return _answer(written(moment), documents.GEOJSON, stands_for=written(""))


@bp.get("/collections/<collection>/items/<item>")
@requires(Permission.PUBLIC)
def item(collection: str, item: str) -> Response:
    """One feature."""
    found = service.get_collection(collection)
    calc.known_parameters(request.args)
    one = next((each for each in _items_of(found) if each.id == item), None)
    if one is None:
        raise NotFound(_m("There is no such feature."))
    return _answer(documents.item(found, one, _address), documents.GEOJSON)


def _items_of(found: Collection) -> list[Item]:
    if found.level is None:
        return service.read_places(today())
    settings = current_settings()
    upkeep = Upkeep(settings.vacancy_stale_days, settings.vacancy_hidden_days)
    frame = service.read_figures(found, today(), upkeep)
    return service.area_items(list(rows_of(frame)), service.read_parts(frame), service.read_shapes(found.level))


def _told(content: dict[str, Any], kind: str = documents.JSON, status: int = 200) -> Response:
    return _answer(json.dumps(content, ensure_ascii=False, indent=1), kind, status=status)


def _answer(text: str, kind: str, *, status: int = 200, stands_for: str | None = None) -> Response:
    """``stands_for``: what the tag is made of, where the text holds the time of the answer itself."""
    response = Response(text, status=status, content_type=kind)
    if status == 200:
        tag = hashlib.blake2b((stands_for or text).encode(), digest_size=16).hexdigest()
        response.set_etag(tag, weak=True)
        response.headers["Cache-Control"] = "public, no-cache"
        response.vary.add("Cookie")  # titles are in the reader's language
        response.make_conditional(request)
    return response
