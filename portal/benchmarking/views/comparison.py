"""Pages of the comparison.

The kraj's key worker and planner come here weekly and before every round of funding: they want to see at a glance who
stands far from the norm and whom to ask about it, and fear to blame a service for a figure that was merely missing.
The provider comes once a quarter, after its return was accepted: it wants to know how it stands, and fears that others
read its figures, or that a bad figure is held against it without a word of explanation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import gettext
from werkzeug.wrappers import Response as WerkzeugResponse

from portal.benchmarking import charts, service, tables
from portal.benchmarking.types import Line, Measure
from portal.benchmarking.views.blueprint import bp
from portal.benchmarking.words import MEANINGS, line_name, state_of
from portal.catalog.types import service_types
from portal.core.errors import Forbidden, Invalid
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.returns.readings import ReturnReading
from portal.returns.types import Period
from portal.web.asides import add_aside
from portal.web.downloads import Table, csv_response, xlsx_response
from portal.web.gate import current_actor, requires
from portal.web.languages import current_language

Page = str | WerkzeugResponse


@dataclass(frozen=True)
class Chosen:
    """What the page is asked to show; None where the address leaves it to us."""

    period: Period | None
    type_code: str | None
    measure: str | None
    form: str | None
    order: tables.Order

    @classmethod
    def from_request(cls) -> Chosen:
        """Raises Invalid for a quarter or an order that does not exist."""
        given = request.args
        return cls(
            period=Period.parse(given["obdobi"]) if given.get("obdobi") else None,
            type_code=given.get("druh") or None,
            measure=given.get("ukazatel") or None,
            form=given.get("forma") or None,
            order=tables.Order.parse(given.get("razeni", "")),
        )

    def line(self, type_code: str) -> Line | None:
        """The line asked for; None for the usual one. Raises Invalid for one that does not exist."""
        if self.measure is None:
            return None
        try:
            return Line(type_code, Measure(self.measure), self.form or Measure(self.measure).forms[0])
        except ValueError as error:
            raise Invalid(_m("Services of this type are not compared in this way.")) from error

    def address(self, comparison: service.Comparison, **changes: Any) -> str:
        """Permanent address of the page shown, with changes."""
        line = comparison.line
        arguments = {
            "obdobi": str(comparison.period),
            "druh": line.type_code,
            "ukazatel": str(line.measure),
            "forma": line.form,
            "razeni": str(self.order) or None,
        }
        endpoint = changes.pop("endpoint", "benchmarking.index")
        return url_for(endpoint, **{**arguments, **changes})


@bp.get("/srovnani")
@requires(Permission.COMPARE_READ)
def index() -> Page:
    """All services of a type for the kraj; for a provider the way to its own."""
    actor = current_actor()
    if not actor.can(Permission.COMPARE_ALL):
        return _own_way(actor)
    chosen = Chosen.from_request()
    periods = service.list_periods()
    if not periods:
        return render_template("benchmarking/nothing_yet.html")
    comparison = _compared(actor, chosen, periods)
    norm, median = _share(comparison), comparison.group.rows()[0]["value"]
    rows = tables.comparison_rows(comparison, chosen.order)
    scale = charts.Scale.for_values(norm, median, *(row["value"] for row in rows))
    return render_template(
        "benchmarking/comparison.html",
        comparison=comparison,
        chosen=chosen,
        periods=[(str(period), period.label) for period in _with(comparison.period, periods)],
        types=[(code, f"{kind.section} – {kind.name(current_language())}") for code, kind in service_types().items()],
        type_name=service_types()[comparison.line.type_code].name(current_language()),
        lines=[(line, line_name(line)) for line in service.list_lines(comparison.line.type_code)],
        line_name=line_name(comparison.line),
        meaning=MEANINGS[comparison.line.measure],
        norm=norm,
        median=median,
        reached=sum(row["value"] is not None and norm is not None and row["value"] >= norm for row in rows),
        rows=rows,
        bullets=[scale.bullet(row["value"], norm, median) for row in rows],
        scale=scale,
        bullet_width=charts.BULLET_WIDTH,
        state_of=state_of,
        chart=_chart(comparison, norm, median),
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
    chosen = Chosen.from_request()
    comparison = _compared(current_actor(), chosen, service.list_periods())
    line = comparison.line
    name = f"srovnani-{comparison.period}-{line.type_code}-{line.measure}-{line.form}"
    return tables.comparison_table(comparison, chosen.order), name


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


def _compared(actor: Actor, chosen: Chosen, periods: list[Period]) -> service.Comparison:
    """The comparison asked for; by default the latest quarter and the first type that has an accepted return."""
    period = chosen.period or (periods[0] if periods else None)
    if period is None:
        raise Invalid(_m("No return has been accepted yet, so there is nothing to compare."))
    type_code = chosen.type_code or next(iter(service.list_compared_types(period)), next(iter(service_types())))
    return service.compare(actor, period, type_code, chosen.line(type_code))


def _with(period: Period, periods: list[Period]) -> list[Period]:
    """The quarters to choose from; the one shown is among them even when nothing was accepted in it."""
    return sorted({period, *periods}, reverse=True)


def _share(comparison: service.Comparison) -> float | None:
    return None if comparison.norm is None else float(comparison.norm.share)


def _chart(comparison: service.Comparison, norm: float | None, median: float | None) -> dict[str, Any]:
    words = {
        "reached": gettext("norm reached"),
        "under": gettext("under the norm"),
        "norm": gettext("norm"),
        "median": gettext("median"),
        "axis": gettext("share"),
        "place": gettext("services from the highest value"),
    }
    return charts.overview(comparison.services, norm=norm, median=median, words=words)
