"""Invented municipal support: what municipalities gave over two years, and what providers say of it."""

from __future__ import annotations

import random
from collections import defaultdict
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select

from portal.catalog.models import Facility, Service
from portal.core.clock import now_utc, today
from portal.core.db import db
from portal.grants.models import GrantFigure
from portal.grants.types import Kind, Side, Source
from portal.territory import service as territory
from portal.territory.types import Level

YEARS = 2
SUPPORTED = 0.7  # share of services that some municipality supports
TOLD_BY_PROVIDER = 0.4
DIFFERS = 0.15
FOUNDED = 0.12
OTHERS_AT_MOST = 5  # municipalities beside that of the seat


def fill_support(*, seed: int) -> int:
    """Store support of the last whole years; how many figures. The same seed, services and day give the same ones."""
    chance = random.Random(f"grants {seed}")
    units = territory.list_units(Level.MUNICIPALITY)
    orp_of = {unit.code: unit.parent_code for unit in units}
    neighbours: dict[str | None, list[str]] = defaultdict(list)
    for unit in units:
        neighbours[unit.parent_code].append(unit.code)
    rows: list[dict[str, Any]] = []
    for service_id, home in _homes().items():
        if home not in orp_of or chance.random() > SUPPORTED:
            continue
        near = neighbours[orp_of[home]]
        givers = [home, *chance.sample(near, min(len(near), chance.randint(0, OTHERS_AT_MOST)))]
        founder = home if chance.random() < FOUNDED else None
        for year in range(today().year - YEARS, today().year):
            for code in dict.fromkeys(givers):
                rows += _given(chance, service_id, code, year, is_founder=code == founder)
    if rows:
        db.session.execute(insert(GrantFigure), rows)
    return len(rows)


def _homes() -> dict[int, str]:
    """The municipality of the first facility of each service."""
    query = (
        select(Service.id, Facility.municipality_code)
        .join(Facility, Facility.service_id == Service.id)
        .where(Facility.municipality_code.is_not(None))
        .order_by(Service.register_id, Facility.id)
    )
    found: dict[int, str] = {}
    for service_id, code in db.session.execute(query):
        found.setdefault(service_id, str(code))
    return found


def _given(chance: random.Random, service_id: int, code: str, year: int, *, is_founder: bool) -> list[dict[str, Any]]:
    amounts = {Kind.RUNNING: Decimal(chance.randint(2, 120) * 1_000)}
    if chance.random() < 0.1:
        amounts[Kind.INVESTMENT] = Decimal(chance.randint(5, 60) * 5_000)
    if chance.random() < 0.1:
        amounts[Kind.GIFT] = Decimal(chance.randint(1, 20) * 500)
    if chance.random() < 0.08:
        amounts[Kind.RENT] = Decimal(chance.randint(0, 40) * 1_500)
    if is_founder:
        amounts[Kind.FOUNDER] = Decimal(chance.randint(20, 160) * 5_000)
    contract = f"SML/{chance.randint(1, 400):03d}/{year}"
    rows = []
    for kind, amount in amounts.items():
        row = _row(service_id, code, year, kind, Side.MUNICIPALITY, amount)
        rows.append({**row, "contract": contract})
        if chance.random() < TOLD_BY_PROVIDER:
            received = amount - 500 if amount > 500 and chance.random() < DIFFERS else amount
            rows.append(_row(service_id, code, year, kind, Side.PROVIDER, received))
    return rows


def _row(service_id: int, code: str, year: int, kind: Kind, side: Side, amount: Decimal) -> dict[str, Any]:
    return {
        "service_id": service_id,
        "municipality_code": code,
        "year": year,
        "kind": str(kind),
        "side": str(side),
        "state": "value" if amount else "zero",
        "value": amount,
        "contract": "",
        "note": "",
        "source": str(Source.MUNICIPALITY if side is Side.MUNICIPALITY else Source.PROVIDER),
        "version": 1,
        "changed_at_utc": now_utc(),
        "actor_name": "Ukázka",
    }
