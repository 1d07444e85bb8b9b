"""``portal benchmark`` and ``portal metrics``: the comparison of a type, metrics and their values."""

from __future__ import annotations

import csv
import json
import sys
from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import gettext, ngettext

from portal.benchmarking import service
from portal.benchmarking.metrics import MetricVersion, parse_span
from portal.benchmarking.types import Measure
from portal.benchmarking.words import line_name, state_of
from portal.catalog.types import service_types
from portal.core.permissions import OPERATOR
from portal.returns.types import Period
from portal.web.formats import percent
from portal.web.languages import say


@click.command("benchmark")
@click.option("--period", "period_text", required=True, metavar="PERIOD", help="Quarter, such as 2026Q2.")
@click.option("--type", "type_code", required=True, metavar="TYPE", help="Section of the Act, such as 46 or 60a.")
@click.option("--measure", type=click.Choice([str(measure) for measure in Measure]), help="Only this measure.")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of a table.")
@with_appcontext
def benchmark(period_text: str, type_code: str, measure: str | None, as_json: bool) -> None:
    """Compare the services of a type: every line that has a norm, with median and figures of all services."""
    period = Period.parse(period_text)
    lines = [line for line in service.list_normed_lines(type_code) if measure in (None, line.measure)]
    comparisons = [service.compare(OPERATOR, period, type_code, line) for line in lines]
    if as_json:
        document = {
            "period": str(period),
            "type": type_code,
            "type_name": service_types()[type_code].name_cs,
            "groups": [_as_json(comparison) for comparison in comparisons],
        }
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    for comparison in comparisons:
        _print_table(comparison)


def _as_json(comparison: service.Comparison) -> dict[str, Any]:
    """One line of comparison; shares as numbers (0.6 is 60 %), null where there is none - see ``state``."""
    norm = comparison.norm
    return {
        "measure": str(comparison.line.measure),
        "metric": comparison.line.measure.metric,
        "form": comparison.line.form,
        "n": comparison.counted,
        "missing": comparison.missing,
        "without_return": comparison.without_return,
        "norm": None if norm is None else float(norm.share),
        "median": comparison.group.rows()[0]["value"],
        "median_2015": None if norm is None or norm.median_2015_share is None else float(norm.median_2015_share),
        "services": [
            {
                "register_id": row["register_id"],
                "service": row["service_name"],
                "provider_ico": row["provider_ico"],
                "provider": row["provider_name"],
                "value": row["value"],
                "state": str(row["state"]),
                "return_accepted": row["has_return"],
            }
            for row in comparison.services.rows()
        ],
    }


def _print_table(comparison: service.Comparison) -> None:
    norm, median = comparison.norm, comparison.group.rows()[0]
    click.echo(say(line_name(comparison.line)))
    click.echo(
        gettext(
            "norm %(norm)s, median %(median)s, services %(counted)s, missing %(missing)s",
            norm=gettext("none") if norm is None else percent(norm.share, None),
            median=gettext("none") if median["value"] is None else percent(median["value"], 1),
            counted=comparison.counted,
            missing=comparison.missing,
        )
    )
    for row in comparison.services.rows():
        words = state_of(row)
        figure = percent(row["value"], 1) if words is None else say(words)
        click.echo(f"{figure:>24}  {row['service_name']} ({row['provider_name']})")
    click.echo()


@click.group("metrics")
def metrics() -> None:
    """Metrics: what there is, and what it comes to."""


@metrics.command("list")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of lines of text.")
@with_appcontext
def list_metrics(as_json: bool) -> None:
    """Every metric with its unit, formula and versions."""
    rows = service.list_metrics()
    if as_json:
        click.echo(json.dumps([_metric_as_json(row) for row in rows], ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(f"{row.version.name} [{row.version.unit}] {row.version.label.cs}")
        click.echo(f"    {' '.join(row.version.formula.split())}")
        if row.fault is not None:
            click.echo(f"    {gettext('Cannot be evaluated:')} {say(row.fault)}")


def _metric_as_json(row: service.MetricRow) -> dict[str, Any]:
    return {
        "name": row.version.name,
        "shipped": row.is_shipped,
        "forms": list(row.forms),
        "fault": None if row.fault is None else say(row.fault),
        **_version_as_json(row.version),
        "versions": [_version_as_json(version) for version in row.versions],
    }


def _version_as_json(version: MetricVersion) -> dict[str, Any]:
    return {
        "label": {"cs": version.label.cs, "en": version.label.en},
        "unit": version.unit,
        "formula": version.formula,
        "decimals": version.decimals,
        "service_types": None if version.service_types is None else sorted(version.service_types),
        "direction": str(version.direction),
        "note": {"cs": version.note.cs, "en": version.note.en},
        "first_period": str(version.first_period),
        "last_period": None if version.last_period is None else str(version.last_period),
    }


@metrics.command("evaluate")
@click.argument("name")
@click.option("--period", "period_text", required=True, metavar="PERIOD", help="Quarter or year: 2026Q2, 2026.")
@click.option("--type", "type_code", metavar="TYPE", help="Only services of this type, such as 46 or 60a.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV; the only format, and the usual one.")
@with_appcontext
def evaluate(name: str, period_text: str, type_code: str | None, as_csv: bool) -> None:
    """Values of a metric for every service with an accepted return, as CSV with decimal points.

    A share is a number (0.6 is 60 %); a value is empty unless its state is value or zero.
    """
    del as_csv
    figures = service.evaluate_metric(OPERATOR, name, parse_span(period_text), type_code=type_code)
    columns = [column for column in figures.columns if column != "service_id"]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([["" if row[key] is None else row[key] for key in columns] for row in figures.rows()])


@metrics.command("recompute")
@with_appcontext
def recompute() -> None:
    """Compute all values of all metrics anew; needed once after an upgrade that changed formulas."""
    stored = service.recompute(lambda done, total: click.echo(f"{done}/{total}", err=True))
    click.echo(ngettext("%(num)s value stored.", "%(num)s values stored.", stored))
