"""A copy of an uploaded file with what is wrong marked in it: colour, a note in the cell, a list with links.

It is written anew from what was read, so nothing of a foreign file that was not read goes into it. It can be corrected
and sent in again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import IO, Any

import xlsxwriter
from flask_babel import gettext

from portal.core.workbooks.sheets import Kind, Place, RawCell, RawFile, RawSheet
from portal.returns.files import layout
from portal.returns.files.filed import Filing, Problem
from portal.returns.files.grid import is_grid
from portal.returns.files.looks import Formats
from portal.returns.files.recognising import lists_of
from portal.returns.files.residences.recognising import is_marked
from portal.returns.files.residences.writing import Lists, dress, ranges_of
from portal.returns.files.writing import look_of, not_applicable_word, total_formula, write_frame
from portal.returns.types import CellKey, Severity
from portal.web.languages import say

COLOURS = {Severity.ERROR: "#f8c9c4", Severity.WARNING: "#fff1b8"}
MAX_NOTE_CHARS = 2_000
_TITLE_CHARS = 28  # of 31, room for a number

Look = dict[str, Any]


def write_marked(target: IO[bytes], file: RawFile, filing: Filing, problems: Sequence[Problem]) -> None:
    """The sheets of returns as they were sent, with the problems in them, and a sheet that lists them.

    Other sheets of the file are left out: nothing in them was read.
    """
    workbook = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    try:
        name = filing.period_place.sheet
        raw = _sheet_of(file, name)
        _Copy(workbook, raw, filing, problems).write()
        if filing.part_sheet is not None and filing.part_sheet.name != name:
            lists = lists_of(file)
            known = None if lists is None else _ranges(lists)
            _Copy(workbook, _sheet_of(file, filing.part_sheet.name), filing, problems, known).write()
            if lists is not None:
                _Copy(workbook, lists, filing, ()).write_hidden()
        _write_list(workbook, problems)
    finally:
        workbook.close()


def _sheet_of(file: RawFile, name: str) -> RawSheet:
    return next(sheet for sheet in file.sheets if sheet.name == name)


def _ranges(lists: RawSheet) -> Lists:
    """Where the names stand in the sheet of lists, by what is filled in."""
    meanings = ("municipality", "target_group", "situation", "says", "service")
    counts = {
        meaning: sum(at == 2 * place + 2 and row > 1 for row, at in lists.cells)
        for place, meaning in enumerate(meanings)
    }
    return Lists(ranges_of(lists.name, counts))


class _Copy:
    def __init__(
        self, workbook: Any, raw: RawSheet, filing: Filing, problems: Sequence[Problem], lists: Lists | None = None
    ) -> None:
        self._workbook, self._raw, self._filing = workbook, raw, filing
        self._sheet = workbook.add_worksheet(raw.name)
        self._formats = Formats(workbook)
        self._marked: dict[tuple[Severity, str], Any] = {}
        self._by_place: dict[tuple[int, int], list[Problem]] = {}
        for problem in problems:
            if problem.place.sheet == raw.name:
                self._by_place.setdefault((problem.place.row, problem.place.column), []).append(problem)
        self._keys: Mapping[int, CellKey] = self._rows() if is_grid(raw) else {}
        self._values = self._value_columns() if is_grid(raw) else set()
        self._part, self._lists = filing.part_sheet, lists

    def write(self) -> None:
        self._write_cells()
        for (row, column), found in self._by_place.items():
            note = "\n".join(say(problem.message) for problem in found)[:MAX_NOTE_CHARS]
            self._sheet.write_comment(row - 1, column - 1, note, {"x_scale": 2.5, "y_scale": 1.2})
        if is_grid(self._raw):
            self._offer()
            write_frame(self._sheet, len(self._values))
        elif self._part is not None and self._part.name == self._raw.name and is_marked(self._raw):
            last = max(row for row, _column in self._raw.cells)
            dress(self._sheet, self._formats, self._part, self._lists, last_row=last)
        else:
            self._sheet.set_column(0, len(layout.LIST_COLUMNS), 18)
            self._sheet.freeze_panes(1, 0)

    def write_hidden(self) -> None:
        """The names of drop-down lists, as they were."""
        self._write_cells()
        self._sheet.hide()

    def _write_cells(self) -> None:
        for row, column in sorted(self._raw.cells.keys() | self._entries() | self._by_place.keys()):
            self._write(row, column, self._raw.cells.get((row, column)))

    def _rows(self) -> dict[int, CellKey]:
        known = {CellKey(form, field.code) for field in self._filing.definition.fields for form in field.forms}
        found = {
            row: layout.read_key(self._raw.text(row, column))
            for row, column in self._raw.cells
            if column == layout.KEY_COLUMN and row != layout.IDENTIFICATION_ROW
        }
        return {row: key for row, key in found.items() if key is not None and key in known}

    def _value_columns(self) -> set[int]:
        row = layout.IDENTIFICATION_ROW
        return {
            c for r, c in self._raw.cells if r == row and layout.read_service_mark(self._raw.text(r, c)) is not None
        }

    def _entries(self) -> set[tuple[int, int]]:
        """Cells that people fill in, the empty ones too, so that they stay white and unlocked."""
        return {place for row in self._keys for column in self._values for place in ((row, column), (row, column + 1))}

    def _write(self, row: int, column: int, cell: RawCell | None) -> None:
        look = self._look(row, column, cell)
        place = (row - 1, column - 1)
        key = self._keys.get(row)
        if cell is None:
            self._sheet.write_blank(*place, None, look)
        elif key is not None and column in self._values and cell.is_formula and self._is_total(key):
            self._write_total(row, column, key, look)
        elif cell.kind in (Kind.NUMBER, Kind.DATE, Kind.PERCENT) and _is_plain(cell.text):
            self._sheet.write_number(*place, float(cell.text), look)
        else:
            self._sheet.write_string(*place, cell.text, look)

    def _write_total(self, row: int, column: int, key: CellKey, look: Any) -> None:
        by_key = {known: number for number, known in self._keys.items()}
        codes = self._filing.definition.field(key.field).sum_of
        rows = [by_key[part] - 1 for code in codes if (part := CellKey(key.form, code)) in by_key]
        if rows:
            formula = total_formula(column, rows, not_applicable_word())
            self._sheet.write_formula(row - 1, column - 1, formula, look, "")

    def _is_total(self, key: CellKey) -> bool:
        return self._filing.definition.field(key.field).is_computed

    def _look(self, row: int, column: int, cell: RawCell | None) -> Any:
        found = self._by_place.get((row, column))
        if found:
            severity = min(problem.severity for problem in found)  # "error" comes before "warning"
            return self._with_colour(severity, self._look_name(row, column, cell))
        key = self._keys.get(row)
        if key is not None and column in self._values:
            return look_of(self._formats, self._filing.definition.field(key.field))
        return self._formats[self._look_name(row, column, cell)]

    def _look_name(self, row: int, column: int, cell: RawCell | None) -> str:
        if row in self._keys and column in self._values:
            if cell is not None and cell.kind in (Kind.DATE, Kind.PERCENT):
                return cell.kind
            return "entry"
        if row in self._keys and column - 1 in self._values:
            return "comment"
        return "wrap" if self._keys else "free"

    def _with_colour(self, severity: Severity, name: str) -> Any:
        if (severity, name) not in self._marked:
            look: Look = {"bg_color": COLOURS[severity], "border": 1, "locked": False}
            if name == Kind.DATE:
                look["num_format"] = "d. m. yyyy"
            elif name == Kind.PERCENT:
                look["num_format"] = "0.00%"
            elif name == "entry":
                look["align"] = "right"
            self._marked[severity, name] = self._workbook.add_format(look)
        return self._marked[severity, name]

    def _offer(self) -> None:
        options = {"validate": "list", "source": [not_applicable_word()], "show_error": False}
        for row, key in self._keys.items():
            if not self._is_total(key):
                for column in self._values:
                    self._sheet.data_validation(row - 1, column - 1, row - 1, column - 1, options)


def _write_list(workbook: Any, problems: Sequence[Problem]) -> None:
    sheet = workbook.add_worksheet(gettext("What to correct")[:_TITLE_CHARS])
    heading = workbook.add_format({"bold": True, "bottom": 1})
    wrap = workbook.add_format({"text_wrap": True, "valign": "top"})
    link = workbook.add_format({"font_color": "blue", "underline": 1, "valign": "top"})
    names = (gettext("Cell"), gettext("Kind"), gettext("What"))
    for column, (text, width) in enumerate(zip(names, (16, 14, 100), strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, text, heading)
    for row, problem in enumerate(problems, start=1):
        sheet.write_url(row, 0, _address(problem.place), link, str(problem.place))
        kind = gettext("error") if problem.severity is Severity.ERROR else gettext("warning")
        sheet.write_string(row, 1, kind, wrap)
        sheet.write_string(row, 2, say(problem.message), wrap)
    sheet.freeze_panes(1, 0)


def _address(place: Place) -> str:
    quoted = place.sheet.replace("'", "''")
    return f"internal:'{quoted}'!{place.cell}"


def _is_plain(text: str) -> bool:
    return text.replace(".", "", 1).replace("-", "", 1).isdigit() and text.isascii()
