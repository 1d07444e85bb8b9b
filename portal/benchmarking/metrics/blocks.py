"""Rows on which a formula runs: services in single quarters, or services over the four quarters of a year. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from portal.benchmarking.metrics.returns import ABSENT, Column, Floats, Returns, Types, Whole
from portal.benchmarking.metrics.types import Year
from portal.returns.types import Period

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Quarter:
    """One of the quarters of the rows: which returns they have there, and which are due."""

    rows: slice | Whole  # rows of ``returns``; where ``has_return`` is false the number means nothing
    has_return: Flags | None  # None: all
    is_due: Flags | None  # None: all
    days: Floats
    fund: Floats

    @property
    def is_lost(self) -> Flags | None:
        """Where a return is due and none is there; None for nowhere."""
        if self.has_return is None:
            return None
        return ~self.has_return if self.is_due is None else self.is_due & ~self.has_return


@dataclass(frozen=True)
class Block:
    """``count`` rows with what each of them needs; ``days`` and ``fund`` are sums over the quarters due."""

    returns: Returns
    service_id: Whole
    type_place: Types | None  # place of the type of each service in ``returns.types``
    quarters: tuple[Quarter, ...]
    days: Floats
    fund: Floats
    due_count: Floats

    @property
    def count(self) -> int:
        return len(self.service_id)

    def cell(self, form: str, field: str, quarter: int) -> Column | None:
        """The cells of a form and field in one of the quarters; None where nobody has one."""
        column = self.returns.columns.get((form, field))
        if column is None:
            return None
        where = self.quarters[quarter]
        picked = column.take(where.rows)
        if where.has_return is not None:
            picked.values[~where.has_return] = np.nan
            picked.codes[~where.has_return] = ABSENT
        return picked


def quarters_block(returns: Returns, quarters: Sequence[tuple[Period, slice]]) -> Block:
    """Returns as rows: some of each quarter, given by their places in ``returns``, which follow one another."""
    rows = slice(quarters[0][1].start, quarters[-1][1].stop)
    lengths = [own.stop - own.start for _, own in quarters]
    days = np.repeat(np.array([quarter.days for quarter, _ in quarters], dtype=np.float64), lengths)
    fund = np.repeat(np.array([q.working_time_fund_hours for q, _ in quarters], dtype=np.float64), lengths)
    return Block(
        returns=returns,
        service_id=returns.service_id[rows],
        type_place=None if returns.type_place is None else returns.type_place[rows],
        quarters=(Quarter(rows, None, None, days, fund),),
        days=days,
        fund=fund,
        due_count=np.broadcast_to(1.0, len(days)),
    )


def year_block(returns: Returns, year: Year, due: pd.DataFrame | None) -> Block:
    """Each service with a return in the year as one row. ``due``: service_id and period of returns that are due."""
    slices = [returns.rows_of(quarter) for quarter in year.quarters]
    services = np.unique(np.concatenate([returns.service_id[rows] for rows in slices]))
    types = None if returns.type_place is None else np.full(len(services), -1, dtype=np.int16)
    quarters: list[Quarter] = []
    days, fund, due_count = (np.zeros(len(services)) for _ in range(3))
    for period, rows in zip(year.quarters, slices, strict=True):
        own = returns.service_id[rows]
        place = np.minimum(np.searchsorted(own, services), max(len(own) - 1, 0))
        has_return = own[place] == services if len(own) else np.zeros(len(services), dtype=bool)
        is_due = has_return | _due(due, period, services)
        own_days = np.where(is_due, float(period.days), 0.0)
        own_fund = np.where(is_due, float(period.working_time_fund_hours), 0.0)
        days, fund, due_count = days + own_days, fund + own_fund, due_count + is_due
        # Without any return in the quarter every row points at the first return; has_return says that it means nothing.
        where: Whole = (rows.start + place) if len(own) else np.zeros(len(services), dtype=np.int64)
        quarters.append(Quarter(where, has_return, is_due, own_days, own_fund))
        if types is not None and returns.type_place is not None:
            types[has_return] = returns.type_place[where[has_return]]
    return Block(returns, services, types, tuple(quarters), days, fund, due_count)


def _due(due: pd.DataFrame | None, period: Period, services: Whole) -> Flags:
    if due is None:
        return np.ones(len(services), dtype=bool)
    asked = due.loc[due["period"].astype(str).eq(str(period)), "service_id"]
    return np.isin(services, asked.to_numpy(dtype=np.int64))
