"""A foreign file as plain cells: XLSX or text with separators, told apart by content, read in a child process."""

from __future__ import annotations

import csv
import io
from pathlib import Path, PurePosixPath

from portal.core.errors import ImportRejected, RowError
from portal.core.guarded import Limits, run_guarded
from portal.core.messages import Message, _m
from portal.returns.files.archive import Archive, damaged, opened
from portal.returns.files.sheets import Kind, RawCell, RawFile, RawSheet
from portal.returns.files.workbook_xml import (
    MAX_CELLS,
    MAX_TEXT_CHARS,
    DamagedXml,
    SheetReader,
    TooManyCells,
    read_kinds,
    read_relations,
    read_shared_strings,
    read_sheet_list,
)

MEBIBYTE = 1024 * 1024
MAX_FILE_BYTES = 10 * MEBIBYTE
MAX_SHEETS = 20
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
        with opened(path, name) as archive:
            return RawFile(_workbook(archive, name), is_workbook=True)
    return RawFile((_text_sheet(path.read_bytes(), name),), is_workbook=False)


def _workbook(archive: Archive, name: str) -> tuple[RawSheet, ...]:
    try:
        sheets = read_sheet_list(archive.read("xl/workbook.xml"))
        relations = read_relations(archive.read("xl/_rels/workbook.xml.rels"))
        if not 1 <= len(sheets) <= MAX_SHEETS:
            raise ImportRejected(
                _m(
                    "%(name)s has %(count)s sheets; 1 to %(limit)s are read.",
                    name=name,
                    count=len(sheets),
                    limit=MAX_SHEETS,
                )
            )
        strings = read_shared_strings(archive.read(part)) if (part := "xl/sharedStrings.xml") in archive else []
        kinds = read_kinds(archive.read(part)) if (part := "xl/styles.xml") in archive else []
        found: list[RawSheet] = []
        for title, relation in sheets:
            target = _part(relations.get(relation, ""))
            if not target.startswith("xl/worksheets/"):
                continue  # a sheet of a chart
            reader = SheetReader(strings, kinds, MAX_CELLS - sum(len(sheet.cells) for sheet in found))
            reader.read(archive.read(target))
            found.append(RawSheet(title, reader.cells, tuple(reader.merged)))
    except DamagedXml as error:
        raise ImportRejected(damaged(name)) from error
    except TooManyCells as error:
        raise ImportRejected(_too_many(name)) from error
    return tuple(found)


def _too_many(name: str) -> Message:
    return _m("%(name)s has more than %(limit)s filled cells.", name=name, limit=MAX_CELLS)


def _part(target: str) -> str:
    """A relation's target as the name of a part of the archive."""
    path = PurePosixPath(target)
    return str(path.relative_to("/")) if path.is_absolute() else str(PurePosixPath("xl") / path)


def _text_sheet(content: bytes, name: str) -> RawSheet:
    text = _decoded(content, name)
    if text.lstrip()[:1] == "<":
        raise ImportRejected(_m("%(name)s is a web page or XML, neither an XLSX workbook nor CSV.", name=name))
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    cells: dict[tuple[int, int], RawCell] = {}
    try:
        for row, values in enumerate(lines, start=1):
            if len(values) > MAX_CSV_COLUMNS:
                raise ImportRejected(_too_many(name))
            for column, value in enumerate(values, start=1):
                if value.strip():
                    cells[row, column] = _text_cell(value)
            if len(cells) > MAX_CELLS:
                raise ImportRejected(_too_many(name))
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
