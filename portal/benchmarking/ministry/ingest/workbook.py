"""XLSX: values of the first sheet that has any, merged areas, and where formulas are."""

from __future__ import annotations

import io
from datetime import date, timedelta

from portal.benchmarking.ministry.ingest.headings import MAX_COLUMNS, MAX_ROWS, Cells
from portal.benchmarking.ministry.types import FORMULA, GridCell, GridRow
from portal.core.errors import ImportRejected
from portal.core.messages import _m
from portal.core.workbooks.reading import WorkbookLimits, read_sheets
from portal.core.workbooks.sheets import Kind, RawCell

MEBIBYTE = 1024 * 1024
FIRST_DAY = date(1899, 12, 30)  # day 0 of workbooks, as they count after February 1900
LAST_SERIAL = 2_958_465  # 31 December 9999
LIMITS = WorkbookLimits(unpacked_bytes=200 * MEBIBYTE, sheets=200, cells=1_000_000)


def read_workbook(content: bytes, name: str) -> Cells:
    """All rows of the sheet, numbered as Excel shows them. Raises ImportRejected, also for what unpacks too large."""
    sheet = next((one for one in read_sheets(io.BytesIO(content), name, LIMITS) if one.cells), None)
    if sheet is None:
        raise ImportRejected(_m("%(name)s is empty.", name=name))
    rows = [row for row, _column in sheet.cells]
    first, last = min(rows), max(rows)
    width = max(column for _row, column in sheet.cells)
    if last - first >= MAX_ROWS or width > MAX_COLUMNS:
        raise ImportRejected(
            _m(
                "%(name)s has more than %(rows)s rows or %(columns)s columns.",
                name=name,
                rows=MAX_ROWS,
                columns=MAX_COLUMNS,
            )
        )
    found: list[list[GridCell]] = [[None] * width for _row in range(first, last + 1)]
    for (row, column), cell in sheet.cells.items():
        found[row - first][column - 1] = _plain(cell)
    merged = [
        (area.first_row - first, area.first_column - 1, area.last_row - first, area.last_column - 1)
        for area in sheet.merged
    ]
    return Cells([GridRow(number, tuple(cells)) for number, cells in enumerate(found, start=first)], merged)


def _plain(cell: RawCell) -> GridCell:
    if cell.is_formula:
        return FORMULA
    if cell.kind is Kind.BOOLEAN:
        return "ANO" if cell.text == "1" else "NE"
    if cell.kind is Kind.DATE:
        return _date(cell.text)
    if cell.kind in (Kind.NUMBER, Kind.PERCENT):
        return int(cell.text) if cell.text.lstrip("-").isdigit() else float(cell.text)
    return cell.text or None


def _date(text: str) -> str:
    """A text, since no figure and no number of a service is a date."""
    whole = text.partition(".")[0]
    if whole.isdigit() and len(whole) < 8 and int(whole) <= LAST_SERIAL:
        return str(FIRST_DAY + timedelta(days=int(whole)))
    return text
