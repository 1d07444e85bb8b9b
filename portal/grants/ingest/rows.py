"""Rows of a file of municipal support: what each cell means, and what is wrong with it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from portal.core.amounts import checked_amount, parse_amount
from portal.core.cells import NOT_APPLICABLE, NOT_SUPPLIED, Cell
from portal.core.czech import fold
from portal.core.errors import Invalid, RowError
from portal.core.messages import Message, _m
from portal.core.workbooks.headings import rows_below, rows_to_read
from portal.core.workbooks.sheets import Kind as CellKind
from portal.core.workbooks.sheets import RawCell, RawSheet, column_letters
from portal.grants.ingest.columns import (
    CONTRACT,
    GRANTED_ON,
    IDENTIFIER,
    LABELS,
    MUNICIPALITY,
    NOTE,
    RECEIVED,
    REGISTER_ID,
    YEAR,
)
from portal.grants.limits import BIRTH_NUMBER, MAX_NOTE, contract_fault, day_fault, note_fault, year_fault
from portal.grants.types import (
    MAX_CONTRACTS,
    Contract,
    Given,
    Key,
    Kind,
    ReadGrant,
)
from portal.identity.written import looks_like_birth_number

MAX_ROWS = 50_000
IDENTIFIER_DIGITS = 7
NOT_TOLD = ("neuvedeno", "nedodano", "not supplied")  # the cell says so; an empty one leaves the figure as it is
CONCERNS_NOT = "not applicable"  # as English downloads say it; Czech words are those of amounts
_WHOLE = re.compile(r"([0-9]{1,9})(?:\.0+)?", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_CZECH = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})", re.ASCII)
_SERIAL = re.compile(r"(\d{5})(\.\d+)?", re.ASCII)
_EXCEL_ZERO = date(1899, 12, 30)


@dataclass(frozen=True)
class Known:
    """What the portal knows: ids of services by number and by identifier, codes of municipalities by folded name.

    A name that several municipalities have is in ``ambiguous``; ``reached``: those the reader writes for, None is all.
    """

    by_register_id: Mapping[int, int]
    by_identifier: Mapping[str, int]
    municipalities: Mapping[str, str]
    ambiguous: frozenset[str] = frozenset()
    reached: frozenset[str] | None = None


@dataclass
class ReadRows:
    rows: int = 0
    grants: list[ReadGrant] = field(default_factory=list)
    faults: list[RowError] = field(default_factory=list)


def service_keys(sheet: RawSheet, columns: Mapping[str, int]) -> tuple[set[int], set[str]]:
    """Numbers and identifiers of services that the rows name, to be looked up before they are read."""
    numbers, identifiers = set(), set()
    for row in rows_below(sheet):
        if (column := columns.get(REGISTER_ID)) and (match := _WHOLE.fullmatch(sheet.text(row, column))):
            numbers.add(int(match[1]))
        if (column := columns.get(IDENTIFIER)) and (text := sheet.text(row, column)):
            identifiers.add(_identifier(text))
    return numbers, identifiers


def read_rows(sheet: RawSheet, columns: Mapping[str, int], known: Known, name: str, on: date) -> ReadRows:
    """All figures below the headings, and every fault at its row and cell. ``on``: the present day. Raises
    ImportRejected for no or too many rows."""
    numbers = rows_to_read(sheet, name, MAX_ROWS)
    found = ReadRows(rows=len(numbers))
    seen: dict[Key, list[ReadGrant]] = {}
    for number in numbers:
        reader = _Row(sheet, columns, known, number, on)
        for grant in reader.read():
            former = seen.setdefault(grant.key, [])
            if former and (sentence := _twice(former, grant)) is not None:
                reader.fault(grant.key.kind, sentence)
            former.append(grant)
        found.faults.extend(reader.faults)
    if not found.faults:
        found.grants.extend(_together(rows) for rows in seen.values())
    return found


def _twice(former: Sequence[ReadGrant], grant: ReadGrant) -> Message | None:
    """What is wrong with a further row of the same support; nothing where each has a number and its own contract."""
    rows = (*former, grant)
    references = {one.given.contract for one in rows}
    if "" in references or len(references) < len(rows):
        return _m("The same support stands in row %(row)s already; add the two up.", row=former[0].row)
    if any(one.given.amount.number is None for one in rows):
        return _m("Of support on several contracts, each row needs an amount; see row %(row)s.", row=former[0].row)
    if len(rows) > MAX_CONTRACTS:
        return _m("One support stands on more than %(most)s contracts.", most=MAX_CONTRACTS)
    return None


def _together(rows: Sequence[ReadGrant]) -> ReadGrant:
    """One figure of the rows of one support, each a contract."""
    if len(rows) == 1:
        return rows[0]
    contracts = [
        Contract(one.given.amount.number or Decimal(0), one.given.contract, one.given.granted_on) for one in rows
    ]
    notes = dict.fromkeys(one.given.note for one in rows if one.given.note)
    return ReadGrant(rows[0].row, rows[0].key, Given.under(contracts, "; ".join(notes)[:MAX_NOTE]))


def _identifier(text: str) -> str:
    plain = match[1] if (match := _WHOLE.fullmatch(text)) else text
    return plain.zfill(IDENTIFIER_DIGITS) if plain.isdecimal() else plain  # a spreadsheet drops zeros at the beginning


class _Row:
    def __init__(self, sheet: RawSheet, columns: Mapping[str, int], known: Known, number: int, on: date) -> None:
        self._sheet, self._columns, self._known, self._number, self._on = sheet, columns, known, number, on
        self.faults: list[RowError] = []

    def fault(self, name: str, message: Message) -> None:
        column = self._columns.get(name)
        where = None if column is None else f"{column_letters(column)}{self._number}"
        self.faults.append(RowError(message, row=str(self._number), column=where))

    def read(self) -> list[ReadGrant]:
        """The row's figures; none when it has a fault."""
        if self._holds_identity():
            return []
        service_id, code, year = self._service(), self._municipality(), self._year()
        day, contract, note = self._day(year), self._text(CONTRACT), self._text(NOTE)
        for name, fault in ((CONTRACT, contract_fault(contract)), (NOTE, note_fault(note))):
            if fault is not None:
                self.fault(name, fault)
        amounts = {kind: cell for kind in Kind if (cell := self._amount(kind)) is not None}
        if not amounts and not self.faults and not self._text(RECEIVED):
            self.fault("", _m("The row has no amount."))
        if self.faults or service_id is None or code is None or year is None:
            return []
        return [
            ReadGrant(self._number, Key(service_id, code, year, kind), Given(cell, contract, day, note))
            for kind, cell in amounts.items()
        ]

    def _holds_identity(self) -> bool:
        """Faults of cells that hold a birth number where others would be told with what stands in them."""
        for name in (REGISTER_ID, IDENTIFIER, MUNICIPALITY):
            if looks_like_birth_number(self._text(name)):
                self.fault(name, BIRTH_NUMBER)
        return bool(self.faults)

    def _cell(self, name: str) -> RawCell | None:
        column = self._columns.get(name)
        return None if column is None else self._sheet.cells.get((self._number, column))

    def _text(self, name: str) -> str:
        cell = self._cell(name)
        return "" if cell is None else " ".join(cell.text.split())

    def _service(self) -> int | None:
        number, identifier = self._text(REGISTER_ID), self._text(IDENTIFIER)
        if not number and not identifier:
            name = REGISTER_ID if REGISTER_ID in self._columns else IDENTIFIER
            self.fault(name, _m("The row does not say which service it is of."))
            return None
        found = set()
        if number:
            match = _WHOLE.fullmatch(number)
            found.add(self._known.by_register_id.get(int(match[1])) if match else None)
        if identifier:
            found.add(self._known.by_identifier.get(_identifier(identifier)))
        if None in found:
            name = REGISTER_ID if number else IDENTIFIER
            self.fault(name, _m("The portal knows no service “%(text)s”.", text=(number or identifier)[:40]))
            return None
        if len(found) > 1:
            self.fault(IDENTIFIER, _m("The number and the identifier are of two different services."))
            return None
        return found.pop()

    def _municipality(self) -> str | None:
        text = self._text(MUNICIPALITY).removesuffix(".0")
        if not text:
            self.fault(MUNICIPALITY, _m("“%(column)s” is missing.", column=LABELS[MUNICIPALITY]))
            return None
        if fold(text) in self._known.ambiguous:
            self.fault(
                MUNICIPALITY, _m("Several municipalities are called “%(text)s”; write the code of one.", text=text[:40])
            )
            return None
        code = self._known.municipalities.get(fold(text))
        if code is None:
            self.fault(MUNICIPALITY, _m("The portal knows no municipality “%(text)s”.", text=text[:40]))
        elif self._known.reached is not None and code not in self._known.reached:
            self.fault(MUNICIPALITY, _m("“%(text)s” is not the municipality that you write for.", text=text[:40]))
        return code

    def _year(self) -> int | None:
        text = self._text(YEAR)
        match = _WHOLE.fullmatch(text)
        year = int(match[1]) if match else 0
        if (fault := year_fault(year, self._on)) is not None:
            self.fault(YEAR, fault)
            return None
        return year

    def _amount(self, kind: Kind) -> Cell | None:
        """None for an empty cell, which says nothing of the figure."""
        cell = self._cell(kind)
        if cell is None or not cell.text.strip():
            return None
        try:
            return _amount(cell)
        except Invalid as error:
            self.fault(kind, BIRTH_NUMBER if looks_like_birth_number(cell.text) else error.message)
            return None

    def _day(self, year: int | None) -> date | None:
        cell = self._cell(GRANTED_ON)
        if cell is None or not cell.text.strip():
            return None
        day = read_day(cell.text, is_serial=cell.kind in (CellKind.DATE, CellKind.NUMBER))
        if day is None:
            self.fault(GRANTED_ON, _m("Write the day as 20. 8. 2026."))
        elif (fault := day_fault(day, self._on.year if year is None else year, self._on)) is not None:
            self.fault(GRANTED_ON, fault)
        return day


