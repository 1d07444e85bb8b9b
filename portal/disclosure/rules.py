"""The rules: when a group may be told about, and how roughly."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from portal.core.quantiles import percentile

Floats = npt.NDArray[np.float64]


class Reason(StrEnum):
    """Why a figure is hidden."""

    TOO_FEW_PROVIDERS = "too_few_providers"
    TOO_CONCENTRATED = "too_concentrated"  # one or two providers make up most of the group
    TOLD_BY_OTHERS = "told_by_others"  # figures beside it would tell of a group that is hidden


@dataclass(frozen=True)
class Thresholds:
    """How strict the rules are. A region may make them stricter, never laxer than these defaults."""

    min_providers: int = 6  # the reader included: five others
    p_percent: int = 15
    dominance_contributors: int = 2
    dominance_percent: int = 85
    quartiles_from: int = 12
    deciles_from: int = 30
    significant_digits: int = 2

    def __post_init__(self) -> None:
        laxer = [
            name
            for name, is_laxer in (
                ("min_providers", self.min_providers < 6),
                ("p_percent", self.p_percent < 15),
                ("dominance_contributors", self.dominance_contributors < 2),
                ("dominance_percent", not 0 < self.dominance_percent <= 85),
                ("quartiles_from", self.quartiles_from < 12),
                ("deciles_from", self.deciles_from < 30),
                ("significant_digits", not 1 <= self.significant_digits <= 2),
            )
            if is_laxer
        ]
        if laxer:
            raise ValueError(f"disclosure thresholds may not be laxer than the defaults: {', '.join(laxer)}")


def passes_p_percent(contributions: Floats, p_percent: int) -> bool:
    """Whether the second largest contributor, knowing its own part of the total, stays p % away from the largest.

    ``contributions``: one non-negative number for each provider (the sum of its services). The best estimate of the
    largest part is total - second; its error is what the others contribute, and that must be at least p % of the
    largest. A total of zero has nothing to hide anybody behind and does not pass.
    """
    ordered = np.sort(contributions)[::-1]
    if not len(ordered) or ordered[0] <= 0:
        return False
    return bool(math.fsum(ordered[2:]) * 100 >= p_percent * ordered[0])


def passes_dominance(contributions: Floats, contributors: int, percent: int) -> bool:
    """Whether the largest ``contributors`` together make up at most ``percent`` % of the total; zero does not pass."""
    ordered = np.sort(contributions)[::-1]
    total = math.fsum(ordered)
    if total <= 0:
        return False
    return math.fsum(ordered[:contributors]) * 100 <= percent * total


def why_hidden(numerators: Floats, denominators: Floats, thresholds: Thresholds) -> Reason | None:
    """Why nothing may be told about a group of providers, or None when something may.

    ``numerators`` and ``denominators`` of the metric: one number for each provider, in the same order. The answer does
    not depend on who reads, so that it tells no reader where it stands.
    """
    if len(numerators) < thresholds.min_providers:
        return Reason.TOO_FEW_PROVIDERS
    for parts in (numerators, denominators):
        if not passes_p_percent(parts, thresholds.p_percent) or not passes_dominance(
            parts, thresholds.dominance_contributors, thresholds.dominance_percent
        ):
            return Reason.TOO_CONCENTRATED
    return None


def rounded(value: float, significant_digits: int) -> float:
    """The number to so many significant digits: 0.7249 to 0.72, 1.049 to 1.0; zero stays zero."""
    if value == 0:
        return 0.0
    return round(value, significant_digits - 1 - math.floor(math.log10(abs(value))))


def safe_median(values: Floats, significant_digits: int) -> float:
    """Mean of the 45th and the 55th percentile, rounded: near the median, and nobody's own value."""
    middle = (percentile(values, 45) + percentile(values, 55)) / 2
    return rounded(middle, significant_digits)
