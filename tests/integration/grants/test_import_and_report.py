"""Municipal support out of files, and the reports made of it."""

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.cli import cli
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, ImportRejected
from portal.core.permissions import OPERATOR, PUBLIC_ACTOR, Actor, Grant, Role
from portal.core.transaction import transaction
from portal.grants import service
from portal.grants.models import GrantChange, GrantFigure
from portal.grants.types import By, ImportState, Kind
from portal.returns.types import Period
from portal.territory import service as territory_service
from portal.territory.calc.schematic import schematic_territory
from portal.territory.types import PlaceRow
from tests.factories.grants import csv_file, parts, store_support, xlsx_file
from tests.factories.ministry import quarter_share
from tests.factories.paths import shared_data
from tests.factories.returns import make_reporting_service, make_return
from tests.factories.territory import SMALL_REGION, SMALL_SEATS

BLATEC, DOLANY, OLOMOUC = "500801", "501646", "500496"
PLACES = ("500496", "500801", "501646", "523704", "569178", "590001", "590002", "590003", "590004")
MORE = tuple(
    PlaceRow(code, f"Ves {number}", 17.1 + number / 50, 49.7, 250, 40, 50, 10) for number, code in enumerate(PLACES[5:])
)
SEATS = (replace(SMALL_SEATS[0], municipalities=(*SMALL_SEATS[0].municipalities, *MORE)), *SMALL_SEATS[1:])
AMOUNTS = ("total_for_service", "total_investment", "total_rent", "total_gifts", "founder_contribution")


@pytest.fixture(autouse=True)
def territory(app):
    with transaction():
        territory_service.store_territory(OPERATOR, parsed=schematic_territory(SMALL_REGION, SEATS))


def take_over(path):
    with transaction():
        info = service.take_file(OPERATOR, path, name=path.name)
    with transaction():
        return service.apply_import(OPERATOR, info.id)


def lines_of(year=2025, by=By.SERVICE, actor=OPERATOR, **options):
    return {line.key: line for line in service.report(actor, year, by, **options).lines}


def rows_of(published, stored):
    """The rows of a file that add up to a row of the published table."""
    count = int(published["count"])
    largest = max(AMOUNTS, key=lambda name: int(published[name]))
    shares = parts(int(published[largest]), count)
    for place, share in enumerate(shares):
        amounts = [share if name == largest else (int(published[name]) if place == 0 else 0) for name in AMOUNTS]
        yield [stored.register_id, PLACES[place], 2015, *amounts]


def test_the_published_table_comes_out_of_files(app, tmp_path):
    """The counts and amounts of the published table, told by municipalities in a file; revenues from the returns."""
    path = shared_data("seed_tables", "municipal_support_49.csv")
    published = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
    rows = []
    for row in published:
        stored = make_reporting_service(type_code="49", forms=["residential"])
        rows += rows_of(row, stored)
        revenue = Decimal(row["revenue_from_municipalities"])
        for quarter in (1, 2, 3, 4):
            make_return(
                stored, Period(2015, quarter), {"revenue_municipalities": quarter_share(revenue, quarter)}
            )
    db.session.commit()
    runner = app.test_cli_runner()
    file = xlsx_file(tmp_path / "podpora.xlsx", [[*row[:3], *map(int, row[3:])] for row in rows])
    loaded = runner.invoke(cli, ["grants", "import", str(file), "--apply"])
    assert loaded.exit_code == 0, loaded.output
    printed = runner.invoke(cli, ["grants", "report", "--by", "service", "--year", "2015", "--csv"])
    assert printed.stdout == path.read_text("utf-8")

