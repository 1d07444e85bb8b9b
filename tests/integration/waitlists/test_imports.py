"""A whole list from a file: shown, written wholly or not at all, twice as once, taken back; never with identity."""

import io
from datetime import date
from types import SimpleNamespace

import pytest
import xlsxwriter
from sqlalchemy import select

from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, ImportRejected, NotFound
from portal.core.permissions import Actor, Grant, Role
from portal.core.transaction import transaction
from portal.waitlists import service
from portal.waitlists.commands import waitlists
from portal.waitlists.models import Application, ApplicationEvent, Client, ListImport
from portal.waitlists.types import ImportState, ItemKind, Sex, State, Step
from portal.waitlists.words import vocabulary
from tests.factories.accounts import OWN_ICO, login, make_user
from tests.factories.vault import person
from tests.factories.waitlists import ROW, apply_for, list_file, move, the_vault

EDITOR = Actor(7, "Eva Editorová", frozenset({Grant(Role.PROVIDER_EDITOR, OWN_ICO)}))


@pytest.fixture
def desk(own, tmp_path):
    """Takes lists of the own service as its editor would."""

    def codes(*names):
        with transaction():
            registered = service.derive_codes(the_vault(), OWN_ICO, [person(name) for name in names])
        return [one.code.hex() for one in registered]

    def take(rows):
        with transaction():
            return service.take_list(
                EDITOR, list_file(tmp_path / "a.csv", rows), register_id=own.register_id, words=vocabulary()
            )

    def apply(info, *, closes_gone=True):
        with transaction():
            return service.apply_import(EDITOR, register_id=own.register_id, import_id=info.id, closes_gone=closes_gone)

    def roll_back(info):
        with transaction():
            return service.roll_back_import(EDITOR, register_id=own.register_id, import_id=info.id)

    def stored():
        query = select(Application).where(Application.service_id == own.id).order_by(Application.file_reference)
        return [
            (row.file_reference, row.state, row.municipality_code, row.urgency) for row in db.session.scalars(query)
        ]

    return SimpleNamespace(codes=codes, take=take, apply=apply, roll_back=roll_back, stored=stored, own=own)


def counts(info):
    return {str(kind): count for kind, count in info.counts.items() if count}


def row(code, reference, **cells):
    return {"kód": code, "číslo spisu": reference, **cells}


def test_differences_are_shown_and_written_and_taken_back(desk):
    apply_for(desk.own, "petr", "A-1", municipality_code="unknown", target_group=None)
    changing = apply_for(desk.own, "jana", "A-2", target_group=None)
    apply_for(desk.own, "karel", "A-3")
    before = desk.stored()
    petr, jana, eva = desk.codes("petr", "jana", "eva")
    rows = [
        row(petr, "A-1"),
        row(jana, "A-2", naléhavost="naléhavá"),
        row(eva, "A-4", stav="přijat", rozhodnuto="1. 6. 2026"),
    ]
    info = desk.take(rows)
    assert (info.state, counts(info)) == (ImportState.PREVIEWED, {"new": 1, "changed": 1, "gone": 1, "same": 1})
    assert desk.stored() == before
    [changed] = service.list_items(EDITOR, register_id=desk.own.register_id, import_id=info.id, kind=ItemKind.CHANGED)
    assert changed.changes == {"municipality_code": ("523704", "unknown"), "urgency": ("usual", "urgent")}

    assert desk.apply(info).state is ImportState.APPLIED
    assert desk.stored() == [
        ("A-1", "waiting", "unknown", "usual"),
        ("A-2", "waiting", "unknown", "urgent"),
        ("A-3", "withdrawn", "523704", "usual"),
        ("A-4", "admitted", "unknown", "usual"),
    ]
    assert [stay.started_on for stay in db.session.scalars(select(Client))] == [date(2026, 6, 1)]
    again = desk.take(rows)
    assert again.changes_nothing

    assert desk.roll_back(info).state is ImportState.ROLLED_BACK
    assert desk.stored() == before
    assert db.session.query(Client).count() == 0
    kinds = db.session.scalars(
        select(ApplicationEvent.kind).where(ApplicationEvent.application_id == changing).order_by(ApplicationEvent.id)
    )
    assert list(kinds) == ["added", "imported", "taken_back"]


