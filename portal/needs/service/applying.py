"""Writing of an import of needs that was seen: all of it in one unit of work, or nothing; taking the last one back."""

from __future__ import annotations

from collections.abc import Iterable

from portal.core import import_steps
from portal.core.db import db
from portal.core.errors import Conflict, Forbidden
from portal.core.import_states import ImportInfo
from portal.core.messages import _m
from portal.core.permissions import Actor
from portal.needs import queries
from portal.needs.queries import cell_of
from portal.needs.service import figures
from portal.needs.service.imports import reached_imports, record
from portal.needs.service.reach import read_reach
from portal.needs.service.sheets import NOT_THEIRS, check_open, is_theirs
from portal.needs.types import Key, Step
from portal.returns.types import Period


def apply_import(actor: Actor, import_id: int) -> ImportInfo:
    """Write what the preview showed.

    Raises NotFound; Forbidden, also for a file with faults or read by another person, for quarters that are closed by
    now and for figures that the actor may not write; Conflict when a figure has changed since the preview.
    """
    reach = read_reach(actor)
    reached = reached_imports(actor, reach)
    row = import_steps.import_to_apply(reached, import_id)
    items = {queries.key_of(item): item for item in queries.import_items(row.id)}
    _check_open(items)
    there = queries.needs_by_key(items, for_update=True)
    told = {key[:3]: key.is_mark for key in there if key not in items}  # situations, and whether answered as a whole
    for key, item in items.items():
        stored, source = there.get(key), reach.writer(key.municipality_code)
        if (None if stored is None else stored.version) != item.base_version:
            raise _changed()
        if item.after is None:
            assert stored is not None
            figures.remove(actor, stored, source=source)
            continue
        if told.get(key[:3], key.is_mark) != key.is_mark:
            raise _changed()
        if stored is not None and not is_theirs(stored, source):
            raise Forbidden(NOT_THEIRS)  # it was, in the role in which the file was read
        persons = cell_of(item.after["state"], item.after["persons"])
        note = item.after["note"]
        stored = figures.write(actor, key, persons, note, source=source, row=stored, step=Step.IMPORTED)
        item.after_version = stored.version
    import_steps.set_applied(row)
    record(actor, "applied", row)
    db.session.flush()
    return import_steps.import_info(reached, row)


def discard_import(actor: Actor, import_id: int) -> None:
    """Put a file aside. Raises NotFound, Forbidden, Conflict."""
    row = import_steps.discard(reached_imports(actor, read_reach(actor)), import_id)
    record(actor, "discarded", row)
    db.session.flush()


def roll_back_import(actor: Actor, import_id: int) -> ImportInfo:
    """Restore what an import has changed, and remove what it added.

    Raises NotFound; Forbidden for another than the one that the actor read and applied last, for quarters that are
    closed by now and for figures that the actor may not write; Conflict when a figure that it wrote has changed since,
    as nothing that somebody did later is lost.
    """
    reach = read_reach(actor)
    reached = reached_imports(actor, reach)
    row = import_steps.import_to_take_back(reached, import_id)
    items = {queries.key_of(item): item for item in queries.import_items(row.id)}
    _check_open(items)
    there = queries.needs_by_key(items, for_update=True)
    under = queries.items_under(items)
    with_others = {key[:3] for key in there if key not in items and not key.is_mark}
    for key, item in items.items():
        stored, source = there.get(key), reach.writer(key.municipality_code)
        if (None if stored is None else stored.version) != item.after_version or (
            key.is_mark and key[:3] in with_others
        ):
            raise Conflict(_m("A figure of the import has changed since, so it cannot be taken back any more."))
        if stored is not None and not is_theirs(stored, source):
            raise Forbidden(NOT_THEIRS)  # it was, in the role in which the file was taken over
        version = figures.restore(actor, key, stored, item.before, source=source)
        if key in under:
            under[key].after_version = version  # what it wrote stands again, so it can be taken back next
    import_steps.set_rolled_back(row)
    record(actor, "rolled_back", row)
    db.session.flush()
    return import_steps.import_info(reached, row)


def _check_open(keys: Iterable[Key]) -> None:
    for period in {key.period for key in keys}:
        check_open(Period.parse(period))


def _changed() -> Conflict:
    return Conflict(_m("Figures have changed since this preview was made. Read the file again."))
