"""Municipal support out of files, and the reports made of it."""

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.cli import cli
from portal.core.cells import Cell
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, ImportRejected, NotFound
from portal.core.import_states import ImportState
from portal.core.permissions import OPERATOR, PUBLIC_ACTOR, Actor, Grant, Role
from portal.core.transaction import transaction
from portal.grants import service
from portal.grants.models import GrantChange, GrantFigure
from portal.grants.queries import key_of
from portal.grants.service.figures import write
from portal.grants.types import By, Given, Kind, Side, Source
from portal.returns.types import Period
from portal.territory import service as territory_service
from portal.territory.calc.schematic import schematic_territory
from portal.territory.types import PlaceRow
from tests.factories.accounts import municipality_actor
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
            make_return(stored, Period(2015, quarter), {"revenue_municipalities": quarter_share(revenue, quarter)})
    db.session.commit()
    runner = app.test_cli_runner()
    file = xlsx_file(tmp_path / "podpora.xlsx", [[*row[:3], *map(int, row[3:])] for row in rows])
    loaded = runner.invoke(cli, ["grants", "import", str(file), "--apply"])
    assert loaded.exit_code == 0, loaded.output
    printed = runner.invoke(cli, ["grants", "report", "--by", "service", "--year", "2015", "--csv"])
    assert printed.exit_code == 0, printed.exception or printed.output
    assert printed.stdout == path.read_text("utf-8")


def test_a_file_is_idempotent_and_can_be_taken_back(tmp_path):
    stored = make_reporting_service(type_code="49", forms=["residential"])
    store_support(stored.id, BLATEC, 2025, {Kind.RUNNING: 1_000, Kind.GIFT: 5})
    rows = [
        [stored.register_id, "Blatec", 2025, "2 000,50", "", "x", "0", "", "SML 1/2025", "3. 2. 2025", "ze sbírky"],
        [stored.register_id, DOLANY, 2025, "", "nedodáno", "", "", "700"],
    ]
    info = take_over(csv_file(tmp_path / "a.csv", rows))
    assert (info.state, info.new, info.changed, info.same) == (ImportState.APPLIED, 3, 2, 0)
    amounts = {
        (row.municipality_code, row.kind): (row.state, row.value) for row in db.session.scalars(select(GrantFigure))
    }
    assert amounts == {
        (BLATEC, "running"): ("value", Decimal("2000.50")),
        (BLATEC, "rent"): ("not_applicable", None),
        (BLATEC, "gift"): ("zero", Decimal("0.00")),
        (DOLANY, "investment"): ("not_supplied", None),
        (DOLANY, "founder"): ("value", Decimal("700.00")),
    }
    assert lines_of()[str(stored.register_id)].total.number == Decimal("2700.50")

    again = service.take_file(OPERATOR, xlsx_file(tmp_path / "a.xlsx", rows), name="a.xlsx")
    assert (again.id, again.repeated) == (info.id, True)

    with transaction():
        assert service.roll_back_import(OPERATOR, info.id).state is ImportState.ROLLED_BACK
    left = {row.kind: row.value for row in db.session.scalars(select(GrantFigure))}
    assert left == {"running": Decimal(1_000), "gift": Decimal(5)}
    assert [one.step for one in db.session.scalars(select(GrantChange))].count("taken_back") == 5


