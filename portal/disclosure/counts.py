"""Counts of persons: exactly for the kraj, roughly for everybody else.

Rules and reasons: OpenSAFELY output rules (redact up to 7, round to 5, totals from published cells).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from portal.core.errors import Forbidden
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.disclosure.frame import Audience, DisclosedFrame, FigureState, disclosed


@dataclass(frozen=True)
class CountThresholds:
    """How roughly counts of persons are told. A region may be stricter, never laxer than these defaults."""

    hidden_to: int = 7  # 0 to 7 is "less than 8": zero too, since a zero tells that nobody of a place waits
    round_to: int = 5
    wait_persons: int = 12  # admitted persons behind a range of waiting
    wait_providers: int = 3  # providers that admitted them
    wait_share_percent: int = 50  # of the persons that one provider may have admitted at most

    def __post_init__(self) -> None:
        laxer = [
            name
            for name, is_laxer in (
                ("hidden_to", self.hidden_to < 7),
                ("round_to", self.round_to < 5),
                ("wait_persons", self.wait_persons < 12),
                ("wait_providers", self.wait_providers < 3),
                ("wait_share_percent", not 0 < self.wait_share_percent <= 50),
            )
            if is_laxer
        ]
        if laxer:
            raise ValueError(f"thresholds of counts may not be laxer than the defaults: {', '.join(laxer)}")


def safe_count(persons: int, limits: CountThresholds) -> int | None:
    """The count as it may be told: None for a small one ("less than 8"), otherwise to the nearest multiple of 5.

    Raises ValueError for a negative count.
    """
    if persons < 0:
        raise ValueError("a count of persons is not negative")
    if persons <= limits.hidden_to:
        return None
    return max(limits.hidden_to + 1, (persons + limits.round_to // 2) // limits.round_to * limits.round_to)


def exact_counts_for_region(data: pd.DataFrame, actor: Actor) -> DisclosedFrame:
    """All rows exactly, for a role of the kraj that may count persons across providers. Raises Forbidden."""
    if not actor.is_regional or not actor.can(Permission.WAITLIST_ALL):
        raise Forbidden(_m("Exact counts of applicants are for the region alone."))
    return disclosed(data, Audience.REGION)


def own_counts_for_municipality(
    data: pd.DataFrame, actor: Actor, gathered: Collection[str], *, column: str = "municipality_code"
) -> DisclosedFrame:
    """Exactly what a municipality itself says or gathers (codes in ``column``).

    ``gathered``: codes of the municipalities whose records are the actor's own: its own one, for a municipality with
    extended powers those of its area; of sums by ORP the codes of those that the actor gathers whole. Raises Forbidden
    for any other row, as ``own_for_provider`` does.
    """
    if not actor.municipality_codes(Permission.NEEDS_READ) or not set(data[column]) <= set(gathered):
        raise Forbidden(_m("Records of another municipality are not yours to see."))
    return disclosed(data, Audience.MUNICIPALITY)


def safe_counts(
    data: pd.DataFrame,
    audience: Audience,
    *,
    totals: Sequence[str] | None = None,
    thresholds: CountThresholds | None = None,
) -> DisclosedFrame:
    """Counts of persons as anybody outside the kraj may see them.

    ``data``: one row for each cell of a table, with the column ``value`` (whole persons). Returns the same rows with
    ``value`` rounded and ``state``: VALUE, or HIDDEN for 0 to 7 ("less than 8"). With ``totals`` (names of columns; an
    empty list: one total of all) a row is added for each of their combinations: the sum of what is published, hidden
    cells as nothing; other columns are None and ``is_total`` is true. A total of which nothing is published is hidden.
    Raises ValueError for a negative or missing count, or one that is not whole, and for the audience of the region.
    """
    limits = thresholds or CountThresholds()
    if audience is Audience.REGION:
        raise ValueError("the region sees exact counts")
    counts = data["value"].to_numpy(dtype=np.float64)
    if not np.isfinite(counts).all() or (counts != np.floor(counts)).any():
        raise ValueError("counts of persons are whole numbers")
    told = [safe_count(int(count), limits) for count in counts]
    rows = data.assign(
        value=pd.array(told, dtype="Float64").to_numpy(dtype=np.float64, na_value=np.nan),
        state=[FigureState.HIDDEN if count is None else FigureState.VALUE for count in told],
        is_total=False,
    )
    if totals is not None:
        rows = pd.concat([rows, _totals(rows, list(totals))], ignore_index=True)
    return disclosed(rows, audience)


def _totals(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    groups = rows.groupby(by, sort=True, dropna=False) if by else [((), rows)]
    found = []
    for key, group in groups:
        names = dict(zip(by, key if isinstance(key, tuple) else (key,), strict=True))
        published = group["value"].dropna()
        total = None if published.empty else float(published.sum())
        state = FigureState.HIDDEN if total is None else FigureState.VALUE
        found.append({**dict.fromkeys(rows.columns), **names, "value": total, "state": state, "is_total": True})
    return pd.DataFrame(found, columns=list(rows.columns)).astype({"value": float, "is_total": bool})


def safe_wait(days: Sequence[float], providers: Sequence[str], limits: CountThresholds) -> tuple[int, int] | None:
    """Lower and upper quartile of waiting in whole months, or None where too few or too few providers are behind it.

    ``days``, ``providers``: one entry for each admitted person, the wait and who admitted it. A month is 365.25 / 12
    days. The two ends are rounded away from each other, so that the range is never narrower than what was measured.
    """
    if len(days) < limits.wait_persons:
        return None
    sizes = pd.Series(list(providers), dtype=object).value_counts()
    if len(sizes) < limits.wait_providers or sizes.iloc[0] * 100 > limits.wait_share_percent * len(days):
        return None
    month = 365.25 / 12
    low, high = np.quantile(np.asarray(days, dtype=np.float64), [0.25, 0.75])
    return int(np.floor(low / month)), int(np.ceil(high / month))
