"""Where users live in a file of returns: preview, wholly or not at all, taken back, the same as the page."""

import io
from datetime import date

import pytest
from sqlalchemy import select

from portal.catalog.models import CodeListItem
from portal.core.db import db
from portal.core.errors import Conflict
from portal.core.permissions import Actor, Grant, Role
from portal.core.transaction import transaction
from portal.returns.files.writing import write_workbook
from portal.returns.models import Return, ReturnResidence, ReturnResidenceChange, ReturnResidencePart
from portal.returns.residences.types import ResidenceKey, ResidenceState
from portal.returns.service import residence_words, save_residences
from portal.returns.service.files import imports
from portal.returns.service.files.sheets import sheet_returns
from portal.returns.taking import take_file
from tests.factories.accounts import FOREIGN_ICO, OWN_ICO
from tests.factories.catalog import make_provider
from tests.factories.malformed_residences import HOUSING, SENIORS
from tests.factories.return_files import HOME, PART_HEADING, good_sheet, list_of, part_sheet, workbook
from tests.factories.returns import make_period, make_reporting_service
from tests.factories.returns_pages import Q2
from tests.factories.territory import store_small_territory

EDITOR = Actor(7, "Eva Editorová", frozenset({Grant(Role.PROVIDER_EDITOR, OWN_ICO)}))
KRAJ = Actor(10, "Karel Krajský", frozenset({Grant(Role.KEY_WORKER)}))
OUTSIDE = ("mimo kraj", "osoby bez přístřeší", "housing", 2)
ROWS = {
    ResidenceKey("523704", "24", "dependence_on_care"): 40,
    ResidenceKey("569178", None, "housing"): 3,
    ResidenceKey("outside", "5", "housing"): 2,
}


@pytest.fixture(autouse=True)
def _region(app):
    store_small_territory()
    with transaction() as session:
        session.add(CodeListItem(list_name="target_groups", code="24", name="senioři"))
        session.add(CodeListItem(list_name="target_groups", code="5", name="osoby bez přístřeší"))


@pytest.fixture
def take(service, tmp_path):
    """Send sheets in; the home in them stands for the service of the test."""

    def send(*sheets, actor=EDITOR, content=None):
        path = tmp_path / "vykaz.xlsx"
        for sheet in sheets:
            for place, value in sheet.cells.items():
                if isinstance(value, str) and value.startswith((f"{HOME}|", f"{HOME} ")):
                    sheet.cells[place] = value.replace(str(HOME), str(service.register_id), 1)
        path.write_bytes(content or workbook(*sheets))
        return take_file(actor, path, path.name, Q2)

    return send


def apply(info, actor=EDITOR):
    with transaction():
        return imports.apply_import(actor, info.id)


def roll_back(info):
    with transaction():
        return imports.roll_back_import(EDITOR, info.id)


def stored(service):
    """State, version, rows and version of the return; None without a part."""
    row = db.session.execute(
        select(ReturnResidencePart.state, ReturnResidencePart.version, Return.id, Return.version)
        .join(Return, Return.id == ReturnResidencePart.return_id)
        .where(Return.service_id == service.id, Return.period == str(Q2))
    ).one_or_none()
    if row is None:
        return None
    state, version, return_id, return_version = row
    rows = db.session.scalars(select(ReturnResidence).where(ReturnResidence.return_id == return_id))
    return (
        state,
        version,
        {ResidenceKey(one.municipality_code, one.target_group, one.adverse_situation): one.persons for one in rows},
        return_version,
    )


def history(service):
    query = select(ReturnResidenceChange).join(Return).where(Return.service_id == service.id)
    return {
        (
            one.version,
            one.municipality_code,
            one.target_group,
            one.adverse_situation,
            one.from_persons,
            one.to_persons,
            one.from_state,
            one.to_state,
        )
        for one in db.session.scalars(query)
    }


