"""Waiting lists in few words: services of two providers, applications of invented persons."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from flask import current_app

from portal.catalog.models import Service
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.vault.types import Vault
from portal.waitlists import service
from portal.waitlists.types import Attributes, Urgency
from tests.factories.accounts import OWN_ICO
from tests.factories.catalog import find_or_make_provider, make_code_list, make_service
from tests.factories.vault import person

RECEIVED = date(2026, 3, 2)


def the_vault() -> Vault:
    vault: Vault = current_app.extensions["portal_vault"]
    return vault


def make_listed(ico: str = OWN_ICO, **columns: Any) -> Service:
    """A residential service of the provider, stored for good."""
    with transaction():
        return make_service(find_or_make_provider(ico), type_code="49", target_groups=("SENIOR",), **columns)


def make_groups() -> None:
    with transaction():
        make_code_list("target_groups", {"SENIOR": "senioři", "OZP": "osoby se zdravotním postižením"})


def attributes(reference: str = "SOC-1/26", **changes: Any) -> Attributes:
    given: dict[str, Any] = {
        "file_reference": reference,
        "received_on": RECEIVED,
        "adverse_situation": "dependence_on_care",
        "target_group": "SENIOR",
        "municipality_code": "523704",
        "urgency": Urgency.USUAL,
        "birth_year": 1944,
        **changes,
    }
    return Attributes(**given)


def apply_for(listed: Service, name: str, reference: str = "SOC-1/26", **changes: Any) -> int:
    """An application of the person of this name; returns its id."""
    has_birth_number = changes.pop("has_birth_number", True)
    criteria = changes.pop("criteria", ())
    with transaction():
        return service.add_application(
            OPERATOR,
            vault=the_vault(),
            register_id=listed.register_id,
            digests=person(name, has_birth_number=has_birth_number),
            attributes=attributes(reference, **changes),
            criteria=criteria,
        )


def move(listed: Service, application_id: int, step: Any, on: date, **given: Any) -> None:
    """A step, taken with the application as it is."""
    detail = service.read_application(OPERATOR, register_id=listed.register_id, application_id=application_id)
    with transaction():
        service.move_application(
            OPERATOR,
            register_id=listed.register_id,
            application_id=application_id,
            version=detail.row.version,
            step=step,
            on=on,
            **given,
        )


ROW = {
    "kód": "",
    "číslo spisu": "SOC-1/26",
    "přijato": "2. 3. 2026",
    "situace": "závislost na péči jiné osoby",
    "obec": "unknown",
}


def list_file(path: Path, rows: Sequence[Mapping[str, str]], usual: Mapping[str, str] = ROW) -> Path:
    """A waiting list as CSV, or what else has the columns of ``usual``; what a row does not tell is as there."""
    headings = list(dict.fromkeys([*usual, *(name for row in rows for name in row)]))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(headings)
        writer.writerows([row.get(name, usual.get(name, "")) for name in headings] for row in rows)
    return path
