"""``portal compare``: the comparison as the kraj sees it, as lines, JSON, or a PDF of a type or the network."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import gettext

from portal.benchmarking import service
from portal.benchmarking.jobs import write_region_report
from portal.benchmarking.metrics import parse_span
from portal.benchmarking.words import state_of
from portal.core.permissions import OPERATOR
from portal.web.languages import say


@click.group("compare", invoke_without_command=True)
@click.option("--type", "type_code", metavar="TYPE", help="Section of the Act, such as 46 or 60a.")
@click.option("--period", "period_text", metavar="PERIOD", help="Quarter or year: 2026Q2, 2026.")
@click.option("--metric", metavar="METRIC", help="Name of a metric; see portal metrics list.")
@click.option(
    "--form", metavar="FORM", help="outreach, outpatient, residential or all; by default all where it can be."
)
@click.option("--json", "as_json", is_flag=True, help="JSON instead of lines of text.")
@click.pass_context
@with_appcontext
def compare(
    context: click.Context,
    type_code: str | None,
    period_text: str | None,
    metric: str | None,
    form: str | None,
    as_json: bool,
) -> None:
    """All services of a type on a metric, exactly, as the region sees them; shares as numbers (0.6 is 60 %)."""
    if context.invoked_subcommand is not None:
        return
    if type_code is None or period_text is None or metric is None:
        raise click.UsageError(
            gettext("Give the type (--type 46), the period (--period 2026Q2) and the metric (--metric NAME).")
        )
    span, catalogue = parse_span(period_text), service.current_catalogue()
    wish = service.Wish(type_code, metric, form or service.usual_form(catalogue, metric, span), span)
    found = service.standing(OPERATOR, wish, catalogue=catalogue)
    if as_json:
        click.echo(json.dumps(_standing_as_json(found), ensure_ascii=False, indent=2))
        return
    for row in found.services.rows():
        words = state_of(row)
        click.echo(f"{row['value'] if words is None else say(words)}\t{row['service_name']}\t{row['provider_name']}")


@compare.command("report")
@click.option("--type", "type_code", metavar="TYPE", help="Section of the Act, such as 46 or 60a.")
@click.option("--all", "whole", is_flag=True, help="The whole network, type by type.")
@click.option("--period", "period_text", required=True, metavar="PERIOD", help="Quarter or year: 2026Q2, 2026.")
@click.option(
    "--pdf", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write the document to."
)
@with_appcontext
def report(type_code: str | None, whole: bool, period_text: str, pdf: Path) -> None:
    """A PDF with exact figures of all services: of one type, or of the whole network."""
    if whole == (type_code is not None):
        raise click.UsageError(gettext("Give either a type (--type 46) or the whole network (--all)."))
    span = parse_span(period_text)
    with click.progressbar(length=100, file=sys.stderr) as bar, pdf.open("wb") as target:
        write_region_report(
            OPERATOR,
            span,
            type_code,
            target,
            lambda done, total: bar.update(100 * done // total - bar.pos),
        )


def _standing_as_json(found: service.Standing) -> dict[str, Any]:
    wish, group = found.wish, found.statistics
    keys = ("register_id", "service_name", "provider_ico", "provider_name", "value", "before", "year_ago")
    return {
        "type": wish.type_code,
        "metric": wish.metric,
        "form": wish.form,
        "period": str(wish.span),
        "unit": found.version.unit,
        "norm": found.norm_share,
        "n": group.n,
        "missing": group.missing,
        "without_return": found.without_return,
        "percentiles": {f"p{percent}": value for percent, value in group.percentiles.items()},
        "median": group.median,
        "share_under_norm": group.under_norm,
        "median_before": found.before.median,
        "median_year_ago": None if found.year_ago is None else found.year_ago.median,
        "services": [
            {
                **{key: row[key] for key in keys},
                "state": str(row["state"]),
                "return_accepted": row["has_return"],
                "unusual": row["is_unusual"],
            }
            for row in found.services.rows()
        ],
    }
