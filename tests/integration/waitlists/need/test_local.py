"""Need of one's own territory, as a municipality may learn it: closed quarters, never small, never sharp."""

from datetime import UTC, datetime

import html5lib
import pytest

from portal.core.clock import frozen_at
from portal.core.errors import Forbidden, NotFound
from portal.core.permissions import Actor, Grant, Role
from portal.disclosure import Audience, FigureState
from portal.releases import files
from portal.releases.readings import published_need
from portal.releases.types import CellKind, TableName
from portal.returns.types import Period
from portal.waitlists.need import service
from portal.waitlists.need.queries import stored
from portal.waitlists.need.types import Measure, Part
from tests.factories.accounts import login, make_user
from tests.factories.accounts import municipality_actor as worker
from tests.factories.need import store_counted_world
from tests.factories.releases import closed_quarter, published
from tests.factories.territory import store_small_territory

OLOMOUC, SUMPERK = "500496", "523704"
CLOSED = Period(2026, 2)


def read(actor, area=None, period=None):
    return service.read_local_need(actor, area, period, published=published_need)


@pytest.fixture
def counted(app):
    store_counted_world(CLOSED, 150)


def test_every_figure_is_rough_and_a_type_nobody_waits_for_is_not_told_apart(counted):
    exact = {row["type_code"]: row for row in stored.counts_by(str(CLOSED), "type_code", Part(area="7107"))}
    found = read(worker(OLOMOUC), area="7107")
    assert found.figures.audience is Audience.MUNICIPALITY
    assert found.counted.period == CLOSED, "the quarter that lasts changes with every night"
    rows = found.figures.rows()
    assert {row["state"] for row in rows} == {FigureState.VALUE, FigureState.HIDDEN}
    for row in rows:
        persons = exact[row["type_code"]][f"{row['figure']}_most"] if row["type_code"] in exact else 0
        if persons <= 7:
            assert (row["state"], row["value"]) == (FigureState.HIDDEN, None)
        else:
            assert abs(row["value"] - persons) <= 2


@pytest.fixture
def released(counted):
    """The quarter published some weeks later; of those who wait for type 50 one provider has nearly all."""
    with frozen_at(datetime(2026, 9, 1, 8, tzinfo=UTC)):
        closed_quarter(CLOSED)
        published(CLOSED)


def test_an_orp_of_a_released_quarter_is_told_cell_by_cell_as_the_release_tells_it(released, app):
    release = files.read_release(files.releases_folder(app.extensions["portal_settings"].instance_dir), str(CLOSED))
    found = read(worker(OLOMOUC), area="7107")
    assert found.is_published
    told = {(row["type_code"], row["figure"]): (row["value"], row["below"]) for row in found.figures.rows()}
    compared = 0
    for measure, name in ((Measure.PERSONS, TableName.WAITING), (Measure.UNMET, TableName.UNMET)):
        table = release.tables[name]
        for type_code, cells in table.lines[:-1]:
            cell = cells[table.columns.index("7107")]
            assert told.pop((type_code, measure)) == (cell.value, 8 if cell.kind is CellKind.BELOW else None)
            compared += 1
    assert compared == 6
    assert set(told.values()) == {(None, None)}, "the release tells nothing of those who confirmed"
    assert {figure for _, figure in told} == {Measure.CONFIRMED}


def test_what_a_release_withholds_of_an_orp_the_rule_for_single_cells_would_tell(released):
    [exact] = [row for row in stored.counts_by(str(CLOSED), "type_code", Part(area="7107")) if row["type_code"] == "50"]
    rows = {(row["type_code"], row["figure"]): row for row in read(worker(OLOMOUC), area="7107").figures.rows()}
    withheld = rows["50", "persons"]
    assert (exact["persons_most"], withheld["value"], withheld["below"]) == (14, None, None)
    mine = read(worker(OLOMOUC), area=OLOMOUC)
    assert (mine.is_published, mine.figures.audience) == (False, Audience.MUNICIPALITY)


def test_the_page_of_an_orp_reads_as_the_published_table_and_says_so(released, app):
    client = login(app.test_client(), make_user(role=Role.MUNICIPALITY_WORKER))
    public = table_of(client.get("/zverejnene-udaje/2026Q2/waiting_by_type"), "figures")
    column = public[0].index("Olomouc")
    page = client.get("/zadatele/potreba?uzemi=7107")
    here = table_of(page, "types")
    assert {row[0]: row[1] for row in here[1:]} == {row[0]: row[column] for row in public[1:-1]}
    assert {row[1] for row in here[1:]} == {"méně než 8", "15", "skryto"}
    assert {row[2] for row in here[1:]} == {"skryto"}
    sentence = "Údaje za toto ORP jsou ty, které kraj za čtvrtletí zveřejnil"
    assert sentence in page.text
    assert sentence not in client.get("/zadatele/potreba").text
    lines = client.get("/zadatele/potreba/uzemi.csv?uzemi=7107").get_data(as_text=True).splitlines()
    assert [line.split(";")[3:] for line in lines[1:]] == [
        ["skryto", "skryto", "skryto"],
        ["15", "skryto", "skryto"],
        ["skryto", "skryto", "skryto"],
    ]


def table_of(answer, name):
    tree = html5lib.parse(answer.text, namespaceHTMLElements=False)
    rows = tree.iterfind(f".//table[@id='{name}']//tr")
    return [[" ".join("".join(cell.itertext()).split()) for cell in row] for row in rows]


def test_another_territory_and_an_open_quarter_are_missing(counted):
    with pytest.raises(NotFound):
        read(worker(OLOMOUC), area=SUMPERK)
    with pytest.raises(NotFound):
        read(worker(OLOMOUC), area="7111")
    with pytest.raises(NotFound):
        read(worker(OLOMOUC), period=service.list_quarters()[0].period.next)
    open_quarter = next(one.period for one in service.list_quarters() if not one.is_closed)
    with pytest.raises(NotFound):
        read(worker(OLOMOUC), period=open_quarter)
    for outsider in (worker("999999"), Actor(user_id=1, grants=frozenset({Grant(Role.PROVIDER_EDITOR, "25596641")}))):
        with pytest.raises(Forbidden):
            read(outsider)


def test_the_page_and_its_files(counted, app, queries):
    client = login(app.test_client(), make_user(role=Role.MUNICIPALITY_WORKER))
    queries.statements.clear()
    page = client.get("/zadatele/potreba?uzemi=7107")
    assert queries.count <= 9
    assert "méně než 8" in page.text
    assert "ORP Olomouc" in page.text
    assert client.get("/zadatele/potreba?uzemi=7111").status_code == 404
    assert client.get("/zadatele/potreba?ctvrtleti=jaro").status_code == 400
    lines = client.get("/zadatele/potreba/uzemi.csv?uzemi=7107").get_data(as_text=True).splitlines()
    assert lines[1].startswith("2026Q2;ORP Olomouc;")
    assert "skryto" in "".join(lines[1:])
    with client.get("/zadatele/potreba/uzemi.xlsx") as workbook:
        assert workbook.data.startswith(b"PK")
    assert client.get("/zadatele/potreba.csv").status_code == 403


def test_before_the_first_closed_quarter_the_page_says_so(app):
    store_small_territory()
    client = login(app.test_client(), make_user(role=Role.MUNICIPALITY_WORKER))
    assert "zatím nebylo nic spočteno" in client.get("/zadatele/potreba").text.lower()
