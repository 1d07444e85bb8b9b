"""The sheet that the portal writes, read back; the copy with faults marked; the command that checks a file."""

import io
import json
import zipfile
from decimal import Decimal

import pytest

from portal.app import create_app
from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell
from portal.core.workbooks.files import read_file, read_guarded
from portal.core.workbooks.markup import plain_number
from portal.returns.calc import with_totals
from portal.returns.commands import returns
from portal.returns.definition import definition_for
from portal.returns.files.checking import check_filing
from portal.returns.files.filed import SheetReturn
from portal.returns.files.layout import ServiceMark
from portal.returns.files.marking import write_marked
from portal.returns.files.recognising import recognise
from portal.returns.files.writing import list_lines, write_workbook
from portal.returns.workflow import STATE_LABELS
from tests.conftest import test_settings
from tests.factories.return_files import PERIOD, good_lines, good_sheet, list_of, place_of, row_of, workbook

DEFINITION = definition_for(PERIOD)
KEYS = DEFINITION.cells_for("49", {"residential"})
TYPED = [key for key in KEYS if not DEFINITION.field(key.field).is_computed]


@pytest.fixture
def app(tmp_path):
    """A portal whose database cannot be reached: nothing here may need one."""
    return create_app(test_settings("sqlite:////nowhere/at/all.db", tmp_path / "instance"))


def sheet_return(cells, comments=None, register_id=1001, version=3):
    return SheetReturn(
        mark=ServiceMark(register_id, "49", frozenset({"residential"}), version),
        service_name="=Domov Pod Lipami",
        provider_name="Charita Háj",
        identifier="1234567",
        state=STATE_LABELS["draft"],
        keys=KEYS,
        cells=cells,
        comments=comments or {},
    )


def states():
    """A value, a zero, a gap and “not applicable” in turn."""
    four = (Cell.of(Decimal("12.5")), Cell.of(0), NOT_SUPPLIED, NOT_APPLICABLE)
    whole = (Cell.of(12), *four[1:])
    return {
        key: (four if DEFINITION.field(key.field).decimals else whole)[number % 4] for number, key in enumerate(TYPED)
    }


def written(app, tmp_path, kind, *returns):
    path = tmp_path / f"vykaz.{kind}"
    with app.test_request_context():
        if kind == "csv":
            path.write_text(list_lines(PERIOD, DEFINITION, returns), "utf-8")
        else:
            with path.open("wb") as file:
                write_workbook(file, PERIOD, DEFINITION, returns)
    return path


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_written_file_is_read_back_with_each_cell_in_its_state(app, tmp_path, kind):
    comments = {TYPED[0]: "-5 osob odešlo; =stěhování"}
    filing = recognise(read_guarded(written(app, tmp_path, kind, sheet_return(states(), comments)), "v"), "v")
    assert (filing.period, filing.definition.code, filing.problems) == (PERIOD, DEFINITION.code, ())
    (filed,) = filing.returns
    assert filed.cells == states()
    assert filed.comments == comments
    assert filed.register_id == 1001
    assert filed.version == (3 if kind == "xlsx" else None)
    complete = with_totals(DEFINITION, KEYS, states())
    assert filed.totals == {
        key: complete[key] for key in KEYS if DEFINITION.field(key.field).is_computed and complete[key] != NOT_SUPPLIED
    }


def test_an_empty_sheet_holds_nothing_and_is_said_to(app, tmp_path):
    filing = recognise(read_file(written(app, tmp_path, "xlsx", sheet_return({})), "v"), "v")
    assert filing.returns[0].is_empty
    checked = check_filing(filing)
    assert [str(problem.message) for problem in checked.errors] == ["Nothing is filled in in the file."]


def test_only_cells_to_fill_in_are_unlocked_and_the_identification_is_hidden(app, tmp_path):
    path = written(app, tmp_path, "xlsx", sheet_return(states()))
    with zipfile.ZipFile(path) as file:
        sheet = file.read("xl/worksheets/sheet1.xml").decode()
        styles = file.read("xl/styles.xml").decode()
    assert "<sheetProtection" in sheet
    assert "password" not in sheet
    assert '<row r="1" ' in sheet
    assert 'hidden="1"' in sheet.split('<row r="1" ')[1].split(">")[0]
    assert sheet.count('type="list"') == len(TYPED)
    assert '"netýká se"' in sheet
    locked = [xf.split("</xf>")[0] for xf in styles.split("<cellXfs")[1].split("<xf ")[1:]]
    style_of = {c.split('"')[0]: c.split(' s="')[1].split('"')[0] for c in sheet.split('<c r="')[1:] if ' s="' in c}
    read = read_file(path, "v").sheets[0]
    rows = {read.text(row, 1): row for row, column in read.cells if column == 1}
    for key in KEYS:
        row = rows[key.name]
        is_open = 'locked="0"' in locked[int(style_of[f"E{row}"])]
        assert is_open == (key in TYPED), key


