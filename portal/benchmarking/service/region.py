"""The comparison for the kraj: exact figures of all services on any metric, form, quarter or year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from portal.benchmarking import queries
from portal.benchmarking.metrics import Catalogue, FormulaError, MetricVersion, Span, Year, last_quarter
from portal.benchmarking.metrics.types import quarters_of
from portal.benchmarking.norms import norm_on
from portal.benchmarking.service.groups import Group, members_of
from portal.benchmarking.service.metrics import current_catalogue
from portal.benchmarking.service.norms import current_norms
from portal.benchmarking.service.values import read_values
from portal.benchmarking.standing import (
    HISTORY,
    Statistics,
    deciles,
    history_rule,
    statistics_by_group,
    statistics_of,
    unusual,
)
from portal.benchmarking.types import Line, Measure, Norm
from portal.catalog.types import service_types
from portal.core.czech import czech_sort_key
from portal.core.errors import Forbidden, Invalid
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.disclosure import DisclosedFrame, FigureState, exact_for_region
from portal.returns.types import ALL, Period

SERVICE_COLUMNS = ("service_id", "register_id", "provider_ico", "provider_name", "service_name", "type_code")
MEASURES = {measure.metric: measure for measure in Measure}


@dataclass(frozen=True)
class Wish:
    """What is compared: services of a type (or of a group among them) on a metric, for a form, in a quarter or year."""

    type_code: str
    metric: str
    form: str
    span: Span
    group: Group | None = None

    @property
    def line(self) -> Line | None:
        """The line of a norm, if there can be one."""
        measure = MEASURES.get(self.metric)
        if measure is None or self.form not in measure.forms:
            return None
        return Line(self.type_code, measure, self.form)


@dataclass(frozen=True)
class Standing:
    """All services of a wish, exactly, for the kraj.

    ``services``: SERVICE_COLUMNS, period, metric, form, value, state, has_return, numerator, denominator, norm,
    ``before`` and ``year_ago`` (value of the last quarter or year, of the same quarter a year ago), ``decile`` (1 to 10
    from the lowest), ``is_unusual`` (against its own last eight quarters); by register number.
    """

    wish: Wish
    version: MetricVersion
    forms: tuple[str, ...]  # for which the metric is evaluated
    norm: Norm | None
    statistics: Statistics
    without_return: int
    without_number: int
    before: Statistics
    year_ago: Statistics | None  # None for a year
    services: DisclosedFrame

    @property
    def norm_share(self) -> float | None:
        return None if self.norm is None else float(self.norm.share)


def days_of(span: Span) -> tuple[date, date]:
    """First and last day of a quarter or year."""
    quarters = quarters_of(span)
    return quarters[0].first_day, quarters[-1].last_day


def before(span: Span) -> Span:
    """The quarter or year before."""
    return Year(span.year - 1) if isinstance(span, Year) else span.previous


def check_region(actor: Actor) -> None:
    """Raises Forbidden for actors who may not see all services."""
    if not (actor.is_regional and actor.can(Permission.COMPARE_ALL)):
        raise Forbidden(_m("Only the region compares all services."))


def check_type(type_code: str) -> None:
    """Raises Invalid for an unknown type."""
    if type_code not in service_types():
        raise Invalid(
            _m("“%(code)s” is not a type of social service. Write its section, for example 46.", code=type_code)
        )


def forms_of(catalogue: Catalogue, metric: str, span: Span) -> tuple[str, ...]:
    """The forms that a metric has in a span. Raises NotFound, or Invalid with its fault."""
    try:
        return catalogue.program(metric, last_quarter(span)).forms
    except FormulaError as error:
        raise Invalid(_m("The metric cannot be evaluated: %(fault)s", fault=error.message)) from error


def usual_form(catalogue: Catalogue, metric: str, span: Span) -> str:
    """The whole service where the metric has it, else its first form."""
    forms = forms_of(catalogue, metric, span)
    return ALL if ALL in forms else forms[0]


def standing(actor: Actor, wish: Wish, *, catalogue: Catalogue | None = None) -> Standing:
    """All services of the type (of the group) on the metric. A constant number of queries.

    A service belongs there when it worked in the span and is registered in the form, or has figures for it. Raises
    Forbidden for actors who may not see all services, Invalid for an unknown type or form, NotFound for the metric.
    """
    check_region(actor)
    check_type(wish.type_code)
    catalogue = catalogue or current_catalogue()
    forms = forms_of(catalogue, wish.metric, wish.span)
    if wish.form not in forms:
        raise Invalid(_m("The metric is not counted for this form."))
    version = catalogue.version(wish.metric, last_quarter(wish.span))
    assert version is not None
    spans = _spans(wish.span)
    values = read_values(catalogue, wish.metric, wish.form, spans, type_code=wish.type_code)
    norm = None if wish.line is None else norm_on(current_norms(), wish.line, days_of(wish.span)[1])
    services = _services(wish, values)
    wide = values.pivot(index="service_id", columns="period", values="value").reindex(services["service_id"])

    def numbers(span: Span) -> np.ndarray:
        if str(span) not in wide.columns:
            return np.full(len(wide), np.nan)
        found: np.ndarray = wide[str(span)].to_numpy(dtype=np.float64)
        return found

    now = pd.Series(numbers(wish.span), index=services.index)
    share = None if norm is None else float(norm.share)
    figures = services.assign(
        value=now,
        norm=np.nan if share is None else share,
        before=numbers(before(wish.span)),
        year_ago=numbers(wish.span.shifted(-4)) if isinstance(wish.span, Period) else np.nan,
        decile=deciles(now),
        is_unusual=False,
    )
    if isinstance(wish.span, Period):
        earlier = pd.DataFrame({str(span): numbers(span) for span in spans if span != wish.span}, index=services.index)
        figures["is_unusual"] = unusual(now, earlier, history_rule(wish.span))
    without_return = int((~figures["has_return"]).sum())
    counted = int(now.notna().sum())
    return Standing(
        wish=wish,
        version=version,
        forms=forms,
        norm=norm,
        statistics=statistics_of(now, share),
        without_return=without_return,
        without_number=len(figures) - counted - without_return,
        before=statistics_of(figures["before"], share),
        year_ago=statistics_of(figures["year_ago"], share) if isinstance(wish.span, Period) else None,
        services=exact_for_region(figures, actor),
    )


def _spans(span: Span) -> list[Span]:
    if isinstance(span, Year):
        return [span, before(span)]
    return [span.shifted(-back) for back in range(HISTORY + 1)]


def _services(wish: Wish, values: pd.DataFrame) -> pd.DataFrame:
    """The services that belong to the wish, with state and sides of the figure of its span."""
    form = None if wish.form == ALL else wish.form
    rows = queries.region_services(*days_of(wish.span), form=form, type_code=wish.type_code)
    services = pd.DataFrame(rows, columns=[*SERVICE_COLUMNS, "has_form"]).astype({"service_id": "int64"})
    own = values[values["period"].eq(str(wish.span))].set_index("service_id")
    services = services[services["has_form"].astype(bool) | services["service_id"].isin(own.index)]
    if wish.group is not None:
        services = services[services["service_id"].isin(members_of(wish.group, wish.type_code, wish.span))]
    services = services.drop(columns="has_form").reset_index(drop=True)
    returned = {row[0] for row in queries.counted_returns(quarters_of(wish.span), wish.type_code)}
    has_return = services["service_id"].isin(returned)
    found = own.reindex(services["service_id"])
    unknown = np.where(has_return, str(FigureState.NOT_APPLICABLE), str(FigureState.NOT_SUPPLIED))
    state = found["state"].to_numpy(dtype=object)
    return services.assign(
        period=str(wish.span),
        metric=wish.metric,
        form=wish.form,
        state=np.where(pd.isna(state), unknown, state),
        has_return=has_return,
        numerator=found["numerator"].to_numpy(dtype=np.float64),
        denominator=found["denominator"].to_numpy(dtype=np.float64),
    )


@dataclass(frozen=True)
class TypeRow:
    """A type of service on a metric."""

    type_code: str
    norm: Norm | None
    statistics: Statistics
    median_before: float | None
    median_year_ago: float | None


@dataclass(frozen=True)
class Network:
    """All types side by side."""

    metric: str
    form: str
    span: Span
    version: MetricVersion
    forms: tuple[str, ...]
    rows: Sequence[TypeRow]
    medians: DisclosedFrame  # type_code, value, state: what the rows say, as it may be shown


def network(actor: Actor, metric: str, form: str, span: Span, *, catalogue: Catalogue | None = None) -> Network:
    """Type by type: norm, n, missing, percentiles, share under the norm, medians before. A constant number of queries.

    Types with a service that worked in the span and has the form, or has figures, in the order of the Act. Raises as
    ``standing`` does.
    """
    check_region(actor)
    catalogue = catalogue or current_catalogue()
    forms = forms_of(catalogue, metric, span)
    if form not in forms:
        raise Invalid(_m("The metric is not counted for this form."))
    version = catalogue.version(metric, last_quarter(span))
    assert version is not None
    spans = [span, before(span), *([span.shifted(-4)] if isinstance(span, Period) else [])]
    values = read_values(catalogue, metric, form, spans)
    rows = queries.region_services(*days_of(span), form=None if form == ALL else form)
    services = pd.DataFrame(rows, columns=[*SERVICE_COLUMNS, "has_form"]).astype({"service_id": "int64"})
    type_of = services.set_index("service_id")["type_code"]
    by_span = {str(each): values[values["period"].eq(str(each))].set_index("service_id")["value"] for each in spans}
    now = by_span[str(span)]
    belongs = services[services["has_form"].astype(bool) | services["service_id"].isin(now.index)]
    norms = current_norms()
    last_day = days_of(span)[1]
    own_norms: dict[str, Norm | None] = {}
    for code in service_types():
        line = Wish(code, metric, form, span).line
        own_norms[code] = None if line is None else norm_on(norms, line, last_day)
    shares = {code: None if norm is None else float(norm.share) for code, norm in own_norms.items()}
    current = now.reindex(belongs["service_id"])
    found = statistics_by_group(current, belongs["type_code"], shares)
    earlier = [
        statistics_by_group(one, type_of.reindex(one.index).fillna("?"), {})
        for one in map(by_span.get, map(str, spans[1:]))
        if one is not None
    ]
    medians = [{code: each.median for code, each in part.items()} for part in earlier]
    made = [
        TypeRow(
            code,
            own_norms[code],
            found[code],
            medians[0].get(code),
            medians[1].get(code) if len(medians) > 1 else None,
        )
        for code in service_types()
        if code in found
    ]
    frame = pd.DataFrame(
        [(row.type_code, row.statistics.median, state_of_number(row.statistics.median)) for row in made],
        columns=["type_code", "value", "state"],
    ).astype({"value": float})
    return Network(metric, form, span, version, forms, tuple(made), exact_for_region(frame, actor))


def state_of_number(value: float | None) -> FigureState:
    """The state of a group's figure: without values nothing was supplied."""
    return FigureState.NOT_SUPPLIED if value is None else FigureState.ZERO if value == 0 else FigureState.VALUE


def list_orps(type_code: str) -> list[tuple[str, str]]:
    """Districts (ORP) where services of the type have facilities, in Czech order of their names."""
    return sorted(queries.orps_of_type(type_code), key=lambda pair: czech_sort_key(pair[1]))
