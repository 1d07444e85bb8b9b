"""Needs out of files: what a file may say, and what it never overwrites."""

import io
import tempfile
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import func, select

from portal.cli import cli
from portal.core.audit import AuditEntry
from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell
from portal.core.clock import PRAGUE, frozen_at
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, ImportRejected, NotFound
from portal.core.import_states import ImportState
from portal.core.permissions import OPERATOR, Actor, Grant, Role
from portal.core.transaction import transaction
from portal.needs import service
from portal.needs.models import MunicipalNeed, MunicipalNeedChange, MunicipalNeedImport
from portal.needs.types import Key, Source
from tests.factories.accounts import login, make_user, municipality_actor
from tests.factories.catalog import make_code_list
from tests.factories.grants import csv_file, xlsx_file
from tests.factories.needs import last_quarter, make_need
from tests.factories.territory import store_small_territory

OLOMOUC, BLATEC, DOLANY, SUMPERK = "500496", "500801", "501646", "523704"
HEADINGS = ("Čtvrtletí", "Kód obce", "Situace", "Cílová skupina", "Důvod", "Potřebný druh služby", "Osob", "Poznámka")


@pytest.fixture(autouse=True)
def territory(app):
    store_small_territory()
    make_code_list("target_groups", {"12": "senioři"})


def worker_of(code, user_id=7):
    return municipality_actor(code, user_id=user_id)


def planner_of(user_id):
    return Actor(user_id=user_id, name="Kraj", grants=frozenset({Grant(Role.PLANNER)}))


def take(actor, path):
    with transaction():
        return service.take_file(actor, path, name=path.name)


def apply(actor, info):
    with transaction():
        return service.apply_import(actor, info.id)


def take_back(actor, info):
    with transaction():
        return service.roll_back_import(actor, info.id)


def row_of(persons, *, code=BLATEC, situation="dluhy", group="", reason="služba nemá kapacitu", wanted="", note=""):
    return [str(last_quarter()), code, situation, group, reason, wanted, persons, note]


def stored():
    return {
        (row.municipality_code, row.situation, row.reason): (row.state, row.persons, row.source)
        for row in db.session.scalars(select(MunicipalNeed))
    }


def test_a_municipality_writes_from_a_file_and_takes_it_back(tmp_path):
    actor = worker_of(BLATEC)
    make_need(BLATEC, 4, note="první\r\nodhad")
    make_need(BLATEC, Cell.of(0), situation="housing", reason="")
    before = stored()
    rows = [
        row_of(6),
        row_of("x", situation="násilí", reason=""),
        row_of(3, situation="bydlení", group="Senioři", reason="příliš daleko", wanted="63", note="u nádraží"),
        row_of("neuvedeno", situation="závislost na návykových látkách", reason="other"),
    ]
    info = take(actor, xlsx_file(tmp_path / "a.xlsx", rows, headings=HEADINGS))
    assert (info.state, info.rows, info.new, info.changed, info.same) == (ImportState.PREVIEWED, 4, 3, 2, 0)
    assert stored() == before, "a preview writes nothing"
    apply(actor, info)
    assert stored() == {
        (BLATEC, "debts", "no_capacity"): ("value", 6, "municipality"),
        (BLATEC, "violence", ""): ("not_applicable", None, "municipality"),
        (BLATEC, "housing", "too_far"): ("value", 3, "municipality"),  # the zero of the situation gave way to it
        (BLATEC, "addiction", "other"): ("not_supplied", None, "municipality"),
    }
    assert db.session.scalars(select(MunicipalNeed.note).where(MunicipalNeed.situation == "debts")).one() == (
        "první\r\nodhad"
    )
    again = take(actor, csv_file(tmp_path / "b.csv", list(reversed(rows)), headings=HEADINGS))
    assert (again.id, again.repeated) == (info.id, True)
    with transaction():
        assert service.roll_back_import(actor, info.id).state is ImportState.ROLLED_BACK
    assert stored() == before
    steps = db.session.scalars(select(MunicipalNeedChange.step)).all()
    assert (steps.count("imported"), steps.count("taken_back")) == (4, 5)