def test_a_municipality_imports_its_own_support_alone(tmp_path):
    stored = make_reporting_service()
    own, other = municipality_actor(DOLANY, user_id=7), municipality_actor(BLATEC, user_id=8)
    kraj = Actor(user_id=9, grants=frozenset({Grant(Role.PLANNER)}))
    foreign = csv_file(tmp_path / "a.csv", [[stored.register_id, name, 2025, 10] for name in ("Dolany", "Blatec")])
    with transaction():
        refused = service.take_file(own, foreign, name="a.csv")
    assert [(fault.row, fault.column) for fault in refused.faults] == [("3", "B3")]
    with transaction():
        path = csv_file(tmp_path / "b.csv", [[stored.register_id, DOLANY, 2025, 10]])
        info = service.take_file(own, path, name="b.csv")
    with pytest.raises(NotFound):
        service.get_import(other, info.id)
    with pytest.raises(NotFound), transaction():
        service.apply_import(other, info.id)
    assert (service.list_imports(other)[1], service.list_imports(own)[1], service.list_imports(kraj)[1]) == (0, 2, 2)
    with transaction():
        service.apply_import(own, info.id)
    take_over(csv_file(tmp_path / "c.csv", [[stored.register_id, BLATEC, 2025, 30]]))
    with transaction():
        later = service.take_file(own, csv_file(tmp_path / "d.csv", [[stored.register_id, DOLANY, 2024, 5]]), name="d")
        service.apply_import(kraj, later.id)
    for actor in (own, kraj):
        with pytest.raises(Forbidden), transaction():
            service.roll_back_import(actor, info.id)  # of those that the same person read, another was applied last
    with transaction():
        service.roll_back_import(kraj, later.id)
        assert service.roll_back_import(own, info.id).state is ImportState.ROLLED_BACK
    assert lines_of()[str(stored.register_id)].total.number == 30, "what others took over since stays"


def test_an_import_of_municipalities_that_one_works_for_no_longer_is_missing(tmp_path):
    stored = make_reporting_service()
    kraj = Actor(user_id=7, grants=frozenset({Grant(Role.PLANNER)}))
    now = municipality_actor(BLATEC, user_id=7)

    def take(name, *codes):
        rows = [[stored.register_id, code, 2025, 10] for code in codes]
        with transaction():
            return service.take_file(kraj, csv_file(tmp_path / name, rows), name=name)

    whole, part = take("a.csv", BLATEC, DOLANY), take("b.csv", BLATEC)
    assert [info.id for info in service.list_imports(now)[0]] == [part.id]
    assert service.list_imports(now)[1] == 1
    for call in (service.get_import, service.read_import, service.apply_import, service.discard_import):
        with pytest.raises(NotFound), transaction():
            call(now, whole.id)
    with transaction():
        service.apply_import(kraj, whole.id)
    with pytest.raises(NotFound), transaction():
        service.roll_back_import(now, whole.id)
    with transaction():
        service.discard_import(now, part.id)
    assert lines_of()[str(stored.register_id)].total.number == 20


def test_imports_over_the_same_figure_are_taken_back_one_after_another(tmp_path):
    stored = make_reporting_service()
    store_support(stored.id, BLATEC, 2025, {Kind.RUNNING: 5})

    def amounts():
        return [row.value for row in db.session.scalars(select(GrantFigure))]

    infos = [
        take_over(csv_file(tmp_path / f"{amount}.csv", [[stored.register_id, BLATEC, 2025, amount]]))
        for amount in (10, 20, 30)
    ]
    for info, left in zip(reversed(infos), (20, 10, 5), strict=True):
        with transaction():
            service.roll_back_import(OPERATOR, info.id)
        assert amounts() == [left]


def test_an_import_is_not_taken_back_over_a_change_made_before_a_later_import(tmp_path):
    stored = make_reporting_service()
    first = take_over(csv_file(tmp_path / "a.csv", [[stored.register_id, BLATEC, 2025, 10]]))
    with transaction():
        figure = db.session.scalars(select(GrantFigure)).one()
        given = Given(Cell.of(15))
        write(OPERATOR, key_of(figure), Side.MUNICIPALITY, given, source=Source.REGION, step="written", figure=figure)
    second = take_over(csv_file(tmp_path / "b.csv", [[stored.register_id, BLATEC, 2025, 20]]))
    with transaction():
        service.roll_back_import(OPERATOR, second.id)
    with pytest.raises(Conflict):
        service.roll_back_import(OPERATOR, first.id)


