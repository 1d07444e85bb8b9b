"""Writing of an import that was seen: all of it in one unit of work, or nothing; taking the last one back."""

from __future__ import annotations

from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, NotFound
from portal.core.imports import ImportState
from portal.core.messages import _m
from portal.core.permissions import Actor, Permission
from portal.grants import queries
from portal.grants.models import GrantImport, GrantImportItem
from portal.grants.queries import imports as stored
from portal.grants.service.figures import given_from_dict, restore, write
from portal.grants.service.imports import get_import, record, require
from portal.grants.types import ImportInfo, Key, Kind, Side, Source


def apply_import(actor: Actor, import_id: int) -> ImportInfo:
    """Write what the preview showed. Raises NotFound, Forbidden (also for a file with faults), Conflict when a figure
    has changed since the preview."""
    row = _open(actor, import_id)
    if row.state == ImportState.REJECTED:
        raise Forbidden(_m("The file has faults; correct them and read it again."))
    items = stored.items_of(row.id)
    there = queries.figures_by_key([_key(item) for item in items], Side.MUNICIPALITY, for_update=True)
    for item in items:
        key = _key(item)
        figure = there.get(key)
        if (None if figure is None else figure.version) != item.base_version:
            raise Conflict(_m("Figures have changed since this preview was made. Read the file again."))
        given = given_from_dict(item.after)
        figure = write(actor, key, Side.MUNICIPALITY, given, source=Source.IMPORT, step="imported", figure=figure)
        item.after_version = figure.version
    row.state, row.applied_at_utc = str(ImportState.APPLIED), now_utc()
    record(actor, "applied", row)
    db.session.flush()
    return get_import(actor, import_id)


def discard_import(actor: Actor, import_id: int) -> None:
    """Put a file aside. Raises NotFound, Forbidden, Conflict."""
    row = _open(actor, import_id)
    row.state = str(ImportState.DISCARDED)
    record(actor, "discarded", row)
    db.session.flush()


def roll_back_import(actor: Actor, import_id: int) -> ImportInfo:
    """Restore what the import applied last has changed, and remove what it added.

    Raises NotFound; Forbidden when it is not the one applied last; Conflict when a figure that it wrote has changed
    since, as nothing that somebody did later is lost.
    """
    require(actor, Permission.GRANT_IMPORT)
    row = stored.find_import(import_id, for_update=True)
    if row is None:
        raise NotFound(_m("There is no such import."))
    if stored.latest_applied() != row.id:
        raise Forbidden(_m("Only the import applied last can be taken back."))
    items = stored.items_of(row.id)
    there = queries.figures_by_key([_key(item) for item in items], Side.MUNICIPALITY, for_update=True)
    for item in items:
        key = _key(item)
        figure = there.get(key)
        if figure is None or figure.version != item.after_version:
            raise Conflict(_m("A figure of the import has changed since, so it cannot be taken back any more."))
        restore(actor, figure, key, item.before)
    row.state, row.rolled_back_at_utc = str(ImportState.ROLLED_BACK), now_utc()
    record(actor, "rolled_back", row)
    db.session.flush()
    return get_import(actor, import_id)


def _open(actor: Actor, import_id: int) -> GrantImport:
    require(actor, Permission.GRANT_IMPORT)
    row = stored.find_import(import_id, for_update=True)
    if row is None:
        raise NotFound(_m("There is no such import."))
    if not ImportState(row.state).is_open:
        raise Conflict(_m("This import cannot be changed any more."))
    return row


def _key(item: GrantImportItem) -> Key:
    return Key(item.service_id, item.municipality_code, item.year, Kind(item.kind))
