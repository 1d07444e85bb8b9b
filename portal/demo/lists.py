"""What providers of the demonstration region do with their lists: order by points, and files that wait to be applied.

The demonstration provider has two previews: of its waiting list and of its register of users, as its own software would
hand them in, each with people who are new, changed and gone.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import func, insert, select, update

from portal.catalog.models import Provider, Service
from portal.core.clock import today
from portal.core.db import db
from portal.core.permissions import OPERATOR
from portal.demo.population.records import generate
from portal.demo.waiting import digests_of
from portal.vault.types import Vault
from portal.waitlists.models import Application, ApplicationCriterion, Client, OrderingCriterion, WaitingListOrder
from portal.waitlists.service import store_codes, take_list, take_register
from portal.waitlists.types import OPEN_STATES, LeavingReason, OrderRule, State, Urgency
from portal.waitlists.words import vocabulary

BY_POINTS = 4  # one of so many services orders by points
CRITERIA = (("bydlí v obci zařízení", 20, 0.4), ("čeká v nemocnici", 30, 0.15), ("pečující onemocněl", 15, 0.2))
NEW_APPLICANTS, NEW_USERS = 3, 5
OTHER_PEOPLE = 100_000  # added to the seed: nobody of the lists


def order_by_points(*, seed: int) -> int:
    """Give some services criteria of their own and their applicants points; returns how many services."""
    chance = random.Random(seed)
    known = select(Application.service_id).distinct().order_by(Application.service_id)
    chosen = list(db.session.scalars(known))[::BY_POINTS]
    if not chosen:
        return 0
    db.session.execute(
        insert(WaitingListOrder),
        [{"service_id": one, "rule": str(OrderRule.POINTS), "version": 1} for one in chosen],
    )
    db.session.execute(
        insert(OrderingCriterion),
        [
            {"service_id": one, "label": label, "points": points, "position": place}
            for one in chosen
            for place, (label, points, _share) in enumerate(CRITERIA)
        ],
    )
    criteria = {
        (row.service_id, row.position): row.id
        for row in db.session.execute(
            select(OrderingCriterion.service_id, OrderingCriterion.position, OrderingCriterion.id)
        )
    }
    holding, points_of = [], []
    asked = select(Application.id, Application.service_id).where(Application.service_id.in_(chosen))
    for application_id, service_id in db.session.execute(asked.order_by(Application.id)):
        held = [place for place, (_label, _points, share) in enumerate(CRITERIA) if chance.random() < share]
        holding += [{"application_id": application_id, "criterion_id": criteria[service_id, place]} for place in held]
        points_of.append({"id": application_id, "points": sum(CRITERIA[place][1] for place in held)})
    if holding:
        db.session.execute(insert(ApplicationCriterion), holding)
    db.session.execute(update(Application), points_of)
    return len(chosen)


def hand_in_files(ico: str, vault: Vault, *, seed: int) -> int:
    """Previews of a waiting list and of a register at the provider's service with most applications; how many."""
    row = db.session.execute(
        select(Service.id, Service.register_id, Provider.id.label("provider_id"))
        .join(Provider, Provider.id == Service.provider_id)
        .join(Application, Application.service_id == Service.id)
        .where(Provider.ico == ico, Application.state.in_(OPEN_STATES))
        .group_by(Service.id, Service.register_id, Provider.id)
        .order_by(func.count().desc(), Service.register_id)
        .limit(1)
    ).first()
    if row is None:
        return 0
    people: list[dict[str, Any]] = generate(NEW_APPLICANTS + NEW_USERS, 0.0, seed + OTHER_PEOPLE).records.to_dict(  # type: ignore[assignment]  # its columns are texts
        "records"
    )
    registered = vault.register(ico, [digests_of(person) for person in people])
    store_codes(row.provider_id, registered)
    codes = list(dict.fromkeys(one.code for one in registered))
    with TemporaryDirectory(prefix="portal-demo-") as folder:
        files = (
            (take_list, _list(row.id, codes[:NEW_APPLICANTS])),
            (take_register, _register(row.id, codes[-NEW_USERS:])),
        )
        for number, (take, lines) in enumerate(files):
            path = Path(folder) / f"{number}.csv"
            _write(path, lines)
            take(OPERATOR, path, register_id=row.register_id, words=vocabulary())
    return len(files)


def _list(service_id: int, codes: Sequence[bytes]) -> list[dict[str, Any]]:
    """Those who wait, but for the first two; the third is urgent now, the fourth took the application back."""
    stored = db.session.scalars(
        select(Application)
        .where(Application.service_id == service_id, Application.state.in_(OPEN_STATES))
        .order_by(Application.received_on, Application.id)
    ).all()
    lines: list[dict[str, Any]] = [
        {
            "Kód": one.code.hex(),
            "Číslo spisu": one.file_reference,
            "Přijato": one.received_on,
            "Situace": one.adverse_situation,
            "Obec": one.municipality_code,
            "Naléhavost": one.urgency,
            "Stav": one.state,
            "Rozhodnuto": None,
        }
        for one in stored[2:]
    ]
    if len(lines) > 1:
        lines[0]["Naléhavost"] = str(Urgency.USUAL if stored[2].urgency == Urgency.URGENT else Urgency.URGENT)
        lines[1] |= {"Stav": str(State.WITHDRAWN), "Rozhodnuto": today()}
    like = stored[0]
    for number, code in enumerate(codes, start=1):
        lines.append(
            {
                "Kód": code.hex(),
                "Číslo spisu": f"{today().year}/{number:03}",
                "Přijato": today() - timedelta(days=number),
                "Situace": like.adverse_situation,
                "Obec": like.municipality_code,
                "Naléhavost": str(Urgency.USUAL),
                "Stav": str(State.WAITING),
                "Rozhodnuto": None,
            }
        )
    return lines


def _register(service_id: int, codes: Sequence[bytes]) -> list[dict[str, Any]]:
    """Who uses the service, but for the first; the second went home, and some came before there was a portal."""
    stored = db.session.scalars(
        select(Client).where(Client.service_id == service_id).order_by(Client.ended_on.is_not(None), Client.id)
    ).all()
    lines: list[dict[str, Any]] = [
        {
            "Kód": one.code.hex(),
            "Od": one.started_on,
            "Do": one.ended_on,
            "Důvod odchodu": one.end_reason,
            "Obec": one.municipality_code,
            "Situace": one.adverse_situation,
        }
        for one in stored[1:]
    ]
    if lines and lines[0]["Do"] is None:
        lines[0] |= {"Do": today(), "Důvod odchodu": str(LeavingReason.HOME)}
    for number, code in enumerate(codes, start=1):
        lines.append(
            {
                "Kód": code.hex(),
                "Od": today() - timedelta(days=900 + 170 * number),
                "Do": None,
                "Důvod odchodu": None,
                "Obec": "unknown",
                "Situace": "dependence_on_care",
            }
        )
    return lines


def _write(path: Path, lines: Sequence[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(lines)
