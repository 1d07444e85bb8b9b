"""Shapes for the browser: quantised TopoJSON, in which neighbours share their border instead of repeating it.

Pure. The hash of the contents is part of the address, so browsers keep a file for ever and a new territory has
another address.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from topojson import Topology

GRID_CELLS = 10_000  # over the region's extent: about 15 m in one of 150 km, below one pixel up to zoom 13
DIGEST_CHARS = 16


@dataclass(frozen=True)
class WebShapes:
    """``content``: TopoJSON as UTF-8, object "units", a unit's code as id. ``bounds``: south, west, north, east."""

    content: bytes
    digest: str
    bounds: tuple[float, float, float, float]


def web_shapes(geometries: Mapping[str, Mapping[str, Any]]) -> WebShapes:
    """TopoJSON of GeoJSON geometries (WGS 84) by code. ValueError when there is none."""
    if not geometries:
        raise ValueError("no shapes")
    features = [
        {"type": "Feature", "id": code, "properties": {}, "geometry": dict(geometries[code])}
        for code in sorted(geometries)
    ]
    topology = Topology(
        {"type": "FeatureCollection", "features": features}, prequantize=GRID_CELLS, object_name="units"
    ).to_dict()
    west, south, east, north = (round(float(edge), 5) for edge in topology.pop("bbox"))
    for shape in topology["objects"]["units"]["geometries"]:
        shape.pop("properties", None)
    topology["objects"]["units"].pop("bbox", None)
    content = json.dumps(topology, separators=(",", ":"), sort_keys=True).encode()
    return WebShapes(content, hashlib.sha256(content).hexdigest()[:DIGEST_CHARS], (south, west, north, east))
