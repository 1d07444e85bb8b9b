"""The XML of a workbook (ECMA-376, SpreadsheetML): cells with values, kinds and formulas.

Readers that give values alone tell neither formulas nor the kind of a number that is shown as a date or per cent; both
are faults of a table of figures that a person must be told of.

The parser is expat with declarations of documents refused: no entities, so none that grow or fetch anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from xml.parsers import expat

from portal.core.workbooks.sheets import Area, Kind, RawCell, column_number

MAX_TEXT_CHARS = 2_500  # a comment of a return holds 2 000
MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
MAX_SHARED_STRINGS = 400_000
MAX_MERGED = 10_000

# Formats of numbers that every workbook knows without declaring them (ECMA-376, 18.8.30).
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_PERCENT_FORMATS = {9, 10}
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\[[^\]]*\]|\*.')
_ESCAPED = re.compile(r"_x(?!0000|[Dd][89A-Fa-f])([0-9A-Fa-f]{4})_", re.ASCII)  # no sign that a text cannot hold
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)

Attributes = Mapping[str, str]


class DamagedXml(Exception):
    """What no program that writes workbooks would write."""


class TooManyCells(Exception):
    """More than the table that is expected can hold."""


def parse(
    content: bytes,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    """Hand the elements, by their names without namespace, to the functions. Raises DamagedXml."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def refuse(*_arguments: object) -> None:
        raise DamagedXml("declarations of documents and entities are not read")

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(" ")[2], attributes)
    parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
    parser.CharacterDataHandler = text
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, UnicodeDecodeError, LookupError) as error:
        raise DamagedXml(str(error)) from error


def read_relations(content: bytes) -> dict[str, str]:
    """Targets by id."""
    found: dict[str, str] = {}

    def start(name: str, attributes: Attributes) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            found[attributes.get("Id", "")] = attributes.get("Target", "")

    parse(content, start, _nothing, _nothing)
    return found


def read_sheet_list(content: bytes) -> list[tuple[str, str]]:
    """Name and relation of each sheet, in order."""
    found: list[tuple[str, str]] = []

    def start(name: str, attributes: Attributes) -> None:
        if name == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(" id")), "")
            found.append((attributes.get("name", ""), relation))

    parse(content, start, _nothing, _nothing)
    return found