def save(service, state, rows, version=0, period=Q2):
    with transaction():
        save_residences(EDITOR, register_id=service.register_id, period=period, version=version, state=state, rows=rows)


def told(info):
    return {str(problem.place): str(problem.message) for problem in info.problems}


def test_a_file_stores_the_same_as_the_page(service, take):
    """The page is the oracle: state, rows and history are equal."""
    info = take(good_sheet(), part_sheet(SENIORS, HOUSING, OUTSIDE))
    assert stored(service) is None
    assert (info.errors, info.items[0].residences, info.items[0].residence_rows) == (0, "supplied", 3)
    apply(info)
    with transaction():
        twin = make_reporting_service(service.provider, type_code="49", forms=("residential",))
    save(twin, ResidenceState.SUPPLIED, ROWS)
    assert stored(service)[:3] == stored(twin)[:3] == ("supplied", 1, ROWS)
    assert history(service) == history(twin)


def test_the_part_alone_begins_a_return_and_leaves_its_figures(service, take):
    line = f"{Q2};{service.register_id};Šumperk;senioři;závislost na péči jiné osoby;40;;"
    info = take(content=list_of(line, heading=PART_HEADING))
    assert (info.errors, info.count("new"), info.items[0].changed) == (0, 1, 0)
    apply(info)
    assert stored(service) == ("supplied", 1, {ResidenceKey("523704", "24", "dependence_on_care"): 40}, 0)


def test_the_same_file_again_changes_nothing(service, take):
    apply(take(good_sheet(), part_sheet(SENIORS, HOUSING, OUTSIDE)))
    before = stored(service), history(service)
    again = take(good_sheet(), part_sheet(SENIORS, HOUSING, OUTSIDE))
    assert (again.count("unchanged"), again.may_apply, again.applied_before_at_utc is None) == (1, False, False)
    other = take(good_sheet(), part_sheet(SENIORS, HOUSING))
    assert (other.items[0].residence_rows, other.applied_before_at_utc) == (1, None)
    assert (stored(service), history(service)) == before


@pytest.mark.parametrize("sheets", [(), (part_sheet(("", "", "", None)),)], ids=["no sheet", "nothing beside the name"])
def test_without_anything_of_it_the_part_stays(service, take, sheets):
    save(service, ResidenceState.SUPPLIED, ROWS)
    info = take(good_sheet(), *sheets)
    assert info.items[0].residences is None
    apply(info)
    assert stored(service)[:3] == ("supplied", 1, ROWS)


@pytest.mark.parametrize(
    ("word", "state"),
    [("nikdo", "no_one"), ("Netýká se", "not_applicable"), ("not supplied", "not_supplied")],
)
def test_a_word_stands_for_the_whole_part(service, take, word, state):
    save(service, ResidenceState.SUPPLIED, ROWS)
    info = take(part_sheet(("", "", "", None, word)))
    assert (info.errors, info.items[0].residences, info.items[0].residence_rows) == (0, state, 3)
    apply(info)
    assert stored(service)[:3] == (state, 2, {})
    roll_back(info)
    assert stored(service)[:3] == ("supplied", 3, ROWS)


def test_no_change_takes_over_last_quarter(service, take):
    blocked = take(part_sheet(("", "", "", None, "beze změny")))
    assert (blocked.state, "nothing to take over" in told(blocked)["Bydliště!F6"]) == ("blocked", True)
    with transaction():
        make_period(Q2.previous, closes_on=date(2026, 8, 9))
    save(service, ResidenceState.SUPPLIED, ROWS, period=Q2.previous)
    apply(take(part_sheet(("", "", "", None, "beze změny"))))
    assert stored(service)[:3] == ("supplied", 1, ROWS)


def test_an_error_in_a_row_keeps_the_whole_file_out(service, take):
    info = take(good_sheet(), part_sheet(SENIORS, ("Praha", "", "bydlení", 3)))
    assert (info.state, info.has_marked) == ("blocked", True)
    assert "no municipality “Praha”" in told(info)["Bydliště!B7"]
    assert db.session.scalars(select(Return)).all() == []


