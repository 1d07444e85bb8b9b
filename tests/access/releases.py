"""Who reads published figures, who sees them before, and who publishes them."""

from pathlib import Path

from flask import current_app

from portal.core.db import db
from portal.core.permissions import OPERATOR
from portal.releases import service
from portal.releases.files import releases_folder
from portal.returns.types import Period
from tests.access.rows import ADMINISTRATOR, EVERYBODY, PLANNER, REGION, Objects, Row, World, answers
from tests.factories.releases import closed_quarter, make_reported_costs

PUBLISHED, DRAFT = "2024Q1", "2024Q2"
READERS = REGION | {ADMINISTRATOR}
PUBLISHERS = frozenset({PLANNER, ADMINISTRATOR})


def folder() -> Path:
    return releases_folder(current_app.extensions["portal_settings"].instance_dir)


def build_world(world: World) -> None:
    db.session.commit()  # building begins a unit of work of its own
    for text in (PUBLISHED, DRAFT):
        period = Period.parse(text)
        closed_quarter(period)
        make_reported_costs(period)
        service.build(OPERATOR, period)
        service.audit_release(OPERATOR, period)
    service.publish(OPERATOR, Period.parse(PUBLISHED), folder())


TABLE = Objects(
    own=lambda world, who: {"period": PUBLISHED, "name": "costs_by_type"},
    missing=lambda world, who: {"period": DRAFT, "name": "costs_by_type"},
)
FILE = Objects(
    own=lambda world, who: {"period": PUBLISHED, "name": "costs_by_type.csv"},
    missing=lambda world, who: {"period": PUBLISHED, "name": "costs_by_type.exe"},
)
QUARTER = Objects(
    own=lambda world, who: {"period": DRAFT},
    missing=lambda world, who: {"period": "2009Q1"},
)

ROWS = (
    Row("releases.index", "GET", EVERYBODY),
    Row("releases.choose", "GET", EVERYBODY, answers(404)),
    Row("releases.table", "GET", EVERYBODY, objects=TABLE),
    Row("releases.file", "GET", EVERYBODY, objects=FILE),
    Row("releases.quarters", "GET", READERS),
    Row("releases.preview", "GET", READERS, objects=QUARTER),
    Row("releases.change", "POST", PUBLISHERS, answers(422), objects=QUARTER),
)
