"""Need of one's own territory, as a municipality may learn it: closed quarters, never small, never sharp."""

import pytest

from portal.core.errors import Forbidden, NotFound
from portal.core.permissions import Actor, Grant, Role
from portal.disclosure import Audience, FigureState
from portal.returns.types import Period
from portal.waitlists.need import service
from portal.waitlists.need.queries import stored
from portal.waitlists.need.types import Part
from tests.factories.accounts import login, make_user
from tests.factories.need import store_counted_world
from tests.factories.territory import store_small_territory

OLOMOUC, SUMPERK = "500496", "523704"
CLOSED = Period(2026, 2)


def worker(code):
    return Actor(user_id=1, grants=frozenset({Grant(Role.MUNICIPALITY_WORKER, code)}))


@pytest.fixture
def counted(app):
    store_counted_world(CLOSED, 150)


def test_every_figure_is_rough_and_a_type_nobody_waits_for_is_not_told_apart(counted):
    exact = {row["type_code"]: row for row in stored.counts_by(str(CLOSED), "type_code", Part(area="7107"))}
    found = service.read_local_need(worker(OLOMOUC), area="7107")
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


def test_another_territory_and_an_open_quarter_are_missing(counted):
    with pytest.raises(NotFound):
        service.read_local_need(worker(OLOMOUC), area=SUMPERK)
    with pytest.raises(NotFound):
        service.read_local_need(worker(OLOMOUC), area="7111")
    with pytest.raises(NotFound):
        service.read_local_need(worker(OLOMOUC), period=service.list_quarters()[0].period.next)
    open_quarter = next(one.period for one in service.list_quarters() if not one.is_closed)
    with pytest.raises(NotFound):
        service.read_local_need(worker(OLOMOUC), period=open_quarter)
    for outsider in (worker("999999"), Actor(user_id=1, grants=frozenset({Grant(Role.PROVIDER_EDITOR, "25596641")}))):
        with pytest.raises(Forbidden):
            service.read_local_need(outsider)


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
