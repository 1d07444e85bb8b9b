"""Figures of many returns as a frame, for calculations over services."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from portal.returns.queries.frames import cell_rows, counted_ids, counted_keys, figure_rows
from portal.returns.types import FINAL_STATES, Period

CELL_COLUMNS = (
    *("service_id", "register_id", "provider_ico", "provider_name", "service_name", "type_code"),
    *("period", "return_state", "form", "field", "state", "value"),
)

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
    """Cells of some fields of accepted and locked returns, columns FIGURE_COLUMNS, in no order.

    Of all of them, or of some quarters, a type, the services with ids from ... to ..., single returns, a provider. As
    in ``cells_frame`` these are exact figures of named services.
    """
    rows = figure_rows(
        fields=fields,
        states=FINAL_STATES,
        periods=periods,
        type_code=type_code,
        services=services,
        return_ids=return_ids,
        provider_ico=provider_ico,
    )
    frame = pd.DataFrame(rows, columns=list(FIGURE_COLUMNS))
    return frame.astype({"service_id": "int64", "value": "float64"})


def services_and_periods(return_ids: Collection[int]) -> list[tuple[int, str]]:
    """service_id and quarter of some returns, whatever their state."""
    return counted_keys(return_ids)


def counted_returns_of(service_ids: Collection[int]) -> list[int]:
    """Ids of the accepted and locked returns of some services."""
    return counted_ids(service_ids, FINAL_STATES)
