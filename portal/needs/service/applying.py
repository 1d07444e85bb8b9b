"""Writing of an import of needs that was seen: all of it in one unit of work, or nothing; taking the last one back."""

from __future__ import annotations

from portal.core import importing
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden
from portal.core.imports import ImportInfo
from portal.core.messages import _m
from portal.core.permissions import Actor
from portal.needs import queries
from portal.needs.models import MunicipalNeedImport
from portal.needs.queries import cell_of
from portal.needs.service import figures
from portal.needs.service.imports import get_import, read_by, record
from portal.needs.service.reach import read_reach
from portal.needs.service.sheets import is_open, is_theirs
from portal.needs.types import Step
from portal.returns.types import Period


def apply_import(actor: Actor, import_id: int) -> ImportInfo:
    """Write what the preview showed.

    Raises NotFound; Forbidden, also for a file with faults and for figures that the actor may not write; Conflict when
    a figure has changed since the preview.
    """
    row, reach = importing.import_to_apply(MunicipalNeedImport, import_id, reader_id=read_by(actor)), read_reach(actor)
    items = {queries.key_of(item): item for item in queries.import_items(row.id)}
    there = queries.needs_by_key(items, for_update=True)
    told = {key[:3]: key.is_mark for key in there if key not in items}  # situations, and whether answered as a whole
    for key, item in items.items():
        stored, source = there.get(key), reach.writer(key.municipality_code)
        if (None if stored is None else stored.version) != item.base_version:
            raise _changed()
        if item.after is not None and told.get(key[:3], key.is_mark) != key.is_mark:
            raise _changed()
        if not is_open(Period.parse(key.period)) or (
            stored is not None and item.after is not None and not is_theirs(stored, source)
        ):
            raise Forbidden(_m("The file holds figures that you may not write; whoever read it takes it over."))
        if item.after is None:
            assert stored is not None
            figures.remove(actor, stored, source=source)
            continue
        persons = cell_of(item.after["state"], item.after["persons"])
        note = item.after["note"]
        stored = figures.write(actor, key, persons, note, source=source, row=stored, step=Step.IMPORTED)
        item.after_version = stored.version
    importing.set_applied(row)
    record(actor, "applied", row)
    db.session.flush()
    return get_import(actor, import_id)


def discard_import(actor: Actor, import_id: int) -> None:
    """Put a file aside. Raises NotFound, Forbidden, Conflict."""
    row = importing.discard(MunicipalNeedImport, import_id, reader_id=read_by(actor))
    record(actor, "discarded", row)
    db.session.flush()


def roll_back_import(actor: Actor, import_id: int) -> ImportInfo:
    """Restore what the import applied last has changed, and remove what it added.

    Raises NotFound; Forbidden when it is not the one applied last; Conflict when a figure that it wrote has changed
    since, as nothing that somebody did later is lost.
    """
    reader_id = read_by(actor)
    row, reach = importing.import_to_take_back(MunicipalNeedImport, import_id, reader_id=reader_id), read_reach(actor)
    items = {queries.key_of(item): item for item in queries.import_items(row.id)}
    there = queries.needs_by_key(items, for_update=True)
    with_others = {key[:3] for key in there if key not in items and not key.is_mark}
    for key, item in items.items():
        stored = there.get(key)
        if (None if stored is None else stored.version) != item.after_version or (
            key.is_mark and key[:3] in with_others
        ):
            raise Conflict(_m("A figure of the import has changed since, so it cannot be taken back any more."))
        figures.restore(actor, key, stored, item.before, source=reach.writer(key.municipality_code))
    importing.set_rolled_back(row)
    record(actor, "rolled_back", row)
    db.session.flush()
    return get_import(actor, import_id)


def _changed() -> Conflict:
    return Conflict(_m("Figures have changed since this preview was made. Read the file again."))