def test_more_persons_than_users_are_an_error_by_what_the_portal_holds(service, take):
    apply(take(good_sheet()))
    info = take(part_sheet(SENIORS, ("Bludov", "", "bydlení", 30)))
    assert (info.state, list(told(info))) == ("blocked", ["Bydliště!A6"])
    assert "more persons (70) than there were users" in told(info)["Bydliště!A6"]


def test_a_foreign_service_is_told_as_one_that_is_not_there(service, take):
    with transaction():
        foreign = make_reporting_service(make_provider(ico=FOREIGN_ICO), type_code="49", forms=("residential",))
        number = foreign.register_id
    for register_id in (number, 987654):
        line = f"{Q2};{register_id};Šumperk;senioři;bydlení;40;;"
        assert "not among yours" in told(take(content=list_of(line, heading=PART_HEADING)))["CSV!B2"]


def test_somebody_else_at_the_table_meanwhile_stops_writing_and_taking_back(service, take):
    info = take(good_sheet(), part_sheet(SENIORS, HOUSING, OUTSIDE))
    save(service, ResidenceState.NO_ONE, {})
    with pytest.raises(Conflict, match="Domov Pod Lipami"):
        apply(info)
    assert stored(service)[:3] == ("no_one", 1, {})
    again = take(good_sheet(), part_sheet(SENIORS, HOUSING, OUTSIDE))
    apply(again)
    save(service, ResidenceState.NO_ONE, {}, version=2)
    with pytest.raises(Conflict, match="Domov Pod Lipami"):
        roll_back(again)
    assert stored(service)[:3] == ("no_one", 3, {})


def test_an_import_of_both_is_taken_back_as_a_whole(service, take):
    save(service, ResidenceState.NO_ONE, {})
    info = take(good_sheet(), part_sheet(SENIORS, HOUSING, OUTSIDE))
    apply(info)
    assert roll_back(info).state == "rolled_back"
    assert stored(service)[:3] == ("no_one", 3, {})


def test_a_return_that_an_import_of_both_began_goes_with_it(service, take):
    info = take(good_sheet(), part_sheet(SENIORS, HOUSING, OUTSIDE))
    apply(info)
    assert roll_back(info).state == "rolled_back"
    assert stored(service) is None


def test_the_downloaded_workbook_goes_in_without_a_change_and_knows_its_age(app, service, take):
    apply(take(good_sheet(), part_sheet(SENIORS, HOUSING, OUTSIDE)))
    definition, sheets = sheet_returns(EDITOR, Q2)
    target = io.BytesIO()
    with app.test_request_context():
        write_workbook(target, Q2, definition, sheets, residence_words("cs"))
    info = take(content=target.getvalue())
    assert (info.errors, info.warnings, info.count("unchanged")) == (0, 0, 1)
    save(service, ResidenceState.NO_ONE, {}, version=1)
    older = take(content=target.getvalue())
    assert (older.items[0].residence_rows, older.warnings) == (3, 1)
    assert "after the sheet was downloaded" in str(older.problems[0].message)


def test_many_parts_are_written_in_few_statements(app, service, take, queries):
    def world(count):
        with transaction():
            return [
                make_reporting_service(type_code="49", forms=("residential",)).register_id for _number in range(count)
            ]

    counts = []
    for size in (3, 12):
        lines = [
            f"{Q2};{number};{place};{group};{situation};{persons};;"
            for number in world(size)
            for place, group, situation, persons in (SENIORS, HOUSING)
        ]
        queries.statements.clear()
        info = take(actor=KRAJ, content=list_of(*lines, heading=PART_HEADING))
        apply(info, KRAJ)
        assert (info.count("new"), info.errors) == (size, 0)
        counts.append(queries.count)
    assert counts[0] == counts[1]
