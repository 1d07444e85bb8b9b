"""Who may do what with the needs of municipalities."""

from pathlib import Path
from tempfile import TemporaryDirectory

from portal.core.cells import Cell
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.needs import service
from portal.needs.types import Source
from portal.territory import service as territory
from tests.access.rows import (
    KEY_WORKER,
    MUNICIPALITY_WORKER,
    PLANNER,
    REGION,
    Objects,
    Row,
    World,
    answers,
    imports_of,
    own_worker,
)
from tests.factories.grants import csv_file
from tests.factories.needs import last_quarter, make_need
from tests.factories.territory import store_small_territory

OTHER_MUNICIPALITY = "523704"
KRAJ = frozenset({KEY_WORKER, PLANNER})
READERS = REGION | {MUNICIPALITY_WORKER}
WRITERS = KRAJ | {MUNICIPALITY_WORKER}


def build_world(world: World) -> None:
    if territory.find_current() is None:
        store_small_territory()
    with transaction():
        for code in (world.own_municipality, OTHER_MUNICIPALITY):
            world.keys[f"need_{code}"] = make_need(code, Cell.of(5), source=Source.MUNICIPALITY).id
    with TemporaryDirectory() as folder, transaction():
        row = [str(last_quarter()), OTHER_MUNICIPALITY, "dluhy", "asi dva"]
        file = csv_file(Path(folder) / "a.csv", [row], headings=("Čtvrtletí", "Kód obce", "Situace", "Osob"))
        for whose, actor in (("own", own_worker(world)), ("foreign", OPERATOR)):
            world.keys[f"{whose}_needs_import"] = service.take_file(actor, file, name="a.csv").id


def _code(world: World, who: str) -> str:
    return world.own_municipality if who == MUNICIPALITY_WORKER else OTHER_MUNICIPALITY


def _place(code: str) -> dict[str, object]:
    return {"period": str(last_quarter()), "code": code}


SHEET = Objects(
    own=lambda world, who: _place(_code(world, who)),
    foreign=lambda world, who: _place(OTHER_MUNICIPALITY) if who == MUNICIPALITY_WORKER else None,
    missing=lambda world, who: _place("999999"),
)
ENTRY = Objects(
    own=lambda world, who: {**_place(_code(world, who)), "need_id": world.keys[f"need_{_code(world, who)}"]},
    foreign=lambda world, who: (
        {**_place(OTHER_MUNICIPALITY), "need_id": world.keys[f"need_{OTHER_MUNICIPALITY}"]}
        if who == MUNICIPALITY_WORKER
        else None
    ),
    missing=lambda world, who: {**_place(_code(world, who)), "need_id": 999_999},
)
FILE = Objects(own=lambda world, who: {"kind": "csv"}, missing=lambda world, who: {"kind": "exe"})

IMPORT = imports_of("needs")

ROWS = (
    Row("needs.index", "GET", READERS),
    Row("needs.download", "GET", READERS, objects=FILE),
    Row("needs.summary", "GET", READERS, objects=FILE),
    Row("needs.sheet", "GET", READERS, objects=SHEET),
    Row("needs.change", "POST", WRITERS, answers(422), objects=SHEET),
    Row("needs.entry", "GET", READERS, objects=ENTRY),
    Row("needs.change_entry", "POST", WRITERS, answers(422), objects=ENTRY),
    Row("needs.imports", "GET", WRITERS),
    Row("needs.upload", "POST", WRITERS, answers(422)),
    Row("needs.show_import", "GET", WRITERS, objects=IMPORT),
    Row("needs.change_import", "POST", WRITERS, answers(422), objects=IMPORT),
    Row("needs.guide", "GET", READERS),
    Row("needs.change_guide", "POST", KRAJ, answers(422)),
)
