"""The two metrics of the norms, and how a group of services stands. Pure.

Definitions (the words of the region's benchmarking of social services):

- working time fund of a quarter = 8 h x weekdays that are no Czech public holiday, for 1.0 FTE (Labour Code, Act
  262/2006, § 79: 40 hours a week; holidays by Act 245/2000); ``Period`` counts it;
- direct_work_utilisation = direct_hours [h] / (direct_care_fte [FTE] x working time fund [h/FTE]);
- occupancy = bed_days_used [bed-days] / (beds x days of the quarter [days]).

Both are shares: 0.6 is 60 %. They may exceed 1 (overtime; beds used beyond the registered ones), which is for the rules
of the return to question, not for the arithmetic to hide.

States propagate exactly. Of a pair (numerator, denominator), first rule that applies:

1. one of them not applicable -> not applicable;
2. one of them not supplied (or its row absent while the other is there) -> not supplied;
3. the denominator is zero -> undefined: nobody can say what share of nothing was used;
4. the numerator is zero -> zero, otherwise value.

All forms together: forms whose pair is not applicable stay out of both sums; one pair not supplied makes the whole
not supplied, since half of a sum is no smaller truth; no pair left is not applicable.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from portal.benchmarking.types import ALL_FORMS, Measure
from portal.core.cells import STORED_STATES, CellState
from portal.core.quantiles import percentile
from portal.disclosure import FigureState
from portal.returns.types import Period

CELL_COLUMNS = ("service_id", "form", "field", "state", "value")
PART_COLUMNS = ("numerator", "numerator_state", "denominator", "denominator_state")

_APPLICABLE = CellState.VALUE, CellState.ZERO, CellState.NOT_SUPPLIED


def denominator_factor(measure: Measure, period: Period) -> int:
    """What one FTE [h] or one bed [bed-days] could give in the quarter; 488 and 91 for 2026Q2."""
    return period.working_time_fund_hours if measure is Measure.DIRECT_WORK else period.days


def parts_of(cells: pd.DataFrame, measure: Measure, form: str) -> pd.DataFrame:
    """Numerator and denominator of each service, gathered from the cells of its returns.

    ``cells``: one row for each cell of ONE quarter with ``service_id``, ``form``, ``field``, ``state`` (a stored cell
    state) and ``value`` (number when the state has one, else NaN); fields of other measures are left aside.
    ``form``: one form, or ALL_FORMS for the sum over them.

    Returns one row for each service in ``cells`` (index ``service_id``, sorted): PART_COLUMNS, with a number where the
    state has one, else NaN; a service without any row for the form is not applicable. The order of rows plays no part.
    Raises ValueError for a cell that stands twice, an unknown state, or a number that does not go with its state.
    """
    _check_cells(cells)
    services = pd.Index(np.unique(cells["service_id"].to_numpy()), name="service_id")
    wanted = cells[cells["field"].isin([measure.numerator_field, measure.denominator_field])]
    wanted = wanted[wanted["form"].isin(measure.forms[1:] if form == ALL_FORMS else [form])]
    pairs = _pairs(wanted, measure)
    return _sum_of_forms(pairs, services) if form == ALL_FORMS else _single_form(pairs, services)


def _check_cells(cells: pd.DataFrame) -> None:
    lacking = [name for name in CELL_COLUMNS if name not in cells.columns]
    if lacking:
        raise ValueError(f"cells need the columns {lacking}")
    if cells.duplicated(["service_id", "form", "field"]).any():
        raise ValueError("a cell stands twice: the frame holds one quarter, each cell once")
    unknown = set(cells["state"]) - set(STORED_STATES)
    if unknown:
        raise ValueError(f"unknown states of cells: {sorted(map(str, unknown))}")
    zero, value = cells["state"].eq(CellState.ZERO), cells["state"].eq(CellState.VALUE)
    number = cells["value"]
    if ((zero & number.ne(0)) | (value & ~(number > 0)) | (~zero & ~value & number.notna())).any():
        raise ValueError("a number does not go with the state of its cell (negative, missing, or zero by another name)")


def _pairs(wanted: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    """One row for each service and form: both cells side by side; the absent one counts as not supplied."""
    sides = []
    for side, field in (("numerator", measure.numerator_field), ("denominator", measure.denominator_field)):
        rows = wanted[wanted["field"].eq(field)].set_index(["service_id", "form"])[["value", "state"]]
        sides.append(rows.set_axis([side, f"{side}_state"], axis=1))
    pairs = sides[0].join(sides[1], how="outer")
    for side in ("numerator", "denominator"):
        pairs[f"{side}_state"] = pairs[f"{side}_state"].fillna(CellState.NOT_SUPPLIED)
    return pairs.reset_index()


def _single_form(pairs: pd.DataFrame, services: pd.Index[int]) -> pd.DataFrame:
    return _complete(pairs.set_index("service_id")[list(PART_COLUMNS)], services)


def _sum_of_forms(pairs: pd.DataFrame, services: pd.Index[int]) -> pd.DataFrame:
    applicable = pairs["numerator_state"].isin(_APPLICABLE) & pairs["denominator_state"].isin(_APPLICABLE)
    kept = pairs[applicable].sort_values(["service_id", "form"])  # a fixed order of the sum, whatever order of rows
    sums = kept.groupby("service_id", sort=True)[["numerator", "denominator"]].sum()
    for side in ("numerator", "denominator"):
        gap = kept[f"{side}_state"].isin([CellState.NOT_SUPPLIED]).groupby(kept["service_id"]).any()
        sums[side] = sums[side].where(~gap)
        sums[f"{side}_state"] = _first_that_holds(
            [(gap, CellState.NOT_SUPPLIED), (sums[side].eq(0), CellState.ZERO)], CellState.VALUE
        )
    return _complete(sums, services)


def _complete(parts: pd.DataFrame, services: pd.Index[int]) -> pd.DataFrame:
    completed = parts.reindex(services)
    for side in ("numerator", "denominator"):
        completed[side] = completed[side].astype(float)
        completed[f"{side}_state"] = (
            completed[f"{side}_state"].astype(object).fillna(CellState.NOT_APPLICABLE).map(CellState)
        )
    return completed[list(PART_COLUMNS)]


def ratio(parts: pd.DataFrame, factor: int) -> pd.DataFrame:
    """numerator / (denominator x factor) of each row, with its state (rules above).

    ``parts`` has PART_COLUMNS. Returns a frame with the same index: ``value`` (share; NaN without a number),
    ``state`` (FigureState), and where the ratio has a number its ``numerator`` and its ``denominator`` x factor, which
    have one unit (h, or bed-days), else NaN.
    """
    scaled = parts["denominator"] * factor
    states = parts[["numerator_state", "denominator_state"]]
    state = _first_that_holds(
        [
            (states.isin([CellState.NOT_APPLICABLE]).any(axis=1), FigureState.NOT_APPLICABLE),
            (states.isin([CellState.NOT_SUPPLIED]).any(axis=1), FigureState.NOT_SUPPLIED),
            (scaled.eq(0), FigureState.UNDEFINED),
            (parts["numerator"].eq(0), FigureState.ZERO),
        ],
        FigureState.VALUE,
    )
    has_number = state.isin([FigureState.VALUE, FigureState.ZERO])
    numerator, denominator = parts["numerator"].where(has_number), scaled.where(has_number)
    return pd.DataFrame(
        {"value": numerator / denominator, "state": state, "numerator": numerator, "denominator": denominator}
    )


def _first_that_holds(rules: Sequence[tuple[pd.Series[bool], StrEnum]], otherwise: StrEnum) -> pd.Series[Any]:
    """For each row the state of the first rule that holds for it."""
    states: pd.Series[Any] = pd.Series([otherwise] * len(rules[0][0]), index=rules[0][0].index, dtype="object")
    for holds, state in reversed(rules):
        states[holds] = state
    return states


def measured(cells: pd.DataFrame, measure: Measure, form: str, period: Period) -> pd.DataFrame:
    """A measure of each service in the cells of one quarter; see ``parts_of`` and ``ratio`` for shapes and states."""
    return ratio(parts_of(cells, measure, form), denominator_factor(measure, period))


def direct_work_utilisation(cells: pd.DataFrame, form: str, period: Period) -> pd.DataFrame:
    """Share of the staff's working time spent with or for users."""
    return measured(cells, Measure.DIRECT_WORK, form, period)


def occupancy(cells: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Share of the bed-days that were used."""
    return measured(cells, Measure.OCCUPANCY, "residential", period)


def group_median(values: pd.Series[float]) -> float | None:
    """The exact median of the services that have a number (share), for the kraj alone; None when none has."""
    present = values.dropna()
    return percentile(present.tolist(), 50) if len(present) else None
