"""Needs of municipalities as everybody may read them: by ORP, in their states, with municipalities as contributors."""

import json
import re
from dataclasses import replace

import html5lib
import pytest
from sqlalchemy import select, update

from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell
from portal.core.db import db
from portal.core.errors import Conflict
from portal.core.permissions import OPERATOR, Role
from portal.core.transaction import transaction
from portal.disclosure import FigureState
from portal.needs.models import MunicipalNeed
from portal.needs.readings import need_tables
from portal.needs.service.figures import correct
from portal.needs.service.sheets import take_over_last
from portal.needs.types import NO_TYPE, Source
from portal.releases import files, queries, readings, service
from portal.releases.models import Release
from portal.releases.service import rules
from portal.releases.service.sources import read_sources
from portal.releases.types import CellKind, PublicTable, State, TableName
from portal.returns.residences.situations import adverse_situations
from portal.returns.types import Period
from portal.web.http_cache import EXTENSION, MAX_KEPT_BYTES
from portal.web.languages import in_language, say
from tests.factories.accounts import login, make_user, municipality_actor
from tests.factories.needs import hand_over_needs, make_need
from tests.factories.releases import closed_quarter, published
from tests.factories.territory import store_small_territory

QUARTER, NEXT = Period(2026, 2), Period(2026, 3)
OLOMOUC, BLATEC, DOLANY, SUMPERK, BLUDOV = "500496", "500801", "501646", "523704", "569178"
IN_OLOMOUC, IN_SUMPERK = "7107", "7111"


@pytest.fixture
def told(app):
    """In Olomouc three municipalities tell of debts, one of addiction, two of few persons; in Šumperk one of four."""
    store_small_territory()
    for code, persons in ((OLOMOUC, 9), (BLATEC, 8), (DOLANY, 8)):
        need(code, persons, type_code="37")
    need(BLATEC, 31, situation="addiction")
    need(DOLANY, 1, situation="addiction", type_code="57")
    need(BLATEC, 3, situation="housing", type_code="57")
    need(DOLANY, 0, situation="loneliness", reason="")
    need(BLATEC, NOT_SUPPLIED, situation="disability")
    need(SUMPERK, 4)
    need(BLUDOV, NOT_APPLICABLE, situation="housing", reason="")
    hand_over_needs(SUMPERK, BLUDOV, period=QUARTER)
    closed_quarter(QUARTER)


def need(code, persons, **place):
    return make_need(code, persons, period=QUARTER, **place)


def cells(name, quarter=QUARTER):
    table = next(each for each in service.read_preview(OPERATOR, quarter, name).tables if each.name is name)
    return {
        (row, column): cell.value if cell.value is not None else str(cell.kind)
        for row, line in table.lines
        for column, cell in zip([*table.columns, "all"], line, strict=True)
    }


def test_what_municipalities_told_is_published_by_orp_in_its_states(told, folder):
    report = published(QUARTER)
    assert report["passed"]
    found = cells(TableName.NEEDS)
    assert {row: found[row, IN_OLOMOUC] for row in ("debts", "addiction", "housing", "loneliness", "disability")} == {
        "debts": 25,  # 9 + 8 + 8
        "addiction": "hidden",  # Blatec told 31 of 32: "30" would tell it that the others have 0 or 1
        "housing": "below",
        "loneliness": "below",  # a true zero is a small number like others
        "disability": "not_supplied",
    }
    assert {row: found[row, IN_SUMPERK] for row in ("debts", "housing", "addiction")} == {
        "debts": "below",
        "housing": "not_applicable",
        "addiction": "not_supplied",
    }
    assert (found["all", IN_OLOMOUC], found["all", IN_SUMPERK], found["all", "all"]) == (25, "hidden", 25)
    assert (found["disability", "all"], found["housing", "all"]) == ("not_supplied", "hidden")


def test_the_same_persons_stand_by_wanted_type(told, folder):
    published(QUARTER)
    found = cells(TableName.NEEDS_TYPES)
    assert (found["37", IN_OLOMOUC], found["57", IN_OLOMOUC], found["49", IN_OLOMOUC]) == (25, "below", "below")
    assert found[NO_TYPE, IN_OLOMOUC] == "hidden"  # those of Blatec
    assert found["37", IN_SUMPERK] == "below"  # who told its needs has none of what it did not name


