"""A whole register of users from a file: shown, written wholly or not at all, twice as once, taken back."""

import io
from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, ImportRejected, NotFound
from portal.core.permissions import OPERATOR, Actor, Grant, Role
from portal.core.transaction import transaction
from portal.waitlists import service
from portal.waitlists.commands import waitlists
from portal.waitlists.models import Client, ListImport, ListImportItem
from portal.waitlists.types import ImportState, ImportSubject, ItemKind, Step
from portal.waitlists.words import reason_text, vocabulary
from tests.conftest import Queries
from tests.factories.accounts import FOREIGN_ICO, OWN_ICO, login, make_user
from tests.factories.vault import person
from tests.factories.waitlists import apply_for, list_file, make_listed, move, the_vault

EDITOR = Actor(7, "Eva Editorová", frozenset({Grant(Role.PROVIDER_EDITOR, OWN_ICO)}))
ROW = {"kód": "", "od": "1. 2. 2026", "do": "", "důvod odchodu": "", "obec": "unknown", "situace": "bydlení"}


@pytest.fixture
def desk(own, tmp_path):
    """Takes registers of users of the own service as its editor would."""

    def codes(*names):
        with transaction():
            registered = service.derive_codes(the_vault(), OWN_ICO, [person(name) for name in names])
        return [one.code.hex() for one in registered]

    def take(rows, columns=ROW):
        path = list_file(tmp_path / "u.csv", rows, columns)
        with transaction():
            return service.take_register(EDITOR, path, register_id=own.register_id, words=vocabulary())

    def apply(info, *, ends_gone=False):
        with transaction():
            return service.apply_register(EDITOR, register_id=own.register_id, import_id=info.id, ends_gone=ends_gone)

    def roll_back(info):
        with transaction():
            return service.roll_back_register(EDITOR, register_id=own.register_id, import_id=info.id)

    def stored():
        query = select(Client).where(Client.service_id == own.id).order_by(Client.started_on, Client.id)
        return [
            (stay.code.hex(), stay.started_on, stay.ended_on, stay.end_reason, stay.municipality_code)
            for stay in db.session.scalars(query)
        ]

    return SimpleNamespace(codes=codes, take=take, apply=apply, roll_back=roll_back, stored=stored, own=own)


def row(code, **cells):
    return {"kód": code, **cells}


def counts(info):
    return {str(kind): count for kind, count in info.counts.items() if count}


def test_differences_are_shown_and_written_and_taken_back(desk):
    petr, jana, eva, adam = desk.codes("petr", "jana", "eva", "adam")
    desk.apply(desk.take([row(petr), row(jana), row(eva)]))
    before = desk.stored()
    rows = [
        row(petr),
        row(jana, do="30. 6. 2026", **{"důvod odchodu": "other_service"}),
        row(adam, obec="mimo kraj"),
        row(adam, obec="mimo kraj", od="1. 1. 2025", do="1. 2. 2026", **{"důvod odchodu": "home"}),
    ]
    info = desk.take(rows)
    assert (info.state, counts(info)) == (ImportState.PREVIEWED, {"new": 2, "changed": 1, "gone": 1, "same": 1})
    assert desk.stored() == before
    [changed] = service.list_items(
        EDITOR,
        register_id=desk.own.register_id,
        import_id=info.id,
        kind=ItemKind.CHANGED,
        subject=ImportSubject.STAYS,
    )
    assert changed.changes == {"ended_on": (None, "2026-06-30"), "end_reason": (None, "other_service")}

    assert desk.apply(info, ends_gone=True).state is ImportState.APPLIED
    assert sorted(desk.stored()) == sorted(
        [
            (petr, date(2026, 2, 1), None, None, "unknown"),
            (jana, date(2026, 2, 1), date(2026, 6, 30), "other_service", "unknown"),
            (eva, date(2026, 2, 1), date(2026, 7, 10), "other", "unknown"),
            (adam, date(2025, 1, 1), date(2026, 2, 1), "home", "outside"),
            (adam, date(2026, 2, 1), None, None, "outside"),
        ]
    )
    assert desk.take(rows).changes_nothing

    assert desk.roll_back(info).state is ImportState.ROLLED_BACK
    assert desk.stored() == before