def read_kinds(content: bytes) -> list[Kind]:
    """What a number is shown as, by the number of its style."""
    codes: dict[int, str] = {}
    kinds: list[Kind] = []
    inside = [False]

    def start(name: str, attributes: Attributes) -> None:
        if name == "numFmt":
            codes[_whole(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            inside[0] = True
        elif name == "xf" and inside[0]:
            kinds.append(_kind_of_format(_whole(attributes.get("numFmtId", "0")), codes))

    def end(name: str) -> None:
        if name == "cellXfs":
            inside[0] = False

    parse(content, start, end, _nothing)
    return kinds


def read_shared_strings(content: bytes) -> list[str]:
    """The texts that cells refer to by number."""
    reader = _StringsReader()
    parse(content, reader.start, reader.end, reader.text)
    return reader.found


class _StringsReader:
    def __init__(self) -> None:
        self.found: list[str] = []
        self._pieces: list[str] = []
        self._takes_text = self._is_phonetic = False

    def start(self, name: str, _attributes: Attributes) -> None:
        if name == "si":
            self._pieces = []
        elif name == "rPh":  # how the text is read aloud
            self._is_phonetic = True
        elif name == "t":
            self._takes_text = not self._is_phonetic

    def end(self, name: str) -> None:
        if name == "t":
            self._takes_text = False
        elif name == "rPh":
            self._is_phonetic = False
        elif name == "si":
            self.found.append(plain_text("".join(self._pieces)))
            if len(self.found) > MAX_SHARED_STRINGS:
                raise TooManyCells

    def text(self, data: str) -> None:
        if self._takes_text:
            self._pieces.append(data)


class SheetReader:
    """Collects the cells of one sheet while its XML passes by."""

    def __init__(self, strings: list[str], kinds: list[Kind], room: int) -> None:
        self.cells: dict[tuple[int, int], RawCell] = {}
        self.merged: list[Area] = []
        self._strings, self._kinds, self._room = strings, kinds, room
        self._row = self._column = 0
        self._type, self._style, self._is_formula = "n", 0, False
        self._value: list[str] = []
        self._takes_text = False
        self._is_phonetic = False

    def read(self, content: bytes) -> None:
        """Raises DamagedXml, TooManyCells."""
        parse(content, self._start, self._end, self._text)

    def _start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._begin_cell(attributes)
        elif name == "v":
            self._takes_text = True
        elif name == "t":
            self._takes_text = not self._is_phonetic
        elif name == "rPh":
            self._is_phonetic = True
        elif name == "f":
            self._is_formula = True
        elif name == "row":
            self._row = _whole(attributes["r"]) if "r" in attributes else self._row + 1
            self._column = 0
            if not 1 <= self._row <= MAX_ROW:
                raise DamagedXml("row outside the sheet")
        elif name == "mergeCell":
            self.merged.append(_area(attributes.get("ref", "")))
            if len(self.merged) > MAX_MERGED:
                raise TooManyCells

    def _begin_cell(self, attributes: Attributes) -> None:
        if "r" in attributes:
            row, self._column = _address(attributes["r"])
            if row != self._row:
                raise DamagedXml("cell outside its row")
        else:
            self._column += 1
        if self._column > MAX_COLUMN:
            raise DamagedXml("column outside the sheet")
        self._type = attributes.get("t", "n")
        self._style = _whole(attributes.get("s", "0"))
        self._is_formula = False
        self._value = []

    def _end(self, name: str) -> None:
        if name in ("v", "t"):
            self._takes_text = False
        elif name == "rPh":
            self._is_phonetic = False
        elif name == "c":
            self._end_cell()

    def _text(self, data: str) -> None:
        if self._takes_text:
            self._value.append(data)

    def _end_cell(self) -> None:
        value = "".join(self._value)
        if not value and not self._is_formula:
            return
        place = (self._row, self._column)
        if place in self.cells:
            raise DamagedXml("a cell is there twice")
        if len(self.cells) >= self._room:
            raise TooManyCells
        self.cells[place] = self._cell(value)

    def _cell(self, value: str) -> RawCell:
        if self._type == "s":
            number = _whole(value)
            if number >= len(self._strings):
                raise DamagedXml("text that is not there")
            return RawCell(Kind.TEXT, self._strings[number], self._is_formula)
        if self._type in ("str", "inlineStr") or not value:
            return RawCell(Kind.TEXT, plain_text(value), self._is_formula)
        if self._type == "b":
            return RawCell(Kind.BOOLEAN, value[:10], self._is_formula)
        if self._type == "e":
            return RawCell(Kind.ERROR, value[:40], self._is_formula)
        if self._type == "d":
            return RawCell(Kind.DATE, value[:40], self._is_formula)
        kind = self._kinds[self._style] if self._style < len(self._kinds) else Kind.NUMBER
        return RawCell(kind, plain_number(value), self._is_formula)


def plain_text(written: str) -> str:
    """A text as people see it: programs write a sign that XML does not keep as its number, ``_x000D_`` the end of a
    line (ECMA-376, 22.9.2.19)."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), written)[:MAX_TEXT_CHARS]


def plain_number(text: str) -> str:
    """The digits of a number as a workbook stores it: ``6.7500000000000002`` is 6.75, ``1E3`` is 1000.

    Raises DamagedXml for what is no number.
    """
    try:
        number = Decimal(repr(float(text)))
    except ValueError as error:
        raise DamagedXml(f"no number: {text[:40]!r}") from error
    if not number.is_finite():
        raise DamagedXml(f"no number: {text[:40]!r}")
    digits = f"{number:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _kind_of_format(number: int, codes: Mapping[int, str]) -> Kind:
    code = codes.get(number)
    if code is None:
        if number in _DATE_FORMATS:
            return Kind.DATE
        return Kind.PERCENT if number in _PERCENT_FORMATS else Kind.NUMBER
    bare = _LITERAL.sub("", code).lower()
    if "%" in bare:
        return Kind.PERCENT
    return Kind.DATE if any(sign in bare.replace("general", "") for sign in "dmyhs") else Kind.NUMBER


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise DamagedXml(f"no whole number: {text[:40]!r}")
    return int(text)


def _address(text: str) -> tuple[int, int]:
    match = _ADDRESS.fullmatch(text)
    if match is None:
        raise DamagedXml(f"no address of a cell: {text[:40]!r}")
    return int(match[2]), column_number(match[1])


def _area(text: str) -> Area:
    first, _, last = text.partition(":")
    return Area(*_address(first), *_address(last or first))


def _nothing(*_arguments: object) -> None:
    """For elements that say nothing to us."""
