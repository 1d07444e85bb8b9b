"""Reading of parameters as OGC API - Features - Part 1 (OGC 17-069r4) has them, and choosing of items. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence

from portal.core.errors import Invalid
from portal.core.messages import Message, _m
from portal.map.ogc.types import DEFAULT_LIMIT, MAX_LIMIT, Asked, Box, Item, Page

PARAMETERS = frozenset({"limit", "offset", "bbox", "datetime", "f"})
FORMATS = ("json", "geojson")
_MOMENT = r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2}))?"
_TIME = re.compile(rf"{_MOMENT}|(?:{_MOMENT}|\.\.|)/(?:{_MOMENT}|\.\.|)")
MAX_DIGITS = 9


def parse_asked(query: Mapping[str, str]) -> Asked:
    """Parameters of a request for items. Raises Invalid for an unknown one (as the standard wants) or a wrong value.

    A limit above the greatest is taken for the greatest. ``datetime`` is checked and narrows nothing: the features have
    no time, and the standard says that such features always match.
    """
    known_parameters(query, PARAMETERS)
    if "datetime" in query and not (_TIME.fullmatch(query["datetime"]) and query["datetime"] != "/"):
        raise Invalid(_m("The parameter datetime is a day, a moment or an interval as in RFC 3339."))
    return Asked(
        limit=min(_whole(query, "limit", DEFAULT_LIMIT, least=1), MAX_LIMIT),
        offset=_whole(query, "offset", 0, least=0),
        box=_box(query["bbox"]) if "bbox" in query else None,
    )


def known_parameters(query: Mapping[str, str], known: frozenset[str] = frozenset({"f"})) -> None:
    """Raises Invalid for a parameter that is not known, and for a format that is not offered."""
    for name in query:
        if name not in known:
            raise Invalid(_m("The parameter “%(name)s” is not known here.", name=name[:40]))
    if query.get("f", FORMATS[0]) not in FORMATS:
        raise Invalid(_m("The only format is json."))


def _whole(query: Mapping[str, str], name: str, otherwise: int, *, least: int) -> int:
    text = query.get(name)
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS and int(text) >= least):
        raise Invalid(_m("The parameter “%(name)s” is a whole number from %(least)s on.", name=name, least=least))
    return int(text)


_BOX: Message = _m("The parameter bbox is four numbers: west, south, east, north in degrees (or six with heights).")


def _box(text: str) -> Box:
    """Four numbers, or six with heights that are not looked at. West may lie beyond east (the 180th meridian)."""
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        raise Invalid(_BOX) from None
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)) or numbers[1] > numbers[3]:
        raise Invalid(_BOX)
    west, south, east, north = numbers
    return west, south, east, north


def meets(bounds: Box | None, box: Box) -> bool:
    """Whether bounds and box have a point in common; edges count. A feature without geometry lies nowhere."""
    if bounds is None:
        return False
    west, south, east, north = box
    if bounds[1] > north or bounds[3] < south:
        return False
    if west <= east:
        return bounds[0] <= east and bounds[2] >= west
    return bounds[2] >= west or bounds[0] <= east


def page_of(items: Sequence[Item], asked: Asked) -> Page:
    """The part of the items that is asked for, in their order."""
    chosen = items if asked.box is None else [item for item in items if meets(item.bounds, asked.box)]
    return Page(chosen[asked.offset : asked.offset + asked.limit], len(chosen))


def extent_of(bounds: Iterable[Box | None]) -> Box | None:
    """Bounds of all; None when none has any."""
    known = [one for one in bounds if one is not None]
    if not known:
        return None
    west, south, east, north = zip(*known, strict=True)
    return min(west), min(south), max(east), max(north)
