"""Public pages of the catalogue: search, a service, a provider, downloads.

Who comes: families, general practitioners, social workers and people in need themselves, at any time, often on a
phone, mostly once and in distress; some workers daily. They do not know the names of the 33 types and fear
overlooking a service or calling one that no longer exists. So: one field that takes their own words, near services
first, the phone on the first sight, ended services out of the way, nothing that needs JavaScript.
"""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

from flask import Blueprint, request, url_for
from flask_babel import gettext
from markupsafe import Markup

from portal.catalog.calc.query import Nearness, Wish
from portal.catalog.service import search as search_service
from portal.catalog.service.search import ResultPage, Snapshot
from portal.catalog.types import service_types
from portal.catalog.views import downloads, entries
from portal.catalog.views.addresses import Search, parse_search
from portal.catalog.views.choices import filter_choices
from portal.catalog.views.lines import written_line
from portal.core.errors import Invalid
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.web.gate import requires
from portal.web.http_cache import page_version, public_page
from portal.web.kept_pages import render_public_page
from portal.web.languages import current_language, say

MAX_HINTS = 6  # types named as an answer to a need

NEARNESS_HEADINGS = {
    Nearness.IN_MUNICIPALITY: _m("In the municipality"),
    Nearness.IN_ORP: _m("Elsewhere in the same area (ORP)"),
    Nearness.ELSEWHERE: _m("Elsewhere in the region"),
    Nearness.REGION_WIDE: _m("Working in the whole region"),
}

# A result is computed in the process alone. Threads that take the interpreter from each other at each step over the
# index need twice the time of threads that take turns.
_computing = threading.Lock()

bp = Blueprint("catalog", __name__, template_folder="../templates")


class Chip(NamedTuple):
    """A filter that is set, and the address without it."""

    label: str
    href: str


class Section(NamedTuple):
    """Lines of one nearness; ``heading`` is None where no place was asked for."""

    heading: str | None
    lines: Markup


@bp.get("/katalog")
@requires(Permission.PUBLIC)
@public_page(search_service.catalog_mark)
def search() -> str:
    asked = parse_search(request.args)
    with _computing:
        return _result_page(asked)


def _result_page(asked: Search) -> str:
    result = search_service.search(asked.wish, page=asked.page, version=page_version(search_service.catalog_mark))
    _check_codes(asked.wish, result.snapshot)
    here = url_for("catalog.search")
    query = asked.query(page=result.page)
    return render_public_page(
        "catalog/search.html",
        asked=asked,
        wish=asked.wish,
        result=result,
        found=result.found,
        here=here,
        canonical=f"{here}?{query}" if query else here,
        address=lambda number: f"{here}?{asked.query(page=number)}".rstrip("?"),
        download_query=asked.query(),
        sections=_sections(asked.wish, result),
        chips=_chips(asked, result.snapshot, here),
        need_types=_need_types(asked, result, here),
        suggestions=_suggestions(asked, result, here) if result.found.total == 0 else (),
        **filter_choices(asked.wish, result.snapshot, result.found),
    )


def _check_codes(wish: Wish, snapshot: Snapshot) -> None:
    index = snapshot.index
    if any(group not in index.group_names and group not in index.groups.number for group in wish.groups) or any(
        code is not None and code not in index.places for code in (wish.orp, wish.municipality)
    ):
        raise Invalid(_m("The link asks for a target group or a place that the catalogue does not know."))


def _sections(wish: Wish, result: ResultPage) -> list[Section]:
    """Lines of the page under headings of nearness, when a place was asked for."""
    asked_place = bool(set(result.nearness) & {Nearness.IN_MUNICIPALITY, Nearness.IN_ORP})
    municipalities, language = _asked_municipalities(wish, result), current_language()
    parts: list[tuple[Nearness, list[Markup]]] = []
    for position, nearness in zip(result.positions, result.nearness, strict=True):
        if not parts or (asked_place and nearness is not parts[-1][0]):
            parts.append((nearness, []))
        parts[-1][1].append(written_line(result.snapshot, result.snapshot.lines[position], language, municipalities))
    return [
        Section(say(NEARNESS_HEADINGS[nearness]) if asked_place else None, Markup("").join(lines))
        for nearness, lines in parts
    ]


def _asked_municipalities(wish: Wish, result: ResultPage) -> frozenset[str]:
    """Names of the municipalities asked for; a chosen place outweighs one among the words."""
    if wish.municipality:
        return frozenset([result.snapshot.index.place_name(wish.municipality)])
    understood = result.found.understood
    if wish.orp or understood is None:
        return frozenset()
    return frozenset(place.name for place in understood.places if not place.is_orp)


def _chips(asked: Search, snapshot: Snapshot, here: str) -> list[Chip]:
    wish, language = asked.wish, current_language()

    def without(**changes: Any) -> str:
        return f"{here}?{asked.query(**changes)}".rstrip("?")

    chips = []
    for code in wish.types:
        rest = tuple(other for other in wish.types if other != code)
        chips.append(Chip(service_types()[code].name(language), without(types=rest)))
    for form in wish.forms:
        chips.append(Chip(say(form.label), without(forms=tuple(other for other in wish.forms if other != form))))
    for group in wish.groups:
        rest = tuple(other for other in wish.groups if other != group)
        chips.append(Chip(snapshot.index.group_names.get(group, group), without(groups=rest)))
    if wish.municipality:
        chips.append(Chip(snapshot.index.place_name(wish.municipality), without(municipality=None)))
    if wish.orp:
        chips.append(
            Chip(
                say(_m("ORP %(name)s", name=snapshot.index.place_name(wish.orp))), without(orp=None, municipality=None)
            )
        )
    if wish.with_ended:
        chips.append(Chip(gettext("ended ones too"), without(with_ended=False)))
    return chips


def _need_types(asked: Search, result: ResultPage, here: str) -> list[Chip]:
    """Types that answer the need in the words, as links that narrow the search to one of them."""
    understood = result.found.understood
    if understood is None or asked.wish.types:
        return []
    codes = dict.fromkeys(code for need in understood.needs for code in need.types)
    return [
        Chip(service_types()[code].name(current_language()), f"{here}?{asked.query(types=(code,))}")
        for code in codes
        if result.found.types.get(code)
    ][:MAX_HINTS]


def _suggestions(asked: Search, result: ResultPage, here: str) -> list[Chip]:
    """Ways out of an empty result that do lead somewhere, each with its number of services."""
    wish = asked.wish
    ways: list[tuple[str, dict[str, Any]]] = []
    if wish.orp or wish.municipality:
        ways.append((gettext("search in the whole region"), {"orp": None, "municipality": None}))
    if wish.types or wish.forms or wish.groups:
        ways.append((gettext("search without the filters"), {"types": (), "forms": (), "groups": ()}))
    if wish.text and (wish.types or wish.forms or wish.groups or wish.orp or wish.municipality):
        ways.append((gettext("leave the words out and keep the filters"), {"text": ""}))
    if not wish.with_ended and result.found.ended:
        ways.append((gettext("show ended services too"), {"with_ended": True}))
    found = []
    for label, changes in ways:
        total = search_service.count(asked.changed(**changes))
        if total:
            found.append(Chip(f"{label} ({total})", f"{here}?{asked.query(**changes)}".rstrip("?")))
    return found


bp.get("/katalog/sluzba/<int:register_id>")(entries.service_page)
bp.get("/katalog/poskytovatel/<ico>")(entries.provider_page)
bp.get("/katalog/vysledek.<any(csv, xlsx, geojson):kind>")(downloads.download)
