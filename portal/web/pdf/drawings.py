"""Charts of documents: bullets, bands over time, tenths of a group. A table beside each says the same in digits."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from reportlab.graphics.shapes import Circle, Drawing, Line, Polygon, PolyLine, Rect, String
from reportlab.lib.units import mm

from portal.web.pdf.look import (
    BAND,
    BLUE,
    GREY,
    INK,
    INNER_BAND,
    LINE_GREY,
    ORANGE,
    REGULAR,
    TINT,
    inner_width,
    load_fonts,
)

_LEFT, _BOTTOM = 18 * mm, 8 * mm  # room of a chart for the words of its axes


@dataclass(frozen=True)
class Bar:
    """A cell of a table drawn as a bullet: value, norm and median on a scale from 0 to ``top``, all in one unit.

    The column beside it says the value in digits.
    """

    value: float | None
    norm: float | None
    median: float | None
    top: float


@dataclass(frozen=True)
class Bands:
    """A series: for each label the percentiles, the norm and the own value; None where there is none."""

    labels: Sequence[str]
    p10: Sequence[float | None]
    p25: Sequence[float | None]
    median: Sequence[float | None]
    p75: Sequence[float | None]
    p90: Sequence[float | None]
    norm: Sequence[float | None]
    own: Sequence[float | None] = ()


def bar_drawing(bar: Bar, width: float, height: float = 9) -> Drawing:
    """A bullet: the bar of the value (orange with an outline under the norm), norm as a thick line, median dashed."""
    drawing = Drawing(width, height)
    drawing.add(Rect(0, 1, width, height - 2, fillColor=TINT, strokeColor=None))

    def place(value: float) -> float:
        return width * min(max(value / bar.top, 0), 1) if bar.top else 0.0

    if bar.value is not None:
        is_under = bar.norm is not None and bar.value < bar.norm
        colour = ORANGE if is_under else BLUE
        long = max(place(bar.value), 0.6)
        drawing.add(Rect(0, 2.5, long, height - 5, fillColor=colour, strokeColor=INK if is_under else None))
    if bar.median is not None:
        at = place(bar.median)
        drawing.add(Line(at, 0, at, height, strokeColor=INK, strokeWidth=0.8, strokeDashArray=[1.5, 1]))
    if bar.norm is not None:
        at = place(bar.norm)
        drawing.add(Line(at, 0, at, height, strokeColor=INK, strokeWidth=1.8))
    return drawing


def bands(series: Bands, *, show: Callable[[float], str], is_wide: bool = False, height: float = 55 * mm) -> Drawing:
    """A chart of percentile bands (P10 to P90, P25 to P75), median, norm (dashed) and own line (with dots).

    ``show`` says a value of the axis in words. A table beside the chart says the same in digits.
    """
    load_fonts()
    width = inner_width(is_wide)
    drawing = Drawing(width, height)
    every = [series.p90, series.p75, series.median, series.norm, series.own]
    top = round_up(max((value for line in every for value in line if value is not None), default=1.0))
    count = len(series.labels)

    def point(at: int, value: float) -> tuple[float, float]:
        across = (at + 0.5) / max(count, 1)
        return _LEFT + (width - _LEFT - 4) * across, _BOTTOM + (height - _BOTTOM - 6) * min(max(value / top, 0), 1)

    _axes(drawing, series.labels, top, point, show)

    def path(values: Sequence[float | None], places: Iterable[int]) -> list[float]:
        return [part for at in places for part in point(at, values[at] or 0.0)]

    for low, high, colour in ((series.p10, series.p90, BAND), (series.p25, series.p75, INNER_BAND)):
        for run in runs_of(low, high):
            flat = path(high, run) + path(low, reversed(run))
            drawing.add(Polygon(flat, fillColor=colour, strokeColor=colour, strokeWidth=1))
    lines = ((series.median, BLUE, 1.2, None), (series.norm, INK, 1.2, [3, 2]), (series.own, ORANGE, 1.5, None))
    for values, colour, weight, dashes in lines:
        for run in runs_of(values):
            drawing.add(PolyLine(path(values, run), strokeColor=colour, strokeWidth=weight, strokeDashArray=dashes))
    for at, own in enumerate(series.own):
        if own is not None:
            x, y = point(at, own)
            drawing.add(Rect(x - 1.5, y - 1.5, 3, 3, fillColor=ORANGE, strokeColor=None))
    return drawing


def _axes(
    drawing: Drawing,
    labels: Sequence[str],
    top: float,
    point: Callable[[int, float], tuple[float, float]],
    show: Callable[[float], str],
) -> None:
    for quarter in range(5):
        value = top * quarter / 4
        _, y = point(0, value)
        drawing.add(Line(_LEFT, y, drawing.width, y, strokeColor=LINE_GREY, strokeWidth=0.3))
        drawing.add(_label(_LEFT - 3, y - 2.5, show(value), anchor="end"))
    for at in range(0, len(labels), max(1, math.ceil(len(labels) / 12))):
        x, y = point(at, 0)
        drawing.add(_label(x, y - 9, labels[at], anchor="middle"))


def strip(
    dots: Sequence[tuple[float, int]],
    *,
    norm: float | None,
    median: float | None,
    show: Callable[[float], str],
    is_wide: bool = False,
    height: float = 42 * mm,
) -> Drawing:
    """Tenths of a group one above another, 1 at the bottom: a dot for each (value, tenth), norm thick, median dashed.

    ``show`` says a value of the axis in words. A table beside the chart says the same in digits.
    """
    load_fonts()
    width = inner_width(is_wide)
    drawing = Drawing(width, height)
    known = [value for value, _ in dots]
    top = round_up(max([*known, *(each for each in (norm, median) if each is not None)], default=1.0))

    def across(value: float) -> float:
        return _LEFT + (width - _LEFT - 8) * min(max(value / top, 0), 1)

    def up(tenth: int) -> float:
        return _BOTTOM + (height - _BOTTOM - 4) * (tenth - 0.5) / 10

    for tenth in range(1, 11):
        drawing.add(Line(_LEFT, up(tenth), width - 8, up(tenth), strokeColor=LINE_GREY, strokeWidth=0.3))
        drawing.add(_label(_LEFT - 3, up(tenth) - 2.5, str(tenth), anchor="end"))
    for quarter in range(5):
        value = top * quarter / 4
        drawing.add(_label(across(value), _BOTTOM - 9, show(value), anchor="middle"))
    for line, weight, dashes in ((median, 0.8, [1.5, 1]), (norm, 1.8, None)):
        if line is not None:
            x = across(line)
            drawing.add(Line(x, _BOTTOM, x, height - 4, strokeColor=INK, strokeWidth=weight, strokeDashArray=dashes))
    for value, tenth in dots:
        drawing.add(Circle(across(value), up(tenth), 1.8, fillColor=BLUE, strokeColor=INK, strokeWidth=0.3))
    return drawing


def runs_of(*lines: Sequence[float | None]) -> list[list[int]]:
    """Stretches of neighbouring places where all lines have a number."""
    found: list[list[int]] = []
    for at, values in enumerate(zip(*lines, strict=True)):
        if any(value is None for value in values):
            continue
        if found and found[-1][-1] == at - 1:
            found[-1].append(at)
        else:
            found.append([at])
    return found


def round_up(value: float) -> float:
    """The next of 1, 2, 4, 5, 8, 10 x a power of ten, so that quarters of it are short numbers."""
    if value <= 0:
        return 1.0
    power: float = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 5, 8, 10) if step * power >= value * (1 - 1e-9))


def _label(x: float, y: float, words: str, *, anchor: str) -> String:
    return String(x, y, words, fontName=REGULAR, fontSize=7, fillColor=GREY, textAnchor=anchor)
