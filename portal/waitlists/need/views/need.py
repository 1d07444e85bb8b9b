"""Who waits for what, and where, each person counted once.

The planner of the kraj opens it weekly and before each meeting about the network: how many people really wait for a
type of service in an area, and is it getting worse. They fear to state a number that somebody takes apart - persons
counted twice, applications nobody means any more - so the way from applications to persons stands step by step, and
where the number is not certain a range does.
"""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.core.permissions import Permission
from portal.returns.types import Period
from portal.waitlists.need import charts, service
from portal.waitlists.need.service.reading import REFUSED, STATISTICS, WAITS
from portal.waitlists.need.types import ALL, LADDER, MOVEMENTS, Dimension, Part
from portal.waitlists.need.views.blueprint import bp, chosen
from portal.waitlists.need.views.local import local_page
from portal.waitlists.need.words import (
    DIMENSION_WORDS,
    NeedWords,
    need_table,
    need_words,
    period_label,
    statistic_name,
    wait_name,
)
from portal.web.downloads import Table, csv_response, xlsx_response
from portal.web.gate import current_actor, requires

DIMENSIONS = {"druh": Dimension.TYPE, "situace": Dimension.SITUATION, "skupina": Dimension.GROUP, "orp": Dimension.AREA}
FIELDS = {"druh": "type_code", "situace": "situation", "skupina": "group", "orp": "area"}  # of the address -> of a part


@bp.get("/zadatele/potreba")
@requires(Permission.NEED_READ)
def index() -> str:
    """The ladder of a part, its quarters, and the part beside others; for a municipality its own territory."""
    if not current_actor().can(Permission.WAITLIST_ALL):
        return local_page()
    words = need_words()
    found = _read(words)
    if found is None:
        return render_template("need/nothing_yet.html", heading=gettext("Need"))
    rows = {row["figure"]: row for row in found.now.rows()}
    labels = words.of(found.dimension)
    order = {code: place for place, code in enumerate(labels)}
    return render_template(
        "need/index.html",
        found=found,
        rows=rows,
        ladder=LADDER,
        movements=MOVEMENTS,
        bars=charts.ladder_bars(found.now),
        chart=charts.trend_lines(found.trend),
        charts=charts,
        trend=_by(found.trend.rows(), "period"),
        beside=sorted(
            _by(found.beside.rows(), "key").items(), key=lambda item: (order.get(item[0], len(order)), item[0])
        ),
        labels=labels,
        dimension_name=DIMENSION_WORDS[found.dimension](),
        waits=[
            (wait_name(what), [(statistic_name(each), rows[f"{what}_{each}"]) for each in STATISTICS]) for what in WAITS
        ],
        medians=[f"{what}_p50" for what in WAITS],
        refused=rows[REFUSED],
        choices=_choices(words, found),
        chosen={**{name: _value(found, name) or "" for name in FIELDS}, "podle": _beside_name(found)},
        period_label=lambda text: period_label(Period.parse(text)),
        address=lambda endpoint: _address(endpoint, found),
    )


@bp.get("/zadatele/potreba.csv")
@requires(Permission.WAITLIST_ALL)
def export_csv() -> Response:
    """The chosen part by quarters, and the parts beside it."""
    return csv_response(*_file())


@bp.get("/zadatele/potreba.xlsx")
@requires(Permission.WAITLIST_ALL)
def export_xlsx() -> Response:
    return xlsx_response(*_file())


def _file() -> tuple[Table, str]:
    words = need_words()
    found = _read(words)
    table = Table(gettext("Need"), [], []) if found is None else need_table(found, words)
    return table, gettext("need-%(period)s", period="" if found is None else str(found.counted.period))


def _read(words: NeedWords) -> service.Need | None:
    """What the address asks for. Raises Invalid for a value that is not offered."""
    wanted = {field: chosen(name, words.of(DIMENSIONS[name])) or ALL for name, field in FIELDS.items()}
    text, beside = request.args.get("ctvrtleti", ""), chosen("podle", DIMENSIONS)
    usual = Dimension.TYPE if wanted["type_code"] == ALL else Dimension.AREA
    dimension = DIMENSIONS[beside] if beside else usual
    return service.read_need(current_actor(), Part(**wanted), Period.parse(text) if text else None, dimension)


def _by(rows: list[dict[str, Any]], name: str) -> dict[str, dict[str, dict[str, Any]]]:
    """Rows by one column and by their figure."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row[name], {})[row["figure"]] = row
    return found


def _choices(words: NeedWords, found: service.Need) -> dict[str, list[tuple[str, str]]]:
    return {
        **{name: list(words.of(dimension).items()) for name, dimension in DIMENSIONS.items()},
        "ctvrtleti": [(str(one.period), period_label(one.period)) for one in found.quarters],
        "podle": [(name, DIMENSION_WORDS[dimension]()) for name, dimension in DIMENSIONS.items()],
    }


def _value(found: service.Need, name: str) -> str | None:
    value: str = getattr(found.part, FIELDS[name])
    return None if value == ALL else value


def _beside_name(found: service.Need) -> str:
    return next(name for name, dimension in DIMENSIONS.items() if dimension is found.dimension)


def _address(endpoint: str, found: service.Need) -> str:
    """A permanent address of what is shown: the quarter is always named in it."""
    arguments: dict[str, Any] = {name: _value(found, name) for name in FIELDS}
    return url_for(endpoint, ctvrtleti=str(found.counted.period), podle=_beside_name(found), **arguments)
