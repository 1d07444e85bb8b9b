"""The address of a view of the map: from the query of the address and back. Pure.

``/mapa?druh=49&forma=residential&jednotka=beds&uzemi=orp&obyvatel=65-plus&vrstvy=kapacita,sluzby&pohled=49.9653,16.9706,11``
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from portal.catalog.types import CapacityUnit, Form, service_types
from portal.core.errors import Invalid
from portal.core.messages import Message, _m
from portal.map.types import ALL_LAYERS, Layer, MapRequest, Population, Selection, View
from portal.territory.types import Level

LEVEL_WORDS = {"orp": Level.ORP, "okres": Level.DISTRICT, "obec": Level.MUNICIPALITY}
POPULATION_WORDS = {
    "vsichni": Population.ALL,
    "0-14": Population.AGE_0_14,
    "65-plus": Population.AGE_65_PLUS,
    "80-plus": Population.AGE_80_PLUS,
}
NO_LAYERS = "zadne"
VIEW_PARAMETER = "pohled"
LAYERS_PARAMETER = "vrstvy"
ZOOMS = (5, 19)

_VIEW = re.compile(r"(-?\d{1,2}(?:\.\d{1,8})?),(-?\d{1,3}(?:\.\d{1,8})?),(\d{1,2}(?:\.\d{1,2})?)")


def parse_request(query: Mapping[str, str]) -> MapRequest:
    """What a query asks for; empty and unknown parameters say nothing. Raises Invalid with a sentence."""
    given = {key: value.strip() for key, value in query.items() if value.strip()}
    return MapRequest(
        selection=Selection(
            level=_level(given.get("uzemi")),
            type_code=parse_type_code(given.get("druh")),
            form=_form(given.get("forma")),
            unit=parse_unit(given.get("jednotka")),
            population=parse_population(given.get("obyvatel")),
        ),
        layers=_layers(given.get(LAYERS_PARAMETER)),
        view=parse_view(given.get(VIEW_PARAMETER)),
        register_id=_register_id(given.get("sluzba")),
    )


def selection_query(selection: Selection) -> dict[str, str]:
    """The query of a selection; what is usual is left out. ``parse_request`` reads it back."""
    words = {
        "druh": selection.type_code,
        "forma": selection.form,
        "jednotka": selection.unit,
        "uzemi": _word(LEVEL_WORDS, selection.level) if selection.level is not Level.ORP else None,
        "obyvatel": _word(POPULATION_WORDS, selection.population) if selection.population else None,
    }
    return {key: str(word) for key, word in words.items() if word is not None}


def request_query(request: MapRequest) -> dict[str, str]:
    """The query of a whole view, for the permanent link."""
    query = selection_query(request.selection)
    if request.layers != ALL_LAYERS:
        query[LAYERS_PARAMETER] = ",".join(layer for layer in Layer if layer in request.layers) or NO_LAYERS
    if request.view is not None:
        query[VIEW_PARAMETER] = f"{request.view.lat:.4f},{request.view.lon:.4f},{request.view.zoom:g}"
    if request.register_id is not None:
        query["sluzba"] = str(request.register_id)
    return query


def _word(words: Mapping[str, object], meaning: object) -> str:
    return next(word for word, known in words.items() if known == meaning)


def _refused(sentence: Message) -> Invalid:
    return Invalid(sentence)


def _level(word: str | None) -> Level:
    if word is None:
        return Level.ORP
    if word not in LEVEL_WORDS:
        raise _refused(_m("The map knows no territory “%(word)s”. Use orp, okres or obec.", word=word))
    return LEVEL_WORDS[word]


def parse_type_code(word: str | None) -> str | None:
    """A type of the Act. Raises Invalid that names the word, as the next two do."""
    if word is not None and word not in service_types():
        raise _refused(_m("The map knows no type of service “%(word)s”.", word=word))
    return word


def _form(word: str | None) -> Form | None:
    try:
        return Form(word) if word is not None else None
    except ValueError:
        raise _refused(_m("The map knows no form of service “%(word)s”.", word=word)) from None


def parse_unit(word: str | None) -> CapacityUnit | None:
    try:
        return CapacityUnit(word) if word is not None else None
    except ValueError:
        raise _refused(_m("The map knows no unit of capacity “%(word)s”.", word=word)) from None


def parse_population(word: str | None) -> Population | None:
    if word is None:
        return None
    if word not in POPULATION_WORDS:
        raise _refused(_m("The map knows no group of people “%(word)s”.", word=word))
    return POPULATION_WORDS[word]


def _layers(words: str | None) -> frozenset[Layer]:
    if words is None:
        return ALL_LAYERS
    if words == NO_LAYERS:
        return frozenset()
    try:
        return frozenset(Layer(word) for word in words.split(","))
    except ValueError:
        raise _refused(_m("The map knows no layers “%(words)s”.", words=words)) from None


def parse_view(words: str | None) -> View | None:
    """A part of the map: latitude, longitude and zoom. Raises Invalid with a sentence."""
    if words is None:
        return None
    match = _VIEW.fullmatch(words)
    if match:
        lat, lon, zoom = (float(part) for part in match.groups())
        if abs(lat) <= 85 and abs(lon) <= 180 and ZOOMS[0] <= zoom <= ZOOMS[1]:
            return View(lat, lon, zoom)
    raise _refused(
        _m("“%(words)s” is no view of the map. Write latitude, longitude and zoom, such as 49.6,17.25,9.", words=words)
    )


def _register_id(word: str | None) -> int | None:
    if word is None:
        return None
    if not (word.isascii() and word.isdigit() and len(word) <= 9):
        raise _refused(_m("“%(word)s” is no number of a service.", word=word))
    return int(word)
