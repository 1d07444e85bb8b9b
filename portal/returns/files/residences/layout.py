"""Where things stand in a sheet of residences, and which words it takes. Pure. See docs/returns-files.md.

The sheet is found by its hidden first row, its columns by their hidden names in a row above the headings. A text file
has the names of the columns in its first line and no headings besides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.returns.residences.words import plain

MARKER, LISTS_MARKER = "portal-bydliste", "portal-seznamy"
MARK_ROW, TITLE_ROW, HOW_TO_ROW, CODES_ROW, HEADING_ROW, FIRST_BODY_ROW = 1, 2, 3, 4, 5, 6
SEARCHED_ROWS = 20  # for the names of the columns
SPARE_ROWS = 500  # below those that are filled in, with drop-down lists

# Columns by both names that they may have.
COLUMNS: Mapping[str, tuple[str, str]] = {
    "period": ("ctvrtleti", "quarter"),
    "service": ("sluzba", "service"),
    "municipality": ("obec", "municipality"),
    "target_group": ("cilova_skupina", "target_group"),
    "situation": ("situace", "situation"),
    "persons": ("pocet", "persons"),
    "says": ("stav", "state"),
    "version": ("verze", "version"),
    "service_name": ("nazev_sluzby", "service_name"),
}
ROW_FIELDS = ("municipality", "target_group", "situation", "persons")
NEEDED = ("service", *ROW_FIELDS)
SHEET_COLUMNS = ("service", *ROW_FIELDS, "says", "version")
TEXT_COLUMNS = ("period", "service", *ROW_FIELDS, "says", "service_name")

_SERVICE = re.compile(r"([1-9][0-9]{0,8})(?![0-9]).*", re.ASCII | re.DOTALL)


class Says(StrEnum):
    """What a row says of the whole part of its service, instead of rows."""

    NO_CHANGE = "no_change"  # as in the quarter before
    NO_ONE = "no_one"
    NOT_APPLICABLE = "not_applicable"
    NOT_SUPPLIED = "not_supplied"


# Czech and English, as they are offered.
WORDS: Mapping[Says, tuple[str, str]] = {
    Says.NO_CHANGE: ("beze změny", "no change"),
    Says.NO_ONE: ("nikdo", "no one"),
    Says.NOT_APPLICABLE: ("netýká se", "not applicable"),
    Says.NOT_SUPPLIED: ("neuvedeno", "not supplied"),
}


@dataclass(frozen=True)
class PartSheet:
    """A sheet of residences that was found: its name, its columns by meaning, its first row below the headings."""

    name: str
    columns: Mapping[str, int]
    first_row: int


def word_of(says: Says, language: str) -> str:
    return WORDS[says][1 if language == "en" else 0]


def read_word(text: str) -> Says | None:
    wanted = plain(text)
    return next((says for says, both in WORDS.items() if wanted in map(plain, both)), None)


def service_label(register_id: int, name: str) -> str:
    """How a service is chosen from the list: its number in the register first, by which it is found again."""
    return f"{register_id} {name}"


def read_service(text: str) -> int | None:
    match = _SERVICE.fullmatch(text)
    return None if match is None else int(match[1])
