"""Pages of layers of the map.

Who: planners of the kraj and of ORP before a meeting about the network, weekly, to see where help reaches and where
people wait, and to put the picture into a paper; journalists and citizens now and then, through a link or a frame in
the site of their municipality. What they fear: to take a gap for a zero, a hidden small count for a gap, or to show
somebody's figure that was not theirs to show. Hence a sign for each state, the table with the same words, and figures
of persons from a release alone for everybody but the kraj.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, g, render_template, request, url_for

from portal.catalog.service.names import target_group_names
from portal.catalog.types import CapacityUnit, Form, service_types
from portal.core.clock import today
from portal.core.czech import czech_sort_key
from portal.core.errors import NotFound
from portal.core.messages import _m
from portal.core.permissions import PUBLIC_ACTOR, Actor, Permission
from portal.core.settings import current_settings
from portal.map import service as map_service
from portal.map import words as map_words
from portal.map.access import words as access_words
from portal.map.access.service import travel_mark
from portal.map.layers import drawn, link, service, tables, words
from portal.map.layers.link import ViewRequest
from portal.map.layers.registry import LAYERS, UnknownLayer
from portal.map.layers.service import FlowLine
from portal.map.layers.types import METHOD_LABELS, Ask, LayerFrame
from portal.map.shapes import WebShapes
from portal.returns.residences.situations import adverse_situations
from portal.territory.service import web_shapes
from portal.territory.types import Level
from portal.waitlists.vacancies.types import Upkeep
from portal.web.downloads import attachment, csv_response, geojson_response, xlsx_response
from portal.web.gate import current_actor, requires
from portal.web.languages import current_language, say
from portal.web.packing import packed, unchanging

PAGE_ROWS = 100
GPKG_TYPE = "application/geopackage+sqlite3"

bp = Blueprint("layers", __name__, url_prefix="/mapa", template_folder="templates")


def _reader() -> Actor:
    """Whoever asks; in a frame of another site always the public, since whose screen it is nobody knows."""
    return PUBLIC_ACTOR if request.args.get("verejne") else current_actor()


def _read(actor: Actor, ask: Ask) -> LayerFrame:
    settings = current_settings()
    upkeep = Upkeep(settings.vacancy_stale_days, settings.vacancy_hidden_days)
    return service.read_layer(actor, ask, day=today(), upkeep=upkeep, nearest=True)


def _read_beside(actor: Actor, asked: ViewRequest, frame: LayerFrame) -> LayerFrame | None:
    """The layer of the second map; without a time of its own at that of the first, as the script asks for it."""
    ask = asked.beside
    if ask is None:
        return None
    if link.time_word(ask) is None and frame.time is not None:
        ask = link.parse_request({**link.ask_query(ask), "obdobi": frame.time}).ask
    return _read(actor, ask)


def _flows(actor: Actor, frame: LayerFrame, asked: ViewRequest) -> Sequence[FlowLine]:
    if not asked.lines:
        return ()
    settings = current_settings()
    upkeep = Upkeep(settings.vacancy_stale_days, settings.vacancy_hidden_days)
    return service.read_flows(actor, frame, day=today(), upkeep=upkeep)


@bp.errorhandler(UnknownLayer)
def unknown_layer(error: UnknownLayer) -> tuple[str, int]:
    """A link to a layer that there is not, mistyped or of another version: which there are."""
    return render_template("layers/unknown.html", sentence=say(error.message), layers=service.list_layers()), 404


@bp.get("/vrstvy")
@requires(Permission.PUBLIC)
def index() -> str:
    """A layer on the map, beside another one if asked, with its table."""
    asked = link.parse_request(request.args)
    actor = current_actor()
    frame = _read(actor, asked.ask)
    return render_template("layers/index.html", **_page(asked, actor, frame, framed=False))


@bp.get("/vlozit")
@requires(Permission.PUBLIC)
def embed() -> str:
    """The map alone, for a frame in another site; only what the public sees."""
    asked = link.parse_request(request.args)
    frame = _read(PUBLIC_ACTOR, asked.ask)
    g.frame_ancestors = current_settings().frame_ancestors
    return render_template("layers/embed.html", **_page(asked, PUBLIC_ACTOR, frame, framed=True))


@bp.get("/vrstvy/hodnoty.json")
@requires(Permission.PUBLIC)
def values() -> Response:
    """Figures of a layer in the order of its areas; shapes and names are not sent again."""
    asked = link.parse_request(request.args)
    actor = _reader()
    frame = _read(actor, asked.ask)
    drawing = drawn.drawing(frame, asked.method, _flows(actor, frame, asked))
    answer = json.dumps(drawing, ensure_ascii=False, separators=(",", ":"))
    return packed(answer.encode())


@bp.get("/vrstvy/<any(orp, obec):level>-<digest>.json")
@requires(Permission.PUBLIC)
def areas(level: str, digest: str) -> Response:
    """Names and people of the areas of a level, under an address that never changes its contents."""
    found = service.area_file(link.LEVEL_WORDS[level])
    if found is None or found.digest != digest:
        abort(404)
    return unchanging(packed(found.content))


@bp.get("/vrstvy/soubor.<kind>")
@requires(Permission.PUBLIC)
def download(kind: str) -> Response:
    """What the map shows: CSV and XLSX of the table, GeoJSON and GeoPackage with shapes."""
    if kind not in ("csv", "xlsx", "geojson", "gpkg"):
        raise NotFound(_m("There is no such file."))
    frame = _read(current_actor(), link.parse_request(request.args).ask)
    name = "-".join(part for part in ("mapa", frame.layer.name, frame.time) if part)
    if kind in ("csv", "xlsx"):
        return (csv_response if kind == "csv" else xlsx_response)(tables.table_of(frame), name)
    shapes = web_shapes(frame.ask.level)
    if kind == "geojson":
        return geojson_response(tables.features_of(frame, shapes), name)
    response = Response(tables.geopackage(frame, shapes), mimetype=GPKG_TYPE)
    response.headers["Content-Disposition"] = attachment(f"{name}.gpkg")
    return response


def _address(endpoint: str, query: dict[str, str]) -> str:
    # Commas stay readable: they separate the numbers of a view.
    written = urlencode(query, safe=",")
    return url_for(endpoint) + (f"?{written}" if written else "")


def _page(asked: ViewRequest, actor: Actor, frame: LayerFrame, *, framed: bool) -> dict[str, Any]:
    """Everything that the pages say."""
    shapes = map_service.find_shapes(frame.ask.level)
    names = service.area_file(frame.ask.level)
    beside = _read_beside(actor, asked, frame)
    pages = max(1, ceil(len(frame.areas) / PAGE_ROWS))
    page = min(asked.page, pages)
    # What only the second layer is narrowed to stays in the address and the form too.
    query = {**_narrowing(asked.beside), **link.request_query(asked)}
    return {
        "asked": asked,
        "frame": frame,
        "words": words,
        "map_words": map_words,
        "orp_names": {area.code: area.name for area in service.read_areas(Level.ORP).rows},
        "first": _told(actor, frame, asked, (page - 1) * PAGE_ROWS),
        "second": None if beside is None else _told(actor, beside, replace(asked, ask=beside.ask), 0),
        "second_address": None if beside is None else _swapped_address(asked, frame, beside),
        "title": words.title_of(frame),
        "page": page,
        "pages": pages,
        "page_address": lambda number: _address("layers.index", {**query, "strana": str(number)}),
        "sort_address": lambda key: _address("layers.index", {**query, "razeni": _turned(asked.sort, key)}),
        "sorted_by": lambda key: {key: "ascending", f"-{key}": "descending"}.get(asked.sort),
        "choices": _choices(frame, beside, asked),
        "query": {**_narrowing(asked.beside), **link.ask_query(asked.ask)},
        "permanent": _address("layers.index", query),
        "embed_address": _address("layers.embed", query),
        "may_embed": bool(current_settings().frame_ancestors),
        "may_have_lines": frame.layer.has_flows and service.sees_exactly(actor, frame.layer),
        "lines_address": _address("layers.index", {**query, "cary": "1"}),
        "is_level_of_municipalities": frame.ask.level is Level.MUNICIPALITY,
        "setup": _setup(asked, actor, shapes, names, framed=framed) if shapes and names else None,
        "early": _early(asked, shapes, names, framed=framed) if shapes and names else (),
        "info": service.read_areas(frame.ask.level).info,
    }


def _told(actor: Actor, frame: LayerFrame, asked: ViewRequest, first_row: int) -> dict[str, Any]:
    """What the page says of one layer beside its map: sentences, rows of the table, lines, files."""
    lines = words.drawn_lines(_flows(actor, frame, asked))
    return {
        "frame": frame,
        "title": words.title_of(frame),
        "summary": words.summary(frame),
        "notes": words.notes_of(frame),
        "rows": tables.page_rows(frame, asked.sort, first_row, PAGE_ROWS),
        "lines": lines,
        "width": words.width_sentence(lines),
        "files": [
            (kind.upper() if kind != "geojson" else "GeoJSON", _file_address(kind, frame.ask))
            for kind in ("csv", "xlsx", "geojson", "gpkg")
        ],
    }


def _narrowing(ask: Ask | None) -> dict[str, str]:
    """The part of an ask's query that any layer may share."""
    query = {} if ask is None else link.ask_query(ask)
    return {key: word for key, word in query.items() if key not in ("vrstva", "obdobi")}


