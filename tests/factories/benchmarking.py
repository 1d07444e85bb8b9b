"""Frames of cells for tests of benchmarking."""

import math

import pandas as pd

from portal.benchmarking.service import freeze_groups
from portal.core.cells import CellState
from portal.core.permissions import OPERATOR
from tests.factories.returns import make_reporting_service, make_return

COLUMNS = ["service_id", "form", "field", "state", "value"]


def state_and_value(content):
    """A number, ``None`` (not supplied) or ``"n/a"`` as state and value of a cell."""
    if content is None:
        return CellState.NOT_SUPPLIED, math.nan
    if content == "n/a":
        return CellState.NOT_APPLICABLE, math.nan
    return (CellState.ZERO if content == 0 else CellState.VALUE), float(content)


def cells(*rows):
    """Frame of ``(service_id, form, field, content)``."""
    return pd.DataFrame(
        [(service, form, field, *state_and_value(content)) for service, form, field, content in rows], columns=COLUMNS
    ).astype({"state": object, "value": float})


def make_reported_service(period, share, *, fte=5, provider=None, type_code="46", name=None):
    """A service of one form with an accepted return whose use of direct-work capacity is ``share`` (of its hours)."""
    service = make_reporting_service(provider=provider, type_code=type_code, name=name)
    hours = round(share * fte * period.working_time_fund_hours, 2)
    make_return(service, period, {"direct_hours": hours, "direct_care_fte": fte})
    return service


def publish(*periods):
    """The groups of closed quarters, as providers see them from now on."""
    for period in periods:
        assert freeze_groups(OPERATOR, period)
