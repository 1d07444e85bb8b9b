"""What imports that are previewed first have in common: columns, whom they reach, steps.

What a file changes is its feature's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypedDict, TypeVar

from sqlalchemy import JSON, CheckConstraint, ColumnElement, Select, String, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, aliased, mapped_column

from portal.core.clock import now_utc
from portal.core.db import UtcDateTime, db
from portal.core.errors import Conflict, Forbidden, NotFound, RowError
from portal.core.import_states import ImportInfo, ImportState
from portal.core.messages import _m, message_as_dict, message_from_dict
from portal.core.permissions import Actor

MAX_NAME = 200
KEPT_FAULTS = 200
AT_ONCE = 500
READERS_ALONE = _m("Only the person who read the file can take it over and take it back.")


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
FigureImport = TypeVar("FigureImport", bound=FigureImportColumns)
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, eq=False)
class Reached(Generic[Import]):
    """The imports of a table that reach an actor: those that fulfil the conditions.

    ``by_reader_alone``: only whoever read a file takes it over and takes it back.
    """

    table: type[Import]
    actor: Actor
    conditions: tuple[ColumnElement[bool], ...] = ()
    by_reader_alone: bool = False

    def is_own(self, row: ImportColumns) -> bool:
        return row.created_by_user_id == self.actor.user_id

    def may_write(self, row: ImportColumns) -> bool:
        return not self.by_reader_alone or self.is_own(row)

    def of(self, query: Select[Any]) -> Select[Any]:
        return query.where(*self.conditions)


def reached_within(
    codes: Collection[str] | None,
    actor: Actor,
    table: type[Import],
    *,
    held: tuple[InstrumentedAttribute[int], InstrumentedAttribute[str]],
    by_reader_alone: bool = False,
) -> Reached[Import]:
    """All imports where ``codes`` is None; else those that the actor read and that hold none but these municipalities.

    ``held``: columns of the import and of the municipality in the table of what imports do. Roles are added and
    removed: who read a file of the whole kraj and works for one municipality now does not reach it any more.
    """
    if codes is None:
        return Reached(table, actor, by_reader_alone=by_reader_alone)
    import_id, municipality = held
    outside = select(import_id).where(import_id == table.id, municipality.not_in(sorted(codes)))
    conditions = (table.created_by_user_id == (actor.user_id or 0), ~outside.exists())
    return Reached(table, actor, conditions, by_reader_alone)


def import_checks() -> tuple[CheckConstraint, CheckConstraint]:
    """Constraints of every table of imports."""
    return (
        CheckConstraint(
            "state IN ('previewed', 'rejected', 'applied', 'rolled_back', 'discarded')", name="state_known"
        ),
        CheckConstraint("(state IN ('applied', 'rolled_back')) = (applied_at_utc IS NOT NULL)", name="applied_timed"),
    )


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


class FactValues(TypedDict):
    """What ``ImportFacts`` holds of every import."""

    id: int
    file_name: str
    state: ImportState
    faults: tuple[RowError, ...]
    fault_count: int
    created_at_utc: datetime
    actor_name: str
    applied_at_utc: datetime | None
    rolled_back_at_utc: datetime | None
    is_latest_applied: bool
    may_write: bool


def fact_values(reached: Reached[Import], row: Import, latest: Collection[int]) -> FactValues:
    """``latest``: see ``latest_applied``."""
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
        "is_latest_applied": row.id in latest,
        "may_write": reached.may_write(row),
    }


def import_info(reached: Reached[FigureImport], row: FigureImport) -> ImportInfo:
    """What pages and commands tell of an import of figures."""
    return _infos(reached, [row])[0]


def list_infos(reached: Reached[FigureImport], *, limit: int, offset: int) -> tuple[list[ImportInfo], int]:
    """A page of the history of imports of figures, the youngest first, and the number of all."""
    rows, count = imports_page(reached, limit, offset)
    return _infos(reached, rows), count


def _infos(reached: Reached[FigureImport], rows: Sequence[FigureImport]) -> list[ImportInfo]:
    latest = latest_applied(reached.table, rows)
    return [
        ImportInfo(**fact_values(reached, row, latest), rows=row.rows, new=row.new, changed=row.changed, same=row.same)
        for row in rows
    ]


def get_import(reached: Reached[Import], import_id: int, *, for_update: bool = False) -> Import:
    """Raises NotFound, also for one that does not reach the actor."""
    table = reached.table
    query = reached.of(select(table)).where(table.id == import_id).execution_options(populate_existing=True)
    row: Import | None = db.session.scalar(query.with_for_update() if for_update else query)
    if row is None:
        raise NotFound(_m("There is no such import."))
    return row


def imports_page(reached: Reached[Import], limit: int, offset: int) -> tuple[list[Import], int]:
    """A page of the history, the youngest first, and the number of all."""
    table = reached.table
    query = reached.of(select(table)).order_by(table.id.desc()).limit(limit).offset(offset)
    number = db.session.scalar(reached.of(select(func.count()).select_from(table)))
    return list(db.session.scalars(query)), number or 0


def latest_applied(table: type[Import], rows: Iterable[Import]) -> set[int]:
    """Which of these imports are live and were applied last: of all; of figures, of those that the same person read.

    What others wrote over a figure since is guarded by its version, so their imports need not be taken back before.
    """
    later = aliased(table)
    follows: ColumnElement[bool] = or_(
        later.applied_at_utc > table.applied_at_utc,
        and_(later.applied_at_utc == table.applied_at_utc, later.id > table.id),
    )
    if issubclass(table, FigureImportColumns):
        follows = and_(follows, later.created_by_user_id.is_not_distinct_from(table.created_by_user_id))
    query = select(table.id).where(
        table.id.in_([row.id for row in rows]),
        table.state == ImportState.APPLIED,
        ~select(later.id).where(later.state == ImportState.APPLIED, follows).exists(),
    )
    return set(db.session.scalars(query))


def items_under(
    item: type[Any],
    table: type[Import],
    place: InstrumentedAttribute[Any],
    items: Mapping[Key, Any],
    key_of: Callable[[Any], Key],
) -> dict[Key, Any]:
    """What live imports wrote and these items wrote over, by key.

    ``item``: the table of what imports of ``table`` do; ``place``: one of its columns of the key, by some hundreds of
    which items are read in one statement.
    """
    places = sorted({getattr(one, place.key) for one in items.values()})
    found: dict[Key, Any] = {}
    for start in range(0, len(places), AT_ONCE):
        query = select(item).join(table, table.id == item.import_id)
        query = query.where(table.state == ImportState.APPLIED, place.in_(places[start : start + AT_ONCE]))
        for row in db.session.scalars(query):
            over = items.get(key_of(row))
            if over is not None and row.after_version is not None and row.after_version == over.base_version:
                found[key_of(row)] = row
    return found


def repeated_import(reached: Reached[Import], content_hash: str, *, is_live: bool) -> Import | None:
    """The applied import of the same content where that is live as it stands.

    Otherwise the actor's earlier previews of it are put aside: they were compared with what may have changed since.
    """
    table = reached.table
    query = reached.of(select(table)).where(table.content_hash == content_hash).order_by(table.id.desc())
    former: list[Import] = list(db.session.scalars(query))
    applied = next((one for one in former if one.state == ImportState.APPLIED), None)
    if is_live and applied is not None:
        return applied
    for one in former:
        if one.state == ImportState.PREVIEWED and reached.is_own(one):
            one.state = str(ImportState.DISCARDED)
    return None


def open_import(reached: Reached[Import], import_id: int) -> Import:
    """An import that can still be put aside, locked. Raises NotFound, Conflict."""
    row = get_import(reached, import_id, for_update=True)
    if not ImportState(row.state).is_open:
        raise Conflict(_m("This import cannot be changed any more."))
    return row


def discard(reached: Reached[Import], import_id: int) -> Import:
    """Put a file aside. Raises NotFound, Conflict."""
    row = open_import(reached, import_id)
    row.state = str(ImportState.DISCARDED)
    return row


def import_to_apply(reached: Reached[Import], import_id: int) -> Import:
    """An import that can be applied, locked.

    Raises NotFound, Conflict, Forbidden for a file with faults or one that another person has to take over.
    """
    row = open_import(reached, import_id)
    if row.state == ImportState.REJECTED:
        raise Forbidden(_m("The file has faults; correct them and read it again."))
    if not reached.may_write(row):
        raise Forbidden(READERS_ALONE)
    return row


def import_to_take_back(reached: Reached[Import], import_id: int) -> Import:
    """The import applied last, see ``latest_applied``, locked.

    Raises NotFound, Forbidden for another and for one that another person has to take back.
    """
    row = get_import(reached, import_id, for_update=True)
    if not reached.may_write(row):
        raise Forbidden(READERS_ALONE)
    if not latest_applied(reached.table, [row]):
        raise Forbidden(
            _m("Of the imports of one person, only the one applied last can be taken back.")
            if isinstance(row, FigureImportColumns)
            else _m("Only the import applied last can be taken back.")
        )
    return row


def set_applied(row: ImportColumns) -> None:
    row.state, row.applied_at_utc = str(ImportState.APPLIED), now_utc()


def set_rolled_back(row: ImportColumns) -> None:
    row.state, row.rolled_back_at_utc = str(ImportState.ROLLED_BACK), now_utc()
