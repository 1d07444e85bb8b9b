"""A list of people as a file: the first filled sheet of an XLSX workbook, or CSV. Nothing of it is kept."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from portal.core.errors import ImportRejected, RowError
from portal.core.messages import _m
from portal.core.workbooks.reading import WorkbookLimits, read_sheets, too_many_cells
from portal.core.workbooks.sheets import Kind, RawCell

MAX_CELLS: Final = 2_000_000
MAX_BYTES: Final = 64 * 1024 * 1024
_DAY_ZERO: Final = dt.date(1899, 12, 30)  # of spreadsheets since 1. 3. 1900
_SEPARATORS: Final = (";", "\t", ",", "|")
_OLE: Final = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Line:
    """One line that is not empty; ``number`` as people see it, from 1."""

    number: int
    cells: tuple[str, ...]

    def cell(self, column: int | None) -> str:
        return self.cells[column] if column is not None and column < len(self.cells) else ""


def read_lines(path: Path) -> list[Line]:
    """The lines of a list; dates of a workbook as 1950-02-01. Raises ImportRejected with a sentence for the person."""
    name = path.name
    try:
        content = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except OSError as error:
        raise ImportRejected(_m("%(name)s cannot be opened.", name=name)) from error
    if content is None:
        raise ImportRejected(_m("%(name)s is too large. Divide it into several files.", name=name))
    if content.startswith(_OLE):
        raise ImportRejected(
            _m("%(name)s is an old or locked workbook. Save it as .xlsx without a password.", name=name)
        )
    lines = list(_of_workbook(content, name) if content.startswith(b"PK") else _of_text(content, name))
    if not lines:
        raise ImportRejected(_m("%(name)s is empty.", name=name))
    return lines


def _of_workbook(content: bytes, name: str) -> Iterator[Line]:
    for sheet in read_sheets(io.BytesIO(content), name, WorkbookLimits(cells=MAX_CELLS)):
        rows: dict[int, dict[int, str]] = {}
        for (row, column), cell in sheet.cells.items():
            if text := _shown(cell):
                rows.setdefault(row, {})[column] = text
        if rows:
            for row, cells in sorted(rows.items()):
                yield Line(row, tuple(cells.get(column, "") for column in range(1, max(cells) + 1)))
            return


def _shown(cell: RawCell) -> str:
    if cell.kind is Kind.DATE:
        try:
            return (_DAY_ZERO + dt.timedelta(days=int(float(cell.text)))).isoformat()
        except (ValueError, OverflowError):
            return cell.text
    return cell.text.strip()


def _of_text(content: bytes, name: str) -> Iterator[Line]:
    text = _decoded(content, name)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    count = 0
    try:
        for values in reader:
            cells = tuple(value.strip() for value in values)
            count += len(cells)
            if count > MAX_CELLS:
                raise ImportRejected(too_many_cells(name, MAX_CELLS))
            if any(cells):
                yield Line(reader.line_num, cells)
    except csv.Error as error:
        fault = RowError(_m("The quotation marks of the line do not match."), row=str(reader.line_num))
        raise ImportRejected(_m("%(name)s is no CSV file that can be read.", name=name), [fault]) from error


def _decoded(content: bytes, name: str) -> str:
    """UTF-8 or UTF-16 where they say so, else the code page that Czech Excel writes CSV in."""
    utf16 = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "cp1250"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ImportRejected(_m("%(name)s is no CSV file that can be read.", name=name))


def _separator(text: str) -> str:
    """The separator found most often in the first line; a semicolon where there is none."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(_SEPARATORS, key=first.count)
