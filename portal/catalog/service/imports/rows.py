"""Rows of the tables made from cleaned records, and stored rows as JSON so that they can be put back exactly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Date, Table

from portal.catalog.models import Capacity, Service
from portal.catalog.types import ContactKind, Form, KeptField

Row = dict[str, Any]
Rows = dict[str, list[Row]]  # by table
Record = dict[str, Any]

SERVICES: Table = Service.__table__  # type: ignore[assignment]  # the declarative base types it as FromClause
CAPACITIES: Table = Capacity.__table__  # type: ignore[assignment]  # as above
_DATES = [column.name for column in SERVICES.c if isinstance(column.type, Date)]

# What belongs to the provider and the kraj: no import sets it, no rollback takes it back.
OWN_COLUMNS = ("id", "register_id", "in_network", "verified_on", "description", "kept_fields")
KEPT_CONTACTS = {KeptField.PHONE: ContactKind.PHONE, KeptField.EMAIL: ContactKind.EMAIL, KeptField.WEB: ContactKind.WEB}
KEPT_HOURS = {
    KeptField.HOURS_OUTREACH: Form.OUTREACH,
    KeptField.HOURS_OUTPATIENT: Form.OUTPATIENT,
    KeptField.HOURS_RESIDENTIAL: Form.RESIDENTIAL,
}


def day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def service_columns(record: Record, provider_id: int) -> Row:
    """Columns of a service that the register decides."""
    return {
        "register_id": record["register_id"],
        "identifier": record["identifier"],
        "provider_id": provider_id,
        "type_code": record["type_code"],
        "name": record["name"],
        "started_on": day(record["started_on"]),
        "ended_on": day(record["ended_on"]),
        "region_wide": record["region_wide"],
        "age_note": record["age_note"],
        "missing_since": None,
    }


def form_rows(record: Record, service_id: int) -> list[Row]:
    return [
        {"service_id": service_id, "form": form["form"], "nonstop": form["nonstop"], "hours": form["hours"]}
        for form in record["forms"]
    ]


def capacity_rows(form: Record, form_id: int) -> list[Row]:
    return [
        {"service_form_id": form_id, "unit": unit, "amount": amount, "note": note}
        for unit, amount, note in form["capacities"]
    ]


def facility_rows(record: Record, service_id: int) -> list[Row]:
    """Days stay as text, see ``writing.insert_rows``."""
    return [{"service_id": service_id, **facility} for facility in record["facilities"]]


def contact_rows(record: Record, service_id: int) -> list[Row]:
    return [
        {"service_id": service_id, "kind": kind, "value": value, "note": note}
        for kind, value, note in record["contacts"]
    ]


def code_rows(record: Record, key: str, service_id: int) -> list[Row]:
    return [{"service_id": service_id, "code": code} for code in record[key]]


def snapshot(service: Row, children: Mapping[str, list[Row]]) -> str:
    """The stored rows of a service as JSON text, ids included."""
    return json.dumps({"services": [service], **children}, ensure_ascii=False, separators=(",", ":"), default=_as_text)


def _as_text(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def restored(text: str) -> Rows:
    """Rows of a snapshot as they were stored; days of what belongs to the service stay as text."""
    rows: Rows = json.loads(text)
    for service in rows["services"]:
        for column in _DATES:
            service[column] = day(service[column])
    return rows
