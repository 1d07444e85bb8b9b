"""A file of returns: preview, errors by the cell, wholly or not at all, taken back."""

import io
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from portal.core.audit import AuditEntry
from portal.core.cells import Cell, CellState
from portal.core.clock import frozen_at, now_utc
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, NotFound
from portal.core.permissions import Actor, Grant, Role
from portal.core.transaction import transaction
from portal.returns.commands import returns
from portal.returns.files.writing import write_workbook
from portal.returns.models import (
    Return,
    ReturnCell,
    ReturnCellChange,
    ReturnEvent,
    ReturnImport,
    ReturnResidencePart,
)
from portal.returns.service import read_return, save_cells
from portal.returns.service.files import imports
from portal.returns.service.files.sheets import sheet_returns
from portal.returns.taking import take_file
from portal.returns.types import Period
from tests.factories.accounts import FOREIGN_ICO, OWN_ICO, login, make_user
from tests.factories.catalog import make_provider
from tests.factories.return_files import good_lines, good_sheet, key_of, list_of, place_of, workbook
from tests.factories.returns import make_reporting_service, make_return
from tests.factories.returns_pages import GOOD, Q2, Person

EDITOR = Actor(7, "Eva Editorová", frozenset({Grant(Role.PROVIDER_EDITOR, OWN_ICO)}))
COLLEAGUE = Actor(8, "Alena Schvalovací", frozenset({Grant(Role.PROVIDER_APPROVER, OWN_ICO)}))
STRANGER = Actor(9, "Cizí", frozenset({Grant(Role.PROVIDER_EDITOR, FOREIGN_ICO)}))
KRAJ = Actor(10, "Karel Krajský", frozenset({Grant(Role.KEY_WORKER)}))
AUDITOR = Actor(11, "Anna Auditorová", frozenset({Grant(Role.AUDITOR)}))


@pytest.fixture
def take(service, tmp_path):
    """Send a file in; the home of the sheet stands for the service of the test."""

    def send(actor=EDITOR, sheet=None, content=None, expected=Q2):
        path = tmp_path / "vykaz.xlsx"
        if content is None:
            sheet = sheet or good_sheet()
            sheet.cells = {
                place: value.replace("1001|", f"{service.register_id}|") if isinstance(value, str) else value
                for place, value in sheet.cells.items()
            }
            content = workbook(sheet)
        path.write_bytes(content)
        return take_file(actor, path, path.name, expected)

    return send


def stored(service):
    query = (
        select(ReturnCell.form, ReturnCell.field, ReturnCell.state, ReturnCell.value, ReturnCell.comment)
        .join(Return)
        .where(Return.service_id == service.id)
    )
    return {f"{form}-{code}": (state, value, note) for form, code, state, value, note in db.session.execute(query)}


def told(info):
    return {str(problem.place): str(problem.message) for problem in info.problems}


def apply(actor, info):
    with transaction():
        return imports.apply_import(actor, info.id)


def roll_back(actor, info):
    with transaction():
        return imports.roll_back_import(actor, info.id)


def edit(service, name, number):
    """Somebody types a number into the form."""
    reading = read_return(COLLEAGUE, service.register_id, Q2)
    with transaction():
        save_cells(
            COLLEAGUE,
            register_id=service.register_id,
            period=Q2,
            version=reading.version,
            cells={key_of(name): Cell.of(number)},
            comments={},
        )


def test_a_preview_writes_nothing_and_the_import_everything(service, take):
    info = take()
    assert (info.state, info.count("new"), info.empty, info.errors, info.warnings) == ("previewed", 1, 1, 0, 0)
    assert stored(service) == {}
    assert apply(EDITOR, info).state == "applied"
    cells = stored(service)
    assert cells["residential-direct_hours"][:2] == ("value", 4000.5)
    assert cells["all-revenue_other"][:2] == ("zero", 0)
    assert cells["all-costs_total"][:2] == ("value", 3260000.5)
    actions = set(db.session.scalars(select(AuditEntry.action).where(AuditEntry.user_id == EDITOR.user_id)))
    assert {"returns.import.applied", "returns.cells.saved"} <= actions


def history(service):
    query = select(ReturnCellChange).join(Return).where(Return.service_id == service.id)
    return {
        (one.form, one.field, one.version, one.from_state, one.to_state, one.to_value)
        for one in db.session.scalars(query)
    }


def test_an_import_stores_the_same_as_the_form(app, service, take):
    """The form is the oracle: cells, comments and history are equal."""
    apply(EDITOR, take(sheet=good_sheet().at("all-users_new", "stěhování", "F")))
    with transaction():
        twin = make_reporting_service(service.provider, type_code="49", forms=("residential",))
        register_id = twin.register_id
    client = login(app.test_client(), make_user(role="provider_editor", name="Eva Editorová"))
    page = Person(client, f"/vykazy/{register_id}/{Q2}")
    assert page.post(**GOOD, **{"all-users_new-comment": "stěhování"}).status_code == 303
    assert stored(twin) == stored(service)
    assert history(twin) == history(service)