def _amount(cell: RawCell) -> Cell:
    if cell.is_formula:
        raise Invalid(_m("The cell holds a formula. Save the file with values only."))
    if cell.kind in (CellKind.DATE, CellKind.PERCENT, CellKind.BOOLEAN, CellKind.ERROR):
        raise Invalid(_m("The cell holds no amount but a date, per cent or an error."))
    if fold(cell.text) in NOT_TOLD:
        return NOT_SUPPLIED
    if fold(cell.text) == CONCERNS_NOT:
        return NOT_APPLICABLE
    if cell.kind is CellKind.NUMBER:
        return checked_amount(Decimal(cell.text))
    return parse_amount(cell.text)


def read_day(text: str, *, is_serial: bool = False) -> date | None:
    """A day written as 2026-08-03 or 3. 8. 2026, or as the number that a spreadsheet keeps; None for anything else."""
    plain = text.strip()
    if is_serial and (match := _SERIAL.fullmatch(plain)):
        return _EXCEL_ZERO + timedelta(days=int(match[1]))
    for pattern, order in ((_ISO, (1, 2, 3)), (_CZECH, (3, 2, 1))):
        if match := pattern.fullmatch(plain):
            try:
                return date(*(int(match[place]) for place in order))
            except ValueError:
                return None
    return None
