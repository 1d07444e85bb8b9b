"""Charts from disclosed figures: geometry of the bullets drawn by the server, and the data of the overview."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from portal.benchmarking.service.series import Series
from portal.benchmarking.standing import Statistics
from portal.core.messages import Message
from portal.disclosure import DisclosedFrame
from portal.web.pdf import round_up

BULLET_WIDTH = 240  # units of the drawing; the page scales it
_STEP = 0.25
FEW_BARS = 12  # of which each has its place written below
_NAME_SIGNS = 40  # of a type on one line beside the chart of all types

_LOOK: dict[str, Any] = {
    "template": {},
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "font": {"family": "Roboto, Arial, sans-serif", "size": 14, "color": "#0b0c0c"},
    "hoverlabel": {"align": "left"},
}


@dataclass(frozen=True)
class Bullet:
    """Places on the drawing, 0 to BULLET_WIDTH; None where there is nothing to draw."""

    value: float | None
    norm: float | None
    median: float | None
    is_under: bool  # below its norm: drawn with stripes, not only in another colour


@dataclass(frozen=True)
class Scale:
    """A common scale of all bullets of a page, from zero to ``top`` (a share)."""

    top: float

    @classmethod
    def for_values(cls, *values: float | None, is_share: bool = True) -> Scale:
        """From 0 to 100 %, or to the next quarter above the largest value; of other units to a round number."""
        largest = max((value for value in values if value is not None), default=0.0)
        if not is_share:
            return cls(round_up(largest))
        return cls(max(1.0, math.ceil(largest / _STEP) * _STEP))

    @property
    def ticks(self) -> list[tuple[float, float]]:
        """Share and place of the marks: each half, wider apart when the scale is long."""
        step = self.top / 4 if self.top > 5 or self.top < 1 else 0.5 * max(1, math.ceil(self.top / 2.5))
        count = math.floor(self.top / step + 1e-9)
        return [(number * step, self.place(number * step) or 0.0) for number in range(count + 1)]

    def place(self, value: float | None) -> float | None:
        return None if value is None else round(BULLET_WIDTH * value / self.top, 2)

    def bullet(self, value: float | None, norm: float | None, median: float | None = None) -> Bullet:
        is_under = value is not None and norm is not None and value < norm
        return Bullet(self.place(value), self.place(norm), self.place(median), is_under)


def names_of(services: DisclosedFrame) -> list[tuple[str, str]]:
    """Service and provider of each row with a number, as ``overview`` and ``decile_strip`` point to them."""
    columns = services.columns_of("value", "service_name", "provider_name")
    return [(service, provider) for value, service, provider in columns if value is not None]


def _places(services: DisclosedFrame, *more: str) -> list[tuple[int, Any, Any]]:
    """Place in ``names_of``, value and another column of each row with a number, the highest value first."""
    columns = services.columns_of("value", "register_id", *more)
    known = [row for row in columns if row[0] is not None]
    order = sorted(range(len(known)), key=lambda place: (-known[place][0], known[place][1]))
    return [(place, known[place][0], known[place][-1]) for place in order]


def overview(
    services: DisclosedFrame,
    *,
    norm: float | None,
    median: float | None,
    words: Mapping[str, str],
    factor: float = 100.0,
    suffix: str = "\u00a0%",
) -> dict[str, Any]:
    """Data and layout of the interactive chart: services with a number, highest first, norm and median as lines.

    ``words``: translated ``under``, ``reached`` (names of the two groups of bars), ``norm``, ``median``, ``axis``,
    ``place`` (title of the axis of services). ``factor``: what values are multiplied by, ``suffix``: the unit after it.
    ``customdata`` are places in ``names_of``; the page puts the names there, escaped, since plotly reads tags in texts.
    """
    places = _places(services)
    figures: list[dict[str, list[Any]]] = [{"x": [], "y": [], "customdata": []} for _ in range(2)]
    for at, (place, value, _) in enumerate(places, start=1):
        own = figures[norm is not None and value < norm]
        own["x"].append(at)
        own["y"].append(round(factor * value, 2))
        own["customdata"].append(place)
    drawn = deepcopy(_empty_overview(words["reached"], words["under"], words["place"], words["axis"], suffix))
    for trace, own in zip(drawn["data"], figures, strict=True):
        trace.update(own)
    lines, notes = _reference_lines(norm, median, words, factor)
    drawn["layout"].update(shapes=lines, annotations=notes, showlegend=norm is not None)
    axis = drawn["layout"]["xaxis"]
    axis["range"] = [0.4, max(len(places), 4) + 0.6]
    if len(places) <= FEW_BARS:  # else a half is written as a whole place
        axis["dtick"] = 1
    return drawn


# A chart without its figures is the same on every page. The library looks at every number and copies it several times,
# which was half of the time of a page of 2 000 services; so figures are put into what it made once.


@lru_cache(maxsize=200)
def _empty_overview(reached: str, under: str, place: str, axis: str, suffix: str) -> dict[str, Any]:
    bars = [
        go.Bar(
            name=name,
            # no bold: the library would set an inline style, which the page forbids
            hovertemplate="%{customdata[0]}<br>%{customdata[1]}<br>%{y}" + suffix + "<extra></extra>",
            marker={
                "color": colour,
                "pattern": {"shape": shape, "fgcolor": "#ffffff", "bgcolor": "#b5532a", "size": 7, "solidity": 0.25},
                "line": {"color": colour, "width": 1},
            },
        )
        for name, colour, shape in ((reached, "#4c82b3", ""), (under, "#b5532a", "/"))
    ]
    layout = go.Layout(
        **_LOOK,
        barmode="overlay",
        bargap=0.25,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        margin={"l": 56, "r": 16, "t": 48, "b": 48},
        xaxis={"title": {"text": place}, "tickformat": "d"},
        yaxis={"title": {"text": axis}, "ticksuffix": suffix, "rangemode": "tozero", "gridcolor": "#d8dcde"},
    )
    return _drawn(bars, layout)


def _drawn(traces: Sequence[Any], layout: Any) -> dict[str, Any]:
    drawn: dict[str, Any] = go.Figure(data=traces, layout=layout).to_plotly_json()
    return drawn


def _reference_lines(
    norm: float | None, median: float | None, words: Mapping[str, str], factor: float
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    lines, notes = [], []
    # The names stand at opposite ends, so that they do not cover each other when norm and median are close.
    marks = (("norm", norm, "solid", 1.0, "right"), ("median", median, "dash", 0.0, "left"))
    for name, share, dash, place, anchor in marks:
        if share is not None:
            value = round(factor * share, 2)
            lines.append(
                {
                    "type": "line",
                    "xref": "paper",
                    "x0": 0,
                    "x1": 1,
                    "y0": value,
                    "y1": value,
                    "line": {"color": "#0b0c0c", "width": 2, "dash": dash},
                }
            )
            notes.append(
                {
                    "xref": "paper",
                    "x": place,
                    "xanchor": anchor,
                    "y": value,
                    "yanchor": "bottom",
                    "text": words[name],
                    "showarrow": False,
                    "bgcolor": "rgba(255,255,255,0.85)",
                }
            )
    return lines, notes


def decile_strip(services: DisclosedFrame, *, factor: float, suffix: str, words: Mapping[str, str]) -> dict[str, Any]:
    """Data and layout of the strip: each service as a dot on the axis of values, tenths one above another.

    ``words``: translated ``services``, ``decile`` (title of the axis of tenths). ``customdata`` as in ``overview``.
    """
    places = _places(services, "decile")
    drawn = deepcopy(_empty_strip(words["services"], words["decile"], suffix))
    drawn["data"][0].update(
        x=[round(factor * value, 2) for _, value, _ in places],
        y=[int(decile) for *_, decile in places],
        customdata=[place for place, _, _ in places],
    )
    return drawn


@lru_cache(maxsize=200)
def _empty_strip(services: str, decile: str, suffix: str) -> dict[str, Any]:
    dots = go.Scatter(
        name=services,
        mode="markers",
        hovertemplate="%{customdata[0]}<br>%{customdata[1]}<br>%{x}" + suffix + "<extra></extra>",
        marker={"color": "#4c82b3", "size": 9, "opacity": 0.7, "line": {"color": "#0b0c0c", "width": 0.5}},
    )
    layout = go.Layout(
        **_LOOK,
        showlegend=False,
        margin={"l": 56, "r": 16, "t": 16, "b": 48},
        xaxis={"ticksuffix": suffix, "gridcolor": "#d8dcde", "rangemode": "tozero"},
        yaxis={"title": {"text": decile}, "range": [0.4, 10.6], "dtick": 1, "gridcolor": "#eef1f3"},
    )
    return _drawn([dots], layout)


def series_chart(
    found: Series, *, factor: float, suffix: str, words: Mapping[str, str], say: Callable[[Message], str]
) -> dict[str, Any]:
    """Data and layout of a series: bands, median, norm as steps with marked breaks, own line, notes.

    ``words``: translated ``p90``, ``p75``, ``median``, ``norm``, ``own``, ``predecessor``; ``say`` says labels.
    """
    labels = [say(point.period.label) for point in found.points]

    def line(values: Sequence[float | None]) -> list[float | None]:
        return [None if value is None else round(factor * value, 2) for value in values]

    def trace(name: str, values: Sequence[float | None], **more: Any) -> go.Scatter:
        return go.Scatter(name=name, x=labels, y=line(values), mode=more.pop("mode", "lines"), **more)

    def at(percent: int) -> list[float | None]:
        return [point.statistics.percentiles.get(percent) for point in found.points]

    hidden = {"line": {"width": 0, "color": "#4c82b3"}, "hoverinfo": "skip", "showlegend": False}
    traces = [
        trace("P10", at(10), **hidden),
        trace(
            words["p90"], at(90), line={"width": 0, "color": "#4c82b3"}, fill="tonexty", fillcolor="rgba(76,130,179,.2)"
        ),
        trace("P25", at(25), **hidden),
        trace(
            words["p75"],
            at(75),
            line={"width": 0, "color": "#4c82b3"},
            fill="tonexty",
            fillcolor="rgba(76,130,179,.35)",
        ),
        trace(words["median"], at(50), line={"color": "#2b5c87", "width": 2}),
        trace(
            words["norm"],
            [None if point.norm is None else float(point.norm.share) for point in found.points],
            line={"color": "#0b0c0c", "width": 2, "dash": "dash", "shape": "hvh"},
        ),
    ]
    if found.service is not None:
        symbols = ["circle" if point.source is None else "diamond-open" for point in found.points]
        traces.append(
            trace(
                escape(words["own"]),
                [point.own for point in found.points],
                mode="lines+markers",
                line={"color": "#b5532a", "width": 3},
                marker={"size": 9, "symbol": symbols},
            )
        )
    noted = {note.period for note in found.notes}
    marks = [(place, "▲") for place, point in enumerate(found.points) if point.period in noted]
    layout = go.Layout(
        **_LOOK,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        margin={"l": 64, "r": 48, "t": 64, "b": 64},
        xaxis={"type": "category", "automargin": True},
        yaxis={"ticksuffix": suffix, "rangemode": "tozero", "gridcolor": "#d8dcde"},
        shapes=[
            {
                "type": "line",
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "x0": place - 0.5,
                "x1": place - 0.5,
                "line": {"color": "#0b0c0c", "width": 1, "dash": "dot"},
            }
            for place, point in enumerate(found.points)
            if point.is_break
        ],
        annotations=[{"x": place, "yref": "paper", "y": 0, "text": mark, "showarrow": False} for place, mark in marks],
    )
    return _drawn(traces, layout)


def small_multiples(
    rows: Sequence[tuple[str, Statistics, float | None]], *, factor: float, suffix: str, words: Mapping[str, str]
) -> dict[str, Any]:
    """Data and layout: for each type P10 to P90 as a thin line, P25 to P75 as a thick one, median and norm as marks."""
    known = [
        ("<br>".join(wrap(escape(name), _NAME_SIGNS)), stats, norm) for name, stats, norm in reversed(rows) if stats.n
    ]

    def spread(low: int, high: int, width: int) -> go.Scatter:
        x: list[float | None] = []
        y: list[str | None] = []
        for name, stats, _ in known:
            x += [round(factor * stats.percentiles[low], 2), round(factor * stats.percentiles[high], 2), None]
            y += [name, name, None]
        return go.Scatter(name=f"P{low}–P{high}", x=x, y=y, mode="lines", line={"width": width, "color": "#7fa6c9"})

    def marks(name: str, values: Sequence[float | None], symbol: str, size: int) -> go.Scatter:
        places = [(value, row[0]) for value, row in zip(values, known, strict=True) if value is not None]
        return go.Scatter(
            name=name,
            x=[round(factor * value, 2) for value, _ in places],
            y=[place for _, place in places],
            mode="markers",
            marker={"symbol": symbol, "size": size, "color": "#0b0c0c", "line": {"width": 2, "color": "#0b0c0c"}},
        )

    data = [
        spread(10, 90, 3),
        spread(25, 75, 11),
        marks(words["median"], [stats.median for _, stats, _ in known], "circle", 8),
        marks(words["norm"], [norm for *_, norm in known], "line-ns", 16),
    ]
    layout = go.Layout(
        **_LOOK,
        height=140 + 32 * len(known),
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        margin={"l": 16, "r": 24, "t": 48, "b": 40},
        xaxis={"ticksuffix": suffix, "gridcolor": "#d8dcde", "rangemode": "tozero", "nticks": 5, "tickangle": 0},
        yaxis={"automargin": True, "type": "category", "tickfont": {"size": 11}},
    )
    return _drawn(data, layout)
