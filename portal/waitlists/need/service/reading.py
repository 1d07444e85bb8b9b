"""Counts as the kraj reads them: a ladder, the quarters one after another, one part beside others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from portal.core.errors import NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor
from portal.disclosure import DisclosedFrame, FigureState, exact_counts_for_region
from portal.returns.types import Period
from portal.territory.types import Level
from portal.waitlists.need.models import NeedQuarter
from portal.waitlists.need.queries import stored
from portal.waitlists.need.types import ALL, PERSON_MEASURES, Counted, Dimension, Measure, Part, Station

REFUSED, REFUSED_SERVICES = "refused_capacity", "refused_services"
WAITS = ("waiting", "waited")
STATISTICS = ("p25", "p50", "p75")
FIGURE_COLUMNS = ("period", "key", "figure", "value", "least", "n", "state")
_TREND = 12


@dataclass(frozen=True)
class Need:
    """What the page of need shows. Frames have FIGURE_COLUMNS, one row for each figure of a quarter or of a part.

    ``figure``: a Measure (``value``: persons by confirmed links alone, ``least``: by all probable links; of
    applications both are the number of them), "waiting_p50" and its like (days, of ``n`` persons), REFUSED (requests,
    of ``n`` services). ``key``: the value of ``dimension`` that the row is about, in ``beside`` alone.
    """

    part: Part
    counted: Counted
    quarters: Sequence[Counted]  # that can be chosen, the latest first
    now: DisclosedFrame
    trend: DisclosedFrame
    dimension: Dimension
    beside: DisclosedFrame


def list_quarters() -> list[Counted]:
    """Quarters that were counted, the latest first. One statement."""
    return [_counted(row) for row in reversed(stored.counted_quarters())]


def read_need(
    actor: Actor, part: Part, period: Period | None = None, dimension: Dimension = Dimension.AREA
) -> Need | None:
    """The figures of a part: of one quarter (the latest without a wish), of the last twelve, and beside other parts.

    None where nothing was counted yet. Raises NotFound for a quarter that was not counted and Forbidden for whoever may
    not count persons across providers. Four statements.
    """
    quarters = list_quarters()
    if not quarters:
        exact_counts_for_region(_frame([]), actor)
        return None
    counted = quarters[0] if period is None else next((one for one in quarters if one.period == period), None)
    if counted is None:
        raise NotFound(_m("This quarter was not counted."))
    shown = [str(one.period) for one in reversed(quarters[:_TREND])]
    if str(counted.period) not in shown:
        shown.insert(0, str(counted.period))
    rows = {row["period"]: row for row in stored.counts_of(part, shown)}
    is_by_type_only = (part.situation, part.group, part.area) == (ALL, ALL, ALL)
    refused = stored.refusals_of(part.type_code) if is_by_type_only else {}
    trend = [
        figure
        for each in shown
        for figure in _figures(
            each, "", rows.get(each), refused.get(each) if is_by_type_only else None, is_by_type_only
        )
    ]
    beside = [
        figure
        for row in stored.counts_by(str(counted.period), dimension.column, part)
        for figure in _figures(row["period"], row[dimension.column], row, None, False)
    ]
    return Need(
        part=part,
        counted=counted,
        quarters=quarters,
        now=exact_counts_for_region(_frame(row for row in trend if row["period"] == str(counted.period)), actor),
        trend=exact_counts_for_region(_frame(trend), actor),
        dimension=dimension,
        beside=exact_counts_for_region(_frame(beside), actor),
    )


def read_areas(actor: Actor, part: Part, measure: Measure, period: Period, level: Level) -> DisclosedFrame:
    """One measure of persons by ORP, or by municipality: ``area`` (code), ``value``, ``least``, ``state``.

    The area of ``part`` is not looked at. Areas without a row have nobody, if the quarter was counted. Municipalities
    are counted only where situation and group are ALL. Raises Forbidden as ``read_need``. One statement.
    """
    rows = stored.areas_of(str(period), str(measure), part, level)
    frame = pd.DataFrame(rows, columns=["area", "value", "least"]).astype({"value": float, "least": float})
    states = [FigureState.VALUE if value else FigureState.ZERO for value in frame["value"]]
    return exact_counts_for_region(frame.assign(state=states), actor)


def _counted(row: NeedQuarter) -> Counted:
    return Counted(Period.parse(row.period), row.counted_on, row.counted_at_utc, row.is_closed, row.applications)


def _figures(
    period: str, key: str, row: Mapping[str, Any] | None, refused: tuple[int, int] | None, has_refused: bool
) -> list[dict[str, Any]]:
    """The figures of one stored row; a part without a row has zeros, since the quarter was counted."""

    def number(name: str) -> int:
        return 0 if row is None else int(row[name])

    def line(
        figure: str, value: float | None, least: float | None, n: int | None, state: FigureState
    ) -> dict[str, Any]:
        return dict(zip(FIGURE_COLUMNS, (period, key, figure, value, least, n, state), strict=True))

    def count(figure: str, most: int, least: int) -> dict[str, Any]:
        return line(figure, most, least, None, FigureState.VALUE if most else FigureState.ZERO)

    found = [count(Measure.APPLICATIONS, number("applications"), number("applications"))]
    found += [count(each, number(f"{each}_most"), number(f"{each}_least")) for each in PERSON_MEASURES]
    for what in WAITS:
        n = number(f"{what}_n")
        for statistic in STATISTICS:
            value = None if row is None else row[f"{what}_{statistic}"]
            state = FigureState.NOT_APPLICABLE if value is None else FigureState.VALUE if value else FigureState.ZERO
            found.append(line(f"{what}_{statistic}", value, None, n, state))
    if not has_refused:
        found.append(line(REFUSED, None, None, None, FigureState.NOT_APPLICABLE))
    elif refused is None:
        found.append(line(REFUSED, None, None, 0, FigureState.NOT_SUPPLIED))
    else:
        state = FigureState.VALUE if refused[0] else FigureState.ZERO
        found.append(line(REFUSED, refused[0], None, refused[1], state))
    return found


def _frame(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=list(FIGURE_COLUMNS))
    return frame.astype({"value": "float64", "least": "float64", "n": "float64"})


@dataclass(frozen=True)
class FlowReading:
    """The flow of a type in a year; the frame has ``source``, ``target``, ``value`` (most), ``least``, ``state``."""

    year: int
    years: Sequence[int]  # that can be chosen, the latest first
    type_code: str
    types: Sequence[str]
    figures: DisclosedFrame


def read_flow(actor: Actor, year: int | None = None, type_code: str | None = None) -> FlowReading | None:
    """The flow of a type in a year (the latest and the first one that has any, without a wish).

    None where nothing was counted. Raises Forbidden as ``read_need``. Three statements.
    """
    years = stored.flow_years()
    if not years:
        exact_counts_for_region(_flow_frame([]), actor)
        return None
    chosen = years[0] if year is None else year
    types = stored.flow_types(chosen)
    kind = type_code or (types[0] if types else "")
    rows = sorted(stored.flows_of(chosen, kind), key=lambda row: (_place(row[0]), _place(row[1]), -row[2], row[1]))
    return FlowReading(chosen, years, kind, types, exact_counts_for_region(_flow_frame(rows), actor))


def _place(station: str) -> int:
    """The order of stations along the way; the next services stand before "nowhere"."""
    names = [str(each) for each in Station]
    return names.index(station) if station in names else len(names) - 1


def _flow_frame(rows: Sequence[tuple[str, str, int, int]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["source", "target", "value", "least"]).astype({"value": float, "least": float})
    return frame.assign(state=[FigureState.VALUE if value else FigureState.ZERO for value in frame["value"]])


@dataclass(frozen=True)
class WaitLine:
    """How long people of an area waited for a type, in months; None: it cannot be said."""

    level: str
    area: str  # code, or ALL for the region
    months: tuple[int, int] | None


def read_waits(type_code: str) -> tuple[Period | None, list[WaitLine]]:
    """What everybody may learn: the last quarter that was told, and its lines. Frozen; two statements."""
    period = stored.last_wait_quarter()
    if period is None:
        return None, []
    return period, [
        WaitLine(
            row.level,
            row.area,
            None if row.from_months is None or row.to_months is None else (row.from_months, row.to_months),
        )
        for row in stored.waits_of(str(period), type_code)
    ]


def read_area_waits(area: str) -> tuple[Period | None, dict[str, tuple[int, int] | None]]:
    """The same of one area (a code, or ALL for the region): months by type, None where it cannot be said.

    Two statements, whatever the number of types.
    """
    period = stored.last_wait_quarter()
    if period is None:
        return None, {}
    rows = stored.waits_of_area(str(period), area)
    return period, {row.type_code: _months(row.from_months, row.to_months) for row in rows}


def _months(first: int | None, last: int | None) -> tuple[int, int] | None:
    return None if first is None or last is None else (first, last)
