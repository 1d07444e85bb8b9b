"""How services stand: percentiles of groups, shares under the norm, figures unusual in their own history. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

import numpy as np
import pandas as pd

from portal.core.quantiles import group_percentiles
from portal.returns.rules.checking import MAD_TO_SIGMA, is_far
from portal.returns.rules.pack import rules_for
from portal.returns.rules.types import Against, Rule, RuleKind
from portal.returns.types import Period

PERCENTS = (10, 25, 50, 75, 90)
HISTORY = 8  # quarters before the one looked at
_NEARLY = 0.99  # floats only choose whom to ask the exact rule about


@dataclass(frozen=True)
class Statistics:
    """A group on one metric. ``percentiles``: by whole number, empty without values; in the unit of the metric."""

    n: int
    missing: int
    percentiles: Mapping[int, float]
    under_norm: float | None  # share of the values below the norm; None without a norm or values

    @property
    def median(self) -> float | None:
        return self.percentiles.get(50)


NOBODY = Statistics(0, 0, {}, None)  # a group without a service


def statistics_by_group(
    values: pd.Series[float], groups: pd.Series[str], norms: Mapping[str, float | None]
) -> dict[str, Statistics]:
    """Statistics of each group; NaN is missing. ``norms``: the norm of each group, where it has one."""
    if values.empty:
        return {}
    codes, names = pd.factorize(groups, sort=True)
    table = group_percentiles(values.reset_index(drop=True), pd.Series(codes), PERCENTS)
    numbers = values.to_numpy(dtype=np.float64)
    found = {}
    for code, (name, row) in enumerate(zip(names, table.to_dict("records"), strict=True)):
        norm, n = norms.get(name), int(row["n"])
        below = None if norm is None or not n else float((numbers[codes == code] < norm).sum() / n)
        percentiles = {percent: float(row[f"p{percent}"]) for percent in PERCENTS} if n else {}
        found[str(name)] = Statistics(n, int(row["missing"]), percentiles, below)
    return found


def statistics_of(values: pd.Series[float], norm: float | None) -> Statistics:
    """Statistics of one group."""
    found = statistics_by_group(values, pd.Series(["all"] * len(values), index=values.index), {"all": norm})
    return found.get("all", NOBODY)


def deciles(values: pd.Series[float]) -> pd.Series[float]:
    """In which tenth from the lowest a value lies, 1 to 10; services of one value share the middle of their places.

    A value stands at (number of lower ones + half of the equal ones) / n; NaN without a value.
    """
    n = int(values.notna().sum())
    if not n:
        return pd.Series(np.nan, index=values.index)
    place = (values.rank(method="average") - 0.5) / n
    return np.minimum(np.floor(place * 10) + 1, 10)


def history_rule(period: Period) -> Rule | None:
    """The rule of the return about figures that stand out from the service's own series."""
    found = [rule for rule in rules_for(period) if rule.kind is RuleKind.OUTLIER and rule.against is Against.HISTORY]
    return found[0] if found else None


def unusual(now: pd.Series[float], history: pd.DataFrame, rule: Rule | None) -> pd.Series[bool]:
    """Which values stand out from their own series, by the rule of the return (1.4826 x MAD, its threshold and count).

    ``history``: a column for each earlier quarter, rows as in ``now``; NaN where there is no number. Where all earlier
    values are equal, nothing is said.
    """
    found = np.zeros(len(now), dtype=np.bool_)
    if rule is None or history.empty or not history.shape[1]:
        return pd.Series(found, index=now.index)
    numbers, current = history.to_numpy(dtype=np.float64), now.to_numpy(dtype=np.float64)
    counts = (~np.isnan(numbers)).sum(axis=1)
    asked = (counts >= rule.min_count) & ~np.isnan(current)
    if not asked.any():
        return pd.Series(found, index=now.index)
    chosen = np.flatnonzero(asked)
    known = numbers[chosen]
    middle = np.nanmedian(known, axis=1)
    spread = np.nanmedian(np.abs(known - middle[:, None]), axis=1) * float(MAD_TO_SIGMA)
    far = np.abs(current[chosen] - middle) > _NEARLY * float(rule.threshold) * spread
    for place in chosen[far & (spread > 0)]:
        figures = [Decimal(repr(each)) for each in numbers[place].tolist() if each == each]
        middle_exact = median(figures)
        found[place] = is_far(Decimal(repr(float(current[place]))), figures, middle_exact, rule.threshold, None)
    return pd.Series(found, index=now.index)


@dataclass(frozen=True)
class SizeClass:
    """A class by size: above ``over``, at most ``most`` (None: without end)."""

    over: float
    most: float | None

    def holds(self, sizes: pd.Series[float]) -> pd.Series[bool]:
        return (sizes > self.over) & (True if self.most is None else sizes <= self.most)


def _classes(*ends: float) -> Sequence[SizeClass]:
    return [SizeClass(low, high) for low, high in zip([0.0, *ends], [*ends, None], strict=True)]


# Bounds between classes of size, in FTE of direct care and in beds: about a third each of small, middle and large ones.
SIZES: Mapping[str, Sequence[SizeClass]] = {"direct_care_fte": _classes(3, 10, 30), "beds": _classes(20, 50, 100)}
