"""From accepted figures to public ones: prepared, audited, published once, and served without a database."""

import hashlib
import json
from io import BytesIO

import pytest
import sqlalchemy as sa
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from portal.cli import cli
from portal.core.audit import AuditEntry
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.permissions import OPERATOR, PUBLIC_ACTOR, Actor, Grant, Role
from portal.core.transaction import transaction
from portal.disclosure import FigureState
from portal.releases import files, queries, readings, service
from portal.releases.jobs import look_after_files, publish_all
from portal.releases.models import Release
from portal.releases.types import CellKind, PublicTable, State, TableName
from portal.returns.types import Period
from portal.waitlists.need import service as need
from portal.waitlists.need.types import Dimension, Measure, Part
from tests.factories.accounts import login, make_user
from tests.factories.releases import closed_quarter, published
from tests.factories.returns import make_period
from tests.factories.territory import store_small_territory
from tests.integration.releases.conftest import change, published_amounts

Q1, Q2 = Period(2026, 1), Period(2026, 2)


def test_a_quarter_is_prepared_audited_and_published_once(lists, folder):
    service.build(OPERATOR, Q2)
    assert service.read_preview(OPERATOR, Q2).state is State.DRAFT
    with pytest.raises(Invalid, match="has not passed"):
        service.publish(OPERATOR, Q2, folder)
    report = service.audit_release(OPERATOR, Q2)
    assert report["passed"]
    assert [attack["attack"] for attack in report["attacks"]] == [
        "public", "insider", "difference", "amounts", "amounts_insider",
    ]  # fmt: skip
    assert all(attack["looked_at"] for attack in report["attacks"])
    assert service.publish(OPERATOR, Q2, folder)
    assert not service.publish(OPERATOR, Q2, folder)
    with pytest.raises(Conflict):
        service.build(OPERATOR, Q2)
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.object_kind == "release"))
    assert list(actions) == ["release.built", "release.audited", "release.published"]


def test_a_cell_that_falls_keeps_the_quarter_back(lists, folder):
    """Somebody writes an exact small number into the draft: the auditor is asked about what is stored."""
    service.build(OPERATOR, Q2)
    stored = queries.release(str(Q2), "content", "exact")
    content = json.loads(json.dumps(stored.content))
    costs = next(table for table in content if table["name"] == "costs_by_type")
    hidden = [(r, c) for r, row in enumerate(costs["cells"]) for c, cell in enumerate(row) if cell == "hidden"]
    assert hidden
    amounts = published_amounts(stored)
    for row, column in hidden[:-1]:
        costs["cells"][row][column] = round(amounts[row][column] / 1000)
    with transaction():
        db.session.execute(update(Release).values(content=content))
    report = service.audit_release(OPERATOR, Q2)
    assert not report["passed"]
    fallen = next(attack for attack in report["attacks"] if attack["attack"] == "amounts")
    assert fallen["exact"] == 1
    with pytest.raises(Invalid, match="has not passed"):
        service.publish(OPERATOR, Q2, folder)
    assert queries.release(str(Q2)).state == State.FAILED


def test_figures_changed_after_the_audit_are_not_published(lists, folder):
    service.build(OPERATOR, Q2)
    service.audit_release(OPERATOR, Q2)
    stored = queries.release(str(Q2), "content")
    content = json.loads(json.dumps(stored.content))
    content[0]["cells"][0][0] = 40
    with transaction():
        db.session.execute(update(Release).values(content=content))
    with pytest.raises(Invalid, match="differ"):
        service.publish(OPERATOR, Q2, folder)
    assert not service.read_preview(OPERATOR, Q2).is_whole


