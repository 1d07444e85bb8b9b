"""Who may do what with the ministry's figures."""

from pathlib import Path
from tempfile import TemporaryDirectory

from portal.benchmarking.ministry import service
from portal.benchmarking.ministry.types import Decision
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from tests.access.rows import ADMINISTRATOR, KEY_WORKER, PLANNER, PROVIDERS, REGION, Objects, Row, World, answers
from tests.factories.catalog import find_or_make_provider
from tests.factories.ministry import csv_file, store_year, take
from tests.factories.returns import make_reporting_service

READERS = REGION | {ADMINISTRATOR}
IMPORTERS = frozenset({PLANNER, ADMINISTRATOR})
YEAR, ITEM = 2016, "costs_total"


def build_world(world: World) -> None:
    with TemporaryDirectory() as folder, transaction():
        services = {
            ico: make_reporting_service(find_or_make_provider(ico)) for ico in (world.own_ico, world.foreign_ico)
        }
        for stored in services.values():
            store_year(stored, YEAR, {ITEM: 2_000_000})
        rows = [(stored.register_id, YEAR, 1_000_000, "") for stored in services.values()]
        info = take(csv_file(Path(folder) / "a.csv", rows))
        service.apply_import(OPERATOR, import_id=info.id)
        faulty = take(csv_file(Path(folder) / "b.csv", [(rows[0][0], YEAR, "1,2,3", 5)]))
        waiting = take(csv_file(Path(folder) / "c.csv", [*rows, (999_999_999, YEAR, 5, 5)]))
        world.keys["ministry_faulty"], world.keys["ministry_import"] = faulty.id, waiting.id
        for ico, stored in services.items():
            world.keys[f"ministry_{ico}"] = stored.register_id
            service.decide(
                OPERATOR,
                register_id=stored.register_id,
                year=YEAR,
                item=ITEM,
                state=Decision.OPEN,
                comment="Volat na jaře.",
                question="Proč se údaje liší?",
                seen=0,
            )


def _key(register_id: int) -> dict[str, object]:
    return {"year": YEAR, "register_id": register_id, "item": ITEM}


IMPORT = Objects(
    own=lambda world, who: {"import_id": world.keys["ministry_import"]},
    missing=lambda world, who: {"import_id": 999_999},
)
FAULTY = Objects(
    own=lambda world, who: {"import_id": world.keys["ministry_faulty"]},
    missing=lambda world, who: {"import_id": 999_999},
)
YEARS = Objects(own=lambda world, who: {"year": YEAR}, missing=lambda world, who: {"year": 1900})
DIFFERENCE = Objects(
    own=lambda world, who: _key(world.keys[f"ministry_{world.foreign_ico}"]),
    missing=lambda world, who: _key(999_999),
)
QUESTION = Objects(
    own=lambda world, who: _key(world.keys[f"ministry_{world.own_ico}"]),
    foreign=lambda world, who: _key(world.keys[f"ministry_{world.foreign_ico}"]),
    missing=lambda world, who: _key(999_999),
)

ROWS = (
    Row("ministry.index", "GET", READERS),
    Row("ministry.upload", "POST", IMPORTERS, answers(422)),
    Row("ministry.detail", "GET", READERS, objects=IMPORT),
    Row("ministry.columns", "POST", IMPORTERS, answers(422), objects=FAULTY),
    Row("ministry.apply", "POST", IMPORTERS, answers(422), objects=IMPORT),
    Row("ministry.roll_back", "POST", IMPORTERS, answers(422), objects=IMPORT),
    Row("ministry.discard", "POST", IMPORTERS, answers(302, 303, 403), objects=FAULTY),
    Row("ministry.year", "GET", REGION, objects=YEARS),
    Row("ministry.download_csv", "GET", REGION, objects=YEARS),
    Row("ministry.download_xlsx", "GET", REGION, objects=YEARS),
    Row("ministry.difference", "GET", REGION, objects=DIFFERENCE),
    Row("ministry.decide", "POST", frozenset({KEY_WORKER, PLANNER}), answers(422), objects=DIFFERENCE),
    Row("ministry.retry_letters", "POST", frozenset({KEY_WORKER, PLANNER}), answers(303), objects=DIFFERENCE),
    Row("ministry.questions", "GET", PROVIDERS),
    Row("ministry.question", "GET", PROVIDERS, objects=QUESTION),
    Row("ministry.answer", "POST", PROVIDERS, answers(422), objects=QUESTION),
)
