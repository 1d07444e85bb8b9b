"""The register of users of a service as a file: headings, and what each row means. Pure.

Sentences never repeat what stands in a cell: it might be somebody's name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from portal.core.errors import RowError
from portal.core.messages import Message, _m
from portal.core.workbooks.sheets import RawSheet
from portal.waitlists.calc.codes import read_code
from portal.waitlists.ingest.columns import HEADINGS as LIST_HEADINGS
from portal.waitlists.ingest.columns import LEFT_OUT, STAY_HEADINGS, Headings
from portal.waitlists.ingest.rows import MAX_ROWS, ListRow, ReadRows, RowReader, Vocabulary

LABELS: Mapping[str, Message] = {
    "code": _m("Code"),
    "started_on": _m("From"),
    "ended_on": _m("Until"),
    "end_reason": _m("Reason of leaving"),
    "municipality_code": _m("Municipality"),
    "adverse_situation": _m("Situation"),
    "target_group": _m("Target group"),
    "birth_year": _m("Year of birth"),
    "sex": _m("Sex"),
}
_TAKEN_OVER = ("code", "municipality_code", "adverse_situation", "target_group", "birth_year", "sex")
REGISTER = Headings(
    names={
        **{field: LIST_HEADINGS[field] for field in _TAKEN_OVER},
        **STAY_HEADINGS,
    },
    needed=("code", "started_on", "municipality_code", "adverse_situation"),
    # What a provider's list and the download hold besides; the register keeps none of it.
    left_out={
        *LEFT_OUT,
        *(name for names in LIST_HEADINGS.values() for name in names),
        "z poradniku",
        "from the waiting list",
    },
    labels=LABELS,
    unknown_column=_m(
        "Column %(column)s is not one of a register of users, so the file was not read and nothing of it was kept."
        " Leave out all columns but those named below; in particular names, birth numbers and addresses."
    ),
)


def read_stays(sheet: RawSheet, columns: Mapping[str, int], words: Vocabulary, today: date) -> ReadRows:
    """All rows below the heading, and what is wrong with them by row and column."""
    found = ReadRows()
    numbers = sorted({row for row, _column in sheet.cells if row > 1})
    if len(numbers) > MAX_ROWS:
        found.problems.append(RowError(_m("The list has more than %(limit)s rows.", limit=MAX_ROWS)))
        return found
    earlier: dict[bytes, list[ListRow]] = {}
    for number in numbers:
        reader = _Row(sheet, columns, words, today, number)
        row = reader.read()
        if row is not None:
            reader.compare_with(earlier.setdefault(row.code, []), row)
            earlier[row.code].append(row)
        found.problems.extend(reader.problems)
        if row is not None and not reader.problems:
            found.rows.append(row)
    return found


class _Row(RowReader):
    labels = LABELS

    def read(self) -> ListRow | None:
        code = self._checked("code", read_code)
        values: dict[str, Any] = {
            "started_on": self._day("started_on", needed=True),
            "adverse_situation": self._choice("adverse_situation", self._words.situations, needed=True),
            "municipality_code": self._choice("municipality_code", self._words.places, needed=True),
        }
        for name, words in (("target_group", self._words.groups), ("sex", self._words.sexes)):
            if name in self._columns and (name != "sex" or self._words.collects_sex):
                values[name] = self._choice(name, words)
        if "birth_year" in self._columns:
            values["birth_year"] = self._year()
        self._end(values)
        return None if self.problems or code is None else ListRow(self._number, code, values)

    def _end(self, values: dict[str, Any]) -> None:
        if "ended_on" not in self._columns:
            return
        ended = values["ended_on"] = self._day("ended_on")
        values["end_reason"] = None
        if ended is not None:
            values["end_reason"] = self._choice("end_reason", self._words.leaving, needed=True)
            if values["started_on"] is not None and ended < values["started_on"]:
                self.fault("ended_on", _m("This day lies before the first day in the service."))

    def compare_with(self, earlier: Sequence[ListRow], row: ListRow) -> None:
        """Nobody uses a service twice at once."""
        for other in earlier:
            if _overlap(other.values, row.values):
                self.fault(
                    "started_on", _m("Row %(row)s says that the person used the service then.", row=other.number)
                )
                return


def _overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two stays of a person share more than the day on which one ended and the other began."""
    first, second = sorted((one, other), key=lambda stay: stay["started_on"])
    end = first.get("ended_on")
    return end is None or second["started_on"] < end or second["started_on"] == first["started_on"]
