"""Import of the ministry's figures: preview, wholly or not at all, once, and back."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.benchmarking.ministry import service
from portal.benchmarking.ministry.models import MinistryFigure
from portal.benchmarking.ministry.types import ChangeKind, ImportState
from portal.cli import cli
from portal.core.audit import AuditEntry
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, ImportRejected, Invalid, NotFound
from portal.core.permissions import OPERATOR, Actor, Grant, Role
from tests.factories.ministry import bomb, csv_file, take, take_over
from tests.factories.returns import make_reporting_service

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def two():
    return make_reporting_service(), make_reporting_service()


def live(year=2015):
    rows = db.session.execute(
        select(MinistryFigure.service_id, MinistryFigure.item, MinistryFigure.state, MinistryFigure.value)
        .where(MinistryFigure.year == year)
        .order_by(MinistryFigure.service_id, MinistryFigure.item)
    )
    return [tuple(row) for row in rows]


def figures(path, *rows, **options):
    return csv_file(path, [(stored.register_id, 2015, costs, revenues) for stored, costs, revenues in rows], **options)


def test_a_preview_changes_nothing_and_tells_what_would(two, tmp_path):
    first, second = two
    take_over(figures(tmp_path / "a.csv", (first, 10, 20)))
    info = take(figures(tmp_path / "b.csv", (first, 10, 21), (second, 5, "")))
    assert (info.new, info.changed, info.same, info.state) == (2, 1, 1, ImportState.PREVIEWED)
    assert [row[3] for row in live()] == [10, 20]
    [changed] = service.list_changes(OPERATOR, info.id, ChangeKind.CHANGED)
    assert (changed.before.number, changed.after.number, changed.row) == (20, 21, 2)


def test_the_same_file_twice_is_once(two, tmp_path):
    path = figures(tmp_path / "a.csv", (two[0], 10, 20))
    info = take_over(path)
    before = live()
    again = take(path)
    assert (again.id, again.repeated, live()) == (info.id, True, before)
    assert service.apply_import(OPERATOR, import_id=info.id).repeated
    assert db.session.query(AuditEntry).filter_by(action="ministry.import.applied").count() == 1
    opened = take(figures(tmp_path / "b.csv", (two[1], 1, 2)))
    assert take(tmp_path / "b.csv").id == opened.id


def test_the_last_import_is_taken_back_to_the_figure(two, tmp_path):
    first, second = two
    take_over(figures(tmp_path / "a.csv", (first, 10, "")))
    before = live()
    later = take_over(figures(tmp_path / "b.csv", (second, 5, 6), (first, 11, 0)))
    assert len(live()) == 4
    assert service.roll_back_import(OPERATOR).id == later.id
    assert live() == before
    with pytest.raises(Forbidden):
        service.roll_back_import(OPERATOR, import_id=later.id)
    service.roll_back_import(OPERATOR)
    assert live() == []
    with pytest.raises(NotFound):
        service.roll_back_import(OPERATOR)


def test_a_file_taken_back_can_be_taken_again(two, tmp_path):
    path = figures(tmp_path / "a.csv", (two[0], 10, 20))
    first = take_over(path)
    service.roll_back_import(OPERATOR)
    assert take_over(path).id != first.id
    assert [row[3] for row in live()] == [10, 20]


def test_one_fault_and_nothing_is_taken(two, tmp_path):
    info = take(figures(tmp_path / "a.csv", (two[0], 10, 20), (two[1], "1,2,3", 5)))
    assert (info.state, info.fault_count) == (ImportState.REJECTED, 1)
    assert info.faults[0].row == 3
    with pytest.raises(Forbidden):
        service.apply_import(OPERATOR, import_id=info.id, confirmed=True)
    assert live() == []


def test_rows_of_unknown_services_wait_for_a_word(two, tmp_path):
    rows = [(two[0].register_id, 2015, 1, 2), (999_999_999, 2015, 3, 4)]
    info = take(csv_file(tmp_path / "a.csv", rows))
    assert (info.state, info.unknown) == (ImportState.WAITING, ((3, "999999999"),))
    with pytest.raises(Forbidden):
        service.apply_import(OPERATOR, import_id=info.id)
    service.apply_import(OPERATOR, import_id=info.id, confirmed=True)
    assert len(live()) == 2


def test_a_file_of_unknown_services_alone_is_refused(tmp_path):
    assert take(csv_file(tmp_path / "a.csv", [(999_999_999, 2015, 3, 4)])).state is ImportState.REJECTED


def test_a_service_is_known_by_its_identifier_too(tmp_path):
    stored = make_reporting_service(identifier="0123456")
    headings = ("Identifikátor služby", "Rok", "Náklady celkem", "Výnosy celkem")
    take_over(csv_file(tmp_path / "a.csv", [(123456, 2015, 1, 2)], headings=headings))
    assert [row[0] for row in live()] == [stored.id, stored.id]


def test_number_and_identifier_of_two_services_do_not_go_together(two, tmp_path):
    headings = ("portalId", "Identifikátor", "Rok", "Náklady")
    info = take(csv_file(tmp_path / "a.csv", [(two[0].register_id, two[1].identifier, 2015, 1)], headings=headings))
    assert "different services" in str(info.faults[0].message)


def test_columns_are_chosen_once_and_remembered(two, tmp_path):
    headings = ("Zařízení", "Období", "Ná", "Vý")
    info = take(figures(tmp_path / "a.csv", (two[0], 10, 20), headings=headings), source="Jiný")
    assert (info.state, info.headings) == (ImportState.MAPPING, headings)
    with pytest.raises(Invalid) as error:
        service.set_columns(OPERATOR, import_id=info.id, columns={"costs_total": "Ná"}, year=2015)
    assert "register_id" in error.value.fields
    chosen = {"register_id": "Zařízení", "costs_total": "Ná"}
    info = service.set_columns(OPERATOR, import_id=info.id, columns=chosen, year=2015)
    assert (info.state, info.new) == (ImportState.PREVIEWED, 1)
    later = take(figures(tmp_path / "b.csv", (two[1], 1, 2), headings=headings), source="Jiný", year=2015)
    assert (later.state, later.columns) == (ImportState.PREVIEWED, chosen)


def test_the_year_of_the_file_and_the_year_asked_for(two, tmp_path):
    info = take(figures(tmp_path / "a.csv", (two[0], 10, 20)), year=2016)
    assert info.state is ImportState.REJECTED
    with pytest.raises(Invalid):
        take(tmp_path / "a.csv", year=1990)


def test_two_previews_of_a_year_do_not_go_over_each_other(two, tmp_path):
    first = take(figures(tmp_path / "a.csv", (two[0], 1, 1)))
    second = take(figures(tmp_path / "b.csv", (two[0], 2, 2)))
    service.apply_import(OPERATOR, import_id=second.id)
    with pytest.raises(Conflict):
        service.apply_import(OPERATOR, import_id=first.id)


def test_a_file_put_aside_changes_nothing_ever(two, tmp_path):
    info = take(figures(tmp_path / "a.csv", (two[0], 1, 1)))
    assert service.discard_import(OPERATOR, import_id=info.id).state is ImportState.DISCARDED
    with pytest.raises(Forbidden):
        service.apply_import(OPERATOR, import_id=info.id)


def test_a_bomb_leaves_no_trace(tmp_path):
    with pytest.raises(ImportRejected):
        take(bomb(tmp_path / "b.xlsx"))


def test_who_may_not_import_does_not(two, tmp_path):
    path = figures(tmp_path / "a.csv", (two[0], 1, 1))
    for role in (Role.KEY_WORKER, Role.AUDITOR):
        with pytest.raises(Forbidden):
            service.take_file(Actor(grants=frozenset({Grant(role)})), path, name="a", source="b")


def test_the_administrator_sees_no_figures(two, tmp_path):
    info = take(figures(tmp_path / "a.csv", (two[0], 1, 1)))
    administrator = Actor(grants=frozenset({Grant(Role.ADMINISTRATOR)}))
    assert service.get_import(administrator, info.id).new == 2
    assert service.list_changes(administrator, info.id, ChangeKind.NEW) == []


def test_the_command_tells_faults_and_ends_by_them(app, two, tmp_path):
    def run(*arguments):
        return app.test_cli_runner().invoke(cli, ["mpsv", *map(str, arguments)])

    good = figures(tmp_path / "a.csv", (two[0], 10, 20))
    assert run("import", good, "--source", "S").exit_code == 0
    assert live() == []
    assert run("import", good, "--source", "S", "--apply").exit_code == 0
    assert [row[3] for row in live()] == [Decimal(10), Decimal(20)]
    assert "není co dělat" in run("import", good, "--source", "S", "--apply").stderr
    bad = run("import", figures(tmp_path / "b.csv", (two[0], "1,2,3", 20)), "--source", "S", "--apply")
    assert (bad.exit_code, "řádek 2" in bad.stderr) == (1, True)
    unknown = csv_file(tmp_path / "c.csv", [(two[1].register_id, 2015, 1, 2), (9, 2015, 1, 1)])
    assert run("import", unknown, "--source", "S", "--apply").exit_code == 3
    assert run("import", unknown, "--source", "S", "--apply", "--confirm").exit_code == 0
    assert len(live()) == 4
    assert run("rollback").exit_code == 0
    assert len(live()) == 2
    assert "a.csv" in run("imports").stdout
    other = figures(tmp_path / "d.csv", (two[0], 7, 8), headings=("A", "B", "C", "D"))
    assert run("import", other, "--source", "T").exit_code == 3
    chosen = ["--column", "register_id=A", "--column", "costs_total=C", "--year", 2015]
    assert run("import", other, "--source", "T", *chosen, "--apply").exit_code == 0
    assert [row[3] for row in live()] == [Decimal(7), Decimal(20)]
