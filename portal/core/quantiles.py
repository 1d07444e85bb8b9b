"""Percentiles of groups. Pure.

One definition everywhere: Hyndman and Fan (1996), type 7 - the one of NumPy, pandas, DuckDB's ``quantile_cont``
and PostgreSQL's ``percentile_cont``. Of n sorted values x[0] .. x[n-1] the P-th percentile stands at
h = (n - 1) P / 100 and is x[i] + (h - i) (x[i+1] - x[i]) with i = floor(h). P is a whole number, so that i and the
remainder come from whole-number division and no percentile slips to the neighbour by rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


def percentile(values: Sequence[float] | Floats, percent: int) -> float:
    """The ``percent``-th percentile (0 to 100) of the values, in their unit; NaN when there are none.

    Raises ValueError for a percentage outside 0 to 100 and for a missing value: decide about gaps before.
    """
    _check_percents([percent])
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    if np.isnan(ordered).any():
        raise ValueError("a percentile of values with gaps is not defined")
    if not len(ordered):
        return float("nan")
    lower, rest = divmod((len(ordered) - 1) * percent, 100)
    upper = min(lower + 1, len(ordered) - 1)
    return float(ordered[lower] + (ordered[upper] - ordered[lower]) * (rest / 100))


def group_percentiles(values: pd.Series[float], groups: pd.Series[int], percents: Sequence[int]) -> pd.DataFrame:
    """Percentiles of each group, all groups in one pass.

    ``values`` may hold NaN (missing): they are counted and otherwise left out, so that adding a missing value
    changes no percentile. Row i of ``values`` belongs to group ``groups[i]``; order of rows does not matter.

    Returns one row for each group (sorted index): ``n``, ``missing`` and a column ``p<percent>`` each; a group
    without values has n = 0 and NaN. Raises ValueError for lengths that differ and percentages outside 0 to 100.
    """
    _check_percents(percents)
    if len(values) != len(groups):
        raise ValueError(f"{len(values)} values do not go with {len(groups)} groups")
    codes, labels = pd.factorize(groups.to_numpy(), sort=True)
    numbers: Floats = np.asarray(values, dtype=np.float64)
    sizes = np.bincount(codes, minlength=len(labels))
    present = np.bincount(codes[~np.isnan(numbers)], minlength=len(labels))
    starts = np.cumsum(sizes) - sizes
    ordered = _sorted_within_groups(numbers, codes, starts)
    columns: dict[str, npt.NDArray[np.generic]] = {"n": present, "missing": sizes - present}
    for percent in percents:
        columns[f"p{percent}"] = _at(ordered, starts, present, percent)
    return pd.DataFrame(columns, index=pd.Index(labels, name=groups.name))


def _sorted_within_groups(numbers: Floats, codes: Whole, starts: Whole) -> Floats:
    """The numbers group after group, each group in order, NaN last."""
    # Small whole numbers are brought together by radix; sorting group by group is then much cheaper than one sort of
    # all by two keys.
    small = codes.astype(np.uint16) if len(starts) <= np.iinfo(np.uint16).max else codes
    gathered = numbers[np.argsort(small, kind="stable")]
    for start, end in pairwise([*starts.tolist(), len(gathered)]):
        gathered[start:end].sort()
    return gathered


def _at(ordered: Floats, starts: Whole, present: Whole, percent: int) -> Floats:
    if not len(ordered):
        return np.full(len(starts), np.nan)
    last = np.maximum(present - 1, 0)
    lower, rest = np.divmod(last * percent, 100)
    upper = np.minimum(lower + 1, last)
    low = ordered[starts + lower]
    result: Floats = np.where(present > 0, low + (ordered[starts + upper] - low) * (rest / 100), np.nan)
    return result


def _check_percents(percents: Sequence[int]) -> None:
    wrong = [percent for percent in percents if not 0 <= percent <= 100]
    if wrong:
        raise ValueError(f"percentages lie between 0 and 100, not {wrong}")