def _swapped_address(asked: ViewRequest, frame: LayerFrame, beside: LayerFrame) -> str:
    """The table of the second layer: the same view with the two layers in each other's place."""
    swapped = replace(asked, ask=beside.ask, beside=frame.ask, page=1)
    return _address("layers.index", {**_narrowing(frame.ask), **link.request_query(swapped)}) + "#figures"


def _file_address(kind: str, ask: Ask) -> str:
    return url_for("layers.download", kind=kind) + "?" + urlencode(link.ask_query(ask))


def _turned(sort: str, key: str) -> str:
    return f"-{key}" if sort == key else key


def _choices(frame: LayerFrame, beside: LayerFrame | None, asked: ViewRequest) -> dict[str, Any]:
    """Choices of the form, in the reader's words; ``applying``: fields that one of the layers has."""
    language = current_language()
    groups = sorted(target_group_names().items(), key=lambda item: czech_sort_key(item[1]))
    return {
        "layers": [(layer.name, say(layer.label)) for layer in LAYERS.values()],
        "times": [(time, words.time_name(frame.layer, time)) for time in frame.times],
        "levels": [(word, words.level_label(level)) for word, level in link.LEVEL_WORDS.items()],
        "types": [(code, kind.name_with_section(language)) for code, kind in service_types().items()],
        "forms": [(str(form), say(form.label)) for form in Form],
        "groups": groups,
        "situations": [(code, text.of(language)) for code, text in adverse_situations().items()],
        "units": [(str(unit), say(unit.label)) for unit in CapacityUnit],
        "people": [(word, map_words.population_name(which)) for word, which in link.POPULATION_WORDS.items()],
        "ways": access_words.way_choices() if travel_mark() else [],
        "orps": [(area.code, area.name) for area in service.read_areas(Level.ORP).rows],
        "method": link.request_query(asked).get("tridy"),
        "beside": asked.beside.layer if asked.beside else None,
        "beside_times": [(time, words.time_name(beside.layer, time)) for time in beside.times] if beside else [],
        "beside_time": link.time_word(asked.beside) if asked.beside and beside and beside.time else None,
        "applying": _applying(frame, beside),
        "methods": [(word, say(METHOD_LABELS[method])) for word, method in link.METHOD_WORDS.items()],
    }


