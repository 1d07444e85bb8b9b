"""Who may see the map: everybody."""

from portal.map.layers.service import area_file
from portal.map.service import find_shapes
from portal.territory.types import Level
from tests.access.rows import EVERYBODY, Objects, Row
from tests.factories.territory import store_small_territory

ROWS = (
    Row("map.index", "GET", EVERYBODY),
    Row("map.places", "GET", EVERYBODY),
    Row("map.capacity_csv", "GET", EVERYBODY),
    Row("map.capacity_xlsx", "GET", EVERYBODY),
    Row(
        "map.shapes",
        "GET",
        EVERYBODY,
        objects=Objects(
            own=lambda world, who: {"level": "orp", "digest": world.keys["map.digest"]},
            missing=lambda world, who: {"level": "orp", "digest": "0" * 16},
        ),
    ),
    Row("layers.index", "GET", EVERYBODY),
    Row("layers.embed", "GET", EVERYBODY),
    Row("layers.values", "GET", EVERYBODY),
    Row(
        "layers.areas",
        "GET",
        EVERYBODY,
        objects=Objects(
            own=lambda world, who: {"level": "orp", "digest": world.keys["layers.digest"]},
            missing=lambda world, who: {"level": "orp", "digest": "0" * 16},
        ),
    ),
    Row(
        "layers.download",
        "GET",
        EVERYBODY,
        objects=Objects(own=lambda world, who: {"kind": "csv"}, missing=lambda world, who: {"kind": "pdf"}),
    ),
)


def build_world(world):
    store_small_territory()
    world.keys["map.digest"] = find_shapes(Level.ORP).digest
    world.keys["layers.digest"] = area_file(Level.ORP).digest
