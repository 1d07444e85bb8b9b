"""Where users live as a sheet and as CSV: written, read back, checked without a database, marked."""

import io

import pytest

from portal.app import create_app
from portal.core.cells import Cell
from portal.core.workbooks.files import read_file
from portal.returns.commands import returns
from portal.returns.definition import definition_for
from portal.returns.files.checking import check_filing
from portal.returns.files.filed import SheetReturn
from portal.returns.files.layout import ServiceMark
from portal.returns.files.marking import write_marked
from portal.returns.files.recognising import recognise
from portal.returns.files.residences.checking import resolve
from portal.returns.files.residences.writing import part_lines
from portal.returns.files.writing import write_workbook
from portal.returns.residences.places import Place, Places
from portal.returns.residences.situations import adverse_situations
from portal.returns.residences.types import OUTSIDE, UNKNOWN, ResidenceKey, Residences, ResidenceState
from portal.returns.residences.words import ResidenceWords
from portal.returns.workflow import STATE_LABELS
from tests.conftest import test_settings
from tests.factories.malformed_residences import HOUSING, SENIORS
from tests.factories.return_files import (
    HOME,
    PART,
    PART_HEADING,
    PERIOD,
    good_sheet,
    key_of,
    list_of,
    lists_sheet,
    part_sheet,
    parts_of,
    workbook,
)

DEFINITION = definition_for(PERIOD)
WORDS = ResidenceWords(
    Places(
        [
            Place("500011", "Lhota", "Šumperk"),
            Place("500012", "Lhota", "Olomouc"),
            Place("523704", "Šumperk", "Šumperk"),
        ],
        "cs",
    ),
    {"24": "senioři", "5": "osoby bez přístřeší"},
    {code: label.cs for code, label in adverse_situations().items()},
)
ROWS = {
    ResidenceKey("500012", "24", "dependence_on_care"): 30,
    ResidenceKey("523704", None, "housing"): 3,
    ResidenceKey(OUTSIDE, "5", "debts"): 2,
    ResidenceKey(UNKNOWN, None, "other"): 1,
}
PARTS = (
    Residences(ResidenceState.SUPPLIED, 4, ROWS),
    Residences(ResidenceState.NO_ONE, 1),
    Residences(ResidenceState.NOT_APPLICABLE, 2),
    Residences(),
)


@pytest.fixture
def app(tmp_path):
    """A portal whose database cannot be reached: nothing here may need one."""
    return create_app(test_settings("sqlite:////nowhere/at/all.db", tmp_path / "instance"))


def sheet_returns():
    return [
        SheetReturn(
            mark=ServiceMark(HOME + number, "49", frozenset({"residential"}), 1),
            service_name=f"=Domov {number}",
            provider_name="Charita Háj",
            identifier=None,
            state=STATE_LABELS["draft"],
            keys=DEFINITION.cells_for("49", {"residential"}),
            cells={key_of("all-users_new"): Cell.of(6)},
            comments={},
            residences=part,
        )
        for number, part in enumerate(PARTS)
    ]


def written(app, tmp_path, kind):
    path = tmp_path / f"vykaz.{kind}"
    with app.test_request_context():
        if kind == "csv":
            path.write_text(part_lines(PERIOD, sheet_returns(), WORDS), "utf-8")
        else:
            with path.open("wb") as file:
                write_workbook(file, PERIOD, DEFINITION, sheet_returns(), WORDS)
    return path


def filing_of(content, tmp_path):
    path = tmp_path / "soubor"
    path.write_bytes(content)
    return recognise(read_file(path, "soubor"), "soubor")


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_written_part_is_read_back_in_each_of_its_states(app, tmp_path, kind):
    filing = filing_of(written(app, tmp_path, kind).read_bytes(), tmp_path)
    assert (filing.problems, len(filing.returns)) == ((), 4 if kind == "xlsx" else 0)
    assert set(filing.residences) == {HOME, HOME + 1, HOME + 2}  # a part that is not supplied is left alone
    for number, part in enumerate(PARTS[:3]):
        told, problems = resolve(filing.residences[HOME + number], WORDS, None)
        assert problems == []
        assert (told.state, told.rows) == (part.state, part.rows)
    assert filing.residences[HOME].version == (4 if kind == "xlsx" else None)


def test_the_file_brings_the_names_of_its_lists_along(app, tmp_path):
    filing = filing_of(written(app, tmp_path, "xlsx").read_bytes(), tmp_path)
    told, problems = resolve(filing.residences[HOME], filing.words, None)
    assert (told.rows, problems) == (ROWS, [])