def _applying(frame: LayerFrame, beside: LayerFrame | None) -> set[str]:
    """Fields of the form that say something of the layers shown."""
    shown = [frame] if beside is None else [frame, beside]
    filters = {which for one in shown for which in one.layer.filters_at(one.ask.level)}
    fields = {"vrstva", "uzemi", "orp", "vedle", *(link.FILTER_WORDS[which] for which in filters)}
    if frame.times:
        fields.add("obdobi")
    if beside is not None and beside.times:
        fields.add("vedle-obdobi")
    if not all(one.layer.has_norm for one in shown):  # classes of distances from the norm are fixed
        fields.add("tridy")
    return fields


def _values_address(ask: Ask, asked: ViewRequest, *, framed: bool) -> str:
    query = link.ask_query(ask)
    if asked.method is not None:
        query["tridy"] = link.request_query(asked)["tridy"]
    if framed:
        query["verejne"] = "1"
    if asked.lines:
        query["cary"] = "1"
    return url_for("layers.values") + "?" + urlencode(query)


def _early(asked: ViewRequest, shapes: WebShapes, names: service.AreaFile, *, framed: bool) -> tuple[str, ...]:
    """Addresses that the browser should ask for at once."""
    return (
        _shapes_address(asked.ask.level, shapes),
        _areas_address(asked.ask.level, names),
        _values_address(asked.ask, asked, framed=framed),
    )


