"""Figures that nobody need be protected from, and the empty place of those that a reader may not see."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from portal.disclosure.frame import Audience, DisclosedFrame, FigureState, disclosed


def from_public_source(data: pd.DataFrame) -> DisclosedFrame:
    """Figures that stand in a public source already, exactly: the register, free places on offer, published grants.

    Never for anything that comes from returns, waiting lists, users, needs or finance.
    """
    return disclosed(data, Audience.PUBLIC)


def withheld(columns: Sequence[str], keys: pd.DataFrame, audience: Audience, *, has_data: bool) -> DisclosedFrame:
    """Rows of ``keys`` without a figure: hidden, or not supplied where there is nothing to hide.

    ``columns`` besides those of ``keys``, ``value`` and ``state`` are NaN.
    """
    state = FigureState.HIDDEN if has_data else FigureState.NOT_SUPPLIED
    empty = keys.assign(value=np.nan, state=state)
    return disclosed(empty.reindex(columns=list(columns)), audience)
