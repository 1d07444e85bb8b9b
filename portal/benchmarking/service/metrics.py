"""Metrics: which there are, and what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pandas as pd

from portal.benchmarking import queries
from portal.benchmarking.metrics import (
    Catalogue,
    Direction,
    Field,
    FormulaError,
    MetricVersion,
    Span,
    Year,
    evaluate,
    last_quarter,
)
from portal.benchmarking.metrics.shipped import fields_of, load_metrics
from portal.benchmarking.metrics.types import quarters_of
from portal.benchmarking.models import Metric, MetricFormula
from portal.catalog.types import service_types
from portal.core.clock import today
from portal.core.errors import Invalid
from portal.core.messages import Message, _m
from portal.core.permissions import Actor
from portal.disclosure import DisclosedFrame, exact_for_region
from portal.returns.definition import definitions
from portal.returns.service import cells_frame
from portal.returns.types import ALL, FORMS, LocalText, Period

DEFINITIONS = Path(__file__).resolve().parents[1] / "definitions" / "metrics.toml"

FIGURE_COLUMNS = (
    *("service_id", "register_id", "provider_ico", "provider_name", "service_name", "type_code"),
    *("period", "form", "value", "state", "numerator", "denominator"),
)


@dataclass(frozen=True)
class MetricRow:
    """A metric in its latest version; ``fault`` says why it cannot be evaluated now."""

    version: MetricVersion
    versions: tuple[MetricVersion, ...]
    is_shipped: bool
    forms: tuple[str, ...]
    fault: Message | None


@cache
def return_fields() -> tuple[Field, ...]:
    """The fields that formulas can name."""
    return fields_of(definitions())


@cache
def shipped_metrics() -> tuple[MetricVersion, ...]:
    """The metrics that come with the portal; raises MetricsError when their file is wrong."""
    return load_metrics(DEFINITIONS, service_types())


def current_catalogue() -> Catalogue:
    """All metrics, shipped and defined by the region. Two queries."""
    stored = [version for metric in queries.stored_metrics() for version in versions_of(metric)]
    return Catalogue([*shipped_metrics(), *stored], return_fields())


def versions_of(metric: Metric) -> list[MetricVersion]:
    """The versions of a stored metric by time, each ending where the next begins."""
    found = [_version_of(metric.name, row) for row in metric.versions]
    ends = [replace(one, last_period=two.first_period.previous) for one, two in pairwise(found)]
    return [*ends, *found[-1:]]


def _version_of(name: str, row: MetricFormula) -> MetricVersion:
    return MetricVersion(
        name=name,
        label=LocalText(row.label_cs, row.label_en),
        unit=row.unit,
        formula=row.formula,
        decimals=row.decimals,
        forms=tuple(row.forms.split()),
        service_types=None if row.service_types is None else frozenset(row.service_types.split()),
        direction=Direction(row.direction),
        note=LocalText(row.note_cs, row.note_en),
        first_period=Period.parse(row.first_period),
    )


def list_metrics(catalogue: Catalogue | None = None) -> list[MetricRow]:
    """Every metric, the shipped ones first, each in the version of today or else the last one."""
    catalogue = catalogue or current_catalogue()
    shipped = {version.name for version in shipped_metrics()}
    return [_row(catalogue, name, name in shipped) for name in catalogue]


def _row(catalogue: Catalogue, name: str, is_shipped: bool) -> MetricRow:
    versions = catalogue.versions(name)
    version = catalogue.version(name, Period.of(today())) or versions[-1]
    try:
        program = catalogue.program(name, version.last_period or max(version.first_period, Period.of(today())))
    except FormulaError as error:
        return MetricRow(version, versions, is_shipped, version.forms, error.message)
    return MetricRow(version, versions, is_shipped, program.forms, None)


def evaluate_metric(
    actor: Actor, name: str, span: Span, *, catalogue: Catalogue | None = None, type_code: str | None = None
) -> DisclosedFrame:
    """A metric of every service with an accepted return in a quarter or year, FIGURE_COLUMNS by register number.

    Raises NotFound for a metric that is not valid then, Invalid with the fault of one that cannot be evaluated,
    Forbidden for actors who may not see all services.
    """
    return exact_for_region(figures_of(catalogue or current_catalogue(), name, span, type_code), actor)


def figures_of(catalogue: Catalogue, name: str, span: Span, type_code: str | None = None) -> pd.DataFrame:
    """As ``evaluate_metric``, not yet disclosed to anybody."""
    try:
        catalogue.program(name, last_quarter(span))
    except FormulaError as error:
        raise Invalid(_m("The metric cannot be evaluated: %(fault)s", fault=error.message)) from error
    quarters = quarters_of(span)
    cells = pd.concat([cells_frame(quarter, type_code=type_code) for quarter in quarters], ignore_index=True)
    due = None
    if isinstance(span, Year):
        found = [(row[0], str(quarter)) for quarter in quarters for row in queries.services_in(quarter)]
        due = pd.DataFrame(found, columns=["service_id", "period"]).drop_duplicates()
    figures = evaluate(catalogue, name, cells, [span], due=due)
    known = ["service_id", "register_id", "provider_ico", "provider_name", "service_name", "type_code"]
    services = cells[known].drop_duplicates("service_id", keep="last")
    joined = figures.merge(services, on="service_id").astype({"period": object, "form": object, "state": object})
    place = joined["form"].map({form: number for number, form in enumerate((ALL, *FORMS))})
    ordered = joined.assign(place=place).sort_values(["register_id", "place"], ignore_index=True)
    return ordered[list(FIGURE_COLUMNS)]


def metric_labels(catalogue: Catalogue, period: Period) -> Sequence[tuple[str, LocalText]]:
    """Names and labels of the metrics valid in a quarter, for a list to copy from."""
    found = ((name, catalogue.version(name, period)) for name in catalogue)
    return [(name, version.label) for name, version in found if version is not None]