def _shapes_address(level: Level, shapes: WebShapes) -> str:
    return url_for("map.shapes", level=_level_word(level), digest=shapes.digest)


def _areas_address(level: Level, names: service.AreaFile) -> str:
    return url_for("layers.areas", level=_level_word(level), digest=names.digest)


def _level_word(level: Level) -> str:
    return next(word for word, known in link.LEVEL_WORDS.items() if known is level)


def _setup(
    asked: ViewRequest, actor: Actor, shapes: WebShapes, names: service.AreaFile, *, framed: bool
) -> dict[str, Any]:
    """What the script of the page starts from; addresses of the other level are asked for when it is chosen."""
    levels: dict[str, dict[str, str]] = {}
    for word, level in link.LEVEL_WORDS.items():
        own = shapes if level is asked.ask.level else map_service.find_shapes(level)
        listed = names if level is asked.ask.level else service.area_file(level)
        if own and listed:
            levels[word] = {"shapes": _shapes_address(level, own), "areas": _areas_address(level, listed)}
    south, west, north, east = shapes.bounds
    info = service.read_areas(asked.ask.level).info
    assert info is not None
    return {
        "bounds": [[south, west], [north, east]],
        "view": None if asked.view is None else [asked.view.lat, asked.view.lon, asked.view.zoom],
        "levels": levels,
        "values": url_for("layers.values"),
        "page": url_for("layers.embed" if framed else "layers.index"),
        "files": {kind: url_for("layers.download", kind=kind) for kind in ("csv", "xlsx", "geojson", "gpkg")},
        "embed": url_for("layers.embed"),
        "places": url_for("map.places"),
        "framed": framed,
        "first": _values_address(asked.ask, asked, framed=framed),
        "switches": {"flows": asked.lines, "places": asked.places},
        "sort": asked.sort,
        "layers": {
            layer.name: {
                "filters": {
                    word: sorted(str(which) for which in layer.filters_at(level))
                    for word, level in link.LEVEL_WORDS.items()
                },
                "hasNorm": layer.has_norm,
                "hasFlows": layer.has_flows and service.sees_exactly(actor, layer),
                "hasPlaces": layer.name in ("kapacita", "sluzby", "pusobnost"),
            }
            for layer in LAYERS.values()
        },
        "pageRows": PAGE_ROWS,
        "schematic": info.schematic,
        "words": words.script_words(info.source),
    }