def test_previews_of_others_with_the_same_figures_stay(tmp_path):
    stored = make_reporting_service()
    path = csv_file(tmp_path / "a.csv", [[stored.register_id, DOLANY, 2025, 10]])
    own, kraj = municipality_actor(DOLANY, user_id=7), Actor(user_id=9, grants=frozenset({Grant(Role.PLANNER)}))
    with transaction():
        theirs, mine, renewed = (service.take_file(actor, path, name="a.csv") for actor in (own, kraj, kraj))
    states = [service.get_import(kraj, info.id).state for info in (theirs, mine, renewed)]
    assert states == [ImportState.PREVIEWED, ImportState.DISCARDED, ImportState.PREVIEWED]


def test_nothing_that_came_later_is_lost(tmp_path):
    stored = make_reporting_service()
    info = take_over(csv_file(tmp_path / "a.csv", [[stored.register_id, BLATEC, 2025, 10]]))
    older = service.take_file(
        OPERATOR, csv_file(tmp_path / "b.csv", [[stored.register_id, BLATEC, 2025, 20]]), name="b"
    )
    take_over(csv_file(tmp_path / "c.csv", [[stored.register_id, BLATEC, 2025, 30]]))
    with pytest.raises(Conflict):
        service.apply_import(OPERATOR, older.id)
    with pytest.raises(Forbidden):
        service.roll_back_import(OPERATOR, info.id)
    assert lines_of()[str(stored.register_id)].total.number == 30


def test_every_fault_is_told_at_its_cell_and_nothing_is_taken(app, tmp_path):
    stored = make_reporting_service()
    number = stored.register_id
    rows = [
        [number, BLATEC, 2025, "4.347"],
        [999_999_999, BLATEC, 2025, 1],
        [number, "Nikde", 1999, 1],
        [number, BLATEC, 2025, -5, "", "", "", "", "", "32. 1. 2025"],
        [number, DOLANY, 2025, "=1+1"],
        [number, OLOMOUC, 2025, 7],
        [number, OLOMOUC, 2025, 7],
        [number, DOLANY, 2024],
        ["", DOLANY, 2025, 3],
    ]
    info = service.take_file(OPERATOR, xlsx_file(tmp_path / "a.xlsx", rows), name="a.xlsx")
    assert info.state is ImportState.REJECTED
    told = [(fault.row, fault.column) for fault in info.faults]
    assert told == [
        *[("2", "D2"), ("3", "A3"), ("4", "B4"), ("4", "C4"), ("5", "J5"), ("5", "D5"), ("6", "D6"), ("8", "D8")],
        *[("9", None), ("10", "A10")],
    ]
    with pytest.raises(Forbidden):
        service.apply_import(OPERATOR, info.id)
    result = app.test_cli_runner().invoke(cli, ["grants", "import", str(tmp_path / "a.xlsx"), "--apply"])
    assert result.exit_code == 1
    assert lines_of() == {}


@pytest.mark.parametrize("headings", [("Obec", "Rok"), ("Číslo v registru", "Obec", "Rok", "Dary", "Jméno")])
def test_a_file_of_something_else_is_refused(tmp_path, headings):
    with pytest.raises(ImportRejected) as caught:
        service.take_file(
            OPERATOR, csv_file(tmp_path / "a.csv", [[1] * len(headings)], headings=headings), name="a.csv"
        )
    assert all(fault.row == "1" for fault in caught.value.rows)


