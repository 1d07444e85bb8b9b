"""Inserting many rows at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Float, Integer, String, Table, insert

from portal.core.db import Model, db

ROWS_AT_ONCE = 20_000


def store_rows(model: type[Model], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, all with the same columns, into the table of a model.

    Past the mapping of objects, which would make a statement of its own for each pattern of empty columns.
    """
    statement = insert(cast("Table", model.__table__))
    for start in range(0, len(rows), ROWS_AT_ONCE):
        db.session.execute(statement, rows[start : start + ROWS_AT_ONCE])


def store_columns(model: type[Model], columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows given by columns of one length: texts, whole and decimal numbers, None.

    They go to the driver as they are, since on each row SQLAlchemy would spend several times what the database does.
    Raises TypeError for a column whose values need to be translated, such as days.
    """
    table, connection = cast("Table", model.__table__), db.session.connection()
    dialect = connection.dialect
    for name in columns:
        if not isinstance(table.c[name].type, String | Integer | Float):
            raise TypeError(f"the column {table.name}.{name} does not go to the driver as it is")
    prepare = dialect.identifier_preparer
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    names, marks = ", ".join(prepare.quote(name) for name in columns), ", ".join([mark] * len(columns))
    sql = f"INSERT INTO {prepare.format_table(table)} ({names}) VALUES ({marks})"
    rows = list(zip(*columns.values(), strict=True))
    for start in range(0, len(rows), ROWS_AT_ONCE):
        connection.exec_driver_sql(sql, rows[start : start + ROWS_AT_ONCE])
