"""Amounts as everybody may see them, and the attacks on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from portal.disclosure.audit.amounts import AmountTable, hide, open_cells
from portal.disclosure.audit.counts import Floats
from portal.disclosure.audit.report import Attack, Finding, Result

TOTAL = "all"  # in place of a row or column: the total


@dataclass(frozen=True)
class ToldAmounts:
    """A table of amounts as it is published, in whole thousands; the last row and column are totals, NaN is hidden.

    Totals are rounded by themselves, so that they need not be the sums of the rounded cells.
    """

    period: str
    name: str
    rows: Sequence[str]
    columns: Sequence[str]
    told: Floats


def tell_amounts(table: AmountTable, period: str, p_percent: int, unit: float = 1000.0) -> ToldAmounts:
    """The table under the p % rule with complementary suppression, rounded to the unit. The audit has the last word."""
    hidden = hide(table, p_percent)
    told = np.where(hidden, np.nan, np.round(table.amounts / unit))
    return ToldAmounts(period, table.name, tuple(table.rows), tuple(table.columns), told)


def attack_amounts(
    told: Sequence[ToldAmounts], exact: Sequence[AmountTable], earlier: Sequence[ToldAmounts], p_percent: int
) -> tuple[Result, Result]:
    """Everybody over all totals, then each provider with its own parts. ``exact``: what ``told`` was made from.

    A table of a quarter that was told before contradicts the rule that a quarter is told once: a correction of one
    amount would show in the difference of two totals.
    """
    again = {(table.period, table.name) for table in earlier} & {(table.period, table.name) for table in told}
    by_all: list[Finding] = []
    by_one: list[Finding] = []
    public = inside = 0
    for table, source in zip(told, exact, strict=True):
        hidden = np.isnan(table.told)
        public += int(hidden.sum())
        inside += int(((source.own > 0) & hidden).sum())
        rows, columns = [*table.rows, TOTAL], [*table.columns, TOTAL]
        for cell in open_cells(source, hidden, p_percent):
            is_public = cell.attacker < 0
            finding = Finding(
                Attack.AMOUNTS if is_public else Attack.AMOUNTS_INSIDER,
                table.period,
                table.name,
                rows[cell.row],
                columns[cell.column],
                cell.lower,
                cell.upper,
                None if is_public else source.holders[cell.attacker],
            )
            (by_all if is_public else by_one).append(finding)
    return (
        Result(Attack.AMOUNTS, public, tuple(by_all), contradictory=bool(again)),
        Result(Attack.AMOUNTS_INSIDER, inside, tuple(by_one)),
    )
