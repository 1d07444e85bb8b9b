"""A foreign file as plain cells: XLSX or text with separators, told apart by content, read in a child process."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from portal.core.errors import ImportRejected, RowError
from portal.core.guarded import Limits, run_guarded
from portal.core.messages import _m
from portal.core.workbooks.markup import MAX_TEXT_CHARS
from portal.core.workbooks.reading import WorkbookLimits, read_sheets, too_many_cells
from portal.core.workbooks.sheets import Kind, RawCell, RawFile, RawSheet

MEBIBYTE = 1024 * 1024
MAX_FILE_BYTES = 10 * MEBIBYTE
WORKBOOK = WorkbookLimits()
MAX_CELLS = WORKBOOK.cells
MAX_CSV_COLUMNS = 2_500
READING = Limits(memory_mib=512, cpu_seconds=20, seconds=40)
TEXT_SHEET = "CSV"

FORMULA_BEGINNINGS = ("=", "+", "-", "@")  # what a text must not begin with; written with an apostrophe before it
_OLE = b"\xd0\xcf\x11\xe0"  # an old .xls, or a workbook with a password
_SEPARATORS = ";\t,"


def read_guarded(path: Path, name: str) -> RawFile:
    """The cells of a file from outside. Raises ImportRejected for one that cannot be taken at all."""
    if path.stat().st_size > MAX_FILE_BYTES:
        raise ImportRejected(_m("%(name)s is larger than %(limit)s MB.", name=name, limit=MAX_FILE_BYTES // MEBIBYTE))
    return run_guarded(read_file, path, name, name=name, limits=READING)


def read_file(path: Path, name: str) -> RawFile:
    """As ``read_guarded``, in this process: for the child."""
    with path.open("rb") as file:
        beginning = file.read(8)
    if not beginning:
        raise ImportRejected(_m("%(name)s is empty.", name=name))
    if beginning.startswith(_OLE):
        raise ImportRejected(
            _m(
                "%(name)s is an old .xls file or is protected by a password. Save it as an Excel workbook (.xlsx)"
                " without a password.",
                name=name,
            )
        )
    if beginning.startswith(b"PK"):
        return RawFile(tuple(read_sheets(path, name, WORKBOOK)), is_workbook=True)
    return RawFile((_text_sheet(path.read_bytes(), name),), is_workbook=False)


def _text_sheet(content: bytes, name: str) -> RawSheet:
    text = _decoded(content, name)
    if text.lstrip()[:1] == "<":
        raise ImportRejected(_m("%(name)s is a web page or XML, neither an XLSX workbook nor CSV.", name=name))
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    cells: dict[tuple[int, int], RawCell] = {}
    try:
        for row, values in enumerate(lines, start=1):
            if len(values) > MAX_CSV_COLUMNS:
                raise ImportRejected(too_many_cells(name, MAX_CELLS))
            for column, value in enumerate(values, start=1):
                if value.strip():
                    cells[row, column] = _text_cell(value)
            if len(cells) > MAX_CELLS:
                raise ImportRejected(too_many_cells(name, MAX_CELLS))
    except csv.Error as error:
        fault = RowError(_m("The quotation marks of the line do not match."), row=str(lines.line_num))
        raise ImportRejected(_m("%(name)s is no CSV file that can be read.", name=name), [fault]) from error
    return RawSheet(TEXT_SHEET, cells)


def _text_cell(value: str) -> RawCell:
    if value[:1] == "'" and value[1:2] in FORMULA_BEGINNINGS:
        return RawCell(Kind.TEXT, value[1:][:MAX_TEXT_CHARS])
    return RawCell(Kind.TEXT, value[:MAX_TEXT_CHARS], is_formula=value[:1] == "=")


def _decoded(content: bytes, name: str) -> str:
    """UTF-8 or UTF-16 where they say so, else the code page that Czech Excel writes CSV in."""
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1250")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
        break
    raise ImportRejected(_m("%(name)s is neither an XLSX workbook nor a text in UTF-8 or Windows-1250.", name=name))


def _separator(text: str) -> str:
    line = text.split("\n", 1)[0]
    return max(_SEPARATORS, key=line.count)
