"""XLSX: values of the first sheet that has any, merged areas, and where formulas are."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook

from portal.benchmarking.ministry.ingest.headings import MAX_COLUMNS, MAX_ROWS, Cells
from portal.benchmarking.ministry.types import FORMULA, GridCell, GridRow
from portal.core.errors import ImportRejected
from portal.core.messages import Message, _m

MAX_MEMBERS, MAX_UNPACKED = 500, 200 * 1024 * 1024
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")


def read_workbook(content: bytes, name: str) -> Cells:
    """All rows of the sheet, numbered as Excel shows them. Raises ImportRejected, also for what unpacks too large."""
    members = _checked_members(content, name)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = next((s for s in map(workbook.get_sheet_by_index, range(len(workbook.sheet_names))) if s.height), None)
    except (CalamineError, ValueError, OSError) as error:
        raise ImportRejected(_damaged(name)) from error
    if sheet is None or sheet.start is None:
        raise ImportRejected(_m("%(name)s is empty.", name=name))
    if sheet.height > MAX_ROWS or sheet.width > MAX_COLUMNS:
        raise ImportRejected(
            _m(
                "%(name)s has more than %(rows)s rows or %(columns)s columns.",
                name=name,
                rows=MAX_ROWS,
                columns=MAX_COLUMNS,
            )
        )
    first_row, first_column = sheet.start
    index = workbook.sheet_names.index(sheet.name)
    formulas = _formulas(members, index, name)
    rows = []
    for number, row in enumerate(sheet.to_python(skip_empty_area=True), start=first_row):
        plain = [_plain(value) for value in row]
        marked = [FORMULA if (number, first_column + column) in formulas else c for column, c in enumerate(plain)]
        rows.append(GridRow(number + 1, (*[None] * first_column, *marked)))
    merged = [
        (top - first_row, left, bottom - first_row, right)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    ]
    return Cells(rows, merged)


def _damaged(name: str) -> Message:
    return _m("%(name)s is a damaged workbook, or no workbook at all. Save it anew as XLSX.", name=name)


def _checked_members(content: bytes, name: str) -> dict[str, bytes]:
    """The sheets' XML by name, after a look at what the archive would unpack to."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            listed = archive.infolist()
            if len(listed) > MAX_MEMBERS or sum(member.file_size for member in listed) > MAX_UNPACKED:
                raise ImportRejected(
                    _m("%(name)s unpacks to far more than a table of figures; it is not read.", name=name)
                )
            if any(member.flag_bits & 0x1 for member in listed):
                raise ImportRejected(
                    _m("%(name)s is an old or locked workbook. Save it as XLSX without a password.", name=name)
                )
            wanted = [m for m in listed if _SHEET.fullmatch(m.filename) or m.filename.startswith("xl/_rels/workbook")]
            wanted += [member for member in listed if member.filename == "xl/workbook.xml"]
            return {member.filename: archive.read(member) for member in wanted}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError) as error:
        raise ImportRejected(_damaged(name)) from error


def _formulas(members: dict[str, bytes], index: int, name: str) -> set[tuple[int, int]]:
    """Row and column, from zero, of the cells of a sheet that hold a formula."""
    sheets: list[str] = []
    targets: dict[str, str] = {}

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            sheets.append(_relation(attributes))

    def relation(_tag: str, attributes: dict[str, str]) -> None:
        targets[attributes.get("Id", "")] = attributes.get("Target", "")

    _walk(members.get("xl/workbook.xml", b"<none/>"), sheet, name)
    _walk(members.get("xl/_rels/workbook.xml.rels", b"<none/>"), relation, name)
    target = targets.get(sheets[index], "") if index < len(sheets) else ""
    content = members.get(target.lstrip("/") if target.startswith("/") else f"xl/{target}")
    if content is None:
        return set()
    found: set[tuple[int, int]] = set()
    here: list[tuple[int, int]] = []

    def cell(tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            match = _ADDRESS.fullmatch(attributes.get("r", ""))
            here[:] = [(int(match[2]) - 1, _column(match[1]))] if match else []
        elif tag == "f":
            found.update(here)

    _walk(content, cell, name)
    return found


def _relation(attributes: dict[str, str]) -> str:
    return next((value for key, value in attributes.items() if key.endswith(" id")), "")


def _walk(content: bytes, start: Any, name: str) -> None:
    def refuse(*_arguments: object) -> None:
        raise ImportRejected(_damaged(name))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition(" ")[2], attributes)
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, UnicodeDecodeError, LookupError) as error:
        raise ImportRejected(_damaged(name)) from error


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _plain(value: Any) -> GridCell:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "ANO" if value else "NE"
    if isinstance(value, int | float):
        return int(value) if float(value).is_integer() else float(value)
    if isinstance(value, datetime | date | time | timedelta):
        return str(value)
    return str(value)
