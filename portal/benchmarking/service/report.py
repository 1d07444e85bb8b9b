"""The report of a provider: its own figures exactly, norms, its own past, and the groups as they were published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from portal.benchmarking import queries
from portal.benchmarking.groups import group_lines, needed_fields
from portal.benchmarking.metrics import MetricVersion, evaluate, returns_of
from portal.benchmarking.norms import norm_on
from portal.benchmarking.service.comparison import services_frame
from portal.benchmarking.service.norms import current_norms
from portal.benchmarking.service.releases import published_groups, report_metrics, shipped_catalogue
from portal.benchmarking.types import ALL_FORMS, Line, Measure, Norm
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

_MEASURES = {measure.metric: measure for measure in Measure}
_Computed = Mapping[tuple[int, str, str, str], tuple[float, FigureState]]


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

    Only its own returns are read; groups come as they were published, for everybody the same. Groups are fixed: all
    services of the type on a line in the quarter; there is nothing to filter. The number of queries does not depend on
    how many services there are. Raises NotFound for a provider that does not exist and for one that the actor may not
    see.
    """
    reached = [Permission.COMPARE_OWN, Permission.COMPARE_ALL]
    names = dict(queries.provider_names([ico]))
    if not names or not any(actor.can_for_provider(permission, ico) for permission in reached):
        raise NotFound(_m("There is no such provider."))
    catalogue, norms = shipped_catalogue(), current_norms()
    opened = {dates.period for dates in list_reporting_periods()}
    quarters = tuple(
        each for back in reversed(range(PAST)) if (each := period.shifted(-back)) in opened or each == period
    )
    services = services_frame(queries.services_in(period, ico=ico))
    types = set(services["type_code"])
    lines = [each for each in group_lines(catalogue, period, [n.line for n in norms]) if each.type_code in types]
    cells = _own_cells(ico, quarters)
    with_return = _with_return(cells)
    computed = _computed(cells, lines, quarters)
    rows = [
        (*row, norm)
        for service in services.itertuples()
        for line in lines
        if line.type_code == service.type_code and _concerns(service, line, computed, quarters)
        for row, norm in _series(service, line, computed, quarters, norms, with_return)
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


def _own_cells(ico: str, quarters: Sequence[Period]) -> pd.DataFrame:
    catalogue = shipped_catalogue()
    fields = frozenset[str]().union(*(needed_fields(catalogue, quarter) for quarter in {quarters[0], quarters[-1]}))
    return figures_frame(fields=fields, periods=quarters, provider_ico=ico)


def _with_return(cells: pd.DataFrame) -> set[tuple[int, str]]:
    return set(zip(cells["service_id"].tolist(), cells["period"].tolist(), strict=True))


def _computed(cells: pd.DataFrame, lines: Sequence[GroupLine], quarters: Sequence[Period]) -> _Computed:
    """Value and state by service, metric, form and quarter."""
    if cells.empty:
        return {}
    catalogue = shipped_catalogue()
    returns = returns_of(cells, set(cells["field"]))
    found: dict[tuple[int, str, str, str], tuple[float, FigureState]] = {}
    for metric in dict.fromkeys(line.metric for line in lines):
        valid = [each for each in returns.periods if catalogue.version(metric, each) is not None]
        figures = evaluate(catalogue, metric, returns, valid)
        columns = [figures[name].tolist() for name in ("service_id", "form", "period", "value", "state")]
        for service, form, quarter, value, state in zip(*columns, strict=True):
            found[service, metric, form, quarter] = (value, state)
    return found


def _concerns(service: Any, line: GroupLine, computed: _Computed, quarters: Sequence[Period]) -> bool:
    """Whether the line is shown for the service: it has the form, and the returns do not say it is not concerned."""
    of_line = [computed.get((service.service_id, line.metric, line.form, str(quarter))) for quarter in quarters]
    states = {state for each in of_line if each is not None for _, state in [each]}
    if states - {FigureState.NOT_APPLICABLE}:
        return True
    summed_over = {quantity.rpartition(" ")[2] for quantity in (line.numerator, line.denominator)}
    is_of_its_forms = ({line.form} | summed_over) <= {ALL_FORMS, *service.forms}
    return is_of_its_forms and (not states or line.metric in _MEASURES)


def _series(
    service: Any,
    line: GroupLine,
    computed: _Computed,
    quarters: Sequence[Period],
    norms: Sequence[Norm],
    with_return: set[tuple[int, str]],
) -> list[tuple[tuple[Any, ...], float]]:
    measure = _MEASURES.get(line.metric)
    found = []
    for quarter in quarters:
        has_return = (service.service_id, str(quarter)) in with_return
        nothing = FigureState.NOT_APPLICABLE if has_return else FigureState.NOT_SUPPLIED
        key = (service.service_id, line.metric, line.form, str(quarter))
        value, state = computed.get(key, (float("nan"), nothing))
        norm = None
        if measure is not None and line.form in measure.forms:
            norm = norm_on(norms, Line(line.type_code, measure, line.form), quarter.last_day)
        head = (service.register_id, service.provider_ico, service.service_name, line.type_code)
        row = (*head, line.metric, line.form, str(quarter), value, state, has_return)
        found.append((row, float("nan") if norm is None else float(norm.share)))
    return found
