"""SELECTs of the register import."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Table, func, or_, select

from portal.catalog.models import (
    Capacity,
    CatalogImport,
    CatalogImportChange,
    CodeListItem,
    Contact,
    Facility,
    Provider,
    Service,
    ServiceAgeGroup,
    ServiceForm,
    ServiceTargetGroup,
)
from portal.catalog.types import ChangeKind
from portal.core.db import Model, db

CHUNK = 500

# Tables whose rows belong to one service; capacities hang on a form and are read apart.
CHILD_TABLES: dict[str, Table] = {
    model.__tablename__: model.__table__  # type: ignore[misc]  # the declarative base types it as FromClause
    for model in (ServiceForm, Facility, Contact, ServiceTargetGroup, ServiceAgeGroup)
}


class LiveService(NamedTuple):
    record_hash: str
    name: str
    ended_on: date | None
    missing_since: date | None


def live_services() -> dict[int, LiveService]:
    """All services of the catalogue by the register's number."""
    rows = db.session.execute(
        select(Service.register_id, Service.record_hash, Service.name, Service.ended_on, Service.missing_since)
    )
    return {row[0]: LiveService(*row[1:]) for row in rows}


def records_of(register_ids: Sequence[int]) -> dict[int, str]:
    """Stored records (JSON text) of at most a chunk of services."""
    rows = db.session.execute(select(Service.register_id, Service.record).where(Service.register_id.in_(register_ids)))
    return {row[0]: row[1] for row in rows}


def latest_applied_id() -> int | None:
    """The import whose data are live: applied last and not rolled back.

    That is the highest number, since an import is applied only upon the one that was live at its preview.
    """
    return db.session.scalar(select(func.max(CatalogImport.id)).where(CatalogImport.state == "applied"))


def find_import(import_id: int) -> CatalogImport | None:
    """The row as it is in the database now, also when the session read it before."""
    return db.session.scalar(
        select(CatalogImport).where(CatalogImport.id == import_id).execution_options(populate_existing=True)
    )


def imports_of_content(content_hash: str) -> list[CatalogImport]:
    """Earlier imports of the same content, latest first."""
    statement = select(CatalogImport).where(CatalogImport.content_hash == content_hash)
    return list(db.session.scalars(statement.order_by(CatalogImport.id.desc())))


def imports_page(limit: int, offset: int) -> tuple[list[CatalogImport], int]:
    """A page of the history, latest first, and the number of all."""
    rows = db.session.scalars(select(CatalogImport).order_by(CatalogImport.id.desc()).limit(limit).offset(offset))
    return list(rows), db.session.scalar(select(func.count()).select_from(CatalogImport)) or 0


def changes_page(import_id: int, kind: str, limit: int, offset: int) -> list[Any]:
    """A page of changes of one kind by the register's number."""
    statement = (
        select(
            CatalogImportChange.register_id,
            CatalogImportChange.kind,
            CatalogImportChange.name,
            CatalogImportChange.differences,
        )
        .where(CatalogImportChange.import_id == import_id, CatalogImportChange.kind == kind)
        .order_by(CatalogImportChange.register_id)
        .limit(limit)
        .offset(offset)
    )
    return list(db.session.execute(statement))


class StoredChange(NamedTuple):
    id: int
    register_id: int
    kind: str
    before: str | None
    after: str | None
    after_hash: str | None


def change_chunks(import_id: int) -> Iterator[list[StoredChange]]:
    """All changes of an import, a chunk at a time, in the order of their rows."""
    last = 0
    while True:
        rows = db.session.execute(
            select(
                CatalogImportChange.id,
                CatalogImportChange.register_id,
                CatalogImportChange.kind,
                CatalogImportChange.before,
                CatalogImportChange.after,
                CatalogImportChange.after_hash,
            )
            .where(CatalogImportChange.import_id == import_id, CatalogImportChange.id > last)
            .order_by(CatalogImportChange.id)
            .limit(CHUNK)
        )
        chunk = [StoredChange(*row) for row in rows]
        if not chunk:
            return
        yield chunk
        last = chunk[-1].id


def changes_of_services(register_ids: Sequence[int]) -> list[CatalogImportChange]:
    """What all imports kept of these services."""
    statement = select(CatalogImportChange).where(CatalogImportChange.register_id.in_(register_ids))
    return list(db.session.scalars(statement.order_by(CatalogImportChange.id)))


def service_rows(register_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Rows of the table of services by the register's number."""
    table = Service.__table__
    rows = db.session.execute(select(table).where(table.c.register_id.in_(register_ids)))
    return {row.register_id: dict(row._mapping) for row in rows}


def child_rows(service_ids: Sequence[int]) -> dict[int, dict[str, list[dict[str, Any]]]]:
    """Rows that belong to services, by service id and table, in the order of their keys."""
    found: dict[int, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for name, table in CHILD_TABLES.items():
        statement = select(table).where(table.c.service_id.in_(service_ids)).order_by(*table.primary_key.columns)
        for row in db.session.execute(statement):
            found[row.service_id][name].append(dict(row._mapping))
    capacities = Capacity.__table__
    statement = (
        select(capacities, ServiceForm.service_id)
        .join(ServiceForm, ServiceForm.id == capacities.c.service_form_id)
        .where(ServiceForm.service_id.in_(service_ids))
        .order_by(capacities.c.id)
    )
    for row in db.session.execute(statement):
        columns = dict(row._mapping)
        found[columns.pop("service_id")][Capacity.__tablename__].append(columns)
    return found


def added_services_in_use(import_id: int) -> list[int]:
    """Numbers of the services this import added that rows of other features hold fast, ascending.

    The catalogue lies below those features, so it knows their tables only by the foreign keys that refuse a deletion.
    """
    services: Table = Service.__table__  # type: ignore[assignment]  # as above
    holds = [
        select(column.table.c[column.name]).where(column == services.c.id).exists()
        for table in Model.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.references(services) and key.ondelete != "CASCADE"
    ]
    if not holds:
        return []
    statement = (
        select(services.c.register_id)
        .join(CatalogImportChange, CatalogImportChange.register_id == services.c.register_id)
        .where(CatalogImportChange.import_id == import_id, CatalogImportChange.kind == ChangeKind.ADDED, or_(*holds))
    )
    return list(db.session.scalars(statement.order_by(services.c.register_id)))


def providers_by_ico() -> dict[str, dict[str, Any]]:
    """All providers as rows."""
    return {row.ico: dict(row._mapping) for row in db.session.execute(select(Provider.__table__))}


def code_lists() -> dict[str, dict[str, str]]:
    """Names by code of each stored list."""
    lists: dict[str, dict[str, str]] = defaultdict(dict)
    statement = select(CodeListItem.list_name, CodeListItem.code, CodeListItem.name)
    for list_name, code, name in db.session.execute(statement.order_by(CodeListItem.list_name, CodeListItem.code)):
        lists[list_name][code] = name
    return dict(lists)


def taken_ids(table: Table, ids: Sequence[int]) -> set[int]:
    """Which of these primary keys are in use."""
    return set(db.session.scalars(select(table.c.id).where(table.c.id.in_(ids)))) if ids else set()


def highest_id(table: Table, ids: Sequence[int]) -> int:
    """The highest primary key, of the table and of these."""
    return max([db.session.scalar(select(func.max(table.c.id))) or 0, *ids])
