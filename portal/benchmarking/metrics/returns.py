"""Cells of many returns turned into columns, so that a formula runs over all of them at once. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from portal.core.cells import CellState
from portal.returns.types import FORMS, Period

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]
Whole = npt.NDArray[np.int64]
Types = npt.NDArray[np.int16]

# Of two states the greater prevails: not applicable before not supplied before undefined before a number. Computing
# leans on it: True beside a code counts as "undefined", and "not applicable" is one more than "not supplied".
NUMBER, UNDEFINED, NOT_SUPPLIED, NOT_APPLICABLE, ABSENT = range(5)

CELL_COLUMNS = ("service_id", "form", "field", "state", "value")
_STATE_CODES = {
    CellState.VALUE: NUMBER,
    CellState.ZERO: NUMBER,
    CellState.NOT_SUPPLIED: NOT_SUPPLIED,
    CellState.NOT_APPLICABLE: NOT_APPLICABLE,
}


@dataclass(frozen=True)
class Column:
    """Numbers and states, one for each row; the number is NaN where the state has none."""

    values: Floats
    codes: Codes

    def take(self, rows: Any) -> Column:
        return Column(self.values[rows], self.codes[rows])


@dataclass(frozen=True)
class Returns:
    """Returns as rows, in the order of quarters and service ids; cells as columns by form and field."""

    periods: tuple[Period, ...]  # in order of time
    starts: tuple[int, ...]  # first row of each quarter, and behind the last one
    service_id: Whole
    types: tuple[str, ...]
    type_place: Types | None  # place of each row's type in ``types``; None where types are not known
    columns: Mapping[tuple[str, str], Column]

    def __len__(self) -> int:
        return len(self.service_id)

    def rows_of(self, period: Period) -> slice:
        """Where the rows of a quarter lie; an empty slice for a quarter without returns."""
        return self._rows_by_period.get(period, slice(0, 0))

    @cached_property
    def _rows_by_period(self) -> Mapping[Period, slice]:
        return {period: slice(*ends) for period, ends in zip(self.periods, pairwise(self.starts), strict=True)}

    def count_of(self, period: Period) -> int:
        rows = self.rows_of(period)
        return int(rows.stop - rows.start)


def returns_of(cells: pd.DataFrame, fields: Collection[str], *, period: Period | None = None) -> Returns:
    """Columns of the wanted fields from cells in rows.

    ``cells``: one row for each cell with ``service_id``, ``form``, ``field``, ``state`` (a stored cell state) and
    ``value`` (number when the state has one, else NaN); ``period`` such as "2026Q2" unless all are of ``period``; and,
    if the types of services are to be respected, ``type_code``. Other columns, other fields and the order of rows play
    no part. Columns of type category are read the fastest.

    Raises ValueError for a cell that stands twice, an unknown state, or a number that does not go with its state.
    """
    lacking = [name for name in CELL_COLUMNS if name not in cells.columns]
    if lacking or (period is None and "period" not in cells.columns):
        raise ValueError(f"cells need the columns {lacking or ['period']}")
    codes, values = _states(cells)
    quarter, periods = _quarters(cells, period)
    services, service = np.unique(cells["service_id"].to_numpy(dtype=np.int64), return_inverse=True)
    keys = quarter.astype(np.int64) * max(len(services), 1) + service
    row, found = pd.factorize(keys, sort=True)
    quarter_of_row, service_of_row = np.divmod(found, max(len(services), 1))
    types, type_place = _types(cells, row, len(found))
    starts = np.searchsorted(quarter_of_row, np.arange(len(periods) + 1))
    return Returns(
        periods=periods,
        starts=tuple(int(start) for start in starts),
        service_id=services[service_of_row],
        types=types,
        type_place=type_place,
        columns=_columns(cells, fields, row, len(found), codes, values),
    )


def _states(cells: pd.DataFrame) -> tuple[Codes, Floats]:
    place, known = _factorized(cells["state"])
    unknown = [state for state in known if state not in _STATE_CODES]
    if unknown or (place < 0).any():
        raise ValueError(f"unknown states of cells: {sorted(map(str, unknown)) or 'missing'}")
    codes = np.array([_STATE_CODES[CellState(state)] for state in known], dtype=np.int8)[place]
    is_zero = np.array([state == CellState.ZERO for state in known], dtype=bool)[place]
    values = cells["value"].to_numpy(dtype=np.float64, na_value=np.nan)
    agrees = np.where(codes == NUMBER, np.where(is_zero, values == 0, values > 0), np.isnan(values))
    if not agrees.all():
        raise ValueError("a number does not go with the state of its cell (negative, missing, or zero by another name)")
    return codes, values


def _quarters(cells: pd.DataFrame, period: Period | None) -> tuple[Whole, tuple[Period, ...]]:
    if period is not None:
        return np.zeros(len(cells), dtype=np.int64), (period,)
    place, known = _factorized(cells["period"])
    found = [Period.parse(str(text)) for text in known]
    order = sorted(range(len(found)), key=found.__getitem__)
    rank = np.empty(len(found), dtype=np.int64)
    rank[order] = np.arange(len(found))
    return rank[place], tuple(found[each] for each in order)


def _types(cells: pd.DataFrame, row: Whole, count: int) -> tuple[tuple[str, ...], Types | None]:
    if "type_code" not in cells.columns:
        return (), None
    place, names = _factorized(cells["type_code"])
    of_row = np.full(count, -1, dtype=np.int16)
    of_row[row] = place
    return tuple(str(name) for name in names), of_row


def _columns(
    cells: pd.DataFrame, fields: Collection[str], row: Whole, count: int, codes: Codes, values: Floats
) -> dict[tuple[str, str], Column]:
    field_place, field_names = _factorized(cells["field"])
    form_place, form_names = _factorized(cells["form"])
    wanted = sorted(set(fields))
    rank = {name: number for number, name in enumerate(wanted)}
    field_rank = np.array([rank.get(str(name), -1) for name in field_names] or [-1], dtype=np.int64)[field_place]
    form_rank = np.array([FORMS.index(n) if n in FORMS else -1 for n in form_names] or [-1])[form_place]
    chosen = np.flatnonzero((field_rank >= 0) & (form_rank >= 0))
    group = (field_rank[chosen] * len(FORMS) + form_rank[chosen]).astype(np.int16)
    chosen = chosen[np.argsort(group, kind="stable")]  # small whole numbers: sorted by radix
    ends = np.cumsum(np.bincount(group, minlength=len(wanted) * len(FORMS)))
    found: dict[tuple[str, str], Column] = {}
    start = 0
    for number, end in enumerate(ends.tolist()):
        if end > start:
            picked = chosen[start:end]
            column = Column(np.full(count, np.nan), np.full(count, ABSENT, dtype=np.int8))
            column.values[row[picked]], column.codes[row[picked]] = values[picked], codes[picked]
            if np.count_nonzero(column.codes != ABSENT) != end - start:
                raise ValueError("a cell stands twice: each quarter and service has each cell once")
            found[FORMS[number % len(FORMS)], wanted[number // len(FORMS)]] = column
        start = end
    return found


def _factorized(series: pd.Series[Any]) -> tuple[Whole, Sequence[Any]]:
    """For each row the place of its value among the distinct ones; -1 for a missing one."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        codes: Whole = np.asarray(series.cat.codes, dtype=np.int64)
        return codes, [str(each) for each in series.cat.categories]
    place, known = pd.factorize(series.to_numpy(dtype=object))
    places: Whole = place.astype(np.int64)
    return places, list(known)