def test_an_orp_of_which_nobody_told_anything_is_not_supplied_and_not_zero(app, folder):
    store_small_territory()
    for code in (OLOMOUC, BLATEC, DOLANY):
        need(code, 8)
    closed_quarter(QUARTER)
    published(QUARTER)
    for name in (TableName.NEEDS, TableName.NEEDS_TYPES):
        found = cells(name)
        assert {value for (_row, column), value in found.items() if column == IN_SUMPERK} == {"not_supplied"}
    assert cells(TableName.NEEDS)["debts", IN_OLOMOUC] == 25


def test_a_total_of_cells_that_concern_nobody_says_so_wherever_it_is_told(app, folder, client):
    """Šumperk follows no situation, so that of its column; housing concerns neither, so that of its row."""
    store_small_territory()
    for code in (OLOMOUC, BLATEC, DOLANY):
        need(code, 8)
    for situation in adverse_situations():
        for code in (SUMPERK, BLUDOV):
            need(code, NOT_APPLICABLE, situation=situation, reason="")
    need(OLOMOUC, NOT_APPLICABLE, situation="housing", reason="")
    hand_over_needs(OLOMOUC, BLATEC, DOLANY, SUMPERK, BLUDOV, period=QUARTER)
    closed_quarter(QUARTER)
    published(QUARTER)
    found = cells(TableName.NEEDS)
    totals = {row: found[row, "all"] for row in ("debts", "housing", "addiction")}
    assert totals == {"debts": 25, "housing": "not_applicable", "addiction": "not_supplied"}
    for name in (TableName.NEEDS, TableName.NEEDS_TYPES):
        assert {value for (_, column), value in cells(name).items() if column == IN_SUMPERK} == {"not_applicable"}
    lines = (folder / str(QUARTER) / "needs_by_situation.csv").read_text(encoding="utf-8-sig").splitlines()
    rows = [dict(zip(files.COLUMNS, line.split(";"), strict=True)) for line in lines[1:]]
    [whole] = [row for row in rows if (row["row_code"], row["orp_code"]) == ("all", IN_SUMPERK)]
    assert (whole["state"], whole["told"]) == ("not_applicable", "netýká se")
    page = html5lib.parse(client.get("/zverejnene-udaje/2026Q2/needs_by_situation").text, namespaceHTMLElements=False)
    bottom = [cell.text for cell in page.findall(".//table[@id='figures']/tbody/tr")[-1]]
    assert bottom[1:] == ["25", "netýká se", "25"]
    drawn = json.loads(client.get("/mapa/vrstvy/hodnoty.json?vrstva=potreby").text)
    assert (drawn["states"], drawn["values"]) == ("vn", [25])
    features = json.loads(client.get("/ogc/collections/potreby-orp/items").text)["features"]
    assert [one["properties"]["state"] for one in features] == ["value", "not_applicable"]


def test_what_concerns_one_municipality_not_does_not_speak_for_its_orp(app, folder):
    store_small_territory()
    for code in (OLOMOUC, BLATEC, DOLANY):
        need(code, 8)
    need(SUMPERK, NOT_APPLICABLE, situation="housing", reason="")
    hand_over_needs(SUMPERK, period=QUARTER)  # Bludov has said nothing
    closed_quarter(QUARTER)
    published(QUARTER)
    assert cells(TableName.NEEDS)["housing", IN_SUMPERK] == "not_supplied"
    assert cells(TableName.NEEDS_TYPES)["37", IN_SUMPERK] == "not_supplied"


def test_types_give_way_where_they_would_be_known_from_the_sum_of_situations(app, folder):
    """All 24 persons of Olomouc are told in one situation: "25" in both tables would leave 0 to 4 for other types."""
    store_small_territory()
    for code in (OLOMOUC, BLATEC, DOLANY):
        need(code, 8, type_code="37")
    closed_quarter(QUARTER)
    assert published(QUARTER)["passed"]
    assert cells(TableName.NEEDS)["debts", IN_OLOMOUC] == 25
    assert {value for (_, column), value in cells(TableName.NEEDS_TYPES).items() if column == IN_OLOMOUC} == {"hidden"}


def test_without_a_number_there_is_no_table(app, folder):
    store_small_territory()
    need(SUMPERK, NOT_APPLICABLE, situation="housing", reason="")
    closed_quarter(QUARTER)
    assert need_tables(QUARTER) is None
    assert read_sources(QUARTER) == []


def test_a_corrected_number_counts_in_place_of_the_original(told):
    with transaction():
        correct(
            OPERATOR,
            need(SUMPERK, 50, situation="debts", reason="too_far"),
            Cell.of(1),
            "dvakrát",
            source=Source.REGION,
        )
        db.session.flush()
    tables = need_tables(QUARTER)
    assert tables.by_situation.cells["debts", IN_SUMPERK].number == 5
    assert (SUMPERK, "debts", IN_SUMPERK, 5) in tables.by_situation.own
    assert sum(line[3] for line in tables.by_type.own) == sum(line[3] for line in tables.by_situation.own) == 65