def test_reports_add_up_the_same_amounts_in_every_way(queries):
    one, other = (make_reporting_service(type_code="49", forms=["residential"]) for _number in (1, 2))
    store_support(one.id, BLATEC, 2025, {Kind.RUNNING: 600, Kind.RENT: 0})
    store_support(one.id, DOLANY, 2025, {Kind.RUNNING: 400})
    store_support(one.id, OLOMOUC, 2025, {Kind.RUNNING: 0})
    store_support(other.id, BLATEC, 2025, {Kind.INVESTMENT: 1_200})
    store_support(other.id, BLATEC, 2024, {Kind.INVESTMENT: 99})
    queries.statements.clear()
    service.report(PUBLIC_ACTOR, 2025, By.SERVICE, earlier_years=[2024])
    assert queries.count <= 7, "all of it is read once, and then marks alone"
    for by in By:
        queries.statements.clear()
        found = service.report(PUBLIC_ACTOR, 2025, by, earlier_years=[2024])
        assert queries.count <= 3
        assert sum(line.total.number or 0 for line in found.lines) == found.total.total.number == 2_200
        assert found.returns is None
    places = lines_of(by=By.MUNICIPALITY)
    assert places[BLATEC].per_inhabitant == 3  # 1 800 CZK, 600 people
    assert places[BLATEC].amounts[Kind.RENT].number == 0
    assert places[DOLANY].amounts[Kind.RENT].number is None
    assert lines_of(by=By.ORP)["7107"].people == 6_000
    assert lines_of(by=By.TYPE)["49"].municipalities == 2  # a zero is no support
    assert lines_of(earlier_years=[2024])[str(other.register_id)].earlier[2024].number == 99
    page = service.municipality_page(BLATEC)
    assert [year for year, _line in page.years] == [2025, 2024]
    size = page.similar.size
    assert (size.median, size.told, size.all) == (Decimal("3.00"), 1, 2)  # Bludov told nothing


def test_what_returns_say_is_for_the_kraj_and_the_provider_itself():
    own, foreign = (make_reporting_service() for _number in (1, 2))
    for stored in (own, foreign):
        for quarter in (1, 2, 3, 4):
            cells = {"revenue_municipalities": 25, "costs_total": 500}
            make_return(stored, Period(2025, quarter), cells)
    store_support(own.id, BLATEC, 2025, {Kind.RUNNING: 100})
    planner = Actor(grants=frozenset({Grant(Role.PLANNER)}))
    provider = Actor(grants=frozenset({Grant(Role.PROVIDER_EDITOR, own.provider.ico)}))
    administrator = Actor(grants=frozenset({Grant(Role.ADMINISTRATOR)}))
    everything = service.report(planner, 2025, By.SERVICE).beside()
    assert everything[str(own.register_id), service.REVENUE]["value"] == 100
    assert everything[str(own.register_id), service.COSTS]["share"] == Decimal("0.05")
    assert everything[str(foreign.register_id), service.REVENUE]["value"] == 100  # no municipality told of it
    assert {key for key, _item in service.report(provider, 2025, By.SERVICE).beside()} == {str(own.register_id)}
    assert service.report(administrator, 2025, By.SERVICE).returns is None
    assert service.report(planner, 2025, By.ORP).returns is None


def test_rows_of_one_support_with_their_contracts_are_added_up_and_come_back(app, tmp_path):
    one = make_reporting_service()
    head = [one.register_id, "Blatec", 2025]
    rows = [[*head, "1 000", *[""] * 4, "SML/1", "3. 4. 2025"], [*head, "250,50", *[""] * 4, "SML/2"]]
    info = take_over(csv_file(tmp_path / "a.csv", rows))
    assert (info.new, info.state) == (1, ImportState.APPLIED)
    figure = db.session.scalars(select(GrantFigure)).one()
    assert (figure.value, [part["reference"] for part in figure.contracts]) == (Decimal("1250.50"), ["SML/1", "SML/2"])
    with transaction():
        same = service.take_file(OPERATOR, csv_file(tmp_path / "b.csv", [[*head, "1250,50"]]), name="b.csv")
        lost = service.take_file(OPERATOR, csv_file(tmp_path / "c.csv", [[*head, "900"]]), name="c.csv")
        twice = service.take_file(OPERATOR, csv_file(tmp_path / "d.csv", [rows[0], rows[0]]), name="d.csv")
        state = service.take_file(
            OPERATOR, csv_file(tmp_path / "e.csv", [rows[0], [*rows[1][:3], "x", *rows[1][4:]]]), name="e"
        )
    assert (same.state, same.same, same.changed) == (ImportState.PREVIEWED, 1, 0)
    assert [fault.row for fault in lost.faults] == ["2"]
    assert lost.state is twice.state is state.state is ImportState.REJECTED
    with transaction():
        service.roll_back_import(OPERATOR, info.id)
    assert not db.session.scalars(select(GrantFigure)).all()
