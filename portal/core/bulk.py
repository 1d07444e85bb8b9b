"""Inserting many rows at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table, insert

from portal.core.db import Model, db

ROWS_AT_ONCE = 20_000


def store_rows(model: type[Model], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, all with the same columns, into the table of a model.

    Past the mapping of objects, which would make a statement of its own for each pattern of empty columns.
    """
    statement = insert(cast("Table", model.__table__))
    for start in range(0, len(rows), ROWS_AT_ONCE):
        db.session.execute(statement, rows[start : start + ROWS_AT_ONCE])
