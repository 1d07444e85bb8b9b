"""Imports of a service's list, and of its register of users."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select

from portal.core.db import db
from portal.waitlists.models import Application, Client, ListImport, ListImportItem
from portal.waitlists.types import ImportState, ImportSubject

AT_ONCE = 500


def find_import(
    service_id: int, import_id: int, subject: ImportSubject, *, for_update: bool = False
) -> ListImport | None:
    query = select(ListImport).where(
        ListImport.id == import_id, ListImport.service_id == service_id, ListImport.subject == subject
    )
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def last_imports(service_id: int, subject: ImportSubject, *, limit: int) -> list[ListImport]:
    """The last imports of the service, the youngest first."""
    query = select(ListImport).where(ListImport.service_id == service_id, ListImport.subject == subject)
    return list(db.session.scalars(query.order_by(ListImport.id.desc()).limit(limit)))


def last_applied(service_id: int, subject: ImportSubject) -> ListImport | None:
    query = select(ListImport).where(
        ListImport.service_id == service_id, ListImport.subject == subject, ListImport.state == ImportState.APPLIED
    )
    return db.session.scalar(query.order_by(ListImport.applied_at_utc.desc(), ListImport.id.desc()).limit(1))


def kind_counts(import_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """How many items of each kind, by import."""
    query = (
        select(ListImportItem.import_id, ListImportItem.kind, func.count())
        .where(ListImportItem.import_id.in_(import_ids))
        .group_by(ListImportItem.import_id, ListImportItem.kind)
    )
    found: dict[int, dict[str, int]] = {}
    for import_id, kind, count in db.session.execute(query):
        found.setdefault(import_id, {})[kind] = count
    return found


def items_of(
    import_id: int, *, kind: str | None = None, limit: int | None = None, offset: int = 0
) -> list[ListImportItem]:
    """Items in the order of the file; of one kind or of all."""
    query = select(ListImportItem).where(ListImportItem.import_id == import_id)
    if kind is not None:
        query = query.where(ListImportItem.kind == kind)
    return list(db.session.scalars(query.order_by(ListImportItem.id).limit(limit).offset(offset)))


def all_of_service(service_id: int) -> list[Application]:
    """Every application of the service."""
    query = select(Application).where(Application.service_id == service_id)
    return list(db.session.scalars(query.order_by(Application.id)))


def applications_by_id(service_id: int, ids: Collection[int]) -> dict[int, Application]:
    """These applications of the service, locked."""
    wanted, found = sorted(ids), dict[int, Application]()
    for start in range(0, len(wanted), AT_ONCE):
        query = (
            select(Application)
            .where(Application.service_id == service_id, Application.id.in_(wanted[start : start + AT_ONCE]))
            .order_by(Application.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        found.update({row.id: row for row in db.session.scalars(query)})
    return found


def stays_of_service(service_id: int) -> list[Client]:
    """Every stay of the service."""
    return list(db.session.scalars(select(Client).where(Client.service_id == service_id).order_by(Client.id)))


def stays_by_id(service_id: int, ids: Collection[int]) -> dict[int, Client]:
    """These stays of the service, locked."""
    wanted, found = sorted(ids), dict[int, Client]()
    for start in range(0, len(wanted), AT_ONCE):
        query = (
            select(Client)
            .where(Client.service_id == service_id, Client.id.in_(wanted[start : start + AT_ONCE]))
            .order_by(Client.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        found.update({row.id: row for row in db.session.scalars(query)})
    return found


def youngest_stay(service_id: int) -> int:
    """The greatest id among the stays of the service; 0 without any."""
    return db.session.scalar(select(func.max(Client.id)).where(Client.service_id == service_id)) or 0


def stays_after(service_id: int, client_id: int) -> list[tuple[int, bytes, object]]:
    """Id, code and first day of the stays that were added after this one."""
    query = select(Client.id, Client.code, Client.started_on).where(
        Client.service_id == service_id, Client.id > client_id
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]
