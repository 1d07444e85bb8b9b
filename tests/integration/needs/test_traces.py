"""What pages tell of needs that were removed, changed or imported, and the order that they are told in."""

import csv
import io
from datetime import timedelta

import pytest

from portal.core.cells import Cell
from portal.core.clock import frozen_at, now_utc
from portal.core.permissions import Actor, Grant, Role
from portal.core.transaction import transaction
from portal.needs import service
from portal.needs.types import Source
from tests.factories.accounts import login, make_user, municipality_actor
from tests.factories.catalog import make_code_list
from tests.factories.grants import csv_file
from tests.factories.needs import last_quarter, make_need
from tests.factories.territory import store_small_territory

BLATEC, DOLANY, SUMPERK = "500801", "501646", "523704"
REGION = Actor(user_id=1, name="Kraj", grants=frozenset({Grant(Role.PLANNER)}))


@pytest.fixture(autouse=True)
def territory(app):
    store_small_territory()
    make_code_list("target_groups", {"12": "senioři", "3": "cizinci"})


@pytest.fixture
def kraj(app):
    return login(app.test_client(), make_user(role=Role.PLANNER))


def place(code=BLATEC):
    return {"code": code, "period": last_quarter()}


def main_of(page):
    return page.text.split("<main", 1)[1].split("</main", 1)[0]


def sheet(client, code=BLATEC):
    return main_of(client.get(f"/potreby/{last_quarter()}/{code}"))


def test_the_history_of_a_removed_figure_stays_on_the_page_of_its_quarter(app, kraj):
    worker = login(app.test_client(), make_user(grants=frozenset({Grant(Role.MUNICIPALITY_WORKER, BLATEC)})))
    gone, kept = make_need(BLATEC, 31, target_group="12"), make_need(BLATEC, 4, situation="housing")
    make_need(DOLANY, 77)
    with transaction():
        service.correct_figure(REGION, need_id=gone.id, persons=Cell.of(29), why="sečteno dvakrát", seen=1, **place())
    assert "Odebrané údaje" not in sheet(worker)
    with transaction():
        service.remove_figure(municipality_actor(BLATEC), need_id=gone.id, seen=2, **place())
    for client in (worker, kraj):
        told = sheet(client).split("Odebrané údaje", 1)[1]
        assert "dluhy, senioři" in told
        assert "odebráno" in told
        assert "sečteno dvakrát" in told
        assert ">31<" in told
        assert "bydlení" not in told.split("</table>", 1)[0], "what is still there has a page of its own"
    assert "Odebrané údaje" not in sheet(kraj, DOLANY)
    assert main_of(worker.get(f"/potreby/{last_quarter()}/{BLATEC}/{kept.id}")).count("na stránce čtvrtletí") == 1
    make_need(BLATEC, 5, target_group="12")
    assert "Odebrané údaje" not in sheet(worker), "a figure said anew tells its whole history itself"


def test_figures_are_sorted_by_the_names_that_are_shown(kraj):
    shown = ["bydlení", "dluhy", "dluhy", "násilí", "závislost na návykových látkách"]
    for situation in ("addiction", "violence", "housing"):
        make_need(BLATEC, 1, situation=situation)
    make_need(BLATEC, 2, target_group="12")
    make_need(BLATEC, 3, target_group="3")
    make_need(SUMPERK, 4, situation="addiction")
    make_need(DOLANY, 5, situation="violence")

    table = sheet(kraj).split('id="figures"', 1)[1].split("</table>", 1)[0]
    positions = [table.index(f">{name}</a>") for name in dict.fromkeys(shown)]
    assert positions == sorted(positions)
    assert table.index("cizinci") < table.index("senioři")

    text = kraj.get("/potreby/soubor.csv").get_data(as_text=True).removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert [row["Situace"] for row in rows if row["Obec"] == "Blatec"] == shown
    assert [row["Obec"] for row in rows] == ["Blatec"] * 5 + ["Dolany", "Šumperk"]


def test_a_quarter_changed_after_it_was_handed_over_is_told_as_such(kraj, queries):
    need = make_need(BLATEC, 4)
    make_need(DOLANY, 4)
    make_need(SUMPERK, 4)
    later = now_utc() + timedelta(hours=1)
    with transaction():
        for code in (BLATEC, DOLANY):
            service.hand_over(municipality_actor(code), **place(code))
    assert "změněno po předání" not in main_of(kraj.get("/potreby"))
    with frozen_at(later), transaction():
        service.change_figure(
            municipality_actor(BLATEC), need_id=need.id, persons=Cell.of(6), note="", seen=1, **place()
        )
        make_need(SUMPERK, 1, situation="housing")  # which has handed over nothing
    handed_over = {one.place.name: one.handed_over for one in service.read_overview(REGION).standings}
    changed = [name for name, done in handed_over.items() if done and done.changed_since]
    assert changed == ["Blatec"]
    queries.statements.clear()
    assert main_of(kraj.get("/potreby")).count("změněno po předání") == 1
    assert queries.count <= 9
    assert "změněno po předání" in sheet(kraj)
    assert "změněno po předání" not in sheet(kraj, DOLANY)
    with frozen_at(later + timedelta(hours=1)), transaction():
        service.reopen(municipality_actor(BLATEC), **place())
        service.hand_over(municipality_actor(BLATEC), **place())
    assert "změněno po předání" not in main_of(kraj.get("/potreby")), "handed over anew"


def test_the_page_of_an_import_tells_what_was_before_it_once_it_is_no_preview(app, kraj, tmp_path):
    make_need(BLATEC, 4, source=Source.REGION)
    headings = ("Čtvrtletí", "Kód obce", "Situace", "Důvod", "Osob")
    row = [str(last_quarter()), BLATEC, "dluhy", "služba nemá kapacitu", 6]
    path = csv_file(tmp_path / "a.csv", [row], headings=headings)
    with transaction():
        info = service.take_file(REGION, path, name="a.csv")

    def heads():
        page = kraj.get(f"/potreby/importy/{info.id}").text
        return [heading for heading in ("Nyní", "Před importem") if f">{heading}</th>" in page]

    assert heads() == ["Nyní"]
    for step in (service.apply_import, service.roll_back_import):
        with transaction():
            step(REGION, info.id)
        assert heads() == ["Před importem"]