def test_who_is_in_no_row_stays_unless_the_provider_says_otherwise(desk):
    petr, jana = desk.codes("petr", "jana")
    desk.apply(desk.take([row(petr), row(jana)]))
    desk.apply(desk.take([row(petr, obec="mimo kraj")]))
    assert [stay[2] for stay in desk.stored()] == [None, None]


def test_a_corrected_first_day_changes_the_stay_that_lasts(desk):
    [petr] = desk.codes("petr")
    desk.apply(desk.take([row(petr)]))
    info = desk.take([row(petr, od="1. 3. 2026")])
    assert counts(info) == {"changed": 1}
    desk.apply(info)
    assert [stay[:3] for stay in desk.stored()] == [(petr, date(2026, 3, 1), None)]


def test_a_person_who_left_and_came_again_has_two_stays(desk):
    [petr] = desk.codes("petr")
    desk.apply(desk.take([row(petr, od="1. 1. 2025")]))
    desk.apply(desk.take([row(petr, od="1. 1. 2025", do="1. 5. 2025", **{"důvod odchodu": "home"}), row(petr)]))
    assert [stay[1:3] for stay in desk.stored()] == [(date(2025, 1, 1), date(2025, 5, 1)), (date(2026, 2, 1), None)]


def test_an_admission_from_the_list_and_a_row_of_its_person_are_one_stay(desk):
    application = apply_for(desk.own, "petr", "A-1", municipality_code="unknown", target_group=None)
    move(desk.own, application, Step.ADMIT, date(2026, 6, 1))
    [petr] = desk.codes("petr")
    info = desk.take([row(petr, od="3. 6. 2026", situace="závislost na péči jiné osoby")])
    assert counts(info) == {"changed": 1}
    desk.apply(info)
    [stay] = db.session.scalars(select(Client))
    assert (stay.application_id, stay.started_on) == (application, date(2026, 6, 3))


def test_a_column_that_is_left_out_changes_nothing(desk):
    [petr] = desk.codes("petr")
    desk.apply(desk.take([row(petr, od="1. 1. 2025", do="1. 5. 2025", **{"důvod odchodu": "home"})]))
    short = {name: text for name, text in ROW.items() if name not in ("do", "důvod odchodu")}
    assert desk.take([row(petr, od="1. 1. 2025")], short).changes_nothing


def test_a_file_with_faults_writes_nothing_and_names_them_without_repeating_them(desk):
    petr, jana = desk.codes("petr", "jana")
    info = desk.take(
        [
            row(petr, obec="Novákov Janův"),
            row("ab" * 16),
            row(petr, od="31. 2. 2026"),
            row(petr, od="11. 7. 2026"),
            row(petr, do="1. 5. 2026"),
            row(petr, do="1. 1. 2026", **{"důvod odchodu": "home"}),
            row(petr, do="1. 5. 2026", **{"důvod odchodu": "Novákův důvod"}),
            row(jana),
            row(jana, od="1. 5. 2026"),
        ]
    )
    assert info.state is ImportState.BLOCKED
    assert {(problem.row, problem.column) for problem in info.problems} == {
        ("2", "E2"), ("3", None), ("4", "B4"), ("5", "B5"), ("6", "D6"), ("7", "C7"), ("8", "D8"), ("10", "B10"),
    }  # fmt: skip
    assert "Novák" not in " ".join(str(problem.message) for problem in info.problems)
    with pytest.raises(Forbidden):
        desk.apply(info)
    assert desk.stored() == []


