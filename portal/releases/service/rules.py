"""The rules put to work on the tables of a release: telling, and attacking what is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from portal.disclosure import CountThresholds, Thresholds
from portal.disclosure.audit.attacks import audit_counts
from portal.disclosure.audit.counts import ToldCounts
from portal.disclosure.audit.knowledge import Relation, SameSum, SameWhole, Within
from portal.disclosure.audit.money import ToldAmounts, attack_amounts, tell_amounts
from portal.disclosure.audit.protecting import protect
from portal.disclosure.audit.report import Audit
from portal.releases.service.sources import Source
from portal.releases.types import Cell, CellKind, PublicTable, TableName

RULES = "3"  # grows with every change of what is decided here or in portal.disclosure.audit
LIMITS = CountThresholds()
P_PERCENT = Thresholds().p_percent


def rules_version() -> str:
    """The rules that a release follows, with their thresholds."""
    told = {each.name: getattr(LIMITS, each.name) for each in fields(LIMITS) if not each.name.startswith("wait")}
    return " ".join([RULES, *(f"{name}={value}" for name, value in told.items()), f"p_percent={P_PERCENT}"])


def _relations() -> tuple[Relation, ...]:
    return (
        Within(TableName.UNMET, TableName.WAITING),
        SameWhole(TableName.WAITING, TableName.SITUATIONS),
        SameSum(TableName.NEEDS, TableName.NEEDS_TYPES),
    )


def told_by_rules(period: str, sources: Sequence[Source]) -> list[PublicTable]:
    """The tables as everybody may see them, in the order of the sources."""
    persons = [source for source in sources if source.persons is not None]
    counts = protect([source.count_table() for source in persons], period, _relations(), LIMITS)
    told = {source.name: _public_counts(source, table) for source, table in zip(persons, counts, strict=True)}
    for source in sources:
        if source.persons is None:
            table = source.amount_table()
            told[source.name] = _public_amounts(source, tell_amounts(table, period, P_PERCENT), table.amounts > 0)
    return [told[source.name] for source in sources]


def attacked(
    period: str,
    tables: Sequence[PublicTable],
    sources: Sequence[Source],
    earlier: Mapping[str, Sequence[PublicTable]],
) -> dict[str, Any]:
    """The report of the auditor, as JSON; see ``Audit.as_dict``. ``earlier``: published tables by quarter."""
    by_name = {source.name: source for source in sources}
    counts = [table for table in tables if not table.name.is_amount]
    amounts = [table for table in tables if table.name.is_amount]
    before = [(quarter, table) for quarter, told in earlier.items() for table in told]
    found = audit_counts(
        [told_counts(period, table) for table in counts],
        [by_name[table.name].count_table() for table in counts],
        _relations(),
        [told_counts(quarter, table) for quarter, table in before if not table.name.is_amount],
        LIMITS,
    )
    money = attack_amounts(
        [told_amounts(period, table) for table in amounts],
        [by_name[table.name].amount_table() for table in amounts],
        [told_amounts(quarter, table) for quarter, table in before if table.name.is_amount],
        P_PERCENT,
    )
    return Audit.of(*found.results, *money).as_dict()


def told_counts(period: str, table: PublicTable) -> ToldCounts:
    """A published table of persons as the auditor reads it, without its totals."""
    cells = [row[:-1] for row in list(table.cells)[:-1]]
    told = np.array([[np.nan if cell.value is None else cell.value for cell in row] for row in cells], dtype=np.float64)
    below = np.array([[cell.kind is CellKind.BELOW for cell in row] for row in cells], dtype=bool)
    absent = np.array([[cell.kind.is_absent for cell in row] for row in cells], dtype=bool)
    shape = (len(table.rows), len(table.columns))
    names = tuple(table.rows), tuple(table.columns)
    flags = below.reshape(shape), absent.reshape(shape)
    return ToldCounts(period, str(table.name), *names, told.reshape(shape), *flags)


def told_amounts(period: str, table: PublicTable) -> ToldAmounts:
    """A published table of amounts as the auditor reads it, totals included."""
    told = [
        [
            0.0 if cell.kind is CellKind.NOT_APPLICABLE else np.nan if cell.value is None else float(cell.value)
            for cell in row
        ]
        for row in table.cells
    ]
    return ToldAmounts(period, str(table.name), tuple(table.rows), tuple(table.columns), np.array(told))


def _public_counts(source: Source, told: ToldCounts) -> PublicTable:
    numbers = np.column_stack([told.told, told.totals(1)])
    whole = told.told[~np.isnan(told.told)]
    bottom = np.append(told.totals(0), whole.sum() if len(whole) else np.nan)
    kinds = np.full((len(source.rows) + 1, len(source.columns) + 1), str(CellKind.HIDDEN), dtype=object)
    kinds[:-1, :-1][told.below] = CellKind.BELOW
    if source.states is not None:
        states = np.array(source.states, dtype=object)
        kinds[:-1, :-1][told.absent] = states[told.absent]
        for row in np.flatnonzero(told.absent.all(axis=1)):
            kinds[row, -1] = _total_of_absent(states[row])
        for column in np.flatnonzero(told.absent.all(axis=0)):
            kinds[-1, column] = _total_of_absent(states[:, column])
    return _table(source, np.vstack([numbers, bottom]), kinds)


def _total_of_absent(states: Any) -> CellKind:
    """The total of a line of which nothing is counted; the same as of ``core.cells.added``."""
    foreign = (states == CellKind.NOT_APPLICABLE).all()
    return CellKind.NOT_APPLICABLE if foreign else CellKind.NOT_SUPPLIED


def _public_amounts(source: Source, told: ToldAmounts, has_any: Any) -> PublicTable:
    kinds = np.where(has_any, CellKind.HIDDEN, CellKind.NOT_APPLICABLE)
    return _table(source, np.where(has_any, told.told, np.nan), kinds)


def _table(source: Source, numbers: Any, kinds: Any) -> PublicTable:
    cells = [
        [
            Cell(CellKind(kind)) if np.isnan(number) else Cell(CellKind.VALUE, int(number))
            for number, kind in zip(line, line_kinds, strict=True)
        ]
        for line, line_kinds in zip(numbers.tolist(), kinds.tolist(), strict=True)
    ]
    return PublicTable(source.name, tuple(source.rows), tuple(source.columns), cells)
