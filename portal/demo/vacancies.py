"""Invented places of residential services: most occupied, some free, some lists not confirmed for long."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import numpy as np
from sqlalchemy import func, insert, select

from portal.catalog.models import Capacity, Facility, Service, ServiceForm
from portal.core.clock import PRAGUE, now_utc, today
from portal.core.db import db
from portal.territory.service import orp_of_municipality
from portal.waitlists.models import Application, Person
from portal.waitlists.vacancies.calc.unused import count_waiting
from portal.waitlists.vacancies.models import (
    VacancyList,
    VacancyPlace,
    VacancySnapshot,
    VacancyVersion,
    WaitingSnapshot,
)

KEPT_SHARE = 0.8  # of the services; the others have not begun
FREE_SHARE, CLOSED_SHARE, RESERVED_SHARE = 0.04, 0.015, 0.02
DAYS_AGO = (0, 2, 5, 9, 13, 18, 25, 40)  # of the last confirmation
WEEKS = 26  # of snapshots
MOST_BEDS = 400
REASONS = ("repair", "staff", "hygiene")
ROOMS = ("single", "double", "more")


def fill_vacancies(*, seed: int) -> int:
    """Store places of the residential services and their course over half a year; returns the number of services."""
    rows = db.session.execute(
        select(Service.id, Service.register_id, Service.type_code, func.sum(Capacity.amount))
        .join(ServiceForm, ServiceForm.service_id == Service.id)
        .join(Capacity, Capacity.service_form_id == ServiceForm.id)
        .where(Service.ended_on.is_(None), ServiceForm.form == "residential", Capacity.unit == "beds")
        .group_by(Service.id, Service.register_id, Service.type_code)
        .order_by(Service.register_id)
    ).all()
    sites = {
        row[0]: (row[1], row[2])
        for row in db.session.execute(
            select(Facility.service_id, Facility.municipality_code, Facility.orp_code)
            .where(Facility.municipality_code.is_not(None), Facility.ended_on.is_(None))
            .order_by(Facility.id.desc())
        )
    }
    lists: list[dict[str, Any]] = []
    places: list[dict[str, Any]] = []
    snapshots: list[dict[str, Any]] = []
    for service_id, register_id, type_code, beds in rows:
        rng = np.random.default_rng([seed, register_id, 7])
        if not beds or rng.random() > KEPT_SHARE:
            continue
        municipality, orp = sites.get(service_id, (None, None))
        lists.append(_list(service_id, rng))
        counts = _counts(min(int(beds), MOST_BEDS), rng)
        places += [
            place for state, count in counts.items() for place in _places(service_id, municipality, state, count, rng)
        ]
        snapshots += _course(service_id, type_code, orp, min(int(beds), MOST_BEDS), counts, rng)
    for model, values in ((VacancyList, lists), (VacancyPlace, places), (VacancySnapshot, snapshots)):
        if values:
            db.session.execute(insert(model), values)
    db.session.execute(insert(VacancyVersion).values(id=1, number=1, changed_at_utc=now_utc()))
    return len(lists)


def fill_course_of_waiting() -> None:
    """Store for each day of the course how many persons waited then; call it when persons are linked."""
    area_of = orp_of_municipality()
    rows = db.session.execute(
        select(
            Service.type_code,
            Application.municipality_code,
            Person.sure_group,
            Application.received_on,
            Application.decided_on,
        )
        .join(Service, Service.id == Application.service_id)
        .join(Person, Person.ref == Application.person_ref)
        .where(Service.type_code.in_(select(VacancySnapshot.type_code).distinct()))
    ).all()
    for day in db.session.scalars(select(VacancySnapshot.on_day).distinct()).all():
        waited = (row[:3] for row in rows if row[3] <= day and (row[4] is None or row[4] > day))
        values = [
            {"on_day": day, "type_code": type_code, "orp_code": area, "persons": persons}
            for (type_code, area), persons in count_waiting(waited, area_of).items()
        ]
        if values:
            db.session.execute(insert(WaitingSnapshot), values)


def _list(service_id: int, rng: np.random.Generator) -> dict[str, Any]:
    day = today() - timedelta(days=int(rng.choice(DAYS_AGO)))
    return {
        "service_id": service_id,
        "confirmed_on": day,
        "confirmed_at_utc": datetime.combine(day, time(8), PRAGUE),
        "confirmed_by_user_id": None,
        "confirmed_by_name": "Ukázka",
        "version": 1,
    }


def _counts(beds: int, rng: np.random.Generator) -> dict[str, int]:
    free, closed, reserved = (int(rng.binomial(beds, share)) for share in (FREE_SHARE, CLOSED_SHARE, RESERVED_SHARE))
    closed = min(closed, beds - free)
    reserved = min(reserved, beds - free - closed)
    return {"free": free, "closed": closed, "reserved": reserved, "occupied": beds - free - closed - reserved}


def _places(
    service_id: int, municipality: str | None, state: str, count: int, rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Rows of one state: free places one by one, the others in a few rows of places that are alike."""
    if count == 0:
        return []
    parts = [1] * count if state == "free" else [part for part in (count // 2, count - count // 2) if part]
    return [_place(service_id, municipality, state, part, number, rng) for number, part in enumerate(parts, start=1)]


def _place(
    service_id: int, municipality: str | None, state: str, count: int, number: int, rng: np.random.Generator
) -> dict[str, Any]:
    floor, price = int(rng.integers(0, 4)), int(rng.integers(24, 34)) * 500
    ahead = int(rng.choice((0, 0, 0, 7, 14, 30)))
    return {
        "service_id": service_id,
        "label": f"{floor}. podlaží, pokoje {number}",
        "places": count,
        "state": state,
        "reason": str(rng.choice(REASONS)) if state == "closed" else None,
        "free_from": today() + timedelta(days=ahead) if state == "free" and ahead else None,
        "free_since_utc": now_utc() - timedelta(days=int(rng.integers(0, 60))),
        "room": str(rng.choice(ROOMS, p=(0.45, 0.45, 0.1))),
        "municipality_code": municipality,
        "floor": floor,
        "barrier_free": bool(rng.random() < 0.6),
        "lift": bool(rng.random() < 0.7),
        "target_group": None,
        "sex": str(rng.choice(("f", "m"))) if rng.random() < 0.3 else None,
        "age_from": 65 if rng.random() < 0.2 else None,
        "age_to": None,
        "price_from_czk": price,
        "price_to_czk": price + 1000,
        "phone": None,
        "version": 1,
    }


def _course(
    service_id: int, type_code: str, orp: str | None, beds: int, now: dict[str, int], rng: np.random.Generator
) -> list[dict[str, Any]]:
    """A snapshot each week before today; the numbers drift around those of today."""
    course = []
    for week in range(WEEKS, 0, -1):
        free = int(np.clip(now["free"] + rng.integers(-1, 2), 0, beds))
        closed = min(now["closed"], beds - free)
        reserved = min(now["reserved"], beds - free - closed)
        course.append(
            {
                "on_day": today() - timedelta(weeks=week),
                "service_id": service_id,
                "orp_code": orp or "",
                "type_code": type_code,
                "free": free,
                "closed": closed,
                "reserved": reserved,
                "occupied": beds - free - closed - reserved,
                "is_shown": True,
            }
        )
    return course
