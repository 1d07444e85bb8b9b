"""One service on all metrics, and a metric of a type over the quarters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from portal.benchmarking import queries
from portal.benchmarking.metrics import Catalogue, FormulaError, MetricVersion, Span, Year, last_quarter
from portal.benchmarking.norms import norm_on
from portal.benchmarking.service.groups import members_of
from portal.benchmarking.service.metrics import current_catalogue
from portal.benchmarking.service.norms import current_norms
from portal.benchmarking.service.notes import Note, Predecessor, list_notes, predecessors
from portal.benchmarking.service.region import SERVICE_COLUMNS, Wish, before, check_region, days_of
from portal.benchmarking.service.values import fresh_metrics, read_values
from portal.benchmarking.standing import (
    HISTORY,
    NOBODY,
    Statistics,
    deciles,
    history_rule,
    statistics_by_group,
    statistics_of,
    unusual,
)
from portal.benchmarking.types import Norm
from portal.catalog.types import service_types
from portal.core.errors import NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor
from portal.disclosure import DisclosedFrame, FigureState, exact_for_region
from portal.returns.types import ALL, Period


@dataclass(frozen=True)
class MetricRow:
    """A metric and form of one service: its version, norm and what the services of the type come to."""

    version: MetricVersion
    form: str
    norm: Norm | None
    statistics: Statistics


@dataclass(frozen=True)
class OneService:
    """A service on all metrics.

    ``figures`` goes row by row with ``rows``: SERVICE_COLUMNS, metric, form, value, state, before, year_ago, decile and
    is_unusual.
    """

    register_id: int
    service_name: str
    provider_ico: str
    provider_name: str
    type_code: str
    span: Span
    has_return: bool
    rows: tuple[MetricRow, ...]
    figures: DisclosedFrame
    predecessors: tuple[Predecessor, ...]


def one_service(actor: Actor, register_id: int, span: Span, *, catalogue: Catalogue | None = None) -> OneService:
    """Raises Forbidden for actors who may not see all services, NotFound for a service that there is not."""
    check_region(actor)
    head = queries.one_service(register_id)
    if head is None:
        raise NotFound(_m("There is no such service."))
    catalogue = catalogue or current_catalogue()
    spans = [span, before(span)]
    if isinstance(span, Period):
        spans = [span.shifted(-back) for back in range(HISTORY + 1)]
    values = _values_of_type(catalogue, head.type_code, head.id, span, spans)
    has_return = any(row[0] == head.id for row in queries.counted_returns(_quarters(span), head.type_code))
    norms, rule = current_norms(), history_rule(span) if isinstance(span, Period) else None
    possible = {ALL, *map(str, service_types()[head.type_code].forms)}
    rows, figures = [], []
    for version, forms in _metrics(catalogue, span):
        for form in forms:
            own = values.get((version.name, form))
            if form not in possible and (own is None or head.id not in own.index):
                continue
            wide = pd.DataFrame(columns=[str(each) for each in spans], dtype=float) if own is None else own
            now = wide[str(span)].dropna()
            norm = None
            if (line := Wish(head.type_code, version.name, form, span).line) is not None:
                norm = norm_on(norms, line, days_of(span)[1])
            mine = wide.loc[head.id] if head.id in wide.index else pd.Series(np.nan, index=wide.columns)
            value = float(mine[str(span)])
            is_odd = False
            if rule is not None:
                earlier = pd.DataFrame([mine[[str(each) for each in spans[1:]]].to_numpy()])
                is_odd = bool(unusual(pd.Series([value]), earlier, rule).iloc[0])
            state = values.states.get((version.name, form))
            if state is None:
                state = FigureState.NOT_APPLICABLE if has_return else FigureState.NOT_SUPPLIED
            share = None if norm is None else float(norm.share)
            rows.append(MetricRow(version, form, norm, statistics_of(now, share)))
            year_ago = float(mine[str(span.shifted(-4))]) if isinstance(span, Period) else float("nan")
            decile = float(deciles(now).get(head.id, float("nan")))
            figures.append(
                (version.name, form, value, str(state), float(mine[str(spans[1])]), year_ago, decile, is_odd)
            )
    columns = ["metric", "form", "value", "state", "before", "year_ago", "decile", "is_unusual"]
    frame = pd.DataFrame(figures, columns=columns).astype({"value": float})
    for name in SERVICE_COLUMNS:
        frame[name] = head.id if name == "service_id" else getattr(head, name)
    return OneService(
        register_id,
        head.service_name,
        head.provider_ico,
        head.provider_name,
        head.type_code,
        span,
        has_return,
        tuple(rows),
        exact_for_region(frame, actor),
        tuple(predecessors(head.id)),
    )


def _quarters(span: Span) -> Sequence[Period]:
    return span.quarters if isinstance(span, Year) else (span,)


def _metrics(catalogue: Catalogue, span: Span) -> list[tuple[MetricVersion, tuple[str, ...]]]:
    found = []
    for name in catalogue:
        version = catalogue.version(name, last_quarter(span))
        if version is not None:
            try:
                found.append((version, catalogue.program(name, last_quarter(span)).forms))
            except FormulaError:
                continue
    return found


class _Values(dict[tuple[str, str], pd.DataFrame]):
    """By metric and form: a row for each service of the type, a column for each span; states of one service."""

    states: dict[tuple[str, str], str]


def _values_of_type(
    catalogue: Catalogue, type_code: str, service_id: int, span: Span, spans: Sequence[Span]
) -> _Values:
    """The group in the span itself, the one service in all spans: all in two queries while values are fresh."""
    fresh = fresh_metrics(catalogue) if isinstance(span, Period) else set()
    rows = [row for row in queries.values_of_type(type_code, str(span)) if row[1] in fresh]
    rows += [
        (service_id, *row)
        for row in queries.values_of_service(service_id, [str(each) for each in spans])
        if row[0] in fresh
    ]
    parts = [pd.DataFrame(rows, columns=["service_id", "metric", "form", "period", "state", "value"])]
    for version, forms in _metrics(catalogue, span):
        if version.name not in fresh:
            for form in forms:
                figures = read_values(catalogue, version.name, form, spans, type_code=type_code)
                parts.append(figures.assign(metric=version.name, form=form)[list(parts[0].columns)])
    every = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    every = every.drop_duplicates(["service_id", "metric", "form", "period"])
    found = _Values()
    found.states = {}
    for key, group in every.groupby(["metric", "form"]):
        name, of_form = key if isinstance(key, tuple) else (key, "")
        wide = group.pivot(index="service_id", columns="period", values="value").astype(float)
        found[str(name), str(of_form)] = wide.reindex(columns=[str(each) for each in spans])
    mine = every[every["service_id"].eq(service_id) & every["period"].eq(str(span))]
    for one, its_form, state in zip(mine["metric"], mine["form"], mine["state"], strict=True):
        found.states[one, its_form] = state
    return found


@dataclass(frozen=True)
class Point:
    """A quarter of a series. ``source``: who the own value is of (register_id), where it is a predecessor's."""

    period: Period
    statistics: Statistics
    norm: Norm | None
    is_break: bool  # another norm than in the quarter before
    own: float | None
    source: int | None


