"""Who may read public layers by OGC API Features: everybody."""

from tests.access.rows import EVERYBODY, Objects, Row
from tests.factories.territory import store_small_territory


def build_world(world):
    store_small_territory()


COLLECTION = Objects(own=lambda world, who: {"collection": "sluzby"}, missing=lambda world, who: {"collection": "nic"})
ITEM = Objects(
    own=lambda world, who: {"collection": "kapacita-orp", "item": "7107"},
    missing=lambda world, who: {"collection": "kapacita-orp", "item": "9999"},
)

ROWS = (
    Row("ogc.landing", "GET", EVERYBODY),
    Row("ogc.conformance", "GET", EVERYBODY),
    Row("ogc.api", "GET", EVERYBODY),
    Row("ogc.collections", "GET", EVERYBODY),
    Row("ogc.collection", "GET", EVERYBODY, objects=COLLECTION),
    Row("ogc.items", "GET", EVERYBODY, objects=COLLECTION),
    Row("ogc.item", "GET", EVERYBODY, objects=ITEM),
)
