"""Finding the territory part of returns in a sheet. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.core.czech import fold
from portal.core.errors import ImportRejected, Invalid, NotFound
from portal.core.messages import Message, _m
from portal.core.workbooks.sheets import Place, RawCell, RawSheet
from portal.returns.definition import definition_by_code, definition_for
from portal.returns.files.cell_values import refusal
from portal.returns.files.filed import FiledResidences, FiledRow, PartFiling, Problem
from portal.returns.files.layout import DEFINITION_COLUMN as FORM_COLUMN
from portal.returns.files.layout import LAYOUT_COLUMN as VERSION_COLUMN
from portal.returns.files.layout import LAYOUT_VERSION, MARKER_COLUMN, PERIOD_COLUMN
from portal.returns.files.residences import layout
from portal.returns.files.residences.layout import PartSheet
from portal.returns.residences.places import SPECIAL, Places
from portal.returns.residences.places import Place as Municipality
from portal.returns.residences.situations import adverse_situations
from portal.returns.residences.types import ResidenceInput
from portal.returns.residences.words import ResidenceWords
from portal.returns.types import FormDefinition, Period, Severity

MAX_TYPED_CHARS = 200


def is_marked(sheet: RawSheet) -> bool:
    return sheet.text(layout.MARK_ROW, MARKER_COLUMN) == layout.MARKER


def find_columns(sheet: RawSheet) -> PartSheet | None:
    """Where the columns of a sheet of residences are; None for another sheet."""
    names = {name: meaning for meaning, both in layout.COLUMNS.items() for name in both}
    rows = range(1, layout.SEARCHED_ROWS + 1) if is_marked(sheet) else (1,)
    for row in rows:
        found: dict[str, int] = {}
        for column in sorted(column for at, column in sheet.cells if at == row):
            if meaning := names.get(fold(sheet.text(row, column)).replace(" ", "_")):
                found.setdefault(meaning, column)
        if "service" in found and "municipality" in found:
            return PartSheet(sheet.name, found, row + (2 if is_marked(sheet) else 1))
    return None


def recognise_part(sheet: RawSheet, found: PartSheet, name: str, lists: RawSheet | None) -> PartFiling:
    """The rows of a sheet by service. Raises ImportRejected when columns, quarter or form are not known."""
    if missing := [layout.COLUMNS[meaning][0] for meaning in layout.NEEDED if meaning not in found.columns]:
        raise ImportRejected(_m("%(name)s has no column “%(column)s”.", name=name, column=missing[0]))
    rows = sorted({row for row, column in sheet.cells if row >= found.first_row and column in found.columns.values()})
    period, place, definition = _identify(sheet, found, rows, name)
    reader = _Reader(sheet, found, period)
    for row in rows:
        reader.row(row)
    if not definition.asks_residences and any(not part.is_empty for part in reader.parts.values()):
        message = _m("The form for %(period)s does not ask where the users live.", period=period.label)
        reader.problems.append(Problem(place, Severity.ERROR, message))
        reader.parts.clear()
    return PartFiling(
        period, place, definition, tuple(reader.parts.values()), tuple(reader.problems), found, _words(lists)
    )


def _identify(sheet: RawSheet, found: PartSheet, rows: list[int], name: str) -> tuple[Period, Place, FormDefinition]:
    if is_marked(sheet):
        place = Place(sheet.name, layout.MARK_ROW, PERIOD_COLUMN)
        try:
            period = Period.parse(sheet.text(*place[1:]))
            definition = definition_by_code(sheet.text(layout.MARK_ROW, FORM_COLUMN))
        except (Invalid, NotFound) as error:
            raise ImportRejected(
                _m("%(name)s: the hidden first row was changed. %(fault)s", name=name, fault=error.message)
            ) from error
        if sheet.text(layout.MARK_ROW, VERSION_COLUMN) != LAYOUT_VERSION:
            raise ImportRejected(
                _m("%(name)s was made by another version of the portal. Download the sheet again.", name=name)
            )
        return period, place, definition
    if "period" not in found.columns:
        raise ImportRejected(_m("%(name)s has no column “%(column)s”.", name=name, column=layout.COLUMNS["period"][0]))
    if not rows:
        raise ImportRejected(_m("%(name)s holds a heading and nothing under it.", name=name))
    place = Place(sheet.name, rows[0], found.columns["period"])
    try:
        period = Period.parse(sheet.text(*place[1:]))
        return period, place, definition_for(period)
    except Invalid as error:
        raise ImportRejected(_m("%(place)s: %(fault)s", place=str(place), fault=error.message)) from error


def _words(lists: RawSheet | None) -> ResidenceWords | None:
    """The names that the portal put into the file for its drop-down lists: code and name side by side."""
    if lists is None:
        return None
    pairs = {
        first: [
            (code, name)
            for row in sorted({row for row, column in lists.cells if column == first and row > 1})
            if (code := lists.text(row, first)) and (name := lists.text(row, first + 1))
        ]
        for first in (1, 3)
    }
    places = [Municipality(code, name, "") for code, name in pairs[1] if code not in SPECIAL]
    situations = {code: label.cs for code, label in adverse_situations().items()}
    return ResidenceWords(Places(places, "cs"), dict(pairs[3]), situations)


@dataclass
class _Reader:
    sheet: RawSheet
    found: PartSheet
    period: Period
    parts: dict[int, FiledResidences] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def row(self, row: int) -> None:
        cells = {
            meaning: cell
            for meaning, column in self.found.columns.items()
            if (cell := self.sheet.cells.get((row, column))) is not None and (cell.text.strip() or cell.is_formula)
        }
        told = {meaning for meaning in cells if meaning in (*layout.ROW_FIELDS, "says")}
        if "service" not in cells:
            if told:
                self._error(row, "service", _m("Choose the service that the row belongs to."))
            return
        before = len(self.problems)
        self._refuse(row, cells)
        text = cells["service"].text.strip()
        number = layout.read_service(text)
        if number is None:
            message = _m("“%(text)s” is no number of a service in the register.", text=text[:40])
            self._error(row, "service", message)
            return
        place = Place(self.sheet.name, row, self.found.columns["service"])
        part = self.parts.setdefault(number, FiledResidences(number, place, self.found))
        if "period" in self.found.columns and self.sheet.text(row, self.found.columns["period"]) != str(self.period):
            message = _m("A file is for one quarter; above it is %(period)s.", period=self.period.label)
            self._error(row, "period", message)
        version = cells["version"].text.strip() if "version" in cells else ""
        if version.isascii() and version.isdigit() and len(version) < 10:
            part.version = max(part.version or 0, int(version))
        if "says" in cells:
            self._says(row, cells["says"], part, has_row=bool(told - {"says"}))
        elif told:
            self._add(row, cells, part)
        part.has_faults |= len(self.problems) > before

    def _says(self, row: int, cell: RawCell, part: FiledResidences, *, has_row: bool) -> None:
        says = layout.read_word(cell.text)
        if says is None:
            offered = ", ".join(f"„{czech}“" for czech, _english in layout.WORDS.values())
            message = _m(
                "“%(text)s” is none of what a service as a whole can say: %(words)s.",
                text=cell.text[:40],
                words=offered,
            )
            self._error(row, "says", message)
        elif has_row or part.rows or part.says not in (None, says):
            self._contradiction(row)
        else:
            part.says, part.says_row = says, row

    def _add(self, row: int, cells: Mapping[str, RawCell], part: FiledResidences) -> None:
        if part.says is not None:
            self._contradiction(part.says_row)
            return
        texts = {name: cells[name].text[:MAX_TYPED_CHARS] if name in cells else "" for name in layout.ROW_FIELDS}
        part.rows.append(FiledRow(row, ResidenceInput(**texts)))

    def _contradiction(self, row: int) -> None:
        sentence = _m("The service has rows or another state as well. Leave either the rows or one state.")
        place = Place(self.sheet.name, row, self.found.columns["says"])
        if all(problem.place != place for problem in self.problems):
            self.problems.append(Problem(place, Severity.ERROR, sentence))

    def _refuse(self, row: int, cells: Mapping[str, RawCell]) -> None:
        for meaning in ("service", *layout.ROW_FIELDS, "says"):
            if meaning not in cells:
                continue
            if any(area.holds(row, self.found.columns[meaning]) for area in self.sheet.merged):
                message = _m("The cell is merged with others. Split it, so that each figure has its own.")
                self._error(row, meaning, message)
            elif (message_or_none := refusal(cells[meaning])) is not None:
                self._error(row, meaning, message_or_none)

    def _error(self, row: int, meaning: str, message: Message) -> None:
        place = Place(self.sheet.name, row, self.found.columns[meaning])
        self.problems.append(Problem(place, Severity.ERROR, message))
