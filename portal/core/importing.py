"""What imports that are previewed first have in common: columns, reads, steps. What a file changes is its feature's.

``reader_id`` limits imports to those that one person read; None is all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import JSON, CheckConstraint, Select, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.clock import now_utc
from portal.core.db import UtcDateTime, db
from portal.core.errors import Conflict, Forbidden, NotFound, RowError
from portal.core.imports import ImportState
from portal.core.messages import _m, message_as_dict, message_from_dict
from portal.core.permissions import Actor

MAX_NAME = 200
KEPT_FAULTS = 200


class ImportColumns:
    """Columns of every table of imports."""

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(MAX_NAME))
    content_hash: Mapped[str] = mapped_column(String(64), index=True)  # of the content as understood, in any order
    state: Mapped[str] = mapped_column(String(11))
    faults: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # the first of them, as shown
    fault_count: Mapped[int]
    created_at_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    applied_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rolled_back_at_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FigureImportColumns(ImportColumns):
    """Columns of an import of figures."""

    rows: Mapped[int] = mapped_column("row_count")
    new: Mapped[int]
    changed: Mapped[int]
    same: Mapped[int]


Import = TypeVar("Import", bound=ImportColumns)


def import_checks() -> tuple[CheckConstraint, CheckConstraint]:
    """Constraints of every table of imports."""
    return (
        CheckConstraint(
            "state IN ('previewed', 'rejected', 'applied', 'rolled_back', 'discarded')", name="state_known"
        ),
        CheckConstraint("(state IN ('applied', 'rolled_back')) = (applied_at_utc IS NOT NULL)", name="applied_timed"),
    )


def reader_of(actor: Actor, reached: Collection[str] | None) -> int | None:
    """Whose imports the actor reaches: everybody's where its permission reaches all, else its own."""
    return None if reached is None else actor.user_id or 0


def begun(
    actor: Actor, *, name: str, content_hash: str, faults: Sequence[RowError], fault_count: int | None = None
) -> dict[str, Any]:
    """Values of the columns of an import that was just read; with any fault it is rejected."""
    return {
        "file_name": name[-MAX_NAME:],
        "content_hash": content_hash,
        "state": str(ImportState.REJECTED if faults else ImportState.PREVIEWED),
        "faults": [
            {"message": message_as_dict(fault.message), "row": fault.row, "column": fault.column}
            for fault in faults[:KEPT_FAULTS]
        ],
        "fault_count": len(faults) if fault_count is None else fault_count,
        "created_at_utc": now_utc(),
        "created_by_user_id": actor.user_id,
        "actor_name": actor.name,
    }


def facts(row: ImportColumns, latest: int | None) -> dict[str, Any]:
    """Values of ``ImportFacts``; ``latest``: the import applied last."""
    return {
        "id": row.id,
        "file_name": row.file_name,
        "state": ImportState(row.state),
        "faults": tuple(
            RowError(message_from_dict(one["message"]), row=one["row"], column=one["column"]) for one in row.faults
        ),
        "fault_count": row.fault_count,
        "created_at_utc": row.created_at_utc,
        "actor_name": row.actor_name,
        "applied_at_utc": row.applied_at_utc,
        "rolled_back_at_utc": row.rolled_back_at_utc,
        "is_latest_applied": latest == row.id,
    }


def figure_facts(row: FigureImportColumns, latest: int | None) -> dict[str, Any]:
    """Values of ``ImportInfo``."""
    return {**facts(row, latest), "rows": row.rows, "new": row.new, "changed": row.changed, "same": row.same}


def find_import(
    table: type[Import], import_id: int, *, reader_id: int | None = None, for_update: bool = False
) -> Import:
    """Raises NotFound, also for one that another person read where the reader is limited to its own."""
    query = _of(select(table), table, reader_id).where(table.id == import_id).execution_options(populate_existing=True)
    row: Import | None = db.session.scalar(query.with_for_update() if for_update else query)
    if row is None:
        raise NotFound(_m("There is no such import."))
    return row


def imports_page(
    table: type[Import], limit: int, offset: int, *, reader_id: int | None = None
) -> tuple[list[Import], int]:
    """A page of the history, the youngest first, and the number of all."""
    query = _of(select(table), table, reader_id).order_by(table.id.desc()).limit(limit).offset(offset)
    number = db.session.scalar(_of(select(func.count()).select_from(table), table, reader_id))
    return list(db.session.scalars(query)), number or 0


def latest_applied(table: type[Import], *, reader_id: int | None = None) -> int | None:
    """The import that was applied last and is still live."""
    query = _of(select(table.id), table, reader_id).where(table.state == ImportState.APPLIED)
    found: int | None = db.session.scalar(query.order_by(table.applied_at_utc.desc(), table.id.desc()).limit(1))
    return found


def repeated_import(
    table: type[Import], content_hash: str, *, is_live: bool, reader_id: int | None = None
) -> Import | None:
    """The applied import of the same content where that is live as it stands.

    Otherwise earlier previews of it are put aside: they were compared with what may have changed since.
    """
    query = _of(select(table), table, reader_id).where(table.content_hash == content_hash).order_by(table.id.desc())
    former: list[Import] = list(db.session.scalars(query))
    applied = next((one for one in former if one.state == ImportState.APPLIED), None)
    if is_live and applied is not None:
        return applied
    for one in former:
        if one.state == ImportState.PREVIEWED:
            one.state = str(ImportState.DISCARDED)
    return None


def open_import(table: type[Import], import_id: int, *, reader_id: int | None = None) -> Import:
    """An import that can still be put aside, locked. Raises NotFound, Conflict."""
    row = find_import(table, import_id, reader_id=reader_id, for_update=True)
    if not ImportState(row.state).is_open:
        raise Conflict(_m("This import cannot be changed any more."))
    return row


def discard(table: type[Import], import_id: int, *, reader_id: int | None = None) -> Import:
    """Put a file aside. Raises NotFound, Conflict."""
    row = open_import(table, import_id, reader_id=reader_id)
    row.state = str(ImportState.DISCARDED)
    return row


def import_to_apply(table: type[Import], import_id: int, *, reader_id: int | None = None) -> Import:
    """An import that can be applied, locked. Raises NotFound, Conflict, Forbidden for a file with faults."""
    row = open_import(table, import_id, reader_id=reader_id)
    if row.state == ImportState.REJECTED:
        raise Forbidden(_m("The file has faults; correct them and read it again."))
    return row


def import_to_take_back(table: type[Import], import_id: int, *, reader_id: int | None = None) -> Import:
    """The import applied last, locked. Raises NotFound, Forbidden for another."""
    row = find_import(table, import_id, reader_id=reader_id, for_update=True)
    if latest_applied(table, reader_id=reader_id) != row.id:
        raise Forbidden(_m("Only the import applied last can be taken back."))
    return row


def set_applied(row: ImportColumns) -> None:
    row.state, row.applied_at_utc = str(ImportState.APPLIED), now_utc()


def set_rolled_back(row: ImportColumns) -> None:
    row.state, row.rolled_back_at_utc = str(ImportState.ROLLED_BACK), now_utc()


def _of(query: Select[Any], table: type[Import], reader_id: int | None) -> Select[Any]:
    return query if reader_id is None else query.where(table.created_by_user_id == reader_id)
