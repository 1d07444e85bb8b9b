"""Needs of municipalities: who says what, who corrects it, and what leaves."""

import csv
import io
import json
import re

import pytest
from sqlalchemy import func, select

from portal.cli import cli
from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell
from portal.core.db import db
from portal.core.errors import Forbidden, NotFound
from portal.core.permissions import OPERATOR, PUBLIC_ACTOR, Actor, Grant, Role
from portal.core.transaction import transaction
from portal.disclosure import Audience, FigureState
from portal.needs import service
from portal.needs.models import MunicipalNeed, MunicipalNeedChange, MunicipalNeedReport, NeedGuide
from portal.needs.readings import REASON, SITUATION, TYPE, need_counts, who_handed_over
from portal.needs.types import Progress, Source
from portal.territory.types import Level
from tests.factories.accounts import login, make_user
from tests.factories.accounts import municipality_actor as municipality
from tests.factories.catalog import make_code_list
from tests.factories.needs import hand_over_needs, last_quarter, make_need
from tests.factories.territory import store_small_territory

OLOMOUC, BLATEC, DOLANY, SUMPERK = "500496", "500801", "501646", "523704"
REGION = Actor(user_id=1, name="Kraj", grants=frozenset({Grant(Role.PLANNER)}))


@pytest.fixture(autouse=True)
def territory(app):
    store_small_territory()
    make_code_list("target_groups", {"12": "senioři"})


def worker(app, code=BLATEC, role=Role.MUNICIPALITY_WORKER, name="Olga Obecní"):
    client = app.test_client()
    grant = Grant(role, code) if role is Role.MUNICIPALITY_WORKER else Grant(role)
    return login(client, make_user(grants=frozenset({grant}), name=name))


def address(code=BLATEC, need=None, period=None):
    return f"/potreby/{period or last_quarter()}/{code}" + (f"/{need.id}" if need else "")


def post(client, where, form):
    token = client.get(where).text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    return client.post(where, data={"csrf_token": token, **form})


ADD = {"what": "add", "situation": "debts", "reason": "no_capacity", "persons": "4", "type_code": "37"}


def test_the_method_is_one_step_away_from_the_top_of_the_form(app):
    page = worker(app).get(address()).text
    places = [
        page.index(each) for each in ('href="#method"', 'id="add"', 'name="situation"', 'id="method"', 'href="#add"')
    ]
    assert places == sorted(places)


def test_a_municipality_adds_figures_and_nothing_typed_is_lost(app):
    client = worker(app)
    wrong = post(client, address(), ADD | {"persons": "asi čtyři", "reason": "", "note": "u nádraží"})
    assert wrong.status_code == 422
    assert "asi čtyři" in wrong.text
    assert "u nádraží" in wrong.text
    assert "Vyberte, proč ji nejde vyřešit." in wrong.text
    assert "Napište celý počet osob" in wrong.text
    assert post(client, address(), ADD).status_code == 303
    again = post(client, address(), ADD)
    assert again.status_code == 422
    assert "Tento údaj už v přehledu je" in again.text
    row = db.session.scalars(select(MunicipalNeed)).one()
    assert (row.persons, row.state, row.source, row.type_code) == (4, "value", "municipality", "37")
    birth = post(client, address(), ADD | {"situation": "housing", "note": "paní 905512/1234"})
    assert birth.status_code == 422
    assert "rodné číslo" in birth.text


@pytest.mark.parametrize(("typed", "state"), [("", "not_supplied"), ("x", "not_applicable"), ("0", "zero")])
def test_a_figure_without_a_number_says_why(app, typed, state):
    assert post(worker(app), address(), ADD | {"persons": typed}).status_code == 303
    assert db.session.scalars(select(MunicipalNeed.state)).one() == state


def test_a_foreign_municipality_is_missing_and_a_seat_gathers_its_area(app):
    need = make_need(BLATEC, 4)
    assert worker(app, DOLANY).get(address()).status_code == 404
    assert worker(app, SUMPERK).get(address(need=need)).status_code == 404
    seat = worker(app, OLOMOUC)
    assert seat.get(address()).status_code == 200
    assert "Blatec" in seat.get("/potreby").text
    assert "Šumperk" not in seat.get("/potreby").text.split("<main", 1)[1].split("</main", 1)[0]
    assert seat.get(address(need=need, code=DOLANY)).status_code == 404, "of another municipality than it says"
    assert seat.get(address(period="2026Q9")).status_code == 404


