"""The address of a view of layers: from the query of the address and back. Pure.

``/mapa/vrstvy?vrstva=uzivatele&obdobi=2026Q2&uzemi=obec&druh=49&tridy=kvantily&vedle=podpora-obci&pohled=49.6,17.2,9``
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from portal.catalog.types import CapacityUnit, Form
from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.map.access.link import WAY_WORDS
from portal.map.layers.registry import LAYERS, get_layer
from portal.map.layers.types import Ask, Filter, Layer, Method, Times
from portal.map.link import POPULATION_WORDS, parse_view
from portal.map.types import View
from portal.returns.types import Period
from portal.territory.types import Level

LEVEL_WORDS = {"orp": Level.ORP, "obec": Level.MUNICIPALITY}
METHOD_WORDS = {"zlomy": Method.NATURAL, "kvantily": Method.QUANTILES, "intervaly": Method.EQUAL}
FIRST_LAYER = "kapacita"
SORTS = ("nazev", "-nazev", "hodnota", "-hodnota", "obyvatel", "-obyvatel")
MOST_PAGES = 10_000
FILTER_FIELDS: Mapping[Filter, str] = {
    Filter.TYPE: "type_code",
    Filter.FORM: "form",
    Filter.GROUP: "group",
    Filter.SITUATION: "situation",
    Filter.UNIT: "unit",
    Filter.PEOPLE: "population",
    Filter.WAY: "way",
}
# The same in words of the address.
FILTER_WORDS: Mapping[Filter, str] = {
    Filter.TYPE: "druh",
    Filter.FORM: "forma",
    Filter.GROUP: "skupina",
    Filter.SITUATION: "situace",
    Filter.UNIT: "jednotka",
    Filter.PEOPLE: "obyvatel",
    Filter.WAY: "cesta",
}

_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class ViewRequest:
    """A whole view. ``beside``: the layer of the second map, without a time that of the first; ``method`` None: the
    usual one.
    """

    ask: Ask
    method: Method | None = None
    beside: Ask | None = None
    view: View | None = None
    sort: str = SORTS[0]
    page: int = 1
    lines: bool = False  # from residence to service
    places: bool = False  # points of services


def parse_request(query: Mapping[str, str]) -> ViewRequest:
    """What a query asks for; empty and unknown parameters say nothing. Raises Invalid by field, NotFound for a layer.

    A filter that a layer does not have is left out, so that a change of the layer alone is always an answer.
    """
    given = {key: value.strip() for key, value in query.items() if value.strip()}
    layer = get_layer(given.get("vrstva", FIRST_LAYER))
    shared = Ask(
        layer=layer.name,
        level=_word(given, "uzemi", LEVEL_WORDS) or Level.ORP,
        type_code=given.get("druh"),
        form=_member(given, "forma", Form),
        group=given.get("skupina"),
        situation=given.get("situace"),
        unit=_member(given, "jednotka", CapacityUnit),
        population=_word(given, "obyvatel", POPULATION_WORDS),
        way=_word(given, "cesta", WAY_WORDS),
        orp=given.get("orp"),
    )
    beside = None
    if "vedle" in given:
        second = get_layer(given["vedle"])
        beside = fitting(_with_time(replace(shared, layer=second.name), given.get("vedle-obdobi")), second)
    return ViewRequest(
        ask=fitting(_with_time(shared, given.get("obdobi")), layer),
        method=_word(given, "tridy", METHOD_WORDS),
        beside=beside,
        view=parse_view(given.get("pohled")),
        sort=given["razeni"] if given.get("razeni") in SORTS else SORTS[0],
        page=_page(given.get("strana")),
        lines="cary" in given,
        places="mista" in given,
    )


def fitting(ask: Ask, layer: Layer) -> Ask:
    """The ask without the filters that the layer does not have at the level, and without a time it is not told by."""
    allowed = layer.filters_at(ask.level)
    without: dict[str, Any] = {field: None for which, field in FILTER_FIELDS.items() if which not in allowed}
    if layer.times is Times.NOW:
        without.update(period=None, year=None)
    return replace(ask, **without)


def request_query(request: ViewRequest) -> dict[str, str]:
    """The query of a view; what is usual is left out. ``parse_request`` reads it back."""
    ask = request.ask
    words: dict[str, object | None] = {
        **ask_query(ask),
        "tridy": _name_of(METHOD_WORDS, request.method),
        "vedle": request.beside.layer if request.beside else None,
        "vedle-obdobi": time_word(request.beside) if request.beside else None,
        "cary": 1 if request.lines else None,
        "mista": 1 if request.places else None,
        "pohled": f"{request.view.lat:.4f},{request.view.lon:.4f},{request.view.zoom:g}" if request.view else None,
        "razeni": request.sort if request.sort != SORTS[0] else None,
        "strana": request.page if request.page > 1 else None,
    }
    return {key: str(word) for key, word in words.items() if word is not None}


def ask_query(ask: Ask) -> dict[str, str]:
    """The query of one layer, for its values and files."""
    words = {
        "vrstva": ask.layer,
        "obdobi": time_word(ask),
        "uzemi": _name_of(LEVEL_WORDS, ask.level),
        "druh": ask.type_code,
        "forma": ask.form,
        "skupina": ask.group,
        "situace": ask.situation,
        "jednotka": ask.unit,
        "obyvatel": _name_of(POPULATION_WORDS, ask.population),
        "cesta": _name_of(WAY_WORDS, ask.way),
        "orp": ask.orp,
    }
    return {key: str(word) for key, word in words.items() if word is not None}


def time_word(ask: Ask) -> str | None:
    """The time of an ask as the address has it."""
    if ask.year is not None:
        return str(ask.year)
    return None if ask.period is None else str(ask.period)


def _with_time(ask: Ask, word: str | None) -> Ask:
    """A quarter, or a year; a layer told by quarters takes the last one of a year, see the reading."""
    if word is None:
        return ask
    is_year = _YEAR.fullmatch(word) is not None
    if LAYERS[ask.layer].times is Times.YEARS:
        return replace(ask, year=int(word) if is_year else None, period=None if is_year else _period(word))
    return replace(ask, period=Period(int(word), 4) if is_year else _period(word))


def _period(word: str) -> Period:
    try:
        return Period.parse(word)
    except Invalid as error:
        raise Invalid(error.message, {"obdobi": [error.message]}) from None


def _name_of(words: Mapping[str, object], meaning: object | None) -> str | None:
    return next((word for word, known in words.items() if known == meaning), None)


def _refused(field: str, word: str) -> Invalid:
    sentence = _m("The map does not know “%(word)s” here. Choose one of the values offered.", word=word)
    return Invalid(sentence, {field: [sentence]})


def _word(given: Mapping[str, str], field: str, words: Mapping[str, Any]) -> Any:
    word = given.get(field)
    if word is None:
        return None
    if word not in words:
        raise _refused(field, word)
    return words[word]


def _member(given: Mapping[str, str], field: str, kind: Any) -> Any:
    word = given.get(field)
    try:
        return None if word is None else kind(word)
    except ValueError:
        raise _refused(field, given[field]) from None


def _page(word: str | None) -> int:
    if word is None or not (word.isascii() and word.isdigit()):
        return 1
    return max(1, min(int(word[:6]), MOST_PAGES))