def test_the_same_file_again_changes_nothing(service, take):
    apply(EDITOR, take())
    before = stored(service), history(service)
    again = take()
    assert (again.count("unchanged"), again.to_write, again.may_apply) == (1, 0, False)
    assert again.applied_before_at_utc is not None
    apply(EDITOR, again)
    assert (stored(service), history(service)) == before


def test_applying_twice_writes_once(service, take):
    info = take()
    apply(EDITOR, info)
    before = history(service)
    assert apply(EDITOR, info).state == "applied"
    assert history(service) == before


def test_one_error_keeps_the_whole_file_out(service, take):
    info = take(sheet=good_sheet({"residential-bed_days_used": "99 999"}))
    assert (info.state, info.errors, info.has_marked) == ("blocked", 1, True)
    assert "bed-days" in told(info)[place_of("residential-bed_days_used")]
    with pytest.raises(Forbidden):
        apply(EDITOR, info)
    assert stored(service) == {}


def test_gaps_do_not_block_a_draft_but_are_counted(service, take):
    info = take(sheet=good_sheet({"all-costs_energy": None, "all-users_left": "netýká se"}))
    assert (info.state, info.errors, info.items[0].missing) == ("previewed", 0, 1)
    apply(EDITOR, info)
    cells = stored(service)
    assert cells["all-costs_energy"][0] == CellState.NOT_SUPPLIED
    assert cells["all-costs_total"][0] == CellState.NOT_SUPPLIED
    assert cells["all-users_left"][0] == CellState.NOT_APPLICABLE


def test_what_is_left_out_of_a_list_stays(service, take):
    apply(EDITOR, take())
    line = f"{Q2};{service.register_id};49;all;users_new;9;"
    info = take(content=list_of(line))
    assert (info.items[0].changed, info.items[0].emptied) == (1, 0)
    apply(EDITOR, info)
    cells = stored(service)
    assert cells["all-users_new"][:2] == ("value", 9)
    assert cells["all-users_left"][:2] == ("value", 7)


def test_a_figure_that_is_emptied_is_counted_as_such(service, take):
    apply(EDITOR, take())
    info = take(sheet=good_sheet({"all-users_new": None}))
    assert (info.items[0].changed, info.items[0].emptied) == (1, 1)


def test_a_foreign_service_is_told_as_one_that_is_not_there(service, take):
    with transaction():
        foreign = make_reporting_service(make_provider(ico=FOREIGN_ICO), type_code="49", forms=("residential",))
        number = foreign.register_id
    sentences = []
    for register_id in (number, 987654):
        lines = [line.replace(";1001;", f";{register_id};") for line in good_lines()]
        info = take(content=list_of(*lines))
        assert (info.state, info.items) == ("blocked", [])
        sentences.append(told(info)["CSV!B2"].replace(str(register_id), "N"))
    assert sentences[0] == sentences[1] == "The service N is not among yours in this quarter."


@pytest.mark.parametrize(
    ("expected", "period", "sentence"),
    [(Q2.previous, None, "but you chose"), (None, "2026Q3", "has not opened")],
)
def test_a_wrong_quarter_is_told_at_its_cell(service, take, expected, period, sentence):
    sheet = good_sheet()
    if period:
        sheet.put("B1", period)
    info = take(sheet=sheet, expected=expected)
    assert info.state == "blocked"
    assert sentence in told(info)["Výkaz!B1"]


@pytest.mark.parametrize("state", ["submitted", "accepted", "locked"])
def test_what_was_submitted_is_not_written(service, take, state):
    with transaction():
        make_return(service, Q2, {"users_new": 6}, state=state)
    info = take()
    assert info.state == "blocked"
    assert "cannot be changed, since its state" in told(info)["Výkaz!E5"]


def test_a_closed_quarter_takes_no_new_returns(service, take):
    with frozen_at(datetime(2026, 9, 1, tzinfo=UTC)):
        info = take()
    assert "quarter is closed" in told(info)["Výkaz!E5"]


def test_a_register_that_changed_the_forms_asks_for_a_new_sheet(service, take):
    sheet = good_sheet()
    sheet.put("E1", "1001|49|outpatient|0")
    assert "changed the type or the forms" in told(take(sheet=sheet))["Výkaz!E5"]


def test_somebody_else_between_preview_and_import_is_a_conflict(service, take):
    info = take()
    edit(service, "all-users_new", 5)
    before = stored(service)
    with pytest.raises(Conflict, match="Domov Pod Lipami"):
        apply(EDITOR, info)
    assert stored(service) == before


def test_a_return_changed_since_the_download_is_warned_of(service, take):
    edit(service, "all-users_new", 5)
    assert "after the sheet was downloaded" in told(take())["Výkaz!E5"]


def test_an_import_is_taken_back_to_the_cell(service, take):
    edit(service, "all-users_new", 5)
    before = stored(service)
    info = take(sheet=good_sheet().at("all-users_new", "stěhování", "F"))
    apply(EDITOR, info)
    assert stored(service) != before
    assert roll_back(EDITOR, info).state == "rolled_back"
    assert stored(service) == before
    assert max(version for *_, version, _a, _b, _c in history(service)) == 3
    with pytest.raises(Forbidden):
        roll_back(EDITOR, info)