def test_a_correction_keeps_the_original_with_who_and_why_until_the_figure_changes(app):
    need = make_need(BLATEC, 40)
    seat, own = worker(app, OLOMOUC, name="Ota Obvodní"), worker(app)
    form = {"what": "correct", "persons": "4", "why": "", "seen": "1"}
    assert post(seat, address(need=need), form).status_code == 422
    assert post(seat, address(need=need), form | {"what": "change"}).status_code == 403
    assert post(seat, address(need=need), form | {"what": "remove"}).status_code == 403
    assert post(seat, address(need=need), form | {"why": "Překlep, ověřeno telefonem."}).status_code == 303
    (row,) = service.list_rows(REGION, [last_quarter()]).rows()
    assert (row["value"], row["said_value"], row["corrected_by"]) == (4, 40, "Ota Obvodní")
    page = own.get(address()).text
    assert "Překlep, ověřeno telefonem." in page
    assert "Ota Obvodní" in page
    assert post(own, address(need=need), {"what": "withdraw", "seen": "2"}).status_code == 403
    change = {"what": "change", "persons": "5", "note": "", "seen": "2"}
    assert post(own, address(need=need), change).status_code == 303
    (row,) = service.list_rows(REGION, [last_quarter()]).rows()
    assert (row["value"], row["corrected_by"]) == (5, None)
    steps = db.session.scalars(select(MunicipalNeedChange.step).order_by(MunicipalNeedChange.id)).all()
    assert steps == ["written", "corrected", "written"]
    history = own.get(address(need=need)).text
    assert "Překlep, ověřeno telefonem." in history
    assert "opraveno" in history


def test_a_withdrawn_correction_lets_the_original_count(app):
    need = make_need(BLATEC, 40)
    with transaction():
        where = {"code": BLATEC, "period": last_quarter(), "need_id": need.id}
        service.correct_figure(REGION, persons=Cell.of(1), why="odhad", seen=1, **where)
        service.withdraw_correction(REGION, seen=2, **where)
    assert [row["value"] for row in service.list_rows(REGION, [last_quarter()]).rows()] == [40]
    with pytest.raises(NotFound):
        service.withdraw_correction(REGION, seen=3, **where)


def test_two_people_at_one_figure_see_both_values(app):
    need = make_need(BLATEC, 4)
    client = worker(app)
    form = {"what": "change", "persons": "6", "note": "", "seen": "1"}
    assert post(client, address(need=need), form).status_code == 303
    late = post(client, address(need=need), form | {"persons": "9"})
    assert late.status_code == 409
    assert "6. Vaše: 9" in late.text
    assert 'value="9"' in late.text
    removed = post(client, address(need=need), {"what": "remove", "seen": "2"})
    assert removed.status_code == 303
    last = db.session.scalars(select(MunicipalNeedChange).order_by(MunicipalNeedChange.id.desc())).first()
    assert (last.step, last.before["persons"], last.after) == ("removed", 6, None)


def test_answers_for_whole_situations_and_a_figure_do_not_contradict(app):
    client = worker(app)
    marks = {"what": "marks", "mark-debts": "zero", "seen-debts": "0", "mark-violence": "not_applicable"}
    assert post(client, address(), marks | {"seen-violence": "0"}).status_code == 303
    states = dict(db.session.execute(select(MunicipalNeed.situation, MunicipalNeed.state)).all())
    assert states == {"debts": "zero", "violence": "not_applicable"}
    assert post(client, address(), marks | {"mark-debts": "mnoho"}).status_code == 422
    stale = post(client, address(), {"what": "marks", "mark-debts": "", "seen-debts": "7"})
    assert stale.status_code == 409
    assert post(client, address(), ADD).status_code == 303, "a figure takes the place of the zero"
    refused = post(client, address(), marks)
    assert refused.status_code == 422
    assert post(client, address(), {"what": "marks", "mark-violence": "", "seen-violence": "1"}).status_code == 303
    sums = service.read_sheet(REGION, code=BLATEC, period=last_quarter()).sums
    assert sums == {"debts": Cell.of(4)}


