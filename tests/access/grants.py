"""Who may do what with municipal support."""

from pathlib import Path
from tempfile import TemporaryDirectory

from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.grants import service
from portal.grants.types import Kind
from portal.territory import service as territory
from tests.access.rows import (
    EVERYBODY,
    KEY_WORKER,
    MUNICIPALITY_WORKER,
    PLANNER,
    PROVIDERS,
    REGION,
    Objects,
    Row,
    World,
    answers,
    imports_of,
    own_worker,
)
from tests.factories.catalog import find_or_make_provider
from tests.factories.grants import csv_file, store_support
from tests.factories.returns import make_reporting_service
from tests.factories.territory import store_small_territory

YEAR = 2025
OTHER_MUNICIPALITY = "523704"
KRAJ = frozenset({KEY_WORKER, PLANNER})
IMPORTERS = KRAJ | {MUNICIPALITY_WORKER}
WRITERS = KRAJ | PROVIDERS | {MUNICIPALITY_WORKER}


def build_world(world: World) -> None:
    if territory.find_current() is None:
        store_small_territory()
    with TemporaryDirectory() as folder, transaction():
        for ico in (world.own_ico, world.foreign_ico):
            stored = make_reporting_service(find_or_make_provider(ico))
            store_support(stored.id, OTHER_MUNICIPALITY, YEAR, {Kind.RUNNING: 1_000})
            world.keys[f"grants_{ico}"] = stored.register_id
        file = csv_file(Path(folder) / "a.csv", [[stored.register_id, OTHER_MUNICIPALITY, YEAR, "1,2,3"]])
        for whose, actor in (("own", own_worker(world)), ("foreign", OPERATOR)):
            world.keys[f"{whose}_grants_import"] = service.take_file(actor, file, name="a.csv").id


def _own(world: World, who: str) -> dict[str, object]:
    if who == MUNICIPALITY_WORKER:
        code, ico = world.own_municipality, world.foreign_ico
    else:
        code, ico = OTHER_MUNICIPALITY, world.own_ico
    return {"year": YEAR, "code": code, "register_id": world.keys[f"grants_{ico}"]}


def _foreign(world: World, who: str) -> dict[str, object] | None:
    if who not in PROVIDERS | {MUNICIPALITY_WORKER}:
        return None
    return {"year": YEAR, "code": OTHER_MUNICIPALITY, "register_id": world.keys[f"grants_{world.foreign_ico}"]}


RECORD = Objects(
    own=_own,
    foreign=_foreign,
    missing=lambda world, who: {"year": YEAR, "code": "999999", "register_id": 999_999_999},
)
MUNICIPALITY = Objects(
    own=lambda world, who: {"code": OTHER_MUNICIPALITY}, missing=lambda world, who: {"code": "999999"}
)
FILE = Objects(own=lambda world, who: {"kind": "csv"}, missing=lambda world, who: {"kind": "exe"})
IMPORT = imports_of("grants")

ROWS = (
    Row("grants.index", "GET", EVERYBODY),
    Row("grants.download", "GET", EVERYBODY, objects=FILE),
    Row("grants.sizes", "GET", EVERYBODY),
    Row("grants.sizes_file", "GET", EVERYBODY, objects=FILE),
    Row("grants.municipality", "GET", EVERYBODY, objects=MUNICIPALITY),
    Row("grants.records", "GET", REGION | PROVIDERS | {MUNICIPALITY_WORKER}),
    Row("grants.records_file", "GET", REGION | PROVIDERS | {MUNICIPALITY_WORKER}, objects=FILE),
    Row("grants.record", "GET", REGION | PROVIDERS | {MUNICIPALITY_WORKER}, objects=RECORD),
    Row("grants.change", "POST", WRITERS, answers(422), objects=RECORD),
    Row("grants.outside_years", "GET", KRAJ),
    Row("grants.remove_outside_year", "POST", KRAJ, answers(404)),
    Row("grants.imports", "GET", IMPORTERS),
    Row("grants.upload", "POST", IMPORTERS, answers(422)),
    Row("grants.show_import", "GET", IMPORTERS, objects=IMPORT),
    Row("grants.change_import", "POST", IMPORTERS, answers(422), objects=IMPORT),
)
