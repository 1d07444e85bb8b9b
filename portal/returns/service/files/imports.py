"""The import of a file of returns: preview, apply, take back. Wholly or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
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
from portal.returns.queries import deadlines, many, residences
from portal.returns.readings import ReportingService
from portal.returns.residences.types import Residences
from portal.returns.residences.words import ResidenceWords
from portal.returns.service.files.infos import (
    APPLIED,
    BLOCKED,
    DISCARDED,
    PREVIEWED,
    ROLLED_BACK,
    ImportInfo,
    info_of,
    item_of,
)
from portal.returns.service.files.parts import PartWriting, write_parts
from portal.returns.service.files.planning import Plan, plan_filing
from portal.returns.service.files.removing import begun_here, remove_returns
from portal.returns.service.files.stored import (
    cells_as_dict,
    cells_from_dict,
    comments_as_dict,
    comments_from_dict,
    problem_as_dict,
    residences_as_dict,
    residences_from_dict,
)
from portal.returns.service.files.writing import Writing, write_returns
from portal.returns.service.reading import is_open
from portal.returns.types import Period, ReturnState, Severity

MAX_STORED_PROBLEMS = 1_000
MARKED_KEPT = timedelta(days=7)
SHOWN_NAMES = 5

audit.name_actions(
    {
        "returns.import.applied": _m("File of returns imported"),
        "returns.import.rolled_back": _m("Import of a file of returns taken back"),
        "returns.import.discarded": _m("File of returns put aside"),
    },
    kinds={"return_import": _m("file of returns")},
)


def preview_file(
    actor: Actor,
    *,
    filing: Filing,
    file_name: str,
    content_hash: str,
    expected: Period | None,
    mark: Callable[[Sequence[Problem]], bytes],
    words: ResidenceWords | None = None,
) -> ImportInfo:
    """Compare a file with the portal and store what it would do; ``mark`` makes the copy with the problems in it."""
    if not actor.can(Permission.RETURN_IMPORT):
        raise Forbidden(_m("Your role does not allow this for the return."))
    plan = plan_filing(actor, filing, expected, words)
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
    db.session.add_all([item_of(row.id, planned) for planned in plan.returns])
    db.session.flush()
    return info_of(row)


def read_import(actor: Actor, import_id: int) -> ImportInfo:
    """One import. Raises NotFound for one that is not there or not the actor's."""
    return info_of(_find(actor, import_id))


def list_imports(actor: Actor, limit: int = 20) -> list[ImportInfo]:
    """The actor's own last imports, the latest first, without their problems."""
    query = select(ReturnImport).where(ReturnImport.created_by_user_id == actor.user_id)
    rows = db.session.scalars(query.order_by(ReturnImport.id.desc()).limit(limit)).all()
    found = many.items_of_imports([row.id for row in rows])
    return [info_of(row, found.get(row.id, [])) for row in rows]


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
        return info_of(row)
    if row.state != PREVIEWED:
        raise Forbidden(_m("This import cannot be applied any more."))
    period, items = Period.parse(row.period), many.items_of(row.id)
    wanted = [item for item in items if item.kind != "unchanged"]
    heads = _heads(actor, wanted, period)
    returns = many.returns_of([item.service_id for item in wanted], period, for_update=True)
    closed = _closed(period, heads)
    moved: list[str] = []
    writings: list[Writing] = []
    parts = residences.parts_of_services([item.service_id for item in wanted if item.residences is not None], period)
    for item in wanted:
        stored = returns.get(item.service_id)
        state = None if stored is None else ReturnState(stored.state)
        if (
            item.base_version != (0 if stored is None else stored.version)
            or (item.residences is not None and item.residence_version != _version_of(parts, item))
            or not is_open(state, item.service_id in closed)
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
    placed = write_parts(
        actor,
        period,
        [
            PartWriting(
                heads[item.register_id], written[item.service_id].return_id, residences_from_dict(item.residences)
            )
            for item in many.items_of(row.id)
            if item.residences is not None
        ],
        import_id=row.id,
    )
    for item in many.items_of(row.id):
        done, part = written.get(item.service_id), placed.get(item.service_id)
        if done is not None:
            item.after_version = done.version
            item.before = {"cells": cells_as_dict(done.cells), "comments": comments_as_dict(done.comments)}
        if part is not None:
            item.after_residence_version = part.version
            item.before = {**(item.before or {}), "residences": residences_as_dict(part.before)}
    row.state, row.applied_at_utc = APPLIED, now_utc()
    _record(actor, row, {"returns": len(writings)})
    return info_of(row)


def roll_back_import(actor: Actor, import_id: int) -> ImportInfo:
    """Put back what was in the cells before the import; a return that it began, and nobody touched since, is removed.

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
    with_part = [item for item in items if item.after_residence_version is not None]
    parts = residences.parts_of_services([item.service_id for item in with_part], period)
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
            or (item in with_part and item.after_residence_version != _version_of(parts, item))
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
    begun = begun_here(items, returns, period)
    removed = {item.service_id for item in begun.values()}
    back = [
        PartWriting(
            heads[item.register_id],
            returns[item.service_id].id,
            residences_from_dict((item.before or {})["residences"]),
        )
        for item in with_part
        if item.service_id not in removed
    ]
    kept = [writing for writing in writings if writing.head.id not in removed]
    write_returns(actor, period, row.form_version, kept, import_id=row.id)
    write_parts(actor, period, back, import_id=row.id)
    remove_returns(begun)
    row.state, row.rolled_back_at_utc = ROLLED_BACK, now_utc()
    _record(actor, row, {"returns": len(writings), "removed": len(begun)})
    return info_of(row)


def discard_import(actor: Actor, import_id: int) -> ImportInfo:
    """Put a preview aside. Raises NotFound; Forbidden for one that was applied."""
    row = _find(actor, import_id, for_update=True)
    if row.state not in (PREVIEWED, BLOCKED):
        raise Forbidden(_m("Only an import that has not been applied can be put aside."))
    row.state, row.marked = DISCARDED, None
    _record(actor, row, {})
    return info_of(row)


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


def _version_of(parts: Mapping[int, Residences], item: ReturnImportItem) -> int:
    return parts.get(item.service_id, Residences()).version


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


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:SHOWN_NAMES])
    return f"{shown} … (+{len(names) - SHOWN_NAMES})" if len(names) > SHOWN_NAMES else shown