def test_a_return_that_the_import_began_goes_with_it(service, take):
    info = take()
    apply(EDITOR, info)
    assert roll_back(EDITOR, info).state == "rolled_back"
    assert db.session.scalar(select(func.count()).select_from(Return)) == 0
    assert history(service) == set()


@pytest.mark.parametrize("touched", ["cells", "part", "step"])
def test_a_return_that_somebody_touched_since_stays(service, take, touched):
    info = take()
    apply(EDITOR, info)
    begun = db.session.scalars(select(Return)).one()
    with transaction() as session:
        if touched == "part":
            session.add(ReturnResidencePart(return_id=begun.id, state="no_one", version=1))
        elif touched == "step":
            step = {"action": "submit", "from_state": "draft", "to_state": "draft", "actor_name": "Eva"}
            session.add(ReturnEvent(return_id=begun.id, at_utc=now_utc(), user_id=None, reason=None, **step))
        else:
            begun.version += 1  # a cell beside those of the file was written and emptied again
    assert roll_back(EDITOR, info).state == "rolled_back"
    assert db.session.scalar(select(func.count()).select_from(Return)) == 1
    assert stored(service)["all-users_new"][0] == "not_supplied"


def test_a_cell_changed_since_keeps_the_import(service, take):
    info = take()
    apply(EDITOR, info)
    edit(service, "all-users_new", 5)
    before = stored(service)
    with pytest.raises(Conflict, match="Domov Pod Lipami"):
        roll_back(EDITOR, info)
    assert stored(service) == before


def test_an_import_belongs_to_its_author_its_colleagues_and_the_kraj(service, take):
    info = take()
    for actor in (EDITOR, COLLEAGUE, KRAJ):
        assert imports.read_import(actor, info.id).id == info.id
    for actor in (STRANGER, AUDITOR):
        with pytest.raises(NotFound):
            imports.read_import(actor, info.id)
    assert [one.id for one in imports.list_imports(EDITOR)] == [info.id]
    assert imports.list_imports(COLLEAGUE) == []


def test_the_kraj_imports_for_many_providers_in_few_statements(app, service, take, queries):
    def world(count):
        with transaction():
            return [
                make_reporting_service(type_code="49", forms=("residential",)).register_id for _number in range(count)
            ]

    counts = []
    for size in (3, 12):
        lines = [line.replace(";1001;", f";{number};") for number in world(size) for line in good_lines()]
        queries.statements.clear()
        info = take(KRAJ, content=list_of(*lines))
        apply(KRAJ, info)
        assert (info.count("new"), info.errors) == (size, 0)
        counts.append(queries.count)
    assert counts[0] == counts[1]


def test_the_sheet_of_a_provider_goes_out_and_in_without_a_change(app, service, take):
    apply(EDITOR, take())
    definition, sheets = sheet_returns(EDITOR, Q2)
    assert [one.mark.register_id for one in sheets] == [service.register_id]
    target = io.BytesIO()
    with app.test_request_context():
        write_workbook(target, Q2, definition, sheets)
    info = take(content=target.getvalue())
    assert (info.errors, info.warnings, info.count("unchanged")) == (0, 0, 1)


def test_a_sheet_holds_own_services_of_an_open_quarter(service):
    with pytest.raises(NotFound):
        sheet_returns(STRANGER, Q2, register_ids=[service.register_id])
    with pytest.raises(NotFound):
        sheet_returns(EDITOR, Q2, ico=FOREIGN_ICO)
    with pytest.raises(NotFound):
        sheet_returns(EDITOR, Period(2030, 1))
    assert sheet_returns(EDITOR, Q2, with_figures=False)[1][0].cells == {}


def test_the_command_previews_and_applies(app, service, tmp_path):
    path = tmp_path / "vykaz.csv"
    path.write_bytes(list_of(*[line.replace(";1001;", f";{service.register_id};") for line in good_lines()]))
    run = app.test_cli_runner().invoke
    preview = run(returns, ["import", str(path)])
    assert (preview.exit_code, stored(service)) == (0, {})
    assert "nových výkazů 1" in preview.stderr
    assert run(returns, ["import", str(path), "--apply", "--period", "2026Q2"]).exit_code == 0
    assert stored(service)["all-users_new"][:2] == ("value", 6)
    wrong = run(returns, ["import", str(path), "--period", "2026Q1", "--marked", str(tmp_path / "kopie.xlsx")])
    assert wrong.exit_code == 1
    assert wrong.stdout.startswith("CSV!A2: ")
    assert (tmp_path / "kopie.xlsx").read_bytes()[:2] == b"PK"
    number = max(row.id for row in db.session.scalars(select(ReturnImport)) if row.state == "applied")
    assert run(returns, ["roll-back", str(number)]).exit_code == 0
    assert stored(service) == {}