def store_everything_there_may_be():
    note = "=1+1; „uvozovky“\r\n- druhý řádek"
    make_need(BLATEC, 1_200, target_group="12", type_code="37", note=note)
    make_need(BLATEC, NOT_SUPPLIED, situation="housing", source=Source.ORP, note="-5")
    make_need(BLATEC, Cell.of(0), situation="violence", reason="")
    make_need(DOLANY, NOT_APPLICABLE, situation="addiction", reason="")
    make_need(OLOMOUC, NOT_APPLICABLE, reason="refuses")
    need = make_need(SUMPERK, 3, reason="too_dear", type_code="60a")
    for number, reason in enumerate(("no_service", "too_far", "other")):
        make_need(DOLANY, number, reason=reason, situation="other")
    with transaction():
        where = {"code": SUMPERK, "period": last_quarter(), "need_id": need.id}
        service.correct_figure(OPERATOR, persons=Cell.of(2), why="odhad", seen=1, **where)


@pytest.mark.parametrize("language", ["cs", "en"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("code", [None, OLOMOUC, BLATEC])
def test_a_file_of_needs_comes_back_without_any_difference(app, tmp_path, kind, language, code):
    store_everything_there_may_be()
    grant = Grant(Role.MUNICIPALITY_WORKER, code) if code else Grant(Role.PLANNER)
    client = login(app.test_client(), make_user(grants=frozenset({grant})))
    client.get(f"/jazyk/{language}?zpet=/")
    with client.get(f"/potreby/soubor.{kind}") as answer:
        path = tmp_path / f"a.{kind}"
        path.write_bytes(answer.get_data())
    info = take(Actor(user_id=9, grants=frozenset({grant})), path)
    assert (info.state, [str(fault.message) for fault in info.faults]) == (ImportState.PREVIEWED, [])
    told = {None: 9, OLOMOUC: 8, BLATEC: 3}[code]
    assert (info.new, info.changed, info.same) == (0, 0, told)


def test_every_fault_is_told_at_its_cell_and_nothing_is_taken(app, tmp_path):
    make_need(BLATEC, 1, situation="loneliness")
    rows = [
        row_of("asi 4"),
        row_of(""),
        row_of(2.5),
        row_of(-1),
        row_of("=1+1"),
        ["2026Q9", *row_of(1)[1:]],
        [str(last_quarter().shifted(-8)), *row_of(1)[1:]],
        row_of(1, code=SUMPERK),
        row_of(1, situation="paní Nováková"),
        row_of(1, reason="nevím"),
        row_of(1, group="kdokoli"),
        row_of(1, wanted="99"),
        row_of(1, reason=""),
        row_of(0, reason="", group="senioři"),
        row_of(7, situation="jiné"),
        row_of(8, situation="jiné"),
        row_of(0, situation="jiné", reason=""),
        row_of(0, situation="osamělost", reason=""),
    ]
    info = take(worker_of(BLATEC), xlsx_file(tmp_path / "a.xlsx", rows, headings=HEADINGS))
    assert info.state is ImportState.REJECTED
    told = [fault.column for fault in info.faults]
    assert told == [
        *("G2", "G3", "G4", "G5", "G6", "A7", "B9", "C10", "E11", "D12", "F13", "E14", "E15", "G17", "E18"),
    ]
    assert not any("Nov" in str(fault.message) for fault in info.faults), "a cell may hold a name"
    with pytest.raises(Forbidden):
        apply(worker_of(BLATEC), info)
    later = [rows[6], rows[17]]
    info = take(worker_of(BLATEC), csv_file(tmp_path / "b.csv", later, headings=HEADINGS))
    assert [fault.column for fault in info.faults] == ["A2", "G3"], "an old quarter; figures of the situation are there"
    assert (info.new, info.changed, info.same) == (0, 0, 0)
    result = app.test_cli_runner().invoke(cli, ["needs", "import", str(tmp_path / "a.xlsx"), "--apply"])
    assert result.exit_code == 1
    assert stored() == {(BLATEC, "loneliness", "no_capacity"): ("value", 1, "municipality")}


def test_a_file_with_identities_leaves_no_trace(app, tmp_path, monkeypatch):
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(uploads))
    client = login(app.test_client(), make_user(grants=frozenset({Grant(Role.MUNICIPALITY_WORKER, BLATEC)})))
    before = db.session.scalar(select(func.count()).select_from(AuditEntry))
    told = [
        send(client, [row_of(1, note="rč 905512/1234")]).text,
        send(client, [row_of(1, situation="905512/1234")]).text,
        send(client, [row_of(1)], name="905512-1234.csv").text,
    ]
    assert ["H2" in told[0], "C2" in told[1]] == [True, True]
    for number, row in enumerate([row_of(1, note="rč 905512/1234"), row_of(1, situation="905512/1234")]):
        path = csv_file(tmp_path / f"{number}.csv", [row], headings=HEADINGS)
        with pytest.raises(ImportRejected) as caught:
            take(worker_of(BLATEC), path)
        told.append(str(caught.value) + str([str(fault.message) for fault in caught.value.rows]))
    assert not any("905512" in text for text in told)
    assert db.session.scalar(select(func.count()).select_from(MunicipalNeedImport)) == 0
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == before
    assert list(uploads.iterdir()) == []


@pytest.mark.parametrize("headings", [(*HEADINGS, "Jana Nováková"), ("Jana Nováková", "dluhy", "2")])
def test_what_is_no_heading_is_told_by_its_cell_alone(tmp_path, headings):
    path = csv_file(tmp_path / "a.csv", [row_of(1)], headings=headings)
    with pytest.raises(ImportRejected) as caught:
        take(worker_of(BLATEC), path)
    assert caught.value.rows[0].column == ("I1" if len(headings) > 3 else "A1")
    assert not any("Nov" in str(fault.message) for fault in caught.value.rows)
    assert db.session.scalar(select(func.count()).select_from(MunicipalNeedImport)) == 0


def test_nobody_overwrites_what_another_one_said(tmp_path):
    make_need(BLATEC, 4)
    seat = worker_of(OLOMOUC, user_id=8)
    path = csv_file(tmp_path / "a.csv", [row_of(9), row_of(2, code=DOLANY)], headings=HEADINGS)
    info = take(seat, path)
    assert [(fault.row, fault.column) for fault in info.faults] == [("2", "G2")]
    path = csv_file(tmp_path / "b.csv", [row_of(4), row_of(2, code=DOLANY)], headings=HEADINGS)
    info = apply(seat, take(seat, path))
    assert (info.new, info.changed, info.same) == (1, 0, 1)
    assert stored()[DOLANY, "debts", "no_capacity"] == ("value", 2, "orp")
    own = worker_of(DOLANY, user_id=9)
    with pytest.raises(NotFound):
        service.get_import(own, info.id)
    assert service.list_imports(own) == ([], 0)
    assert service.list_imports(OPERATOR)[1] == 2
    path = csv_file(tmp_path / "c.csv", [row_of(5, code=DOLANY)], headings=HEADINGS)
    apply(own, take(own, path))
    with pytest.raises(Conflict):
        apply(seat, info)
    with pytest.raises(Conflict), transaction():
        service.roll_back_import(seat, info.id)
    assert stored()[DOLANY, "debts", "no_capacity"] == ("value", 5, "municipality")


def test_what_happened_since_the_preview_stops_it(tmp_path):
    actor = worker_of(BLATEC)
    path = csv_file(tmp_path / "a.csv", [row_of(5)], headings=HEADINGS)
    info = take(actor, path)
    make_need(BLATEC, Cell.of(0), reason="")
    db.session.commit()
    with pytest.raises(Conflict):
        apply(actor, info)
    renewed = take(actor, path)
    assert service.get_import(actor, info.id).state is ImportState.DISCARDED
    apply(actor, renewed)
    with transaction():
        service.add_figure(actor, key=Key(str(last_quarter()), BLATEC, "debts", "", "too_far"), persons=Cell.of(1))
    with pytest.raises(Conflict), transaction():
        service.roll_back_import(actor, renewed.id)
    assert stored()[BLATEC, "debts", "no_capacity"] == ("value", 5, "municipality")


def test_only_whoever_read_a_file_takes_it_over_and_back(app, tmp_path):
    planner = make_user(role=Role.PLANNER)
    own, kraj = worker_of(BLATEC, user_id=planner.id + 1), planner_of(planner.id)
    info = take(own, csv_file(tmp_path / "a.csv", [row_of(6)], headings=HEADINGS))
    client = login(app.test_client(), planner)
    for step, button in ((apply, "Převzít údaje"), (take_back, "Vzít zpět")):
        with pytest.raises(Forbidden, match="Only the person who read the file"):
            step(kraj, info)
        with pytest.raises(Forbidden, match="Only the person who read the file"):
            step(OPERATOR, info)
        page = client.get(f"/potreby/importy/{info.id}").text.split("<main", 1)[1]
        assert "může jen ten, kdo ho načetl" in page
        assert button not in page
        step(own, info)
    assert stored() == {}, "figures that are the municipality's, written and taken back by it alone"
    assert {row.source for row in db.session.scalars(select(MunicipalNeedChange))} == {"municipality"}


def test_an_import_is_neither_taken_over_nor_back_in_a_quarter_that_is_closed(tmp_path):
    actor = worker_of(BLATEC)
    applied = take(actor, csv_file(tmp_path / "a.csv", [row_of(6)], headings=HEADINGS))
    apply(actor, applied)
    preview = take(actor, csv_file(tmp_path / "b.csv", [row_of(7)], headings=HEADINGS))
    closed = last_quarter().shifted(9).first_day
    with frozen_at(datetime.combine(closed, time(12), PRAGUE)):
        for step, info in ((apply, preview), (take_back, applied)):
            with pytest.raises(Forbidden, match="This quarter cannot be written"):
                step(actor, info)
    with frozen_at(datetime.combine(closed - timedelta(days=1), time(12), PRAGUE)):
        take_back(actor, applied)
    assert stored() == {}


def test_an_import_of_municipalities_that_one_works_for_no_longer_is_missing(tmp_path):
    kraj, seat = planner_of(7), worker_of(OLOMOUC)
    whole = take(kraj, csv_file(tmp_path / "a.csv", [row_of(6), row_of(2, code=SUMPERK)], headings=HEADINGS))
    part = take(kraj, csv_file(tmp_path / "b.csv", [row_of(6), row_of(2, code=DOLANY)], headings=HEADINGS))
    for actor, reached in ((seat, {part.id}), (worker_of(BLATEC), set()), (worker_of(OLOMOUC, user_id=8), set())):
        infos, count = service.list_imports(actor)
        assert ({info.id for info in infos}, count) == (reached, len(reached))
        for info in (one for one in (whole, part) if one.id not in reached):
            for call in (service.get_import, service.read_import, service.apply_import, service.discard_import):
                with pytest.raises(NotFound):
                    call(actor, info.id)
    apply(kraj, whole)
    with pytest.raises(NotFound):
        take_back(seat, whole)
    assert stored()[SUMPERK, "debts", "no_capacity"] == ("value", 2, "region")


def test_imports_of_one_person_are_taken_back_from_the_last_and_those_of_others_do_not_matter(tmp_path):
    own, kraj = worker_of(BLATEC), planner_of(1)
    first = take(kraj, csv_file(tmp_path / "a.csv", [row_of(2, code=SUMPERK)], headings=HEADINGS))
    apply(kraj, first)
    second = take(kraj, csv_file(tmp_path / "b.csv", [row_of(3, code=DOLANY)], headings=HEADINGS))
    apply(kraj, second)
    apply(own, take(own, csv_file(tmp_path / "c.csv", [row_of(4)], headings=HEADINGS)))
    assert [info.is_latest_applied for info in service.list_imports(kraj)[0]] == [True, True, False]
    with pytest.raises(Forbidden, match="applied last"):
        take_back(kraj, first)
    take_back(kraj, second)
    assert take_back(kraj, first).state is ImportState.ROLLED_BACK
    assert stored() == {(BLATEC, "debts", "no_capacity"): ("value", 4, "municipality")}


def test_imports_over_the_same_figures_are_taken_back_one_after_another(tmp_path):
    actor = worker_of(BLATEC)
    make_need(BLATEC, 4)
    first = take(actor, csv_file(tmp_path / "a.csv", [row_of(5), row_of(1, situation="bydlení")], headings=HEADINGS))
    apply(actor, first)
    second = take(actor, csv_file(tmp_path / "b.csv", [row_of(6), row_of(2, situation="bydlení")], headings=HEADINGS))
    apply(actor, second)
    take_back(actor, second)
    assert {key[1]: value[1] for key, value in stored().items()} == {"debts": 5, "housing": 1}
    take_back(actor, first)
    assert {key[1]: value[1] for key, value in stored().items()} == {"debts": 4}


def test_previews_of_others_with_the_same_figures_stay(tmp_path):
    path = csv_file(tmp_path / "a.csv", [row_of(6)], headings=HEADINGS)
    own, kraj = worker_of(BLATEC), planner_of(1)
    theirs, mine, renewed = take(own, path), take(kraj, path), take(kraj, path)
    states = [service.get_import(kraj, info.id).state for info in (theirs, mine, renewed)]
    assert states == [ImportState.PREVIEWED, ImportState.DISCARDED, ImportState.PREVIEWED]


def send(client, rows, name="potřeby.csv"):
    token = client.get("/potreby/importy").text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    lines = [";".join(map(str, line)) for line in (HEADINGS, *rows)]
    file = (io.BytesIO("\r\n".join(lines).encode()), name)
    return client.post("/potreby/importy", data={"csrf_token": token, "file": file})


def test_the_pages_of_an_import(app, queries):
    client = login(app.test_client(), make_user(grants=frozenset({Grant(Role.MUNICIPALITY_WORKER, BLATEC)})))
    assert "/potreby/importy" in client.get("/potreby").text
    token = client.get("/potreby/importy").text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]

    assert client.post("/potreby/importy", data={"csrf_token": token}).status_code == 422
    assert "A2" in client.get(send(client, [["", *row_of(1)[1:]]]).headers["Location"]).text
    where = send(client, [row_of(5), row_of(6, reason="too_far")]).headers["Location"]
    queries.statements.clear()
    page = client.get(where).text
    assert queries.count <= 12
    assert "potřeby.csv" in page
    assert client.post(where, data={"csrf_token": token, "what": "nic"}).status_code == 422
    assert client.post(where, data={"csrf_token": token, "what": "apply"}).status_code == 303
    assert client.post(where, data={"csrf_token": token, "what": "apply"}).status_code == 409
    assert stored()[BLATEC, "debts", "too_far"] == ("value", 6, "municipality")
    assert client.post(where, data={"csrf_token": token, "what": "roll-back"}).status_code == 303
    assert stored() == {}
    assert "potřeby.csv" in client.get("/potreby/importy").text


