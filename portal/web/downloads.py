"""Downloads: one table becomes CSV or XLSX, features become GeoJSON.

A cell without a number says in words which state it is in, and a text that a spreadsheet would take for a
formula is written as text, so that a name entered by somebody never runs on a reader's machine (OWASP, CSV
injection). Rows are read one after another: a result of any length fits into memory.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import IO, Any
from urllib.parse import quote

import xlsxwriter
from flask import Response, stream_with_context
from xlsxwriter.workbook import Workbook

from portal.core.cells import Cell
from portal.core.clock import PRAGUE
from portal.core.errors import Invalid
from portal.core.messages import Message, _m
from portal.web.formats import cell_text
from portal.web.languages import say

FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n")
ROWS_AT_ONCE = 500
XLSX_MAX_ROWS = 1_048_576
BOM = "\ufeff"  # tells Excel that the CSV is UTF-8

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Kind(Enum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"
    CELL = "cell"


@dataclass(frozen=True)
class Column:
    """A column: key of the value in each row, heading, kind of values, width in XLSX in characters."""

    key: str
    label: str
    kind: Kind = Kind.TEXT
    width: int = 18


@dataclass(frozen=True)
class Table:
    """What is downloaded. ``rows`` are mappings by column key and are read once, in order."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Mapping[str, Any]]


def csv_response(table: Table, file_name: str) -> Response:
    """The table as CSV for Czech spreadsheets: UTF-8 with BOM, ``;``, decimal comma, dates as 2026-08-03."""
    response = Response(stream_with_context(csv_lines(table)), mimetype="text/csv")
    response.headers["Content-Disposition"] = attachment(f"{file_name}.csv")
    return response


def csv_lines(table: Table) -> Iterator[str]:
    """Pieces of the CSV file, some hundred rows each."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    buffer.write(BOM)
    writer.writerow([as_text(column.label) for column in table.columns])
    for position, row in enumerate(table.rows, start=1):
        writer.writerow([_csv_value(row.get(column.key)) for column in table.columns])
        if position % ROWS_AT_ONCE == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def as_text(text: str) -> str:
    """The text so marked that a spreadsheet does not take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_BEGINNINGS) else text


def _csv_value(value: Any) -> str:
    if isinstance(value, Cell):
        return _plain_number(value.number) if value.number is not None else cell_text(value)
    if value is None:
        return ""
    if isinstance(value, bool | Message | str):
        return as_text(_words(value))
    if isinstance(value, int | float | Decimal):
        return _plain_number(value)
    if isinstance(value, datetime):
        return value.astimezone(PRAGUE).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return as_text(str(value))


def _words(value: bool | Message | str) -> str:
    if isinstance(value, bool):
        return say(_m("yes")) if value else say(_m("no"))
    return say(value) if isinstance(value, Message) else value


def _plain_number(value: float | Decimal) -> str:
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return f"{exact:f}".replace(".", ",")


def xlsx_response(table: Table, file_name: str) -> Response:
    """The table as a workbook of one sheet: bold heading that stays in view, filter, typed numbers and dates.

    Raises Invalid when the rows do not fit into a sheet.
    """
    stored: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the response
    try:
        write_xlsx(table, stored)
    except BaseException:
        stored.close()
        raise
    length = stored.tell()
    stored.seek(0)
    response = Response(iter(lambda: stored.read(65536), b""), mimetype=XLSX_TYPE)
    response.call_on_close(stored.close)
    response.content_length = length
    response.headers["Content-Disposition"] = attachment(f"{file_name}.xlsx")
    return response


def write_xlsx(table: Table, target: IO[bytes]) -> None:
    """Write the workbook row by row (constant memory)."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "d. m. yyyy",
    }
    workbook = xlsxwriter.Workbook(target, options)
    try:
        _fill_sheet(workbook, table)
    finally:
        workbook.close()


def _fill_sheet(workbook: Workbook, table: Table) -> None:
    sheet = workbook.add_worksheet(_sheet_name(table.title))
    heading = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    formats = {
        "text": workbook.add_format({"num_format": "@"}),
        "state": workbook.add_format({"italic": True, "font_color": "#505a5f", "align": "right"}),
        "moment": workbook.add_format({"num_format": "d. m. yyyy h:mm"}),
    }
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, column.width)
        sheet.write_string(0, index, column.label, heading)
    sheet.freeze_panes(1, 0)
    last = 0
    for last, row in enumerate(table.rows, start=1):
        if last >= XLSX_MAX_ROWS:
            raise Invalid(_m("The result has too many rows for a spreadsheet; download it as CSV."))
        for index, column in enumerate(table.columns):
            _write_value(sheet, last, index, row.get(column.key), formats)
    if last:
        sheet.autofilter(0, 0, last, len(table.columns) - 1)


def _write_value(sheet: Any, row: int, column: int, value: Any, formats: Mapping[str, Any]) -> None:
    if isinstance(value, Cell):
        if value.number is not None:
            sheet.write_number(row, column, value.number)
        else:
            sheet.write_string(row, column, cell_text(value), formats["state"])
    elif value is None:
        return
    elif isinstance(value, bool | Message | str):
        text = _words(value)
        sheet.write_string(row, column, text, formats["text"] if text.startswith(FORMULA_BEGINNINGS) else None)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, column, value)
    elif isinstance(value, datetime):
        local = value.astimezone(PRAGUE).replace(tzinfo=None)
        sheet.write_datetime(row, column, local, formats["moment"])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value)
    else:
        sheet.write_string(row, column, str(value))


def _sheet_name(title: str) -> str:
    """At most 31 characters, without those that Excel forbids, not empty."""
    allowed = "".join(character for character in title if character not in "[]:*?/\\'")
    return allowed[:31].strip() or "data"


@dataclass(frozen=True)
class Feature:
    """One place: geometry as a GeoJSON dict in WGS84 (or None when it has none), properties, stable id."""

    geometry: Mapping[str, Any] | None
    properties: Mapping[str, Any]
    id: int | str | None = None


def geojson_response(features: Iterable[Feature], file_name: str | None = None) -> Response:
    """A FeatureCollection (RFC 7946), streamed; offered as a file when ``file_name`` is given."""
    response = Response(stream_with_context(geojson_pieces(features)), mimetype="application/geo+json")
    if file_name is not None:
        response.headers["Content-Disposition"] = attachment(f"{file_name}.geojson")
    return response


def geojson_pieces(features: Iterable[Feature]) -> Iterator[str]:
    """Pieces of the collection. Raises ValueError for a number that JSON does not have."""
    yield '{"type":"FeatureCollection","features":['
    for position, feature in enumerate(features):
        shape: dict[str, Any] = {"type": "Feature"}
        if feature.id is not None:
            shape["id"] = feature.id
        shape["geometry"] = feature.geometry
        shape["properties"] = {key: _json_value(value) for key, value in feature.properties.items()}
        text = json.dumps(shape, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        yield f",\n{text}" if position else f"\n{text}"
    yield "\n]}\n"


def _json_value(value: Any) -> Any:
    if isinstance(value, Cell):
        return {"state": str(value.state), "value": None if value.number is None else _json_value(value.number)}
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Message):
        return say(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def attachment(file_name: str) -> str:
    """Value of Content-Disposition: the Czech name, and one without accents for old programs (RFC 6266)."""
    clean = "".join(c for c in file_name if c.isprintable() and c not in '"/\\')
    plain = unicodedata.normalize("NFKD", clean).encode("ascii", "ignore").decode()
    value = f'attachment; filename="{plain}"'
    return value if plain == clean else f"{value}; filename*=UTF-8''{quote(clean, safe='')}"
