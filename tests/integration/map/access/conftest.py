"""Two homes for the elderly in a small territory, and how pages are read."""

from datetime import date

import html5lib
import pytest

from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.map.access import service
from tests.factories.access import times_file
from tests.factories.catalog import make_provider, make_service
from tests.factories.territory import store_small_territory

DAY = date(2026, 8, 3)
SUMPERK = {"municipality_code": "523704", "municipality_name": "Šumperk", "lon": 16.97, "lat": 49.97}
OLOMOUC = {
    "municipality_code": "500496",
    "municipality_name": "Olomouc",
    "orp_code": "7107",
    "lon": 17.25,
    "lat": 49.59,
}
MATRIX = [("500496", "523704", 45), ("500801", "500496", 12), ("569178", "523704", 8)]


@pytest.fixture
def territory(app):
    store_small_territory()


@pytest.fixture
def homes(territory):
    """30 beds in Šumperk and 60 in Olomouc."""
    provider = make_provider("Obecně prospěšná, z. ú.")
    return [
        make_service(provider, name="Domov Lípa", forms={"residential": {"beds": 30}}, facilities=[SUMPERK]),
        make_service(provider, name="Domov Řeka", forms={"residential": {"beds": 60}}, facilities=[OLOMOUC]),
    ]


def take(rows, actor=OPERATOR):
    """Read a file of travel times."""
    with times_file(rows) as path, transaction():
        return service.take_file(actor, path, name="doby.csv")


def put_in_force(rows):
    info = take(rows)
    with transaction():
        return service.apply_import(OPERATOR, info.id)


def tree_of(answer):
    return html5lib.parse(answer.text, namespaceHTMLElements=False)


def texts(node):
    return " ".join("".join(node.itertext()).split())


def rows_of(tree, table="figures"):
    return [[texts(cell) for cell in row] for row in tree.iterfind(f".//table[@id='{table}']//tr")]
