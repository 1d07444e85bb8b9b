"""Who may do what with the needs of municipalities."""

from portal.core.cells import Cell
from portal.core.transaction import transaction
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
)
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

ROWS = (
    Row("needs.index", "GET", READERS),
    Row("needs.download", "GET", READERS, objects=FILE),
    Row("needs.summary", "GET", READERS, objects=FILE),
    Row("needs.sheet", "GET", READERS, objects=SHEET),
    Row("needs.change", "POST", WRITERS, answers(422), objects=SHEET),
    Row("needs.entry", "GET", READERS, objects=ENTRY),
    Row("needs.change_entry", "POST", WRITERS, answers(422), objects=ENTRY),
    Row("needs.guide", "GET", READERS),
    Row("needs.change_guide", "POST", KRAJ, answers(422)),
)
