"""What is in a file before anybody knows what it means: cells with their places. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"  # a number that is shown as a date or a time
    PERCENT = "percent"  # a number that is shown a hundred times larger
    BOOLEAN = "boolean"
    ERROR = "error"  # such as #REF!


class RawCell(NamedTuple):
    """One cell that is not empty; a number has its plain digits with a dot as ``text``."""

    kind: Kind
    text: str
    is_formula: bool = False


class Area(NamedTuple):
    """A block of cells, first and last included, counted from 1."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    def holds(self, row: int, column: int) -> bool:
        return self.first_row <= row <= self.last_row and self.first_column <= column <= self.last_column


@dataclass(frozen=True)
class RawSheet:
    """One sheet: cells by (row, column), both counted from 1 as people see them."""

    name: str
    cells: Mapping[tuple[int, int], RawCell]
    merged: tuple[Area, ...] = ()

    def text(self, row: int, column: int) -> str:
        """What stands in a cell, without spaces around it; empty for an empty one."""
        cell = self.cells.get((row, column))
        return "" if cell is None else cell.text.strip()


class Place(NamedTuple):
    """A cell as people name it."""

    sheet: str
    row: int
    column: int

    @property
    def cell(self) -> str:
        return f"{column_letters(self.column)}{self.row}"

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}"


@dataclass(frozen=True)
class RawFile:
    """All sheets of a file, in its order."""

    sheets: tuple[RawSheet, ...]
    is_workbook: bool  # False: a text file with separators


def column_letters(column: int) -> str:
    """1 is A, 27 is AA."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """A is 1, AA is 27; only capital letters."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
