"""Where the headings of a table are: below titles, in one row or two, with merged cells filled. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.benchmarking.ministry.types import FORMULA, Formula, Grid, GridCell, GridRow
from portal.core.errors import ImportRejected
from portal.core.messages import _m

MAX_ROWS, MAX_COLUMNS, MAX_TEXT = 100_000, 100, 300
SEARCHED_ROWS = 30  # titles and notes above the headings


@dataclass(frozen=True)
class Cells:
    """Rows as they stand in the file, with their numbers; merged areas as (first row, first column, last row, last
    column), counted from zero in ``rows``."""

    rows: Sequence[GridRow]
    merged: Sequence[tuple[int, int, int, int]] = field(default_factory=tuple)


def headed(kind: str, cells: Cells, name: str) -> Grid:
    """The table below its headings. Raises ImportRejected when there are none, or when the table is too large."""
    if len(cells.rows) > MAX_ROWS or any(len(row.cells) > MAX_COLUMNS for row in cells.rows):
        raise ImportRejected(
            _m(
                "%(name)s has more than %(rows)s rows or %(columns)s columns.",
                name=name,
                rows=MAX_ROWS,
                columns=MAX_COLUMNS,
            )
        )
    rows = [[_bounded(cell) for cell in row.cells] for row in cells.rows]
    start = next((i for i, row in enumerate(rows[:SEARCHED_ROWS]) if _is_heading(row)), None)
    if start is None:
        raise ImportRejected(_m("%(name)s has no row of headings.", name=name))
    top = _filled(rows[start], start, cells.merged)
    end = start + 1
    if end < len(rows) and _is_second_heading(rows[start], rows[end], start, cells.merged):
        top = [
            _joined(upper, lower) for upper, lower in zip(*_padded(_carried(top, rows[end]), rows[end]), strict=True)
        ]
        end += 1
    data = [
        GridRow(cells.rows[index].number, tuple(rows[index]))
        for index in range(end, len(rows))
        if any(cell not in (None, "") for cell in rows[index])
    ]
    if not data:
        raise ImportRejected(_m("%(name)s has headings and nothing below them.", name=name))
    return Grid(kind, _unique(top), tuple(data))


def _bounded(cell: GridCell) -> GridCell:
    return " ".join(cell.split())[:MAX_TEXT] if isinstance(cell, str) else cell


def _texts(row: Sequence[GridCell]) -> list[str]:
    return [cell for cell in row if isinstance(cell, str) and cell]


def _is_heading(row: Sequence[GridCell]) -> bool:
    """At least two different texts and no numbers: a title is one text, data have numbers."""
    return len(set(_texts(row))) >= 2 and not any(_is_number(cell) for cell in row)


def _is_number(cell: GridCell) -> bool:
    if cell is FORMULA or isinstance(cell, int | float | Formula):
        return True
    return isinstance(cell, str) and cell[:1].isdigit()


def _is_second_heading(
    upper: Sequence[GridCell], lower: Sequence[GridCell], start: int, merged: Sequence[tuple[int, int, int, int]]
) -> bool:
    if any(_is_number(cell) for cell in lower) or not _texts(lower):
        return False
    spans = any(top == start and right > left for top, left, _bottom, right in merged)
    below_nothing = any(
        cell not in (None, "") and (column >= len(upper) or upper[column] in (None, ""))
        for column, cell in enumerate(lower)
    )
    return spans or below_nothing


def _filled(row: Sequence[GridCell], index: int, merged: Sequence[tuple[int, int, int, int]]) -> list[GridCell]:
    filled = list(row)
    for top, left, _bottom, right in merged:
        if top == index and left < len(filled):
            for column in range(left, min(right, len(filled) - 1) + 1):
                filled[column] = filled[left]
    return filled


def _carried(upper: Sequence[GridCell], lower: Sequence[GridCell]) -> list[GridCell]:
    """The upper row with its texts carried on over what stands below nothing."""
    carried: list[GridCell] = []
    last: GridCell = None
    for column in range(max(len(upper), len(lower))):
        own = upper[column] if column < len(upper) else None
        has_lower = column < len(lower) and lower[column] not in (None, "")
        last = own if own not in (None, "") else last
        carried.append(own if own not in (None, "") else last if has_lower else None)
    return carried


def _padded(upper: Sequence[GridCell], lower: Sequence[GridCell]) -> tuple[list[GridCell], list[GridCell]]:
    width = max(len(upper), len(lower))
    return [*upper, *[None] * (width - len(upper))], [*lower, *[None] * (width - len(lower))]


def _joined(upper: GridCell, lower: GridCell) -> GridCell:
    above, below = (str(cell) if cell not in (None, "") else "" for cell in (upper, lower))
    return above if not below or below == above else f"{above} / {below}" if above else below


def _unique(row: Sequence[GridCell]) -> tuple[str, ...]:
    """Headings as texts, each once: a second “Náklady” becomes “Náklady (2)”; a column without one stays empty."""
    seen: dict[str, int] = {}
    found = []
    for cell in row:
        text = str(cell) if isinstance(cell, str) else ""
        if text:
            seen[text] = seen.get(text, 0) + 1
            if seen[text] > 1:
                text = f"{text} ({seen[text]})"
        found.append(text)
    return tuple(found)