def test_codes_of_another_provider_are_refused(desk):
    make_listed(FOREIGN_ICO)
    with transaction():
        [theirs] = service.derive_codes(the_vault(), FOREIGN_ICO, [person("petr")])
    assert [problem.row for problem in desk.take([row(theirs.code.hex())]).problems] == ["2"]


@pytest.mark.parametrize(
    "content",
    [
        "kód;od;situace;obec;jméno\n{code};2. 3. 2026;bydlení;unknown;Canárek\n",
        "kód;od;situace;obec\n{code};2. 3. 2026;bydlení;Canárek 440612/012\n",
        "kód;od;situace;obec;vzkaz\n{code};2. 3. 2026;bydlení;unknown;Canárek\n",
        "kód;od\n{code};2. 3. 2026\n",
        "kód;od;situace;obec\n",
    ],
)
def test_a_file_with_identity_or_of_another_kind_leaves_no_trace(desk, tmp_path, content, caplog):
    [petr] = desk.codes("petr")
    path = tmp_path / "Canárek.csv"
    path.write_text(content.format(code=petr), encoding="utf-8")
    with pytest.raises(ImportRejected) as refused, transaction():
        service.take_register(EDITOR, path, register_id=desk.own.register_id, words=vocabulary())
    said = " ".join([str(refused.value), *(str(one.message) for one in refused.value.rows)])
    assert "Canárek" not in said + caplog.text
    assert db.session.query(ListImport).count() == 0


def test_a_stale_preview_is_not_written_and_what_changed_since_is_not_taken_back(desk):
    [petr] = desk.codes("petr")
    desk.apply(desk.take([row(petr)]))
    stale = desk.take([row(petr, obec="mimo kraj")])
    stay = db.session.scalars(select(Client)).one()
    with transaction():
        service.end_stay(
            EDITOR, register_id=desk.own.register_id, client_id=stay.id, version=1, on=date(2026, 7, 1), reason="home"
        )
    with pytest.raises(Conflict):
        desk.apply(stale)
    with pytest.raises(Conflict):
        desk.roll_back(service.list_imports(EDITOR, desk.own.register_id, ImportSubject.STAYS)[1][-1])
    assert [stay[3] for stay in desk.stored()] == ["home"]


def test_lists_and_registers_have_their_own_imports(desk, tmp_path):
    [petr] = desk.codes("petr")
    info = desk.apply(desk.take([row(petr)]))
    assert service.list_imports(EDITOR, desk.own.register_id)[1] == []
    with pytest.raises(NotFound):
        service.get_import(EDITOR, register_id=desk.own.register_id, import_id=info.id)
    with pytest.raises(NotFound), transaction():
        service.roll_back_import(EDITOR, register_id=desk.own.register_id, import_id=info.id)
    listed = list_file(tmp_path / "a.csv", [{"kód": petr, "číslo spisu": "A-1"}])
    with transaction():
        other = service.take_list(EDITOR, listed, register_id=desk.own.register_id, words=vocabulary())
    with transaction():
        service.apply_import(EDITOR, register_id=desk.own.register_id, import_id=other.id, closes_gone=False)
    assert desk.roll_back(info).state is ImportState.ROLLED_BACK  # still the last of its own kind


def test_an_erased_person_leaves_the_imports_too(desk):
    petr, jana = desk.codes("petr", "jana")
    desk.apply(desk.take([row(petr), row(jana)]))
    stay = db.session.scalars(select(Client).where(Client.code == bytes.fromhex(petr))).one()
    with transaction():
        service.erase_client(OPERATOR, vault=the_vault(), register_id=desk.own.register_id, client_id=stay.id)
    assert [item.code.hex() for item in db.session.scalars(select(ListImportItem))] == [jana]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_export_comes_back_without_a_change(desk, app, tmp_path, kind):
    petr, jana = desk.codes("petr", "jana")
    left = {"do": "1. 5. 2026", "důvod odchodu": "other_service"}
    extra = {**ROW, "rok narození": "", "pohlaví": ""}
    desk.apply(desk.take([row(petr, **left), row(jana, **{"rok narození": "1944", "pohlaví": "žena"})], extra))
    client = login(app.test_client(), make_user(role="provider_editor"))
    path = tmp_path / f"a.{kind}"
    with client.get(f"/poradniky/{desk.own.register_id}/uzivatele.{kind}") as answer:
        path.write_bytes(answer.data)
    with transaction():
        info = service.take_register(EDITOR, path, register_id=desk.own.register_id, words=vocabulary())
    assert (counts(info), info.problems) == ({"same": 2}, [])


