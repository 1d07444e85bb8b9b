"""The record of changes, read from the newest entry back."""

from __future__ import annotations

from portal.accounts import queries
from portal.accounts.types import AuditFilter, AuditPage, AuditRow

PAGE_SIZE = 50


def list_audit(wanted: AuditFilter, *, page_size: int = PAGE_SIZE) -> AuditPage:
    found = queries.audit_rows(wanted, page_size + 1)
    rows = tuple(
        AuditRow(
            id=entry.id,
            at_utc=entry.at_utc,
            user_id=entry.user_id,
            actor_name=entry.actor_name,
            action=entry.action,
            object_kind=entry.object_kind,
            object_key=entry.object_key,
            details=entry.details,
        )
        for entry in found[:page_size]
    )
    return AuditPage(rows=rows, older_than_id=rows[-1].id if len(found) > page_size else None)


def list_actions() -> tuple[list[str], list[str]]:
    """Every action and every kind of object that the record knows, for the filters."""
    pairs = queries.audit_actions()
    return sorted({action for action, _kind in pairs}), sorted({kind for _action, kind in pairs})