def test_the_marked_copy_says_the_fault_in_its_cell_and_can_be_sent_again(app, tmp_path):
    path = tmp_path / "vykaz.xlsx"
    path.write_bytes(workbook(good_sheet({"all-users_new": "asi 6", "residential-bed_days_used": "99 999"})))
    raw = read_file(path, "v")
    filing = recognise(raw, "v")
    checked = check_filing(filing)
    target = io.BytesIO()
    with app.test_request_context():
        write_marked(target, raw, filing, checked.problems)
    copy = tmp_path / "kopie.xlsx"
    copy.write_bytes(target.getvalue())
    again = recognise(read_file(copy, "v"), "v")
    assert again.returns == filing.returns
    assert check_filing(again).problems == checked.problems
    with zipfile.ZipFile(copy) as file:
        notes = file.read("xl/comments1.xml").decode()
        listed = file.read("xl/sharedStrings.xml").decode()
    assert f'<comment ref="E{row_of("all-users_new")}"' in notes
    assert "Napište číslo" in notes
    assert place_of("all-users_new") in listed


def run(app, *arguments):
    return app.test_cli_runner().invoke(returns, arguments)


def test_the_command_checks_without_a_database(app, tmp_path):
    path = tmp_path / "vykaz.xlsx"
    path.write_bytes(workbook(good_sheet()))
    result = run(app, "check", str(path))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "1 výkaz, 0 chyb, 0 upozornění" in result.stderr


def test_the_command_prints_faults_by_cell_and_fails(app, tmp_path):
    path = tmp_path / "vykaz.csv"
    path.write_bytes(list_of(*good_lines({"all-users_at_end": "99"})))
    result = run(app, "check", str(path))
    assert result.exit_code == 1
    assert result.stdout.startswith("CSV!F2: Uživatelů k poslednímu dni (99) je víc")
    told = json.loads(run(app, "check", str(path), "--json").stdout)
    assert (told["period"], told["errors"], told["problems"][0]["cell"]) == ("2026Q2", 1, "F2")


def test_a_figure_that_a_list_leaves_out_is_told_by_its_name(app, tmp_path):
    path = tmp_path / "vykaz.csv"
    path.write_bytes(list_of(*(line for line in good_lines() if ";users_new;" not in line and ";beds;" not in line)))
    told = run(app, "check", str(path)).stdout.splitlines()
    assert sorted(line.split(":")[1].strip() for line in told if "Doplňte údaj" in line) == ["Lůžka", "Noví uživatelé"]


def test_a_warning_alone_is_no_failure_and_a_comment_answers_it(app, tmp_path):
    path = tmp_path / "vykaz.xlsx"
    spoilt = good_sheet({"residential-direct_hours": "9 000"})
    path.write_bytes(workbook(spoilt))
    result = run(app, "check", str(path))
    assert result.exit_code == 0
    assert f"{place_of('residential-direct_hours')}: upozornění:" in result.stdout
    path.write_bytes(workbook(spoilt.at("residential-direct_hours", "dva noví pracovníci", "F")))
    assert run(app, "check", str(path)).stdout == ""


def test_a_sheet_saved_as_text_by_czech_excel_is_read(tmp_path):
    """Windows-1250, semicolons, numbers as they were shown."""
    cells = {**good_sheet().cells}
    rows, columns = max(row for row, _ in cells), max(column for _, column in cells)
    lines = [
        ";".join(str(cells.get((row, column), "")).replace(" ", "\u00a0") for column in range(1, columns + 1))
        for row in range(1, rows + 1)
    ]
    path = tmp_path / "vykaz.csv"
    path.write_bytes("\r\n".join(lines).encode("cp1250"))
    checked = check_filing(recognise(read_file(path, "v"), "v"))
    assert (checked.problems, checked.returns) == ((), 1)


@pytest.mark.parametrize(
    ("stored", "read"),
    [("6.7500000000000002", "6.75"), ("1E3", "1000"), ("0", "0"), ("1.5E-1", "0.15"), ("-5", "-5"), ("40.0", "40")],
)
def test_numbers_of_a_workbook_are_read_as_they_were_typed(stored, read):
    assert plain_number(stored) == read


def test_rows_and_columns_may_be_moved_and_inserted(tmp_path):
    sheet = good_sheet()
    moved = {
        (row + (2 if row >= 20 else 0), column + (3 if column >= 5 else 0)): v
        for (row, column), v in sheet.cells.items()
    }
    path = tmp_path / "vykaz.xlsx"
    sheet.cells = moved
    path.write_bytes(workbook(sheet))
    checked = check_filing(recognise(read_file(path, "v"), "v"))
    assert (checked.problems, checked.returns) == ((), 1)
