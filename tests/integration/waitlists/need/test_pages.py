"""Pages of need: what the kraj reads, what families may learn, what wrong addresses are answered."""

import re
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from portal.core.permissions import OPERATOR, Role
from portal.returns.types import Period
from portal.waitlists.need import service
from portal.waitlists.need.types import Part
from portal.waitlists.need.words import range_text
from tests.factories.accounts import login, make_user
from tests.factories.need import store_counted_world
from tests.factories.territory import store_small_territory

CLOSED = Period(2026, 2)


@pytest.fixture
def counted(app):
    store_counted_world(CLOSED, 90)


@pytest.fixture
def planner(app):
    return login(app.test_client(), make_user(role=Role.PLANNER))


def test_need_in_all_its_views(counted, planner, queries):
    page = planner.get("/zadatele/potreba?ctvrtleti=2026Q2&druh=49&podle=orp").get_data(as_text=True)
    figures = {row["figure"]: row for row in service.read_need(OPERATOR, Part("49"), CLOSED).now.rows()}
    assert f">{range_text(figures['applications'])}<" in page
    assert f">{range_text(figures['unmet'])}<" in page
    [quarter] = re.findall(r">2\. čtvrtletí 2026</th>(.*?)</tr>", page)
    assert quarter.count("<td") == 10 + 3  # the ladder, what happened, both medians, refused requests
    assert f">{round(figures['waiting_p50']['value'])}<" in quarter
    assert quarter.endswith(">neuvedeno</td>")
    of_area = planner.get("/zadatele/potreba?druh=49&orp=7107").get_data(as_text=True)
    [quarter] = re.findall(r">2\. čtvrtletí 2026</th>(.*?)</tr>", of_area)
    assert quarter.count("<td") == 10 + 2  # requests are told by type alone
    assert "Šumperk" in page
    assert "/zadatele/potreba?ctvrtleti=2026Q2&amp;podle=orp&amp;druh=49" in page
    queries.statements.clear()
    planner.get("/zadatele/potreba?podle=situace")
    assert sum(statement.startswith("SELECT") for statement in queries.statements) <= 12


def test_files_hold_the_quarters_and_the_parts(counted, planner):
    lines = planner.get("/zadatele/potreba.csv?podle=orp").get_data(as_text=True).splitlines()
    assert lines[0].lstrip("\ufeff").startswith("Čtvrtletí;Druh služby;")
    assert len(lines) == 1 + 2 + 4
    answer = planner.get("/zadatele/potreba.xlsx?podle=orp")
    content = BytesIO(answer.get_data())
    answer.close()
    assert len(CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()) == 7


def test_the_flow_is_a_chart_and_the_same_as_a_table(counted, planner):
    page = planner.get("/zadatele/prostupnost?rok=2026&druh=49").get_data(as_text=True)
    rows = service.read_flow(OPERATOR, 2026, "49").figures.rows()
    assert page.count("fill-opacity") == len(rows)
    assert page.count("<tr ") == len(rows) + 1
    assert (
        len(planner.get("/zadatele/prostupnost.csv?rok=2026&druh=49").get_data(as_text=True).splitlines())
        == len(rows) + 1
    )
    assert planner.get("/zadatele/prostupnost?rok=1999").status_code == 404


@pytest.mark.parametrize("asked", ["druh=999", "orp=1", "ctvrtleti=jaro", "podle=cena"])
def test_what_is_not_offered_is_answered_with_a_sentence(counted, planner, asked):
    answer = planner.get(f"/zadatele/potreba?{asked}")
    assert answer.status_code == 400
    assert "<h1" in answer.get_data(as_text=True)


def test_families_learn_that_it_cannot_be_said(counted, client):
    page = client.get("/cekani?druh=49&orp=7107").get_data(as_text=True)
    assert page.count("nelze říci") == 3  # the area, its district, the region
    assert "Okres Olomouc" in page
    assert "Okres Šumperk" not in page


def test_before_the_first_quarter_everything_says_so(app, client, planner):
    store_small_territory()
    assert "Zatím to nelze říci" in client.get("/cekani?druh=49").get_data(as_text=True)
    for path in ("/zadatele/potreba", "/zadatele/prostupnost"):
        assert "Zatím nebylo nic spočteno" in planner.get(path).get_data(as_text=True)
