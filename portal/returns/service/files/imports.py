"""The import of a file of returns: preview, apply, take back. Wholly or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from portal.core import audit
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, NotFound
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.returns.files.filed import Filing, Problem
from portal.returns.models import ReturnImport, ReturnImportItem
from portal.returns.queries import deadlines, many
from portal.returns.readings import ReportingService
from portal.returns.service.files.planning import Plan, PlannedReturn, plan_filing
from portal.returns.service.files.stored import (
    cells_as_dict,
    cells_from_dict,
    comments_as_dict,
    comments_from_dict,
    problem_as_dict,
    problem_from_dict,
)
from portal.returns.service.files.writing import Writing, write_returns
from portal.returns.service.reading import is_open
from portal.returns.types import Period, ReturnState, Severity

MAX_STORED_PROBLEMS = 1_000
MARKED_KEPT = timedelta(days=7)
SHOWN_NAMES = 5

PREVIEWED, BLOCKED, APPLIED, ROLLED_BACK, DISCARDED = "previewed", "blocked", "applied", "rolled_back", "discarded"

audit.name_actions(
    {
        "returns.import.applied": _m("File of returns imported"),
        "returns.import.rolled_back": _m("Import of a file of returns taken back"),
        "returns.import.discarded": _m("File of returns put aside"),
    },
    kinds={"return_import": _m("file of returns")},
)


@dataclass(frozen=True)
class ItemInfo:
    """What a file does to one return, as pages show it."""

    register_id: int
    name: str
    kind: str
    changed: int
    emptied: int
    missing: int


@dataclass(frozen=True)
class ImportInfo:
    """One import, as pages and commands show it."""

    id: int
    state: str
    file_name: str
    period: Period
    empty: int
    errors: int
    warnings: int
    problems: Sequence[Problem]  # the first of them
    items: Sequence[ItemInfo]
    has_marked: bool
    created_at_utc: datetime
    actor_name: str
    applied_at_utc: datetime | None
    rolled_back_at_utc: datetime | None
    applied_before_at_utc: datetime | None = None  # when the same content was imported, if it was

    def count(self, kind: str) -> int:
        return sum(item.kind == kind for item in self.items)

    @property
    def to_write(self) -> int:
        return self.count("new") + self.count("changed")

    @property
    def may_apply(self) -> bool:
        return self.state == PREVIEWED and self.to_write > 0


def preview_file(
    actor: Actor,
    *,
    filing: Filing,
    file_name: str,
    content_hash: str,
    expected: Period | None,
    mark: Callable[[Sequence[Problem]], bytes],
) -> ImportInfo:
    """Compare a file with the portal and store what it would do; ``mark`` makes the copy with the problems in it."""
    if not actor.can(Permission.RETURN_IMPORT):
        raise Forbidden(_m("Your role does not allow this for the return."))
    plan = plan_filing(actor, filing, expected)
    _forget_copies()
    row = ReturnImport(
        content_hash=content_hash,
        file_name=file_name[:200],
        period=str(filing.period),
        form_version=filing.definition.code,
        state=BLOCKED if _errors(plan) else PREVIEWED,
        empty=plan.empty,
        errors=_errors(plan),
        warnings=len(plan.problems) - _errors(plan),
        problems=[problem_as_dict(problem) for problem in _first(plan.problems)],
        marked=mark(plan.problems) if plan.problems else None,
        created_at_utc=now_utc(),
        created_by_user_id=actor.user_id,
        actor_name=actor.name,
    )
    db.session.add(row)
    db.session.flush()
    db.session.add_all([_item(row.id, planned) for planned in plan.returns])
    db.session.flush()
    return _info(row)


def read_import(actor: Actor, import_id: int) -> ImportInfo:
    """One import. Raises NotFound for one that is not there or not the actor's."""
    return _info(_find(actor, import_id))


def list_imports(actor: Actor, limit: int = 20) -> list[ImportInfo]:
    """The actor's own last imports, the latest first, without their problems."""
    query = select(ReturnImport).where(ReturnImport.created_by_user_id == actor.user_id)
    rows = db.session.scalars(query.order_by(ReturnImport.id.desc()).limit(limit)).all()
    found = many.items_of_imports([row.id for row in rows])
    return [_info(row, found.get(row.id, [])) for row in rows]


def marked_copy(actor: Actor, import_id: int) -> tuple[str, bytes]:
    """The name of the file and its copy with the problems. Raises NotFound, also when the copy is gone."""
    row = _find(actor, import_id)
    if row.marked is None:
        raise NotFound(_m("The copy is no longer there. Import the file again."))
    return row.file_name, row.marked


