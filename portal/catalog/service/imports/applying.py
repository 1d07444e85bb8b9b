"""Makes a previewed import live, in one unit of work."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import bindparam, delete, insert, update

from portal.catalog.ingest.reader import tell_nobody
from portal.catalog.models import CatalogImportChange, CodeListItem
from portal.catalog.queries import imports as queries
from portal.catalog.queries.imports import StoredChange
from portal.catalog.service.imports.info import get_import, info_of, require
from portal.catalog.service.imports.providers import Providers
from portal.catalog.service.imports.secrecy import discreet_snapshot, newly_secret, withheld_words
from portal.catalog.service.imports.steps import Report, each_chunk, finish
from portal.catalog.service.imports.writing import add_services, change_services, end_services
from portal.catalog.service.version import bump_version
from portal.catalog.types import ChangeKind, ImportInfo, ImportState
from portal.core import audit
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission


def apply_import(actor: Actor, *, import_id: int, confirmed: bool = False, report: Report = tell_nobody) -> ImportInfo:
    """Write what the preview showed. Doing it twice does it once.

    Raises NotFound; Forbidden when the import waits and ``confirmed`` is not given, was rejected, discarded or
    rolled back; Conflict when another import was applied or rolled back since the preview.
    """
    require(actor, Permission.CATALOG_IMPORT)
    bump_version()  # first, since it is the lock that makes two imports take turns
    row = get_import(import_id)
    state = ImportState(row.state)
    if state is ImportState.APPLIED:
        return info_of(row, queries.latest_applied_id(), repeated=True)
    if not state.is_open:
        raise Forbidden(_m("This import cannot be applied any more."))
    if state is ImportState.WAITING and not confirmed:
        raise Forbidden(_m("This import waits until a person confirms it."))
    if row.base_import_id != queries.latest_applied_id():
        raise Conflict(_m("The catalogue was changed by another import since this preview. Import the file again."))
    providers = Providers()
    each_chunk(row, lambda chunk: _apply(chunk, providers), report)
    row.before = {"providers": providers.as_before(), "code_lists": _replace_code_lists(row.code_lists)}
    row.applied_at_utc = now_utc()
    details = {
        "added": row.added,
        "changed": row.changed,
        "ended": row.ended,
        "confirmed": state is ImportState.WAITING,
    }
    return finish(actor, row, ImportState.APPLIED, details)


def discard_import(actor: Actor, *, import_id: int) -> ImportInfo:
    """Put a preview aside; it changes nothing."""
    require(actor, Permission.CATALOG_IMPORT)
    row = get_import(import_id)
    if not ImportState(row.state).is_open:
        raise Forbidden(_m("Only an import that has not been applied can be discarded."))
    row.state = ImportState.DISCARDED
    db.session.flush()
    audit.record(actor, "catalog.import.discarded", object_kind="catalog_import", object_key=row.id)
    return info_of(row, queries.latest_applied_id())


def _apply(chunk: list[StoredChange], providers: Providers) -> None:
    added = [change for change in chunk if change.kind == ChangeKind.ADDED]
    gone = [change for change in chunk if change.after is None]
    changed = [change for change in chunk if change.after is not None and change.kind != ChangeKind.ADDED]
    before = {**change_services(changed, providers), **end_services(gone)}
    before |= _kept_secret(before, changed, providers)
    add_services(added, providers)
    if before:
        table: Any = CatalogImportChange.__table__
        numbers = {change.register_id: change.id for change in chunk}
        rows = [{"change_id": numbers[number], "rows_before": text} for number, text in before.items()]
        statement = update(table).where(table.c.id == bindparam("change_id")).values(before=bindparam("rows_before"))
        db.session.connection().execute(statement, rows)


def _kept_secret(before: dict[int, str], changed: list[StoredChange], providers: Providers) -> dict[int, str]:
    """Rows before of the services one of whose addresses the file makes secret, without it.

    What earlier imports kept of these services loses the address too; earlier previews that hold it are put aside.
    """
    found: dict[int, str] = {}
    records: dict[int, dict[str, Any]] = {}
    for change in changed:
        rows, record = json.loads(before[change.register_id]), json.loads(change.after or "")
        hidden = newly_secret(rows.get("facilities", []), record)
        if hidden:
            records[change.register_id] = record
            found[change.register_id] = discreet_snapshot(before[change.register_id], record)
            providers.withhold(record["provider"]["ico"], withheld_words(hidden))
    if records:
        _forget_places(records, {change.id for change in changed})
    return found


def _forget_places(records: dict[int, dict[str, Any]], present: set[int]) -> None:
    for earlier in queries.changes_of_services(list(records)):
        if earlier.id in present:
            continue
        record = records[earlier.register_id]
        earlier.name, earlier.differences, earlier.after = record["name"], [], None
        if earlier.before is not None:
            earlier.before = discreet_snapshot(earlier.before, record)
        stored = get_import(earlier.import_id)
        if ImportState(stored.state).is_open:
            stored.state = ImportState.DISCARDED
    db.session.flush()


def _replace_code_lists(lists: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Store the file's code lists; returns those they replaced."""
    stored = queries.code_lists()
    before = {name: stored.get(name, {}) for name, names in lists.items() if stored.get(name, {}) != names}
    write_code_lists({name: lists[name] for name in before})
    return before


def write_code_lists(lists: dict[str, dict[str, str]]) -> None:
    """Put these lists in the place of the stored ones."""
    for list_name, names in lists.items():
        db.session.execute(delete(CodeListItem).where(CodeListItem.list_name == list_name))
        rows = [{"list_name": list_name, "code": code, "name": name} for code, name in names.items()]
        if rows:
            db.session.execute(insert(CodeListItem), rows)
