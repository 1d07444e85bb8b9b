"""Two homes for the elderly in a small territory, and how pages are read."""

from datetime import date

import html5lib
import pytest

from portal.core import kept
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


@pytest.fixture(autouse=True)
def nothing_kept():
    """Tests roll their database back, so equal marks may stand for different content."""
    kept.forget()


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


def tree_of(answer):
    return html5lib.parse(answer.text, namespaceHTMLElements=False)


def texts(node):
    return " ".join("".join(node.itertext()).split())


def rows_of(tree, table="figures"):
    return [[texts(cell) for cell in row] for row in tree.iterfind(f".//table[@id='{table}']//tr")]