def apply_import(actor: Actor, import_id: int) -> ImportInfo:
    """Write what the preview showed. Doing it twice does it once.

    Raises NotFound; Forbidden for one with errors, put aside or taken back; Conflict when a return has changed since
    the preview, which it names: nothing is written then.
    """
    row = _find(actor, import_id, for_update=True)
    if row.state == APPLIED:
        return _info(row)
    if row.state != PREVIEWED:
        raise Forbidden(_m("This import cannot be applied any more."))
    period, items = Period.parse(row.period), many.items_of(row.id)
    wanted = [item for item in items if item.kind != "unchanged"]
    heads = _heads(actor, wanted, period)
    returns = many.returns_of([item.service_id for item in wanted], period, for_update=True)
    closed = _closed(period, heads)
    moved: list[str] = []
    writings: list[Writing] = []
    for item in wanted:
        stored = returns.get(item.service_id)
        state = None if stored is None else ReturnState(stored.state)
        if item.base_version != (0 if stored is None else stored.version) or not is_open(
            state, item.service_id in closed
        ):
            moved.append(item.name)
        writings.append(
            Writing(heads[item.register_id], stored, cells_from_dict(item.cells), comments_from_dict(item.comments))
        )
    if moved:
        raise Conflict(
            _m(
                "Nothing was written: these returns were changed after the preview: %(names)s. Import the file again.",
                names=_listed(moved),
            )
        )
    written = write_returns(actor, period, row.form_version, writings, import_id=row.id)
    for item in many.items_of(row.id):
        done = written.get(item.service_id)
        if done is not None:
            item.after_version = done.version
            item.before = {"cells": cells_as_dict(done.cells), "comments": comments_as_dict(done.comments)}
    row.state, row.applied_at_utc = APPLIED, now_utc()
    _record(actor, row, {"returns": len(writings)})
    return _info(row)


def roll_back_import(actor: Actor, import_id: int) -> ImportInfo:
    """Put back what was in the cells before the import.

    Raises NotFound; Forbidden for one that is not applied; Conflict when somebody has since changed one of the cells or
    submitted a return, which it names: nothing is put back then.
    """
    row = _find(actor, import_id, for_update=True)
    if row.state != APPLIED:
        raise Forbidden(_m("Only an import that was applied can be taken back."))
    period = Period.parse(row.period)
    items = [item for item in many.items_of(row.id) if item.after_version is not None]
    heads = _heads(actor, items, period)
    returns = many.returns_of([item.service_id for item in items], period, for_update=True)
    changed = many.changes_since(row.id)
    _cells_now, said_now = many.cells_of([stored.id for stored in returns.values()])
    closed = _closed(period, heads)
    held: list[str] = []
    writings: list[Writing] = []
    for item in items:
        stored, before = returns.get(item.service_id), item.before or {"cells": {}, "comments": {}}
        cells, comments = cells_from_dict(before["cells"]), comments_from_dict(before["comments"])
        said = {} if stored is None else said_now[stored.id]
        commented = any(said.get(key) != text for key, text in comments_from_dict(item.comments).items())
        if (
            stored is None
            or not is_open(ReturnState(stored.state), item.service_id in closed)
            or changed.get(item.service_id, set()) & cells.keys()
            or commented
        ):
            held.append(item.name)
        writings.append(Writing(heads[item.register_id], stored, cells, comments))
    if held:
        raise Conflict(
            _m(
                "Nothing was taken back: these returns were changed or submitted after the import: %(names)s.",
                names=_listed(held),
            )
        )
    write_returns(actor, period, row.form_version, writings, import_id=row.id)
    row.state, row.rolled_back_at_utc = ROLLED_BACK, now_utc()
    _record(actor, row, {"returns": len(writings)})
    return _info(row)


def discard_import(actor: Actor, import_id: int) -> ImportInfo:
    """Put a preview aside. Raises NotFound; Forbidden for one that was applied."""
    row = _find(actor, import_id, for_update=True)
    if row.state not in (PREVIEWED, BLOCKED):
        raise Forbidden(_m("Only an import that has not been applied can be put aside."))
    row.state, row.marked = DISCARDED, None
    _record(actor, row, {})
    return _info(row)


