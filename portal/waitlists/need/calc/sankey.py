"""Geometry of a Sankey chart: bars of stations in columns, ribbons of persons between them. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 960.0, 440.0
BAR, GAP, TOP = 16.0, 26.0, 12.0


@dataclass(frozen=True)
class Bar:
    """A station: its place, and who comes through it."""

    name: str
    column: int
    x: float
    y: float
    height: float
    persons: int


@dataclass(frozen=True)
class Ribbon:
    """Persons from one station to another; ``path`` is the outline as SVG draws it."""

    source: str
    target: str
    persons: int
    path: str


@dataclass(frozen=True)
class Sankey:
    width: float
    height: float
    bars: tuple[Bar, ...]
    ribbons: tuple[Ribbon, ...]


def lay_out(links: Mapping[tuple[str, str], int], columns: Sequence[Sequence[str]]) -> Sankey:
    """Places of all stations that somebody comes through, column by column from the left, in the order given.

    ``links``: persons by (source, target); links with nobody are left out. A bar is as high as the larger of what comes
    in and what goes out; all share one scale, chosen so that the fullest column fits. Raises ValueError for a link that
    does not lead to a later column.
    """
    into: dict[str, int] = defaultdict(int)
    out: dict[str, int] = defaultdict(int)
    column_of = {name: number for number, names in enumerate(columns) for name in names}
    used = {pair: persons for pair, persons in links.items() if persons > 0}
    for (source, target), persons in used.items():
        if column_of[source] >= column_of[target]:
            raise ValueError(f"a link leads to a later column, not from {source} to {target}")
        out[source] += persons
        into[target] += persons
    size = {name: max(into[name], out[name]) for name in {*into, *out}}
    shown = [[name for name in names if name in size] for names in columns]
    scale = min(
        ((HEIGHT - 2 * TOP - GAP * (len(names) - 1)) / sum(size[name] for name in names) for names in shown if names),
        default=0.0,
    )
    step = (WIDTH - BAR) / max(1, len(columns) - 1)
    bars: dict[str, Bar] = {}
    for column, names in enumerate(shown):
        y = TOP
        for name in names:
            height = size[name] * scale
            bars[name] = Bar(name, column, round(column * step, 1), round(y, 1), round(height, 1), size[name])
            y += height + GAP
    return Sankey(WIDTH, HEIGHT, tuple(bars.values()), tuple(_ribbons(used, bars, scale)))


def _ribbons(links: Mapping[tuple[str, str], int], bars: Mapping[str, Bar], scale: float) -> list[Ribbon]:
    """The ribbons leave and reach each bar in the order of the bars at their other ends, so that few of them cross."""
    left: dict[str, float] = {name: bar.y for name, bar in bars.items()}
    reached = dict(left)
    start: dict[tuple[str, str], float] = {}
    end: dict[tuple[str, str], float] = {}
    for pair in sorted(links, key=lambda each: (bars[each[0]].column, bars[each[0]].y, bars[each[1]].y)):
        start[pair] = left[pair[0]]
        left[pair[0]] += links[pair] * scale
    for pair in sorted(links, key=lambda each: (bars[each[1]].column, bars[each[1]].y, bars[each[0]].y)):
        end[pair] = reached[pair[1]]
        reached[pair[1]] += links[pair] * scale
    found = []
    for pair in start:
        thick = links[pair] * scale
        x0, x1 = bars[pair[0]].x + BAR, bars[pair[1]].x
        middle = (x0 + x1) / 2
        y0, y1 = start[pair], end[pair]
        path = (
            f"M{x0:.1f},{y0:.1f} C{middle:.1f},{y0:.1f} {middle:.1f},{y1:.1f} {x1:.1f},{y1:.1f}"
            f" L{x1:.1f},{y1 + thick:.1f} C{middle:.1f},{y1 + thick:.1f} {middle:.1f},{y0 + thick:.1f}"
            f" {x0:.1f},{y0 + thick:.1f} Z"
        )
        found.append(Ribbon(*pair, links[pair], path))
    return found
