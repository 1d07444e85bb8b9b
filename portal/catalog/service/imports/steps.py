"""What applying an import and taking it back have in common: chunk by chunk over its changes, then the end of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.catalog.models import CatalogImport
from portal.catalog.queries import imports as queries
from portal.catalog.queries.imports import StoredChange
from portal.catalog.service.imports.info import info_of
from portal.catalog.types import ImportInfo, ImportState
from portal.core import audit
from portal.core.db import db
from portal.core.permissions import Actor

Report = Callable[[int, int], None]


def each_chunk(row: CatalogImport, step: Callable[[list[StoredChange]], None], report: Report) -> None:
    """Do the step with all changes of an import, a chunk at a time; ``report(done, total)`` counts services."""
    done, total = 0, row.added + row.changed + row.ended
    for chunk in queries.change_chunks(row.id):
        step(chunk)
        done += len(chunk)
        report(done, total)


def finish(actor: Actor, row: CatalogImport, state: ImportState, details: dict[str, Any]) -> ImportInfo:
    """Store the state the import came to, with its entry in the audit log."""
    row.state = state
    db.session.flush()
    db.session.expire_all()  # services were written past the session
    audit.record(
        actor,
        f"catalog.import.{state}",
        object_kind="catalog_import",
        object_key=row.id,
        details={"file": row.file_name, **details},
    )
    return info_of(row, queries.latest_applied_id())
