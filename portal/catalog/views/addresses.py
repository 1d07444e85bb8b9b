"""Addresses of searches: every state of a search is in its query, always in the same order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from portal.catalog.calc.query import MAX_QUERY_CHARS, Wish
from portal.catalog.types import Form, service_types
from portal.core.errors import Invalid
from portal.core.messages import _m

FORMS = frozenset(map(str, Form))
MAX_CODE_CHARS = 20
MAX_PAGE = 1_000_000


@dataclass(frozen=True)
class Search:
    """What the address asks for."""

    wish: Wish
    page: int = 1

    def changed(self, **changes: Any) -> Wish:
        return replace(self.wish, **changes)

    def query(self, *, page: int | None = None, **changes: Any) -> str:
        """The query with changes of the wish; changing the wish starts at the first page. "" for a plain search."""
        wish = self.changed(**changes)
        pairs: list[tuple[str, str]] = []
        if wish.text:
            pairs.append(("q", wish.text))
        pairs += [("druh", code) for code in service_types() if code in wish.types]
        pairs += [("forma", form) for form in Form if form in wish.forms]
        pairs += [("skupina", code) for code in sorted(set(wish.groups))]
        if wish.orp:
            pairs.append(("orp", wish.orp))
        if wish.municipality:
            pairs.append(("obec", wish.municipality))
        if wish.with_ended:
            pairs.append(("ukoncene", "1"))
        number = page if page is not None else 1
        if number > 1:
            pairs.append(("strana", str(number)))
        return "&".join(map(_encoded, pairs))


@lru_cache(4_096)
def _encoded(pair: tuple[str, str]) -> str:
    return urlencode([pair])


def parse_search(args: MultiDict[str, str]) -> Search:
    """Read the query. Raises Invalid for a value no link of the portal has; empty values mean no wish."""
    types = tuple(dict.fromkeys(filter(None, args.getlist("druh"))))
    if any(code not in service_types() for code in types):
        raise Invalid(_m("The link asks for a type of service that the Act does not know."))
    forms = tuple(dict.fromkeys(filter(None, args.getlist("forma"))))
    if any(form not in FORMS for form in forms):
        raise Invalid(_m("The link asks for a form of service that does not exist."))
    groups = tuple(dict.fromkeys(filter(None, args.getlist("skupina"))))
    places = (args.get("orp", ""), args.get("obec", ""))
    if any(len(code) > MAX_CODE_CHARS or not code.isascii() for code in (*groups, *places)):
        raise Invalid(_m("The link asks for a target group or a place that the catalogue does not know."))
    if (ended := args.get("ukoncene", "")) not in ("", "0", "1"):
        raise Invalid(_m("The link is damaged: ended services are either shown or not."))
    return Search(
        Wish(
            text=" ".join(args.get("q", "")[:MAX_QUERY_CHARS].replace("\x00", " ").split()),
            types=types,
            forms=tuple(Form(form) for form in forms),
            groups=groups,
            orp=places[0] or None,
            municipality=places[1] or None,
            with_ended=ended == "1",
        ),
        _page(args.get("strana", "")),
    )


def _page(text: str) -> int:
    if not text:
        return 1
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MAX_PAGE):
        raise Invalid(_m("The link is damaged: the page has to be a number from 1."))
    return int(text[:9])
