"""Figures of many returns as a frame, for calculations over services."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from portal.core.cells import STORED_STATES, CellState
from portal.returns.queries.frames import (
    cell_rows,
    cells_as_numbers,
    counted_ids,
    counted_keys,
    counted_mark,
    counted_periods,
    counting_changed,
    returns_with_figures,
    returns_with_types,
)
from portal.returns.types import FINAL_STATES, FORMS, Period

CELL_COLUMNS = (
    *("service_id", "register_id", "provider_ico", "provider_name", "service_name", "type_code"),
    *("period", "return_state", "form", "field", "state", "value"),
)

_STATES_WITH_NUMBER = sum(state in (CellState.VALUE, CellState.ZERO) for state in STORED_STATES)  # they come first

FIGURE_COLUMNS = ("service_id", "type_code", "period", "form", "field", "state", "value")


def cells_frame(
    period: Period,
    *,
    type_code: str | tuple[str, ...] | None = None,
    provider_ico: str | None = None,
    states: Sequence[str] = FINAL_STATES,
) -> pd.DataFrame:
    """Every cell of the returns of a quarter (of one type, or of several), one row each, columns CELL_COLUMNS.

    ``state`` is value, zero, not_applicable or not_supplied; ``value`` (float, unit of the field) is NaN for the
    last two and 0.0 for zero. A return has a row for each cell that its form asks for; a service without a
    return in one of ``states`` has none. Ordered by register_id, form and field.

    These are exact figures of named services: whoever shows them to others than the kraj or the provider itself
    takes them through ``portal.disclosure`` first.
    """
    rows = cell_rows(period, type_code=type_code, provider_ico=provider_ico, states=tuple(states))
    frame = pd.DataFrame(rows, columns=list(CELL_COLUMNS))
    return frame.astype({"service_id": "int64", "register_id": "int64", "value": "float64"})


def figures_frame(
    *,
    fields: Collection[str],
    periods: Collection[Period] | None = None,
    type_code: str | None = None,
    services: tuple[int, int] | None = None,
    return_ids: Collection[int] | None = None,
    provider_ico: str | None = None,
) -> pd.DataFrame:
    """Cells of some fields of accepted and locked returns, columns FIGURE_COLUMNS, in no order; texts are categories.

    Of all of them, or of some quarters, a type, the services with ids from ... to ..., single returns, a provider. As
    in ``cells_frame`` these are exact figures of named services.
    """
    wanted = returns_with_figures(
        states=FINAL_STATES,
        periods=periods,
        type_code=type_code,
        services=services,
        return_ids=return_ids,
        provider_ico=provider_ico,
    )
    ordered = sorted(fields)
    returns = pd.DataFrame(returns_with_types(wanted), columns=["id", "service_id", "period", "type_code"])
    text = cells_as_numbers(wanted, ordered) if ordered and len(returns) else ""
    numbers = np.fromstring(text, dtype=np.int64, sep=",").reshape(-1, 3)
    row = np.searchsorted(returns["id"].to_numpy(dtype=np.int64), numbers[:, 0])
    field, form, state = numbers[:, 1] // 16, numbers[:, 1] // 4 % 4, numbers[:, 1] % 4
    values = numbers[:, 2] / 100
    values[state >= _STATES_WITH_NUMBER] = np.nan

    def of_return(name: str) -> pd.Categorical[Any]:
        return pd.Categorical(returns[name].astype(object)).take(row)

    return pd.DataFrame(
        {
            "service_id": returns["service_id"].to_numpy(dtype=np.int64)[row],
            "type_code": of_return("type_code"),
            "period": of_return("period"),
            "form": _categories(form, FORMS),
            "field": _categories(field, ordered),
            "state": _categories(state, [str(each) for each in STORED_STATES]),
            "value": values,
        }
    )


def _categories(places: Any, names: Sequence[str]) -> pd.Categorical[Any]:
    return pd.Categorical.from_codes(places, categories=pd.Index(list(names), dtype=object))


def services_and_periods(return_ids: Collection[int]) -> list[tuple[int, str]]:
    """service_id and quarter of some returns, whatever their state."""
    return counted_keys(return_ids)


def counted_returns_of(service_ids: Collection[int]) -> list[int]:
    """Ids of the accepted and locked returns of some services."""
    return counted_ids(service_ids, FINAL_STATES)


def figures_mark(period: Period) -> Hashable:
    """Changes whenever figures of the quarter begin or cease to count. One query."""
    return counted_mark(period, FINAL_STATES)


def list_counted_periods() -> list[Period]:
    """Quarters with at least one return that counts, the earliest first. One query."""
    return [Period.parse(text) for text in counted_periods(FINAL_STATES)]


def counting_changed_since(asked: Sequence[tuple[Period, datetime]]) -> list[bool]:
    """Of each quarter and moment: whether a return was accepted, or opened again, later than that. One query.

    Locking an accepted return changes nothing; one that was opened and accepted as it was is told all the same.
    """
    return counting_changed([(str(period), moment) for period, moment in asked], FINAL_STATES)