def test_the_last_quarter_is_taken_over_once_and_only_what_is_missing(app):
    before = last_quarter().previous
    make_need(BLATEC, 4, period=before)
    make_need(BLATEC, 7, period=before, situation="housing")
    make_need(BLATEC, Cell.of(0), period=before, situation="violence", reason="")
    make_need(BLATEC, 1)
    client = worker(app)
    assert "není 1 údaj" in client.get(address()).text
    assert post(client, address(), {"what": "take-over"}).status_code == 303
    here = select(MunicipalNeed.persons).where(MunicipalNeed.period == str(last_quarter()))
    assert sorted(db.session.scalars(here)) == [1, 7]
    assert "Převzít je" not in client.get(address()).text


def test_handing_over_is_seen_by_the_kraj_and_can_be_taken_back(app, queries):
    client, kraj = worker(app), worker(app, role=Role.PLANNER)
    empty = post(client, address(), {"what": "hand-over"})
    assert empty.status_code == 422
    make_need(BLATEC, 4)
    make_need(SUMPERK, 2)
    assert post(client, address(), {"what": "hand-over"}).status_code == 303
    assert post(client, address(), {"what": "hand-over"}).status_code == 409
    queries.statements.clear()
    page = kraj.get("/potreby")
    assert queries.count <= 9
    assert page.status_code == 200
    found = service.read_overview(REGION)
    assert {area.orp_name: area.counts[Progress.HANDED_OVER] for area in found.areas} == {"Olomouc": 1, "Šumperk": 0}
    listed = kraj.get("/potreby?stav=nothing").text
    assert "Dolany" in listed
    assert "Bludov" in listed
    assert "Blatec" not in listed.split("<main", 1)[1]
    assert kraj.get("/potreby?stav=nic").status_code == 400
    assert kraj.get("/potreby?ctvrtleti=nic").status_code == 400
    assert post(client, address(), {"what": "reopen"}).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(MunicipalNeedReport)) == 0


def test_only_quarters_near_today_can_be_written(app):
    old = last_quarter().shifted(-8)
    client = worker(app)
    assert client.get(address(period=old)).status_code == 200
    assert "Přidat údaj" not in client.get(address(period=old)).text
    token = client.get(address()).text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    for period in (old, last_quarter().shifted(2)):
        assert client.post(address(period=period), data={"csrf_token": token, **ADD}).status_code == 403


def test_the_files_tell_the_states_apart_and_who_said_what(app):
    make_need(BLATEC, 1_200, note="=cmd")
    make_need(BLATEC, NOT_SUPPLIED, situation="housing", source=Source.ORP)
    make_need(BLATEC, Cell.of(0), situation="violence", reason="")
    make_need(BLATEC, NOT_APPLICABLE, situation="addiction", reason="")
    make_need(SUMPERK, 3)
    kraj = worker(app, role=Role.KEY_WORKER)
    text = kraj.get("/potreby/soubor.csv").get_data(as_text=True).removeprefix("\ufeff")
    rows = {(row["Obec"], row["Situace"]): row for row in csv.DictReader(io.StringIO(text), delimiter=";")}
    assert rows["Blatec", "dluhy"]["Osob"] == "1200"
    assert rows["Blatec", "dluhy"]["Poznámka"] == "'=cmd"
    assert rows["Blatec", "bydlení"]["Osob"] == "neuvedeno"
    assert rows["Blatec", "bydlení"]["Sdělil"] == "obec s rozšířenou působností"
    assert rows["Blatec", "násilí"]["Osob"] == "0"
    assert rows["Blatec", "závislost na návykových látkách"]["Osob"] == "netýká se"
    with kraj.get("/potreby/soubor.xlsx") as workbook:
        assert workbook.data.startswith(b"PK")
    text = kraj.get("/potreby/souhrn.csv").get_data(as_text=True).removeprefix("\ufeff")
    sums = {row["ORP"]: row for row in csv.DictReader(io.StringIO(text), delimiter=";")}
    assert (sums["Olomouc"]["dluhy"], sums["Olomouc"]["bydlení"], sums["Šumperk"]["Celkem"]) == (
        "1200",
        "neuvedeno",
        "3",
    )
    own = worker(app, SUMPERK).get("/potreby/soubor.csv").get_data(as_text=True)
    assert "Šumperk" in own
    assert "Blatec" not in own