def rebuilt(told_by):
    """The draft as it would be if ``told_by`` had made its tables."""
    stored = queries.release(str(QUARTER), "content", "exact", "parts")
    sources = told_by(read_sources(QUARTER))
    content = [table.as_dict() for table in rules.told_by_rules(str(QUARTER), sources)]
    assert content != stored.content
    with transaction():
        db.session.execute(update(Release).values(content=content))


def test_without_the_rule_for_municipalities_one_of_them_learns_of_others_and_nothing_is_published(told, folder):
    service.build(OPERATOR, QUARTER)
    rebuilt(lambda sources: [replace(source, parts=source.parts.iloc[:0]) for source in sources])
    report = service.audit_release(OPERATOR, QUARTER)
    fallen = {attack["attack"]: attack["findings"] for attack in report["attacks"]}
    assert {(found["table"], found["holder"]) for found in fallen["insider"]} == {
        ("needs_by_situation", BLATEC),
        ("needs_by_type", BLATEC),
    }
    assert queries.release(str(QUARTER)).state == State.FAILED
    assert not fallen["public"]


def test_tables_that_contradict_each_other_fall(told, folder):
    """Somebody writes ten persons of a situation into the draft; by type the same persons are less than eight."""
    service.build(OPERATOR, QUARTER)
    stored = queries.release(str(QUARTER), "content")
    content = json.loads(json.dumps(stored.content))
    table = next(each for each in content if each["name"] == "needs_by_type")
    column = table["columns"].index(IN_SUMPERK)
    for row, code in enumerate(table["rows"]):
        if code != NO_TYPE:
            table["cells"][row][column] = "not_supplied"
    situations = next(each for each in content if each["name"] == "needs_by_situation")
    situations["cells"][situations["rows"].index("debts")][column] = 10
    with transaction():
        db.session.execute(update(Release).values(content=content))
    report = service.audit_release(OPERATOR, QUARTER)
    assert not report["passed"]
    assert {attack["attack"] for attack in report["attacks"] if attack["contradictory"]} >= {"public"}


def test_files_and_pages_say_every_state(told, folder, client):
    published(QUARTER)
    lines = (folder / str(QUARTER) / "needs_by_situation.csv").read_text(encoding="utf-8-sig").splitlines()
    rows = {
        (row["row_code"], row["orp_code"]): row
        for row in (dict(zip(files.COLUMNS, line.split(";"), strict=True)) for line in lines[1:])
    }
    assert rows["debts", IN_OLOMOUC]["value"] == "25"
    said = {place: (row["value"], row["state"], row["told"]) for place, row in rows.items()}
    assert said["addiction", IN_OLOMOUC] == ("", "hidden", "skryto")
    assert said["housing", IN_OLOMOUC] == ("", "below", "méně než 8")
    assert said["housing", IN_SUMPERK] == ("", "not_applicable", "netýká se")
    assert said["addiction", IN_SUMPERK] == ("", "not_supplied", "neuvedeno")
    single = json.loads((folder / str(QUARTER) / "needs_by_type.json").read_text())
    assert single["names"][NO_TYPE] == {"cs": "druh služby neuveden", "en": "no type of service named"}
    page = client.get("/zverejnene-udaje/2026Q2/needs_by_situation").text
    assert all(text in page for text in ("méně než 8", "skryto", "neuvedeno", "netýká se", "jediná obec"))


@pytest.fixture
def keeping(app, monkeypatch):
    """Pages are kept as in service, and what they depend on is asked for at each visit."""
    cache = app.extensions[EXTENSION]
    monkeypatch.setattr(cache, "max_bytes", MAX_KEPT_BYTES)
    monkeypatch.setattr(cache, "version_fresh_s", 0)
    yield
    cache.forget()


def test_the_page_of_open_data_names_the_published_quarters_with_their_files(told, folder, client, keeping):
    before = client.get("/otevrena-data")
    assert "/zverejnene-udaje/" not in before.text
    seen = {"If-None-Match": before.headers["ETag"]}
    assert client.get("/otevrena-data", headers=seen).status_code == 304
    published(QUARTER)
    assert client.get("/otevrena-data", headers=seen).status_code == 200
    page = client.get("/otevrena-data").text
    addresses = set(re.findall(r'href="(/zverejnene-udaje/[^"]+/soubory/[^"]+)"', page))
    tables = ("needs_by_situation", "needs_by_type")
    names = {f"{table}.{kind}" for table in tables for kind in files.KINDS} | {files.WHOLE, files.MANIFEST}
    assert addresses == {f"/zverejnene-udaje/{QUARTER}/soubory/{name}" for name in names}
    assert {client.get(address).status_code for address in addresses} == {200}
    assert "Potřeby, které obce neumějí vyřešit, podle situace, 2. čtvrtletí 2026" in page


