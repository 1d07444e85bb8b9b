"""Figures of a published release, handed on to everybody."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from portal.disclosure.counts import CountThresholds
from portal.disclosure.frame import Audience, DisclosedFrame, FigureState, disclosed


def published_counts(data: pd.DataFrame, thresholds: CountThresholds | None = None) -> DisclosedFrame:
    """Counts of persons as a release told them, for everybody.

    Raises ValueError for a number that no release tells: one that is hidden by the rules, or not rounded. Totals are
    sums of such numbers, so they follow the same steps.
    """
    limits = thresholds or CountThresholds()
    told = data["value"].dropna()
    if ((told <= limits.hidden_to) | (told % limits.round_to != 0)).any():
        raise ValueError("a release tells no such count of persons")
    return disclosed(data, Audience.PUBLIC)


def published_rates(counts: DisclosedFrame, people: npt.NDArray[np.float64], per: int) -> DisclosedFrame:
    """Published counts per so many people: everybody could divide them alike, so this tells nothing more.

    ``people``: of public statistics, one for each row; not known (NaN): not supplied, none: not applicable, as long as
    the count itself is told. Raises ValueError for counts that are not for everybody.
    """
    if counts.audience is not Audience.PUBLIC:
        raise ValueError("only published counts are divided for everybody")
    rows = counts.to_frame()
    is_told = rows["value"].notna().to_numpy()
    without = np.where(np.isnan(people), FigureState.NOT_SUPPLIED, FigureState.NOT_APPLICABLE)
    state = np.where(is_told & ~(people > 0), without, rows["state"])
    value = np.full(len(rows), np.nan)
    np.divide(rows["value"].to_numpy() * per, people, out=value, where=is_told & (people > 0))
    return disclosed(rows.assign(value=value, state=[FigureState(each) for each in state]), Audience.PUBLIC)


def published_amounts(data: pd.DataFrame) -> DisclosedFrame:
    """Amounts as a release told them, for everybody. Raises ValueError for amounts that are not whole thousands."""
    told = data["value"].dropna()
    if (told % 1 != 0).any():
        raise ValueError("a release tells whole thousands")
    return disclosed(data, Audience.PUBLIC)