def test_the_map_reads_all_counts_for_the_kraj_and_its_own_for_a_municipality(app):
    make_need(BLATEC, 12, type_code="37")
    make_need(BLATEC, 3, reason="too_far")
    make_need(DOLANY, 2)
    make_need(SUMPERK, 4)
    exact = {
        (row["area"], row["situation"]): row for row in need_counts(OPERATOR, [last_quarter()], level=Level.ORP).rows()
    }
    assert (exact["7107", "debts"]["value"], exact["7111", "debts"]["value"]) == (17, 4)
    assert (exact["7107", "debts"]["told"], exact["7107", "debts"]["municipalities"]) == (2, 3)
    assert exact["7107", "housing"]["state"] == FigureState.NOT_SUPPLIED
    by_type = need_counts(REGION, [last_quarter()], level=Level.MUNICIPALITY, by=(TYPE, REASON)).rows()
    assert {(row["area"], row["type_code"], row["reason"], row["value"]) for row in by_type} == {
        (BLATEC, "37", "no_capacity", 12),
        (BLATEC, "", "too_far", 3),
        (DOLANY, "", "no_capacity", 2),
        (SUMPERK, "", "no_capacity", 4),
    }
    seat = need_counts(municipality(OLOMOUC), [last_quarter()], level=Level.ORP, by=(SITUATION, TYPE))
    assert seat.audience is Audience.MUNICIPALITY
    assert {(row["area"], row["type_code"], row["value"]) for row in seat.rows()} == {
        ("7107", "37", 12),
        ("7107", "", 5),
    }
    own = need_counts(municipality(DOLANY), [last_quarter()], level=Level.MUNICIPALITY, by=()).rows()
    assert [(row["area"], row["state"], row["value"]) for row in own] == [(DOLANY, FigureState.VALUE, 2)]
    assert len(need_counts(municipality(BLATEC), [last_quarter()], level=Level.ORP)) == 0, (
        "it knows its part of the sum"
    )
    earlier = [last_quarter().previous]
    for reader, areas in ((REGION, ["7107", "7111"]), (municipality(OLOMOUC), ["7107"])):
        nothing = need_counts(reader, earlier, level=Level.ORP, by=()).rows()
        assert [(row["area"], row["state"]) for row in nothing] == [(area, FigureState.NOT_SUPPLIED) for area in areas]
    provider = Actor(user_id=1, grants=frozenset({Grant(Role.PROVIDER_EDITOR, "25596641")}))
    for outsider in (PUBLIC_ACTOR, provider):
        with pytest.raises(Forbidden):
            need_counts(outsider, [last_quarter()], level=Level.ORP)
    with pytest.raises(ValueError, match="not counted by"):
        need_counts(REGION, [last_quarter()], level=Level.REGION)


def test_an_auditor_who_works_for_a_municipality_too_writes_for_it_alone():
    both = frozenset({Grant(Role.AUDITOR), Grant(Role.MUNICIPALITY_WORKER, BLATEC)})
    actor = Actor(user_id=1, name="Oba", grants=both)
    sheets = {code: service.read_sheet(actor, code=code, period=last_quarter()) for code in (BLATEC, SUMPERK)}
    assert {code: sheet.writes_as for code, sheet in sheets.items()} == {BLATEC: Source.MUNICIPALITY, SUMPERK: None}


def test_the_method_is_kept_in_versions(app):
    kraj, reader = worker(app, role=Role.PLANNER), worker(app)
    where = "/potreby/metodika"
    assert "ještě nenapsal" in reader.get(where).text
    text = "Počítejte osoby jednou.\r\n\r\n- jen z vlastního území\r\n- bez jmen"
    assert post(kraj, where, {"text": text, "seen": "0"}).status_code == 303
    assert "<li>bez jmen</li>" in reader.get(address()).text
    assert post(kraj, where, {"text": "", "seen": "1"}).status_code == 422
    late = post(kraj, where, {"text": "Jinak.", "seen": "0"})
    assert late.status_code == 409
    assert "Jinak." in late.text
    assert post(kraj, where, {"text": "Jinak.", "seen": "1"}).status_code == 303
    assert post(kraj, where, {"text": "Jinak.", "seen": "2"}).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(NeedGuide)) == 2
    assert "bez jmen" in reader.get(where).text


