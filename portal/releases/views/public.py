"""Published figures about persons and money.

Anybody comes: a mayor before a meeting, a journalist, a student; some times a year. They want one table and a number
that they can quote with its date, and fear to quote a wrong one. So a quarter never changes once it is told, a hidden
cell says so, and everything is read from files with their digest: it stays there while the database is down.
"""

from __future__ import annotations

from flask import Response, render_template, request, url_for
from flask_babel import gettext

from portal.core.errors import NotFound
from portal.core.messages import _m
from portal.core.permissions import Permission
from portal.releases.files import (
    CORRECTIONS,
    KINDS,
    MANIFEST,
    SHEETS,
    WHOLE,
    Published,
    published_quarters,
    read_file,
    read_release,
)
from portal.releases.types import TOTAL, HandedOver, PublicTable
from portal.releases.views.blueprint import bp, folder, table_name
from portal.returns.types import Period
from portal.web.downloads import XLSX_TYPE, attachment
from portal.web.gate import requires
from portal.web.languages import current_language, say

TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX_TYPE, "json": "application/json"}
FOR_SECONDS = 3600


@bp.get("/zverejnene-udaje")
@requires(Permission.PUBLIC)
def index() -> str:
    """Published quarters and their tables."""
    found = [read_release(folder(), quarter) for quarter in published_quarters(folder())]
    return render_template(
        "releases/index.html",
        releases=[each for each in found if each is not None],
        correction_files=_correction_files,
        whole=WHOLE,
        manifest=MANIFEST,
    )


@bp.get("/zverejnene-udaje/<period>/<name>")
@requires(Permission.PUBLIC)
def table(period: str, name: str) -> str:
    """One table of a quarter."""
    found = _published(period)
    asked = table_name(name)
    if asked not in found.tables:
        raise NotFound(_m("The release has no such table."))
    shown = found.tables[asked]
    language = current_language()
    return render_template(
        "releases/table.html",
        found=found,
        table=shown,
        label=lambda code: found.name(code, language),
        rows=_rows_with_anything(shown),
        columns=list(shown.columns),
        handed=_handed_over(found, shown),
        correction_files=_correction_files(found),
        tables=[(str(each), say(each.label)) for each in found.tables],
        quarters=[(quarter, say(Period.parse(quarter).label)) for quarter in published_quarters(folder())],
        files=[(kind.upper(), url_for("releases.file", period=period, name=f"{asked}.{kind}")) for kind in KINDS],
    )


@bp.get("/zverejnene-udaje/vyber")
@requires(Permission.PUBLIC)
def choose() -> Response:
    """The table that was chosen in the form. Raises NotFound."""
    period, name = request.args.get("ctvrtleti", ""), request.args.get("tabulka", "")
    found, asked = _published(period), table_name(name)
    if asked not in found.tables:
        asked = next(iter(found.tables))
    answer = Response(status=303)
    answer.headers["Location"] = url_for("releases.table", period=period, name=str(asked))
    return answer


@bp.get("/zverejnene-udaje/<period>/soubory/<name>")
@requires(Permission.PUBLIC)
def file(period: str, name: str) -> Response:
    """A file of a quarter as it was published; asks no database. Its digest is the ETag."""
    kind = name.rpartition(".")[2]
    found = read_file(folder(), period, name) if kind in TYPES else None
    if found is None:
        raise NotFound(_m("There is no such file."))
    data, sha = found
    response = Response(data, content_type=TYPES[kind])
    response.set_etag(sha)
    response.cache_control.public, response.cache_control.max_age = True, FOR_SECONDS
    response.headers["Content-Disposition"] = attachment(f"{period}-{name}")
    response.make_conditional(request)
    return response


def _published(period: str) -> Published:
    found = read_release(folder(), period)
    if found is None:
        raise NotFound(_m("There is no such published quarter."))
    return found


def _correction_files(found: Published) -> list[tuple[str, str]]:
    return [
        (
            gettext("Download corrections as %(kind)s", kind=kind.upper()),
            url_for("releases.file", period=found.period, name=f"{CORRECTIONS}.{kind}"),
        )
        for kind in SHEETS
    ]


def _handed_over(found: Published, shown: PublicTable) -> list[HandedOver]:
    """By the columns of a table of needs, the whole region last; nothing where the release does not say it."""
    beside = found.beside
    if beside is None or beside.handed_over is None or not shown.name.is_need:
        return []
    return [*(beside.handed_over[code] for code in shown.columns), beside.all_handed_over]


def _rows_with_anything(shown: PublicTable) -> list[tuple[str, object]]:
    """The rows, without those where nobody has anything; the last one is the total."""
    return [
        (code, cells)
        for code, cells in shown.lines
        if code == TOTAL or shown.name.is_need or any(not cell.kind.is_absent for cell in cells)
    ]
