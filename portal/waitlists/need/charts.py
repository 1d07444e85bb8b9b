"""Geometry of the small charts of need, drawn by the server from disclosed figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.disclosure import DisclosedFrame
from portal.waitlists.need.calc.sankey import Sankey, lay_out
from portal.waitlists.need.types import LADDER, NEXT, Measure, Station
from portal.web.pdf import round_up

BAR_WIDTH = 240
TREND_WIDTH, TREND_HEIGHT, TREND_EDGE = 720, 220, 48
SHOWN_IN_TREND = (Measure.PERSONS, Measure.UNMET, Measure.URGENT)


def ladder_bars(now: DisclosedFrame) -> dict[str, float]:
    """Width of the bar of each step of the ladder, BAR_WIDTH for the longest."""
    values = {row["figure"]: row["value"] or 0 for row in now.rows()}
    top = max(values[step] for step in LADDER) or 1
    return {str(step): round(BAR_WIDTH * values[step] / top, 1) for step in LADDER}


@dataclass(frozen=True)
class Trend:
    """Lines of the quarters: for each measure the points "x,y x,y", places of the quarters, marks of the axis."""

    lines: Mapping[Measure, str]
    dots: Mapping[Measure, Sequence[tuple[float, float]]]
    quarters: Sequence[tuple[float, str]]
    marks: Sequence[tuple[float, float]]  # y, persons


def trend_lines(trend: DisclosedFrame) -> Trend:
    """Upper numbers of persons by quarter, on a scale from zero."""
    rows = [row for row in trend.rows() if row["figure"] in SHOWN_IN_TREND]
    periods = sorted({row["period"] for row in rows})
    top = round_up(max((row["value"] for row in rows), default=0))
    step = (TREND_WIDTH - 2 * TREND_EDGE) / max(1, len(periods) - 1)

    def place(period: str) -> float:
        return round(TREND_EDGE + step * periods.index(period), 1)

    def height(value: float) -> float:
        return round(TREND_HEIGHT - 28 - (TREND_HEIGHT - 48) * value / top, 1)

    dots = {
        measure: [(place(row["period"]), height(row["value"])) for row in rows if row["figure"] == measure]
        for measure in SHOWN_IN_TREND
    }
    return Trend(
        {measure: " ".join(f"{x},{y}" for x, y in points) for measure, points in dots.items()},
        dots,
        [(place(period), period) for period in periods],
        [(height(top * part / 2), top * part / 2) for part in range(3)],
    )


def flow_chart(figures: DisclosedFrame) -> Sankey:
    """The Sankey chart of a flow; the next services stand by the number of persons."""
    links = {(row["source"], row["target"]): int(row["value"]) for row in figures.rows()}
    following = sorted(
        (target for source, target in links if target.startswith(NEXT)),
        key=lambda target: (-links[(Station.LEFT, target)], target),
    )
    return lay_out(
        links,
        (
            (Station.USED, Station.WAITED, Station.ASKED, Station.DIRECT),
            (Station.USER, Station.WAITS, Station.UNHELPED, Station.DIED_WAITING),
            (Station.STAYS, Station.LEFT, Station.DIED),
            (*following, Station.NOWHERE),
        ),
    )
