"""Pages of the map.

Who: families and social workers who look for a service nearby, often on a phone, once; planners of the kraj who
compare areas before a meeting, weekly, and send the view to others by its link. What they fear: to call a service
that is not there, and to read a gap in the data as a gap in help. Hence the address of each place with a link to
the page of the service, four states that look different, and a table with the same figures.
"""

from __future__ import annotations

import json
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from portal.catalog.service.places import ServiceOnMap
from portal.catalog.types import CapacityUnit, Form, service_types
from portal.core.clock import today
from portal.core.permissions import Permission
from portal.map import link, service, words
from portal.map.drawing import MapContent, NamedPoint, build_map
from portal.map.places import Place, compact
from portal.map.rendering import render_parts
from portal.map.shapes import WebShapes
from portal.map.types import Figures, MapRequest, Selection
from portal.territory.types import Level
from portal.web.downloads import csv_response, xlsx_response
from portal.web.gate import requires
from portal.web.http_cache import public_page
from portal.web.languages import current_language, say
from portal.web.packing import packed, unchanging

bp = Blueprint("map", __name__, url_prefix="/mapa", template_folder="templates")


@bp.get("")
@requires(Permission.PUBLIC)
@public_page(service.content_version)
def index() -> str | BaseResponse:
    """The map of a selection with its table; a link that names a layer leads to the layers."""
    if request.args.get("vrstva", "").strip():
        return redirect(url_for("layers.index") + "?" + request.query_string.decode("latin-1"))
    asked = link.parse_request(request.args)
    opened = service.find_service(asked.register_id, today()) if asked.register_id is not None else None
    selection = _selection_with(asked, opened)
    figures = service.find_figures(today(), selection)
    shapes = service.find_shapes(selection.level)
    content = _content(asked, selection, figures, shapes, opened) if shapes and figures.territory else None
    return render_template(
        "map/index.html",
        asked=asked,
        selection=selection,
        figures=figures,
        parts=render_parts(build_map(content)) if content else None,
        early=(content.shapes_url, content.services_url) if content else (),
        opened=opened,
        opened_note=_opened_note(opened, selection) if opened else None,
        choices=_choices(figures),
        words=words,
        link=link,
        query=link.selection_query(selection),
        list_address=_list_address,
        permanent=_address("map.index", link.request_query(asked)),
    )


@bp.get("/uzemi/<any(orp, okres, obec):level>-<digest>.topojson")
@requires(Permission.PUBLIC)
def shapes(level: str, digest: str) -> Response:
    """Shapes of a level under an address that never changes its contents."""
    found = service.find_shapes(link.LEVEL_WORDS[level])
    if found is None or found.digest != digest:
        abort(404)
    return unchanging(packed(found.content, found.gzipped))


@bp.get("/sluzby.json")
@requires(Permission.PUBLIC)
@public_page(service.content_version)
def places() -> Response:
    """Points of the services of a selection, without secret addresses."""
    selection = link.parse_request(request.args).selection
    found = service.list_places(today(), selection)
    names = {code: kind.name(current_language()) for code, kind in service_types().items()}
    answer = compact(found, type_names=names, service_address=url_for("catalog.service_page", register_id=0))
    return packed(json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode())


@bp.get("/kapacita.csv")
@requires(Permission.PUBLIC)
def capacity_csv() -> Response:
    """The table as CSV."""
    return csv_response(words.figures_table(_figures_asked_for()), gettext("capacity"))


@bp.get("/kapacita.xlsx")
@requires(Permission.PUBLIC)
def capacity_xlsx() -> Response:
    """The table as a workbook."""
    return xlsx_response(words.figures_table(_figures_asked_for()), gettext("capacity"))


def _address(endpoint: str, query: dict[str, str]) -> str:
    # Commas stay readable: they separate layers and the numbers of a view.
    written = urlencode(query, safe=",")
    return url_for(endpoint) + (f"?{written}" if written else "")


def _figures_asked_for() -> Figures:
    return service.find_figures(today(), link.parse_request(request.args).selection)


