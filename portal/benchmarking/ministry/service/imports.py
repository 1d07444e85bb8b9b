"""Takes a file in: its table is stored, its columns are given a meaning, and what it would change is shown."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert

from portal.benchmarking.ministry import queries
from portal.benchmarking.ministry.ingest.columns import fitting, guess_columns, mapping_faults, read_rows, roles
from portal.benchmarking.ministry.ingest.reading import read_apart
from portal.benchmarking.ministry.models import MinistryImport, MinistryImportChange, MinistrySource
from portal.benchmarking.ministry.types import (
    FORMULA,
    ChangeKind,
    Fault,
    FigureChange,
    Formula,
    Grid,
    GridCell,
    GridRow,
    ImportInfo,
    ImportState,
    ReadFigure,
    check_year,
)
from portal.core import audit
from portal.core.cells import Cell, CellState
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.errors import Forbidden, Invalid, NotFound
from portal.core.messages import _m, message_as_dict, message_from_dict
from portal.core.permissions import Actor, Permission

KEPT_FAULTS = 200
MAX_SOURCE_NAME = 80
PAGE = 100

audit.name_actions(
    {
        "ministry.import.read": _m("File of the ministry read"),
        "ministry.import.columns": _m("Columns of a file of the ministry chosen"),
        "ministry.import.applied": _m("Figures of the ministry taken over"),
        "ministry.import.rolled_back": _m("Import of the ministry's figures taken back"),
        "ministry.import.discarded": _m("Import of the ministry's figures put aside"),
        "ministry.difference.decided": _m("Difference from the ministry's figure decided"),
        "ministry.difference.answered": _m("Question of the region answered"),
    },
    kinds={"ministry_import": _m("import of the ministry's figures"), "reconciliation": _m("difference of figures")},
)


def require(actor: Actor, permission: Permission) -> None:
    """Raises Forbidden."""
    if not actor.can(permission):
        raise Forbidden(_m("Your role does not do this with the ministry's figures."))


def take_file(
    actor: Actor,
    path: Path,
    *,
    name: str,
    source: str,
    year: int | None = None,
    columns: Mapping[str, str] | None = None,
) -> ImportInfo:
    """Read a file from a source and store its preview; ``columns`` (role -> heading) go before what is remembered.

    The same file is not taken twice: what lies open, or is live, comes back as ``repeated``. A file whose columns are
    not known yet is stored and waits for ``set_columns``. Raises Forbidden, Invalid (``source``, ``year``), and
    ImportRejected for a file that is no table.
    """
    require(actor, Permission.MINISTRY_IMPORT)
    source_row = _source(source)
    if year is not None:
        _check_year(year)
    content_hash = hashlib.sha256(path.read_bytes()).hexdigest()
    repeated = _repeated(content_hash, source_row.id, year)
    if repeated is not None and columns is None:
        return info_of(repeated, repeated=True)
    grid = read_apart(path, name)
    row = MinistryImport(
        source=source_row,
        year=year,
        file_name=name[:200],
        content_hash=content_hash,
        state=ImportState.MAPPING,
        columns={},
        table=_stored_grid(grid),
        rows=len(grid.rows),
        new=0,
        changed=0,
        same=0,
        unknown=[],
        faults=[],
        fault_count=0,
        created_at_utc=now_utc(),
        created_by_user_id=actor.user_id,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor,
        "ministry.import.read",
        object_kind="ministry_import",
        object_key=row.id,
        details={"file": row.file_name, "source": source_row.name, "year": year},
    )
    wanted = {**guess_columns(grid.headings), **fitting(source_row.columns, grid.headings)}
    if source_row.columns:  # what a person has left out stays left out
        wanted = {role: heading for role, heading in wanted.items() if role in source_row.columns}
    wanted.update(columns or {})
    _check_columns(wanted, grid.headings)
    row.columns = wanted
    if not mapping_faults(wanted):
        _preview(row, grid)
    db.session.flush()
    return info_of(row)


def set_columns(actor: Actor, *, import_id: int, columns: Mapping[str, str], year: int | None) -> ImportInfo:
    """Say what the columns of a file mean; the source remembers it, and the preview is made anew.

    Raises Invalid by role (and ``year``), Forbidden when the import is no longer open.
    """
    require(actor, Permission.MINISTRY_IMPORT)
    row = open_import(import_id)
    if year is not None:
        _check_year(year)
    grid = grid_of(row)
    wanted = {role: heading for role, heading in columns.items() if heading}
    _check_columns(wanted, grid.headings)
    faults = mapping_faults(wanted)
    if faults:
        raise Invalid(_m("Please correct the following"), faults)
    row.columns, row.year = wanted, year
    row.source.columns = wanted
    _preview(row, grid)
    db.session.flush()
    audit.record(
        actor, "ministry.import.columns", object_kind="ministry_import", object_key=row.id, details={"columns": wanted}
    )
    return info_of(row)


def open_import(import_id: int) -> MinistryImport:
    """An import that can still change. Raises NotFound, Forbidden."""
    row = queries.find_import(import_id)
    if row is None:
        raise NotFound(_m("There is no such import."))
    if not ImportState(row.state).is_open or row.table is None:
        raise Forbidden(_m("This import cannot be changed any more."))
    return row


def get_import(actor: Actor, import_id: int) -> ImportInfo:
    """One import. Raises Forbidden, NotFound."""
    require(actor, Permission.MINISTRY_IMPORT_READ)
    row = queries.find_import(import_id)
    if row is None:
        raise NotFound(_m("There is no such import."))
    return info_of(row)


def list_imports(actor: Actor, *, page: int = 1, size: int = 20) -> tuple[list[ImportInfo], int]:
    """A page of the history, latest first, and the number of all."""
    require(actor, Permission.MINISTRY_IMPORT_READ)
    rows, total = queries.imports_page(size, (page - 1) * size)
    latest = queries.latest_applied()
    return [info_of(row, latest=latest) for row in rows], total


def list_sources(actor: Actor) -> list[str]:
    """Names of the sources, in order."""
    require(actor, Permission.MINISTRY_IMPORT_READ)
    return [row.name for row in queries.sources()]


def list_changes(actor: Actor, import_id: int, kind: ChangeKind, *, page: int = 1) -> list[FigureChange]:
    """Figures of a preview; none for actors who may not see the figures of all services."""
    require(actor, Permission.MINISTRY_IMPORT_READ)
    if not actor.can(Permission.COMPARE_ALL):
        return []
    return [
        FigureChange(
            kind=ChangeKind(change.kind),
            row=change.row,
            register_id=register_id,
            provider_ico=ico,
            service_name=service_name,
            item=change.item,
            before=None if change.before_state is None else Cell(CellState(change.before_state), change.before_value),
            after=Cell(CellState(change.after_state), change.after_value),
        )
        for change, register_id, ico, service_name in queries.changes_page(import_id, kind, PAGE, (page - 1) * PAGE)
    ]


def _source(name: str) -> MinistrySource:
    """The source of this name, made when there is none. Raises Invalid."""
    plain = " ".join(name.split())
    if not plain or len(plain) > MAX_SOURCE_NAME:
        sentence = _m("Write the name of the source, at most %(most)s characters.", most=MAX_SOURCE_NAME)
        raise Invalid(sentence, {"source": [sentence]})
    row = queries.source_named(plain)
    if row is None:
        row = MinistrySource(name=plain, columns={})
        db.session.add(row)
        db.session.flush()
    return row


def _check_year(year: int) -> None:
    try:
        check_year(year)
    except Invalid as error:
        raise Invalid(error.message, {"year": [error.message]}) from error


def _check_columns(columns: Mapping[str, str], headings: tuple[str, ...]) -> None:
    for role, heading in columns.items():
        if role not in roles() or heading not in headings:
            sentence = _m("The file has no column “%(name)s”.", name=heading or role)
            raise Invalid(sentence, {role: [sentence]})


def _repeated(content_hash: str, source_id: int, year: int | None) -> MinistryImport | None:
    """An earlier import of the same file that lies open upon the present figures, or is live."""
    latest = queries.latest_applied()
    for row in queries.imports_of_content(content_hash, source_id):
        if year is not None and row.year != year:
            continue
        live = latest.get(row.year) if row.year is not None else None
        if row.state == ImportState.APPLIED and row.id == live:
            return row
        if ImportState(row.state).can_be_applied and row.base_import_id == live:
            return row
    return None


def _preview(row: MinistryImport, grid: Grid) -> None:
    """Compare the file with the stored figures, and store what it would change."""
    read = read_rows(grid, row.columns, row.year)
    faults = list(read.faults)
    if read.year is not None and not faults:
        try:
            row.year = check_year(read.year)
        except Invalid as error:
            faults.append(Fault(error.message))
    db.session.execute(delete(MinistryImportChange).where(MinistryImportChange.import_id == row.id))
    row.new = row.changed = row.same = 0
    row.unknown = []
    matched: list[tuple[int, ReadFigure]] = []
    if not faults:
        matched, unknown, doubled = _matched(read.figures)
        faults += doubled
        row.unknown = [[figure.row, figure.named] for figure in unknown]
    row.faults = [_stored_fault(fault) for fault in faults[:KEPT_FAULTS]]
    row.fault_count = len(faults)
    if faults or row.year is None:
        row.state = ImportState.REJECTED
        return
    row.base_import_id = queries.latest_applied().get(row.year)
    changes = _changes(row, matched)
    if changes:
        db.session.execute(insert(MinistryImportChange), changes)
    for kind in ChangeKind:
        setattr(row, kind.value, sum(change["kind"] == kind for change in changes))
    if not matched:
        row.state = ImportState.REJECTED
        row.faults = [_stored_fault(Fault(_m("The portal knows none of the services in the file.")))]
        row.fault_count = 1
        return
    row.state = ImportState.WAITING if row.unknown else ImportState.PREVIEWED


def _matched(
    figures: tuple[ReadFigure, ...],
) -> tuple[list[tuple[int, ReadFigure]], list[ReadFigure], list[Fault]]:
    """Services by their ids, rows of unknown ones, and faults of rows that name one service twice, or two."""
    known = queries.known_services(
        {figure.register_id for figure in figures if figure.register_id is not None},
        {figure.identifier for figure in figures if figure.identifier},
    )
    by_number = {service.register_id: service for service in known}
    by_identifier = {service.identifier: service for service in known if service.identifier}
    matched: list[tuple[int, ReadFigure]] = []
    unknown: list[ReadFigure] = []
    faults: list[Fault] = []
    seen: dict[int, int] = {}
    for figure in figures:
        first = by_number.get(figure.register_id) if figure.register_id is not None else None
        second = by_identifier.get(figure.identifier) if figure.identifier else None
        if first is not None and second is not None and first.id != second.id:
            faults.append(Fault(_m("Number and identifier belong to different services."), figure.row))
            continue
        service = first or second
        if service is None:
            unknown.append(figure)
        elif service.id in seen:
            faults.append(
                Fault(_m("The service is there twice, first in row %(row)s.", row=seen[service.id]), figure.row)
            )
        else:
            seen[service.id] = figure.row
            matched.append((service.id, figure))
    return matched, unknown, faults


def _changes(row: MinistryImport, matched: list[tuple[int, ReadFigure]]) -> list[dict[str, Any]]:
    stored = queries.figures_of_services([service_id for service_id, _figure in matched], row.year or 0)
    changes = []
    for service_id, figure in matched:
        for item, cell in figure.cells.items():
            before = stored.get((service_id, item))
            same = before is not None and before.state == cell.state and before.value == cell.number
            kind = ChangeKind.NEW if before is None else ChangeKind.SAME if same else ChangeKind.CHANGED
            changes.append(
                {
                    "import_id": row.id,
                    "service_id": service_id,
                    "item": item,
                    "kind": str(kind),
                    "row": figure.row,
                    "before_state": None if before is None else before.state,
                    "before_value": None if before is None else before.value,
                    "before_row": None if before is None else before.row,
                    "after_state": str(cell.state),
                    "after_value": cell.number,
                }
            )
    return changes


def _stored_grid(grid: Grid) -> dict[str, Any]:
    rows = [[row.number, [{"f": 1} if isinstance(cell, Formula) else cell for cell in row.cells]] for row in grid.rows]
    return {"kind": grid.kind, "headings": list(grid.headings), "rows": rows}


def grid_of(row: MinistryImport) -> Grid:
    """The stored table of an open import."""
    stored = row.table or {"kind": "", "headings": [], "rows": []}
    rows = tuple(GridRow(number, tuple(_cell(cell) for cell in cells)) for number, cells in stored["rows"])
    return Grid(stored["kind"], tuple(stored["headings"]), rows)


def _cell(stored: Any) -> GridCell:
    return FORMULA if isinstance(stored, dict) else stored


def _stored_fault(fault: Fault) -> dict[str, Any]:
    return {"message": message_as_dict(fault.message), "row": fault.row, "cell": fault.cell}


def info_of(row: MinistryImport, *, latest: Mapping[int, int] | None = None, repeated: bool = False) -> ImportInfo:
    """An import for pages and commands."""
    latest = queries.latest_applied() if latest is None else latest
    return ImportInfo(
        id=row.id,
        source=row.source.name,
        year=row.year,
        file_name=row.file_name,
        state=ImportState(row.state),
        columns=dict(row.columns),
        headings=tuple((row.table or {}).get("headings", ())),
        rows=row.rows,
        new=row.new,
        changed=row.changed,
        same=row.same,
        unknown=tuple((number, named) for number, named in row.unknown),
        faults=tuple(Fault(message_from_dict(f["message"]), f["row"], f["cell"]) for f in row.faults),
        fault_count=row.fault_count,
        created_at_utc=row.created_at_utc,
        applied_at_utc=row.applied_at_utc,
        rolled_back_at_utc=row.rolled_back_at_utc,
        is_latest_applied=row.year is not None and latest.get(row.year) == row.id,
        repeated=repeated,
    )