def test_applications_in_no_row_can_be_kept(desk):
    apply_for(desk.own, "karel", "A-3")
    [petr] = desk.codes("petr")
    desk.apply(desk.take([row(petr, "A-1")]), closes_gone=False)
    assert [line[:2] for line in desk.stored()] == [("A-1", "waiting"), ("A-3", "waiting")]


def test_the_export_comes_back_without_a_change(desk, app, tmp_path):
    one = apply_for(desk.own, "petr", "A-1", municipality_code="unknown", target_group=None)
    move(desk.own, one, Step.REFUSE, date(2026, 6, 1), reason="capacity")
    later = {"can_start_from": date(2026, 9, 1), "birth_year": None, "sex": Sex.MALE}
    apply_for(desk.own, "jana", "A-2", municipality_code="outside", target_group=None, **later)
    client = login(app.test_client(), make_user(role="provider_editor"))
    for kind in ("csv", "xlsx"):
        path = tmp_path / f"a.{kind}"
        with client.get(f"/poradniky/{desk.own.register_id}/zadosti.{kind}?stav=any") as answer:
            path.write_bytes(answer.data)
        with transaction():
            info = service.take_list(EDITOR, path, register_id=desk.own.register_id, words=vocabulary())
        assert (counts(info), info.problems) == ({"same": 2}, [])


def test_a_stale_preview_is_not_written(desk):
    one = apply_for(desk.own, "petr", "A-1")
    [petr] = desk.codes("petr")
    info = desk.take([row(petr, "A-1", naléhavost="naléhavá")])
    move(desk.own, one, Step.OFFER, date(2026, 7, 1))
    with pytest.raises(Conflict):
        desk.apply(info)
    assert [line[1] for line in desk.stored()] == ["offered"]


def test_what_somebody_changed_since_is_not_taken_back(desk):
    [petr] = desk.codes("petr")
    info = desk.apply(desk.take([row(petr, "A-1")]))
    one = db.session.scalars(select(Application.id)).one()
    move(desk.own, one, Step.OFFER, date(2026, 7, 1))
    with pytest.raises(Conflict):
        desk.roll_back(info)
    later = desk.apply(desk.take([row(petr, "A-1", stav="čeká")]))
    with pytest.raises(Forbidden):
        desk.roll_back(info)
    desk.roll_back(later)
    assert [line[1] for line in desk.stored()] == ["offered"]


def test_a_file_with_faults_writes_nothing_and_names_them_without_repeating_them(desk):
    petr, jana = desk.codes("petr", "jana")
    info = desk.take(
        [
            row(petr, "A-1", obec="Novákov Janův"),
            row("ab" * 16, "A-2"),
            row("xyz", "A-3"),
            row(jana, "Novák"),
            row(petr, "A-5", přijato="31. 2. 2026"),
            row(jana, "A-6", přijato="11. 7. 2026"),
            row(jana, "A-7", stav="odmítla služba"),
            row(petr, "A-8", naléhavost="velmi"),
            row(petr, "A-9"),
            row(jana, "A-9"),
            row(petr, "A-10"),
        ]
    )
    assert info.state is ImportState.BLOCKED
    assert {(problem.row, problem.column) for problem in info.problems} == {
        ("2", "E2"), ("3", None), ("4", "A4"), ("5", "B5"), ("6", "C6"), ("7", "C7"), ("8", None), ("9", "G9"),
        ("11", "B11"), ("12", "A12"),
    }  # fmt: skip
    said = " ".join(str(problem.message) for problem in info.problems)
    assert not any(text in said for text in ("Novák", "velmi", "xyz"))
    with pytest.raises(Forbidden):
        desk.apply(info)
    assert desk.stored() == []


def test_codes_that_the_portal_did_not_give_to_this_provider_are_refused(desk, foreign):
    with transaction():
        [theirs] = service.derive_codes(the_vault(), foreign.provider.ico, [person("petr")])
    info = desk.take([row(theirs.code.hex(), "A-1"), row("ab" * 16, "A-2")])
    assert [problem.row for problem in info.problems] == ["2", "3"]


