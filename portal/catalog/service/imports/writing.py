"""Writes cleaned records into the tables, a chunk of services at a time, no statement for a single one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam, delete, insert, update

from portal.catalog.models import Contact, Facility, ServiceAgeGroup, ServiceForm, ServiceTargetGroup
from portal.catalog.queries import imports as queries
from portal.catalog.queries.imports import CHILD_TABLES, StoredChange
from portal.catalog.service.changes import tell_types_changed
from portal.catalog.service.imports import rows as make
from portal.catalog.service.imports.providers import Providers
from portal.catalog.service.imports.rows import CAPACITIES, KEPT_CONTACTS, KEPT_HOURS, SERVICES, Record, Row, Rows
from portal.catalog.types import KeptField
from portal.core.clock import today
from portal.core.db import db

_FORMS: Any = ServiceForm.__table__


@dataclass(frozen=True)
class _Entry:
    """A record to be written under a service; ``kept`` are the stored rows that stay as they are."""

    record: Record
    service_id: int
    kept_fields: tuple[str, ...] = ()
    stored: Rows | None = None


def add_services(chunk: list[StoredChange], providers: Providers) -> None:
    """Write new services."""
    if not chunk:
        return
    records = [json.loads(change.after or "") for change in chunk]
    providers.take([record["provider"] for record in records])
    services = [
        {
            **make.service_columns(record, providers.id_of(record["provider"]["ico"])),
            "kept_fields": [],
            "record": change.after,
            "record_hash": change.after_hash,
        }
        for change, record in zip(chunk, records, strict=True)
    ]
    # The database may answer in any order, so each answer carries the key it belongs to.
    stored = db.session.execute(insert(SERVICES).returning(SERVICES.c.register_id, SERVICES.c.id), services)
    ids = {row.register_id: row.id for row in stored}
    _write_children([_Entry(record, ids[record["register_id"]]) for record in records])


def change_services(chunk: list[StoredChange], providers: Providers) -> dict[int, str]:
    """Write changed services anew, except the fields that the provider and the kraj have settled.

    Returns the stored rows before, as JSON text by the register's number.
    """
    if not chunk:
        return {}
    stored, children, before = _stored([change.register_id for change in chunk])
    records = [json.loads(change.after or "") for change in chunk]
    providers.take([record["provider"] for record in records])
    updates, entries = [], []
    for change, record in zip(chunk, records, strict=True):
        service = stored[change.register_id]
        kept = tuple(service["kept_fields"] or ())
        columns = make.service_columns(record, providers.id_of(record["provider"]["ico"]))
        columns.update(record=change.after, record_hash=change.after_hash, changed_on=today())
        updates.append(_keep_columns(columns, service, kept))
        entries.append(_Entry(record, service["id"], kept, children[service["id"]]))
    _update_services(updates)
    delete_children([service["id"] for service in stored.values()])
    _write_children(entries)
    tell_types_changed(stored, {record["register_id"]: record["type_code"] for record in records})
    return before


def end_services(chunk: list[StoredChange]) -> dict[int, str]:
    """Mark services that are gone from the register as ended; their entry stays. Returns the rows before.

    Their last day is yesterday, since today the register no longer has them.
    """
    if not chunk:
        return {}
    stored, _children, before = _stored([change.register_id for change in chunk])
    yesterday = today() - timedelta(days=1)
    _update_services(
        [
            {
                "register_id": service["register_id"],
                "ended_on": max(yesterday, service["started_on"] or yesterday),
                "missing_since": today(),
                "changed_on": today(),
            }
            for service in stored.values()
        ]
    )
    return before


def delete_children(service_ids: list[int]) -> None:
    """Delete all rows that belong to the services; capacities go with their form."""
    for table in CHILD_TABLES.values():
        db.session.execute(delete(table).where(table.c.service_id.in_(service_ids)))


def insert_rows(table: Any, rows: list[Row]) -> None:
    """Insert rows that all have the same columns, days as text (2026-09-01), straight through the driver.

    The register has tens of thousands of them, and preparing each by its column types took as long as storing it.
    """
    if not rows:
        return
    connection = db.session.connection()
    names = list(rows[0])
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join([mark] * len(names))})"
    connection.exec_driver_sql(statement, list(map(itemgetter(*names), rows)))


def _stored(register_ids: list[int]) -> tuple[dict[int, Row], dict[int, Rows], dict[int, str]]:
    services = queries.service_rows(register_ids)
    children = queries.child_rows([service["id"] for service in services.values()])
    before = {number: make.snapshot(service, children[service["id"]]) for number, service in services.items()}
    return services, children, before


def _update_services(rows: list[Row]) -> None:
    named = [{"of_number": row["register_id"], **{k: v for k, v in row.items() if k != "register_id"}} for row in rows]
    statement = update(SERVICES).where(SERVICES.c.register_id == bindparam("of_number"))
    db.session.connection().execute(statement, named)


def _keep_columns(columns: Row, service: Row, kept: tuple[str, ...]) -> Row:
    for name in (KeptField.NAME, KeptField.AGE_NOTE):
        if name in kept:
            columns[name.value] = service[name.value]
    return columns


def _write_children(entries: list[_Entry]) -> None:
    forms = [row for e in entries for row in _keep_hours(make.form_rows(e.record, e.service_id), e)]
    if forms:
        stored = db.session.execute(insert(_FORMS).returning(_FORMS.c.service_id, _FORMS.c.form, _FORMS.c.id), forms)
        ids = {(service_id, form): identifier for service_id, form, identifier in stored}
        insert_rows(
            CAPACITIES,
            [
                row
                for entry in entries
                for form in entry.record["forms"]
                for row in make.capacity_rows(form, ids[entry.service_id, form["form"]])
            ],
        )
    facilities: list[Row] = []
    contacts: list[Row] = []
    kept_contacts: list[Row] = []
    for entry in entries:
        facilities += make.facility_rows(entry.record, entry.service_id)
        own = {KEPT_CONTACTS[name].value for name in KEPT_CONTACTS if name in entry.kept_fields}
        contacts += [row for row in make.contact_rows(entry.record, entry.service_id) if row["kind"] not in own]
        kept_contacts += [row for row in (entry.stored or {}).get("service_contacts", []) if row["kind"] in own]
    insert_rows(Facility.__table__, facilities)
    insert_rows(Contact.__table__, kept_contacts)  # first, since these bring their numbers
    insert_rows(Contact.__table__, contacts)
    for model, key in ((ServiceTargetGroup, "target_groups"), (ServiceAgeGroup, "age_groups")):
        rows = [row for entry in entries for row in make.code_rows(entry.record, key, entry.service_id)]
        insert_rows(model.__table__, rows)


def _keep_hours(rows: list[Row], entry: _Entry) -> list[Row]:
    own = {KEPT_HOURS[name].value for name in KEPT_HOURS if name in entry.kept_fields}
    stored = {row["form"]: row["hours"] for row in (entry.stored or {}).get(ServiceForm.__tablename__, [])}
    for row in rows:
        if row["form"] in own and row["form"] in stored:
            row["hours"] = stored[row["form"]]
    return rows
