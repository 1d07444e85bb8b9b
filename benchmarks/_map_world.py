"""What the benchmark of layers of the map tells of its invented country: returns, counts of need, municipal support."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import numpy as np
import sqlalchemy as sa

from benchmarks._country import make_country
from portal.catalog.models import Facility, Service
from portal.catalog.service.version import bump_version
from portal.core.clock import now_utc
from portal.core.db import db
from portal.core.permissions import OPERATOR
from portal.core.transaction import transaction
from portal.grants.models import GrantFigure
from portal.returns.models import ReportingPeriod, Return, ReturnResidence, ReturnResidencePart
from portal.returns.types import Period
from portal.territory import service as territory
from portal.territory.types import Level
from portal.waitlists.need.models import NeedCount, NeedQuarter

RESIDENCES = 8  # rows of a return's territory part
TYPES = ("40", "46", "49")
SITUATIONS = ("housing", "debts", "loneliness")
CHUNK = 20_000


def insert(model: type[Any], rows: Iterator[dict[str, Any]]) -> None:
    part: list[dict[str, Any]] = []
    for row in rows:
        part.append(row)
        if len(part) == CHUNK:
            db.session.execute(sa.insert(model.__table__), part)
            part = []
    if part:
        db.session.execute(sa.insert(model.__table__), part)


def fill(quarters: list[Period]) -> None:
    """Country, places of services in it, returns with residences, counts of need, municipal support."""
    country = make_country()
    dice = np.random.default_rng(5)
    with transaction():
        territory.store_territory(OPERATOR, parsed=country.territory)
    towns = territory.list_units(Level.MUNICIPALITY)
    weights = np.array([town.population or 1 for town in towns], dtype=float)
    weights /= weights.sum()
    with transaction():
        facilities = list(db.session.scalars(sa.select(Facility.id).where(Facility.secret.is_(False))))
        for facility, town in zip(facilities, dice.choice(len(towns), len(facilities), p=weights), strict=True):
            db.session.execute(
                sa.update(Facility)
                .where(Facility.id == facility)
                .values(municipality_code=towns[town].code, orp_code=towns[town].parent_code)
            )
        bump_version()
        services = list(db.session.scalars(sa.select(Service.id).order_by(Service.id)))
        insert(ReportingPeriod, iter([_period(quarter) for quarter in quarters]))
        insert(Return, _returns(services, quarters))
        insert(
            ReturnResidencePart,
            ({"return_id": n + 1, "state": "supplied", "version": 1} for n in range(len(services) * len(quarters))),
        )
        insert(
            ReturnResidence, _residences(len(services) * len(quarters), [town.code for town in towns], weights, dice)
        )
        insert(NeedQuarter, iter([_counted(quarter) for quarter in quarters]))
        codes = [town.code for town in towns] + [unit.code for unit in territory.list_units(Level.ORP)]
        insert(NeedCount, _needs(quarters, codes, dice))
        insert(GrantFigure, _support(services, [town.code for town in towns], quarters[-1].year - 1, dice))


def _period(quarter: Period) -> dict[str, Any]:
    on_time = quarter.last_day + timedelta(days=25)
    return {
        "period": str(quarter),
        "on_time_until": on_time,
        "closes_on": on_time + timedelta(days=15),
        "opened_at_utc": now_utc(),
    }


def _returns(services: list[int], quarters: list[Period]) -> Iterator[dict[str, Any]]:
    at = now_utc()
    for number, (quarter, service) in enumerate(product(quarters, services), start=1):
        yield {
            "id": number,
            "service_id": service,
            "period": str(quarter),
            "form_version": "2026",
            "state": "accepted",
            "version": 1,
            "round": 1,
            "created_at_utc": at,
            "first_submitted_at_utc": at,
            "submitted_at_utc": at,
            "decided_at_utc": at,
        }


def _residences(
    returns: int, codes: list[str], weights: np.ndarray, dice: np.random.Generator
) -> Iterator[dict[str, Any]]:
    for number in range(1, returns + 1):
        for town in set(dice.choice(len(codes), RESIDENCES, p=weights).tolist()):
            yield {
                "return_id": number,
                "municipality_code": codes[town],
                "target_group": str(town % 5),
                "adverse_situation": SITUATIONS[town % 3],
                "persons": int(1 + town % 17),
            }


def _counted(quarter: Period) -> dict[str, Any]:
    return {
        "period": str(quarter),
        "counted_on": quarter.last_day,
        "counted_at_utc": now_utc(),
        "is_closed": True,
        "applications": 1,
        "links": "0" * 64,
    }


def _needs(quarters: list[Period], areas: list[str], dice: np.random.Generator) -> Iterator[dict[str, Any]]:
    figures = [column.name for column in NeedCount.__table__.columns if column.name.endswith(("_most", "_least"))]
    for quarter, kind in product(quarters, ("all", *TYPES)):
        for area, persons in zip(areas, dice.integers(0, 60, len(areas)).tolist(), strict=True):
            if persons:
                yield {
                    "period": str(quarter),
                    "type_code": kind,
                    "situation": "all",
                    "target_group": "all",
                    "area": area,
                    "applications": persons,
                    "waiting_n": 0,
                    "waited_n": 0,
                    **dict.fromkeys(figures, persons),
                }


def _support(services: list[int], codes: list[str], year: int, dice: np.random.Generator) -> Iterator[dict[str, Any]]:
    for service, town in product(services, range(3)):
        code = codes[int(dice.integers(len(codes)))] if town else codes[service % len(codes)]
        yield {
            "service_id": service,
            "municipality_code": code,
            "year": year,
            "kind": ("running", "gift", "rent")[town],
            "side": "municipality",
            "state": "value",
            "value": int(dice.integers(1, 900_000)),
            "contract": "",
            "note": "",
            "source": "region",
            "version": 1,
            "changed_at_utc": now_utc(),
            "actor_name": "benchmark",
        }
