"""An invented network of services with accepted returns in many quarters, filled in bulk, for benchmarks.

A service has one to three forms, each return the cells of the fields that the shipped metrics need and of some others;
a few cells are zero, not supplied or not applicable. The largest type holds a tenth of the services and the largest
provider forty of them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import insert

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from portal.catalog.models import Provider, Service, ServiceForm  # noqa: E402 - the repository has to be on the path first
from portal.catalog.types import service_types  # noqa: E402 - as above
from portal.core.clock import now_utc  # noqa: E402 - as above
from portal.core.db import db  # noqa: E402 - as above
from portal.core.transaction import transaction  # noqa: E402 - as above
from portal.returns.definition import definition_for  # noqa: E402 - as above
from portal.returns.models import ReportingPeriod, Return  # noqa: E402 - as above
from portal.returns.types import ALL, SERVICE_FORMS, Period  # noqa: E402 - as above

SERVICES_AT_SCALE_1 = 200
QUARTERS = [Period(2026, 2).shifted(-back) for back in reversed(range(40))]
TYPES = list(service_types())
LARGEST_TYPE = TYPES[0]
LARGEST_ICO = f"{1:08}"
OF_LARGEST_PROVIDER = 40
OF_FORMS = {"direct_hours": (50, 2_000), "direct_care_fte": (1, 12)}
OF_BEDS = {"beds": (5, 90), "bed_days_used": (400, 8_000)}
OF_SERVICE = {
    "users_at_end": (5, 120),
    "users_in_quarter": (5, 200),
    "users_new": (0, 30),
    "refused_applicants": (0, 30),
    "fte_management": (0, 4),
    "costs_total": (200_000, 9_000_000),
    "revenues_total": (200_000, 9_000_000),
    "revenue_municipalities": (0, 900_000),
}
STATES = np.array(["value", "zero", "not_supplied", "not_applicable"], dtype=object)
CHANCES = (0.95, 0.01, 0.03, 0.01)
_CELLS = ("return_id", "form", "field", "state", "value")


@dataclass(frozen=True)
class World:
    services: int
    forms: dict[str, Any]  # form -> which services (by place) have it

    @property
    def returns(self) -> int:
        return self.services * len(QUARTERS)


def fill(scale: int) -> World:
    """Store the network of a scale; ids of services run from 1, those of returns quarter by quarter."""
    services = scale * SERVICES_AT_SCALE_1
    random = np.random.default_rng(1)
    forms = {form: random.random(services) < share for form, share in zip(SERVICE_FORMS, (0.4, 0.5, 0.35), strict=True)}
    forms["outpatient"] |= ~np.logical_or.reduce(list(forms.values()))
    with transaction():
        _fill_catalogue(services, forms, random)
        for number, quarter in enumerate(QUARTERS):
            _fill_quarter(number, quarter, services, forms, random)
    return World(services, forms)


def _fill_catalogue(services: int, forms: dict[str, Any], random: np.random.Generator) -> None:
    numbers = range(1, services + 1)
    providers = np.where(np.arange(services) < OF_LARGEST_PROVIDER, 1, 2 + np.arange(services) // 3)
    types = np.where(random.random(services) < 0.1, 0, random.integers(0, len(TYPES), services))
    session = db.session
    session.execute(
        insert(Provider),
        [{"id": int(n), "ico": f"{n:08}", "name": f"Poskytovatel {n}, z. s."} for n in np.unique(providers)],
    )
    shared = {"region_wide": False, "kept_fields": [], "record": "{}", "record_hash": ""}
    owners = providers.tolist()
    session.execute(
        insert(Service),
        [
            {
                "id": n,
                "register_id": n,
                "provider_id": owners[n - 1],
                "type_code": TYPES[types[n - 1]],
                "name": f"Služba {n}",
                **shared,
            }
            for n in numbers
        ],
    )
    rows = [
        {"service_id": int(place) + 1, "form": form, "nonstop": False}
        for form, has in forms.items()
        for place in np.flatnonzero(has)
    ]
    session.execute(insert(ServiceForm), rows)
    now = now_utc()
    session.execute(
        insert(ReportingPeriod),
        [
            {"period": str(q), "on_time_until": q.last_day, "closes_on": q.last_day, "opened_at_utc": now}
            for q in QUARTERS
        ],
    )


def _fill_quarter(
    number: int, quarter: Period, services: int, forms: dict[str, Any], random: np.random.Generator
) -> None:
    now = now_utc()
    common = {
        "period": str(quarter),
        "form_version": definition_for(quarter).code,
        "state": "accepted",
        "version": 1,
        "round": 1,
        "created_at_utc": now,
        "first_submitted_at_utc": now,
    }
    first = number * services + 1
    db.session.execute(insert(Return), [{"id": first + n, "service_id": n + 1, **common} for n in range(services)])
    parts = list(_cells(forms, services, random))
    frame = pd.concat(parts, ignore_index=True).sort_values("place", kind="stable")
    bulk_insert("return_cells", _CELLS, [frame["place"] + first, *(frame[name] for name in _CELLS[1:])])


def _cells(forms: dict[str, Any], services: int, random: np.random.Generator) -> Iterator[pd.DataFrame]:
    everywhere = np.ones(services, dtype=bool)
    for form, fields in (*((form, OF_FORMS) for form in SERVICE_FORMS), ("residential", OF_BEDS), (ALL, OF_SERVICE)):
        places = np.flatnonzero(forms.get(form, everywhere))
        for field, (low, high) in fields.items():
            state = random.choice(len(STATES), len(places), p=CHANCES)
            value = np.round(random.uniform(low, high, len(places)), 2) + 0.01
            value = np.where(state == 0, value, np.where(state == 1, 0.0, np.nan))
            yield pd.DataFrame({"place": places, "form": form, "field": field, "state": STATES[state], "value": value})


def bulk_insert(table: str, columns: Sequence[str], arrays: Sequence[Any]) -> None:
    """Rows by the fastest plain way that each database has; a missing number is stored as NULL."""
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        cursor: Any = connection.connection.cursor()
        text = pd.DataFrame(dict(zip(columns, arrays, strict=True))).to_csv(index=False, header=False)
        with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN WITH (FORMAT csv)") as copy:
            copy.write(text)
        return
    marks = ", ".join("?" * len(columns))
    rows = zip(*(np.asarray(array).tolist() for array in arrays), strict=True)
    connection.exec_driver_sql(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", list(rows))
