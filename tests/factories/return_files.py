"""Sheets of returns written cell by cell, so that any cell of them can be spoilt."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import xlsxwriter

from portal.core.workbooks.sheets import Place, column_number
from portal.returns.definition import definition_for
from portal.returns.files import layout
from portal.returns.files.layout import ServiceMark
from portal.returns.files.residences import layout as part_layout
from portal.returns.types import CellKey, Period
from tests.factories.returns_pages import GOOD

SHEET = "Výkaz"
PERIOD = Period(2026, 2)
HOME, DAY_CENTRE = 1001, 1002  # a home for the elderly, and a day care centre with nothing filled in
HOME_COLUMN, HOME_COMMENTS, CENTRE_COLUMN = "E", "F", "G"

Address = tuple[int, int]


@dataclass(frozen=True)
class Formula:
    text: str
    value: Any = 0


@dataclass(frozen=True)
class Shown:
    """A number in a format of its own."""

    number: float
    number_format: str


@dataclass
class SheetCells:
    """The cells of a sheet by address; ``merged`` are blocks such as E10:F10."""

    cells: dict[Address, Any] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    name: str = SHEET

    def put(self, address: str, value: Any) -> SheetCells:
        letters = address.rstrip("0123456789")
        self.cells[int(address[len(letters) :]), column_number(letters)] = value
        return self

    def at(self, key: str, value: Any, column: str = HOME_COLUMN) -> SheetCells:
        """Put a value into the row of a figure such as ``all-users_new``."""
        return self.put(f"{column}{row_of(key)}", value)


def row_of(key: str) -> int:
    return _ROWS[key]


def place_of(key: str, column: str = HOME_COLUMN, sheet: str = SHEET) -> str:
    return str(Place(sheet, row_of(key), column_number(column)))


def _rows() -> dict[str, int]:
    definition = definition_for(PERIOD)
    asked = [definition.cells_for("49", {"residential"}), definition.cells_for("46", {"outpatient"})]
    found, row = {}, layout.FIRST_BODY_ROW
    for _section, keys in layout.rows_of(definition, asked):
        row += 1
        for key in keys:
            found[key.name] = row
            row += 1
    return found


_ROWS = _rows()


def good_sheet(figures: Mapping[str, Any] | None = None) -> SheetCells:
    """The home filled in without a fault, the day care centre empty."""
    sheet = SheetCells()
    definition = definition_for(PERIOD)
    for address, text in {
        "A1": layout.MARKER,
        "B1": str(PERIOD),
        "C1": definition.code,
        "D1": layout.LAYOUT_VERSION,
        "E1": str(ServiceMark(HOME, "49", frozenset({"residential"}), 0)),
        "F1": layout.comment_mark(HOME),
        "G1": str(ServiceMark(DAY_CENTRE, "46", frozenset({"outpatient"}), 0)),
        "H1": layout.comment_mark(DAY_CENTRE),
        "E5": "Domov Pod Lipami",
        "G5": "Denní stacionář Slunce",
    }.items():
        sheet.put(address, text)
    for name, row in _ROWS.items():
        sheet.put(f"A{row}", name)
        sheet.put(f"B{row}", definition.field(name.partition("-")[2]).label.cs)
    for name, text in {**GOOD, **(figures or {})}.items():
        sheet.at(name, text)
    return sheet


def workbook(*sheets: SheetCells) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    for one in sheets:
        sheet = book.add_worksheet(one.name)
        for block in one.merged:
            sheet.merge_range(block, "")
        for (row, column), value in one.cells.items():
            _write(book, sheet, row - 1, column - 1, value)
    book.close()
    return buffer.getvalue()


def _write(book: Any, sheet: Any, row: int, column: int, value: Any) -> None:
    if isinstance(value, Formula):
        sheet.write_formula(row, column, value.text, None, value.value)
    elif isinstance(value, Shown):
        sheet.write_number(row, column, value.number, book.add_format({"num_format": value.number_format}))
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, book.add_format({"num_format": "d. m. yyyy"}))
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif value is not None:
        sheet.write_string(row, column, value)


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def packed(parts: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return buffer.getvalue()


def with_part(name: str, change: Callable[[bytes], bytes], content: bytes | None = None) -> bytes:
    """A workbook with one of its parts changed, or added."""
    parts = parts_of(content or workbook(good_sheet()))
    parts[name] = change(parts.get(name, b""))
    return packed(parts)


LIST_HEADING = "ctvrtleti;sluzba;druh;forma;udaj;hodnota;vysvetleni"


def list_of(*lines: str, heading: str = LIST_HEADING) -> bytes:
    """A text file with one figure in each line."""
    return ("\ufeff" + "\r\n".join((heading, *lines)) + "\r\n").encode()


def good_lines(figures: Mapping[str, str] | None = None) -> list[str]:
    """The home as lines of a list, in the order of the page."""
    both = {**GOOD, **(figures or {})}
    return [
        f"{PERIOD};{HOME};49;{form};{code};{text.replace(' ', '')};"
        for name, text in both.items()
        for form, _dash, code in [name.partition("-")]
    ]


def key_of(name: str) -> CellKey:
    form, _dash, code = name.partition("-")
    return CellKey(form, code)


PART = "Bydliště"
PART_HEADING = "ctvrtleti;sluzba;obec;cilova_skupina;situace;pocet;stav;nazev_sluzby"
PART_FIELDS = ("A", "B", "C", "D", "E", "F")  # service, municipality, group, situation, persons, word; from row 6
HOME_LABEL = f"{HOME} Domov Pod Lipami"


def part_sheet(*rows: tuple[Any, ...], period: Period = PERIOD) -> SheetCells:
    """A sheet of residences: rows of municipality, group, situation, persons and perhaps a word, of the home."""
    sheet = SheetCells(name=PART)
    marks = (part_layout.MARKER, str(period), definition_for(period).code, layout.LAYOUT_VERSION)
    for column, text in enumerate(marks, start=1):
        sheet.cells[part_layout.MARK_ROW, column] = text
    for column, meaning in enumerate(part_layout.SHEET_COLUMNS, start=1):
        sheet.cells[part_layout.CODES_ROW, column] = part_layout.COLUMNS[meaning][0]
        sheet.cells[part_layout.HEADING_ROW, column] = meaning.upper()
    for row, values in enumerate(rows, start=part_layout.FIRST_BODY_ROW):
        for column, value in enumerate((HOME_LABEL, *values), start=1):
            sheet.cells[row, column] = value
    return sheet


def lists_sheet() -> SheetCells:
    """The names that the drop-down lists of a file offer."""
    sheet = SheetCells(name="Seznamy")
    sheet.put("A1", part_layout.LISTS_MARKER)
    for row, (code, name) in enumerate(
        [("523704", "Šumperk"), ("569178", "Bludov"), ("outside", "mimo kraj")], start=2
    ):
        sheet.put(f"A{row}", code).put(f"B{row}", name)
    return sheet.put("C2", "24").put("D2", "senioři")
