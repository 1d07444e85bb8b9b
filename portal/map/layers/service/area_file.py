"""Names and people of areas for the browser, under an address that never changes its contents."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from portal.core.kept import kept
from portal.map.layers.service.places import Areas, read_areas
from portal.map.shapes import DIGEST_CHARS
from portal.territory.types import Level


@dataclass(frozen=True)
class AreaFile:
    """``content``: JSON as UTF-8, columns in the order that files of values have."""

    content: bytes
    digest: str


def area_file(level: Level) -> AreaFile | None:
    """The areas of the territory in force; None without one. One query where nothing changed."""
    return file_of_areas(read_areas(level))


def file_of_areas(areas: Areas) -> AreaFile | None:
    """The file of areas that were read; None without a territory."""
    if areas.info is None:
        return None
    return kept(("area file", areas.info.content_hash, areas.level), lambda: _written(areas))


def _written(areas: Areas) -> AreaFile:
    content: dict[str, Any] = {
        "codes": [area.code for area in areas.rows],
        "names": [area.name for area in areas.rows],
        "people": [area.population for area in areas.rows],
        "seats": [
            None if area.lon is None or area.lat is None else [round(area.lon, 4), round(area.lat, 4)]
            for area in areas.rows
        ],
    }
    if areas.level is Level.MUNICIPALITY:
        orps = read_areas(Level.ORP)
        content["orps"] = [area.name for area in orps.rows]
        content["orp"] = [orps.number.get(area.parent_code or "", -1) for area in areas.rows]
    written = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return AreaFile(written, hashlib.sha256(written).hexdigest()[:DIGEST_CHARS])
