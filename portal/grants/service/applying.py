"""Writing of an import that was seen: all of it in one unit of work, or nothing; taking the last one back."""

from __future__ import annotations

from portal.core import import_steps
from portal.core.db import db
from portal.core.errors import Conflict
from portal.core.import_states import ImportInfo
from portal.core.messages import _m
from portal.core.permissions import Actor
from portal.grants import queries
from portal.grants.queries import imports as stored
from portal.grants.service.figures import given_from_dict, restore, write
from portal.grants.service.imports import reached_imports, record
from portal.grants.types import Side, Source


def apply_import(actor: Actor, import_id: int) -> ImportInfo:
    """Write what the preview showed. Raises NotFound, Forbidden (also for a file with faults), Conflict when a figure
    has changed since the preview."""
    reached = reached_imports(actor)
    row = import_steps.import_to_apply(reached, import_id)
    items = stored.items_of(row.id)
    there = queries.figures_by_key([stored.key_of(item) for item in items], Side.MUNICIPALITY, for_update=True)
    for item in items:
        key = stored.key_of(item)
        figure = there.get(key)
        if (None if figure is None else figure.version) != item.base_version:
            raise Conflict(_m("Figures have changed since this preview was made. Read the file again."))
        given = given_from_dict(item.after)
        figure = write(actor, key, Side.MUNICIPALITY, given, source=Source.IMPORT, step="imported", figure=figure)
        item.after_version = figure.version
    import_steps.set_applied(row)
    record(actor, "applied", row)
    db.session.flush()
    return import_steps.import_info(reached, row)


def discard_import(actor: Actor, import_id: int) -> None:
    """Put a file aside. Raises NotFound, Forbidden, Conflict."""
    row = import_steps.discard(reached_imports(actor), import_id)
    record(actor, "discarded", row)
    db.session.flush()


def roll_back_import(actor: Actor, import_id: int) -> ImportInfo:
    """Restore what an import has changed, and remove what it added.

    Raises NotFound; Forbidden when whoever read it applied another one later; Conflict when a figure that it wrote has
    changed since, as nothing that somebody did later is lost.
    """
    reached = reached_imports(actor)
    row = import_steps.import_to_take_back(reached, import_id)
    items = stored.items_of(row.id)
    there = queries.figures_by_key([stored.key_of(item) for item in items], Side.MUNICIPALITY, for_update=True)
    under = stored.items_under(items)
    for item in items:
        key = stored.key_of(item)
        figure = there.get(key)
        if figure is None or figure.version != item.after_version:
            raise Conflict(_m("A figure of the import has changed since, so it cannot be taken back any more."))
        restore(actor, figure, key, item.before)
        if (former := under.get(key)) is not None:
            former.after_version = figure.version  # what it wrote stands again, so it can be taken back next
    import_steps.set_rolled_back(row)
    record(actor, "rolled_back", row)
    db.session.flush()
    return import_steps.import_info(reached, row)
