"""What pages and commands are told about an import."""

from __future__ import annotations

from portal.catalog.models import CatalogImport
from portal.catalog.queries import imports as queries
from portal.catalog.types import ImportFault, ImportInfo, ImportState
from portal.core.errors import Forbidden, NotFound
from portal.core.messages import _m, message_from_dict
from portal.core.permissions import Actor, Permission


def require(actor: Actor, permission: Permission) -> None:
    """Raises Forbidden when the actor lacks the permission."""
    if not actor.can(permission):
        raise Forbidden(_m("You may not do this."))


def get_import(import_id: int) -> CatalogImport:
    """The row of an import, as it is in the database now. Raises NotFound."""
    row = queries.find_import(import_id)
    if row is None:
        raise NotFound(_m("There is no such import."))
    return row


def info_of(row: CatalogImport, latest_applied_id: int | None, *, repeated: bool = False) -> ImportInfo:
    return ImportInfo(
        id=row.id,
        state=ImportState(row.state),
        file_name=row.file_name,
        reasons=tuple(message_from_dict(stored) for stored in (row.reason or {}).get("messages", ())),
        services_in_file=row.services_in_file,
        services_in_region=row.services_in_region,
        services_live=row.services_live,
        added=row.added,
        changed=row.changed,
        ended=row.ended,
        counted=row.counted,
        faults=tuple(
            ImportFault(fault["error"], fault["path"], message_from_dict(fault["message"])) for fault in row.row_errors
        ),
        error_count=row.row_error_count,
        notice_count=row.row_notice_count,
        created_at_utc=row.created_at_utc,
        applied_at_utc=row.applied_at_utc,
        rolled_back_at_utc=row.rolled_back_at_utc,
        is_latest_applied=row.id == latest_applied_id,
        repeated=repeated,
    )
