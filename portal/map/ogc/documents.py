"""The documents of the interface: landing page, conformance, collections, description (OpenAPI), items.

They are made of plain values; ``address`` gives the full address of a part of the interface.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext

from portal.core.cells import Cell
from portal.map.ogc.types import CRS84, DEFAULT_LIMIT, MAX_LIMIT, Asked, Box, Collection, Item, Page
from portal.web.languages import say

CLASSES = (
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
)
JSON, GEOJSON = "application/json", "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"

Address = Callable[..., str]
Document = dict[str, Any]


def _link(href: str, rel: str, kind: str = JSON, title: str | None = None) -> Document:
    link = {"href": href, "rel": rel, "type": kind}
    return link if title is None else {**link, "title": title}


def landing(region: str, address: Address) -> Document:
    """What there is, with links."""
    return {
        "title": gettext("Social services, %(region)s: public layers", region=region),
        "description": gettext("Public figures of the map of social services by OGC API - Features."),
        "links": [
            _link(address("landing"), "self"),
            _link(address("api"), "service-desc", OPENAPI, gettext("Description of the interface")),
            _link(address("conformance"), "conformance"),
            _link(address("collections"), "data", title=gettext("Collections")),
        ],
    }


def conformance() -> Document:
    return {"conformsTo": list(CLASSES)}


def collections(listed: Iterable[tuple[Collection, Box | None]], address: Address) -> Document:
    return {
        "links": [_link(address("collections"), "self")],
        "collections": [collection(each, extent, address) for each, extent in listed],
    }


def collection(found: Collection, extent: Box | None, address: Address) -> Document:
    """One collection; ``extent`` None: it has no feature with a place."""
    told: Document = {
        "id": found.id,
        "title": _title(found),
        "description": say(found.description),
        "itemType": "feature",
        "crs": [CRS84],
        "links": [
            _link(address("collection", collection=found.id), "self"),
            _link(address("items", collection=found.id), "items", GEOJSON, _title(found)),
        ],
    }
    if extent is not None:
        told["extent"] = {"spatial": {"bbox": [list(extent)], "crs": CRS84}}
    return told


def _title(found: Collection) -> str:
    if found.level is None:
        return say(found.title)
    areas = {"orp": gettext("by ORP"), "municipality": gettext("by municipality")}[str(found.level)]
    return f"{say(found.title)}, {areas}"


def items(found: Collection, asked: Asked, page: Page, query: Mapping[str, str], moment: str, address: Address) -> str:
    """A feature collection with links to the parts before and after; ``query`` is that of the request."""

    def at(offset: int) -> str:
        parameters = {**query, "limit": str(asked.limit), "offset": str(offset)}
        return f"{address('items', collection=found.id)}?{urlencode(parameters, safe=',:/')}"

    links = [
        _link(at(asked.offset), "self", GEOJSON),
        _link(address("collection", collection=found.id), "collection"),
    ]
    if asked.offset + len(page.items) < page.matched and page.items:
        links.append(_link(at(asked.offset + len(page.items)), "next", GEOJSON))
    if asked.offset > 0:
        links.append(_link(at(max(0, asked.offset - asked.limit)), "prev", GEOJSON))
    head = json.dumps(
        {
            "type": "FeatureCollection",
            "numberMatched": page.matched,
            "numberReturned": len(page.items),
            "timeStamp": moment,
            "links": links,
        },
        ensure_ascii=False,
    )
    return f'{head[:-1]}, "features": [{",".join(map(_feature, page.items))}]}}'


def item(found: Collection, one: Item, address: Address) -> str:
    """One feature with its links."""
    links = [
        _link(address("item", collection=found.id, item=one.id), "self", GEOJSON),
        _link(address("collection", collection=found.id), "collection"),
    ]
    return f'{_feature(one)[:-1]}, "links": {json.dumps(links)}}}'


def _feature(one: Item) -> str:
    # Geometry comes as text: to read and write thousands of shapes anew would take most of the time.
    properties = json.dumps(
        {key: value.number if isinstance(value, Cell) else value for key, value in one.properties.items()},
        ensure_ascii=False,
        allow_nan=False,
    )
    geometry = one.geometry or "null"
    return f'{{"type": "Feature", "id": {json.dumps(one.id)}, "geometry": {geometry}, "properties": {properties}}}'


def openapi(region: str, listed: Iterable[Collection], address: Address) -> Document:
    """The interface in OpenAPI 3.0."""
    names = [each.id for each in listed]
    parameters = {
        "collection": _parameter("collection", "path", {"type": "string", "enum": names}, required=True),
        "item": _parameter("item", "path", {"type": "string"}, required=True),
        "limit": _parameter(
            "limit", "query", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
        ),
        "offset": _parameter("offset", "query", {"type": "integer", "minimum": 0, "default": 0}),
        "bbox": {
            **_parameter("bbox", "query", {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}),
            "style": "form",
            "explode": False,
        },
        "datetime": _parameter("datetime", "query", {"type": "string"}),
    }

    def path(summary: str, kind: str, *used: str) -> Document:
        answers = {
            "200": {"description": summary, "content": {kind: {"schema": {"type": "object"}}}},
            "400": {"description": gettext("The request cannot be meant so.")},
        }
        if used:
            answers["404"] = {"description": gettext("There is no such thing.")}
        asked = [{"$ref": f"#/components/parameters/{name}"} for name in used]
        return {"get": {"summary": summary, "parameters": asked, "responses": answers}}

    return {
        "openapi": "3.0.3",
        "info": {"title": gettext("Social services, %(region)s: public layers", region=region), "version": "1.0.0"},
        "servers": [{"url": address("landing")}],
        "paths": {
            "/": path(gettext("What there is"), JSON),
            "/conformance": path(gettext("Parts of the standard that are kept"), JSON),
            "/collections": path(gettext("Collections"), JSON),
            "/collections/{collection}": path(gettext("One collection"), JSON, "collection"),
            "/collections/{collection}/items": path(
                gettext("Features of a collection"), GEOJSON, "collection", "limit", "offset", "bbox", "datetime"
            ),
            "/collections/{collection}/items/{item}": path(gettext("One feature"), GEOJSON, "collection", "item"),
        },
        "components": {"parameters": parameters},
    }


def _parameter(name: str, place: str, schema: Document, *, required: bool = False) -> Document:
    return {"name": name, "in": place, "required": required, "schema": schema}
