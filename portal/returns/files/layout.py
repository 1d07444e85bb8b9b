"""Where things stand in a sheet of returns and how it says whose they are. Pure.

The first row and the first column are hidden and hold the identification: what is where is found by them alone, so
people may insert, hide and widen what they like. See docs/returns-files.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.core.messages import Message, _m
from portal.returns.types import FORMS, SERVICE_FORMS, CellKey, FormDefinition

MARKER = "portal-vykazy"
LAYOUT_VERSION = "1"

# The hidden first row: marker, quarter, version of the form; then for each service the column of its figures and that
# of its comments.
IDENTIFICATION_ROW = 1
KEY_COLUMN = 1
MARKER_COLUMN, PERIOD_COLUMN, DEFINITION_COLUMN, LAYOUT_COLUMN = 1, 2, 3, 4
LABEL_COLUMN, FORM_COLUMN, UNIT_COLUMN = 2, 3, 4
FIRST_SERVICE_COLUMN = 5
COLUMNS_OF_SERVICE = 2

TITLE_ROW, HOW_TO_ROW, PROVIDER_ROW, SERVICE_ROW, TYPE_ROW, STATE_ROW, FIRST_BODY_ROW = 2, 3, 4, 5, 6, 7, 8

FORM_NAMES: dict[str, Message] = {
    "outreach": _m("Outreach"),
    "outpatient": _m("Outpatient"),
    "residential": _m("Residential"),
    "all": _m("whole service"),
}

COMMENT_MARK = "komentar"
_SERVICE_MARK = re.compile(r"([1-9][0-9]{0,8})\|([0-9]{2}[a-z]?)\|([a-z,]*)\|([0-9]{1,9})", re.ASCII)
_COMMENT_MARK = re.compile(rf"([1-9][0-9]{{0,8}})\|{COMMENT_MARK}", re.ASCII)
_KEY = re.compile(r"([a-z]+)-([a-z][a-z0-9_]*)", re.ASCII)

# The list: a text file with one figure in each line. Columns by both names that they may have.
LIST_COLUMNS: dict[str, tuple[str, str]] = {
    "period": ("ctvrtleti", "quarter"),
    "service": ("sluzba", "service"),
    "type": ("druh", "type"),
    "form": ("forma", "form"),
    "field": ("udaj", "field"),
    "value": ("hodnota", "value"),
    "comment": ("vysvetleni", "comment"),
    "service_name": ("nazev_sluzby", "service_name"),
    "label": ("popis", "label"),
}
LIST_NEEDED = ("period", "service", "form", "field", "value")

NOT_APPLICABLE_WORDS = frozenset({"netyka se", "not applicable", "n/a"})
HIDDEN_WORDS = frozenset({"skryto", "hidden"})


@dataclass(frozen=True)
class ServiceMark:
    """What the hidden row says of a service: its number in the register, what it was asked, the return's version."""

    register_id: int
    type_code: str
    forms: frozenset[str]
    version: int  # of the return when the sheet was made; 0: nobody had begun it

    def __str__(self) -> str:
        forms = ",".join(form for form in SERVICE_FORMS if form in self.forms)
        return f"{self.register_id}|{self.type_code}|{forms}|{self.version}"


def comment_mark(register_id: int) -> str:
    return f"{register_id}|{COMMENT_MARK}"


def read_service_mark(text: str) -> ServiceMark | None:
    """The mark of a column with figures; None for anything else."""
    match = _SERVICE_MARK.fullmatch(text)
    if match is None:
        return None
    forms = frozenset(form for form in match[3].split(",") if form)
    if not forms <= set(SERVICE_FORMS):
        return None
    return ServiceMark(int(match[1]), match[2], forms, int(match[4]))


def read_comment_mark(text: str) -> int | None:
    """The service of a column with comments; None for anything else."""
    match = _COMMENT_MARK.fullmatch(text)
    return None if match is None else int(match[1])


def read_key(text: str) -> CellKey | None:
    """The cell that a row of the sheet is about; None for anything else."""
    match = _KEY.fullmatch(text)
    return CellKey(match[1], match[2]) if match is not None and match[1] in FORMS else None


def rows_of(definition: FormDefinition, asked: Iterable[Sequence[CellKey]]) -> list[tuple[str, list[CellKey]]]:
    """The rows of a sheet for services that are asked these cells: section by section, in the order of the form."""
    wanted = {key for keys in asked for key in keys}
    found: list[tuple[str, list[CellKey]]] = []
    for section in definition.sections:
        fields = [field for field in definition.fields if field.section == section.code]
        rows = [
            key
            for form in FORMS
            for field in fields
            if form in field.forms and (key := CellKey(form, field.code)) in wanted
        ]
        if rows:
            found.append((section.code, rows))
    return found


def value_column(number: int) -> int:
    """The column of the figures of the service at this place, from 0."""
    return FIRST_SERVICE_COLUMN + COLUMNS_OF_SERVICE * number
