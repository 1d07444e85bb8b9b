"""Collections and their items, as the public may see them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
import shapely.geometry

from portal.catalog.service.places import find_placed
from portal.catalog.service.search import catalog_mark
from portal.catalog.types import service_types
from portal.core.errors import NotFound
from portal.core.kept import kept
from portal.core.messages import _m
from portal.core.permissions import PUBLIC_ACTOR
from portal.disclosure import FigureState
from portal.map.layers.registry import LAYERS
from portal.map.layers.service import read_layer, released
from portal.map.layers.types import Ask, LayerFrame
from portal.map.ogc.types import Box, Collection, Item
from portal.territory import service as territory
from portal.territory.types import Level
from portal.waitlists.vacancies.types import Upkeep

PLACES = Collection(
    "sluzby",
    _m("Places of social services"),
    _m(
        "Open facilities of the services of the public register that have a point; secret addresses are not among "
        "them. A service with several facilities is there several times."
    ),
)
LEVEL_WORDS = {Level.ORP: "orp", Level.MUNICIPALITY: "obce"}


def list_collections() -> list[Collection]:
    """Places of services, then each public layer by ORP and by municipality, and by ORP what a release tells."""
    found = [PLACES]
    for layer in LAYERS.values():
        levels = layer.levels if layer.source.is_public else (Level.ORP,) if released.times_of(layer) else ()
        found += [
            Collection(f"{layer.name}-{LEVEL_WORDS[level]}", layer.label, layer.meaning, layer.name, level)
            for level in levels
        ]
    return found


def get_collection(collection_id: str) -> Collection:
    """Raises NotFound."""
    for collection in list_collections():
        if collection.id == collection_id:
            return collection
    raise NotFound(_m("There is no such collection."))


def read_places(day: date) -> list[Item]:
    """Places of services by their numbers in the register. Four queries, one where nothing changed."""
    mark = catalog_mark()
    return _places(day) if mark is None else kept(("ogc-places", mark, day), lambda: _places(day))


def _places(day: date) -> list[Item]:
    placed = find_placed(day)
    forms = placed.capacities.groupby("service_id")["form"].agg(lambda found: sorted(set(found)))
    services = placed.services.set_index("service_id")
    items: list[Item] = []
    count: dict[int, int] = {}
    for facility in placed.facilities.to_dict("records"):
        if facility["secret"] or pd.isna(facility["lon"]) or facility["service_id"] not in services.index:
            continue
        service = services.loc[facility["service_id"]]
        register_id = int(service["register_id"])
        count[register_id] = count.get(register_id, 0) + 1
        items.append(_place(f"{register_id}-{count[register_id]}", service, facility, forms))
    return sorted(items, key=lambda item: tuple(int(part) for part in item.id.split("-")))


def _place(item_id: str, service: Any, facility: Any, forms: Any) -> Item:
    lon, lat = float(facility["lon"]), float(facility["lat"])
    kind = service_types().get(service["type_code"])
    return Item(
        item_id,
        json.dumps({"type": "Point", "coordinates": [lon, lat]}),
        (lon, lat, lon, lat),
        {
            "register_id": int(service["register_id"]),
            "name": service["name"],
            "type_code": service["type_code"],
            "type": kind.name_cs if kind else None,
            "provider": service["provider_name"],
            "forms": ",".join(forms.get(facility["service_id"], [])),
            "street": _text(facility["street"]),
            "house_number": _text(facility["house_number"]),
            "municipality": _text(facility["municipality_name"]),
            "municipality_code": _text(facility["municipality_code"]),
            "point_is_exact": bool(facility["point_is_exact"]),
        },
    )


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)


Shape = tuple[str, Box]


def read_shapes(level: Level) -> dict[str, Shape]:
    """GeoJSON geometry as text and bounds, by code. One query where nothing changed."""
    info = territory.find_current()
    if info is None:
        return {}
    return kept(("ogc-shapes", info.content_hash, level), lambda: _shapes(level))


def _shapes(level: Level) -> dict[str, Shape]:
    found: dict[str, Shape] = {}
    for code, geometry in territory.web_shapes(level).items():
        west, south, east, north = shapely.geometry.shape(geometry).bounds
        found[code] = (json.dumps(geometry, separators=(",", ":")), (west, south, east, north))
    return found


def read_figures(collection: Collection, day: date, upkeep: Upkeep) -> LayerFrame:
    """Figures of a collection of areas, of the latest time, as the public sees them."""
    if collection.layer is None or collection.level is None:
        raise NotFound(_m("There is no such collection."))
    return read_layer(PUBLIC_ACTOR, Ask(collection.layer, collection.level), day=day, upkeep=upkeep)


def read_parts(frame: LayerFrame) -> dict[str, dict[str, Any]]:
    """By ORP: value and state of each type or situation, where the layer comes from a release; nothing otherwise."""
    found: dict[str, dict[str, Any]] = {}
    if frame.from_release and frame.ask.period is not None:
        for orp, row, value, state in released.read_cells(frame.layer, frame.ask.period):
            found.setdefault(orp, {}).update({f"value_{row}": value, f"state_{row}": str(FigureState(state))})
    return found


def area_items(
    rows: Sequence[dict[str, Any]], parts: Mapping[str, Mapping[str, Any]], shapes: dict[str, Shape]
) -> list[Item]:
    """Rows of a layer (``layers.tables.rows_of``) with ``read_parts`` and their shapes."""
    found = []
    for row in rows:
        geometry, bounds = shapes.get(row["code"], (None, None))
        found.append(Item(row["code"], geometry, bounds, {**row, **parts.get(row["code"], {})}))
    return found
