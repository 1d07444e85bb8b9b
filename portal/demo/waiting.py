"""Invented waiting lists: persons of the generator ask for services over two years, wait, are admitted, leave.

Codes come from the vault, by digests of the invented identities under a key of the trial: as in life, but without the
slow steps of the browser. The same seed gives the same lists, but for the codes, which are random.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from itertools import groupby
from typing import Any

from sqlalchemy import select

from portal.catalog.models import Provider, Service
from portal.core.bulk import store_rows
from portal.core.clock import today
from portal.core.db import db
from portal.core.permissions import OPERATOR
from portal.demo.figures import ServiceFacts
from portal.demo.population.digests import TRIAL_KEY
from portal.demo.population.records import generate
from portal.demo.residences import OF_CARE, OF_PREVENTION
from portal.identity.kinds import linkage_inputs, oprf_input
from portal.identity.types import Identity
from portal.returns.types import Period
from portal.vault.types import Digests, Vault
from portal.waitlists.models import Application, ApplicationEvent, Client
from portal.waitlists.service import freeze_quarter, store_codes
from portal.waitlists.types import DeclineReason, LeavingReason, RefusalReason, State, Urgency

PERSONS_AT_SCALE_1 = 1_500
DAMAGED = 0.2
SPAN_DAYS = 800  # applications came within so many days before today
CONFIRMED_YEARLY = 0.8
STAYS_LEFT = 0.35
# How an application goes on, by shares; the rest still waits.
ENDS = (
    (State.ADMITTED, 0.24),
    (State.REFUSED, 0.08),
    (State.DECLINED, 0.05),
    (State.WITHDRAWN, 0.07),
    (State.DECEASED, 0.05),
    (State.OFFERED, 0.04),
)
URGENCIES = (Urgency.URGENT, Urgency.USUAL, Urgency.USUAL, Urgency.USUAL, Urgency.AHEAD)
ACTOR = "Ukázka"


@dataclass
class _Life:
    """One application as it went, with its history and the stay that it led to."""

    row: dict[str, Any]
    events: list[dict[str, Any]] = field(default_factory=list)
    stay: dict[str, Any] | None = None

    def happen(self, on: date, kind: str, **changes: Any) -> None:
        before = self.row["state"] if self.events else None
        told = {name: [_json(self.row.get(name)), _json(value)] for name, value in changes.items()}
        self.row.update(changes)
        self.row["version"] = len(self.events) + 1
        self.row["state_at_utc"] = _noon(self.row["state_on"])
        self.events.append(
            {
                "at_utc": _noon(on),
                "on_day": on,
                "actor_name": ACTOR,
                "kind": kind,
                "version": self.row["version"],
                "from_state": before,
                "to_state": self.row["state"],
                "reason": changes.get("reason"),
                "changes": told if self.events else {},
            }
        )


def fill_waiting_lists(
    services: Sequence[ServiceFacts], periods: Sequence[Period], vault: Vault, *, scale: int, seed: int
) -> int:
    """Store the lists and freeze the quarters; returns how many applications."""
    chance = random.Random(seed)
    by_type: dict[str, list[ServiceFacts]] = {}
    for facts in services:
        by_type.setdefault(facts.type_code, []).append(facts)
    wishes = []
    seen = set()
    records: list[dict[str, Any]] = generate(PERSONS_AT_SCALE_1 * scale, DAMAGED, seed).records.to_dict("records")  # type: ignore[assignment]  # its columns are texts
    for record in records:
        offered = by_type.get(record["service_type"])
        if offered:
            # A provider of the generator keeps to one service of a type.
            facts = offered[int(record["provider"]) % len(offered)]
            digests = digests_of(record)
            if (facts.service_id, digests) not in seen:
                seen.add((facts.service_id, digests))
                wishes.append((facts, record, digests))
    stored = _store(wishes, vault, chance)
    for period in periods:
        freeze_quarter(OPERATOR, period)
    return stored


def _store(wishes: Sequence[tuple[ServiceFacts, dict[str, Any], Digests]], vault: Vault, chance: random.Random) -> int:
    owners = {row.id: row for row in db.session.execute(_owners())}
    ordered = sorted(wishes, key=lambda wish: (owners[wish[0].service_id].ico, wish[0].register_id))
    lives: list[_Life] = []
    for ico, group in groupby(ordered, key=lambda wish: owners[wish[0].service_id].ico):
        asked = list(group)
        registered = vault.register(ico, [digests for _facts, _record, digests in asked])
        store_codes(owners[asked[0][0].service_id].provider_id, registered)
        open_ones: set[tuple[int, bytes]] = set()
        for number, ((facts, record, _told), one) in enumerate(zip(asked, registered, strict=True), start=1):
            if (facts.service_id, one.code) in open_ones:
                continue  # the same person with another spelling
            open_ones.add((facts.service_id, one.code))
            base = {"service_id": facts.service_id, "code": one.code, "person_ref": one.person_ref}
            lives.append(_live(base, facts, record, f"{facts.register_id % 1000}/{number:03}", chance))
    _insert(lives)
    return len(lives)


def _owners() -> Any:
    return select(Service.id, Service.provider_id, Provider.ico).join(Provider, Provider.id == Service.provider_id)


def _live(
    base: Mapping[str, Any], facts: ServiceFacts, record: Mapping[str, Any], reference: str, chance: random.Random
) -> _Life:
    now = today()
    received = now - timedelta(days=chance.randint(0, SPAN_DAYS))
    written = str(record["date_of_birth"])[:4]  # 1944-05-02
    born = int(written) if written.isdigit() else None
    situations = OF_CARE if facts.is_care else OF_PREVENTION
    life = _Life(
        {
            **base,
            "file_reference": reference,
            "received_on": received,
            "state": str(State.WAITING),
            "state_on": received,
            "points": 0,
            "adverse_situation": situations[min(int(chance.expovariate(1)), len(situations) - 1)],
            "target_group": chance.choice(facts.target_groups) if facts.target_groups else None,
            "municipality_code": _home(facts, chance),
            "birth_year": born if born is not None and 1880 < born <= now.year else None,
            "sex": {"M": "m", "F": "f", "m": "m", "f": "f"}.get(str(record["sex"])),
            "urgency": str(chance.choice(URGENCIES)),
            "can_start_from": received + timedelta(days=365) if chance.random() < 0.15 else None,
            "confirmed_on": received,
            "decided_on": None,
            "reason": None,
            "others_waiting": None,
            "asked_since": None,
            "created_at_utc": _noon(received),
            "created_by_user_id": None,
        }
    )
    life.happen(received, "added")
    _go_on(life, chance, now)
    return life


def _home(facts: ServiceFacts, chance: random.Random) -> str:
    """Most live near the service. The generator's own villages are not of the demonstration's territory."""
    if not facts.homes or chance.random() < 0.05:
        return chance.choice(("outside", "unknown"))
    return facts.homes[min(int(chance.expovariate(0.5)), len(facts.homes) - 1)]


def _go_on(life: _Life, chance: random.Random, now: date) -> None:
    received: date = life.row["received_on"]
    end, drawn = None, chance.random()
    for state, share in ENDS:
        if drawn < share:
            end = state
            break
        drawn -= share
    decided = received + timedelta(days=min(int(chance.expovariate(1 / 160)) + 5, 700))
    if end is not None and decided > now:
        end = None
    last = decided if end is not None else now
    while life.row["confirmed_on"] + timedelta(days=365) < last:
        on = life.row["confirmed_on"] + timedelta(days=chance.randint(340, 365))
        if chance.random() > CONFIRMED_YEARLY:
            break
        life.happen(on, "confirmed", confirmed_on=on)
    expires = life.row["confirmed_on"] + timedelta(days=395)
    if expires <= last:
        life.happen(expires, "moved", state=str(State.EXPIRED), state_on=expires, decided_on=expires)
    elif end is not None:
        _end(life, end, decided, chance, now)


def _end(life: _Life, end: State, on: date, chance: random.Random, now: date) -> None:
    if end in (State.ADMITTED, State.DECLINED, State.OFFERED):
        offered = max(life.row["received_on"], life.row["confirmed_on"], on - timedelta(days=10))
        life.happen(offered, "moved", state=str(State.OFFERED), state_on=offered)
    if end is State.OFFERED:
        return
    reasons: dict[State, Sequence[str]] = {State.REFUSED: list(RefusalReason), State.DECLINED: list(DeclineReason)}
    reason = str(chance.choice(reasons[end])) if end in reasons else None
    life.happen(on, "moved", state=str(end), state_on=on, decided_on=on, **({"reason": reason} if reason else {}))
    if end is State.ADMITTED:
        left = on + timedelta(days=int(chance.expovariate(1 / 400)) + 20)
        gone = chance.random() < STAYS_LEFT and left <= now
        names = ("service_id", "code", "person_ref", "municipality_code", "adverse_situation", "target_group")
        life.stay = {
            **{name: life.row[name] for name in (*names, "birth_year", "sex")},
            "started_on": on,
            "ended_on": left if gone else None,
            "end_reason": str(chance.choice(list(LeavingReason))) if gone else None,
            "version": 1,
            "created_at_utc": _noon(on),
        }


def _insert(lives: Sequence[_Life]) -> None:
    if not lives:
        return
    store_rows(Application, [life.row for life in lives])
    keys = select(Application.service_id, Application.file_reference, Application.id)
    ids = {(row[0], row[1]): row[2] for row in db.session.execute(keys)}
    events, stays = [], []
    for life in lives:
        application_id = ids[life.row["service_id"], life.row["file_reference"]]
        events += [{**event, "application_id": application_id} for event in life.events]
        if life.stay is not None:
            stays.append({**life.stay, "application_id": application_id})
    store_rows(ApplicationEvent, events)
    store_rows(Client, stays)


def digests_of(record: Mapping[str, Any]) -> Digests:
    """Digests of an invented identity; a keyed hash stands for the oblivious function."""
    who = Identity(
        given=record["given_name"],
        surname=record["surname"],
        born=record["date_of_birth"],
        birth_number=record["birth_number"],
        sex=record["sex"],
        municipality=record["municipality_code"],
    )
    return tuple(
        None if text is None else blake2b(oprf_input(kind, text), key=TRIAL_KEY, digest_size=32).digest()
        for kind, text in enumerate(linkage_inputs(who))
    )


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(11), UTC)


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
