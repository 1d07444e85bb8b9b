"""Figures of many returns as a frame, for calculations over services."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from portal.returns.queries.frames import cell_rows
from portal.returns.types import FINAL_STATES, Period

CELL_COLUMNS = (
    *("service_id", "register_id", "provider_ico", "provider_name", "service_name", "type_code"),
    *("period", "return_state", "form", "field", "state", "value"),
)


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
