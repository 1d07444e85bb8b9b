"""Rows of a file of needs: what each cell means, and what is wrong with it. Pure.

A sentence about a cell never repeats what stands in it: people may have written a name there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from portal.core.cells import Cell
from portal.core.czech import fold
from portal.core.errors import ImportRejected, Invalid, RowError
from portal.core.messages import Message, _m
from portal.core.workbooks.headings import rows_to_read
from portal.core.workbooks.sheets import Kind, RawSheet, column_letters
from portal.identity.written import looks_like_birth_number
from portal.needs.ingest.columns import (
    CODE,
    NAME,
    NOTE,
    PERIOD,
    PERSONS,
    REASON,
    REASON_BY_WORD,
    SITUATION,
    TARGET_GROUP,
    TYPE,
)
from portal.needs.ingest.persons import parse_persons
from portal.needs.types import MAX_NOTE, NONE, OF_WHOLE, Key
from portal.returns.types import Period

MAX_ROWS = 20_000


@dataclass(frozen=True)
class Known:
    """What the portal knows: codes by words as ``spelt`` has them.

    ``municipalities``: those that reach the reader, by code and by name; a name that several have is ``ambiguous``.
    """

    municipalities: Mapping[str, str]
    ambiguous: Collection[str]
    situations: Mapping[str, str]
    groups: Mapping[str, str]
    types: Mapping[str, str]


@dataclass(frozen=True)
class ReadNeed:
    """One figure of a file with its row; an empty ``note`` says nothing of the one there."""

    row: int
    key: Key
    persons: Cell
    note: str


@dataclass
class ReadRows:
    """``columns``: where each thing stands, for faults that are found later."""

    columns: Mapping[str, int]
    rows: int = 0
    needs: list[ReadNeed] = field(default_factory=list)
    faults: list[RowError] = field(default_factory=list)

    def fault(self, name: str, row: int, message: Message) -> None:
        column = self.columns.get(name)
        where = None if column is None else f"{column_letters(column)}{row}"
        self.faults.append(RowError(message, row=str(row), column=where))


def spelt(word: str) -> str:
    """What two ways to type a word have in common: letters, and single spaces of any kind."""
    return fold(" ".join(word.split()))


def refuse_identity(sheet: RawSheet, name: str) -> None:
    """Raises ImportRejected where any cell holds what looks like a birth number; the sentence tells the place alone."""
    faults = [
        RowError(
            _m("The cell holds something that looks like a birth number."),
            row=str(row),
            column=f"{column_letters(column)}{row}",
        )
        for (row, column), cell in sorted(sheet.cells.items())
        if looks_like_birth_number(cell.text)
    ]
    if faults or looks_like_birth_number(name):
        raise ImportRejected(_m("The file or its name holds identities of persons, so nothing of it was kept."), faults)


def read_rows(sheet: RawSheet, columns: Mapping[str, int], known: Known, name: str) -> ReadRows:
    """All figures below the headings, and every fault at its row and cell. Raises ImportRejected for no or too many
    rows."""
    numbers = rows_to_read(sheet, name, MAX_ROWS)
    found = ReadRows(columns, rows=len(numbers))
    rows_of: dict[Key, int] = {}
    told: dict[tuple[str, ...], tuple[bool, int]] = {}
    for number in numbers:
        need = _Row(sheet, known, found, number).read()
        if need is None:
            continue
        if need.key in rows_of:
            found.fault(PERSONS, number, _m("The same figure stands in row %(row)s already.", row=rows_of[need.key]))
        is_mark, first = told.setdefault(need.key[:3], (need.key.is_mark, number))
        if is_mark != need.key.is_mark:
            sentence = _m("Row %(row)s answers for the whole situation otherwise; leave one of the two.", row=first)
            found.fault(REASON, number, sentence)
        rows_of.setdefault(need.key, number)
        found.needs.append(need)
    return found


class _Row:
    def __init__(self, sheet: RawSheet, known: Known, found: ReadRows, number: int) -> None:
        self._sheet, self._known, self._found, self._number = sheet, known, found, number

    def read(self) -> ReadNeed | None:
        """The row's figure; None when it has a fault."""
        before = len(self._found.faults)
        period, code = self._period(), self._municipality()
        situation = self._one_of(SITUATION, self._known.situations, _m("Write one of the situations of the form."))
        group = self._one_of(TARGET_GROUP, self._known.groups, _m("Write one of the target groups of the form."))
        reason = self._one_of(REASON, REASON_BY_WORD, _m("Write one of the reasons of the form."))
        wanted = self._one_of(TYPE, self._known.types, _m("Write one of the types of services of the form."))
        persons, note = self._persons(), self._text(NOTE)
        if len(note) > MAX_NOTE:
            self._fault(NOTE, _m("The text is longer than %(most)s characters.", most=MAX_NOTE))
        if situation == NONE and not self._text(SITUATION):
            self._fault(SITUATION, _m("Write one of the situations of the form."))
        if len(self._found.faults) > before or persons is None:
            return None
        key = Key(period, code, situation, group, reason, wanted)
        if key.is_mark and (persons.state not in OF_WHOLE or group or wanted):
            self._fault(
                REASON, _m("Write why it cannot be solved; without a reason only 0 or x for a whole situation.")
            )
            return None
        return ReadNeed(self._number, key, persons, note)

    def _fault(self, name: str, message: Message) -> None:
        self._found.fault(name, self._number, message)

    def _text(self, name: str) -> str:
        column = self._found.columns.get(name)
        return "" if column is None else " ".join(self._sheet.text(self._number, column).split())

    def _period(self) -> str:
        try:
            return str(Period.parse(self._text(PERIOD).upper().replace(" ", "")))
        except (Invalid, ValueError):
            self._fault(PERIOD, _m("Write the quarter as 2026Q2."))
            return ""

    def _municipality(self) -> str:
        code, name = self._text(CODE).removesuffix(".0"), self._text(NAME)
        by_code = self._known.municipalities.get(fold(code)) if code else None
        if code and by_code is None:
            self._fault(CODE, _m("There is no such municipality among those that you write for."))
        elif not code and not name:
            self._fault(CODE if CODE in self._found.columns else NAME, _m("Write which municipality it is of."))
        elif not code and fold(name) in self._known.ambiguous:
            self._fault(NAME, _m("Several municipalities have this name; write the code of one."))
        elif not code:
            by_code = self._known.municipalities.get(fold(name))
            if by_code is None:
                self._fault(NAME, _m("There is no such municipality among those that you write for."))
        elif name and fold(name) not in self._known.ambiguous and self._known.municipalities.get(fold(name)) != by_code:
            self._fault(NAME, _m("The code and the name are of two different municipalities."))
        return by_code or ""

    def _one_of(self, name: str, words: Mapping[str, str], message: Message) -> str:
        text = self._text(name)
        if not text:
            return NONE
        code = words.get(spelt(text))
        if code is None:
            self._fault(name, message)
        return code or NONE

    def _persons(self) -> Cell | None:
        column = self._found.columns[PERSONS]
        cell = self._sheet.cells.get((self._number, column))
        sentence = _m("Write a number of persons, 0, x or “not supplied”.")
        if cell is not None and cell.is_formula:
            sentence = _m("The cell holds a formula. Save the file with values only.")
        elif cell is not None and cell.text.strip() and cell.kind in (Kind.TEXT, Kind.NUMBER):
            with suppress(Invalid):  # whose sentence is about the field of a form
                return parse_persons(cell.text)
        self._fault(PERSONS, sentence)
        return None
