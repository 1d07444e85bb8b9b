"""Amounts in cells of the ministry's files. Pure."""

from __future__ import annotations

from decimal import Decimal

from portal.benchmarking.ministry.types import Formula, GridCell
from portal.core import amounts
from portal.core.cells import NOT_SUPPLIED, Cell
from portal.core.errors import Invalid
from portal.core.messages import _m


def parse_amount(value: GridCell) -> Cell:
    """The cell of an amount, see ``portal.core.amounts``. Raises Invalid, also for a formula."""
    if isinstance(value, Formula):
        raise Invalid(_m("The cell holds a formula. Save the file with values only."))
    if value is None:
        return NOT_SUPPLIED
    if isinstance(value, int | float):
        return amounts.checked_amount(Decimal(repr(value)))
    return amounts.parse_amount(value)
