"""Finding returns in the sheet with services in columns. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from portal.core.cells import Cell
from portal.core.errors import ImportRejected, Invalid, NotFound
from portal.core.messages import Message, _m
from portal.core.workbooks.sheets import Place, RawSheet
from portal.returns.definition import definition_by_code
from portal.returns.files import layout
from portal.returns.files.cell_values import read_comment, read_total, read_value
from portal.returns.files.filed import FiledReturn, Filing, Problem, in_order
from portal.returns.files.layout import ServiceMark
from portal.returns.types import CellKey, FormDefinition, Period, Severity

MAX_COMMENT_CHARS = 2000


def is_grid(sheet: RawSheet) -> bool:
    return sheet.text(layout.IDENTIFICATION_ROW, layout.MARKER_COLUMN) == layout.MARKER


def recognise_grid(sheet: RawSheet, name: str) -> Filing:
    """The returns of a sheet. Raises ImportRejected when quarter or form are not known."""
    period, definition = _identify(sheet, name)
    reader = _Reader(sheet, period, definition)
    returns = tuple(reader.returns())
    place = Place(sheet.name, layout.IDENTIFICATION_ROW, layout.PERIOD_COLUMN)
    return Filing(period, place, definition, returns, in_order(reader.problems))


def _identify(sheet: RawSheet, name: str) -> tuple[Period, FormDefinition]:
    row = layout.IDENTIFICATION_ROW
    try:
        period = Period.parse(sheet.text(row, layout.PERIOD_COLUMN))
        definition = definition_by_code(sheet.text(row, layout.DEFINITION_COLUMN))
    except (Invalid, NotFound) as error:
        raise ImportRejected(
            _m("%(name)s: the hidden first row was changed. %(fault)s", name=name, fault=error.message)
        ) from error
    if sheet.text(row, layout.LAYOUT_COLUMN) != layout.LAYOUT_VERSION:
        raise ImportRejected(
            _m("%(name)s was made by another version of the portal. Download the sheet again.", name=name)
        )
    if not definition.is_valid_for(period):
        raise ImportRejected(
            _m(
                "%(name)s: the form “%(form)s” is not the one for %(period)s. Download the sheet again.",
                name=name,
                form=definition.code,
                period=period.label,
            )
        )
    return period, definition


@dataclass
class _Column:
    mark: ServiceMark
    values: int
    comments: int | None = None


@dataclass
class _Reader:
    sheet: RawSheet
    period: Period
    definition: FormDefinition
    problems: list[Problem] = field(default_factory=list)

    def returns(self) -> Iterator[FiledReturn]:
        columns = self._columns()
        if not columns:
            self._error(layout.IDENTIFICATION_ROW, layout.FIRST_SERVICE_COLUMN, _m("The sheet holds no service."))
        rows = self._rows()
        self._find_strays(columns, rows)
        for column in columns:
            yield self._return(column, rows)

    def _columns(self) -> list[_Column]:
        """Columns of services by the hidden row; a comment belongs to the service whose number it has."""
        found: dict[int, _Column] = {}
        comments: dict[int, int] = {}
        for column in sorted(c for r, c in self.sheet.cells if r == layout.IDENTIFICATION_ROW):
            if column < layout.FIRST_SERVICE_COLUMN:
                continue
            text = self.sheet.text(layout.IDENTIFICATION_ROW, column)
            mark, commented = layout.read_service_mark(text), layout.read_comment_mark(text)
            if mark is not None and mark.register_id in found:
                self._error(
                    layout.SERVICE_ROW, column, _m("The service %(id)s is in the sheet twice.", id=mark.register_id)
                )
            elif mark is not None:
                found[mark.register_id] = _Column(mark, column)
            elif commented is not None:
                comments.setdefault(commented, column)
            else:
                self._error(
                    layout.IDENTIFICATION_ROW,
                    column,
                    _m("The hidden first row was changed here; it is not known whose column this is."),
                )
        for register_id, column in comments.items():
            if register_id in found:
                found[register_id].comments = column
        return list(found.values())

    def _rows(self) -> dict[CellKey, int]:
        known = {CellKey(form, one.code) for one in self.definition.fields for form in one.forms}
        found: dict[CellKey, int] = {}
        for row in sorted(r for r, c in self.sheet.cells if c == layout.KEY_COLUMN):
            if row == layout.IDENTIFICATION_ROW:
                continue
            key = layout.read_key(self.sheet.text(row, layout.KEY_COLUMN))
            if key is None or key not in known:
                self._error(
                    row, layout.KEY_COLUMN, _m("The hidden first column was changed here; the form has no such row.")
                )
            elif key in found:
                message = _m("The row of this figure is in the sheet twice (also in row %(row)s).", row=found[key])
                self._error(row, layout.LABEL_COLUMN, message)
            else:
                found[key] = row
        return found

    def _find_strays(self, columns: list[_Column], rows: Mapping[CellKey, int]) -> None:
        """Figures that nobody will read are said to be so, since somebody wrote them on purpose."""
        known_rows, of_values = set(rows.values()), {column.values for column in columns}
        of_comments = {column.comments for column in columns}
        marked = {row for row, column in self.sheet.cells if column == layout.KEY_COLUMN}
        first, last = min(rows.values(), default=0), max(rows.values(), default=0)
        for row, column in self.sheet.cells:
            if not first <= row <= last or column < layout.FIRST_SERVICE_COLUMN:
                continue
            if row in known_rows and column not in of_values and column not in of_comments:
                named = self.sheet.text(layout.IDENTIFICATION_ROW, column)
                if not named:
                    self._warning(row, column, _m("This column belongs to no service; what is in it is not read."))
            elif column in of_values and row not in marked:
                self._error(row, column, _m("This row belongs to no figure of the form; the number would be lost."))

    def _return(self, column: _Column, rows: Mapping[CellKey, int]) -> FiledReturn:
        cells: dict[CellKey, Cell] = {}
        totals: dict[CellKey, Cell] = {}
        comments: dict[CellKey, str] = {}
        places: dict[CellKey, Place] = {}
        comment_places: dict[CellKey, Place] = {}
        before = len(self.problems)
        asked = set(self.definition.cells_for(column.mark.type_code, column.mark.forms))
        for key, row in rows.items():
            raw = self.sheet.cells.get((row, column.values))
            field_definition = self.definition.field(key.field)
            if key not in asked:
                if raw is not None and raw.text.strip():
                    self._error(row, column.values, _m("This figure is not asked of this service. Empty the cell."))
                continue
            places[key] = Place(self.sheet.name, row, column.values)
            if field_definition.is_computed:
                total = read_total(raw, field_definition)
                if total is not None:
                    totals[key] = total
            elif self._is_merged(row, column.values):
                self._error(
                    row, column.values, _m("The cell is merged with others. Split it, so that each figure has its own.")
                )
            else:
                read = read_value(raw, field_definition)
                if isinstance(read, Message):
                    self._error(row, column.values, read)
                else:
                    cells[key] = read
            self._comment(column, key, row, comments, comment_places)
        for key in sorted(asked - rows.keys(), key=str):
            if not self.definition.field(key.field).is_computed:
                self._warning(
                    layout.SERVICE_ROW,
                    column.values,
                    _m(
                        "The row “%(label)s” is missing; the figure stays as it is in the portal.",
                        label=self._label(key),
                    ),
                )
        return FiledReturn(
            register_id=column.mark.register_id,
            place=Place(self.sheet.name, layout.SERVICE_ROW, column.values),
            type_code=column.mark.type_code,
            forms=column.mark.forms,
            version=column.mark.version,
            cells=cells,
            places=places,
            comments=comments,
            comment_places=comment_places,
            totals=totals,
            has_faults=any(one.severity is Severity.ERROR for one in self.problems[before:]),
        )

    def _comment(
        self,
        column: _Column,
        key: CellKey,
        row: int,
        comments: dict[CellKey, str],
        places: dict[CellKey, Place],
    ) -> None:
        if column.comments is None:
            return
        text = read_comment(self.sheet.cells.get((row, column.comments)))
        if len(text) > MAX_COMMENT_CHARS:
            message = _m("The explanation is longer than %(limit)s characters.", limit=MAX_COMMENT_CHARS)
            self._error(row, column.comments, message)
        elif text:
            comments[key] = text
            places[key] = Place(self.sheet.name, row, column.comments)

    def _label(self, key: CellKey) -> Message:
        text = self.definition.field(key.field).label
        return Message(text.en.replace("%", "%%"), {}, czech=text.cs.replace("%", "%%"))

    def _is_merged(self, row: int, column: int) -> bool:
        return any(area.holds(row, column) for area in self.sheet.merged)

    def _error(self, row: int, column: int, message: Message) -> None:
        self.problems.append(Problem(Place(self.sheet.name, row, column), Severity.ERROR, message))

    def _warning(self, row: int, column: int, message: Message) -> None:
        self.problems.append(Problem(Place(self.sheet.name, row, column), Severity.WARNING, message))
