"""Who may see access to services, and who may try other capacities."""

from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.map.access.service import take_file
from tests.access.rows import ADMINISTRATOR, EVERYBODY, PLANNER, REGION, Objects, Row, answers
from tests.factories.access import times_file
from tests.factories.territory import store_small_territory

FILES = Objects(own=lambda world, who: {"kind": "csv"}, missing=lambda world, who: {"kind": "pdf"})

IMPORTERS = frozenset({PLANNER, ADMINISTRATOR})
IMPORTS = Objects(
    own=lambda world, who: {"import_id": world.keys["travel_import"]},
    missing=lambda world, who: {"import_id": 999_999},
)


def build_world(world):
    store_small_territory()
    with times_file([("500496", "523704", 45)]) as path, transaction():
        world.keys["travel_import"] = take_file(OPERATOR, path, name="doby.csv").id


ROWS = (
    Row("access.index", "GET", EVERYBODY),
    Row("access.download", "GET", EVERYBODY, objects=FILES),
    Row("access.what_if", "GET", REGION),
    Row("access.times", "GET", IMPORTERS),
    Row("access.take_times", "POST", IMPORTERS),
    Row("access.show_times", "GET", IMPORTERS, objects=IMPORTS),
    Row("access.change_times", "POST", IMPORTERS, objects=IMPORTS),
    # Without a change there is nothing to download.
    Row("access.what_if_file", "GET", REGION, answers(400), objects=FILES),
)
