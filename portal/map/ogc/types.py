"""What is asked of a collection, and the pieces it is made of. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.core.messages import Message
from portal.territory.types import Level

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
DEFAULT_LIMIT, MAX_LIMIT = 1_000, 10_000

Box = tuple[float, float, float, float]  # west, south, east, north in degrees


@dataclass(frozen=True)
class Collection:
    """One collection. ``layer``: the layer whose figures its areas carry; None: places of services."""

    id: str
    title: Message
    description: Message
    layer: str | None = None
    level: Level | None = None


@dataclass(frozen=True)
class Asked:
    """Parameters of a request for items; ``box`` None: everywhere."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0
    box: Box | None = None


@dataclass(frozen=True)
class Item:
    """One feature: its geometry as GeoJSON text (None: it has none) with its bounds, and its properties."""

    id: str
    geometry: str | None
    bounds: Box | None
    properties: dict[str, Any]


@dataclass(frozen=True)
class Page:
    """Items of one answer; ``matched`` counts all that meet the request."""

    items: Sequence[Item]
    matched: int
