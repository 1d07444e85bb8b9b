"""What the columns of a file mean: guessed by their headings, or said by a person; then rows into figures. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from portal.benchmarking.ministry.ingest.amounts import parse_amount
from portal.benchmarking.ministry.types import (
    IDENTIFIER,
    KEY_NAMES,
    KEYS,
    LAST_YEAR,
    REGISTER_ID,
    YEAR,
    Fault,
    Formula,
    Grid,
    GridCell,
    GridRow,
    ReadFigure,
    ReadFile,
    items,
)
from portal.core.cells import Cell
from portal.core.czech import fold
from portal.core.errors import Invalid
from portal.core.messages import Message, _m

_WORDS: dict[str, tuple[str, ...]] = {
    REGISTER_ID: ("register id", "portalid", "portal id", "id sluzby", "sluzba id", "cislo sluzby", "cislo v registru"),
    IDENTIFIER: (
        "identifikator",
        "identifikator sluzby",
        "registracni cislo",
        "identifier",
        "registracni identifikator",
    ),
    YEAR: ("rok", "year", "vykazovany rok", "rok vykazu"),
    "costs_total": ("naklady", "naklady celkem", "celkove naklady", "naklady m", "costs", "costs mpsv", "naklady kc"),
    "revenues_total": (
        *("vynosy", "vynosy celkem", "celkove vynosy", "vynosy m", "revenues", "revenues mpsv", "vynosy kc"),
        *("prijmy", "prijmy celkem"),
    ),
}
_TOTAL_ROWS = ("celkem", "soucet", "souhrn", "total", "sum")
IDENTIFIER_DIGITS = 7
_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)


def roles() -> tuple[str, ...]:
    """Everything that a column can mean, keys first."""
    return (REGISTER_ID, IDENTIFIER, YEAR, *items())


def role_name(role: str, language: str) -> Message | str:
    """What people call the meaning of a column."""
    return KEY_NAMES[role] if role in KEY_NAMES else items()[role].label.of(language)


def guess_columns(headings: Sequence[str]) -> dict[str, str]:
    """Heading by role, for the headings that are known words; a role keeps its first."""
    known = {word: role for role, words in _WORDS.items() for word in words}
    for code, field in items().items():
        for word in (code, field.label.cs, field.label.en):
            known.setdefault(_plain(word), code)
    known.update({_plain(role): role for role in roles()})
    found: dict[str, str] = {}
    for heading in headings:
        role = known.get(_plain(heading)) or known.get(_plain(heading.rpartition("/")[2]))  # the path in an XML file
        if role is not None:
            found.setdefault(role, heading)
    return found


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", fold(text)))


def fitting(columns: Mapping[str, str], headings: Sequence[str]) -> dict[str, str]:
    """The part of a mapping whose headings the file has."""
    return {role: heading for role, heading in columns.items() if heading and heading in headings}


def mapping_faults(columns: Mapping[str, str]) -> dict[str, list[Message]]:
    """Sentences by role: what a mapping lacks, or uses twice."""
    faults: dict[str, list[Message]] = {}
    if not any(columns.get(key) for key in KEYS):
        faults[REGISTER_ID] = [_m("Choose the column that tells which service the row is of.")]
    if not any(columns.get(code) for code in items()):
        faults["costs_total"] = [_m("Choose at least one column of amounts.")]
    used: dict[str, str] = {}
    for role, heading in columns.items():
        if heading and heading in used:
            faults.setdefault(role, []).append(_m("The column “%(name)s” is chosen twice.", name=heading))
        used[heading] = role
    return faults


def read_rows(grid: Grid, columns: Mapping[str, str], year: int | None = None) -> ReadFile:
    """The figures of the file by the mapping (role -> heading), with every fault at its row and cell.

    ``year``: what each row must be of; None takes the year of the first row. The mapping must have no faults itself.
    """
    places = {role: grid.headings.index(heading) for role, heading in columns.items() if heading}
    reader = _Rows(grid, places, year)
    for row in grid.rows:
        reader.take(row)
    if reader.year is None and not reader.faults:
        reader.faults.append(Fault(_m("The file does not say of which year it is, and nobody has said it either.")))
    if not reader.figures and not reader.faults:
        reader.faults.append(Fault(_m("There are no figures in the file.")))
    return ReadFile(reader.year, tuple(reader.figures), tuple(reader.faults), tuple(reader.left_out))


class _Rows:
    def __init__(self, grid: Grid, places: Mapping[str, int], year: int | None) -> None:
        self.grid, self.places, self.year = grid, places, year
        self.figures: list[ReadFigure] = []
        self.faults: list[Fault] = []
        self.left_out: list[int] = []
        self._seen: dict[tuple[str, object], int] = {}

    def take(self, row: GridRow) -> None:
        if self._is_total(row):
            self.left_out.append(row.number)
            return
        before = len(self.faults)
        register_id, identifier = self._keys(row)
        self._check_year(row)
        cells = self._cells(row)
        if len(self.faults) == before:
            self.figures.append(ReadFigure(row.number, register_id, identifier, cells))

    def _value(self, row: GridRow, role: str) -> GridCell:
        place = self.places.get(role)
        return row.cells[place] if place is not None and place < len(row.cells) else None

    def _is_total(self, row: GridRow) -> bool:
        first = next((cell for cell in row.cells if cell not in (None, "")), None)
        if not isinstance(first, str) or not fold(first).startswith(_TOTAL_ROWS):
            return False
        return not any(_key_text(self._value(row, key))[:1].isdigit() for key in KEYS)

    def _keys(self, row: GridRow) -> tuple[int | None, str | None]:
        number: int | None = None
        register, identifier = (_key_text(self._value(row, key)) for key in KEYS)
        if identifier.isdecimal():
            identifier = identifier.zfill(IDENTIFIER_DIGITS)  # a spreadsheet drops zeros at the beginning
        if register:
            if _WHOLE.fullmatch(register):
                number = int(register)
            else:
                self._fault(row, REGISTER_ID, _m("“%(text)s” is no number of a service.", text=register))
        if not register and not identifier:
            role = REGISTER_ID if REGISTER_ID in self.places else IDENTIFIER
            self._fault(row, role, _m("The row does not say which service it is of."))
        for key, value in ((REGISTER_ID, number), (IDENTIFIER, identifier)):
            if value:
                first = self._seen.setdefault((key, value), row.number)
                if first != row.number:
                    self._fault(row, key, _m("The service is there twice, first in row %(row)s.", row=first))
                    break
        return number, identifier or None

    def _check_year(self, row: GridRow) -> None:
        if YEAR not in self.places:
            return
        text = _key_text(self._value(row, YEAR))
        if not (_WHOLE.fullmatch(text) and 1900 <= int(text) <= LAST_YEAR):
            self._fault(row, YEAR, _m("“%(text)s” is no year.", text=text))
        elif self.year is None:
            self.year = int(text)
        elif int(text) != self.year:
            self._fault(
                row,
                YEAR,
                _m("The row is of the year %(own)s, the file is taken for %(year)s.", own=text, year=self.year),
            )

    def _cells(self, row: GridRow) -> dict[str, Cell]:
        cells: dict[str, Cell] = {}
        for code in items():
            if code in self.places:
                try:
                    cells[code] = parse_amount(self._value(row, code))
                except Invalid as error:
                    self._fault(row, code, error.message)
        return cells

    def _fault(self, row: GridRow, role: str, message: Message) -> None:
        place = self.places.get(role, 0)
        heading = self.grid.headings[place] if place < len(self.grid.headings) else ""
        cell = f"{_letters(place)}{row.number}" if self.grid.kind == "xlsx" else ""
        self.faults.append(Fault(message, row.number, f"{cell} {heading}".strip()))


def _key_text(value: GridCell) -> str:
    if value is None or isinstance(value, Formula):
        return ""
    return (str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)).strip()


def _letters(place: int) -> str:
    letters, number = "", place + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
