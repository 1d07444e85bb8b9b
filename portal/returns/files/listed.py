"""Finding returns in a text file with one figure in each line. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.core.cells import Cell
from portal.core.czech import fold
from portal.core.errors import ImportRejected, Invalid
from portal.core.messages import Message, _m
from portal.core.workbooks.sheets import Place, RawSheet
from portal.returns.definition import definition_for
from portal.returns.files.cell_values import read_comment, read_total, read_value
from portal.returns.files.filed import FiledReturn, Filing, Problem, in_order
from portal.returns.files.grid import MAX_COMMENT_CHARS
from portal.returns.files.layout import LIST_COLUMNS, LIST_NEEDED
from portal.returns.types import FORMS, SERVICE_FORMS, CellKey, FormDefinition, Period, Severity


def columns_of(sheet: RawSheet) -> dict[str, int]:
    """The columns of a list by their meaning; empty when the first row is no heading of one."""
    names = {name: meaning for meaning, both in LIST_COLUMNS.items() for name in both}
    found: dict[str, int] = {}
    for row, column in sheet.cells:
        if row == 1 and (meaning := names.get(fold(sheet.text(1, column)).replace(" ", "_"))):
            found.setdefault(meaning, column)
    return found if "service" in found and "field" in found else {}


@dataclass
class _Lines:
    """The lines of one service."""

    place: Place
    types: set[str] = field(default_factory=set)
    cells: dict[CellKey, Cell] = field(default_factory=dict)
    places: dict[CellKey, Place] = field(default_factory=dict)
    comments: dict[CellKey, str] = field(default_factory=dict)
    comment_places: dict[CellKey, Place] = field(default_factory=dict)
    totals: dict[CellKey, Cell] = field(default_factory=dict)
    has_faults: bool = False


def recognise_list(sheet: RawSheet, name: str) -> Filing:
    """The returns of a list. Raises ImportRejected for a missing column or an unknown quarter."""
    columns = columns_of(sheet)
    if missing := [LIST_COLUMNS[meaning][0] for meaning in LIST_NEEDED if meaning not in columns]:
        raise ImportRejected(_m("%(name)s has no column “%(column)s”.", name=name, column=missing[0]))
    rows = sorted({row for row, _column in sheet.cells if row > 1})
    if not rows:
        raise ImportRejected(_m("%(name)s holds a heading and nothing under it.", name=name))
    try:
        period = Period.parse(sheet.text(rows[0], columns["period"]))
        definition = definition_for(period)
    except Invalid as error:
        place = Place(sheet.name, rows[0], columns["period"])
        raise ImportRejected(_m("%(place)s: %(fault)s", place=str(place), fault=error.message)) from error
    reader = _Reader(sheet, columns, period, definition)
    for row in rows:
        reader.line(row)
    found = tuple(_filed(register_id, lines) for register_id, lines in reader.services.items())
    return Filing(period, Place(sheet.name, rows[0], columns["period"]), definition, found, in_order(reader.problems))


def _filed(register_id: int, lines: _Lines) -> FiledReturn:
    return FiledReturn(
        register_id=register_id,
        place=lines.place,
        type_code=min(lines.types) if lines.types else None,
        forms=None,
        version=None,
        cells=lines.cells,
        places=lines.places,
        comments=lines.comments,
        comment_places=lines.comment_places,
        totals=lines.totals,
        has_faults=lines.has_faults,
    )


def forms_in(filed: FiledReturn) -> frozenset[str]:
    """The forms of the service as far as the file tells: what it says, else those that it has figures of."""
    return filed.forms if filed.forms is not None else frozenset(key.form for key in filed.places) & set(SERVICE_FORMS)


@dataclass
class _Reader:
    sheet: RawSheet
    columns: Mapping[str, int]
    period: Period
    definition: FormDefinition
    services: dict[int, _Lines] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, row: int) -> None:
        number = self._text(row, "service")
        if not (number.isascii() and number.isdigit() and len(number) <= 9 and int(number)):
            self._error(row, "service", _m("“%(text)s” is no number of a service in the register.", text=number[:40]))
            return
        lines = self.services.setdefault(int(number), _Lines(Place(self.sheet.name, row, self.columns["service"])))
        before = len(self.problems)
        if self._text(row, "period") != str(self.period):
            message = _m("A file is for one quarter; above it is %(period)s.", period=self.period.label)
            self._error(row, "period", message)
        if "type" in self.columns and (type_code := self._text(row, "type").removeprefix("§").strip()):
            lines.types.add(type_code)
            if len(lines.types) > 1:
                self._error(row, "type", _m("The service has another type of service in a line above."))
        self._figure(row, lines)
        lines.has_faults |= len(self.problems) > before

    def _figure(self, row: int, lines: _Lines) -> None:
        form, code = self._text(row, "form"), self._text(row, "field")
        if form not in FORMS:
            self._error(row, "form", _m("“%(text)s” is none of %(forms)s.", text=form[:40], forms=", ".join(FORMS)))
            return
        key = CellKey(form, code)
        known = next((one for one in self.definition.fields if one.code == code), None)
        if known is None or form not in known.forms:
            self._error(row, "field", _m("The form has no figure “%(text)s” here.", text=code[:40]))
            return
        if key in lines.places:
            message = _m("The figure is in the file twice (also in row %(row)s).", row=lines.places[key].row)
            self._error(row, "field", message)
            return
        lines.places[key] = Place(self.sheet.name, row, self.columns["value"])
        raw = self.sheet.cells.get((row, self.columns["value"]))
        if known.is_computed:
            if (total := read_total(raw, known)) is not None:
                lines.totals[key] = total
        else:
            read = read_value(raw, known)
            if isinstance(read, Message):
                self._error(row, "value", read)
            else:
                lines.cells[key] = read
        self._comment(row, key, lines)

    def _comment(self, row: int, key: CellKey, lines: _Lines) -> None:
        if "comment" not in self.columns:
            return
        text = read_comment(self.sheet.cells.get((row, self.columns["comment"])))
        if len(text) > MAX_COMMENT_CHARS:
            message = _m("The explanation is longer than %(limit)s characters.", limit=MAX_COMMENT_CHARS)
            self._error(row, "comment", message)
        elif text:
            lines.comments[key] = text
            lines.comment_places[key] = Place(self.sheet.name, row, self.columns["comment"])

    def _text(self, row: int, meaning: str) -> str:
        return self.sheet.text(row, self.columns[meaning])

    def _error(self, row: int, meaning: str, message: Message) -> None:
        place = Place(self.sheet.name, row, self.columns[meaning])
        self.problems.append(Problem(place, Severity.ERROR, message))