def test_what_is_told_follows_the_rules_and_the_counts_of_need(lists, folder):
    need.recount()
    published(Q2)
    preview = service.read_preview(OPERATOR, Q2, TableName.WAITING)
    exact = {(row["row"], row["column"]): row["value"] for row in preview.exact.rows()}
    by_type = need.read_need(OPERATOR, Part(area="7107"), Q2, Dimension.TYPE).beside.rows()
    counted = {row["key"]: row["value"] for row in by_type if row["figure"] == Measure.PERSONS}
    assert sum(counted.values()) > 20
    assert {code: exact[code, "7107"] for code in counted} == counted
    for row, cells in preview.table.lines[:-1]:
        for column, cell in zip(preview.table.columns, cells, strict=False):
            persons = exact[row, column]
            if cell.kind is CellKind.BELOW:
                assert persons <= 7
            elif cell.value is not None:
                assert cell.value % 5 == 0
                assert abs(cell.value - persons) <= 2
    told = [cell.value for _row, cells in preview.table.lines[:-1] for cell in cells[:-1] if cell.value is not None]
    assert preview.table.cells[-1][-1].value == sum(told)


def test_quarters_that_are_open_missing_or_empty_are_refused(app, folder):
    store_small_territory()
    closed_quarter(Q1)
    with pytest.raises(NotFound):
        service.build(OPERATOR, Q2)
    with pytest.raises(Invalid, match="Nothing was told"):
        service.build(OPERATOR, Q1)
    with transaction():
        make_period(Period(2031, 1))
    with pytest.raises(Invalid, match="has not closed"):
        service.build(OPERATOR, Period(2031, 1))
    with pytest.raises(NotFound):
        service.audit_release(OPERATOR, Q1)


def test_who_may_publish_and_who_sees_exact_figures(lists, folder):
    published(Q2)
    for role in (Role.KEY_WORKER, Role.AUDITOR, Role.PLANNER, Role.ADMINISTRATOR):
        actor = Actor(user_id=1, name="N", grants=frozenset({Grant(role)}))
        assert (service.read_preview(actor, Q2).exact is None) == (role is Role.ADMINISTRATOR)
        if role in (Role.KEY_WORKER, Role.AUDITOR):
            for act in (
                service.build,
                service.audit_release,
                lambda actor, period: service.publish(actor, period, folder),
            ):
                with pytest.raises(Forbidden):
                    act(actor, Q2)
    with pytest.raises(Forbidden):
        service.list_quarters(PUBLIC_ACTOR)