def test_the_command_lists_figures_and_completeness(app):
    make_need(BLATEC, 4)
    make_need(SUMPERK, NOT_SUPPLIED)
    db.session.commit()
    result = app.test_cli_runner().invoke(cli, ["needs", "list", "--period", str(last_quarter()), "--json"])
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert (data["municipalities"], data["begun"], data["nothing"]) == (5, 2, 3)
    persons = {one["municipality"]: (one["persons"], one["state"]) for one in data["needs"]}
    assert persons == {"Blatec": (4, "value"), "Šumperk": (None, "not_supplied")}
    only = app.test_cli_runner().invoke(cli, ["needs", "list", "--orp", "7111", "--json"])
    assert [one["municipality"] for one in json.loads(only.stdout)["needs"]] == ["Šumperk"]
    assert app.test_cli_runner().invoke(cli, ["needs", "list", "--period", "jaro"]).exit_code == 1


def test_the_command_lists_figures_in_the_order_of_the_page(app):
    for situation in ("addiction", "debts", "housing"):  # by their codes; by their names housing comes first
        make_need(BLATEC, 4, situation=situation)
    make_need(BLATEC, 2, situation="debts", reason="too_far")
    db.session.commit()
    result = app.test_cli_runner().invoke(cli, ["needs", "list", "--period", str(last_quarter())])
    listed = [(one["situation"], one["reason"]) for one in json.loads(result.stdout)["needs"]]
    page = worker(app).get(address()).text.split("<tbody", 1)[1].split("</tbody", 1)[0]
    words = {"bydlení": "housing", "dluhy": "debts", "závislost na návykových látkách": "addiction"}
    shown = [words[name] for name in re.findall(r'href="/potreby/[^"]+">([^<]+)</a>', page)]
    assert [situation for situation, _reason in listed] == shown == ["housing", "debts", "debts", "addiction"]
    # "služba je příliš daleko" before "služba nemá kapacitu": neither codes nor the order of forms say so.
    assert [reason for situation, reason in listed if situation == "debts"] == ["too_far", "no_capacity"]


def test_the_method_is_shown_as_text_with_lists_and_links_and_never_as_markup(app):
    kraj = worker(app, role=Role.KEY_WORKER)
    where = "/potreby/metodika"
    text = (
        "Příliš žluťoučký kůň:\r\n- „úpěl“\r\n- <script>alert(1)</script>\r\n\r\n"
        'Viz https://kraj.example/?a=1&b=2. <a href="javascript:alert(1)">sem</a>'
    )
    assert post(kraj, where, {"text": text, "seen": "0"}).status_code == 303
    for page in (kraj.get(where).text, worker(app).get(address()).text):
        assert "<script>alert(1)" not in page
        assert "<li>&lt;script&gt;alert(1)&lt;/script&gt;</li>" in page
        assert "<li>„úpěl“</li>" in page
        assert 'href="https://kraj.example/?a=1&amp;b=2" rel="noopener noreferrer"' in page
        assert 'href="javascript' not in page
        assert "Příliš žluťoučký kůň:" in page


def test_a_birth_number_in_a_note_is_told_together_with_other_faults(app):
    wrong = post(worker(app), address(), ADD | {"persons": "moc", "reason": "", "note": "905512/1234"})
    summary = wrong.text.split("govuk-error-summary", 1)[1].split("</ul>", 1)[0]
    for sentence in ("Vyberte, proč ji nejde vyřešit.", "Napište celý počet osob", "rodné číslo"):
        assert sentence in summary
    over = post(worker(app), address(), ADD | {"persons": "100001"})
    assert "Napište počet osob od 0 do 100\u00a0000." in over.text


def test_who_handed_over_is_told_of_the_municipalities_that_reach_the_reader(app):
    quarter = last_quarter()
    for code in (OLOMOUC, DOLANY, SUMPERK):
        make_need(code, 1)
    hand_over_needs(OLOMOUC, DOLANY, SUMPERK)
    assert who_handed_over(OPERATOR, quarter) == {OLOMOUC, DOLANY, SUMPERK}
    assert who_handed_over(municipality(DOLANY), quarter) == {DOLANY}
    assert who_handed_over(municipality(BLATEC), quarter) == set()
    assert who_handed_over(municipality(OLOMOUC), quarter) == {OLOMOUC, DOLANY}
    with pytest.raises(Forbidden):
        who_handed_over(PUBLIC_ACTOR, quarter)