def test_readings_tell_a_gap_from_what_is_hidden(told, folder, app):
    published(QUARTER)
    settings = app.extensions["portal_settings"]
    rows = readings.published_table(settings, TableName.NEEDS).rows()
    states = {(row["row"], row["orp"]): row["state"] for row in rows}
    assert states["addiction", IN_OLOMOUC] is states["housing", IN_OLOMOUC] is FigureState.HIDDEN
    assert states["addiction", IN_SUMPERK] is FigureState.NOT_SUPPLIED
    assert states["housing", IN_SUMPERK] is FigureState.NOT_APPLICABLE
    assert readings.list_published(settings, [TableName.NEEDS]) == [QUARTER]
    assert readings.list_published(settings, [TableName.USERS]) == []


def test_the_kraj_sees_the_public_cell_beside_the_exact_one(told, folder, app):
    service.build(OPERATOR, QUARTER)
    page = login(app.test_client(), make_user(role=Role.PLANNER)).get(
        f"/zverejneni/{QUARTER}?tabulka=needs_by_situation"
    )
    assert "skryto (32)" in page.text
    assert "méně než 8 (3)" in page.text
    exact = {
        (row["row"], row["column"]) for row in service.read_preview(OPERATOR, QUARTER, TableName.NEEDS).exact.rows()
    }
    assert ("debts", IN_OLOMOUC) in exact
    assert ("addiction", IN_SUMPERK) not in exact  # nobody told: there is no number to show


def test_what_is_stored_comes_back_with_its_states(told):
    service.build(OPERATOR, QUARTER)
    stored = queries.release(str(QUARTER), "content")
    table = next(PublicTable.from_dict(each) for each in stored.content if each["name"] == "needs_by_situation")
    audited = rules.told_counts(str(QUARTER), table)
    row, column = table.rows.index("addiction"), table.columns.index(IN_SUMPERK)
    assert table.cells[row][column].kind is CellKind.NOT_SUPPLIED
    assert audited.absent[row, column]
    assert not audited.hidden[row, column]
    assert audited.hidden[row, table.columns.index(IN_OLOMOUC)]


def test_a_correction_after_publication_is_not_published_and_begins_the_next_quarter(told, folder, client, monkeypatch):
    monkeypatch.setattr("portal.needs.service.sheets.is_open", lambda _period: True)
    published(QUARTER)
    before = {name: (folder / str(QUARTER) / name).read_bytes() for name in ("release.json", "manifest.json")}
    with transaction():
        row = db.session.scalars(select(MunicipalNeed).filter_by(municipality_code=OLOMOUC, situation="debts")).one()
        correct(OPERATOR, row, Cell.of(19), "deset rodin navíc", source=Source.REGION)
    with pytest.raises(Conflict) as told_off:
        service.build(OPERATOR, QUARTER)
    with in_language("cs"):
        assert say(told_off.value.message) == (
            "2. čtvrtletí 2026 je zveřejněno a je konečné. Oprava zůstane v portálu, zveřejněné údaje nezmění."
        )
    with transaction():
        assert take_over_last(municipality_actor(OLOMOUC), code=OLOMOUC, period=NEXT) == 1
    closed_quarter(NEXT)
    assert published(NEXT)["passed"]
    files_now = {name: (folder / str(QUARTER) / name).read_bytes() for name in before}
    assert files_now == before
    whole = json.loads((folder / str(NEXT) / "release.json").read_text())
    assert str(QUARTER) not in json.dumps(whole["tables"])
    assert whole["corrections"] == [
        {"period": str(QUARTER), "returns": "untold", "needs": "since", "waiting": "untold"}
    ]
    # Of the three municipalities Olomouc alone told the next quarter, from its corrected number.
    exact = {
        (each["row"], each["column"]): each["value"]
        for each in service.read_preview(OPERATOR, NEXT, TableName.NEEDS).exact.rows()
    }
    assert exact["debts", IN_OLOMOUC] == 19
    page = client.get("/zverejnene-udaje").text
    assert "Údaj opravený po zveřejnění se znovu nezveřejní" in page
    assert "v dalším čtvrtletí" not in page