def test_a_register_of_hundreds_takes_no_more_statements_than_one_of_a_few(desk, queries: Queries):
    few = [row(code) for code in desk.codes("a", "b")]
    many = [row(code) for code in desk.codes(*(f"o{number}" for number in range(300)))]
    spent = []
    for rows in (few, many):
        queries.statements.clear()
        desk.apply(desk.take(rows))
        spent.append(queries.count)
    assert spent[1] <= spent[0] + 4


def test_the_pages_show_the_differences_write_them_and_take_them_back(desk, app):
    petr, jana = desk.codes("petr", "jana")
    desk.apply(desk.take([row(petr), row(jana)]))
    client = login(app.test_client(), make_user(role="provider_editor"))
    where = f"/poradniky/{desk.own.register_id}/uzivatele/import"
    assert "Soubor s kódy" in client.get(where).text
    nothing = client.post(where, data={})
    assert nothing.status_code == 422
    assert "Vyberte soubor" in nothing.text
    content = f"kód;od;do;důvod odchodu;obec;situace\n{petr};1. 2. 2026;1. 7. 2026;home;unknown;bydlení\n"
    sent = client.post(where, data={"file": (io.BytesIO(content.encode()), "uzivatele.csv")})
    assert sent.status_code == 303
    preview = sent.headers["Location"]
    shown = client.get(preview).text
    assert f"Důvod odchodu: – → {reason_text('home', leaving=True)}" in shown
    assert client.post(f"{preview}/zapis", data={}).status_code == 422
    assert client.post(f"{preview}/zapis", data={"gone": "close"}).status_code == 422  # a choice of the other import
    assert client.post(f"{preview}/zapis", data={"gone": "end"}).status_code == 303
    assert [stay[3] for stay in desk.stored()] == ["home", "other"]
    assert client.post(f"{preview}/zpet").status_code == 303
    assert [stay[3] for stay in desk.stored()] == [None, None]
    assert client.post(f"{preview}/zpet").status_code == 409


def test_the_command_imports_and_takes_back(app, desk, tmp_path):
    petr, jana = desk.codes("petr", "jana")
    desk.apply(desk.take([row(jana)]))
    path = list_file(tmp_path / "u.csv", [row(petr)], ROW)
    runner = app.test_cli_runner()
    number = ["--service", str(desk.own.register_id)]

    def run(*arguments):
        return runner.invoke(waitlists, arguments)

    assert (run("import-users", str(path), *number).exit_code, len(desk.stored())) == (0, 1)
    written = run("import-users", str(path), *number, "--apply", "--gone", "end")
    assert written.exit_code == 0
    assert [stay[3] for stay in desk.stored()] == ["other", None]
    assert run("import-users", str(path), *number, "--apply").exit_code == 0
    assert len(desk.stored()) == 2
    applied = [
        info
        for info in service.list_imports(OPERATOR, desk.own.register_id, ImportSubject.STAYS)[1]
        if info.state is ImportState.APPLIED
    ]
    assert run("rollback-users", *number, str(applied[0].id)).exit_code == 0
    assert [stay[3] for stay in desk.stored()] == [None]
    faulty = list_file(tmp_path / "b.csv", [row("zz")], ROW)
    assert run("import-users", str(faulty), *number, "--apply").exit_code == 1
