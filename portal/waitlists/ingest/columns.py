"""Headings of a waiting list as a file, in Czech and English; the export writes what the import reads. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from portal.core.czech import fold
from portal.core.errors import ImportRejected
from portal.core.messages import Message, _m
from portal.core.workbooks.sheets import RawSheet, column_letters
from portal.identity.written import looks_like_birth_number
from portal.waitlists.calc.discretion import IDENTITY_IN_FILE, announces_identity

# Field -> headings by which it is known, folded; the first is written by the Czech export.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "code": ("kod", "code"),
    "file_reference": (
        "cislo spisu", "cislo zadosti", "spisova znacka", "vlastni znacka", "znacka", "cislo jednaci",
        "evidencni cislo", "file reference", "reference",
    ),
    "received_on": (
        "prijato", "prijato dne", "datum prijeti", "datum prijeti zadosti", "datum zadosti", "datum podani",
        "datum podani zadosti", "podano", "podano dne", "received", "received on",
    ),
    "state": ("stav", "stav zadosti", "state"),
    "decided_on": ("rozhodnuto", "rozhodnuto dne", "decided", "decided on"),
    "reason": ("duvod", "duvod odmitnuti", "reason"),
    "adverse_situation": (
        "situace", "neprizniva socialni situace", "neprizniva situace", "socialni situace", "situation",
        "adverse situation",
    ),
    "target_group": ("cilova skupina", "skupina", "target group"),
    "municipality_code": ("obec", "obec bydliste", "municipality"),
    "birth_year": ("rok narozeni", "rocnik", "year of birth"),
    "sex": ("pohlavi", "sex"),
    "urgency": ("nalehavost", "urgency"),
    "can_start_from": ("nastup od", "nastup mozny od", "muze nastoupit od", "can start from"),
    "confirmed_on": ("potvrzeno", "potvrzeno dne", "datum potvrzeni", "confirmed", "confirmed on"),
}  # fmt: skip
# What a register of users says besides.
STAY_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "started_on": (
        "od", "zacatek", "zacatek pobytu", "nastup", "nastup dne", "datum nastupu", "poskytovano od", "from", "start",
        "started on",
    ),
    "ended_on": (
        "do", "konec", "konec pobytu", "ukonceno", "ukonceno dne", "datum ukonceni", "poskytovano do", "until", "end",
        "ended on",
    ),
    "end_reason": ("duvod odchodu", "duvod ukonceni", "reason of leaving"),
}  # fmt: skip
NEEDED = ("code", "file_reference", "received_on", "adverse_situation", "municipality_code")
# Columns of the export that say what the portal works out by itself, and those of a register of users.
LEFT_OUT = frozenset(
    {
        "misto v poradi", "poradi", "place", "place in the order", "body", "points", "kratky kod", "short code",
        "druh sluzby", "sluzba",
    }.union(*STAY_HEADINGS.values())
)  # fmt: skip

LABELS: Mapping[str, Message] = {
    "code": _m("Code"),
    "file_reference": _m("File reference"),
    "received_on": _m("Received"),
    "state": _m("State"),
    "decided_on": _m("Decided"),
    "reason": _m("Reason"),
    "adverse_situation": _m("Situation"),
    "target_group": _m("Target group"),
    "municipality_code": _m("Municipality"),
    "birth_year": _m("Year of birth"),
    "sex": _m("Sex"),
    "urgency": _m("Urgency"),
    "can_start_from": _m("Can start from"),
    "confirmed_on": _m("Confirmed"),
}

_UNKNOWN_COLUMN = _m(
    "Column %(column)s is not one of a waiting list, so the file was not read and nothing of it was kept. Leave out"
    " all columns but those named below; in particular names, birth numbers and addresses."
)


@dataclass(frozen=True)
class Headings:
    """The columns that one kind of file may have."""

    names: Mapping[str, tuple[str, ...]]  # field -> headings by which it is known, folded
    needed: Collection[str]
    left_out: Collection[str]
    labels: Mapping[str, Message]
    unknown_column: Message  # with the letters of the column as %(column)s

    def field_of(self, heading: str) -> str | None:
        return next((field for field, names in self.names.items() if heading in names), None)


WAITING_LIST = Headings(HEADINGS, NEEDED, LEFT_OUT, LABELS, _UNKNOWN_COLUMN)


def find_columns(sheet: RawSheet, headings: Headings = WAITING_LIST) -> dict[str, int]:
    """The columns of the list by their field, from the headings in the first row.

    Raises ImportRejected where identity is among the columns or cells, where a column is not known (it might hold it),
    or where one that is needed is missing. No content of the file is repeated in what is said.
    """
    found: dict[str, int] = {}
    columns = sorted({column for _row, column in sheet.cells})
    for column in columns:
        heading = fold(" ".join(sheet.text(1, column).split()))
        field = headings.field_of(heading)
        if field is None and heading not in headings.left_out:
            if announces_identity(heading):
                raise ImportRejected(IDENTITY_IN_FILE)
            raise ImportRejected(replace(headings.unknown_column, params={"column": column_letters(column)}))
        if field in found:
            raise ImportRejected(
                _m("Column %(column)s has the same heading as another.", column=column_letters(column))
            )
        if field is not None:
            found[field] = column
    refuse_identity(sheet)
    missing = [headings.labels[field] for field in headings.needed if field not in found]
    if missing:
        raise ImportRejected(_m("The list has no column “%(column)s”.", column=missing[0]))
    return found


def refuse_identity(sheet: RawSheet) -> None:
    """Raises ImportRejected where any cell looks like a birth number. Codes are hexadecimal and are let be."""
    codes = {column for row, column in sheet.cells if row == 1 and fold(sheet.text(1, column)) in HEADINGS["code"]}
    for (_row, column), cell in sheet.cells.items():
        if column not in codes and looks_like_birth_number(cell.text):
            raise ImportRejected(IDENTITY_IN_FILE)
