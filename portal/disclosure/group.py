"""A benchmark group as a provider may see it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from portal.core.quantiles import percentile
from portal.disclosure.frame import Audience, DisclosedFrame, FigureState, disclosed
from portal.disclosure.rules import Floats, Reason, Thresholds, rounded, safe_median, why_hidden

MEDIAN = "median"
QUARTILES = {"p25": 25, "p75": 75}
DECILES = {f"p{percent}": percent for percent in (10, 20, 30, 40, 60, 70, 80, 90)}
STATISTICS = (MEDIAN, *QUARTILES, *DECILES)

CONTRIBUTION_COLUMNS = ("provider_ico", "numerator", "denominator")


def group_for_provider(
    contributions: pd.DataFrame, *, by: Sequence[str], thresholds: Thresholds | None = None
) -> DisclosedFrame:
    """What a provider may learn about each group it belongs to.

    ``contributions``: one row for each service that has the metric, with ``provider_ico``, ``numerator`` and
    ``denominator`` (same unit, so that numerator / denominator is the metric as a share; denominator above zero) and
    the columns ``by`` that name the group: type, form and quarter, nothing finer and no filter, since the difference
    between two filters identifies. Services without the metric (missing, not applicable, undefined) stay out before.

    A provider counts once: its figure is the sum of its numerators over the sum of its denominators.

    Returns for each group, in sorted order, one row for each of STATISTICS: ``statistic``, ``value`` (2 significant
    digits), ``state`` (value, zero or hidden), ``reason`` (why hidden), ``at_least`` (the group has at least so many
    providers: 0, 6, 12 or 30 by default - never the exact number). Never a minimum, maximum, rank, row or exact mean.
    Raises ValueError for negative, missing or infinite parts and for a denominator of zero.
    """
    limits = thresholds or Thresholds()
    _check(contributions)
    per_provider = contributions.groupby([*by, "provider_ico"], sort=True)[["numerator", "denominator"]].sum()
    parts = per_provider.to_numpy(dtype=np.float64)
    rows: list[dict[str, Any]] = []
    for key, run in runs_of(per_provider.index):
        names = dict(zip(by, key, strict=True))
        rows.extend({**names, **row} for row in statistics_of(parts[run, 0], parts[run, 1], limits))
    columns = [*by, "statistic", "value", "state", "reason", "at_least"]
    return disclosed(pd.DataFrame(rows, columns=columns).astype({"value": float}), Audience.PROVIDER)


def runs_of(sums: pd.Index) -> Iterator[tuple[tuple[Any, ...], slice]]:
    """The groups of a sorted index whose last level is the provider: key without it, and where its rows are."""
    assert isinstance(sums, pd.MultiIndex)
    if not len(sums):
        return
    numbers = np.stack([np.asarray(codes) for codes in sums.codes[:-1]])
    starts = np.flatnonzero(np.concatenate(([True], (numbers[:, 1:] != numbers[:, :-1]).any(axis=0))))
    for start, stop in zip(starts, [*starts[1:], len(sums)], strict=True):
        yield sums[int(start)][:-1], slice(int(start), int(stop))


def statistics_of(numerators: Floats, denominators: Floats, limits: Thresholds) -> list[dict[str, Any]]:
    """The rule for one group: a number for each provider on both sides; rows as ``group_for_provider`` gives them."""
    providers = len(numerators)
    reason = why_hidden(numerators, denominators, limits)
    steps = (0, limits.min_providers, limits.quartiles_from, limits.deciles_from)
    at_least = 0 if reason is Reason.TOO_FEW_PROVIDERS else max(step for step in steps if step <= providers)
    values = numerators / denominators
    rows = [_row(MEDIAN, None if reason else safe_median(values, limits.significant_digits), reason, at_least)]
    for names, needed in ((QUARTILES, limits.quartiles_from), (DECILES, limits.deciles_from)):
        too_few = reason or (Reason.TOO_FEW_PROVIDERS if providers < needed else None)
        for name, percent in names.items():
            figure = None if too_few else rounded(percentile(values, percent), limits.significant_digits)
            rows.append(_row(name, figure, too_few, at_least))
    return rows


def _row(statistic: str, value: float | None, reason: Reason | None, at_least: int) -> dict[str, Any]:
    state = FigureState.HIDDEN if value is None else FigureState.ZERO if value == 0 else FigureState.VALUE
    return {"statistic": statistic, "value": value, "state": state, "reason": reason, "at_least": at_least}


def _check(contributions: pd.DataFrame) -> None:
    lacking = [name for name in CONTRIBUTION_COLUMNS if name not in contributions.columns]
    if lacking:
        raise ValueError(f"contributions need the columns {lacking}")
    parts = contributions[["numerator", "denominator"]].to_numpy(dtype=np.float64)
    if not np.isfinite(parts).all() or (parts < 0).any() or (parts[:, 1] == 0).any():
        raise ValueError("parts of a group are finite, not negative, and their denominators are not zero")
