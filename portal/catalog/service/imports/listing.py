"""Reads of the imports: history, one import, its changes, and what the catalogue holds."""

from __future__ import annotations

from typing import Any

from portal.catalog.queries import holdings
from portal.catalog.queries import imports as queries
from portal.catalog.service.imports.info import get_import, info_of, require
from portal.catalog.service.version import current_version
from portal.catalog.types import ChangeKind, Difference, ImportChange, ImportInfo
from portal.core.clock import today
from portal.core.permissions import Actor, Permission

PAGE = 50


def list_imports(actor: Actor, *, page: int = 1, size: int = 20) -> tuple[list[ImportInfo], int]:
    """A page of the history, latest first, and the number of all imports."""
    require(actor, Permission.CATALOG_IMPORT_READ)
    rows, total = queries.imports_page(size, (page - 1) * size)
    latest = queries.latest_applied_id()
    return [info_of(row, latest) for row in rows], total


def find_import_info(actor: Actor, import_id: int) -> ImportInfo:
    """One import. Raises NotFound."""
    require(actor, Permission.CATALOG_IMPORT_READ)
    return info_of(get_import(import_id), queries.latest_applied_id())


def list_changes(actor: Actor, import_id: int, kind: ChangeKind, *, page: int = 1) -> list[ImportChange]:
    """A page of what an import does, of one kind, by the register's number."""
    require(actor, Permission.CATALOG_IMPORT_READ)
    get_import(import_id)
    return [
        ImportChange(
            row.register_id, ChangeKind(row.kind), row.name, tuple(Difference(**entry) for entry in row.differences)
        )
        for row in queries.changes_page(import_id, kind, PAGE, (page - 1) * PAGE)
    ]


def holdings_of_catalog() -> dict[str, Any]:
    """What the catalogue holds now: services by state and type, providers, facilities, the import that is live.

    A service is ended when its last day is past; facilities are counted of all services, ended ones too.
    """
    latest = queries.latest_applied_id()
    row = get_import(latest) if latest is not None else None
    return {
        "version": current_version(),
        **holdings.services(today()),
        "providers": holdings.providers(),
        "facilities": holdings.facilities(),
        "import": row
        and {
            "id": row.id,
            "file": row.file_name,
            "applied_at": row.applied_at_utc and row.applied_at_utc.isoformat(),
        },
    }


def code_names() -> dict[str, dict[str, str]]:
    """Names of target and age groups by list and code, as last imported."""
    return queries.code_lists()
