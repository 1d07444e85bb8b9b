"""Reading of a matrix of travel times: CSV with from, to, minutes. Runs in a guarded child process.

A whole region has more than a hundred thousand rows, so rows are read one after another and never kept as cells.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from portal.core.czech import fold
from portal.core.errors import ImportRejected, RowError
from portal.core.guarded import Limits, run_guarded
from portal.core.messages import Message, _m
from portal.core.workbooks.sheets import column_letters
from portal.map.access.calc.matrix import NO_TIMES, Times, times_of

MEBIBYTE = 1024 * 1024
MAX_FILE_BYTES = 128 * MEBIBYTE
MAX_ROWS = 4_000_000
MAX_MINUTES = 1_440
KEPT_FAULTS = 200
LIMITS = Limits(memory_mib=3_072, cpu_seconds=120, seconds=240)

HEADINGS = {
    "from": ("from", "z", "odkud", "from_code", "z obce", "kod obce odkud"),
    "to": ("to", "do", "kam", "to_code", "do obce", "kod obce kam"),
    "minutes": ("minutes", "minuty", "min", "doba", "cas", "doba jizdy", "doba (min)"),
}
_BY_HEADING = {name: column for column, names in HEADINGS.items() for name in names}
_MINUTES = re.compile(r"[0-9]{1,4}(?:[.,][0-9]{1,6})?", re.ASCII)


@dataclass
class ReadTimes:
    """What a file holds; the first faults with rows, and the number of all of them."""

    times: Times = NO_TIMES
    faults: list[RowError] = field(default_factory=list)
    fault_count: int = 0

    def fault(self, row: int, place: int, message: Message) -> None:
        """Something is wrong in a row, at this place of it, counted from 0; it is told by its cell."""
        self.fault_count += 1
        if len(self.faults) < KEPT_FAULTS:
            self.faults.append(RowError(message, row=str(row), column=f"{column_letters(place + 1)}{row}"))


def read_guarded_times(path: Path, name: str, known: Collection[str]) -> ReadTimes:
    """The matrix of a file from outside. Raises ImportRejected for one that cannot be taken at all."""
    if path.stat().st_size > MAX_FILE_BYTES:
        raise ImportRejected(_m("%(name)s is larger than %(limit)s MB.", name=name, limit=MAX_FILE_BYTES // MEBIBYTE))
    return run_guarded(read_times, path, name, frozenset(known), name=name, limits=LIMITS)


def read_times(path: Path, name: str, known: frozenset[str]) -> ReadTimes:
    """As ``read_guarded_times``, in this process. ``known``: codes of municipalities in force."""
    rows = _rows(path, name)
    _number, heading = next(rows, (1, []))
    columns = _columns(heading, name)
    found = ReadTimes()
    seen: dict[str, int] = {}
    start: list[str] = []
    end: list[str] = []
    minutes: list[float] = []
    for number, values in rows:
        if number > MAX_ROWS + 1:
            raise ImportRejected(_m("%(name)s has more than %(rows)s rows.", name=name, rows=MAX_ROWS))
        row = _row(found, number, values, columns, known)
        if row is None:
            continue
        pair = row[0] + row[1]
        first = seen.setdefault(pair, number)
        if first != number:
            found.fault(number, columns["to"], _m("The same pair stands in row %(row)s already.", row=first))
            continue
        start.append(row[0])
        end.append(row[1])
        minutes.append(row[2])
    if not start and not found.fault_count:
        raise ImportRejected(_m("%(name)s has headings and nothing below them.", name=name))
    if not found.fault_count:
        found.times = times_of(start, end, minutes)
    return found


def _rows(path: Path, name: str) -> Iterator[tuple[int, list[str]]]:
    """Numbered rows that hold anything; encoding and separator as Czech spreadsheets write them."""
    content = path.read_bytes()
    if not content.strip():
        raise ImportRejected(_m("%(name)s is empty.", name=name))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1250", errors="replace")
    if "\0" in text:
        raise ImportRejected(_m("%(name)s is no CSV file that can be read.", name=name))
    first = text.split("\n", 1)[0]
    separator = max(";\t,", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for values in lines:
            if any(values):
                yield lines.line_num, values
    except csv.Error as error:
        fault = RowError(_m("The quotation marks of the line do not match."), row=str(lines.line_num))
        raise ImportRejected(_m("%(name)s is no CSV file that can be read.", name=name), [fault]) from error


def _columns(heading: Sequence[str], name: str) -> dict[str, int]:
    """Position of each column by its heading. Raises ImportRejected."""
    found: dict[str, int] = {}
    for position, text in enumerate(heading):
        meaning = _BY_HEADING.get(" ".join(fold(text).split()))
        if meaning is not None:
            found.setdefault(meaning, position)
    missing = [column for column in HEADINGS if column not in found]
    if missing:
        raise ImportRejected(
            _m("%(name)s has no columns from, to and minutes (odkud, kam, minuty).", name=name),
            [RowError(_m("The column “%(name)s” is missing.", name=column), row="1") for column in missing],
        )
    return found


def _row(
    found: ReadTimes, number: int, values: Sequence[str], columns: dict[str, int], known: frozenset[str]
) -> tuple[str, str, float] | None:
    """Codes and minutes of a row; None where it has a fault."""
    cells = {name: values[place].strip() if place < len(values) else "" for name, place in columns.items()}
    is_whole = True
    for name in ("from", "to"):
        if cells[name] not in known:
            found.fault(
                number, columns[name], _m("The portal knows no municipality “%(text)s”.", text=cells[name][:40])
            )
            is_whole = False
    text = cells["minutes"]
    if not _MINUTES.fullmatch(text) or float(text.replace(",", ".")) > MAX_MINUTES:
        message = _m("Write minutes from 0 to %(most)s, such as 12,5.", most=MAX_MINUTES)
        found.fault(number, columns["minutes"], message)
        is_whole = False
    return (cells["from"], cells["to"], float(text.replace(",", "."))) if is_whole else None
