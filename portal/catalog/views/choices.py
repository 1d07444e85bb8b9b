"""Values of the filters beside a result: a hundred on each page, kept as written but for the count and the mark.

How a choice looks stands in ``catalog/choices.html``. It is written once for a state of the catalogue and a
language, with a sign in place of the count and of the mark of a chosen one; a page only fills these two.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from flask import current_app
from markupsafe import Markup

from portal.catalog.calc.query import Found, Wish
from portal.catalog.service.search import Snapshot
from portal.catalog.types import Form, service_types
from portal.web.languages import current_language, say

_MARK, _TOTAL = "\x02", "\x03"  # no name has such characters


class Choice(NamedTuple):
    """One value of a filter as written: what stands around its mark and its count."""

    before: str
    between: str
    after: str


class Choices(NamedTuple):
    """The choices of one filter on a page."""

    html: Markup
    any_chosen: bool

    def __bool__(self) -> bool:
        return bool(self.html)


def filter_choices(wish: Wish, snapshot: Snapshot, found: Found) -> dict[str, Choices]:
    """Values of the filters that lead somewhere, and those that are set."""
    language, place_name = current_language(), snapshot.index.place_name

    def type_name(code: str) -> str:
        return service_types()[code].name(language)

    def group_name(code: str) -> str:
        return snapshot.index.group_names.get(code, code)

    def form_name(code: str) -> str:
        return say(Form(code).label)

    return {
        "types": _boxes(snapshot, "druh", type_name, found.types, wish.types),
        "forms": _boxes(snapshot, "forma", form_name, found.forms, wish.forms),
        "groups": _boxes(snapshot, "skupina", group_name, found.groups, wish.groups),
        "orps": _options(snapshot, place_name, found.orps, wish.orp),
        "municipalities": _options(snapshot, place_name, found.municipalities, wish.municipality),
    }


def _boxes(
    snapshot: Snapshot, name: str, label: Callable[[str], str], counts: Mapping[str, int], chosen: Collection[str]
) -> Choices:
    written = _written(snapshot, name, label, "box", counts.keys() | set(chosen))
    return _fill(written, counts, chosen, " checked")


def _options(snapshot: Snapshot, label: Callable[[str], str], counts: Mapping[str, int], chosen: str | None) -> Choices:
    chosen_codes = () if chosen is None else (chosen,)
    written = _written(snapshot, "place", label, "option", counts.keys() | set(chosen_codes))
    return _fill(written, counts, chosen_codes, " selected")


def _fill(written: Mapping[str, Choice], counts: Mapping[str, int], chosen: Collection[str], mark: str) -> Choices:
    codes: Iterable[str] = counts
    if missing := [code for code in chosen if code not in counts]:
        codes = [*counts, *missing]
    parts: list[str] = []
    for code in codes:
        total = counts.get(code, 0)
        is_chosen = code in chosen
        if total or is_chosen:
            before, between, after = written[code]
            parts.append(f"{before}{mark if is_chosen else ''}{between}{total}{after}")
    return Choices(Markup("".join(parts)), bool(chosen))  # parts were escaped by their template; the rest is a number


def _written(
    snapshot: Snapshot, name: str, label: Callable[[str], str], macro: str, codes: Collection[str]
) -> Mapping[str, Choice]:
    kept: dict[str, Choice] = snapshot.written.setdefault((name, current_language()), {})
    if lacking := [code for code in codes if code not in kept]:
        module = current_app.jinja_env.get_template("catalog/choices.html").module
        for code in lacking:
            html = str(getattr(module, macro)(name, code, label(code), Markup(_MARK), Markup(_TOTAL)))
            before, rest = html.split(_MARK)
            kept[code] = Choice(before, *rest.split(_TOTAL))
    return kept
