"""Figures of a published release, handed on to everybody."""

from __future__ import annotations

import pandas as pd

from portal.disclosure.counts import CountThresholds
from portal.disclosure.frame import Audience, DisclosedFrame, disclosed


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


def published_amounts(data: pd.DataFrame) -> DisclosedFrame:
    """Amounts as a release told them, for everybody. Raises ValueError for amounts that are not whole thousands."""
    told = data["value"].dropna()
    if (told % 1 != 0).any():
        raise ValueError("a release tells whole thousands")
    return disclosed(data, Audience.PUBLIC)
