"""Columns of a foreign table by its headings, in any order. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from portal.core.czech import fold
from portal.core.errors import ImportRejected, RowError
from portal.core.messages import _m
from portal.core.workbooks.sheets import RawSheet, column_letters


def by_heading(headings: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """What a column holds by each of its folded headings."""
    return {fold(name): meaning for meaning, names in headings.items() for name in names}


def find_columns(
    sheet: RawSheet, known: Mapping[str, str], left_out: Collection[str], *, quoted: bool = True
) -> tuple[dict[str, int], list[RowError]]:
    """Columns by what they hold, from the headings in the first row; and what is wrong with those, by cell.

    ``known``: see ``by_heading``; ``left_out``: folded headings of columns that are not read. ``quoted``: the sentence
    about an unknown heading repeats it; not where a file without headings may begin with a person's name.
    """
    found: dict[str, int] = {}
    faults: list[RowError] = []
    for column in sorted({column for _row, column in sheet.cells}):
        heading = " ".join(sheet.text(1, column).split())
        meaning = known.get(fold(heading))
        where = {"row": "1", "column": f"{column_letters(column)}1"}
        if meaning is None:
            if fold(heading) not in left_out:
                sentence = _m("“%(text)s” is no heading that the portal knows.", text=heading[:60])
                if not quoted:
                    sentence = _m("The cell holds no heading that the portal knows.")
                faults.append(RowError(sentence, **where))
        elif meaning in found:
            faults.append(RowError(_m("The column “%(name)s” is there twice.", name=heading), **where))
        else:
            found[meaning] = column
    return found, faults


def rows_below(sheet: RawSheet) -> list[int]:
    """Numbers of the rows below the headings that hold anything."""
    return sorted({row for (row, _column), cell in sheet.cells.items() if row > 1 and cell.text.strip()})


def rows_to_read(sheet: RawSheet, name: str, most: int) -> list[int]:
    """``rows_below`` where there are any, and no more than ``most``. Raises ImportRejected otherwise."""
    numbers = rows_below(sheet)
    if not numbers:
        raise ImportRejected(_m("%(name)s has headings and nothing below them.", name=name))
    if len(numbers) > most:
        raise ImportRejected(_m("%(name)s has more than %(rows)s rows.", name=name, rows=most))
    return numbers
