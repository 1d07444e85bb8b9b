"""Rows of a waiting list as a file: what each cell means, what is wrong with it. Pure.

Sentences never repeat what stands in a cell: it might be somebody's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from portal.core.czech import fold
from portal.core.errors import Invalid, RowError
from portal.core.messages import Message, _m
from portal.core.workbooks.sheets import Kind, RawCell, RawSheet, column_letters
from portal.waitlists.calc.codes import read_code
from portal.waitlists.calc.discretion import check_reference
from portal.waitlists.ingest.columns import LABELS
from portal.waitlists.types import REASONS, State, Step, Urgency

FIRST_DAY = date(1990, 1, 1)
MAX_ROWS = 20_000
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_CZECH = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})", re.ASCII)
_SERIAL = re.compile(r"\d{5}(\.0+)?", re.ASCII)
_EXCEL_ZERO = date(1899, 12, 30)


@dataclass(frozen=True)
class Vocabulary:
    """Codes by the words that stand for them, folded."""

    situations: Mapping[str, str]
    groups: Mapping[str, str]
    places: Mapping[str, str]
    states: Mapping[str, str]
    urgencies: Mapping[str, str]
    sexes: Mapping[str, str]
    reasons: Mapping[str, str]  # of refusing and declining together
    leaving: Mapping[str, str]  # reasons of leaving a service
    collects_sex: bool = True  # otherwise a column that tells it is passed over


@dataclass(frozen=True)
class ListRow:
    """One application of a file; ``values`` holds the fields that the file tells, by the names of the table."""

    number: int
    code: bytes
    values: Mapping[str, Any]


@dataclass
class ReadRows:
    rows: list[ListRow] = field(default_factory=list)
    problems: list[RowError] = field(default_factory=list)


def read_rows(sheet: RawSheet, columns: Mapping[str, int], words: Vocabulary, today: date) -> ReadRows:
    """All rows below the heading, and what is wrong with them by row and column."""
    found = ReadRows()
    numbers = sorted({row for row, _column in sheet.cells if row > 1})
    if len(numbers) > MAX_ROWS:
        found.problems.append(RowError(_m("The list has more than %(limit)s rows.", limit=MAX_ROWS)))
        return found
    seen: dict[str, int] = {}
    waiting: dict[bytes, int] = {}
    for number in numbers:
        reader = _Row(sheet, columns, words, today, number)
        row = reader.read()
        if row is not None:
            reference = row.values["file_reference"]
            if reference in seen:
                reader.fault("file_reference", _m("Row %(row)s has the same number.", row=seen[reference]))
            seen.setdefault(reference, number)
            if State(row.values.get("state", State.WAITING)).is_open:
                if row.code in waiting:
                    reader.fault("code", _m("Row %(row)s is of the same person.", row=waiting[row.code]))
                waiting.setdefault(row.code, number)
        found.problems.extend(reader.problems)
        if row is not None and not reader.problems:
            found.rows.append(row)
    return found


class RowReader:
    """Reads the cells of one row by the names of the fields, and gathers what is wrong with them."""

    labels: Mapping[str, Message] = LABELS

    def __init__(
        self, sheet: RawSheet, columns: Mapping[str, int], words: Vocabulary, today: date, number: int
    ) -> None:
        self._sheet, self._columns, self._words, self._today, self._number = sheet, columns, words, today, number
        self.problems: list[RowError] = []

    def fault(self, name: str, message: Message) -> None:
        column = self._columns.get(name)
        where = None if column is None else f"{column_letters(column)}{self._number}"
        self.problems.append(RowError(message, row=str(self._number), column=where))

    def _cell(self, name: str) -> RawCell | None:
        column = self._columns.get(name)
        return None if column is None else self._sheet.cells.get((self._number, column))

    def _text(self, name: str) -> str:
        cell = self._cell(name)
        return "" if cell is None else " ".join(cell.text.split())

    def _checked(self, name: str, check: Any) -> Any:
        try:
            return check(self._text(name))
        except Invalid as error:
            self.fault(name, error.message)
            return None

    def _choice(self, name: str, words: Mapping[str, str], *, needed: bool = False) -> str | None:
        text = self._text(name)
        if not text:
            if needed:
                self.fault(name, _m("“%(column)s” is missing.", column=self.labels[name]))
            return None
        code = words.get(fold(text))
        if code is None:
            self.fault(name, _m("“%(column)s” is not one that the portal knows.", column=self.labels[name]))
        return code

    def _year(self) -> int | None:
        text = self._text("birth_year").removesuffix(".0")
        if not text:
            return None
        if text.isascii() and text.isdigit() and self._today.year - 120 <= int(text) <= self._today.year:
            return int(text)
        self.fault("birth_year", _m("Write the year of birth as four digits."))
        return None

    def _day(self, name: str, *, needed: bool = False, may_come: bool = False) -> date | None:
        text = self._text(name)
        if not text:
            if needed:
                self.fault(name, _m("“%(column)s” is missing.", column=self.labels[name]))
            return None
        cell = self._cell(name)
        day = read_day(text, is_serial=cell is not None and cell.kind in (Kind.DATE, Kind.NUMBER))
        if day is None:
            self.fault(name, _m("Write the day as 20. 8. 2026."))
        elif day > self._today and not may_come:
            self.fault(name, _m("This day is yet to come."))
        elif day < FIRST_DAY:
            self.fault(name, _m("This day is too long ago."))
        return day


class _Row(RowReader):
    def read(self) -> ListRow | None:
        code = self._checked("code", read_code)
        values: dict[str, Any] = {
            "file_reference": self._checked("file_reference", check_reference),
            "received_on": self._day("received_on", needed=True),
            "adverse_situation": self._choice("adverse_situation", self._words.situations, needed=True),
            "municipality_code": self._choice("municipality_code", self._words.places, needed=True),
        }
        for name, words in (("target_group", self._words.groups), ("sex", self._words.sexes)):
            if name in self._columns and (name != "sex" or self._words.collects_sex):
                values[name] = self._choice(name, words)
        if "urgency" in self._columns:
            values["urgency"] = self._choice("urgency", self._words.urgencies) or str(Urgency.USUAL)
        if "birth_year" in self._columns:
            values["birth_year"] = self._year()
        if "can_start_from" in self._columns:
            values["can_start_from"] = self._day("can_start_from", may_come=True)
        if (confirmed := self._day("confirmed_on")) is not None:
            values["confirmed_on"] = confirmed
        self._state(values)
        self._compare(values)
        return None if self.problems or code is None else ListRow(self._number, code, values)

    def _state(self, values: dict[str, Any]) -> None:
        if "state" not in self._columns:
            return
        state = State(self._choice("state", self._words.states) or State.WAITING)
        values["state"] = str(state)
        values["decided_on"] = values["reason"] = None
        if state.is_open:
            return
        values["decided_on"] = self._day("decided_on", needed=True)
        step = {State.REFUSED: Step.REFUSE, State.DECLINED: Step.DECLINE}.get(state)
        if step is not None:
            reason = self._choice("reason", self._words.reasons, needed=True)
            if reason is not None and reason not in REASONS[step]:
                self.fault("reason", _m("This reason does not belong to the state."))
            values["reason"] = reason

    def _compare(self, values: Mapping[str, Any]) -> None:
        received = values["received_on"]
        for name in ("confirmed_on", "decided_on"):
            day = values.get(name)
            if received is not None and day is not None and day < received:
                self.fault(name, _m("This day lies before the application came."))


def read_day(text: str, *, is_serial: bool = False) -> date | None:
    """A day written as 2026-08-03 or 3. 8. 2026, or as the number that a spreadsheet keeps."""
    if is_serial and _SERIAL.fullmatch(text):
        return _EXCEL_ZERO + timedelta(days=int(text.split(".")[0]))
    for pattern, order in ((_ISO, (1, 2, 3)), (_CZECH, (3, 2, 1))):
        if match := pattern.fullmatch(text[:10] if pattern is _ISO else text):
            try:
                return date(*(int(match[place]) for place in order))
            except ValueError:
                return None
    return None


def words_of(labels: Iterable[tuple[str, Sequence[str]]]) -> dict[str, str]:
    """Codes by their folded words; a code stands for itself too."""
    return {fold(word): code for code, words in labels for word in (code, *words)}
