"""The report of a provider: its own figures exactly, norms, its own past, and the groups as they were published."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from portal.benchmarking import queries
from portal.benchmarking.metrics import MetricVersion
from portal.benchmarking.norms import norm_on
from portal.benchmarking.service.comparison import services_frame
from portal.benchmarking.service.norms import current_norms
from portal.benchmarking.service.releases import published_groups, report_metrics, shipped_catalogue, shipped_lines
from portal.benchmarking.service.values import fields_of, fingerprints_of, values_from
from portal.benchmarking.types import ALL_FORMS, Measure, Norm
from portal.core.errors import NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.disclosure import DisclosedFrame, FigureState, GroupLine, frozen_for_provider, own_for_provider
from portal.returns.service import figures_frame
from portal.returns.service import list_periods as list_reporting_periods
from portal.returns.types import Period

PAST = 8  # quarters of the own series at most, the one shown included

FIGURE_COLUMNS = (
    *("register_id", "provider_ico", "service_name", "type_code", "metric", "form", "period"),
    *("value", "state", "has_return", "norm"),
)

_MEASURED = {measure.metric for measure in Measure}  # those with norms
_Norms = Mapping[tuple[str, str, str, str], float]  # by type, metric, form and quarter


@dataclass(frozen=True)
class _Own:
    """Figures of a provider by service, metric, form and quarter, without those not applicable; accepted returns."""

    figures: Mapping[tuple[int, str, str, str], tuple[float, FigureState]]
    returns: frozenset[tuple[int, str]]  # service and quarter


@dataclass(frozen=True)
class ProviderReport:
    """A provider's services on all lines, and what it may know of the groups they belong to.

    ``figures``: FIGURE_COLUMNS, one row for each service, line and quarter of ``quarters``, in the order to be read:
    services by register number, lines with a norm first. ``value`` in the unit of the metric, a share as 0.6; ``norm``
    as ``value`` or NaN. ``groups``: what ``frozen_for_provider`` gives for the types of the provider's services.
    """

    provider_ico: str
    provider_name: str
    period: Period
    quarters: tuple[Period, ...]  # opened ones by time; the last one is ``period``
    published: frozenset[Period]  # those of the quarters whose groups can be seen
    figures: DisclosedFrame
    groups: DisclosedFrame
    metrics: Mapping[str, MetricVersion]


def provider_report(actor: Actor, ico: str, period: Period) -> ProviderReport:
    """How a provider stands in a quarter and the ones before.

    Only its own figures are read, as they are kept; groups come as they were published, for everybody the same. Groups
    are fixed: all services of the type on a line in the quarter; there is nothing to filter. The number of queries does
    not depend on how many services there are. Raises NotFound for a provider that does not exist and for one that the
    actor may not see.
    """
    reached = [Permission.COMPARE_OWN, Permission.COMPARE_ALL]
    names = dict(queries.provider_names([ico]))
    if not names or not any(actor.can_for_provider(permission, ico) for permission in reached):
        raise NotFound(_m("There is no such provider."))
    norms = current_norms()
    opened = {dates.period for dates in list_reporting_periods()}
    quarters = tuple(
        each for back in reversed(range(PAST)) if (each := period.shifted(-back)) in opened or each == period
    )
    services = services_frame(queries.services_in(period, ico=ico))
    types = set(services["type_code"])
    lines: dict[str, list[GroupLine]] = {}
    for line in shipped_lines(period, norms):
        lines.setdefault(line.type_code, []).append(line)
    own = _own_figures(ico, {line.metric for code in types for line in lines[code]}, quarters)
    normed = _norms_of(norms, types, quarters)
    rows = [
        row
        for service in services.itertuples()
        for line in lines[str(service.type_code)]
        if _concerns(service, line, own, quarters)
        for row in _series(service, line, own, quarters, normed)
    ]
    published = published_groups(quarters, types) if types else {}
    told = {row.period for row in queries.releases()}
    return ProviderReport(
        provider_ico=ico,
        provider_name=names[ico],
        period=period,
        quarters=quarters,
        published=frozenset(quarter for quarter in quarters if str(quarter) in told),
        figures=own_for_provider(
            pd.DataFrame(rows, columns=list(FIGURE_COLUMNS)).astype({"value": float, "norm": float}), actor
        ),
        groups=frozen_for_provider({str(quarter): groups for quarter, groups in published.items()}),
        metrics=report_metrics(period),
    )


def _own_figures(ico: str, metrics: Collection[str], quarters: Sequence[Period]) -> _Own:
    """As they were kept when the returns were accepted; a metric whose formula changed since from the cells."""
    periods = [str(quarter) for quarter in quarters]
    kept, marks = queries.fingerprints(), _marks()
    fresh = {name for name in metrics if kept.get(name) == marks[name]}
    figures = {
        (service, metric, form, period): (float("nan") if value is None else value, FigureState(state))
        for service, metric, form, period, state, value in queries.values_of_provider(ico, periods)
        if metric in fresh
    }
    if stale := [name for name in sorted(metrics) if name not in fresh]:
        figures.update(_from_cells(ico, stale, quarters))
    return _Own(figures, frozenset(queries.returns_of_provider(ico, periods)))


@cache
def _marks() -> dict[str, str]:
    """By which formulas the shipped metrics are computed today."""
    return fingerprints_of(shipped_catalogue())


def _from_cells(
    ico: str, metrics: Sequence[str], quarters: Sequence[Period]
) -> Iterator[tuple[tuple[int, str, str, str], tuple[float, FigureState]]]:
    catalogue = shipped_catalogue()
    values = values_from(
        catalogue,
        metrics,
        figures_frame(fields=fields_of(catalogue, metrics), periods=quarters, provider_ico=ico),
    )
    columns = [values[name].tolist() for name in ("service_id", "metric", "form", "period", "value", "state")]
    for *key, value, state in zip(*columns, strict=True):
        service, metric, form, period = key
        yield (service, metric, form, str(period)), (value, FigureState(state))


def _norms_of(norms: Sequence[Norm], types: Collection[str], quarters: Sequence[Period]) -> _Norms:
    found = {}
    for line in {norm.line for norm in norms if norm.line.type_code in types}:
        for quarter in quarters:
            if (norm := norm_on(norms, line, quarter.last_day)) is not None:
                found[line.type_code, line.measure.metric, line.form, str(quarter)] = float(norm.share)
    return found


def _concerns(service: Any, line: GroupLine, own: _Own, quarters: Sequence[Period]) -> bool:
    """Whether the line is shown for the service: it has the form, and the returns do not say it is not concerned."""
    if any((service.service_id, line.metric, line.form, str(quarter)) in own.figures for quarter in quarters):
        return True
    summed_over = {quantity.rpartition(" ")[2] for quantity in (line.numerator, line.denominator)}
    is_of_its_forms = ({line.form} | summed_over) <= {ALL_FORMS, *service.forms}
    has_returns = any((service.service_id, str(quarter)) in own.returns for quarter in quarters)
    return is_of_its_forms and (not has_returns or line.metric in _MEASURED)


def _series(
    service: Any, line: GroupLine, own: _Own, quarters: Sequence[Period], norms: _Norms
) -> Iterator[tuple[Any, ...]]:
    head = (service.register_id, service.provider_ico, service.service_name, line.type_code, line.metric, line.form)
    for quarter in map(str, quarters):
        has_return = (service.service_id, quarter) in own.returns
        nothing = FigureState.NOT_APPLICABLE if has_return else FigureState.NOT_SUPPLIED
        figure = own.figures.get((service.service_id, line.metric, line.form, quarter), (float("nan"), nothing))
        norm = norms.get((line.type_code, line.metric, line.form, quarter), float("nan"))
        yield (*head, quarter, *figure, has_return, norm)
