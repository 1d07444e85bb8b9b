"""Who may see what is around a place: everybody."""

from tests.access.rows import EVERYBODY, Objects, Row, answers
from tests.factories.territory import store_small_territory


def build_world(world):
    store_small_territory()


TOWNS = Objects(own=lambda world, who: {"code": "500496"}, missing=lambda world, who: {"code": "999999"})
FILES = Objects(own=lambda world, who: {"kind": "csv"}, missing=lambda world, who: {"kind": "pdf"})
TOWN_FILES = Objects(
    own=lambda world, who: {"code": "500496", "what": "sluzby", "kind": "csv"},
    missing=lambda world, who: {"code": "500496", "what": "nic", "kind": "csv"},
)

ROWS = (
    Row("surroundings.around", "GET", EVERYBODY),
    # Without a place there is nothing to download.
    Row("surroundings.around_file", "GET", EVERYBODY, answers(400), objects=FILES),
    Row("surroundings.choose", "GET", EVERYBODY),
    Row("surroundings.town", "GET", EVERYBODY, objects=TOWNS),
    Row("surroundings.town_file", "GET", EVERYBODY, objects=TOWN_FILES),
)
