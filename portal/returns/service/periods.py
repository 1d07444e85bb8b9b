"""Quarters that the kraj opens for reporting."""

from __future__ import annotations

from portal.returns.queries import single
from portal.returns.types import ReportingDates


def list_periods() -> list[ReportingDates]:
    """All opened quarters, the latest first."""
    return single.list_periods()
