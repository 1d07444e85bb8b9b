"""Headings and words of a file of needs, in Czech and English. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from portal.core.errors import ImportRejected, RowError
from portal.core.messages import Message, _m
from portal.core.workbooks import headings
from portal.core.workbooks.sheets import RawSheet
from portal.needs.types import Reason

PERIOD, CODE, NAME, SITUATION = "period", "municipality_code", "municipality", "situation"
TARGET_GROUP, REASON, TYPE, PERSONS, NOTE = "target_group", "reason", "type_code", "persons", "note"

# Column -> headings by which it is known, folded; the first two are those of the portal's own files.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    PERIOD: ("ctvrtleti", "quarter", "obdobi", "period"),
    CODE: ("kod obce", "code of the municipality", "municipality code", "municipality_code"),
    NAME: ("obec", "municipality", "nazev obce"),
    SITUATION: ("situace", "situation", "neprizniva situace", "neprizniva socialni situace"),
    TARGET_GROUP: ("cilova skupina", "target group", "target_group"),
    REASON: ("duvod", "reason", "proc ji nejde vyresit", "why it cannot be solved"),
    TYPE: ("potrebny druh sluzby", "wanted type of service", "druh sluzby", "wanted_type"),
    PERSONS: ("osob", "persons", "pocet osob", "number of persons", "osoby"),
    NOTE: ("poznamka", "note"),
}
# Columns of the portal's own files that say who said what: it is not changed by a file.
LEFT_OUT = frozenset(
    {
        *("orp", "osob po oprave", "persons after correction", "duvod opravy", "reason of the correction"),
        *("opravil", "corrected by", "sdelil", "said by", "zapsal", "name of the writer"),
    }
)
LABELS: Mapping[str, Message] = {
    PERIOD: _m("Quarter"),
    CODE: _m("Code of the municipality"),
    NAME: _m("Municipality"),
    SITUATION: _m("Situation"),
    TARGET_GROUP: _m("Target group"),
    REASON: _m("Reason"),
    TYPE: _m("Wanted type of service"),
    PERSONS: _m("Persons"),
    NOTE: _m("Note"),
}
# How files write the reasons, folded; the code is known too.
REASONS: Mapping[Reason, tuple[str, ...]] = {
    Reason.NO_SERVICE: ("takova sluzba neni", "there is no such service", "neni sluzba", "no service"),
    Reason.NO_CAPACITY: ("sluzba nema kapacitu", "the service has no capacity", "neni kapacita", "no capacity"),
    Reason.TOO_FAR: ("sluzba je prilis daleko", "the service is too far", "prilis daleko", "too far"),
    Reason.TOO_DEAR: ("sluzba je prilis draha", "the service is too dear", "prilis draha", "too dear"),
    Reason.REFUSES: ("osoba ji odmita", "the person refuses it", "odmita", "refuses"),
    Reason.OTHER: ("jiny duvod", "another reason", "jine", "jiny", "other"),
}
REASON_BY_WORD = {word: str(reason) for reason, words in REASONS.items() for word in (*words, str(reason))}

_KNOWN = headings.by_heading(HEADINGS)


def find_columns(sheet: RawSheet, name: str) -> dict[str, int]:
    """The columns of the file by what they hold, from the headings in the first row.

    Raises ImportRejected, with the faults by cell, where one is not known or there twice, or where one is missing. As
    of any cell, what stands in an unknown one is not repeated.
    """
    found, faults = headings.find_columns(sheet, _KNOWN, LEFT_OUT, quoted=False)
    for needed in (PERIOD, SITUATION, PERSONS):
        if needed not in found:
            faults.append(RowError(_m("The column “%(name)s” is missing.", name=LABELS[needed]), row="1"))
    if CODE not in found and NAME not in found:
        faults.append(RowError(_m("The column “%(name)s” is missing.", name=LABELS[CODE]), row="1"))
    if faults:
        raise ImportRejected(_m("%(name)s is no table of needs.", name=name), faults)
    return found
