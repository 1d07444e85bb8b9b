"""The ministry's figures beside the sums of the returns, service by service, as a frame that may be shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from portal.benchmarking.ministry import queries
from portal.benchmarking.ministry.calc import YearSum, compared, difference, share_of, worst_first, year_sum
from portal.benchmarking.ministry.models import Reconciliation
from portal.benchmarking.ministry.queries import ServiceRow
from portal.benchmarking.ministry.types import FIRST_YEAR, LAST_YEAR, Comparison, Decision, Tolerance
from portal.core.cells import NOT_SUPPLIED, Cell, CellState
from portal.disclosure import DisclosedFrame, FigureState

COLUMNS = (
    *("register_id", "service_name", "provider_ico", "provider_name", "type_code", "item"),
    *("m", "m_state", "b", "b_state", "missing", "value", "state", "share"),
    *("comparison", "decision", "waits_for", "is_stale", "file_row"),
)


@dataclass(frozen=True)
class Reconciled:
    """A year's figures of both sides. ``rows``: COLUMNS, one row for each service and item, the worst first.

    ``m``, ``b`` in CZK (Decimal), ``value`` is b - m, ``share`` that of m; ``missing`` are the missing quarters
    ("1, 3"). A service of which neither side has anything has no row and is counted in ``without_both``.
    """

    year: int
    tolerance: Tolerance
    rows: DisclosedFrame
    without_both: int


def list_years() -> list[int]:
    """Years that either side has figures of, the latest first."""
    years = {*queries.years_of_figures(), *queries.years_of_returns()}
    return sorted((year for year in years if FIRST_YEAR <= year <= LAST_YEAR), reverse=True)


def figures_table(
    year: int,
    items: Collection[str],
    tolerance: Tolerance,
    *,
    type_code: str | None = None,
    ico: str | None = None,
    service_id: int | None = None,
) -> tuple[pd.DataFrame, int]:
    """COLUMNS of the services, the worst first, and how many services have nothing on either side. Four queries.

    Exact figures of named services: whoever shows them takes them through ``portal.disclosure`` first.
    """
    services = queries.services_of_year(year, type_code=type_code, ico=ico, service_id=service_id)
    ministry = {(row.service_id, row.item): row for row in queries.figures_of_year(year, items, ico)}
    quarters: dict[tuple[int, str], dict[int, Cell]] = defaultdict(dict)
    for cell in queries.quarter_cells(year, items, type_code=type_code, ico=ico, service_id=service_id):
        stored = Cell(CellState(cell.state), cell.value)
        quarters[cell.service_id, cell.item][int(cell.period[-1])] = stored
    decisions = {(row.service_id, row.item): row for row in queries.reconciliations(year, items)}
    rows: list[dict[str, Any]] = []
    without = 0
    for service in services:
        keys = [(service.id, item) for item in items]
        if not any(key in ministry or _has_any(quarters.get(key)) for key in keys):
            without += 1
            continue
        for key in keys:
            figure = ministry.get(key)
            m = NOT_SUPPLIED if figure is None else Cell(CellState(figure.state), figure.value)
            b = year_sum(quarters.get(key, {}), service.worked)
            row = _row(service, key[1], m, b, tolerance, decisions.get(key))
            rows.append({**row, "file_row": None if figure is None else figure.row})
    order = sorted(
        rows, key=lambda row: (*worst_first(row["comparison"], row["value"]), row["register_id"], row["item"])
    )
    return frame_of(order, COLUMNS), without


def frame_of(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    """A frame that keeps Decimal, None and enumerations as they are."""
    return pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=object) for name in columns})


def _has_any(quarters: dict[int, Cell] | None) -> bool:
    return any(cell.state is not CellState.NOT_SUPPLIED for cell in (quarters or {}).values())


def _row(
    service: ServiceRow, item: str, m: Cell, b: YearSum, tolerance: Tolerance, decided: Reconciliation | None
) -> dict[str, Any]:
    amount = difference(m, b.cell)
    comparison = compared(m, b, tolerance)
    return {
        "register_id": service.register_id,
        "service_name": service.name,
        "provider_ico": service.ico,
        "provider_name": service.provider_name,
        "type_code": service.type_code,
        "item": item,
        "m": m.number,
        "m_state": m.state,
        "b": b.cell.number,
        "b_state": b.cell.state,
        "missing": ", ".join(map(str, b.missing)),
        "value": amount,
        "state": _figure_state(comparison, amount),
        "share": share_of(amount, m),
        "comparison": comparison,
        "decision": Decision.OPEN if decided is None else Decision(decided.state),
        "waits_for": None if decided is None else decided.waits_for,
        "is_stale": decided is not None and (decided.m_value, decided.b_value) != (m.number, b.cell.number),
    }


def _figure_state(comparison: Comparison, amount: Decimal | None) -> FigureState:
    if amount is None:
        is_foreign = comparison is Comparison.NOT_APPLICABLE
        return FigureState.NOT_APPLICABLE if is_foreign else FigureState.NOT_SUPPLIED
    return FigureState.ZERO if amount == 0 else FigureState.VALUE
