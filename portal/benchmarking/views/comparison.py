"""Pages of the comparison.

The kraj's key worker and planner come here weekly and before every round of funding: they want to see at a glance who
stands far from the norm and whom to ask about it, and fear to blame a service for a figure that was merely missing.
The provider comes once a quarter, after its return was accepted: it wants to know how it stands, and fears that others
read its figures, or that a bad figure is held against it without a word of explanation.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import gettext
from werkzeug.wrappers import Response as WerkzeugResponse

from portal.benchmarking import charts, service, tables
from portal.benchmarking.scribe import Scribe, label_of, type_name
from portal.benchmarking.types import Line, Measure
from portal.benchmarking.views.blueprint import bp
from portal.benchmarking.views.wishes import ask, choices
from portal.benchmarking.words import FORMS, line_name, state_of
from portal.core.errors import Forbidden, Invalid
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.returns.readings import ReturnReading
from portal.returns.types import Period
from portal.web.asides import add_aside
from portal.web.downloads import Table, csv_response, xlsx_response
from portal.web.gate import current_actor, requires
from portal.web.languages import current_language
from portal.web.paging import page_number

Page = str | WerkzeugResponse


PAGE_ROWS = 100


@bp.get("/srovnani")
@requires(Permission.COMPARE_READ)
def index() -> Page:
    """All services of a type for the kraj; for a provider the way to its own."""
    actor = current_actor()
    if not actor.can(Permission.COMPARE_ALL):
        return _own_way(actor)
    order = tables.Order.parse(request.args.get("razeni", ""))
    asked = ask(actor)
    if asked is None:
        return render_template("benchmarking/nothing_yet.html")
    found = service.standing(actor, asked.wish, catalogue=asked.catalogue)
    scribe = Scribe(found.version)
    norm, median = found.norm_share, found.statistics.median
    values = [value for (value,) in found.services.columns_of("value")]
    scale = charts.Scale.for_values(norm, median, *values, is_share=scribe.is_share)
    pages = max(1, ceil(len(values) / PAGE_ROWS))
    page = min(page_number(), pages)
    rows = tables.standing_rows(found, order, slice((page - 1) * PAGE_ROWS, page * PAGE_ROWS))

    def address(endpoint: str = "benchmarking.index", **changes: Any) -> str:
        return asked.address(endpoint, **{"razeni": str(order), **changes})

    return render_template(
        "benchmarking/comparison.html",
        found=found,
        asked=asked,
        order=order,
        address=address,
        page=page,
        paged=lambda number: address(strana=number),
        pages=pages,
        **choices(asked, actor),
        type_name=type_name(asked.wish.type_code),
        lines=[(line, line_name(line)) for line in service.list_lines(asked.wish.type_code)],
        metric_name=label_of(found.version),
        form_name=FORMS[asked.wish.form],
        note_of_metric=found.version.note.of(current_language()),
        notes=service.list_notes(actor, asked.wish),
        scribe=scribe,
        norm=norm,
        median=median,
        reached=sum(value is not None and norm is not None and value >= norm for value in values),
        rows=rows,
        bullets=[scale.bullet(row["value"], norm, median) for row in rows],
        scale=scale,
        bullet_width=charts.BULLET_WIDTH,
        state_of=state_of,
        chart=_chart(found, scribe),
        strip=charts.decile_strip(found.services, factor=scribe.factor, suffix=_suffix(scribe), words=_strip_words()),
        names=charts.names_of(found.services),
    )


@bp.get("/srovnani/stahnout/csv")
@requires(Permission.COMPARE_ALL)
def download_csv() -> Response:
    """The comparison in the order shown, for any program."""
    return csv_response(*_download())


@bp.get("/srovnani/stahnout/xlsx")
@requires(Permission.COMPARE_ALL)
def download_xlsx() -> Response:
    """The same as a workbook."""
    return xlsx_response(*_download())


def _download() -> tuple[Table, str]:
    actor = current_actor()
    order = tables.Order.parse(request.args.get("razeni", ""))
    asked = ask(actor)
    if asked is None:
        raise Invalid(_m("No return has been accepted yet, so there is nothing to compare."))
    found = service.standing(actor, asked.wish, catalogue=asked.catalogue)
    scribe, wish = Scribe(found.version), asked.wish
    name = f"srovnani-{wish.span}-{wish.type_code}-{wish.metric}-{wish.form}"
    metric = label_of(found.version)
    return tables.standing_table(found, order, metric=metric, unit=scribe.unit, plain=scribe.plain), name


def return_aside(*, reading: ReturnReading) -> str:
    """Beside the form of a return: what its figures come to, and the norm."""
    figures = service.figures_of_return(
        current_actor(),
        ico=reading.service.provider_ico,
        type_code=reading.service.type_code,
        forms=reading.service.forms,
        cells=reading.cells,
        period=reading.period,
    )
    return render_template(
        "benchmarking/return_aside.html",
        rows=figures.rows(),
        line_of=_line_of,
        line_name=line_name,
        state_of=state_of,
    )


@bp.record_once
def _speak_on_pages(state: BlueprintSetupState) -> None:
    add_aside(state.app, "returns.figures", return_aside)  # type: ignore[arg-type]  # always a Flask here


def _line_of(row: Mapping[str, Any]) -> Line:
    return Line(row["type_code"], Measure(row["measure"]), row["form"])


def _own_way(actor: Actor) -> Page:
    providers = service.list_own_providers(actor)
    if not providers:
        raise Forbidden(_m("You have no provider whose services could be compared."))
    if len(providers) == 1:
        return redirect(url_for("benchmarking.provider", ico=providers[0][0], obdobi=request.args.get("obdobi")))
    return render_template("benchmarking/own_providers.html", providers=providers)


def _with(period: Period, periods: list[Period]) -> list[Period]:
    """The quarters to choose from; the one shown is among them even when nothing was accepted in it."""
    return sorted({period, *periods}, reverse=True)


def _chart(found: service.Standing, scribe: Scribe) -> dict[str, Any]:
    words = {
        "reached": gettext("norm reached") if found.norm else gettext("value"),
        "under": gettext("under the norm"),
        "norm": gettext("norm"),
        "median": gettext("median"),
        "axis": label_of(found.version),
        "place": gettext("services from the highest value"),
    }
    return charts.overview(
        found.services,
        norm=found.norm_share,
        median=found.statistics.median,
        words=words,
        factor=scribe.factor,
        suffix=_suffix(scribe),
    )


def _suffix(scribe: Scribe) -> str:
    return f"\u00a0{scribe.unit}" if scribe.unit else ""


def _strip_words() -> dict[str, str]:
    return {
        "services": gettext("services"),
        "decile": gettext("tenth from the lowest"),
    }