def _selection_with(asked: MapRequest, opened: ServiceOnMap | None) -> Selection:
    """A link to a service without a selection shows the services of its type around it."""
    selection = asked.selection
    if opened is None or request.args.get("druh", "").strip():
        return selection
    return Selection(selection.level, opened.type_code, selection.form, selection.unit, selection.population)


def _opened_note(opened: ServiceOnMap, selection: Selection) -> str | None:
    """Why a service that a link names has no point; None when it has one."""
    if not opened.is_provided:
        return gettext("“%(name)s” is not provided now, so it is not on the map.", name=opened.name)
    mine = [place for place in service.list_places(today(), selection) if _holds(place, opened)]
    if mine:
        return None
    return gettext(
        "“%(name)s” has no place on the map: its address is secret, it works in the whole region, it is not in the "
        "selection below, or the register gives no place.",
        name=opened.name,
    )


def _holds(place: Place, opened: ServiceOnMap) -> bool:
    return any(placed.register_id == opened.register_id for placed in place.services)


def _content(
    asked: MapRequest, selection: Selection, figures: Figures, shapes: WebShapes, opened: ServiceOnMap | None
) -> MapContent:
    info = figures.territory
    assert info is not None
    south, west, north, east = shapes.bounds
    level = request_word(selection.level)
    query = {key: value for key, value in link.selection_query(selection).items() if key in ("druh", "forma")}
    return MapContent(
        label=gettext("Map: %(services)s", services=words.selection_name(selection)),
        bounds=((south, west), (north, east)),
        view=asked.view,
        shapes_url=url_for("map.shapes", level=level, digest=shapes.digest),
        services_url=_address("map.places", query),
        units=words.coloured_units(figures),
        figure_labels=words.figure_labels(figures.selection),
        names=_names(selection.level),
        layer_names=words.layer_names(),
        shown=asked.layers,
        legend_title=words.capitalised(words.measure_name(figures.selection)),
        legend=words.legend_entries(figures),
        colours=words.class_colours(figures),
        words=words.script_words(info),
        notice=(
            gettext("The boundaries are schematic: computed from the seats of the areas, not surveyed.")
            if info.schematic
            else None
        ),
        opened=opened.register_id if opened else None,
        link={
            "link": "map-link",
            "form": "map-filter",
            "viewParameter": link.VIEW_PARAMETER,
            "layersParameter": link.LAYERS_PARAMETER,
            "noLayers": link.NO_LAYERS,
        },
    )


_CATALOGUE_FILTERS = {Level.ORP: "orp", Level.MUNICIPALITY: "obec"}


def _list_address(selection: Selection, code: str | None = None) -> str | None:
    """Address of the list of the same services, of one area where the catalogue can filter by it."""
    query = {key: word for key, word in link.selection_query(selection).items() if key in ("druh", "forma")}
    if code is not None:
        if selection.level not in _CATALOGUE_FILTERS:
            return None
        query[_CATALOGUE_FILTERS[selection.level]] = code
    return _address("catalog.search", query)


def _names(level: Level) -> list[NamedPoint]:
    return [
        NamedPoint(unit.name, unit.seat_lat, unit.seat_lon)
        for unit in service.list_names(level)
        if unit.seat_lat is not None and unit.seat_lon is not None
    ]


def request_word(level: Level) -> str:
    return next(word for word, known in link.LEVEL_WORDS.items() if known is level)


def _choices(figures: Figures) -> dict[str, list[tuple[str, str]]]:
    """Choices of the form, in the reader's words."""
    types = [(code, kind.name_with_section(current_language())) for code, kind in service_types().items()]
    # A unit without services stays while it is chosen, so that the form says what the page shows.
    units = [unit for unit in CapacityUnit if unit in figures.units or unit is figures.selection.unit]
    return {
        "types": types,
        "forms": [(str(form), say(form.label)) for form in Form],
        "units": [(str(unit), say(unit.label)) for unit in units],
        "levels": [(word, words.level_name(level)) for word, level in link.LEVEL_WORDS.items()],
        "populations": [(word, words.population_name(people)) for word, people in link.POPULATION_WORDS.items()],
    }