@pytest.mark.parametrize(
    "content",
    [
        "kód;jméno;příjmení\n{code};Jan;Canárek\n",
        "kód;číslo spisu;přijato;situace;obec;rodné číslo\n{code};A-1;2. 3. 2026;bydlení;Šumperk;440612/012\n",
        "kód;číslo spisu;přijato;situace;obec\n{code};A-1;2. 3. 2026;bydlení;Canárek 440612/012\n",
        "kód;číslo spisu;přijato;situace;obec;poznámka\n{code};A-1;2. 3. 2026;bydlení;Šumperk;Canárek\n",
        "Jan;Canárek;440612/012\n",
        "kód;číslo spisu\n{code};A-1\n",
        "kód;číslo spisu;přijato;situace;obec\n",
        "",
    ],
)
def test_a_file_with_identity_or_of_another_kind_leaves_no_trace(desk, tmp_path, content, caplog):
    [petr] = desk.codes("petr")
    path = tmp_path / "Canárek.csv"
    path.write_text(content.format(code=petr), encoding="utf-8")
    with pytest.raises(ImportRejected) as refused, transaction():
        service.take_list(EDITOR, path, register_id=desk.own.register_id, words=vocabulary())
    said = " ".join([str(refused.value), *(str(one.message) for one in refused.value.rows)])
    assert "Canárek" not in said + caplog.text
    assert "440612" not in said + caplog.text
    assert db.session.query(ListImport).count() == 0


def test_a_workbook_is_read_with_its_days(desk, tmp_path):
    [petr] = desk.codes("petr")
    content = io.BytesIO()
    workbook = xlsxwriter.Workbook(content, {"default_date_format": "d. m. yyyy"})
    sheet = workbook.add_worksheet()
    sheet.write_row(0, 0, [*ROW, "rok narození", "potvrzeno"])
    sheet.write_row(1, 0, [petr, "A-1"])
    sheet.write_datetime(1, 2, date(2026, 3, 2))
    sheet.write_row(1, 3, ["bydlení", "mimo kraj", 1944])
    sheet.write_datetime(1, 6, date(2026, 5, 4))
    workbook.close()
    path = tmp_path / "a.xlsx"
    path.write_bytes(content.getvalue())
    with transaction():
        info = service.take_list(EDITOR, path, register_id=desk.own.register_id, words=vocabulary())
    desk.apply(info)
    one = db.session.scalars(select(Application)).one()
    assert (one.received_on, one.confirmed_on, one.birth_year) == (date(2026, 3, 2), date(2026, 5, 4), 1944)
    assert (one.adverse_situation, one.municipality_code) == ("housing", "outside")


def test_a_broken_workbook_is_refused_with_a_sentence(desk, tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04 no workbook")
    with pytest.raises(ImportRejected), transaction():
        service.take_list(EDITOR, path, register_id=desk.own.register_id, words=vocabulary())


def test_a_file_put_aside_changes_nothing_any_more(desk):
    [petr] = desk.codes("petr")
    info = desk.take([row(petr, "A-1")])
    with transaction():
        service.discard_import(EDITOR, register_id=desk.own.register_id, import_id=info.id)
    with pytest.raises(Conflict):
        desk.apply(info)
    with pytest.raises(NotFound):
        service.get_import(EDITOR, register_id=desk.own.register_id, import_id=info.id + 1)


def test_a_list_of_hundreds_takes_no_more_statements_than_one_of_a_few(desk, queries):
    few = [row(code, f"A-{place}") for place, code in enumerate(desk.codes("a", "b"))]
    many = [row(code, f"B-{place}") for place, code in enumerate(desk.codes(*(f"o{n}" for n in range(300))))]
    spent = []
    for rows in (few, many):
        queries.statements.clear()
        desk.apply(desk.take(rows), closes_gone=False)
        spent.append(queries.count)
    assert spent[1] <= spent[0] + 4


def test_the_command_imports_and_says_what_it_did(app, desk, tmp_path):
    [petr] = desk.codes("petr")
    path = list_file(tmp_path / "a.csv", [row(petr, "A-1")])
    runner = app.test_cli_runner()

    def run(*arguments):
        return runner.invoke(waitlists, arguments)

    number = ["--service", str(desk.own.register_id)]
    shown = run("import", str(path), *number)
    assert (shown.exit_code, desk.stored()) == (0, [])
    written = run("import", str(path), *number, "--apply")
    assert (written.exit_code, [line[:2] for line in desk.stored()]) == (0, [("A-1", str(State.WAITING))])
    again = run("import", str(path), *number, "--apply")
    assert (again.exit_code, len(desk.stored())) == (0, 1)
    faulty = list_file(tmp_path / "b.csv", [row("zz", "A-1")])
    assert run("import", str(faulty), *number, "--apply").exit_code == 1
    assert run("night").exit_code == 0
