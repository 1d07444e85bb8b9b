"""Write docs/data-dictionary.md from the tables themselves: ``python tools/data_dictionary.py``.

A table's meaning is its class docstring, a column's the comment behind it in the source; so the dictionary says
what the code says. A test fails when the file is out of date.
"""

from __future__ import annotations

import ast
import inspect
import io
import tokenize
from pathlib import Path
from typing import Any

from sqlalchemy import CheckConstraint, Table

from portal import app as _application  # loads every table
from portal.core.db import Model

TARGET = Path(__file__).resolve().parent.parent / "docs" / "data-dictionary.md"
assert _application

HEAD = """# Data dictionary

Made from the tables by `python tools/data_dictionary.py`; a test fails when it is out of date.
Instants end in `_utc`, days in `_on`; codes of municipalities, ORP and districts are those of ČSÚ unless the name says
otherwise. An empty cell of the column "null" means that the value is always there.
"""


def column_comments(source: str) -> dict[str, str]:
    """Comment behind (or inside) the assignment of each annotated column of a class."""
    comments: dict[int, str] = {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and not token.string.startswith(("# type:", "# noqa")):
            comments[token.start[0]] = token.string.lstrip("# ").strip()
    [cls] = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    found: dict[str, str] = {}
    for node in cls.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            found[node.target.id] = " ".join(comments[line] for line in lines if line in comments)
    return found


def describe(mapped: type[Any]) -> list[str]:
    table: Table = mapped.__table__
    comments: dict[str, str] = {}
    for part in reversed(mapped.__mro__):  # columns that several tables share are in a class of their own
        if part.__module__.startswith("portal.") and part is not Model:
            comments |= column_comments(inspect.getsource(part))
    lines = [f"## {table.name}", ""]
    if mapped.__dict__.get("__doc__"):
        lines += [" ".join((mapped.__doc__ or "").split()), ""]
    lines += ["| column | type | null | meaning |", "|---|---|---|---|"]
    for column in sorted(table.columns, key=lambda column: not column.primary_key):
        key = mapped.__mapper__.get_property_by_column(column).key
        notes = [comments.get(key, "")]
        if column.primary_key:
            notes.append("key")
        notes += [f"→ `{foreign.target_fullname}`" for foreign in column.foreign_keys]
        kind = str(column.type)
        meaning = "; ".join(note for note in notes if note).replace("|", "\\|")
        lines.append(f"| `{column.name}` | {kind.lower()} | {'null' if column.nullable else ''} | {meaning} |")
    checks = sorted(
        " ".join(str(constraint.sqltext).split())
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    )
    if checks:
        lines += ["", *(f"- always: `{check}`" for check in checks)]
    return [*lines, ""]


def dictionary() -> str:
    mapped = sorted((mapper.class_ for mapper in Model.registry.mappers), key=lambda cls: cls.__tablename__)
    return "\n".join([HEAD, *(line for cls in mapped for line in describe(cls))]).rstrip() + "\n"


if __name__ == "__main__":
    TARGET.write_text(dictionary())