def test_the_files_agree_with_each_other_and_their_digests(lists, folder):
    published(Q2)
    place = folder / str(Q2)
    manifest = json.loads((place / "manifest.json").read_text())
    assert set(manifest["files"]) == {each.name for each in place.iterdir()} - {"manifest.json"}
    for name, about in manifest["files"].items():
        data = (place / name).read_bytes()
        assert (about["bytes"], about["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    lines = (place / "waiting_by_type.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "period;table;row_code;row;orp_code;orp;value;state;told;unit"
    with (place / "waiting_by_type.xlsx").open("rb") as file:
        sheet = CalamineWorkbook.from_filelike(BytesIO(file.read())).get_sheet_by_index(0).to_python()
    assert [len(lines), sheet[0]] == [len(sheet), list(files.COLUMNS)]
    states = {row["state"] for row in (dict(zip(files.COLUMNS, line.split(";"), strict=True)) for line in lines[1:])}
    assert states >= {"value", "below"}
    told = {line.split(";")[7]: line.split(";")[8] for line in lines[1:]}
    assert told["below"] == "méně než 8"
    amounts = (place / "costs_by_type.csv").read_text(encoding="utf-8-sig").splitlines()
    said = {line.split(";")[7]: line.split(";")[8] for line in amounts[1:]}
    assert (said["not_applicable"], said["hidden"]) == ("nikdo neuvedl", "skryto")
    whole = json.loads((place / "release.json").read_text())
    assert [table["name"] for table in whole["tables"]] == list(service_tables())
    single = json.loads((place / "costs_by_type.json").read_text())
    assert PublicTable.from_dict(single) == PublicTable.from_dict(whole["tables"][-2])
    assert single["title"] == {"cs": "Náklady služeb podle druhu služby", "en": "Costs of services, by type of service"}


def service_tables():
    return [str(table.name) for table in service.read_preview(OPERATOR, Q2).tables]


def test_public_pages_and_files_need_no_database(lists, folder, client, monkeypatch):
    published(Q2)

    def down(*_args, **_kwargs):
        raise sa.exc.OperationalError("SELECT 1", {}, Exception("the server is gone"))

    planner = login(client.application.test_client(), make_user(role=Role.PLANNER))
    monkeypatch.setattr("sqlalchemy.engine.Connection._execute_context", down)
    with pytest.raises(sa.exc.OperationalError):
        db.session.execute(select(Release.period))
    index = client.get("/zverejnene-udaje")
    assert index.status_code == 200
    assert "2026" in index.text
    page = client.get("/zverejnene-udaje/2026Q2/waiting_by_type")
    assert page.status_code == 200
    assert "méně než 8" in page.text
    for name, kind in (("waiting_by_type.csv", "text/csv"), ("costs_by_type.json", "application/json")):
        answer = client.get(f"/zverejnene-udaje/2026Q2/soubory/{name}")
        assert answer.status_code == 200
        assert answer.content_type.startswith(kind)
        assert answer.data == (folder / "2026Q2" / name).read_bytes()
        assert answer.get_etag()[0] == hashlib.sha256(answer.data).hexdigest()
        again = client.get(
            f"/zverejnene-udaje/2026Q2/soubory/{name}", headers={"If-None-Match": answer.headers["ETag"]}
        )
        assert again.status_code == 304
    frame = readings.published_table(client.application.extensions["portal_settings"], TableName.WAITING)
    assert len(frame) > 0
    # Nor do they where somebody is signed in whose session nobody can look up.
    assert planner.get("/zverejnene-udaje").status_code == 200
    assert "méně než 8" in planner.get("/zverejnene-udaje/2026Q2/waiting_by_type").text


def test_public_pages_ask_the_database_nothing(lists, folder, client, queries):
    published(Q2)
    queries.statements.clear()
    assert client.get("/zverejnene-udaje/2026Q2/costs_by_type").status_code == 200
    assert client.get("/zverejnene-udaje").status_code == 200
    assert queries.count == 0


def test_a_changed_file_is_not_served_as_the_published_one(lists, folder, client):
    published(Q2)
    file = folder / "2026Q2" / "waiting_by_type.csv"
    file.write_bytes(file.read_bytes().replace(b"below", b"value"))
    assert client.get("/zverejnene-udaje/2026Q2/soubory/waiting_by_type.csv").status_code == 500
    with pytest.raises(files.Damaged):
        files.read_file(folder, "2026Q2", "waiting_by_type.csv")


NOTHING = (
    "/zverejnene-udaje/2026Q1/waiting_by_type",
    "/zverejnene-udaje/2026Q2/nic",
    "/zverejnene-udaje/2026Q2/soubory/nic.csv",
    "/zverejnene-udaje/2026Q2/soubory/..%2F..%2Fmanifest.json",
    "/zverejnene-udaje/..%2F2026Q2/waiting_by_type",
    "/zverejnene-udaje/vyber?ctvrtleti=x&tabulka=y",
)


def test_addresses_of_nothing_are_not_found(lists, folder, client):
    published(Q2)
    assert {client.get(address).status_code for address in NOTHING} == {404}


def test_a_form_leads_to_the_table(lists, folder, client):
    published(Q2)
    answer = client.get("/zverejnene-udaje/vyber?ctvrtleti=2026Q2&tabulka=users_by_type")
    assert answer.headers["Location"].endswith("/zverejnene-udaje/2026Q2/waiting_by_type")  # nobody told of users
    answer = client.get("/zverejnene-udaje/vyber?ctvrtleti=2026Q2&tabulka=costs_by_type")
    assert answer.headers["Location"].endswith("/zverejnene-udaje/2026Q2/costs_by_type")


def test_readings_keep_the_states_apart(lists, folder, app):
    published(Q2)
    settings = app.extensions["portal_settings"]
    assert readings.list_published(settings) == [Q2]
    rows = readings.published_table(settings, TableName.WAITING, Q2).rows()
    below = [row for row in rows if row["below"]]
    assert below
    assert all(row["state"] is FigureState.HIDDEN and row["value"] is None for row in below)
    costs = readings.published_table(settings, TableName.COSTS).rows()
    assert {row["state"] for row in costs} >= {FigureState.NOT_APPLICABLE, FigureState.HIDDEN}
    assert readings.published_table(settings, TableName.USERS) is None
    assert readings.published_table(settings, TableName.WAITING, Q1) is None


def test_lost_files_are_written_again_as_they_were(lists, folder, app):
    published(Q2)
    before = (folder / "2026Q2" / "release.json").read_bytes()
    for file in (folder / "2026Q2").iterdir():
        file.unlink()
    (folder / "2026Q2").rmdir()
    look_after_files(app.extensions["portal_settings"])
    assert (folder / "2026Q2" / "release.json").read_bytes() == before


def test_a_filled_region_is_published_wherever_something_was_told(lists, folder):
    closed_quarter(Q1)
    done = publish_all(OPERATOR, lambda done, total: None, {})
    assert done == {"published": ["2026Q2"], "left": ["2026Q1"]}
    assert files.published_quarters(folder) == ["2026Q2"]


def test_the_commands(lists, folder, app):
    runner = app.test_cli_runner()
    assert runner.invoke(cli, ["release", "build", "--period", "2026Q2"]).exit_code == 0
    assert runner.invoke(cli, ["release", "publish", "--period", "2026Q2"]).exit_code == 1
    told = runner.invoke(cli, ["release", "audit", "--period", "2026Q2", "--json"])
    assert told.exit_code == 0
    report = json.loads(told.stdout)
    assert report["passed"]
    assert {attack["exact"] for attack in report["attacks"]} == {0}
    assert "Prověrka neodhalila žádnou buňku" in told.stderr
    assert runner.invoke(cli, ["release", "publish", "--period", "2026Q2"]).exit_code == 0
    assert (folder / "2026Q2" / "manifest.json").is_file()
    assert runner.invoke(cli, ["release", "audit", "--period", "nic"]).exit_code == 1


def test_the_planner_goes_from_the_list_to_publication(lists, folder, app):
    client = login(app.test_client(), make_user(role=Role.PLANNER))
    assert "Připravit a prověřit" in client.get("/zverejneni").text
    assert change(client, "/zverejneni/2026Q2", "prepare").status_code == 303
    page = client.get("/zverejneni/2026Q2?tabulka=waiting_by_type").text
    assert "Prověrka neodhalila žádnou buňku" in page
    assert "méně než 8 (" in page
    assert "Počty od 0 do 7 se sdělují jako „méně než 8“. Ostatní počty se zaokrouhlují na 5." in page
    assert "s přesností na 15 procent." in page
    assert "=15" not in page
    client.set_cookie("lang", "en")
    assert "Counts from 0 to 7 are told as “less than 8”." in client.get("/zverejneni/2026Q2").text
    client.set_cookie("lang", "cs")
    assert change(client, "/zverejneni/2026Q2", "nic").status_code == 422
    published_page = change(client, "/zverejneni/2026Q2", "publish")
    assert published_page.status_code == 303
    again = change(login(app.test_client(), make_user(role=Role.PLANNER)), "/zverejneni/2026Q2", "publish")
    assert again.status_code == 303  # nothing changes
    assert "už se nemění" in client.get("/zverejnene-udaje/2026Q2/waiting_by_situation").text


def test_the_administrator_sees_no_exact_figures(lists, folder, app):
    published(Q2)
    client = login(app.test_client(), make_user(role=Role.ADMINISTRATOR))
    page = client.get("/zverejneni/2026Q2").text
    assert "méně než 8" in page
    assert "méně než 8 (" not in page