@dataclass(frozen=True)
class Series:
    wish: Wish
    version: MetricVersion
    points: tuple[Point, ...]  # by time
    notes: tuple[Note, ...]
    service: Any | None  # register_id, service_name, ... of the own line
    predecessors: tuple[Predecessor, ...]
    medians: DisclosedFrame  # period, value, state: the series as it may be shown


def series(actor: Actor, wish: Wish, *, count: int, register_id: int | None, catalogue: Catalogue) -> Series:
    """The last ``count`` quarters to the end of the wish's span. Raises as ``standing``, NotFound for the service."""
    check_region(actor)
    version = catalogue.version(wish.metric, last_quarter(wish.span))
    if version is None:
        raise NotFound(_m("There is no metric “%(name)s”.", name=wish.metric))
    last = last_quarter(wish.span)
    periods = [last.shifted(-back) for back in reversed(range(count))]
    head = None if register_id is None else queries.one_service(register_id)
    if register_id is not None and head is None:
        raise NotFound(_m("There is no such service."))
    values = read_values(catalogue, wish.metric, wish.form, list(periods), type_code=wish.type_code)
    if wish.group is not None:
        values = values[values["service_id"].isin(members_of(wish.group, wish.type_code, wish.span))]
    chain = [] if head is None else predecessors(head.id)
    own = {} if head is None else _joined(catalogue, wish, periods, head, chain)
    norms = current_norms()
    points: list[Point] = []
    in_force = [None if wish.line is None else norm_on(norms, wish.line, period.last_day) for period in periods]
    shares = {
        str(each): None if norm is None else float(norm.share) for each, norm in zip(periods, in_force, strict=True)
    }
    groups = statistics_by_group(values["value"], values["period"], shares)
    for period, norm in zip(periods, in_force, strict=True):
        is_break = bool(points) and (points[-1].norm and points[-1].norm.share) != (norm and norm.share)
        value, source = own.get(str(period), (None, None))
        points.append(Point(period, groups.get(str(period), NOBODY), norm, is_break, value, source))
    frame = pd.DataFrame(
        [(str(p.period), p.statistics.median, _state(p.statistics.median)) for p in points],
        columns=["period", "value", "state"],
    ).astype({"value": float})
    notes = [note for note in list_notes(actor, wish, every_quarter=True) if note.period in periods]
    return Series(wish, version, tuple(points), tuple(notes), head, tuple(chain), exact_for_region(frame, actor))


def _state(value: float | None) -> FigureState:
    return FigureState.NOT_SUPPLIED if value is None else FigureState.ZERO if value == 0 else FigureState.VALUE


def _joined(
    catalogue: Catalogue, wish: Wish, periods: Sequence[Period], head: Any, chain: Sequence[Predecessor]
) -> dict[str, tuple[float | None, int | None]]:
    """Own values; in quarters before the first of them those of the nearest predecessor, with its number."""
    found: dict[str, tuple[float | None, int | None]] = {}
    for service_id, number in [(head.id, None), *((each.service_id, each.register_id) for each in chain)]:
        values = read_values(catalogue, wish.metric, wish.form, list(periods), service_id=service_id)
        first = min(found, default="9999")
        known = values[values["value"].notna()]
        for period, value in zip(known["period"], known["value"], strict=True):
            if number is None or str(period) < first:
                found[str(period)] = (float(value), number)
    return found
