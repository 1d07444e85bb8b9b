"""The sheet that people fill in, as XLSX, and the list of figures as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import IO, Any

import xlsxwriter
from flask_babel import gettext

from portal.catalog.types import service_types
from portal.core.cells import Cell, CellState
from portal.core.workbooks.sheets import column_letters
from portal.returns.calc import with_totals
from portal.returns.files import layout
from portal.returns.files.filed import SheetReturn
from portal.returns.files.layout import FORM_NAMES, LIST_COLUMNS
from portal.returns.files.looks import Formats
from portal.returns.files.residences.writing import write_part
from portal.returns.residences.words import ResidenceWords
from portal.returns.types import CellKey, FieldDefinition, FormDefinition, Period
from portal.web.languages import current_language, say

MAX_PROMPT_TITLE, MAX_PROMPT = 32, 255  # what Excel takes
BOM = "\ufeff"


def not_applicable_word() -> str:
    """How “not applicable” is written in a cell; the reading takes it in both languages."""
    return "not applicable" if current_language() == "en" else "netýká se"


def sheet_title() -> str:
    return gettext("Return")


def write_workbook(
    target: IO[bytes],
    period: Period,
    definition: FormDefinition,
    returns: Sequence[SheetReturn],
    words: ResidenceWords | None = None,
) -> None:
    """A workbook with a sheet of these returns, services in columns, and a sheet with the hints.

    With the ``words`` of the territory part also a sheet of where users live, where the form asks for it.
    """
    workbook = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    try:
        _Sheet(workbook, period, definition, returns).write()
        if words is not None and definition.asks_residences:
            write_part(workbook, period, definition, returns, words)
        _write_hints(workbook, definition, returns)
    finally:
        workbook.close()


class _Sheet:
    def __init__(
        self, workbook: Any, period: Period, definition: FormDefinition, returns: Sequence[SheetReturn]
    ) -> None:
        self._period, self._definition, self._returns = period, definition, returns
        self._formats = Formats(workbook)
        self._sheet = workbook.add_worksheet(sheet_title())
        self._rows: dict[CellKey, int] = {}
        self._word = not_applicable_word()

    def write(self) -> None:
        self._identify()
        self._head()
        self._place_rows()
        for number, one in enumerate(self._returns):
            self._fill(layout.value_column(number), one)
        self._offer()
        write_frame(self._sheet, len(self._returns))

    def _identify(self) -> None:
        row = layout.IDENTIFICATION_ROW - 1
        said = (layout.MARKER, str(self._period), self._definition.code, layout.LAYOUT_VERSION)
        for column, text in enumerate(said):
            self._sheet.write_string(row, column, text)
        for number, one in enumerate(self._returns):
            column = layout.value_column(number) - 1
            self._sheet.write_string(row, column, str(one.mark))
            self._sheet.write_string(row, column + 1, layout.comment_mark(one.mark.register_id))

    def _head(self) -> None:
        sheet, formats = self._sheet, self._formats
        title = gettext("Return for %(period)s", period=say(self._period.label))
        sheet.write_string(layout.TITLE_ROW - 1, layout.LABEL_COLUMN - 1, title, formats["title"])
        how = gettext(
            "Fill in the white cells. 0: there was nothing. “%(word)s”: it does not concern the service. Empty: not"
            " supplied yet. A column that is wholly empty is left as it is in the portal.",
            word=self._word,
        )
        sheet.write_string(layout.HOW_TO_ROW - 1, layout.LABEL_COLUMN - 1, how, formats["how"])
        names = (gettext("Provider"), gettext("Service"), gettext("Type"), gettext("State"))
        for row, name in zip(range(layout.PROVIDER_ROW - 1, layout.STATE_ROW), names, strict=True):
            look = formats["head"] if row == layout.SERVICE_ROW - 1 else formats["small"]
            sheet.write_string(row, layout.LABEL_COLUMN - 1, name, look)
            for column in (layout.FORM_COLUMN, layout.UNIT_COLUMN):
                sheet.write_blank(row, column - 1, None, look)
        for number, one in enumerate(self._returns):
            column = layout.value_column(number) - 1
            texts = (one.provider_name, one.service_name, _type_of(one), say(one.state))
            for row, text in zip(range(layout.PROVIDER_ROW - 1, layout.STATE_ROW), texts, strict=True):
                look = formats["head"] if row == layout.SERVICE_ROW - 1 else formats["small"]
                sheet.write_string(row, column, text, look)
                beside = gettext("Explanation of an unusual figure") if row == layout.SERVICE_ROW - 1 else ""
                sheet.write_string(row, column + 1, beside, look)

    def _place_rows(self) -> None:
        row, language = layout.FIRST_BODY_ROW - 1, current_language()
        labels = {section.code: section.label.of(language) for section in self._definition.sections}
        last_column = layout.value_column(len(self._returns)) - 2
        for code, keys in layout.rows_of(self._definition, [one.keys for one in self._returns]):
            self._sheet.write_string(row, layout.LABEL_COLUMN - 1, labels[code], self._formats["section"])
            for column in range(layout.LABEL_COLUMN, last_column + 1):
                self._sheet.write_blank(row, column, None, self._formats["section"])
            row += 1
            for key in keys:
                field = self._definition.field(key.field)
                self._rows[key] = row
                self._sheet.write_string(row, layout.KEY_COLUMN - 1, key.name)
                self._sheet.write_string(row, layout.LABEL_COLUMN - 1, field.label.of(language), self._formats["label"])
                self._sheet.write_string(row, layout.FORM_COLUMN - 1, say(FORM_NAMES[key.form]), self._formats["plain"])
                self._sheet.write_string(row, layout.UNIT_COLUMN - 1, field.suffix.of(language), self._formats["plain"])
                row += 1

    def _fill(self, column: int, one: SheetReturn) -> None:
        asked = set(one.keys)
        cells = with_totals(self._definition, one.keys, one.cells)
        for key, row in self._rows.items():
            field = self._definition.field(key.field)
            if key not in asked:
                self._sheet.write_blank(row, column - 1, None, self._formats["unasked"])
                self._sheet.write_blank(row, column, None, self._formats["unasked"])
                continue
            if field.is_computed:
                self._total(row, column, key, field, asked, cells[key])
            else:
                write_cell(self._sheet, row, column - 1, cells.get(key), look_of(self._formats, field), self._word)
            comment = one.comments.get(key)
            if comment:
                self._sheet.write_string(row, column, comment, self._formats["comment"])
            else:
                self._sheet.write_blank(row, column, None, self._formats["comment"])

    def _total(
        self, row: int, column: int, key: CellKey, field: FieldDefinition, asked: set[CellKey], cell: Cell
    ) -> None:
        parts = [CellKey(key.form, code) for code in field.sum_of]
        rows = [self._rows[part] for part in parts if part in asked]
        look = look_of(self._formats, field)
        if not rows:
            self._sheet.write_string(row, column - 1, self._word, look)
            return
        shown = self._word if cell.state is CellState.NOT_APPLICABLE else "" if cell.number is None else cell.number
        self._sheet.write_formula(row, column - 1, total_formula(column, rows, self._word), look, shown)

    def _offer(self) -> None:
        """The drop-down list and the hint, which stands beside a cell that is chosen; other text may be typed."""
        language = current_language()
        for key, row in self._rows.items():
            field = self._definition.field(key.field)
            hint = field.hint.of(language)
            self._sheet.write_comment(row, layout.LABEL_COLUMN - 1, hint, {"x_scale": 2.5, "y_scale": 1.2})
            columns = [layout.value_column(number) - 1 for number, one in enumerate(self._returns) if key in one.keys]
            if field.is_computed or not columns:
                continue
            options: dict[str, Any] = {
                "validate": "list",
                "source": [self._word],
                "show_error": False,
                "input_title": field.label.of(language)[:MAX_PROMPT_TITLE],
                "input_message": hint[:MAX_PROMPT],
            }
            if len(columns) > 1:
                options["other_cells"] = [[row, column, row, column] for column in columns[1:]]
            self._sheet.data_validation(row, columns[0], row, columns[0], options)


def look_of(formats: Formats, field: FieldDefinition) -> Any:
    return formats[f"{'total' if field.is_computed else 'value'}{2 if field.decimals else 0}"]


def total_formula(column: int, rows: Sequence[int], word: str) -> str:
    """The sum of cells of a column (from 1) in these rows (from 0), with states as ``calc.with_totals`` has them."""
    places = [f"{column_letters(column)}{row + 1}" for row in rows]
    blank, listed = ",".join(f'TRIM({place})=""' for place in places), ",".join(places)
    return f'=IF(OR({blank}),"",IF(COUNT({listed})=0,"{word}",SUM({listed})))'


def write_cell(sheet: Any, row: int, column: int, cell: Cell | None, look: Any, word: str) -> None:
    """A cell of a return in one of its states: a number (0 too), the word, or nothing."""
    if cell is None or cell.state is CellState.NOT_SUPPLIED:
        sheet.write_blank(row, column, None, look)
    elif cell.number is None:
        sheet.write_string(row, column, word, look)
    else:
        sheet.write_number(row, column, cell.number, look)


def write_frame(sheet: Any, services: int) -> None:
    """Widths, hidden identification, headings that stay in view, protection without a password."""
    sheet.set_row(layout.IDENTIFICATION_ROW - 1, None, None, {"hidden": True})
    sheet.set_column(layout.KEY_COLUMN - 1, layout.KEY_COLUMN - 1, 4, None, {"hidden": True})
    sheet.set_column(layout.LABEL_COLUMN - 1, layout.LABEL_COLUMN - 1, 40)
    sheet.set_column(layout.FORM_COLUMN - 1, layout.UNIT_COLUMN - 1, 14)
    for number in range(services):
        column = layout.value_column(number) - 1
        sheet.set_column(column, column, 20)
        sheet.set_column(column + 1, column + 1, 28)
    sheet.freeze_panes(layout.FIRST_BODY_ROW - 1, layout.FIRST_SERVICE_COLUMN - 1)
    sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
    sheet.set_landscape()
    sheet.fit_to_pages(0, 1)
    sheet.repeat_columns(layout.LABEL_COLUMN - 1, layout.UNIT_COLUMN - 1)


def _write_hints(workbook: Any, definition: FormDefinition, returns: Sequence[SheetReturn]) -> None:
    """What each figure is, where there is room to read it, with its ground in the act."""
    language = current_language()
    formats = Formats(workbook)
    sheet = workbook.add_worksheet(gettext("Hints"))
    headings = (gettext("Figure"), gettext("Unit"), gettext("What belongs here"), gettext("Source"))
    for column, (text, width) in enumerate(zip(headings, (36, 12, 90, 34), strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, text, formats["head"])
    row = 1
    asked = {key.field for one in returns for key in one.keys}
    for field in definition.fields:
        if field.code in asked:
            texts = (field.label.of(language), field.suffix.of(language), field.hint.of(language), field.source)
            for column, text in enumerate(texts):
                sheet.write_string(row, column, text, formats["wrap"])
            row += 1
    sheet.freeze_panes(1, 0)
    sheet.protect("", {"format_columns": True, "format_rows": True})


def list_lines(period: Period, definition: FormDefinition, returns: Iterable[SheetReturn]) -> str:
    """The figures as CSV: UTF-8 with BOM, ``;``, decimal comma, one figure in each line."""
    buffer = io.StringIO()
    buffer.write(BOM)
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    language, word = current_language(), not_applicable_word()
    place = 1 if language == "en" else 0
    writer.writerow([both[place] for both in LIST_COLUMNS.values()])
    for one in returns:
        cells = with_totals(definition, one.keys, one.cells)
        for key in one.keys:
            cell = cells.get(key)
            writer.writerow(
                [
                    str(period),
                    one.mark.register_id,
                    one.mark.type_code,
                    key.form,
                    key.field,
                    _in_list(cell, word),
                    _as_text(one.comments.get(key, "")),
                    _as_text(one.service_name),
                    definition.field(key.field).label.of(language),
                ]
            )
    return buffer.getvalue()


def _type_of(one: SheetReturn) -> str:
    known = service_types().get(one.mark.type_code)
    name = f"§ {one.mark.type_code}" if known is None else known.name_with_section(current_language())
    return f"{one.identifier} {name}" if one.identifier else name


def _in_list(cell: Cell | None, word: str) -> str:
    if cell is None or cell.state is CellState.NOT_SUPPLIED:
        return ""
    return word if cell.number is None else f"{cell.number:f}".replace(".", ",")


def _as_text(text: str) -> str:
    """So marked that a spreadsheet does not take it for a formula; the reading takes the mark off."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else text
