"""Disclosure control: what may be told about a group without telling about one of it. Pure.

Rules and their reasons: ESSnet handbook on statistical disclosure control (p % rule preferred to dominance alone,
minimum frequency). A figure that is protected leaves the portal only inside a ``DisclosedFrame``, and only the
functions of this package make one.
"""

from portal.disclosure.counts import (
    CountThresholds,
    exact_counts_for_region,
    own_counts_for_municipality,
    safe_count,
    safe_counts,
    safe_wait,
)
from portal.disclosure.frame import Audience, DisclosedFrame, FigureState
from portal.disclosure.group import MEDIAN, STATISTICS, group_for_provider
from portal.disclosure.holders import holders_of
from portal.disclosure.open import from_public_source, withheld
from portal.disclosure.public import published_amounts, published_counts
from portal.disclosure.release import (
    GroupFigures,
    GroupLine,
    content_sha256,
    frozen_for_provider,
    frozen_for_region,
    release_groups,
    rules_version,
)
from portal.disclosure.rules import Reason, Thresholds
from portal.disclosure.whole import exact_for_region, own_for_provider

__all__ = [
    "MEDIAN",
    "STATISTICS",
    "Audience",
    "CountThresholds",
    "DisclosedFrame",
    "FigureState",
    "GroupFigures",
    "GroupLine",
    "Reason",
    "Thresholds",
    "content_sha256",
    "exact_counts_for_region",
    "exact_for_region",
    "from_public_source",
    "frozen_for_provider",
    "frozen_for_region",
    "group_for_provider",
    "holders_of",
    "own_counts_for_municipality",
    "own_for_provider",
    "published_amounts",
    "published_counts",
    "release_groups",
    "rules_version",
    "safe_count",
    "safe_counts",
    "safe_wait",
    "withheld",
]
