"""Charts from disclosed figures: geometry of the bullets drawn by the server, and the data of the overview."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import plotly.graph_objects as go

from portal.disclosure import DisclosedFrame

BULLET_WIDTH = 240  # units of the drawing; the page scales it
_STEP = 0.25


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
    def for_values(cls, *values: float | None) -> Scale:
        """From 0 to 100 %, or to the next quarter above the largest value."""
        largest = max((value for value in values if value is not None), default=0.0)
        return cls(max(1.0, math.ceil(largest / _STEP) * _STEP))

    @property
    def ticks(self) -> list[tuple[float, float]]:
        """Share and place of the marks: each half, wider apart when the scale is long."""
        step = 0.5 * max(1, math.ceil(self.top / 2.5))
        count = math.floor(self.top / step + 1e-9)
        return [(number * step, self.place(number * step) or 0.0) for number in range(count + 1)]

    def place(self, value: float | None) -> float | None:
        return None if value is None else round(BULLET_WIDTH * value / self.top, 2)

    def bullet(self, value: float | None, norm: float | None, median: float | None = None) -> Bullet:
        is_under = value is not None and norm is not None and value < norm
        return Bullet(self.place(value), self.place(norm), self.place(median), is_under)


def overview(
    services: DisclosedFrame, *, norm: float | None, median: float | None, words: Mapping[str, str]
) -> dict[str, Any]:
    """Data and layout of the interactive chart: services with a number, highest first, norm and median as lines.

    ``words``: translated ``under``, ``reached`` (names of the two groups of bars), ``norm``, ``median``, ``axis``,
    ``place`` (title of the axis of services).
    """
    rows = sorted(
        (row for row in services.rows() if row["value"] is not None),
        key=lambda row: (-row["value"], row["register_id"]),
    )
    bars = []
    for name, is_under in (("reached", False), ("under", True)):
        chosen = [
            (place, row)
            for place, row in enumerate(rows, start=1)
            if (norm is not None and row["value"] < norm) == is_under
        ]
        bars.append(
            go.Bar(
                name=words[name],
                x=[place for place, _ in chosen],
                y=[_per_cent(row["value"]) for _, row in chosen],
                customdata=[_names(row) for _, row in chosen],
                # no bold: the library would set an inline style, which the page forbids
                hovertemplate="%{customdata[0]}<br>%{customdata[1]}<br>%{y:.1f}\u00a0%<extra></extra>",
                marker={
                    "color": "#b5532a" if is_under else "#4c82b3",
                    "pattern": {
                        "shape": "/" if is_under else "",
                        "fgcolor": "#ffffff",
                        "bgcolor": "#b5532a",
                        "size": 7,
                        "solidity": 0.25,
                    },
                    "line": {"color": "#b5532a" if is_under else "#4c82b3", "width": 1},
                },
            )
        )
    lines, notes = _reference_lines(norm, median, words)
    layout = go.Layout(
        template={},
        barmode="overlay",
        bargap=0.25,
        showlegend=norm is not None,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        margin={"l": 56, "r": 16, "t": 48, "b": 48},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": "Roboto, Arial, sans-serif", "size": 14, "color": "#0b0c0c"},
        xaxis={"title": {"text": words["place"]}, "tickformat": "d", "range": [0.4, max(len(rows), 4) + 0.6]},
        yaxis={
            "title": {"text": words["axis"]},
            "ticksuffix": "\u00a0%",
            "rangemode": "tozero",
            "gridcolor": "#d8dcde",
        },
        shapes=lines,
        annotations=notes,
        hoverlabel={"align": "left"},
    )
    figure: dict[str, Any] = go.Figure(data=bars, layout=layout).to_plotly_json()
    return figure


def _per_cent(share: float) -> float:
    return round(100 * share, 2)


def _names(row: Mapping[str, Any]) -> list[str]:
    """Names for the label, escaped since plotly reads tags in texts, and plain ones for the voice of the page."""
    names = [row["service_name"], row["provider_name"]]
    return [*(escape(name) for name in names), *names]


def _reference_lines(
    norm: float | None, median: float | None, words: Mapping[str, str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    lines, notes = [], []
    # The names stand at opposite ends, so that they do not cover each other when norm and median are close.
    marks = (("norm", norm, "solid", 1.0, "right"), ("median", median, "dash", 0.0, "left"))
    for name, share, dash, place, anchor in marks:
        if share is not None:
            value = _per_cent(share)
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
