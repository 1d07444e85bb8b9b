"""CSV as Czech programs write it: ``;`` (or tab, or comma), UTF-8 with or without BOM, UTF-16 with BOM or cp1250."""

from __future__ import annotations

import codecs
import csv
import io

from portal.benchmarking.ministry.ingest.headings import MAX_ROWS, Cells
from portal.benchmarking.ministry.types import GridRow
from portal.core.errors import ImportRejected
from portal.core.messages import _m

DELIMITERS = ";\t,"
SNIFFED_LINES = 30


def read_text(content: bytes, name: str) -> Cells:
    """All rows; the number of a row is that of the line it begins on. Raises ImportRejected."""
    text = _decoded(content, name)
    if "\x00" in text:
        raise ImportRejected(_m("%(name)s is neither a workbook, nor CSV, nor XML.", name=name))
    lines = text.splitlines()[:SNIFFED_LINES]
    delimiter = max(DELIMITERS, key=lambda sign: max((line.count(sign) for line in lines), default=0) + _wish(sign))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[GridRow] = []
    begins = 1
    try:
        for row in reader:
            rows.append(GridRow(begins, tuple(cell.strip() for cell in row)))
            begins = reader.line_num + 1
            if len(rows) > MAX_ROWS:
                break
    except csv.Error as error:
        raise ImportRejected(
            _m("%(name)s breaks off on line %(line)s: quotation marks do not close.", name=name, line=begins)
        ) from error
    return Cells(rows)


def _wish(delimiter: str) -> float:
    """Of two that are found as often the semicolon wins, since the comma may belong to numbers."""
    return {";": 0.5, "\t": 0.4}.get(delimiter, 0.0)


def _decoded(content: bytes, name: str) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1250")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ImportRejected(_m("%(name)s is neither in UTF-8 nor in cp1250.", name=name))
