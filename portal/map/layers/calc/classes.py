"""Classes of figures for colours, by a method that the legend states. Pure.

Zeros and figures without a number have signs of their own and are in no class. Figures are not negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from portal.map.calc import MAX_CLASSES, natural_classes
from portal.map.layers.calc.numbers import Floats
from portal.map.layers.types import Method
from portal.map.types import MapClass

MOST_DISTINCT = 400  # natural breaks take the square of it; more figures are joined with their neighbours first
MANY_AREAS = 1_000  # from so many on quantiles are the usual method
NORM_STEPS = (-20.0, -10.0, 0.0, 10.0, 20.0)  # percentage points from the norm, where one class ends


@dataclass(frozen=True)
class Classes:
    """Bounds of the classes: ``upper`` are the ends of all classes but the last.

    A figure belongs to the first class whose end is not below it. With the method NORM what counts is its distance
    from the norm, and a class ends just below its end. ``bands`` say in what span the figures of each class lie.
    """

    method: Method
    upper: tuple[float, ...]
    bands: tuple[MapClass, ...]

    def numbers(self, values: Floats) -> np.ndarray:
        """Number of the class of each figure from 0; NaN and zero (but for NORM) give -1."""
        side = "right" if self.method is Method.NORM else "left"
        found = np.searchsorted(np.array(self.upper), values, side=side)  # type: ignore[call-overload]  # two sides
        none = np.isnan(values) if self.method is Method.NORM else ~(values > 0)
        return np.where(none | (not self.bands), -1, found)


def usual_method(areas: int, *, has_norm: bool) -> Method:
    """The method that is used where none is asked for."""
    if has_norm:
        return Method.NORM
    return Method.QUANTILES if areas > MANY_AREAS else Method.NATURAL


def classify(values: Floats, method: Method, most: int = MAX_CLASSES) -> Classes:
    """Classes of positive figures (NaN and zeros are left out); of distances from the norm with the method NORM."""
    if method is Method.NORM:
        edges = [-np.inf, *NORM_STEPS, np.inf]
        bands = tuple(MapClass(low, high) for low, high in pairwise(edges))
        return Classes(method, NORM_STEPS, bands)
    usable = np.sort(values[values > 0])
    if not len(usable):
        return Classes(method, (), ())
    made = {Method.NATURAL: _natural, Method.QUANTILES: _quantiles, Method.EQUAL: _equal}[method](usable, most)
    return Classes(method, tuple(band.high for band in made[:-1]), tuple(made))


def _natural(ordered: Floats, most: int) -> Sequence[MapClass]:
    distinct = np.unique(ordered)
    if len(distinct) <= MOST_DISTINCT:
        return natural_classes(ordered.tolist(), most)
    # Neighbours stand together for their mean; the ends of classes are figures that occur.
    groups = np.array_split(ordered, MOST_DISTINCT)
    means = np.array([group.mean() for group in groups])
    found = natural_classes(np.repeat(means, [len(group) for group in groups]).tolist(), most)
    ends = [float(groups[int(np.searchsorted(means, band.high))][-1]) for band in found[:-1]]
    return _bands(ordered, ends)


def _quantiles(ordered: Floats, most: int) -> Sequence[MapClass]:
    places = np.ceil(np.arange(1, most) * len(ordered) / most).astype(int) - 1
    return _bands(ordered, sorted({float(ordered[place]) for place in places}))


def _equal(ordered: Floats, most: int) -> Sequence[MapClass]:
    low, high = float(ordered[0]), float(ordered[-1])
    if low == high:
        return [MapClass(low, high)]
    edges = np.linspace(low, high, most + 1)
    return [MapClass(float(one), float(two)) for one, two in pairwise(edges)]


def _bands(ordered: Floats, ends: Sequence[float]) -> list[MapClass]:
    """Classes that end at the given figures and at the largest one; equal figures stay together."""
    starts = [0, *(int(np.searchsorted(ordered, end, side="right")) for end in ends)]
    stops = [*starts[1:], len(ordered)]
    return [
        MapClass(float(ordered[start]), float(ordered[stop - 1]))
        for start, stop in zip(starts, stops, strict=True)
        if stop > start
    ]
