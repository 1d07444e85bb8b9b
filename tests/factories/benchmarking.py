"""Frames of cells for tests of benchmarking."""

import math

import pandas as pd

from portal.core.cells import CellState

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
