"""An invented catalogue of any size in a fresh SQLite database, for the benchmarks of its pages and its search."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from portal.app import create_app  # noqa: E402 - the repository has to be on the path first
from portal.catalog.models import (  # noqa: E402 - as above
    Capacity,
    CodeListItem,
    Contact,
    Facility,
    Provider,
    Service,
    ServiceForm,
    ServiceTargetGroup,
)
from portal.catalog.service.version import bump_version  # noqa: E402 - as above
from portal.catalog.types import service_types  # noqa: E402 - as above
from portal.core.config import load_settings  # noqa: E402 - as above
from portal.core.db import db  # noqa: E402 - as above
from portal.core.transaction import transaction  # noqa: E402 - as above
from tests.factories.catalog import make_ico  # noqa: E402 - as above
from tests.factories.catalog_words import DESCRIPTIONS, NAMES, TARGET_GROUPS, TOWNS  # noqa: E402 - as above

CHUNK = 5_000
ORP_CODES = {town: f"{7101 + number}" for number, town in enumerate(TOWNS[:13])}
NOW = date(2026, 8, 3)


def catalogue_app(folder: Path, services: int, seed: int = 1) -> Flask:
    """A portal on a new database with so many services; the same seed gives the same catalogue."""
    app = create_app(load_settings({"PORTAL_ENV": "test", "PORTAL_INSTANCE": str(folder)}))
    with app.app_context():
        upgrade()
        with transaction():
            fill(services, seed)
    return app


def fill(services: int, seed: int = 1) -> None:
    """Store providers and services in the present transaction: 1 to 3 places each, 1 to 3 groups, a phone."""
    rng = random.Random(seed)
    connection = db.session.connection()
    providers = max(1, services // 4)
    _insert(connection, Provider, _providers(providers, rng))
    _insert(
        connection,
        CodeListItem,
        ({"list_name": "target_groups", "code": str(n), "name": name} for n, name in enumerate(TARGET_GROUPS)),
    )
    rows: dict[type[Any], list[dict[str, Any]]] = {}
    for number in range(1, services + 1):
        for model, row in _service(number, providers, rng):
            rows.setdefault(model, []).append(row)
        if number % CHUNK == 0 or number == services:
            for model in (Service, ServiceForm, Capacity, Facility, Contact, ServiceTargetGroup):
                _insert(connection, model, rows.pop(model, []))
    bump_version()


def _insert(connection: sa.Connection, model: type[Any], rows: Any) -> None:
    listed = list(rows)
    if listed:
        connection.execute(sa.insert(model.__table__), listed)


def _providers(count: int, rng: random.Random) -> Iterator[dict[str, Any]]:
    for number in range(1, count + 1):
        yield {
            "id": number,
            "ico": make_ico(1_000_000 + number),
            "name": f"{rng.choice(NAMES)} {rng.choice(TOWNS)}",
            "address": None,
            "web": None,
            "email": None,
            "phone": None,
        }


def _service(number: int, providers: int, rng: random.Random) -> Iterator[tuple[type[Any], dict[str, Any]]]:
    kind = rng.choice(list(service_types().values()))
    town = rng.choice(TOWNS)
    yield (
        Service,
        {
            "id": number,
            "register_id": 10_000 + number,
            "identifier": f"{1_000_000 + number}",
            "provider_id": rng.randint(1, providers),
            "type_code": kind.section,
            "name": f"{rng.choice(NAMES)} {town} – {kind.name_cs.lower()} {number % 997}",
            "started_on": date(2010, 1, 1) + timedelta(days=rng.randint(0, 4_000)),
            "ended_on": date(2023, 1, 31) if rng.random() < 0.08 else None,
            "region_wide": rng.random() < 0.03,
            "in_network": None,
            "verified_on": NOW - timedelta(days=rng.randint(0, 700)) if rng.random() < 0.7 else None,
            "description": rng.choice(DESCRIPTIONS) if rng.random() < 0.5 else None,
            "age_note": None,
            "kept_fields": [],
            "record": "{}",
            "record_hash": "",
        },
    )
    form = rng.choice(kind.forms)
    yield (
        ServiceForm,
        {"id": number, "service_id": number, "form": str(form), "nonstop": form == "residential", "hours": None},
    )
    yield Capacity, {"service_form_id": number, "unit": "clients", "amount": rng.randint(4, 90), "note": None}
    yield (
        Contact,
        {"service_id": number, "kind": "phone", "value": f"{rng.randint(580_000_000, 589_999_999)}", "note": None},
    )
    for place in [town, *rng.sample(TOWNS, rng.choice((0, 0, 1)))]:
        yield Facility, _facility(number, place, rng)
    for group in rng.sample(range(len(TARGET_GROUPS)), rng.randint(1, 3)):
        yield ServiceTargetGroup, {"service_id": number, "code": str(group)}


def _facility(service_id: int, town: str, rng: random.Random) -> dict[str, Any]:
    orp = list(ORP_CODES)[TOWNS.index(town) % len(ORP_CODES)]
    return {
        "service_id": service_id,
        "name": None,
        "secret": False,
        "street": "Lipová",
        "house_number": str(rng.randint(1, 200)),
        "postcode": f"{rng.randint(75_000, 79_999)}",
        "municipality_code": f"{500_000 + TOWNS.index(town)}",
        "municipality_name": town,
        "orp_code": ORP_CODES[orp],
        "orp_name": orp,
        "lon": 17.0 + rng.random(),
        "lat": 49.5 + rng.random(),
        "point_is_exact": False,
    }