def test_the_command_imports_lists_and_takes_back(app, tmp_path):
    path = csv_file(tmp_path / "a.csv", [row_of(5)], headings=HEADINGS)
    runner = app.test_cli_runner()
    done = runner.invoke(cli, ["needs", "import", str(path), "--apply"])
    assert done.exit_code == 0, done.output
    assert stored() == {(BLATEC, "debts", "no_capacity"): ("value", 5, "region")}
    assert "a.csv" in runner.invoke(cli, ["needs", "imports"]).output
    number = db.session.scalars(select(MunicipalNeedImport.id)).one()
    assert runner.invoke(cli, ["needs", "rollback", str(number)]).exit_code == 0
    assert stored() == {}


@pytest.mark.parametrize(
    "wanted",
    [
        "37",
        "Odborné sociální poradenství",
        "odborné sociální poradenství (§ 37)",
        "Odborné sociální poradenství (§\u00a037)",
    ],
)
def test_a_type_is_known_by_its_number_and_by_its_name_with_any_spaces(tmp_path, wanted):
    actor = worker_of(BLATEC)
    info = take(actor, csv_file(tmp_path / "a.csv", [row_of(6, wanted=wanted)], headings=HEADINGS))
    assert info.faults == ()
    apply(actor, info)
    assert db.session.scalars(select(MunicipalNeed.type_code)).all() == ["37"]
