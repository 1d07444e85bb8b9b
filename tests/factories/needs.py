"""Needs of municipalities."""

from __future__ import annotations

from typing import Any

from portal.core.cells import Cell
from portal.core.clock import today
from portal.core.db import db
from portal.core.permissions import OPERATOR
from portal.needs.models import MunicipalNeed
from portal.needs.service import hand_over
from portal.needs.service.figures import write
from portal.needs.types import Key, Reason, Source, Step
from portal.returns.types import Period


def last_quarter() -> Period:
    return Period.of(today()).previous


def make_need(
    code: str,
    persons: Cell | int,
    *,
    period: Period | None = None,
    source: Source = Source.MUNICIPALITY,
    note: str = "",
    **place: Any,
) -> MunicipalNeed:
    """A figure as somebody said it: debts without capacity unless told otherwise."""
    cell = persons if isinstance(persons, Cell) else Cell.of(persons)
    fields = {"situation": "debts", "reason": str(Reason.NO_CAPACITY), **place}
    key = Key(str(period or last_quarter()), code, **fields)
    row = write(OPERATOR, key, cell, note, source=source, row=None, step=Step.WRITTEN)
    db.session.flush()
    return row


def hand_over_needs(*codes: str, period: Period | None = None) -> None:
    """Say that the figures of these municipalities are complete."""
    for code in codes:
        hand_over(OPERATOR, code=code, period=period or last_quarter())
