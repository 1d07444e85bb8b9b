"""Shapes for the web: a coverage simplified as a whole, so that neighbours still share their edges."""

from __future__ import annotations

import numpy as np
import shapely

from portal.core.errors import ImportRejected
from portal.core.messages import _m
from portal.territory.calc.arrays import Coordinates, Shapes
from portal.territory.calc.projection import to_wgs84

TOLERANCE_M = 60.0  # of coverage_simplify: the root of the smallest triangle kept; a pixel of the region's map is 200 m
DIGITS = 5  # of a degree: about 1 m
_FINER_DIGITS = (DIGITS, DIGITS + 1, DIGITS + 2)


def web_coverage(coverage: Shapes, tolerance_m: float = TOLERANCE_M) -> Shapes:
    """Simplify a valid coverage (EPSG:5514) and give it in WGS84 rounded to ``DIGITS`` places.

    The result is a valid coverage again: same number and order of shapes, shared edges identical. Should
    rounding spoil that, more places are kept. Raises ImportRejected when no rounding keeps it valid.
    """
    simplified = to_wgs84(shapely.coverage_simplify(coverage, tolerance_m))
    for digits in _FINER_DIGITS:
        rounded = rounded_to(simplified, digits)
        if is_sound(rounded):
            return shapely.remove_repeated_points(rounded)
    raise ImportRejected(_m("The boundaries cannot be simplified for the web without gaps between the units."))


def rounded_to(shapes: Shapes, digits: int) -> Shapes:
    """Shapes with coordinates rounded; a shape smaller than the rounding is no longer valid."""

    def rounding(coordinates: Coordinates) -> Coordinates:
        return np.round(coordinates, digits)

    return shapely.transform(shapes, rounding)


def is_sound(shapes: Shapes) -> bool:
    """Whether the shapes are valid, not empty and a valid coverage."""
    return bool(
        shapely.is_valid(shapes).all() and not shapely.is_empty(shapes).any() and shapely.coverage_is_valid(shapes)
    )


def dissolved(coverage: Shapes, groups: list[str]) -> dict[str, shapely.Geometry]:
    """Union of the shapes of each group; edges shared inside a group vanish, the others stay as they are."""
    labels = np.array(groups, dtype=object)
    return {group: shapely.coverage_union_all(coverage[labels == group]) for group in sorted(set(groups))}