def test_headings_are_locked_rows_open_and_lists_hold_names(app, tmp_path):
    parts = parts_of(written(app, tmp_path, "xlsx").read_bytes())
    sheet, book = parts["xl/worksheets/sheet2.xml"].decode(), parts["xl/workbook.xml"].decode()
    assert 'name="Bydliště uživatelů"' in book
    assert 'name="Seznamy" sheetId="3" state="hidden"' in book
    assert "<sheetProtection" in sheet
    assert 'insertRows="0" deleteRows="0"' in sheet.replace('formatRows="0" ', "")
    assert sheet.count('type="list"') == 5
    assert "Seznamy!$B$2:$B$6" in sheet.replace("'", "")
    assert 'promptTitle="Místo řádků"' in sheet
    styles = parts["xl/styles.xml"].decode().split("<cellXfs")[1].split("<xf ")[1:]
    style_of = {
        c.split('"')[0]: int(c.split(' s="')[1].split('"')[0]) for c in sheet.split('<c r="')[1:] if ' s="' in c
    }
    is_open = {cell: 'locked="0"' in styles[style].split("</xf>")[0] for cell, style in style_of.items()}
    assert (is_open["A6"], is_open["E6"], is_open["A5"], is_open["A3"]) == (True, True, False, False)


def test_a_sheet_from_which_nothing_is_known_takes_any_name(tmp_path):
    """Without the lists, as in CSV, municipalities and groups are checked by the portal alone."""
    content = list_of(
        f"{PERIOD};{HOME};Kdekoli;kdokoli;bydlení;4;;",
        f"{PERIOD};{HOME};kdekoli;Kdokoli;housing;4;;",
        heading=PART_HEADING,
    )
    checked = check_filing(filing_of(content, tmp_path))
    assert [(str(one.place), one.severity) for one in checked.problems] == [("CSV!C3", "error")]
    assert "A row above says the same" in str(checked.problems[0].message)
    assert checked.returns == 1


def test_a_part_taken_from_last_quarter_says_what_that_said(tmp_path):
    filing = filing_of(workbook(good_sheet(), part_sheet(("", "", "", None, "Beze změny")), lists_sheet()), tmp_path)
    part = filing.residences[HOME]
    assert resolve(part, WORDS, None) == (None, [])
    assert resolve(part, WORDS, Residences(ResidenceState.SUPPLIED, 9, ROWS))[0].rows == ROWS
    _none, [problem] = resolve(part, WORDS, Residences())
    assert (str(problem.place), str(problem.message)[:21]) == (f"{PART}!F6", "Last quarter's return")


def test_more_rows_than_a_return_can_have_are_told_at_the_first_beyond(tmp_path):
    rows = [(f"Obec {number}", "", "bydlení", 1) for number in range(501)]
    filing = filing_of(workbook(part_sheet(*rows)), tmp_path)
    _none, [problem] = resolve(filing.residences[HOME], None, None)
    assert (str(problem.place), "at most 500" in str(problem.message)) == (f"{PART}!A506", True)


def test_the_marked_copy_holds_both_sheets_and_can_be_sent_again(app, tmp_path):
    content = workbook(good_sheet(), part_sheet(SENIORS, ("Praha", "", "bydlení", 3)), lists_sheet())
    filing = filing_of(content, tmp_path)
    checked = check_filing(filing)
    assert [str(one.place) for one in checked.errors] == [f"{PART}!B7"]
    target = io.BytesIO()
    with app.test_request_context():
        write_marked(target, read_file(tmp_path / "soubor", "soubor"), filing, checked.problems)
    again = filing_of(target.getvalue(), tmp_path)
    assert (again.returns, again.residences) == (filing.returns, filing.residences)
    assert check_filing(again).problems == checked.problems
    parts = parts_of(target.getvalue())
    assert "Praha“ v kraji není" in parts["xl/comments1.xml"].decode()
    assert parts["xl/worksheets/sheet2.xml"].decode().count('type="list"') == 2


def test_the_command_checks_the_part_without_a_database(app, tmp_path):
    path = tmp_path / "vykaz.xlsx"
    path.write_bytes(workbook(good_sheet(), part_sheet(SENIORS, HOUSING, ("Lhota", "", "jiné", 2)), lists_sheet()))
    result = app.test_cli_runner().invoke(returns, ["check", str(path)])
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{PART}!B8: ")
    assert "„Lhota“" in result.stdout
