"""Geometry of the drawings of the report: the bullet of the quarter and the series of the last ones."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from portal.benchmarking.metrics import MetricVersion
from portal.benchmarking.reports.figures import Row, tick

BULLET_WIDTH, SERIES_HEIGHT = 240, 56


@dataclass(frozen=True)
class Drawing:
    """Places on the drawings, None where there is nothing to draw; the bullet is BULLET_WIDTH wide.

    ``own``, ``norms``: points "x,y x,y" of lines without a gap, on BULLET_WIDTH x SERIES_HEIGHT, zero at the bottom.
    """

    value: float | None
    norm: float | None
    median: float | None
    quartiles: tuple[float, float] | None
    is_under: bool
    ticks: tuple[tuple[float, str], ...]
    own: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    norms: tuple[str, ...]


def draw(
    version: MetricVersion, rows: Sequence[Row], median: float | None, quartiles: tuple[float, float] | None
) -> Drawing:
    now = rows[-1]
    value, norm = now["value"], now["norm"]
    known = [*(row["value"] for row in rows), *(row["norm"] for row in rows), median, *(quartiles or ())]
    top = round_up(max((number for number in known if number is not None), default=0.0))

    def across(figure: float | None) -> float | None:
        return None if figure is None else round(BULLET_WIDTH * figure / top, 1)

    def point(place: int, figure: float) -> tuple[float, float]:
        x = BULLET_WIDTH * (place + 0.5) / len(rows)
        return round(x, 1), round(SERIES_HEIGHT - 4 - (SERIES_HEIGHT - 8) * figure / top, 1)

    own = [None if row["value"] is None else point(at, row["value"]) for at, row in enumerate(rows)]
    norms = [None if row["norm"] is None else point(at, row["norm"]) for at, row in enumerate(rows)]
    return Drawing(
        value=across(value),
        norm=across(norm),
        median=across(median),
        quartiles=None if quartiles is None else (across(quartiles[0]) or 0.0, across(quartiles[1]) or 0.0),
        is_under=value is not None and norm is not None and value < norm,
        ticks=tuple((BULLET_WIDTH * part / 2, tick(version, top * part / 2)) for part in range(3)),
        own=tuple(_unbroken(own)),
        dots=tuple(each for each in own if each is not None),
        norms=tuple(_unbroken(norms)),
    )


def _unbroken(points: Iterable[tuple[float, float] | None]) -> Iterator[str]:
    """Stretches of points without a gap between them, as an SVG line takes them."""
    stretch: list[str] = []
    for each in [*points, None]:
        if each is not None:
            stretch.append(f"{each[0]},{each[1]}")
        elif stretch:
            if len(stretch) > 1:
                yield " ".join(stretch)
            stretch = []


def round_up(value: float) -> float:
    """The next of 1, 2, 3, 4, 5, 6, 8, 10 times a power of ten; 1 for nothing."""
    if value <= 0:
        return 1.0
    power: float = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 3, 4, 5, 6, 8, 10) if step * power >= value * (1 - 1e-9))
