"""Shapes for the browser: quantised TopoJSON, in which neighbours share their border instead of repeating it.

Pure. The hash of the contents is part of the address, so browsers keep a file for ever and a new territory has
another address. A country of 6 258 municipalities has to stay small: a coverage whose file would be larger than the
limit is simplified as a whole until it fits, so that there are neither gaps nor overlaps. Nor may the grid make any:
where shapes rounded to it would cross, a finer one is taken.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
import shapely.geometry
from topojson import Topology

GRIDS = (10_000, 20_000, 40_000)  # cells over the extent: at first 15 m in a region, below a pixel up to zoom 13
MAX_GZIP_BYTES = 400_000
DIGEST_CHARS = 16
METRES_PER_DEGREE = 111_320.0
_STEPS_M = (0.0, 100.0, 150.0, 220.0, 320.0, 450.0)  # of simplification, until the file fits
_GZIP_LEVEL = 9  # packed once, sent often

Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True)
class WebShapes:
    """``content``: TopoJSON as UTF-8, object "units", a unit's code as id. ``bounds``: south, west, north, east."""

    content: bytes
    digest: str
    bounds: tuple[float, float, float, float]
    gzipped: bytes
    is_sound: bool = True  # no gaps and no overlaps, on the grid that the browser draws

    @property
    def size(self) -> int:
        """Bytes that are sent."""
        return len(self.gzipped)


def web_shapes(geometries: Mapping[str, Mapping[str, Any]], *, most: int = MAX_GZIP_BYTES) -> WebShapes:
    """TopoJSON of GeoJSON geometries (WGS 84, a coverage) by code, at most so many bytes when packed.

    Of shapes that do not fit however they are simplified the smallest file is taken. ValueError when there is none.
    """
    if not geometries:
        raise ValueError("no shapes")
    codes = sorted(geometries)
    shapes = np.array([shapely.geometry.shape(dict(geometries[code])) for code in codes], dtype=object)
    smallest: WebShapes | None = None
    for simpler, grid, is_sound in _attempts(shapes):
        made = _written(codes, simpler, grid, is_sound)
        if made.size <= most:
            return made
        if smallest is None or made.size < smallest.size:
            smallest = made
    assert smallest is not None
    return smallest


def _attempts(shapes: Shapes) -> Iterator[tuple[Shapes, int, bool]]:
    """The shapes as they are and ever simpler, each with the coarsest grid that keeps it a coverage."""
    was_sound = bool(shapely.coverage_is_valid(shapes))
    for step in _STEPS_M:
        simpler = simplified(shapes, step)
        grid = next((grid for grid in GRIDS if _is_sound(on_grid(simpler, grid))), None)
        if grid is not None:
            yield simpler, grid, True
        elif step == 0 and not was_sound:  # what is no coverage cannot become one
            yield simpler, GRIDS[0], False
            return
        elif step == _STEPS_M[-1]:
            yield simpler, GRIDS[-1], False


def simplified(shapes: Shapes, tolerance_m: float) -> Shapes:
    """A coverage simplified as a whole; degrees are taken for metres at its middle."""
    if not tolerance_m:
        return shapes
    south, north = shapely.total_bounds(shapes)[[1, 3]]
    scale = METRES_PER_DEGREE * np.array([np.cos(np.radians((south + north) / 2)), 1.0])
    plane = shapely.transform(shapes, lambda points: points * scale)
    simpler: Shapes = shapely.transform(shapely.coverage_simplify(plane, tolerance_m), lambda points: points / scale)
    return simpler


def on_grid(shapes: Shapes, grid: int) -> Shapes:
    """The shapes with their points in the cells of the grid, as the file holds them; in cells, not in degrees."""
    west, south, east, north = shapely.total_bounds(shapes)
    step = np.array([(east - west) / (grid - 1), (north - south) / (grid - 1)])
    rounded: Shapes = shapely.transform(shapes, lambda points: np.round((points - (west, south)) / step))
    return rounded


def _is_sound(shapes: Shapes) -> bool:
    return bool(shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapely.remove_repeated_points(shapes)))


def _written(codes: Sequence[str], shapes: Shapes, grid: int, is_sound: bool) -> WebShapes:
    features = [
        {"type": "Feature", "id": code, "properties": {}, "geometry": json.loads(text)}
        for code, text in zip(codes, shapely.to_geojson(shapes), strict=True)
    ]
    topology = Topology(
        {"type": "FeatureCollection", "features": features}, prequantize=grid, object_name="units"
    ).to_dict()
    west, south, east, north = (round(float(edge), 5) for edge in topology.pop("bbox"))
    for shape in topology["objects"]["units"]["geometries"]:
        shape.pop("properties", None)
    topology["objects"]["units"].pop("bbox", None)
    content = json.dumps(topology, separators=(",", ":"), sort_keys=True).encode()
    return WebShapes(
        content,
        hashlib.sha256(content).hexdigest()[:DIGEST_CHARS],
        (south, west, north, east),
        gzip.compress(content, _GZIP_LEVEL, mtime=0),
        is_sound,
    )
