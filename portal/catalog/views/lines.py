"""Lines of a result as HTML, kept as written: a line depends on the state of the catalogue and the language alone."""

from __future__ import annotations

from flask import current_app, url_for
from markupsafe import Markup, escape

from portal.catalog.calc.contacts import phone_link
from portal.catalog.calc.freshness import freshness
from portal.catalog.service.search import ListedService, Snapshot
from portal.catalog.types import Form, has_ended, service_types
from portal.web.languages import current_language, say

MAX_KEPT_LINES = 50_000  # for each language, about 1 kB each
NAMED_PLACES = 3  # in a line; of further ones it says how many
WHERE = '<p class="catalog-line__where">'


def written_line(snapshot: Snapshot, line: ListedService, asked: frozenset[str] = frozenset()) -> Markup:
    """The line as it was written before for this snapshot, or written now.

    A place asked for that is not among those the line names is put before them: the kept line knows no question.
    """
    kept = snapshot.written.setdefault(("lines", current_language()), {})
    written = kept.get(line.register_id)
    if written is None:
        if len(kept) >= MAX_KEPT_LINES:
            kept.clear()
        written = kept[line.register_id] = _write(snapshot, line)
    if asked and asked.isdisjoint(line.places[:NAMED_PLACES]):
        unnamed = [place for place in line.places if place in asked]
        if unnamed:
            written = written.replace(WHERE, f"{WHERE}<strong>{escape(unnamed[0])}</strong> · ", 1)
    return Markup(written)


def _write(snapshot: Snapshot, line: ListedService) -> str:
    service_type = service_types().get(line.type_code)
    macro = current_app.jinja_env.get_template("catalog/line.html").module.line  # type: ignore[attr-defined]  # a macro
    return str(
        macro(
            line,
            href=url_for("catalog.service_page", register_id=line.register_id),
            type_name=service_type.name(current_language()) if service_type else "",
            forms=", ".join(say(Form(form).label) for form in line.forms),
            tel=phone_link(line.phone) if line.phone else None,
            ended=has_ended(line.ended_on, snapshot.on),
            freshness=freshness(line.verified_on, snapshot.on),
            named=NAMED_PLACES,
        )
    )
