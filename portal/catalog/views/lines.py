"""Lines of a result as HTML, kept as written: a line depends on the state of the catalogue and the language alone.

They are put together here rather than in a template: a page has twenty of them, of a catalogue of any size, so most
are written for the first time, and a template's macro takes ten times as long.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from html import escape

from flask_babel import gettext, ngettext
from markupsafe import Markup

from portal.catalog.calc.freshness import Freshness, freshness
from portal.catalog.service.search import ListedService, Snapshot
from portal.catalog.types import Form, has_ended, service_types
from portal.core.contacts import phone_link
from portal.web.addresses import kept_url_for
from portal.web.formats import day
from portal.web.languages import say

MAX_KEPT_LINES = 50_000  # for each language, about 1 kB each
NAMED_PLACES = 3  # in a line; of further ones it says how many
WHERE = '<p class="catalog-line__where">'


def written_line(snapshot: Snapshot, line: ListedService, language: str, asked: frozenset[str] = frozenset()) -> Markup:
    """The line as it was written before for this snapshot, or written now.

    A place asked for that is not among those the line names is put before them: the kept line knows no question.
    """
    kept: dict[int, str] = snapshot.written.setdefault(("lines", language), {})
    written = kept.get(line.register_id)
    if written is None:
        if len(kept) >= MAX_KEPT_LINES:
            kept.clear()
        written = kept[line.register_id] = "".join(_write(snapshot, line, language))
    if asked and asked.isdisjoint(line.places[:NAMED_PLACES]):
        unnamed = [place for place in line.places if place in asked]
        if unnamed:
            written = written.replace(WHERE, f"{WHERE}<strong>{escape(unnamed[0])}</strong> · ", 1)
    return Markup(written)  # every text in it was escaped below


def _write(snapshot: Snapshot, line: ListedService, language: str) -> Iterator[str]:
    ended = has_ended(line.ended_on, snapshot.on)
    pages = kept_url_for("catalog.service_page", register_id=0).removesuffix("0")  # the number comes last
    yield f'<li class="catalog-line{" catalog-line--ended" if ended else ""}">\n'
    yield (
        '<h3 class="govuk-heading-s catalog-line__name">'
        f'<a class="govuk-link" href="{pages}{line.register_id}">{escape(line.name)}</a></h3>\n'
    )
    yield f'<p class="catalog-line__what">{_what(line.type_code, line.forms, language)}</p>\n'
    yield f"{WHERE}{_where(line)}"
    if line.provider_name != line.name:
        yield f'<span class="catalog-line__provider"> · {escape(line.provider_name)}</span>'
    yield '</p>\n<p class="catalog-line__call">'
    if line.phone:
        address = phone_link(line.phone)
        yield f'<a class="govuk-link" href="{address}">{escape(line.phone)}</a>' if address else escape(line.phone)
    verified = _verified(line.ended_on if ended else None, line.verified_on, snapshot.on, language)
    yield f"\n{verified}</p>\n</li>\n"


@lru_cache(maxsize=2_000)
def _what(type_code: str, forms: tuple[str, ...], language: str) -> str:
    service_type = service_types().get(type_code)
    name = escape(service_type.name(language)) if service_type else ""
    if not forms:
        return name
    return f'{name} <span class="catalog-line__forms">({escape(", ".join(say(Form(f).label) for f in forms))})</span>'


def _where(line: ListedService) -> str:
    parts = []
    if line.places:
        named = escape(", ".join(line.places[:NAMED_PLACES]))
        more = len(line.places) - NAMED_PLACES
        if more > 0:
            named += " " + ngettext("and %(num)s more place", "and %(num)s more places", more)
        parts.append(named)
    elif line.has_secret_place:
        parts.append(gettext("the address is not published"))
    if line.region_wide:
        parts.append(gettext("works in the whole region"))
    return " · ".join(parts)


@lru_cache(maxsize=10_000)
def _verified(ended_on: date | None, verified_on: date | None, on: date, _language: str) -> str:
    if ended_on is not None:
        said = gettext("ended on %(day)s", day=day(ended_on))
        return f'<strong class="govuk-tag govuk-tag--red">{said}</strong>'
    if verified_on is None:
        return ""
    if freshness(verified_on, on) is Freshness.FRESH:
        said = gettext("verified on %(day)s", day=day(verified_on))
        return f'<strong class="govuk-tag govuk-tag--green">{said}</strong>'
    said = gettext("last verified on %(day)s", day=day(verified_on))
    return f'<span class="catalog-line__verified">{said}</span>'