def _find(actor: Actor, import_id: int, *, for_update: bool = False) -> ReturnImport:
    """The row, for its author, for the kraj, and for colleagues who reach all its providers."""
    query = select(ReturnImport).where(ReturnImport.id == import_id)
    row = db.session.scalar(query.with_for_update() if for_update else query)
    missing = NotFound(_m("There is no such import."))
    if row is None or not actor.can(Permission.RETURN_IMPORT):
        raise missing
    reached = actor.provider_icos(Permission.RETURN_IMPORT)
    icos = {item.provider_ico for item in many.items_of(row.id)}
    own = row.created_by_user_id == actor.user_id
    if reached is not None and not (icos <= reached and (own or icos)):
        raise missing
    return row


def _heads(actor: Actor, items: Sequence[ReturnImportItem], period: Period) -> dict[int, ReportingService]:
    """The services as they are now. Raises Conflict when one is gone or no longer the actor's."""
    found = many.services_by_number([item.register_id for item in items], period)
    heads = {number: head for number, (head, _worked) in found.items()}
    for item in items:
        head = heads.get(item.register_id)
        if head is None or not actor.can_for_provider(Permission.RETURN_IMPORT, head.provider_ico):
            raise Conflict(
                _m("The service “%(name)s” was changed in the register. Import the file again.", name=item.name)
            )
    return heads


def _closed(period: Period, heads: Mapping[int, ReportingService]) -> set[int]:
    """The services for which the quarter is closed now."""
    opened, now = deadlines.find_period(period), now_utc()
    if opened is None:
        return {head.id for head in heads.values()}
    moved = many.dates_by_service(deadlines.dates_of(opened), list(heads.values()))
    return {service_id for service_id, one in moved.items() if one.is_closed(now)}


def _forget_copies() -> None:
    """Copies are there to be corrected soon; they are not an archive."""
    old = ReturnImport.created_at_utc < now_utc() - MARKED_KEPT
    db.session.execute(update(ReturnImport).where(old, ReturnImport.marked.is_not(None)).values(marked=None))


def _record(actor: Actor, row: ReturnImport, details: dict[str, Any]) -> None:
    audit.record(
        actor,
        f"returns.import.{row.state}",
        object_kind="return_import",
        object_key=row.id,
        details={"file": row.file_name, "period": row.period, **details},
    )
    db.session.flush()


def _errors(plan: Plan) -> int:
    return sum(problem.severity is Severity.ERROR for problem in plan.problems)


def _first(problems: Sequence[Problem]) -> list[Problem]:
    """Errors before warnings, so that none is cut off by many warnings."""
    return sorted(problems, key=lambda problem: problem.severity)[:MAX_STORED_PROBLEMS]


def _item(import_id: int, planned: PlannedReturn) -> ReturnImportItem:
    return ReturnImportItem(
        import_id=import_id,
        service_id=planned.head.id,
        register_id=planned.head.register_id,
        provider_ico=planned.head.provider_ico,
        name=planned.head.name,
        kind=planned.kind,
        base_version=planned.base_version,
        missing=planned.missing,
        changed_cells=len(planned.cells),
        emptied_cells=planned.emptied,
        cells=cells_as_dict(planned.cells),
        comments=comments_as_dict(planned.comments),
    )


def _item_info(item: ReturnImportItem) -> ItemInfo:
    return ItemInfo(item.register_id, item.name, item.kind, item.changed_cells, item.emptied_cells, item.missing)


def _info(row: ReturnImport, items: Sequence[ReturnImportItem] | None = None) -> ImportInfo:
    known = many.items_of(row.id) if items is None else items
    earlier = select(ReturnImport.applied_at_utc).where(
        ReturnImport.content_hash == row.content_hash, ReturnImport.state == APPLIED, ReturnImport.id < row.id
    )
    return ImportInfo(
        id=row.id,
        state=row.state,
        file_name=row.file_name,
        period=Period.parse(row.period),
        empty=row.empty,
        errors=row.errors,
        warnings=row.warnings,
        problems=[problem_from_dict(stored) for stored in row.problems] if items is None else [],
        items=[_item_info(item) for item in known],
        has_marked=row.marked is not None,
        created_at_utc=row.created_at_utc,
        actor_name=row.actor_name,
        applied_at_utc=row.applied_at_utc,
        rolled_back_at_utc=row.rolled_back_at_utc,
        applied_before_at_utc=db.session.scalar(earlier.order_by(ReturnImport.id.desc()).limit(1))
        if items is None
        else None,
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:SHOWN_NAMES])
    return f"{shown} … (+{len(names) - SHOWN_NAMES})" if len(names) > SHOWN_NAMES else shown
