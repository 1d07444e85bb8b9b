"""What was published, for other features: maps and pages of the public read it here and nowhere else.

Reads the files of releases, so that it answers without the database. Frames are for everybody and hold one row for each
cell: ``row`` (type of service or situation), ``orp`` (code of ČSÚ, "outside" or "unknown"), ``value``, ``state``
(value, hidden, not_applicable, not_supplied), ``below`` (8 where the cell says "less than 8"), ``is_total``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd

from portal.core.config import Settings
from portal.core.settings import current_settings
from portal.disclosure import DisclosedFrame, FigureState, published_amounts, published_counts
from portal.releases.files import Published, published_quarters, read_release, releases_folder
from portal.releases.types import BELOW, TOTAL, CellKind, HandedOver, TableName
from portal.returns.types import Period
from portal.waitlists.need.types import Measure

STATES = {
    CellKind.VALUE: FigureState.VALUE,
    CellKind.BELOW: FigureState.HIDDEN,
    CellKind.HIDDEN: FigureState.HIDDEN,
    CellKind.NOT_APPLICABLE: FigureState.NOT_APPLICABLE,
    CellKind.NOT_SUPPLIED: FigureState.NOT_SUPPLIED,
}
OF_NEED = {Measure.PERSONS: TableName.WAITING, Measure.UNMET: TableName.UNMET}
COLUMNS = ("row", "orp", "value", "state", "below", "is_total")


def list_published(settings: Settings, names: Collection[TableName] = ()) -> list[Period]:
    """Published quarters, the latest first; with names, those that tell one of these tables."""
    folder = _folder(settings)
    quarters = published_quarters(folder)
    if names:
        releases = {text: read_release(folder, text) for text in quarters}
        quarters = [text for text, found in releases.items() if found and not found.tables.keys().isdisjoint(names)]
    return [Period.parse(text) for text in quarters]


def published_table(settings: Settings, name: TableName, period: Period | None = None) -> DisclosedFrame | None:
    """A table of a published quarter (the latest that has it, without a wish); None where there is none.

    Columns COLUMNS; persons, or thousands of CZK.
    """
    found = _release(_folder(settings), name, period)
    if found is None:
        return None
    table = found.tables[name]
    rows = [
        (
            row,
            column,
            cell.value,
            STATES[cell.kind],
            BELOW if cell.kind is CellKind.BELOW else None,
            TOTAL in (row, column),
        )
        for row, cells in table.lines
        for column, cell in zip([*table.columns, TOTAL], cells, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"value": float, "below": float})
    return published_amounts(frame) if name.is_amount else published_counts(frame)


def published_handed_over(settings: Settings, period: Period) -> Mapping[str, HandedOver] | None:
    """How many municipalities of each ORP told their needs of a published quarter as complete, and of how many.

    As it was when the release was prepared, so it may be told to everybody. None where the quarter is not published,
    tells no needs, or was published before releases said it.
    """
    found = read_release(_folder(settings), str(period))
    return None if found is None or found.beside is None else found.beside.handed_over


def published_need(measure: Measure, period: Period) -> DisclosedFrame | None:
    """What the release of a quarter tells of persons on waiting lists by type and ORP (``PublishedCounts`` of need)."""
    table = OF_NEED.get(measure)
    return None if table is None else published_table(current_settings(), table, period)


def _release(folder: Path, name: TableName, period: Period | None) -> Published | None:
    for text in published_quarters(folder) if period is None else [str(period)]:
        found = read_release(folder, text)
        if found is not None and name in found.tables:
            return found
    return None


def _folder(settings: Settings) -> Path:
    return releases_folder(settings.instance_dir)
